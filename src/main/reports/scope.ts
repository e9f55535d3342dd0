import type { ReportRequest } from '../../contract/reports.ts';
import { atClock, dayFromIso, minuteOf } from '../calendar/local-time.ts';

/** The period of a report in local minutes: `from` is inside, `to` is not. */
export interface Scope {
  readonly request: ReportRequest;
  readonly from: number;
  readonly to: number;
  /** The minute that is running when the report is of; nothing after it has happened yet. */
  readonly now: number;
  /** End of what is known of the period: its own end, or that of the running minute. */
  readonly end: number;
  /** due-soon: appointments up to this minute; else `now`. */
  readonly soon: number;
}

/** `soon`: local minute up to which a due-soon list looks, which needs a calendar. */
export function scopeOf(request: ReportRequest, asOf: string, soon?: number): Scope {
  const from = atClock(dayFromIso(request.from), 0);
  const to = atClock(dayFromIso(request.to) + 1, 0);
  const now = minuteOf(asOf);
  return { request, from, to, now, end: Math.min(to, now + 1), soon: soon ?? now };
}

/** A part of a scope, such as one of its months. */
export function within(scope: Scope, from: number, to: number): Scope {
  return { ...scope, from, to, end: Math.min(to, scope.now + 1) };
}

export interface Month {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  readonly scope: Scope;
}

/** The months that the period touches, whole, in order. */
export function monthsOf(scope: Scope): readonly Month[] {
  const [firstYear, firstMonth] = parts(scope.request.from);
  const [lastYear, lastMonth] = parts(scope.request.to);
  const count = (lastYear - firstYear) * 12 + lastMonth - firstMonth + 1;
  return Array.from({ length: count }, (_, i) => {
    const year = firstYear + Math.floor((firstMonth - 1 + i) / 12);
    const month = ((firstMonth - 1 + i) % 12) + 1;
    const next = month === 12 ? startOf(year + 1, 1) : startOf(year, month + 1);
    return { year, month, scope: within(scope, startOf(year, month), next) };
  });
}

/** First minute of the tracking book that a day belongs to: one book a year. */
export function bookStart(day: string): number {
  return startOf(Number(day.slice(0, 4)), 1);
}

function startOf(year: number, month: number): number {
  return atClock(dayFromIso(`${year}-${String(month).padStart(2, '0')}-01`), 0);
}

function parts(day: string): [number, number] {
  return [Number(day.slice(0, 4)), Number(day.slice(5, 7))];
}

import type { DueDate } from '../../contract/model.ts';
import type { Duration } from '../../contract/procedures.ts';
import {
  type Calendar,
  closingOn,
  dayKind,
  isWorkingDay,
  nextWorkingDay,
  openingOn,
  sameDayCutoffOn,
  sessionsOn,
} from './calendar.ts';
import {
  atClock,
  clockOf,
  dayOfMinute,
  instantOf,
  minuteOf,
  showClock,
  showDay,
  showMinute,
} from './local-time.ts';

export interface DueRequest {
  /** The instant of complete and valid receipt (NĐ 118/2025 Điều 17 khoản 3 as amended), ISO 8601 with zone. */
  readonly receivedAt: string;
  readonly duration: Duration;
  readonly calendar: Calendar;
}

type Reason = DueDate['reasons'][number];
type Reasons = Reason[];

/**
 * When the result is due, with the reasoning line by line (texts: resources/texts/due-reasons.*.json).
 *
 * - Receipt outside opening hours counts from the next opening, for every unit.
 * - working-day: the day of receipt is not counted (Bộ luật Dân sự 2015 Điều 147); the result is due at the same
 *   time of day. Weekly rest and off-days are skipped, make-up days count.
 * - day: calendar days; a last day that is not worked gives way to the next working day.
 * - hour: opening hours only, across the midday break and over days.
 * - same-day (and a limit of 0 in any unit): closing time, or that of the next working day after the cut-off.
 *
 * Throws CALENDAR_YEAR_MISSING where no calendar file speaks for a day on the way.
 */
export function dueDate({ receivedAt, duration, calendar }: DueRequest): DueDate {
  const received = minuteOf(receivedAt);
  const reasons: Reasons = [line('due.received', { at: showMinute(received) })];
  const start = startOf(calendar, received, reasons);
  const due = count(calendar, start, duration, reasons);
  reasons.push(line('due.dueAt', { at: showMinute(due) }));
  return { at: instantOf(due), reasons };
}

function count(calendar: Calendar, start: number, { value, unit }: Duration, reasons: Reasons): number {
  if (unit === 'same-day' || value === 0) return sameDay(calendar, start, reasons);
  if (unit === 'working-day') return workingDays(calendar, start, value, reasons);
  if (unit === 'day') return calendarDays(calendar, start, value, reasons);
  return workingHours(calendar, start, value, reasons);
}

/** The minute from which time runs: the receipt itself, or the next moment at which the counter is open. */
function startOf(calendar: Calendar, received: number, reasons: Reasons): number {
  const day = dayOfMinute(received);
  const time = clockOf(received);
  const kind = dayKind(calendar, day);
  if (kind.kind === 'rest' || kind.kind === 'off') {
    const start = openingAfter(calendar, day);
    const named = kind.kind === 'off' ? { reason: kind.named.name, reasonEn: kind.named.nameEn } : {};
    const key = kind.kind === 'off' ? 'due.receivedOnOffDay' : 'due.receivedOnRestDay';
    reasons.push(line(key, { day: showDay(day), start: showMinute(start), ...named }));
    return start;
  }
  if (time < openingOn(calendar, day)) {
    const start = atClock(day, openingOn(calendar, day));
    reasons.push(line('due.receivedBeforeOpening', { start: showMinute(start) }));
    return start;
  }
  const next = sessionsOn(calendar, day).find((session) => time < session.to);
  if (!next) {
    const start = openingAfter(calendar, day);
    const closing = showClock(closingOn(calendar, day));
    reasons.push(line('due.receivedAfterClosing', { closing, start: showMinute(start) }));
    return start;
  }
  if (time >= next.from) return received;
  const start = atClock(day, next.from);
  reasons.push(line('due.receivedDuringBreak', { start: showMinute(start) }));
  return start;
}

function sameDay(calendar: Calendar, start: number, reasons: Reasons): number {
  const day = dayOfMinute(start);
  const cutoff = sameDayCutoffOn(calendar, day);
  if (clockOf(start) <= cutoff) {
    reasons.push(line('due.sameDay', { cutoff: showClock(cutoff), day: showDay(day) }));
    return atClock(day, closingOn(calendar, day));
  }
  const next = nextWorkingDay(calendar, day);
  reasons.push(line('due.afterCutoff', { cutoff: showClock(cutoff), day: showDay(next) }));
  explainSkipped(calendar, day + 1, next, reasons);
  return atClock(next, closingOn(calendar, next));
}

function workingDays(calendar: Calendar, start: number, value: number, reasons: Reasons): number {
  const first = dayOfMinute(start);
  reasons.push(line('due.workingDays', { count: value, day: showDay(first) }));
  let day = first;
  for (let counted = 0; counted < value; counted++) day = nextWorkingDay(calendar, day);
  explainSkipped(calendar, first + 1, day, reasons);
  return atClock(day, clockOf(start));
}

function calendarDays(calendar: Calendar, start: number, value: number, reasons: Reasons): number {
  const first = dayOfMinute(start);
  const last = first + value;
  reasons.push(line('due.calendarDays', { count: value, day: showDay(first), last: showDay(last) }));
  if (isWorkingDay(calendar, last)) return atClock(last, clockOf(start));
  const next = nextWorkingDay(calendar, last);
  reasons.push(line('due.rolledToWorkingDay', { day: showDay(last), next: showDay(next) }));
  explainSkipped(calendar, last, next, reasons);
  return atClock(next, clockOf(start));
}

function workingHours(calendar: Calendar, start: number, value: number, reasons: Reasons): number {
  reasons.push(line('due.hours', { count: value }));
  const first = dayOfMinute(start);
  let left = value * 60;
  let day = first;
  let from = clockOf(start);
  for (;;) {
    for (const session of sessionsOn(calendar, day)) {
      const begin = Math.max(session.from, from);
      const open = session.to - begin;
      if (open <= 0) continue;
      if (left <= open) {
        explainSkipped(calendar, first + 1, day, reasons);
        return atClock(day, begin + left);
      }
      left -= open;
    }
    day = nextWorkingDay(calendar, day);
    from = 0;
  }
}

/** One line for each named day between, and one for all days of weekly rest. */
function explainSkipped(calendar: Calendar, from: number, to: number, reasons: Reasons): void {
  let rest = 0;
  for (let day = from; day <= to; day++) {
    const kind = dayKind(calendar, day);
    if (kind.kind === 'rest') rest += 1;
    if (kind.kind === 'work' || kind.kind === 'rest') continue;
    const key = kind.kind === 'off' ? 'due.skippedOffDay' : 'due.countedMakeUpDay';
    reasons.push(line(key, { day: showDay(day), reason: kind.named.name, reasonEn: kind.named.nameEn }));
  }
  if (rest > 0) reasons.push(line('due.skippedRestDays', { count: rest }));
}

function openingAfter(calendar: Calendar, day: number): number {
  const next = nextWorkingDay(calendar, day);
  return atClock(next, openingOn(calendar, next));
}

function line(key: string, values: Reason['values']): Reason {
  return { key, values };
}

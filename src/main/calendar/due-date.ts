import { CounterError } from '../../contract/errors.ts';
import type { DueDate } from '../../contract/model.ts';
import type { Duration } from '../../contract/procedures.ts';
import { type Calendar, settledUntil } from './calendar.ts';
import {
  dayFromIso,
  dayOfMinute,
  instantOf,
  minuteOf,
  showDay,
  showMinute,
  yearOfDay,
} from './local-time.ts';
import { line, type Reasons } from './reasons.ts';
import { RunningClock, type Stage } from './running-clock.ts';
import { ruleAt, type TimeRule } from './time-rules.ts';

/**
 * What happens to the clock after the receipt, in the order of time. `supplement-…` leaves it to the rule in force
 * at the receipt whether the limit restarts or resumes; the others say it outright.
 */
export type Happening =
  | {
      readonly kind:
        | 'paused'
        | 'resumed'
        | 'restarted'
        | 'supplement-asked'
        | 'supplement-taken'
        | 'received-by-agency';
      readonly at: string;
    }
  /** A later appointment, `to`, for a dossier that cannot be finished in time. */
  | { readonly kind: 'extended'; readonly at: string; readonly to: string };

interface Limit {
  readonly duration?: Duration;
  /** Stages in order, each from the end of the one before; in place of `duration` where there are any. */
  readonly phases?: readonly Stage[];
}

export interface DueRequest extends Limit {
  /** The instant of complete and valid receipt (NĐ 118/2025 Điều 17 khoản 3 as amended), ISO 8601 with zone. */
  readonly receivedAt: string;
  readonly calendar: Calendar;
  /** In place of the rules that the calendar carries. */
  readonly rules?: readonly TimeRule[];
  readonly happenings?: readonly Happening[];
  /** Handed in at the counter of another unit than the competent one (không phụ thuộc địa giới). */
  readonly boundaryFree?: boolean;
}

export interface DueResult extends DueDate {
  /** When each stage is due; only where there are stages. */
  readonly phases?: readonly { readonly name: string; readonly at: string }[];
  /** Since when the clock stands still; `at` is then what it was before and will move. */
  readonly stoppedSince?: string;
}

/**
 * When the result is due, with the reasoning line by line (texts: resources/texts/due-reasons.*.json).
 *
 * - Receipt outside opening hours counts from the next opening on a working day, for every unit.
 * - working-day: the day of receipt is not counted (Bộ luật Dân sự 2015 Điều 147); the result is due at the same
 *   time of day. Weekly rest and off-days are skipped, make-up days count.
 * - day: calendar days; a last day that is not worked gives way to the next working day (Điều 148 khoản 5).
 * - hour: hours of work only, across the midday break and over days.
 * - same-day (and a limit of 0 in any unit): closing time, or that of the next working day after the cut-off.
 *
 * Throws CALENDAR_YEAR_MISSING {year, day, state} where no calendar speaks for a day on the way, CALENDAR_INVALID
 * where a rule is needed and none is in force, DUE_TIME_INVALID {value}, DUE_COURSE_INVALID {problem, kind, at}, and
 * what `checkedExtension` throws.
 */
export function dueDate(request: DueRequest): DueResult {
  const { calendar, happenings = [] } = request;
  const received = minuteFrom(request.receivedAt);
  const stages = stagesOf(request);
  const rule = () => ruleAt(request.rules ?? calendar.timeRules, dayOfMinute(received));
  const clock = new RunningClock(calendar, stages, received, rule);
  let last = received;
  for (const happening of happenings) {
    const at = minuteFrom(happening.at);
    if (at < last) throw wrongCourse('order', happening);
    if (happening.kind === 'received-by-agency' && happening !== happenings[0]) {
      throw wrongCourse('agencyLate', happening);
    }
    apply(clock, happening, at, rule);
    last = at;
  }
  const { due, stoppedAt, reasons } = clock;
  const atAgency = happenings[0]?.kind === 'received-by-agency';
  if (request.boundaryFree && !atAgency && rule().boundaryFree === 'competent-agency') {
    reasons.push(line('due.awaitsAgency', {}));
  }
  if (stoppedAt !== null) reasons.push(line('due.stopped', { from: showMinute(stoppedAt) }));
  warnOfUnsettled(calendar, dayOfMinute(received), dayOfMinute(due), reasons);
  reasons.push(line('due.dueAt', { at: showMinute(due) }));
  const staged = stages === request.phases;
  const phases = clock.stageDues.map((at, i) => ({ name: stages[i]!.name, at: instantOf(at) }));
  return {
    at: instantOf(due),
    reasons,
    ...(staged ? { phases } : {}),
    ...(stoppedAt === null ? {} : { stoppedSince: instantOf(stoppedAt) }),
  };
}

function apply(clock: RunningClock, happening: Happening, at: number, rule: () => TimeRule): void {
  switch (happening.kind) {
    case 'paused':
    case 'supplement-asked':
      assertRunning(clock, happening);
      clock.stop(at);
      break;
    case 'resumed':
      clock.goOn(stoppedBefore(clock, happening), at);
      break;
    case 'supplement-taken': {
      const stopped = stoppedBefore(clock, happening);
      if (rule().afterSupplement === 'resume') clock.goOn(stopped, at);
      else clock.runFrom(at, [line('due.restarted', { at: showMinute(at) })]);
      break;
    }
    case 'restarted':
      clock.runFrom(at, [line('due.restarted', { at: showMinute(at) })]);
      break;
    case 'received-by-agency':
      if (rule().boundaryFree === 'competent-agency') {
        clock.runFrom(at, [line('due.receivedByAgency', { at: showMinute(at) })]);
      } else clock.reasons.push(line('due.agencyReceiptNotCounted', { at: showMinute(at) }));
      break;
    case 'extended':
      assertRunning(clock, happening);
      clock.extend(at, minuteFrom(happening.to));
      break;
  }
}

function assertRunning(clock: RunningClock, happening: Happening): void {
  if (clock.stoppedAt !== null) throw wrongCourse('stopped', happening);
}

function stoppedBefore(clock: RunningClock, happening: Happening): number {
  if (clock.stoppedAt === null) throw wrongCourse('notStopped', happening);
  return clock.stoppedAt;
}

function stagesOf({ duration, phases }: Limit): readonly Stage[] {
  if (phases && phases.length > 0) return phases;
  if (!duration) throw new CounterError('DUE_COURSE_INVALID', { problem: 'noLimit', kind: '', at: '' });
  return [{ name: '', duration }];
}

/** One line for each year on the way of which a notice may still change days. */
export function warnOfUnsettled(calendar: Calendar, from: number, to: number, reasons: Reasons): void {
  for (let year = yearOfDay(from); year <= yearOfDay(to); year++) {
    const firstDay = dayFromIso(`${year}-01-01`);
    const settled = settledUntil(calendar, Math.max(firstDay, from));
    const lastDay = Math.min(dayFromIso(`${year}-12-31`), to);
    if (lastDay > settled) {
      reasons.push(line('due.calendarUnsettled', { year: String(year), until: showDay(settled) }));
    }
  }
}

/** Local minute of an instant with its zone. Throws DUE_TIME_INVALID {value}. */
export function minuteFrom(instant: string): number {
  const minute = /(?:Z|[+-]\d\d:?\d\d)$/i.test(instant) ? minuteOf(instant) : Number.NaN;
  if (Number.isNaN(minute)) throw new CounterError('DUE_TIME_INVALID', { value: instant.slice(0, 40) });
  return minute;
}

function wrongCourse(problem: string, { kind, at }: Happening): CounterError {
  return new CounterError('DUE_COURSE_INVALID', { problem, kind, at });
}

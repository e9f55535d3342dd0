import { CounterError } from '../../contract/errors.ts';
import type { DueDate } from '../../contract/model.ts';
import type { Duration } from '../../contract/procedures.ts';
import { type Calendar, settledUntil } from './calendar.ts';
import { checkedExtension, movedByPause } from './changes.ts';
import { countFrom, startOf } from './counting.ts';
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

export interface Stage {
  readonly name: string;
  readonly duration: Duration;
}

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

/** Where a count stands while the happenings are gone through. */
interface Run {
  dues: number[];
  extendedTo: number | null;
  extensions: number;
  stoppedAt: number | null;
  atAgency: boolean;
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
  let reasons: Reasons = [];
  let first = received;
  const run: Run = { dues: [], extendedTo: null, extensions: 0, stoppedAt: null, atAgency: false };
  const begin = (at: number, opening: Reasons) => {
    reasons = [line('due.received', { at: showMinute(received) }), ...opening];
    first = startOf(calendar, at, reasons);
    run.dues = duesFrom(calendar, first, stages, 0, () => rule().sameDayCutoff, reasons);
    run.extendedTo = null;
    run.stoppedAt = null;
  };
  begin(received, []);
  let last = received;
  for (const happening of happenings) {
    const at = minuteFrom(happening.at);
    if (at < last) throw wrongCourse('order', happening);
    last = at;
    const stopped = run.stoppedAt;
    switch (happening.kind) {
      case 'paused':
      case 'supplement-asked':
        if (stopped !== null) throw wrongCourse('stopped', happening);
        run.stoppedAt = at;
        break;
      case 'resumed':
        if (stopped === null) throw wrongCourse('notStopped', happening);
        resume(run, stages, stopped, at);
        break;
      case 'supplement-taken':
        if (stopped === null) throw wrongCourse('notStopped', happening);
        if (rule().afterSupplement === 'resume') resume(run, stages, stopped, at);
        else begin(at, [line('due.restarted', { at: showMinute(at) })]);
        break;
      case 'restarted':
        begin(at, [line('due.restarted', { at: showMinute(at) })]);
        break;
      case 'received-by-agency':
        if (happening !== happenings[0]) throw wrongCourse('agencyLate', happening);
        run.atAgency = true;
        if (rule().boundaryFree === 'receipt') {
          reasons.push(line('due.agencyReceiptNotCounted', { at: showMinute(at) }));
        } else begin(at, [line('due.receivedByAgency', { at: showMinute(at) })]);
        break;
      case 'extended': {
        if (stopped !== null) throw wrongCourse('stopped', happening);
        const from = run.extendedTo ?? run.dues.at(-1)!;
        run.extendedTo = checkedExtension(calendar, {
          due: from,
          at,
          to: minuteFrom(happening.to),
          before: run.extensions,
          allowed: rule().extensions,
        });
        run.extensions += 1;
        reasons.push(line('due.extended', { from: showMinute(from), to: showMinute(run.extendedTo) }));
        break;
      }
    }
  }

  function resume(state: Run, all: readonly Stage[], stopped: number, at: number): void {
    state.stoppedAt = null;
    const running = state.dues.findIndex((due) => due > stopped);
    if (running >= 0) {
      const moved = movedByPause(
        calendar,
        state.dues[running]!,
        all[running]!.duration,
        stopped,
        at,
        reasons,
      );
      const later = duesFrom(calendar, moved, all, running + 1, () => rule().sameDayCutoff, reasons);
      state.dues = [...state.dues.slice(0, running), moved, ...later];
    }
    if (state.extendedTo !== null) {
      const unsaid: Reasons = running >= 0 ? [] : reasons;
      const { duration } = all.at(-1)!;
      const moved = movedByPause(calendar, state.extendedTo, duration, stopped, at, unsaid);
      state.extendedTo = Math.max(moved, state.dues.at(-1)!);
    } else if (running < 0) reasons.push(line('due.pausedTooLate', { from: showMinute(stopped) }));
  }

  const due = run.extendedTo ?? run.dues.at(-1)!;
  if (request.boundaryFree && !run.atAgency && rule().boundaryFree === 'competent-agency') {
    reasons.push(line('due.awaitsAgency', {}));
  }
  if (run.stoppedAt !== null) reasons.push(line('due.stopped', { from: showMinute(run.stoppedAt) }));
  warnOfUnsettled(calendar, dayOfMinute(received), dayOfMinute(due), reasons);
  reasons.push(line('due.dueAt', { at: showMinute(due) }));
  const staged = request.phases && request.phases.length > 0;
  return {
    at: instantOf(due),
    reasons,
    ...(staged ? { phases: stages.map(({ name }, i) => ({ name, at: instantOf(run.dues[i]!) })) } : {}),
    ...(run.stoppedAt === null ? {} : { stoppedSince: instantOf(run.stoppedAt) }),
  };
}

/** When the stages from `from` on are due, each counted from the end of the one before it. */
function duesFrom(
  calendar: Calendar,
  start: number,
  stages: readonly Stage[],
  from: number,
  cutoff: () => number,
  reasons: Reasons,
): number[] {
  const dues: number[] = [];
  let at = start;
  for (const { name, duration } of stages.slice(from)) {
    if (stages.length > 1) reasons.push(line('due.phase', { name, from: showMinute(at) }));
    at = countFrom(calendar, at, duration, cutoff, reasons);
    if (stages.length > 1) reasons.push(line('due.phaseDue', { name, at: showMinute(at) }));
    dues.push(at);
  }
  return dues;
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

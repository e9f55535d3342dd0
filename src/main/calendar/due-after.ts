import { CounterError } from '../../contract/errors.ts';
import type { Channel } from '../../contract/life-cycle.ts';
import type { DueDate } from '../../contract/model.ts';
import type { Duration, Procedure } from '../../contract/procedures.ts';
import type { Calendar } from './calendar.ts';
import { checkedExtension, movedByPause } from './changes.ts';
import { type DueResult, dueDate, minuteFrom, warnOfUnsettled } from './due-date.ts';
import { dayOfMinute, instantOf, showMinute } from './local-time.ts';
import { line, type Reasons } from './reasons.ts';
import type { Stage } from './running-clock.ts';
import { ruleAt } from './time-rules.ts';

/** What a procedure's result is due by: a limit, or stages with limits of their own. */
export type ProcedureLimit = { readonly duration: Duration } | { readonly phases: readonly Stage[] };

/**
 * The limit of a procedure for a dossier that came by a channel: the online channel's own where there is one, else
 * the stages, else the one limit. Null where the catalogue names none.
 */
export function limitFor(
  procedure: Pick<Procedure, 'duration' | 'onlineDuration' | 'phases'>,
  channel: Channel,
): ProcedureLimit | null {
  if (channel === 'online' && procedure.onlineDuration) return { duration: procedure.onlineDuration };
  if (procedure.phases.length > 0) return { phases: procedure.phases };
  return procedure.duration && { duration: procedure.duration };
}

interface Appointed {
  /** When the dossier was first received: the rule of that day holds for all its life. ISO 8601 with zone. */
  readonly receivedAt: string;
  /** The appointment that holds until now. */
  readonly due: DueDate;
  readonly calendar: Calendar;
}

export interface SupplementTaken extends Appointed {
  readonly limit: ProcedureLimit;
  readonly askedAt: string;
  /** When the dossier became complete. */
  readonly takenAt: string;
}

/** The appointment once a supplement made the dossier complete: the limit anew, or what was left of it. */
export function dueAfterSupplement(taken: SupplementTaken): DueResult {
  const { receivedAt, calendar, limit, askedAt, takenAt, due } = taken;
  const rule = ruleAt(calendar.timeRules, dayOfMinute(minuteFrom(receivedAt)));
  if (rule.afterSupplement === 'restart') {
    const happenings = [
      { kind: 'supplement-asked', at: askedAt },
      { kind: 'supplement-taken', at: takenAt },
    ] as const;
    return dueDate({ receivedAt, calendar, ...limit, happenings });
  }
  return dueAfterPause({ receivedAt, due, calendar, limit, pausedAt: askedAt, resumedAt: takenAt });
}

export interface PauseOver extends Appointed {
  readonly limit: ProcedureLimit;
  readonly pausedAt: string;
  readonly resumedAt: string;
}

/**
 * The appointment after the clock stood still, such as while money was waited for. Of stages, the last one's unit
 * says how the stop is counted. Throws DUE_TIME_INVALID, DUE_COURSE_INVALID where it went on before
 * it stopped, CALENDAR_YEAR_MISSING.
 */
export function dueAfterPause({ due, calendar, limit, pausedAt, resumedAt }: PauseOver): DueDate {
  const before = minuteFrom(due.at);
  const duration = 'duration' in limit ? limit.duration : limit.phases.at(-1)!.duration;
  const reasons: Reasons = [line('due.wasDue', { at: showMinute(before) })];
  const [from, to] = [minuteFrom(pausedAt), minuteFrom(resumedAt)];
  if (to < from)
    throw new CounterError('DUE_COURSE_INVALID', { problem: 'order', kind: 'resumed', at: resumedAt });
  const at = movedByPause(calendar, before, duration, from, to, reasons);
  return appointed(calendar, before, at, reasons);
}

export interface ExtensionAsked extends Appointed {
  readonly to: string;
  /** When it is given; left out = not checked against it. */
  readonly at?: string;
  /** Extensions that the dossier had before. */
  readonly extensions: number;
}

/** A later appointment. Throws what `checkedExtension` throws. */
export function extendedDue({ receivedAt, due, calendar, to, extensions, at }: ExtensionAsked): DueDate {
  const before = minuteFrom(due.at);
  const rule = ruleAt(calendar.timeRules, dayOfMinute(minuteFrom(receivedAt)));
  const later = checkedExtension(calendar, {
    due: before,
    at: at === undefined ? before : minuteFrom(at),
    to: minuteFrom(to),
    before: extensions,
    allowed: rule.extensions,
  });
  const reasons: Reasons = [line('due.extended', { from: showMinute(before), to: showMinute(later) })];
  return appointed(calendar, before, later, reasons);
}

function appointed(calendar: Calendar, before: number, at: number, reasons: Reasons): DueDate {
  warnOfUnsettled(calendar, dayOfMinute(before), dayOfMinute(at), reasons);
  reasons.push(line('due.dueAt', { at: showMinute(at) }));
  return { at: instantOf(at), reasons };
}

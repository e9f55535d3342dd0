import { dayOfMinute } from '../calendar/local-time.ts';
import type { DossierFacts, Outcome } from './facts.ts';

/** Where a dossier stood at a moment that may be long past. */
export type Standing = Exclude<Outcome, 'none'> | 'waiting' | 'under-way';
/** unknown = there is no appointment to compare with. */
export type Timing = 'early' | 'on-time' | 'late' | 'unknown';
/** minute = the appointment's own minute; day = QĐ 766: dates alone are compared. */
export type TimeRule = 'minute' | 'day';

type Times = Pick<
  DossierFacts,
  'settledAt' | 'outcome' | 'supplementAskedAt' | 'supplementAnsweredAt' | 'state' | 'stateSince'
>;

/**
 * As it was when the minute before `end` was over. A wait for money that is over leaves no trace in the facts, so of
 * the past only the one that lasts is known.
 */
export function standingBefore(facts: Times, end: number): Standing {
  if (facts.settledAt !== null && facts.settledAt < end) {
    return facts.outcome === 'none' ? 'result' : facts.outcome;
  }
  const { supplementAskedAt: asked, supplementAnsweredAt: answered } = facts;
  if (asked !== null && asked < end && (answered === null || answered >= end)) return 'waiting';
  if (facts.state === 'waiting-payment' && facts.stateSince < end) return 'waiting';
  return 'under-way';
}

/** A settled dossier against its appointment: early = on an earlier day, on-time = that day and not after its minute. */
export function timingOf(facts: Pick<DossierFacts, 'dueAt' | 'settledAt'>, rule: TimeRule): Timing {
  const { dueAt, settledAt } = facts;
  if (dueAt === null || settledAt === null) return 'unknown';
  if (dayOfMinute(settledAt) < dayOfMinute(dueAt)) return 'early';
  return isPast(dueAt, settledAt, rule) ? 'late' : 'on-time';
}

/** Whether an open dossier's appointment had passed in the minute before `end`; null = it has none. */
export function isOverdueBefore(
  facts: Pick<DossierFacts, 'dueAt'>,
  end: number,
  rule: TimeRule,
): boolean | null {
  return facts.dueAt === null ? null : isPast(facts.dueAt, end - 1, rule);
}

function isPast(due: number, at: number, rule: TimeRule): boolean {
  return rule === 'minute' ? at > due : dayOfMinute(at) > dayOfMinute(due);
}

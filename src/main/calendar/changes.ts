import { CounterError } from '../../contract/errors.ts';
import type { Duration } from '../../contract/procedures.ts';
import { type Calendar, isWorkingDay, sessionsOn } from './calendar.ts';
import {
  afterOpenMinutes,
  closingOn,
  isWithin,
  land,
  openMinutes,
  roll,
  startOf,
  unitOf,
  workingDayAfter,
  workingDaysBetween,
} from './counting.ts';
import { clockOf, dayOfMinute, instantOf, showMinute } from './local-time.ts';
import { line, type Reasons } from './reasons.ts';

/**
 * An appointment after the clock stood still from one minute to another. Days are counted as they are from a
 * receipt: the day of the stop is not counted, that of the resumption is, and a resumption outside hours is one at
 * the next opening; hours are counted to the minute. A stop at or after the appointment moves nothing.
 */
export function movedByPause(
  calendar: Calendar,
  due: number,
  duration: Duration,
  from: number,
  to: number,
  reasons: Reasons,
): number {
  const span = { from: showMinute(from), to: showMinute(to) };
  if (from >= due) {
    reasons.push(line('due.pausedTooLate', { from: span.from }));
    return due;
  }
  const unit = unitOf(duration);
  if (unit === 'hour') {
    const minutes = openMinutes(calendar, from, to);
    const values = { hours: Math.floor(minutes / 60), minutes: minutes % 60 };
    reasons.push(line('due.pausedHours', { ...span, ...values }));
    return afterOpenMinutes(calendar, due, minutes);
  }
  const stopDay = dayOfMinute(from);
  const goesOn = dayOfMinute(startOf(calendar, to, []));
  const dueDay = dayOfMinute(due);
  if (unit === 'day') {
    const count = goesOn - stopDay;
    reasons.push(line('due.pausedDays', { ...span, count }));
    return count === 0 ? due : land(calendar, roll(calendar, dueDay + count, reasons), clockOf(due), reasons);
  }
  const count = workingDaysBetween(calendar, stopDay, goesOn);
  reasons.push(line('due.pausedWorkingDays', { ...span, count }));
  if (count === 0) return due;
  const moved = land(calendar, workingDayAfter(calendar, dueDay, count), clockOf(due), reasons);
  return unit === 'same-day' ? moved - clockOf(moved) + closingOn(calendar, dayOfMinute(moved)) : moved;
}

export interface Extension {
  /** The appointment that holds, when the new one is given, and the new one itself; local minutes. */
  readonly due: number;
  readonly at: number;
  readonly to: number;
  /** Extensions that were given before, and that the rule allows in all. */
  readonly before: number;
  readonly allowed: number;
}

/**
 * The later appointment `to`, where it can be given. Throws DUE_EXTENSION_SPENT {allowed} (NĐ 61/2018 Điều 19 khoản
 * 9: once at most), DUE_EXTENSION_EARLIER {due, to} where it is no later than what it replaces or
 * than the moment it is given, and DUE_EXTENSION_SHUT {to} where the counter is not at work then.
 */
export function checkedExtension(calendar: Calendar, { due, at, to, before, allowed }: Extension): number {
  if (before >= allowed) throw new CounterError('DUE_EXTENSION_SPENT', { allowed });
  if (to <= Math.max(due, at)) {
    throw new CounterError('DUE_EXTENSION_EARLIER', { due: instantOf(due), to: instantOf(to) });
  }
  const day = dayOfMinute(to);
  if (!isWorkingDay(calendar, day) || !isWithin(sessionsOn(calendar, day), clockOf(to))) {
    throw new CounterError('DUE_EXTENSION_SHUT', { to: instantOf(to) });
  }
  return to;
}

import type { Duration } from '../../contract/procedures.ts';
import {
  type Calendar,
  dayKind,
  isWorkingDay,
  nextOpenWorkingDay,
  nextWorkingDay,
  ownCutoffOn,
  type Session,
  sessionsOn,
  workSessionsOn,
} from './calendar.ts';
import { atClock, clockOf, dayOfMinute, showClock, showDay, showMinute } from './local-time.ts';
import { line, type Reasons } from './reasons.ts';

export type Unit = Duration['unit'];

/** The unit a limit is counted in: a limit of nothing means the same day in any unit. */
export function unitOf({ value, unit }: Duration): Unit {
  return value === 0 ? 'same-day' : unit;
}

/**
 * The minute from which time runs: the receipt itself, or the next moment at which the counter is open on a working
 * day. Hours on a day of weekly rest take dossiers, but the day is none of work: time runs from the next that is.
 */
export function startOf(calendar: Calendar, received: number, reasons: Reasons): number {
  const day = dayOfMinute(received);
  const time = clockOf(received);
  const kind = dayKind(calendar, day);
  const sessions = sessionsOn(calendar, day);
  if (kind.kind === 'rest' || kind.kind === 'off') {
    const start = openingAfter(calendar, day);
    const values = { day: showDay(day), start: showMinute(start) };
    if (sessions.some((s) => time >= s.from && time < s.to)) {
      reasons.push(line('due.receivedOnOpenRestDay', values));
    } else if (kind.kind === 'off') {
      const named = { reason: kind.named.name, reasonEn: kind.named.nameEn };
      reasons.push(line('due.receivedOnOffDay', { ...values, ...named }));
    } else reasons.push(line('due.receivedOnRestDay', values));
    return start;
  }
  const [first, last] = [sessions[0], sessions.at(-1)];
  if (!first || !last) {
    const start = openingAfter(calendar, day);
    reasons.push(line('due.receivedOnShutDay', { day: showDay(day), start: showMinute(start) }));
    return start;
  }
  if (time < first.from) {
    const start = atClock(day, first.from);
    reasons.push(line('due.receivedBeforeOpening', { start: showMinute(start) }));
    return start;
  }
  const next = sessions.find((session) => time < session.to);
  if (!next) {
    const start = openingAfter(calendar, day);
    reasons.push(line('due.receivedAfterClosing', { closing: showClock(last.to), start: showMinute(start) }));
    return start;
  }
  if (time >= next.from) return received;
  const start = atClock(day, next.from);
  reasons.push(line('due.receivedDuringBreak', { start: showMinute(start) }));
  return start;
}

/** The minute at which a limit ends that runs from `start`. `cutoff` is asked for only by a same-day limit. */
export function countFrom(
  calendar: Calendar,
  start: number,
  duration: Duration,
  cutoff: () => number,
  reasons: Reasons,
): number {
  const { value } = duration;
  switch (unitOf(duration)) {
    case 'same-day':
      return sameDay(calendar, start, cutoff, reasons);
    case 'working-day':
      return workingDays(calendar, start, value, reasons);
    case 'day':
      return calendarDays(calendar, start, value, reasons);
    case 'hour':
      return workingHours(calendar, start, value, reasons);
  }
}

function sameDay(calendar: Calendar, start: number, lawful: () => number, reasons: Reasons): number {
  const day = dayOfMinute(start);
  const cutoff = ownCutoffOn(calendar, day) ?? lawful();
  const closing = closingOn(calendar, day);
  // A stage that ends at closing time leaves nothing of its day to the next one.
  if (clockOf(start) <= cutoff && clockOf(start) < closing) {
    reasons.push(line('due.sameDay', { cutoff: showClock(cutoff), day: showDay(day) }));
    return atClock(day, closing);
  }
  const next = nextOpenWorkingDay(calendar, day);
  const late = showClock(Math.min(cutoff, closing));
  reasons.push(line('due.afterCutoff', { cutoff: late, day: showDay(next) }));
  explainSkipped(calendar, day + 1, next, reasons);
  return atClock(next, closingOn(calendar, next));
}

function workingDays(calendar: Calendar, start: number, value: number, reasons: Reasons): number {
  const first = dayOfMinute(start);
  reasons.push(line('due.workingDays', { count: value, day: showDay(first) }));
  const day = workingDayAfter(calendar, first, value);
  explainSkipped(calendar, first + 1, day, reasons);
  return land(calendar, day, clockOf(start), reasons);
}

function calendarDays(calendar: Calendar, start: number, value: number, reasons: Reasons): number {
  const first = dayOfMinute(start);
  const last = first + value;
  const rolled = isWorkingDay(calendar, last);
  reasons.push(line('due.calendarDays', { count: value, day: showDay(first), last: showDay(last) }));
  if (rolled) return land(calendar, last, clockOf(start), reasons);
  return land(calendar, roll(calendar, last, reasons), clockOf(start), reasons);
}

function workingHours(calendar: Calendar, start: number, value: number, reasons: Reasons): number {
  reasons.push(line('due.hours', { count: value }));
  const due = afterOpenMinutes(calendar, start, value * 60);
  explainSkipped(calendar, dayOfMinute(start) + 1, dayOfMinute(due), reasons);
  return due;
}

/** The minute at which so many minutes of work have passed; at a closing time it is that, not the next opening. */
export function afterOpenMinutes(calendar: Calendar, start: number, open: number): number {
  let left = open;
  let day = dayOfMinute(start);
  let from = clockOf(start);
  if (left === 0) return start;
  for (;;) {
    for (const session of workSessionsOn(calendar, day)) {
      const begin = Math.max(session.from, from);
      const room = session.to - begin;
      if (room <= 0) continue;
      if (left <= room) return atClock(day, begin + left);
      left -= room;
    }
    day = nextWorkingDay(calendar, day);
    from = 0;
  }
}

/** Minutes of work from one minute up to another. */
export function openMinutes(calendar: Calendar, from: number, to: number): number {
  let open = 0;
  for (let day = dayOfMinute(from); day <= dayOfMinute(to); day++) {
    for (const session of workSessionsOn(calendar, day)) {
      const begin = Math.max(atClock(day, session.from), from);
      const end = Math.min(atClock(day, session.to), to);
      open += Math.max(0, end - begin);
    }
  }
  return open;
}

/** Working days after one day, up to and with another. */
export function workingDaysBetween(calendar: Calendar, after: number, until: number): number {
  let count = 0;
  for (let day = after + 1; day <= until; day++) if (isWorkingDay(calendar, day)) count += 1;
  return count;
}

export function workingDayAfter(calendar: Calendar, day: number, count: number): number {
  let reached = day;
  for (let counted = 0; counted < count; counted++) reached = nextWorkingDay(calendar, reached);
  return reached;
}

/** The next working day where a last day is none. */
export function roll(calendar: Calendar, last: number, reasons: Reasons): number {
  if (isWorkingDay(calendar, last)) return last;
  const next = nextWorkingDay(calendar, last);
  reasons.push(line('due.rolledToWorkingDay', { day: showDay(last), next: showDay(next) }));
  explainSkipped(calendar, last, next, reasons);
  return next;
}

/**
 * A moment of a working day at which somebody is there to hand the result out: the same clock time, or that day's
 * next opening, or its closing where it opens no more (the limit ends with its last day, Bộ luật Dân sự 2015 Điều
 * 148). A working day on which the counter stays shut gives way to the next that it opens on.
 */
export function land(calendar: Calendar, day: number, clock: number, reasons: Reasons): number {
  const sessions = sessionsOn(calendar, day);
  const last = sessions.at(-1);
  if (!last) {
    const next = nextOpenWorkingDay(calendar, day);
    reasons.push(line('due.shutThatDay', { day: showDay(day), next: showDay(next) }));
    return land(calendar, next, clock, reasons);
  }
  if (clock > last.to) {
    reasons.push(line('due.movedToClosing', { day: showDay(day), closing: showClock(last.to) }));
    return atClock(day, last.to);
  }
  if (isWithin(sessions, clock)) return atClock(day, clock);
  const next = sessions.find((session) => session.from > clock)!;
  reasons.push(line('due.movedToOpening', { day: showDay(day), opening: showClock(next.from) }));
  return atClock(day, next.from);
}

/** Whether a result can be handed out at that clock time; a closing time still counts. */
export function isWithin(sessions: readonly Session[], clock: number): boolean {
  return sessions.some((session) => clock >= session.from && clock <= session.to);
}

/** Closing time of a day on which the counter opens. */
export function closingOn(calendar: Calendar, day: number): number {
  return sessionsOn(calendar, day).at(-1)!.to;
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
  const next = nextOpenWorkingDay(calendar, day);
  return atClock(next, sessionsOn(calendar, next)[0]!.from);
}

import { z } from 'zod';
import { CounterError } from '../../contract/errors.ts';
import {
  type CalendarFile,
  calendarFile,
  calendarOverlay,
  invalidCalendar,
  overlaid,
  readShape,
  WEEKDAYS,
} from './calendar-file.ts';
import { dayFromIso, isoDay, weekdayOf, yearOfDay } from './local-time.ts';
import { readTimeRules, type TimeRule } from './time-rules.ts';

export type { CalendarFile } from './calendar-file.ts';

export interface NamedDay {
  readonly name: string;
  readonly nameEn: string;
}

export interface Session {
  /** Minutes after midnight; `from` is inside, `to` is not. */
  readonly from: number;
  readonly to: number;
}

interface Year {
  readonly lastKnownDay: number;
  readonly lastSettledDay: number;
  readonly weeklyRest: ReadonlySet<number>;
  readonly sessions: readonly Session[];
  readonly weekdaySessions: ReadonlyMap<number, readonly Session[]>;
  readonly specialSessions: ReadonlyMap<number, readonly Session[]>;
  readonly sameDayCutoff: number | null;
  readonly offDays: ReadonlyMap<number, NamedDay>;
  readonly workingDays: ReadonlyMap<number, NamedDay>;
}

export interface Calendar {
  readonly years: ReadonlyMap<number, Year>;
  /** In order of the day from which each is in force; empty where no file of rules was read. */
  readonly timeRules: readonly TimeRule[];
}

const kindOnly = z.looseObject({ kind: z.string() });

/**
 * Reads year files and the file of time rules, in any order, and lays a unit's own files over them, in their order:
 * an overlay changes the year it names, a whole year file stands in its place, a file of rules in the place of the
 * shipped one. Throws CALENDAR_INVALID {problem, where}.
 */
export function parseCalendar(files: readonly unknown[], overlays: readonly unknown[] = []): Calendar {
  const byYear = new Map<number, CalendarFile>();
  let timeRules: readonly TimeRule[] | null = null;
  for (const raw of files) {
    if (kindOf(raw) === 'time-rules') {
      if (timeRules) throw invalidCalendar('rulesTwice', '');
      timeRules = readTimeRules(raw);
      continue;
    }
    const file = readShape(calendarFile, raw);
    if (byYear.has(file.year)) throw invalidCalendar('yearTwice', String(file.year));
    byYear.set(file.year, file);
  }
  for (const raw of overlays) {
    const kind = kindOf(raw);
    if (kind === 'time-rules') timeRules = readTimeRules(raw);
    else if (kind === 'working-calendar') {
      const file = readShape(calendarFile, raw);
      byYear.set(file.year, file);
    } else lay(byYear, raw);
  }
  const years = new Map([...byYear.values()].map((file) => [file.year, yearFrom(file)]));
  return { years, timeRules: timeRules ?? [] };
}

function kindOf(raw: unknown): string {
  const parsed = kindOnly.safeParse(raw);
  if (!parsed.success) throw invalidCalendar('kind', '', parsed.error);
  const { kind } = parsed.data;
  const known = ['working-calendar', 'working-calendar-overlay', 'time-rules'];
  if (!known.includes(kind)) throw invalidCalendar('kind', kind.slice(0, 40));
  return kind;
}

function lay(byYear: Map<number, CalendarFile>, raw: unknown): void {
  const overlay = readShape(calendarOverlay, raw);
  const file = byYear.get(overlay.year);
  if (!file) throw invalidCalendar('overlayWithoutYear', String(overlay.year));
  daysOf(overlay.year, 'offDays', overlay.offDays);
  daysOf(overlay.year, 'workingDays', overlay.workingDays);
  daysOf(
    overlay.year,
    'ordinaryDays',
    overlay.ordinaryDays.map((day) => ({ day })),
  );
  byYear.set(overlay.year, overlaid(file, overlay));
}

export type DayKind =
  | { readonly kind: 'work' }
  | { readonly kind: 'make-up'; readonly named: NamedDay }
  | { readonly kind: 'rest' }
  | { readonly kind: 'off'; readonly named: NamedDay };

/** What a day is. Throws CALENDAR_YEAR_MISSING {year, day, state} where no file speaks for it. */
export function dayKind(calendar: Calendar, day: number): DayKind {
  const year = yearAt(calendar, day);
  const off = year.offDays.get(day);
  if (off) return { kind: 'off', named: off };
  const makeUp = year.workingDays.get(day);
  if (makeUp) return { kind: 'make-up', named: makeUp };
  return { kind: year.weeklyRest.has(weekdayOf(day)) ? 'rest' : 'work' };
}

export function isWorkingDay(calendar: Calendar, day: number): boolean {
  const { kind } = dayKind(calendar, day);
  return kind === 'work' || kind === 'make-up';
}

export function nextWorkingDay(calendar: Calendar, day: number): number {
  let next = day + 1;
  while (!isWorkingDay(calendar, next)) next += 1;
  return next;
}

/** When the counter takes dossiers on a day, whether or not it is a working day; empty = shut. */
export function sessionsOn(calendar: Calendar, day: number): readonly Session[] {
  const year = yearAt(calendar, day);
  const special = year.specialSessions.get(day);
  if (special) return special;
  const { kind } = dayKind(calendar, day);
  if (kind === 'off') return [];
  // A make-up day is worked like the weekday it stands for, not like the Saturday it is.
  if (kind === 'make-up') return year.sessions;
  const weekday = year.weekdaySessions.get(weekdayOf(day));
  return weekday ?? (kind === 'rest' ? [] : year.sessions);
}

/** Hours that count as hours of work: those of working days alone. */
export function workSessionsOn(calendar: Calendar, day: number): readonly Session[] {
  return isWorkingDay(calendar, day) ? sessionsOn(calendar, day) : [];
}

/** The first working day after `day` on which the counter opens at all. */
export function nextOpenWorkingDay(calendar: Calendar, day: number): number {
  let next = nextWorkingDay(calendar, day);
  while (sessionsOn(calendar, next).length === 0) next = nextWorkingDay(calendar, next);
  return next;
}

/** The unit's own cut-off for same-day procedures in that year, minutes after midnight; null where it has none. */
export function ownCutoffOn(calendar: Calendar, day: number): number | null {
  return yearAt(calendar, day).sameDayCutoff;
}

/** Last day of `day`'s year that no notice can change any more. */
export function settledUntil(calendar: Calendar, day: number): number {
  return yearAt(calendar, day).lastSettledDay;
}

function yearAt(calendar: Calendar, day: number): Year {
  const number = yearOfDay(day);
  const year = calendar.years.get(number);
  if (!year || day > year.lastKnownDay) {
    throw new CounterError('CALENDAR_YEAR_MISSING', {
      year: Number.isNaN(number) ? '∞' : number,
      day: isoDay(day),
      state: year ? 'undecided' : 'missing',
    });
  }
  return year;
}

function yearFrom(file: CalendarFile): Year {
  const { year } = file;
  const weeklyRest = new Set(file.weeklyRest);
  const offDays = daysOf(year, 'offDays', file.offDays);
  const workingDays = daysOf(year, 'workingDays', file.workingDays);
  for (const day of workingDays.keys()) {
    if (offDays.has(day)) throw invalidCalendar('offAndWorked', isoDay(day));
    if (!weeklyRest.has(weekdayOf(day))) throw invalidCalendar('workedAnyway', isoDay(day));
  }
  const sessions = sessionsFrom(file.sessions, `${year} sessions`);
  const weekdaySessions = new Map<number, readonly Session[]>();
  WEEKDAYS.forEach((name, number) => {
    const own = file.sessionsByWeekday[name];
    if (own) weekdaySessions.set(number, sessionsFrom(own, `${year} sessionsByWeekday.${name}`));
  });
  const opens = [0, 1, 2, 3, 4, 5, 6].some(
    (weekday) => !weeklyRest.has(weekday) && (weekdaySessions.get(weekday) ?? sessions).length > 0,
  );
  if (!opens) throw invalidCalendar('neverOpen', String(year));
  const specialDays = daysOf(year, 'specialDays', file.specialDays);
  return {
    ...limitsOf(file),
    weeklyRest,
    sessions,
    weekdaySessions,
    specialSessions: new Map(
      [...specialDays].map(([day, special]) => [
        day,
        sessionsFrom(special.sessions, `specialDays ${special.day}`),
      ]),
    ),
    sameDayCutoff: file.sameDayCutoff === undefined ? null : minutes(file.sameDayCutoff),
    offDays,
    workingDays,
  };
}

function limitsOf({ year, knownUntil, settledUntil: settled }: CalendarFile) {
  const lastDay = dayFromIso(`${year}-12-31`);
  const lastKnownDay = knownUntil === undefined ? lastDay : dayFromIso(knownUntil);
  const lastSettledDay = settled === undefined ? lastKnownDay : dayFromIso(settled);
  const first = dayFromIso(`${year}-01-01`);
  // The day before the year says that nothing of it is known, or settled.
  for (const [name, day] of [
    ['knownUntil', lastKnownDay],
    ['settledUntil', lastSettledDay],
  ] as const) {
    if (day < first - 1 || day > lastDay)
      throw invalidCalendar('otherYear', `${year} ${name} ${isoDay(day)}`);
  }
  if (lastSettledDay > lastKnownDay) throw invalidCalendar('limitsOrder', `${year} settledUntil`);
  return { lastKnownDay, lastSettledDay };
}

function sessionsFrom(list: readonly (readonly [string, string])[], where: string): readonly Session[] {
  let last = -1;
  return list.map(([fromText, toText]) => {
    const session = { from: minutes(fromText), to: minutes(toText) };
    if (session.from <= last || session.to <= session.from) {
      throw invalidCalendar('sessionsOrder', `${where} ${fromText}–${toText}`);
    }
    last = session.to;
    return session;
  });
}

function daysOf<T extends { readonly day: string }>(
  year: number,
  list: string,
  entries: readonly T[],
): Map<number, T> {
  const days = new Map<number, T>();
  for (const entry of entries) {
    const number = dayFromIso(entry.day);
    if (yearOfDay(number) !== year) throw invalidCalendar('otherYear', `${year} ${list} ${entry.day}`);
    if (days.has(number)) throw invalidCalendar('dayTwice', `${list} ${entry.day}`);
    days.set(number, entry);
  }
  return days;
}

function minutes(text: string): number {
  const [hour, minute] = text.split(':').map(Number) as [number, number];
  return hour * 60 + minute;
}

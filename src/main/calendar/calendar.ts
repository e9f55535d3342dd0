import { z } from 'zod';
import { day as isoDate } from '../../contract/basics.ts';
import { CounterError } from '../../contract/errors.ts';
import { dayFromIso, isoDay, weekdayOf, yearOfDay } from './local-time.ts';

const clock = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/);
const namedDay = z.object({
  day: isoDate,
  name: z.string().min(1),
  nameEn: z.string().min(1),
  source: z.string().min(1),
});

/**
 * One year's file. Off-days and make-up days are decided anew each year, so they are data with their sources and
 * nothing here is computed (facts §10.1). A unit that works otherwise puts its own file in the place of this one.
 */
export const calendarFile = z.object({
  kind: z.literal('working-calendar'),
  year: z.number().int().min(2000).max(2999),
  version: z.string().min(1),
  provenance: z.string().min(1),
  /** Last day that the file speaks for, where the year is not yet decided to its end. */
  knownUntil: isoDate.optional(),
  /** 0 = Sunday to 6 = Saturday. */
  weeklyRest: z.array(z.number().int().min(0).max(6)).max(6),
  /** Opening hours, in order, each from and up to. */
  sessions: z.array(z.tuple([clock, clock])).min(1),
  /** A same-day procedure received later than this is due on the next working day. */
  sameDayCutoff: clock,
  offDays: z.array(namedDay),
  /** Days of weekly rest that are worked to make up for an exchanged day. */
  workingDays: z.array(namedDay),
});
export type CalendarFile = z.infer<typeof calendarFile>;

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
  readonly weeklyRest: ReadonlySet<number>;
  readonly sessions: readonly Session[];
  readonly sameDayCutoff: number;
  readonly offDays: ReadonlyMap<number, NamedDay>;
  readonly workingDays: ReadonlyMap<number, NamedDay>;
}

export interface Calendar {
  readonly years: ReadonlyMap<number, Year>;
}

/** Reads year files, in any order. Throws CALENDAR_INVALID {problem}. */
export function parseCalendar(files: readonly unknown[]): Calendar {
  const years = new Map<number, Year>();
  for (const raw of files) {
    const parsed = calendarFile.safeParse(raw);
    if (!parsed.success) {
      const issue = parsed.error.issues[0];
      throw invalid(`${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`, parsed.error);
    }
    if (years.has(parsed.data.year)) throw invalid(`year ${parsed.data.year} comes twice`);
    years.set(parsed.data.year, yearFrom(parsed.data));
  }
  return { years };
}

export type DayKind =
  | { readonly kind: 'work' }
  | { readonly kind: 'make-up'; readonly named: NamedDay }
  | { readonly kind: 'rest' }
  | { readonly kind: 'off'; readonly named: NamedDay };

/** What a day is. Throws CALENDAR_YEAR_MISSING {year, day} where no file speaks for it. */
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

export function sessionsOn(calendar: Calendar, day: number): readonly Session[] {
  return yearAt(calendar, day).sessions;
}

export function openingOn(calendar: Calendar, day: number): number {
  return sessionsOn(calendar, day)[0]!.from;
}

export function closingOn(calendar: Calendar, day: number): number {
  return sessionsOn(calendar, day).at(-1)!.to;
}

export function sameDayCutoffOn(calendar: Calendar, day: number): number {
  return yearAt(calendar, day).sameDayCutoff;
}

function yearAt(calendar: Calendar, day: number): Year {
  const number = yearOfDay(day);
  const year = calendar.years.get(number);
  if (!year || day > year.lastKnownDay) {
    throw new CounterError('CALENDAR_YEAR_MISSING', { year: number, day: isoDay(day) });
  }
  return year;
}

function yearFrom(file: CalendarFile): Year {
  const sessions = file.sessions.map(([from, to]) => ({ from: minutes(from), to: minutes(to) }));
  let last = -1;
  for (const session of sessions) {
    if (session.from <= last || session.to <= session.from)
      throw invalid('sessions overlap or run backwards');
    last = session.to;
  }
  const weeklyRest = new Set(file.weeklyRest);
  const offDays = daysOf(file, 'offDays');
  const workingDays = daysOf(file, 'workingDays');
  for (const day of workingDays.keys()) {
    if (offDays.has(day)) throw invalid(`${isoDay(day)} is both off and worked`);
    if (!weeklyRest.has(weekdayOf(day))) throw invalid(`${isoDay(day)} is worked anyway`);
  }
  return {
    lastKnownDay: dayFromIso(file.knownUntil ?? `${file.year}-12-31`),
    weeklyRest,
    sessions,
    sameDayCutoff: minutes(file.sameDayCutoff),
    offDays,
    workingDays,
  };
}

function daysOf(file: CalendarFile, list: 'offDays' | 'workingDays'): Map<number, NamedDay> {
  const days = new Map<number, NamedDay>();
  for (const { day, name, nameEn } of file[list]) {
    const number = dayFromIso(day);
    if (yearOfDay(number) !== file.year) throw invalid(`${list}: ${day} is not in ${file.year}`);
    if (days.has(number)) throw invalid(`${list}: ${day} comes twice`);
    days.set(number, { name, nameEn });
  }
  return days;
}

function minutes(text: string): number {
  const [hour, minute] = text.split(':').map(Number) as [number, number];
  return hour * 60 + minute;
}

function invalid(problem: string, cause?: unknown): CounterError {
  return new CounterError('CALENDAR_INVALID', { problem }, cause === undefined ? undefined : { cause });
}

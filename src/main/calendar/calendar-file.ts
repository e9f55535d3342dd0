import { z } from 'zod';
import { day as isoDate } from '../../contract/basics.ts';
import { CounterError } from '../../contract/errors.ts';

const clock = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/);
/** Opening hours in order, each from and up to (`to` itself is closed). */
const session = z.tuple([clock, clock]);
const weekday = z.number().int().min(0).max(6);

/** In the order of JavaScript's weekday numbers: 0 = Sunday. */
export const WEEKDAYS = [
  'sunday',
  'monday',
  'tuesday',
  'wednesday',
  'thursday',
  'friday',
  'saturday',
] as const;

/**
 * How sure a day is: law = fixed by a law that was read; notice = by an official notice that was read; reported =
 * by a notice known from what others print of it; memory = nobody has looked it up; unit = the unit's own decision.
 */
export const sureness = z.enum(['law', 'notice', 'reported', 'memory', 'unit']);
export type Sureness = z.infer<typeof sureness>;

const namedDay = z.strictObject({
  day: isoDate,
  name: z.string().min(1),
  nameEn: z.string().min(1),
  source: z.string().min(1),
  sure: sureness.optional(),
});
/** A day with opening hours of its own, such as a half day; none = shut, and still a working day if it is one. */
const specialDay = namedDay.extend({ sessions: z.array(session).max(8) });

const head = {
  year: z.number().int().min(2000).max(2999),
  version: z.string().min(1),
  provenance: z.string().min(1),
};
const hours = {
  /** Of every working day, make-up days too. */
  sessions: z.array(session).max(8),
  /**
   * Of one day of the week, in place of `sessions`. On a day of weekly rest it is when the counter takes dossiers;
   * the day stays no working day.
   */
  sessionsByWeekday: z.partialRecord(z.enum(WEEKDAYS), z.array(session).max(8)),
  /** A unit's own cut-off for same-day procedures, in place of the one of the rules in force (time-rules). */
  sameDayCutoff: clock,
};
/** 0 = Sunday to 6 = Saturday. */
const weeklyRest = z.array(weekday).max(6);
/** Last day that the file speaks for; later ones are refused. */
const knownUntil = isoDate;
/** Last day that no notice can change any more; a count that passes it is given with a warning. */
const settledUntil = isoDate;
const lists = {
  offDays: z.array(namedDay).max(366),
  /** Days of weekly rest that are worked to make up for an exchanged day. */
  workingDays: z.array(namedDay).max(366),
  specialDays: z.array(specialDay).max(366).default([]),
};

/**
 * One year's file. Off-days and make-up days are decided anew each year, so they are data with their sources and
 * nothing here is computed (facts §10.1).
 */
export const calendarFile = z.strictObject({
  kind: z.literal('working-calendar'),
  ...head,
  ...hours,
  sessionsByWeekday: hours.sessionsByWeekday.default({}),
  sameDayCutoff: hours.sameDayCutoff.optional(),
  weeklyRest,
  knownUntil: knownUntil.optional(),
  settledUntil: settledUntil.optional(),
  ...lists,
});
export type CalendarFile = z.infer<typeof calendarFile>;

/**
 * What one unit does otherwise in one year. Hours, rest and limits stand in place of the shipped ones where they are
 * given; a day in a list stands in place of whatever the shipped file says of that day; `ordinaryDays` are again
 * what their weekday is.
 */
export const calendarOverlay = z.strictObject({
  kind: z.literal('working-calendar-overlay'),
  ...head,
  sessions: hours.sessions.optional(),
  sessionsByWeekday: hours.sessionsByWeekday.optional(),
  sameDayCutoff: hours.sameDayCutoff.optional(),
  weeklyRest: weeklyRest.optional(),
  knownUntil: knownUntil.optional(),
  settledUntil: settledUntil.optional(),
  offDays: lists.offDays.default([]),
  workingDays: lists.workingDays.default([]),
  specialDays: lists.specialDays,
  ordinaryDays: z.array(isoDate).max(366).default([]),
});
export type CalendarOverlay = z.infer<typeof calendarOverlay>;

/** What can be wrong with a calendar (texts: error.CALENDAR_INVALID.happened). */
export type CalendarProblem =
  | 'shape'
  | 'kind'
  | 'yearTwice'
  | 'overlayWithoutYear'
  | 'otherYear'
  | 'dayTwice'
  | 'offAndWorked'
  | 'workedAnyway'
  | 'sessionsOrder'
  | 'neverOpen'
  | 'limitsOrder'
  | 'rulesTwice'
  | 'rulesMissing';

/** CALENDAR_INVALID {problem, where: year, place in the file and value}. */
export function invalidCalendar(problem: CalendarProblem, where: string, cause?: unknown): CounterError {
  return new CounterError(
    'CALENDAR_INVALID',
    { problem, where },
    cause === undefined ? undefined : { cause },
  );
}

/** A value by its schema. Throws CALENDAR_INVALID {problem: 'shape', where: 'year place'}. */
export function readShape<T>(schema: z.ZodType<T>, raw: unknown): T {
  const parsed = schema.safeParse(raw);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const unknown = issue?.code === 'unrecognized_keys' ? issue.keys : [];
  const place = [...(issue?.path ?? []), ...unknown].join('.');
  const year = typeof raw === 'object' && raw !== null && 'year' in raw ? raw.year : undefined;
  const where = [...(typeof year === 'number' ? [year] : []), place].join(' ').trim();
  throw invalidCalendar('shape', where.slice(0, 120), parsed.error);
}

/** The shipped year with a unit's own on top. */
export function overlaid(file: CalendarFile, overlay: CalendarOverlay): CalendarFile {
  const { offDays, workingDays, specialDays, ordinaryDays } = overlay;
  const changed = new Set([...ordinaryDays, ...offDays.map((d) => d.day), ...workingDays.map((d) => d.day)]);
  const special = new Set([...ordinaryDays, ...specialDays.map((d) => d.day)]);
  return {
    ...file,
    version: `${file.version}+${overlay.version}`,
    sessions: overlay.sessions ?? file.sessions,
    sessionsByWeekday: { ...file.sessionsByWeekday, ...overlay.sessionsByWeekday },
    weeklyRest: overlay.weeklyRest ?? file.weeklyRest,
    ...optional('sameDayCutoff', overlay.sameDayCutoff ?? file.sameDayCutoff),
    ...optional('knownUntil', overlay.knownUntil ?? file.knownUntil),
    ...optional('settledUntil', overlay.settledUntil ?? file.settledUntil),
    offDays: [...file.offDays.filter((d) => !changed.has(d.day)), ...offDays],
    workingDays: [...file.workingDays.filter((d) => !changed.has(d.day)), ...workingDays],
    specialDays: [...file.specialDays.filter((d) => !special.has(d.day)), ...specialDays],
  };
}

function optional<K extends string>(key: K, value: string | undefined): { readonly [P in K]?: string } {
  return (value === undefined ? {} : { [key]: value }) as { readonly [P in K]?: string };
}

/*
 * Vietnamese legal time: +07:00 all year, no daylight saving, so a fixed offset is exact and the machine's own zone
 * never matters. A local minute counts minutes, a local day counts days, since 1970-01-01T00:00+07:00.
 */

const OFFSET_MINUTES = 7 * 60;
const DAY_MINUTES = 24 * 60;

/** An instant as ISO 8601 at +07:00, whole seconds: `2026-08-14T09:21:05+07:00`. */
export function vietnamTime(at: Date): string {
  return `${new Date(at.getTime() + OFFSET_MINUTES * 60_000).toISOString().slice(0, 19)}+07:00`;
}

/** The calendar day (`yyyy-MM-dd`) of an instant at the counter. */
export function localDay(at: Date): string {
  return vietnamTime(at).slice(0, 10);
}

export interface LocalParts {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
}

/** Local minute of an instant (ISO 8601 with zone); seconds are cut off, as on paper. */
export function minuteOf(instant: string): number {
  return Math.floor(Date.parse(instant) / 60_000) + OFFSET_MINUTES;
}

/** The instant of a local minute, UTC ISO 8601. */
export function instantOf(minute: number): string {
  return new Date((minute - OFFSET_MINUTES) * 60_000).toISOString();
}

export function dayOfMinute(minute: number): number {
  return Math.floor(minute / DAY_MINUTES);
}

export function clockOf(minute: number): number {
  return minute - dayOfMinute(minute) * DAY_MINUTES;
}

export function atClock(day: number, clock: number): number {
  return day * DAY_MINUTES + clock;
}

/** 0 = Sunday to 6 = Saturday. */
export function weekdayOf(day: number): number {
  return (((day + 4) % 7) + 7) % 7;
}

/** Beyond it, and before its negative, JavaScript has no date (ECMA-262, time values). */
const LAST_DAY = 100_000_000;

/** `yyyy-MM-dd`; years of more or fewer than four digits carry a sign, days that no date can hold are `∞`. */
export function isoDay(day: number): string {
  if (!(Math.abs(day) <= LAST_DAY)) return '∞';
  const iso = new Date(day * DAY_MINUTES * 60_000).toISOString();
  return iso.slice(0, iso.indexOf('T'));
}

export function dayFromIso(iso: string): number {
  return Date.parse(`${iso}T00:00:00Z`) / (DAY_MINUTES * 60_000);
}

/** NaN where no date can hold the day. */
export function yearOfDay(day: number): number {
  return new Date(day * DAY_MINUTES * 60_000).getUTCFullYear();
}

export function partsOf(minute: number): LocalParts {
  const [year, month, day] = isoDay(dayOfMinute(minute)).split('-').map(Number) as [number, number, number];
  const clock = clockOf(minute);
  return { year, month, day, hour: Math.floor(clock / 60), minute: clock % 60 };
}

/** `dd/MM/yyyy`, as screens show a day. */
export function showDay(day: number): string {
  const [y, m, d] = isoDay(day).split('-');
  return `${d}/${m}/${y}`;
}

/** `HH:mm`. */
export function showClock(clock: number): string {
  return `${pad(Math.floor(clock / 60))}:${pad(clock % 60)}`;
}

/** `HH:mm dd/MM/yyyy`. */
export function showMinute(minute: number): string {
  return `${showClock(clockOf(minute))} ${showDay(dayOfMinute(minute))}`;
}

export function pad(n: number): string {
  return String(n).padStart(2, '0');
}

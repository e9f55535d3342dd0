import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { type Calendar, parseCalendar } from '../../../../src/main/calendar/calendar.ts';

const FOLDER = path.join(import.meta.dirname, '../../../../resources/calendar');

export function shippedFile(name: string) {
  return JSON.parse(readFileSync(path.join(FOLDER, name), 'utf8'));
}

/** The calendars as they are shipped, with a unit's own on top. */
export function shippedCalendar(...overlays: unknown[]): Calendar {
  return parseCalendar(
    readdirSync(FOLDER).map((name) => shippedFile(name)),
    overlays,
  );
}

/** `dd/MM HH:mm` or `dd/MM/yyyy HH:mm` at +07:00, as an instant; of 2026 unless it says so. */
export function vn(text: string): string {
  const [, d, m, year = '2026', time] = /^(\d\d)\/(\d\d)(?:\/(\d{4}))? (\d\d:\d\d(?::\d\d)?)$/.exec(text)!;
  return new Date(`${year}-${m}-${d}T${time}${time!.length === 5 ? ':00' : ''}+07:00`).toISOString();
}

/** The other way about: `EEE dd/MM/yyyy HH:mm`. */
export function shown(instant: string): string {
  const local = new Date(Date.parse(instant) + 7 * 3_600_000);
  const weekday = local.toLocaleDateString('en-US', { weekday: 'short', timeZone: 'UTC' });
  const [date, time] = local.toISOString().split('T') as [string, string];
  return `${weekday} ${date.split('-').reverse().join('/')} ${time.slice(0, 5)}`;
}

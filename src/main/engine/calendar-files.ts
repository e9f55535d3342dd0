import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { CounterError } from '../../contract/errors.ts';
import { type Calendar, parseCalendar } from '../calendar/calendar.ts';

/**
 * The shipped calendars and rules of time, with a unit's own files on top in the order in which they are named
 * (docs/due-dates.md). Throws CALENDAR_INVALID {problem, where, file} and FILE_MISSING {name}, each with the file it
 * is about.
 */
export async function loadCalendar(resources: string, own: readonly string[] = []): Promise<Calendar> {
  const folder = path.join(resources, 'calendar');
  const names = (await readdir(folder)).filter((name) => name.endsWith('.json')).sort();
  const shipped = await Promise.all(names.map((name) => readJson(path.join(folder, name))));
  const overlays: unknown[] = [];
  let calendar = parseCalendar(shipped);
  for (const file of own) {
    overlays.push(await readJson(file));
    calendar = named(file, () => parseCalendar(shipped, overlays));
  }
  return calendar;
}

async function readJson(file: string): Promise<unknown> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new CounterError('FILE_MISSING', { name: path.basename(file) }, { cause });
  });
  try {
    return JSON.parse(text.replace(/^\ufeff/, '')) as unknown;
  } catch (cause) {
    const details = { problem: 'shape', where: 'JSON', file: path.basename(file) };
    throw new CounterError('CALENDAR_INVALID', details, { cause });
  }
}

function named<T>(file: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof CounterError)) throw error;
    throw new CounterError(error.code, { ...error.details, file: path.basename(file) }, { cause: error });
  }
}

import { dayFromIso, showDay } from '../calendar/local-time.ts';

/** A calendar day `yyyy-MM-dd` as tables write it, `dd/MM/yyyy`. Throws RangeError for what is no day. */
export function writeDay(day: string): string {
  const number = dayFromIso(day);
  if (!Number.isFinite(number)) throw new RangeError(`no calendar day: ${day}`);
  return showDay(number);
}

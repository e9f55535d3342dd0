import { CounterError } from '../../contract/errors.ts';

const DATE_FIRST = /^(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d)(?::(\d\d)(?:\.\d+)?)?(Z|[+-]\d\d:?\d\d)?$/i;
const DAY_FIRST = /^(\d{1,2})\/(\d{1,2})\/(\d{4})[ T,]+(\d{1,2}):(\d\d)(?::(\d\d))?$/;
const TIME_FIRST = /^(\d{1,2}):(\d\d)[ ,]+(\d{1,2})\/(\d{1,2})\/(\d{4})$/;

/**
 * A time as a person or a system writes it, as an instant (UTC ISO 8601): `2026-02-13T16:10`, with seconds and with
 * a zone or without, `13/02/2026 16:10`, `16:10 13/02/2026`. Without a zone it is Vietnamese legal time (+07:00).
 * Throws DUE_TIME_INVALID {value}; a day or hour that does not exist is one.
 */
export function instantFromText(text: string): string {
  const written = text.trim();
  const parts = dateFirst(written) ?? dayFirst(written) ?? timeFirst(written);
  if (!parts) throw invalid(written);
  const { year, month, day, hour, minute, second, zone } = parts;
  const local = `${year}-${two(month)}-${two(day)}T${two(hour)}:${two(minute)}:${two(second)}`;
  const asUtc = new Date(`${local}Z`);
  // JavaScript moves 30 February on to March, and 24:00 to the next day, without a word.
  if (Number.isNaN(asUtc.getTime()) || asUtc.toISOString().slice(0, 19) !== local) throw invalid(written);
  const at = new Date(`${local}${zone}`);
  if (Number.isNaN(at.getTime())) throw invalid(written);
  return at.toISOString();
}

interface Parts {
  readonly year: string;
  readonly month: string;
  readonly day: string;
  readonly hour: string;
  readonly minute: string;
  readonly second: string;
  readonly zone: string;
}

const VIETNAM = '+07:00';

function dateFirst(text: string): Parts | null {
  const match = DATE_FIRST.exec(text);
  if (!match) return null;
  const [, year, month, day, hour, minute, second = '00', zone = VIETNAM] = match as unknown as string[];
  const spelt = /^[+-]\d{4}$/.test(zone!) ? `${zone!.slice(0, 3)}:${zone!.slice(3)}` : zone!.toUpperCase();
  return { year: year!, month: month!, day: day!, hour: hour!, minute: minute!, second, zone: spelt };
}

function dayFirst(text: string): Parts | null {
  const match = DAY_FIRST.exec(text);
  if (!match) return null;
  const [, day, month, year, hour, minute, second = '00'] = match as unknown as string[];
  return { year: year!, month: month!, day: day!, hour: hour!, minute: minute!, second, zone: VIETNAM };
}

function timeFirst(text: string): Parts | null {
  const match = TIME_FIRST.exec(text);
  if (!match) return null;
  const [, hour, minute, day, month, year] = match as unknown as string[];
  return { year: year!, month: month!, day: day!, hour: hour!, minute: minute!, second: '00', zone: VIETNAM };
}

function two(text: string): string {
  return text.padStart(2, '0');
}

function invalid(value: string): CounterError {
  return new CounterError('DUE_TIME_INVALID', { value: value.slice(0, 40) });
}

import type { ImportProblem } from '../../contract/catalogue.ts';
import type { Duration } from '../../contract/procedures.ts';
import { CHANNEL_ORDER, type NationalChannel, type NationalTime, type Note } from './national-record.ts';

interface Reading {
  readonly duration: Duration;
  readonly problem: ImportProblem['code'] | null;
  readonly source: string;
}

const UNITS: Readonly<Record<string, Duration['unit']>> = {
  'ngày làm việc': 'working-day',
  ngày: 'day',
  giờ: 'hour',
  'giờ làm việc': 'hour',
};

/** The time limit of papers taken at the counter, and that of the online channel where it is another. */
export function durationsOf(
  channels: readonly NationalChannel[],
  note: Note,
): { readonly duration: Duration | null; readonly onlineDuration: Duration | null } {
  if (channels.length === 0) {
    note('CHANNEL_MISSING', 'CACHTHUCTHUCHIEN');
    return { duration: null, onlineDuration: null };
  }
  const kind = CHANNEL_ORDER.find((k) => readingsOf(channels, k).length > 0);
  if (kind === undefined) {
    note('DURATION_MISSING', 'THOIGIANGIAIQUYET');
    return { duration: null, onlineDuration: null };
  }
  if (kind !== '1') note('DURATION_FROM_OTHER_CHANNEL', `KENH ${kind}`);
  const duration = choose(readingsOf(channels, kind), note);
  const online = kind === '2' ? [] : readingsOf(channels, '2');
  const onlineDuration = online.length === 0 ? null : choose(online, () => {});
  return { duration, onlineDuration: same(duration, onlineDuration) ? null : onlineDuration };
}

function same(a: Duration, b: Duration | null): boolean {
  return b !== null && a.value === b.value && a.unit === b.unit;
}

function readingsOf(channels: readonly NationalChannel[], kind: string): Reading[] {
  return channels
    .filter((c) => c.kind === kind)
    .flatMap((c) => c.times)
    .map(toDuration)
    .filter((d) => d !== null);
}

/** '1' without a unit means within the day (facts §9.2); a greater number without one is taken as working days. */
function toDuration(t: NationalTime): Reading | null {
  const value = t.THOIGIANGIAIQUYET;
  if (value === null || value === 0) return null;
  const source = `${value} ${t.DONVITINH}`.trim();
  const unit = UNITS[t.DONVITINH.toLowerCase()];
  if (unit) return { duration: { value, unit }, problem: null, source };
  if (t.DONVITINH === '' && value === 1) {
    return { duration: { value: 1, unit: 'same-day' }, problem: null, source };
  }
  if (t.DONVITINH === '') {
    return { duration: { value, unit: 'working-day' }, problem: 'DURATION_UNIT_MISSING', source };
  }
  if (t.DONVITINH.toLowerCase() === 'tháng') {
    // Bộ luật Dân sự 2015 Điều 146: a month that is not a calendar one counts thirty days.
    return { duration: { value: value * 30, unit: 'day' }, problem: 'MONTHS_AS_DAYS', source };
  }
  return { duration: { value, unit: 'working-day' }, problem: 'DURATION_UNIT_UNKNOWN', source };
}

/** Several times for several cases: the longest, since a promise made too early is the one that gets broken. */
function choose(readings: readonly Reading[], note: Note): Duration {
  const longest = readings.reduce((a, b) => (hoursOf(b.duration) > hoursOf(a.duration) ? b : a));
  const distinct = [...new Set(readings.map((r) => r.source))];
  if (distinct.length > 1) note('DURATION_AMBIGUOUS', 'THOIGIANGIAIQUYET', distinct.join('; '));
  if (longest.problem) note(longest.problem, 'DONVITINH', longest.source);
  return longest.duration;
}

function hoursOf({ value, unit }: Duration): number {
  return unit === 'hour' ? value : unit === 'day' ? (value * (8 * 5)) / 7 : value * 8;
}

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Duration } from '../../../src/contract/procedures.ts';
import { parseCalendar } from '../../../src/main/calendar/calendar.ts';
import { dueDate } from '../../../src/main/calendar/due-date.ts';

const CASES = 4000;
const file = JSON.parse(
  readFileSync(path.join(import.meta.dirname, '../../../resources/calendar/vn-2026.json'), 'utf8'),
);
const rules = JSON.parse(
  readFileSync(path.join(import.meta.dirname, '../../../resources/calendar/time-rules.json'), 'utf8'),
);
const calendar = parseCalendar([file, rules]);

/*
 * The oracle walks minute by minute over the texts of the file, with Date and string comparison only; it shares no
 * code and no method with what it judges.
 */
const MINUTE = 60_000;
const off = new Set<string>(file.offDays.map((d: { day: string }) => d.day));
const worked = new Set<string>(file.workingDays.map((d: { day: string }) => d.day));

const local = (t: number) => new Date(t + 7 * 3_600_000).toISOString();

interface Moment {
  readonly time: string;
  readonly works: boolean;
  readonly open: boolean;
}

/** Every minute of the year, read off its own written form. */
const BEGIN = Date.parse('2026-01-01T00:00:00+07:00');
const moments: Moment[] = [];
for (let i = 0; i < 365; i++) {
  const text = local(BEGIN + i * 1440 * MINUTE);
  const date = text.slice(0, 10);
  const name = new Date(text).toLocaleDateString('en-US', { weekday: 'short', timeZone: 'UTC' });
  const works = !off.has(date) && (worked.has(date) || (name !== 'Sat' && name !== 'Sun'));
  for (let m = 0; m < 1440; m++) {
    const time = `${String(Math.trunc(m / 60)).padStart(2, '0')}:${String(m % 60).padStart(2, '0')}`;
    const open = works && ((time >= '07:00' && time < '11:30') || (time >= '13:30' && time < '17:00'));
    moments.push({ time, works, open });
  }
}

const momentAt = (t: number) => moments[(t - BEGIN) / MINUTE]!;
const timeAt = (t: number) => momentAt(t).time;
const worksOn = (t: number) => momentAt(t).works;
const openAt = (t: number) => momentAt(t).open;

function nextDaySameTime(t: number): number {
  return t + 24 * 60 * MINUTE;
}

function oracle(received: number, value: number, unit: Duration['unit']): number {
  let t = received;
  while (!openAt(t)) t += MINUTE;
  if (unit === 'same-day' || value === 0) {
    const late = timeAt(t) > '15:00';
    if (late) {
      t = nextDaySameTime(t);
      while (!worksOn(t)) t = nextDaySameTime(t);
    }
    while (timeAt(t) !== '17:00') t += timeAt(t) > '17:00' ? -MINUTE : MINUTE;
    return t;
  }
  if (unit === 'hour') {
    let left = value * 60;
    while (left > 0) {
      if (openAt(t)) left -= 1;
      t += MINUTE;
    }
    return t;
  }
  if (unit === 'day') {
    for (let i = 0; i < value; i++) t = nextDaySameTime(t);
    while (!worksOn(t)) t = nextDaySameTime(t);
    return t;
  }
  for (let left = value; left > 0; ) {
    t = nextDaySameTime(t);
    if (worksOn(t)) left -= 1;
  }
  return t;
}

describe('due dates against a slow oracle', () => {
  it(`${CASES} random receipts of 2026 agree to the minute`, () => {
    let x = 20260209;
    const random = (n: number) => {
      x = (Math.imul(x, 1664525) + 1013904223) >>> 0;
      return Math.floor((x / 2 ** 32) * n);
    };
    const units = ['working-day', 'day', 'hour', 'same-day'] as const;
    const seen = new Map<string, number>();
    for (let i = 0; i < CASES; i++) {
      // Half of the receipts fall within half an hour of an edge of the opening hours.
      const dayStart = BEGIN + random(300) * 24 * 60 * MINUTE;
      const edge = [420, 690, 810, 900, 1020][random(5)]!;
      const minute = random(2) === 0 ? random(1440) : edge - 30 + random(61);
      const received = dayStart + minute * MINUTE;
      const unit = units[random(4)]!;
      const value = random(unit === 'hour' ? 60 : 21);
      const expected = new Date(oracle(received, value, unit)).toISOString();
      const actual = dueDate({
        receivedAt: new Date(received).toISOString(),
        duration: { value, unit },
        calendar,
      }).at;
      if (actual !== expected) {
        expect({ received: local(received), value, unit, actual }).toEqual({
          received: local(received),
          value,
          unit,
          actual: expected,
        });
      }
      seen.set(unit, (seen.get(unit) ?? 0) + 1);
    }
    expect([...seen.values()].every((n) => n > CASES / 8)).toBe(true);
  });
});

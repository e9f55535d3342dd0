import { describe, expect, it } from 'vitest';
import { CounterError } from '../../../src/contract/errors.ts';
import type { Duration } from '../../../src/contract/procedures.ts';
import { type Calendar, parseCalendar } from '../../../src/main/calendar/calendar.ts';
import { dueDate } from '../../../src/main/calendar/due-date.ts';
import { createRandom, type Random } from './support/random.ts';
import { randomRules, randomYears } from './support/random-calendar.ts';
import { shippedFile } from './support/shipped.ts';

const SPOILT = 4000;
const PAIRS = 5000;
const UNITS = ['working-day', 'day', 'hour', 'same-day'] as const;

const NONSENSE = [
  null,
  true,
  -1,
  0,
  1e308,
  Number.NaN,
  '',
  ' ',
  '07:00',
  '99:99',
  '2026-02-30',
  '2026-12-31',
  '9999-12-31',
  '\u0000',
  '‮2026',
  'x'.repeat(5000),
  [],
  [[]],
  [['17:00', '07:00']],
  {},
  { day: '2026-01-01' },
  [0, 1, 2, 3, 4, 5],
  [0, 0, 0, 0, 0, 0],
];

/** The file with one to three places in it taken out, doubled, or filled with nonsense. */
function spoil(random: Random, file: unknown): unknown {
  const copy = structuredClone(file);
  for (let times = random.between(1, 3); times > 0; times--) {
    let at = copy as Record<string, unknown> | unknown[];
    for (let depth = random.below(4); depth > 0; depth--) {
      const inner = Object.values(at).filter((v) => typeof v === 'object' && v !== null);
      if (inner.length === 0) break;
      at = random.pick(inner) as Record<string, unknown>;
    }
    const keys = Object.keys(at);
    const key = keys.length > 0 && random.chance(0.9) ? random.pick(keys) : 'extra';
    const how = random.below(4);
    if (Array.isArray(at)) {
      if (how === 0) at.splice(random.below(at.length + 1), 1);
      else if (how === 1 && at.length > 0) at.push(random.pick(at));
      else at[random.below(at.length + 1)] = random.pick(NONSENSE);
    } else if (how === 0) delete at[key];
    else if (how === 1) at[key] = at[random.pick(keys.length > 0 ? keys : ['extra'])];
    else at[key] = random.pick(NONSENSE);
  }
  return copy;
}

const duration = (random: Random): Duration => {
  const unit = random.pick(UNITS);
  return { value: random.below(40), unit };
};

describe('a calendar that was tampered with', () => {
  it(`is read, or refused by name, ${SPOILT} times; and what is read can be counted with`, () => {
    const random = createRandom(20_261_124);
    const base = ['vn-2025.json', 'vn-2026.json', 'vn-2027.json', 'time-rules.json'].map((f) =>
      shippedFile(f),
    );
    const overlay = {
      kind: 'working-calendar-overlay',
      year: 2026,
      version: 'x',
      provenance: 'x',
      sessionsByWeekday: { saturday: [['07:30', '11:30']] },
      specialDays: [
        { day: '2026-10-20', name: 'x', nameEn: 'x', source: 'x', sessions: [['07:00', '11:00']] },
      ],
      offDays: [{ day: '2026-10-21', name: 'x', nameEn: 'x', source: 'x' }],
      workingDays: [],
      ordinaryDays: ['2026-08-22'],
    };
    const seen = { read: 0, refused: 0 };
    for (let i = 0; i < SPOILT; i++) {
      const which = random.below(base.length + 1);
      const files = base.map((file, n) => (n === which ? spoil(random, file) : file));
      const overlays = [which === base.length ? spoil(random, overlay) : overlay];
      let calendar: Calendar;
      try {
        calendar = parseCalendar(files, overlays);
        seen.read += 1;
      } catch (error) {
        if (!(error instanceof CounterError)) throw error;
        expect(error.code).toBe('CALENDAR_INVALID');
        expect(String(error.details.where).length).toBeLessThan(200);
        seen.refused += 1;
        continue;
      }
      const receivedAt = new Date(Date.UTC(2025, 0, 1, 0, random.below(2 * 525_600))).toISOString();
      try {
        const due = dueDate({ receivedAt, duration: duration(random), calendar });
        expect(due.at > receivedAt).toBe(true);
      } catch (error) {
        if (!(error instanceof CounterError)) throw error;
        expect(['CALENDAR_YEAR_MISSING', 'CALENDAR_INVALID']).toContain(error.code);
      }
    }
    expect(seen.read).toBeGreaterThan(SPOILT / 20);
    expect(seen.refused).toBeGreaterThan(SPOILT / 4);
  });
});

describe('whatever the calendar', () => {
  it(`a later receipt is never due on an earlier day, nor a longer limit, in ${PAIRS} pairs`, () => {
    const random = createRandom(7);
    let calendar = parseCalendar([shippedFile('vn-2026.json'), shippedFile('time-rules.json')]);
    let first = 2026;
    const day = (instant: string) => new Date(Date.parse(instant) + 7 * 3_600_000).toISOString().slice(0, 10);
    let compared = 0;
    for (let i = 0; i < PAIRS; i++) {
      if (i % 250 === 249) {
        first = random.pick([2023, 2024, 2099, 2399]);
        // One rule, and no cut-off of the year's own: with two, a border between them may turn the order around.
        const rules = randomRules(random, first).slice(0, 1);
        const ruleFile = { kind: 'time-rules', version: 'x', provenance: 'x', rules };
        const years = randomYears(random, first, 2).map(({ sameDayCutoff: _own, ...year }) => year);
        calendar = parseCalendar([...years, ruleFile]);
      }
      const limit = duration(random);
      const begin = Date.UTC(first, 0, 2) + random.below(250 * 1440) * 60_000;
      const [early, late] = [begin, begin + random.below(3 * 1440) * 60_000].map((t) =>
        new Date(t).toISOString(),
      );
      const ask = (receivedAt: string, more: number) =>
        dueDate({ receivedAt, duration: { ...limit, value: limit.value + more }, calendar }).at;
      try {
        const [a, b, longer] = [ask(early!, 0), ask(late!, 0), ask(early!, limit.value === 0 ? 0 : 1)];
        const which = JSON.stringify({ early, late, limit, a, b, longer, i });
        expect(day(a) <= day(b), which).toBe(true);
        expect(day(a) <= day(longer), which).toBe(true);
        if (limit.unit === 'hour' || limit.unit === 'same-day') expect(a <= b, which).toBe(true);
        compared += 1;
      } catch (error) {
        if (!(error instanceof CounterError) || error.code !== 'CALENDAR_YEAR_MISSING') throw error;
      }
    }
    expect(compared).toBeGreaterThan(PAIRS / 2);
  });
});

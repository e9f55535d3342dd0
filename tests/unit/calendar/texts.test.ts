import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseCalendar } from '../../../src/main/calendar/calendar.ts';
import { dueAfterPause, extendedDue } from '../../../src/main/calendar/due-after.ts';
import { type DueRequest, dueDate } from '../../../src/main/calendar/due-date.ts';
import type { Reason } from '../../../src/main/calendar/reasons.ts';

const ROOT = path.join(import.meta.dirname, '../../..');
const json = (file: string) => JSON.parse(readFileSync(path.join(ROOT, 'resources', file), 'utf8'));

/** A year in which everything happens: a half day, a shut Wednesday, an open Saturday. */
const odd = {
  kind: 'working-calendar-overlay',
  year: 2026,
  version: 'odd',
  provenance: 'test',
  sessionsByWeekday: {
    wednesday: [],
    thursday: [
      ['08:00', '11:00'],
      ['14:00', '17:00'],
    ],
    saturday: [['07:30', '11:30']],
  },
  specialDays: [{ day: '2026-10-09', name: 'x', nameEn: 'x', source: 'x', sessions: [['07:00', '11:30']] }],
};
const rules = json('calendar/time-rules.json');
const calendar = parseCalendar([json('calendar/vn-2027.json'), json('calendar/vn-2026.json'), rules], [odd]);
const at = (text: string) => `2026-${text}+07:00`;

type Case = Omit<DueRequest, 'calendar'>;
const limit = (value: number, unit: 'working-day' | 'day' | 'hour' | 'same-day') => ({
  duration: { value, unit },
});
const CASES: Case[] = [
  { receivedAt: at('02-17T09:00'), ...limit(5, 'working-day') },
  { receivedAt: at('08-21T18:00'), ...limit(1, 'hour') },
  { receivedAt: at('10-10T09:00'), ...limit(2, 'day') },
  { receivedAt: at('10-10T19:00'), ...limit(2, 'day') },
  { receivedAt: at('10-08T12:00'), ...limit(2, 'day') },
  { receivedAt: at('10-08T06:00'), ...limit(1, 'same-day') },
  { receivedAt: at('04-24T15:20'), ...limit(1, 'same-day') },
  { receivedAt: at('08-20T15:20'), ...limit(2, 'working-day') },
  { receivedAt: at('10-07T09:00'), ...limit(1, 'hour') },
  { receivedAt: at('10-06T09:00'), ...limit(1, 'working-day') },
  { receivedAt: at('10-06T07:10'), ...limit(2, 'working-day') },
  { receivedAt: at('10-05T13:40'), ...limit(3, 'working-day') },
  { receivedAt: at('10-06T16:00'), ...limit(3, 'working-day') },
  { receivedAt: at('12-30T09:00'), ...limit(30, 'working-day') },
  {
    receivedAt: at('10-05T09:00'),
    phases: [
      { name: 'A', ...limit(1, 'working-day') },
      { name: 'B', ...limit(4, 'hour') },
    ],
  },
  {
    receivedAt: at('10-05T09:00'),
    ...limit(9, 'working-day'),
    happenings: [
      { kind: 'paused', at: at('10-06T09:00') },
      { kind: 'resumed', at: at('10-08T09:00') },
      { kind: 'extended', at: at('10-09T09:00'), to: at('10-30T09:00') },
      { kind: 'paused', at: at('11-09T09:00') },
      { kind: 'resumed', at: at('11-10T09:00') },
      { kind: 'supplement-asked', at: at('11-12T09:00') },
    ],
  },
  {
    receivedAt: at('10-05T09:00'),
    ...limit(9, 'hour'),
    happenings: [
      { kind: 'paused', at: at('10-05T09:30') },
      { kind: 'resumed', at: at('10-08T09:00') },
    ],
  },
  {
    receivedAt: at('10-05T09:00'),
    ...limit(9, 'day'),
    happenings: [
      { kind: 'paused', at: at('10-05T09:30') },
      { kind: 'resumed', at: at('10-08T09:00') },
    ],
  },
  {
    receivedAt: at('10-05T09:00'),
    ...limit(9, 'day'),
    happenings: [{ kind: 'restarted', at: at('10-06T09:30') }],
  },
  {
    receivedAt: at('10-05T09:00'),
    ...limit(9, 'day'),
    happenings: [{ kind: 'received-by-agency', at: at('10-06T09:30') }],
  },
  { receivedAt: at('10-05T09:00'), ...limit(9, 'day'), boundaryFree: true },
  {
    receivedAt: at('03-05T09:00'),
    ...limit(9, 'day'),
    happenings: [{ kind: 'received-by-agency', at: at('03-06T09:30') }],
  },
];

function allReasons(): Reason[] {
  const reasons = CASES.flatMap((c) => [...dueDate({ ...c, calendar }).reasons]);
  const receivedAt = at('10-05T09:00');
  const due = dueDate({ receivedAt, ...limit(5, 'day'), calendar });
  const paused = { pausedAt: at('10-06T09:00'), resumedAt: at('10-08T09:00') };
  reasons.push(...dueAfterPause({ receivedAt, due, calendar, limit: limit(5, 'day'), ...paused }).reasons);
  reasons.push(...extendedDue({ receivedAt, due, calendar, to: at('10-20T09:00'), extensions: 0 }).reasons);
  return reasons;
}

describe('the texts of reasons', () => {
  const vi = json('texts/due-reasons.vi.json');
  const en = json('texts/due-reasons.en.json');
  const folder = path.join(ROOT, 'src/main/calendar');
  const source = readdirSync(folder).map((name) => readFileSync(path.join(folder, name), 'utf8'));

  it('are the same in both languages, and just those that are used', () => {
    expect(Object.keys(en)).toEqual(Object.keys(vi));
    const used = new Set([...source.join('').matchAll(/'(due\.[A-Za-z]+)'/g)].map((m) => m[1]!));
    expect([...used].sort()).toEqual(Object.keys(vi).sort());
  });

  it('are all given by some case, with every value that they show', () => {
    const filled = new Map<string, Set<string>>();
    for (const { key, values } of allReasons()) filled.set(key, new Set(Object.keys(values)));
    expect([...filled.keys()].sort()).toEqual(Object.keys(vi).sort());
    for (const [key, values] of filled) {
      for (const text of [vi[key], en[key]] as string[]) {
        const wanted = [...text.matchAll(/\{([a-zA-Z]+)[,}]/g)].map((m) => m[1]!);
        for (const name of wanted) expect(values, `${key}: ${name}`).toContain(name);
      }
    }
  });
});

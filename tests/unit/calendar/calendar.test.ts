import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  dayKind,
  isWorkingDay,
  parseCalendar,
  sessionsOn,
  workSessionsOn,
} from '../../../src/main/calendar/calendar.ts';
import { dueDate } from '../../../src/main/calendar/due-date.ts';
import { dayFromIso, weekdayOf } from '../../../src/main/calendar/local-time.ts';
import { shippedCalendar, shippedFile } from './support/shipped.ts';

const FILE = path.join(import.meta.dirname, '../../../resources/calendar/vn-2026.json');
const good = () => JSON.parse(readFileSync(FILE, 'utf8'));
const day = (iso: string) => ({ day: iso, name: 'x', nameEn: 'x', source: 'x' });

describe('the calendar of 2026', () => {
  it('works every weekday but the off-days, and rests every weekend but the make-up days', () => {
    const calendar = parseCalendar([good()]);
    const counts: Record<string, number> = {};
    for (let d = dayFromIso('2026-01-01'); d <= dayFromIso('2026-12-31'); d++) {
      const { kind } = dayKind(calendar, d);
      counts[kind] = (counts[kind] ?? 0) + 1;
      if (kind === 'work') expect([1, 2, 3, 4, 5]).toContain(weekdayOf(d));
    }
    // 365 days, 104 weekend days of which two are worked, 14 off-days that all fall on weekdays.
    expect(counts).toEqual({ work: 247, rest: 102, 'make-up': 2, off: 14 });
  });

  it('names where each day comes from', () => {
    const file = good();
    for (const entry of [...file.offDays, ...file.workingDays]) expect(entry.source).not.toBe('');
  });
});

describe('a calendar file that is wrong', () => {
  const cases: Record<string, (f: ReturnType<typeof good>) => unknown> = {
    'is not a calendar': () => ({ kind: 'catalogue' }),
    'is nothing': () => null,
    'has a day of another year': (f) => ({ ...f, offDays: [...f.offDays, day('2027-01-01')] }),
    'has a day that does not exist': (f) => ({ ...f, offDays: [day('2026-02-30')] }),
    'names a day twice': (f) => ({ ...f, offDays: [...f.offDays, day('2026-01-01')] }),
    'has a day both off and worked': (f) => ({ ...f, offDays: [...f.offDays, day('2026-08-22')] }),
    'makes up on a weekday': (f) => ({ ...f, workingDays: [day('2026-08-19')] }),
    'has sessions that overlap': (f) => ({
      ...f,
      sessions: [
        ['07:00', '12:00'],
        ['11:30', '17:00'],
      ],
    }),
    'has a session that runs backwards': (f) => ({ ...f, sessions: [['17:00', '07:00']] }),
    'never opens': (f) => ({ ...f, sessions: [] }),
    'rests all week': (f) => ({ ...f, weeklyRest: [0, 1, 2, 3, 4, 5, 6] }),
    'has an hour that does not exist': (f) => ({ ...f, sameDayCutoff: '25:00' }),
  };
  for (const [what, spoil] of Object.entries(cases)) {
    it(`because it ${what} is refused`, () => {
      expect(() => parseCalendar([spoil(good())])).toThrow(
        expect.objectContaining({ code: 'CALENDAR_INVALID' }),
      );
    });
  }

  it('because its year comes twice is refused', () => {
    expect(() => parseCalendar([good(), good()])).toThrow(
      expect.objectContaining({ code: 'CALENDAR_INVALID' }),
    );
  });
});

describe('the calendars that are shipped', () => {
  const calendar = shippedCalendar();

  it('work and rest on these days, counted by hand', () => {
    const count = (year: number) => {
      const counts: Record<string, number> = {};
      for (let d = dayFromIso(`${year}-01-01`); d <= dayFromIso(`${year}-12-31`); d++) {
        const { kind } = dayKind(calendar, d);
        counts[kind] = (counts[kind] ?? 0) + 1;
      }
      return counts;
    };
    // 2025: 104 weekend days, one worked; twelve weekdays off.
    expect(count(2025)).toEqual({ work: 249, rest: 103, 'make-up': 1, off: 12 });
    expect(count(2026)).toEqual({ work: 247, rest: 102, 'make-up': 2, off: 14 });
    // 2027: 104 weekend days; 01/01, five of Tết, 16/4, 30/4, 03/5, 02/9, 03/9, 24/11.
    expect(count(2027)).toEqual({ work: 249, rest: 104, off: 12 });
  });

  it.each([
    ['2025-01-24', 'work'],
    ['2025-01-27', 'off'],
    ['2025-01-31', 'off'],
    ['2025-02-03', 'work'],
    ['2025-04-07', 'off'],
    ['2025-04-26', 'make-up'],
    ['2025-04-29', 'work'],
    ['2025-05-02', 'off'],
    ['2025-05-05', 'work'],
    ['2025-08-29', 'work'],
    ['2025-09-01', 'off'],
    ['2025-09-02', 'off'],
    ['2025-11-24', 'work'],
    ['2027-02-03', 'work'],
    ['2027-02-04', 'off'],
    ['2027-02-10', 'off'],
    ['2027-02-11', 'work'],
    ['2027-04-16', 'off'],
    ['2027-05-03', 'off'],
    ['2027-09-03', 'off'],
    ['2027-11-24', 'off'],
  ])('%s: %s', (day, kind) => {
    expect(dayKind(calendar, dayFromIso(day)).kind).toBe(kind);
  });

  it('say of every day where it comes from and how sure that is, and of 2027 that it is not final', () => {
    for (const year of [2025, 2026, 2027]) {
      const file = shippedFile(`vn-${year}.json`);
      for (const entry of [...file.offDays, ...file.workingDays]) {
        expect(entry.source, entry.day).not.toBe('');
        expect(['law', 'notice', 'reported'], entry.day).toContain(entry.sure);
      }
      expect(file.settledUntil).toBe(year === 2027 ? '2027-01-31' : undefined);
    }
  });

  it('carry the rules of time, in the order of their days, however they are written', () => {
    const order = ['nd61-2018', 'nd118-2025', 'nd309-2026'];
    expect(calendar.timeRules.map((r) => r.id)).toEqual(order);
    const file = shippedFile('time-rules.json');
    const turned = shippedCalendar({ ...file, rules: file.rules.toReversed() });
    expect(turned.timeRules.map((r) => r.id)).toEqual(order);
  });
});

const overlay = (more: object) => ({
  kind: 'working-calendar-overlay',
  year: 2026,
  version: 'unit',
  provenance: 'the unit itself',
  ...more,
});
const clocks = (calendar: ReturnType<typeof parseCalendar>, iso: string) =>
  sessionsOn(calendar, dayFromIso(iso)).map(({ from, to }) => `${from / 60}-${to / 60}`);

describe('a unit’s own file', () => {
  it('changes what it names and nothing else', () => {
    const calendar = shippedCalendar(
      overlay({
        sessionsByWeekday: { friday: [['07:30', '11:30']], saturday: [['08:00', '11:00']] },
        specialDays: [{ ...day('2026-12-31'), sessions: [['07:00', '10:00']] }],
        offDays: [day('2026-08-22'), day('2026-10-20')],
        workingDays: [day('2026-08-29')],
        ordinaryDays: ['2026-01-02', '2026-08-31'],
      }),
    );
    expect(clocks(calendar, '2026-10-08')).toEqual(['7-11.5', '13.5-17']);
    expect(clocks(calendar, '2026-10-09')).toEqual(['7.5-11.5']);
    expect(clocks(calendar, '2026-10-10')).toEqual(['8-11']);
    expect(clocks(calendar, '2026-10-11')).toEqual([]);
    expect(clocks(calendar, '2026-12-31')).toEqual(['7-10']);
    const kinds = [
      '2026-08-22',
      '2026-08-29',
      '2026-08-31',
      '2026-01-02',
      '2026-10-20',
      '2026-09-02',
      '2027-01-01',
    ];
    expect(kinds.map((d) => dayKind(calendar, dayFromIso(d)).kind)).toEqual([
      'off',
      'make-up',
      'work',
      'work',
      'off',
      'off',
      'off',
    ]);
  });

  it('opens the counter on a day without making it one of work', () => {
    const calendar = shippedCalendar(
      overlay({
        sessionsByWeekday: { saturday: [['08:00', '11:00']] },
        specialDays: [{ ...day('2026-09-02'), sessions: [['08:00', '10:00']] }],
      }),
    );
    for (const iso of ['2026-10-10', '2026-09-02']) {
      expect(clocks(calendar, iso)).not.toEqual([]);
      expect(isWorkingDay(calendar, dayFromIso(iso))).toBe(false);
      expect(workSessionsOn(calendar, dayFromIso(iso))).toEqual([]);
    }
    // A Saturday that is made up is worked like a weekday; a day off in the week stays shut.
    expect(clocks(calendar, '2026-08-22')).toEqual(['7-11.5', '13.5-17']);
    const fridays = shippedCalendar(overlay({ sessionsByWeekday: { friday: [['07:30', '11:30']] } }));
    expect(clocks(fridays, '2026-05-01')).toEqual([]);
  });

  it('comes in layers: the later one stands on the earlier one', () => {
    const calendar = shippedCalendar(
      overlay({ sessions: [['08:00', '12:00']] }),
      overlay({ sessionsByWeekday: { monday: [['09:00', '12:00']] } }),
      overlay({ year: 2027, sessions: [['06:00', '12:00']] }),
    );
    expect(clocks(calendar, '2026-10-05')).toEqual(['9-12']);
    expect(clocks(calendar, '2026-10-06')).toEqual(['8-12']);
    expect(clocks(calendar, '2027-10-06')).toEqual(['6-12']);
    const half = overlay({ specialDays: [{ ...day('2026-12-31'), sessions: [['07:00', '10:00']] }] });
    const whole = overlay({ ordinaryDays: ['2026-12-31'] });
    expect(clocks(shippedCalendar(half, whole), '2026-12-31')).toEqual(['7-11.5', '13.5-17']);
    expect(clocks(shippedCalendar(whole, half), '2026-12-31')).toEqual(['7-10']);
  });

  it('may be a whole year, in the place of the shipped one', () => {
    const calendar = shippedCalendar({
      ...good(),
      sessions: [['08:00', '12:00']],
      offDays: [],
      workingDays: [],
    });
    expect(clocks(calendar, '2026-09-02')).toEqual(['8-12']);
    expect(dayKind(calendar, dayFromIso('2025-09-02')).kind).toBe('off');
  });

  it('leaves the shipped calendar as it was', () => {
    const files = [good()];
    const before = JSON.stringify(files);
    parseCalendar(files, [overlay({ offDays: [day('2026-10-20')] })]);
    expect(JSON.stringify(files)).toBe(before);
  });
});

describe('what is wrong with a calendar is named', () => {
  const rules = shippedFile('time-rules.json');
  const wrong = (files: unknown[], overlays: unknown[] = []) => {
    try {
      parseCalendar(files, overlays);
    } catch (error) {
      return (error as { details: object }).details;
    }
    return null;
  };

  it.each([
    ['a thing that is none', () => wrong([{ kind: 'catalogue' }]), 'kind', 'catalogue'],
    ['nothing', () => wrong([null]), 'kind', ''],
    ['a list', () => wrong([[]]), 'kind', ''],
    ['a text', () => wrong(['x']), 'kind', ''],
    ['an overlay among the base files', () => wrong([overlay({})]), 'shape', '2026 kind'],
    ['the same year twice', () => wrong([good(), good()]), 'yearTwice', '2026'],
    [
      'an overlay of another year',
      () => wrong([good()], [overlay({ year: 2031 })]),
      'overlayWithoutYear',
      '2031',
    ],
    ['a field nobody knows', () => wrong([{ ...good(), holiday: [] }]), 'shape', '2026 holiday'],
    ['a day in words', () => wrong([{ ...good(), offDays: [day('Tết')] }]), 'shape', '2026 offDays.0.day'],
    [
      '30 February',
      () => wrong([{ ...good(), offDays: [day('2026-02-30')] }]),
      'shape',
      '2026 offDays.0.day',
    ],
    [
      '29 February of 2026',
      () => wrong([good()], [overlay({ ordinaryDays: ['2026-02-29'] })]),
      'shape',
      '2026 ordinaryDays.0',
    ],
    [
      'a day without a source',
      () => wrong([{ ...good(), offDays: [{ ...day('2026-03-03'), source: '' }] }]),
      'shape',
      '2026 offDays.0.source',
    ],
    [
      'a day of another year',
      () => wrong([good()], [overlay({ offDays: [day('2027-01-01')] })]),
      'otherYear',
      '2026 offDays 2027-01-01',
    ],
    [
      'a day named twice',
      () => wrong([good()], [overlay({ offDays: [day('2026-10-20'), day('2026-10-20')] })]),
      'dayTwice',
      'offDays 2026-10-20',
    ],
    [
      'a day off and worked',
      () => wrong([good()], [overlay({ offDays: [day('2026-10-10')], workingDays: [day('2026-10-10')] })]),
      'offAndWorked',
      '2026-10-10',
    ],
    [
      'a Wednesday made up',
      () => wrong([good()], [overlay({ workingDays: [day('2026-10-07')] })]),
      'workedAnyway',
      '2026-10-07',
    ],
    [
      'hours that overlap',
      () =>
        wrong(
          [good()],
          [
            overlay({
              sessions: [
                ['07:00', '12:00'],
                ['11:59', '17:00'],
              ],
            }),
          ],
        ),
      'sessionsOrder',
      '2026 sessions 11:59–17:00',
    ],
    [
      'hours without length',
      () => wrong([good()], [overlay({ sessionsByWeekday: { monday: [['07:00', '07:00']] } })]),
      'sessionsOrder',
      '2026 sessionsByWeekday.monday 07:00–07:00',
    ],
    [
      'hours of a half day that run backwards',
      () =>
        wrong(
          [good()],
          [overlay({ specialDays: [{ ...day('2026-10-20'), sessions: [['11:00', '07:00']] }] })],
        ),
      'sessionsOrder',
      'specialDays 2026-10-20 11:00–07:00',
    ],
    ['24:00', () => wrong([{ ...good(), sessions: [['07:00', '24:00']] }]), 'shape', '2026 sessions.0.1'],
    [
      'a day of the week nobody knows',
      () => wrong([good()], [overlay({ sessionsByWeekday: { caturday: [] } })]),
      'shape',
      '2026 sessionsByWeekday.caturday',
    ],
    ['no hours at all', () => wrong([good()], [overlay({ sessions: [] })]), 'neverOpen', '2026'],
    [
      'hours on days of rest alone',
      () => wrong([good()], [overlay({ sessions: [], sessionsByWeekday: { sunday: [['07:00', '08:00']] } })]),
      'neverOpen',
      '2026',
    ],
    [
      'a last day of another year',
      () => wrong([{ ...good(), knownUntil: '2028-01-01' }]),
      'otherYear',
      '2026 knownUntil 2028-01-01',
    ],
    [
      'more settled than known',
      () => wrong([{ ...good(), knownUntil: '2026-05-01', settledUntil: '2026-05-02' }]),
      'limitsOrder',
      '2026 settledUntil',
    ],
    ['two files of rules', () => wrong([rules, rules]), 'rulesTwice', ''],
    [
      'two rules of one day',
      () => wrong([{ ...rules, rules: [rules.rules[0], rules.rules[0]] }]),
      'rulesTwice',
      '2018-06-21',
    ],
    ['no rules in a file of rules', () => wrong([{ ...rules, rules: [] }]), 'shape', 'rules'],
    [
      'a rule nobody knows',
      () => wrong([{ ...rules, rules: [{ ...rules.rules[0], afterSupplement: 'double' }] }]),
      'shape',
      'rules.0.afterSupplement',
    ],
  ])('%s', (_what, attempt, problem, where) => {
    expect(attempt()).toEqual({ problem, where });
  });

  it('and a hundred thousand days are refused at once', () => {
    const many = Array.from({ length: 100_000 }, () => day('2026-10-20'));
    expect(wrong([{ ...good(), offDays: many }])).toEqual({ problem: 'shape', where: '2026 offDays' });
  });

  it('a prototype in disguise changes nothing', () => {
    const evil = JSON.parse(
      '{"__proto__": {"kind": "working-calendar"}, "kind": "working-calendar-overlay", "year": 2026, "version": "x", "provenance": "x", "sessionsByWeekday": {"__proto__": [["07:00", "08:00"]]}}',
    );
    const details = wrong([good()], [evil]);
    expect(details === null || 'problem' in details).toBe(true);
    expect(({} as Record<string, unknown>).kind).toBeUndefined();
  });

  it('a rule that is needed and not there, by its day; a limit in days needs none', () => {
    const calendar = parseCalendar([good()]);
    const ask = (unit: 'same-day' | 'working-day') =>
      dueDate({ receivedAt: '2026-10-08T02:00:00Z', duration: { value: 1, unit }, calendar });
    expect(() => ask('same-day')).toThrow(
      expect.objectContaining({ details: { problem: 'rulesMissing', where: '2026-10-08' } }),
    );
    expect(ask('working-day').at).toBe('2026-10-09T02:00:00.000Z');
  });
});

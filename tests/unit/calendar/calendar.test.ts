import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { dayKind, parseCalendar } from '../../../src/main/calendar/calendar.ts';
import { dayFromIso, weekdayOf } from '../../../src/main/calendar/local-time.ts';

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

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { dueDate as dueDateSchema } from '../../../src/contract/model.ts';
import type { Duration } from '../../../src/contract/procedures.ts';
import { parseCalendar } from '../../../src/main/calendar/calendar.ts';
import { dueDate } from '../../../src/main/calendar/due-date.ts';

const RESOURCES = path.join(import.meta.dirname, '../../../resources');

function json(file: string) {
  return JSON.parse(readFileSync(path.join(RESOURCES, file), 'utf8'));
}

const calendar = parseCalendar([
  json('calendar/vn-2027.json'),
  json('calendar/vn-2026.json'),
  json('calendar/time-rules.json'),
]);

/** `dd/MM HH:mm` of 2026 at +07:00, as an instant. */
function vn(text: string, year = 2026): string {
  const [, d, m, time] = /^(\d\d)\/(\d\d) (\d\d:\d\d)$/.exec(text)!;
  return new Date(`${year}-${m}-${d}T${time}:00+07:00`).toISOString();
}

function due(received: string, value: number, unit: Duration['unit'], by = calendar) {
  return dueDate({ receivedAt: received, duration: { value, unit }, calendar: by });
}

function keys(result: ReturnType<typeof dueDate>): string[] {
  return result.reasons.map((r) => r.key);
}

describe('working days', () => {
  it.each([
    ['13/02 16:10', 3, '25/02 16:10', 'over the Lunar New Year'],
    ['21/08 09:00', 1, '22/08 09:00', 'on the make-up Saturday'],
    ['24/04 10:15', 1, '28/04 10:15', "over the day in lieu of Hung Kings' Day"],
    ['28/08 08:00', 1, '03/09 08:00', 'over National Day and its exchanged Monday'],
    ['23/11 14:00', 1, '25/11 14:00', 'over Vietnam Culture Day'],
    ['29/04 08:00', 2, '05/05 08:00', 'over 30/4 and 1/5'],
    ['09/10 11:29', 1, '12/10 11:29', 'over a weekend'],
  ])('%s and %i working days make %s: %s', (received, value, expected) => {
    expect(due(vn(received), value, 'working-day').at).toBe(vn(expected));
  });

  it('from the last days of the year reach into the next as far as it is known', () => {
    expect(due(vn('30/12 09:00'), 2, 'working-day').at).toBe(vn('04/01 09:00', 2027));
  });

  it('say why, line by line, and in the contract’s shape', () => {
    const result = due(vn('13/02 16:10'), 3, 'working-day');
    expect(dueDateSchema.parse(result)).toEqual(result);
    expect(keys(result)).toEqual([
      'due.received',
      'due.workingDays',
      ...Array.from({ length: 5 }, () => 'due.skippedOffDay'),
      'due.skippedRestDays',
      'due.dueAt',
    ]);
    expect(result.reasons[2]!.values).toEqual({
      day: '16/02/2026',
      reason: 'Tết Nguyên đán Bính Ngọ',
      reasonEn: 'Lunar New Year',
    });
    expect(keys(due(vn('21/08 09:00'), 1, 'working-day'))).toContain('due.countedMakeUpDay');
  });
});

describe('receipt outside opening hours', () => {
  it.each([
    ['08/10 06:30', '09/10 07:00', 'due.receivedBeforeOpening'],
    ['08/10 11:30', '09/10 13:30', 'due.receivedDuringBreak'],
    ['08/10 12:45', '09/10 13:30', 'due.receivedDuringBreak'],
    ['08/10 17:00', '12/10 07:00', 'due.receivedAfterClosing'],
    ['09/10 21:10', '13/10 07:00', 'due.receivedAfterClosing'],
    ['10/10 09:00', '13/10 07:00', 'due.receivedOnRestDay'],
    ['17/02 09:00', '24/02 07:00', 'due.receivedOnOffDay'],
  ])('%s with one working day makes %s', (received, expected, why) => {
    const result = due(vn(received), 1, 'working-day');
    expect(result.at).toBe(vn(expected));
    expect(keys(result)[1]).toBe(why);
  });

  it('just inside a session is a receipt inside it', () => {
    for (const time of ['07:00', '11:29', '13:30', '16:59']) {
      expect(keys(due(vn(`08/10 ${time}`), 1, 'working-day'))[1]).toBe('due.workingDays');
    }
  });
});

describe('same day', () => {
  it.each([
    ['23/04 09:00', '23/04 17:00'],
    ['23/04 15:00', '23/04 17:00'],
    ['23/04 15:01', '24/04 17:00'],
    ['23/04 15:20', '24/04 17:00'],
    ['23/04 18:00', '24/04 17:00'],
    ['24/04 15:20', '28/04 17:00'],
    ['25/04 08:00', '28/04 17:00'],
  ])('%s makes %s', (received, expected) => {
    expect(due(vn(received), 1, 'same-day').at).toBe(vn(expected));
  });

  it('is what a limit of nothing means in any unit', () => {
    for (const unit of ['working-day', 'day', 'hour', 'same-day'] as const) {
      expect(due(vn('23/04 09:00'), 0, unit).at).toBe(vn('23/04 17:00'));
    }
  });
});

describe('calendar days', () => {
  it.each([
    ['08/10 09:00', 15, '23/10 09:00'],
    ['08/10 09:00', 2, '12/10 09:00'],
    ['06/02 09:00', 10, '23/02 09:00'],
    ['21/08 09:00', 1, '22/08 09:00'],
  ])('%s and %i days make %s', (received, value, expected) => {
    expect(due(vn(received), value, 'day').at).toBe(vn(expected));
  });
});

describe('working hours', () => {
  it.each([
    ['08/10 07:00', 4, '08/10 11:00'],
    ['08/10 11:30', 1, '08/10 14:30'],
    ['08/10 11:00', 1, '08/10 14:00'],
    ['08/10 10:30', 1, '08/10 11:30'],
    ['08/10 16:30', 1, '09/10 07:30'],
    ['09/10 16:30', 1, '12/10 07:30'],
    ['08/10 07:00', 8, '08/10 17:00'],
    ['08/10 10:00', 8, '09/10 10:00'],
    ['08/10 12:00', 24, '13/10 11:30'],
  ])('%s and %i hours make %s', (received, value, expected) => {
    expect(due(vn(received), value, 'hour').at).toBe(vn(expected));
  });
});

describe('time and zone', () => {
  it('are those of Việt Nam whatever way the instant is written', () => {
    const a = due('2026-04-23T15:20:00+07:00', 1, 'same-day');
    const b = due('2026-04-23T08:20:00Z', 1, 'same-day');
    expect(a).toEqual(b);
    expect(a.at).toBe('2026-04-24T10:00:00.000Z');
  });

  it('drop seconds, as paper does', () => {
    expect(due('2026-10-08T02:00:59.999Z', 1, 'working-day').at).toBe('2026-10-09T02:00:00.000Z');
  });
});

describe('a calendar that does not reach far enough', () => {
  const undecided = { ...json('calendar/vn-2027.json'), knownUntil: '2027-01-31' };
  const short = parseCalendar([undecided, json('calendar/vn-2026.json'), json('calendar/time-rules.json')]);

  it('is named with the day, not guessed', () => {
    const codes = [
      () => due('2025-12-31T02:00:00Z', 1, 'working-day', short),
      () => due(vn('23/11 09:00'), 60, 'working-day', short),
      () => due(vn('23/11 09:00'), 1_000_000_000, 'hour', short),
      () => due('2027-02-05T02:00:00Z', 1, 'day', short),
      () => due(vn('23/11 09:00'), 1_000_000_000, 'day'),
      () => due(vn('23/11 09:00'), Number.MAX_SAFE_INTEGER, 'day'),
      () => due(vn('23/11 09:00'), 1_000_000_000, 'working-day'),
      () => due('+275760-09-13T00:00:00.000Z', 1, 'day'),
    ];
    for (const attempt of codes) {
      expect(attempt).toThrow(expect.objectContaining({ code: 'CALENDAR_YEAR_MISSING' }));
    }
    expect(codes[1]).toThrow(
      expect.objectContaining({ details: { year: 2027, day: '2027-02-01', state: 'undecided' } }),
    );
    expect(codes[0]).toThrow(
      expect.objectContaining({ details: { year: 2025, day: '2025-12-31', state: 'missing' } }),
    );
  });
});

describe('a calendar that is not final', () => {
  it('gives the date with a warning that names the year and the day', () => {
    const settled = due(vn('30/12 09:00'), 2, 'working-day');
    expect(keys(settled)).not.toContain('due.calendarUnsettled');
    const beyond = due(vn('30/12 09:00'), 30, 'working-day');
    expect(beyond.at).toBe(vn('18/02 09:00', 2027));
    expect(beyond.reasons).toContainEqual({
      key: 'due.calendarUnsettled',
      values: { year: '2027', until: '31/01/2027' },
    });
  });
});

import { describe, expect, it } from 'vitest';
import type { Duration } from '../../../src/contract/procedures.ts';
import { dueDate } from '../../../src/main/calendar/due-date.ts';
import { shippedCalendar, shown, vn } from './support/shipped.ts';

/*
 * The cases of facts §10.2, and what provincial systems are known to get wrong there, each under its name.
 */
const calendar = shippedCalendar();

function due(received: string, value: number, unit: Duration['unit'], more: object = {}) {
  const result = dueDate({ receivedAt: vn(received), duration: { value, unit }, calendar, ...more });
  return shown(result.at);
}

describe('the cases of the field', () => {
  it('Fri 13/02/2026 16:10 and three working days: over the Lunar New Year', () => {
    expect(due('13/02 16:10', 3, 'working-day')).toBe('Wed 25/02/2026 16:10');
  });

  it('Fri 21/08/2026 and one working day: Saturday 22/08, which is made up', () => {
    expect(due('21/08 09:00', 1, 'working-day')).toBe('Sat 22/08/2026 09:00');
  });

  it('Thu 23/04/2026 15:20, same day: after the cut-off, so Friday', () => {
    expect(due('23/04 15:20', 1, 'same-day')).toBe('Fri 24/04/2026 17:00');
  });

  it('Fri 24/04/2026 and one working day: Tuesday, Monday being off for Hung Kings’ Day', () => {
    expect(due('24/04 10:00', 1, 'working-day')).toBe('Tue 28/04/2026 10:00');
  });

  it('the day of receipt is not counted', () => {
    expect(due('05/10 07:00', 1, 'working-day')).toBe('Tue 06/10/2026 07:00');
    expect(due('05/10 07:00', 1, 'day')).toBe('Tue 06/10/2026 07:00');
  });

  it('a supplement restarts the limit from zero (NĐ 61/2018 Điều 19 khoản 4; NĐ 118/2025 Điều 17 khoản 3)', () => {
    const happenings = [
      { kind: 'supplement-asked', at: vn('06/10 09:00') },
      { kind: 'supplement-taken', at: vn('14/10 10:00') },
    ];
    expect(due('05/10 09:00', 3, 'working-day', { happenings })).toBe('Mon 19/10/2026 10:00');
  });

  it('a boundary-free dossier counts from the competent agency’s receipt (NĐ 309/2026 Điều 8)', () => {
    const happenings = [{ kind: 'received-by-agency', at: vn('07/10 10:00') }];
    expect(due('05/10 09:00', 3, 'working-day', { happenings })).toBe('Mon 12/10/2026 10:00');
  });

  it('a counter that opens on Saturday morning makes Saturday no working day', () => {
    const saturdays = {
      kind: 'working-calendar-overlay',
      year: 2026,
      version: 'police',
      provenance: 'cư trú at Công an xã: Monday to Friday and Saturday morning',
      sessionsByWeekday: { saturday: [['07:30', '11:30']] },
    };
    const open = { calendar: shippedCalendar(saturdays) };
    expect(due('09/10 09:00', 1, 'working-day', open)).toBe('Mon 12/10/2026 09:00');
    expect(due('10/10 08:00', 1, 'working-day', open)).toBe('Tue 13/10/2026 07:00');
    expect(due('09/10 16:30', 1, 'hour', open)).toBe('Mon 12/10/2026 07:30');
    expect(due('10/10 08:00', 1, 'same-day', open)).toBe('Mon 12/10/2026 17:00');
    const receivedAt = vn('10/10 08:00');
    const { reasons } = dueDate({ receivedAt, duration: { value: 1, unit: 'day' }, ...open });
    expect(reasons[1]).toEqual({
      key: 'due.receivedOnOpenRestDay',
      values: { day: '10/10/2026', start: '07:00 12/10/2026' },
    });
  });
});

describe('what Tân Dân gets wrong', () => {
  it('make-up Saturdays are not known to it: here they are worked', () => {
    expect(due('09/01 09:00', 1, 'working-day')).toBe('Sat 10/01/2026 09:00');
    expect(due('25/04/2025 09:00', 1, 'working-day')).toBe('Sat 26/04/2025 09:00');
  });

  it('a receipt on a day off stays there unless the limit has days: here it moves for every unit', () => {
    expect(due('30/04 09:00', 2, 'hour')).toBe('Mon 04/05/2026 09:00');
    expect(due('30/04 09:00', 1, 'same-day')).toBe('Mon 04/05/2026 17:00');
    expect(due('03/10 09:00', 2, 'hour')).toBe('Mon 05/10/2026 09:00');
    expect(due('30/04 09:00', 1, 'day')).toBe('Tue 05/05/2026 07:00');
  });

  it('a receipt at 11:30 sharp with hours that end in the break gives the small hours: here the afternoon', () => {
    expect(due('08/10 11:30', 1, 'hour')).toBe('Thu 08/10/2026 14:30');
    expect(due('08/10 11:30', 4, 'hour')).toBe('Fri 09/10/2026 07:30');
    expect(due('08/10 11:29', 1, 'hour')).toBe('Thu 08/10/2026 14:29');
    expect(due('08/10 11:30', 8, 'hour')).toBe('Fri 09/10/2026 11:30');
  });

  it('after a supplement it adds the time since the request, less a day, and rounds by 8 hours: here anew', () => {
    const happenings = [
      { kind: 'supplement-asked', at: vn('06/10 10:00') },
      { kind: 'supplement-taken', at: vn('06/10 10:05') },
    ];
    expect(due('05/10 09:00', 5, 'working-day', { happenings })).toBe('Tue 13/10/2026 10:05');
  });

  it('it swallows its errors: here a year without a calendar is one', () => {
    expect(() => due('05/05/2024 09:00', 5, 'working-day')).toThrow(
      expect.objectContaining({ code: 'CALENDAR_YEAR_MISSING' }),
    );
  });
});

describe('what OpenCPS does otherwise', () => {
  it('it rounds up to a quarter of an hour: here the minute stays', () => {
    expect(due('08/10 08:07', 1, 'hour')).toBe('Thu 08/10/2026 09:07');
    expect(due('08/10 08:07', 1, 'working-day')).toBe('Fri 09/10/2026 08:07');
  });

  it('its day is eight hours of work, which half days stretch: here a day is a day', () => {
    const half = {
      kind: 'working-calendar-overlay',
      year: 2026,
      version: 'half',
      provenance: 'test',
      specialDays: [
        {
          day: '2026-10-09',
          name: 'Nửa ngày',
          nameEn: 'Half a day',
          source: 'test',
          sessions: [['07:00', '11:30']],
        },
      ],
    };
    const short = { calendar: shippedCalendar(half) };
    expect(due('08/10 10:00', 2, 'working-day', short)).toBe('Mon 12/10/2026 10:00');
    expect(due('08/10 10:00', 8, 'hour', short)).toBe('Fri 09/10/2026 10:00');
    expect(due('08/10 10:00', 16, 'hour', short)).toBe('Mon 12/10/2026 15:30');
    expect(due('08/10 16:00', 1, 'working-day', short)).toBe('Fri 09/10/2026 11:30');
  });
});

describe('receipts at every edge of the opening hours, to the minute', () => {
  it.each([
    ['06:59', 'Fri 09/10/2026 07:00'],
    ['07:00', 'Fri 09/10/2026 07:00'],
    ['07:01', 'Fri 09/10/2026 07:01'],
    ['11:29', 'Fri 09/10/2026 11:29'],
    ['11:29:59', 'Fri 09/10/2026 11:29'],
    ['11:30', 'Fri 09/10/2026 13:30'],
    ['11:31', 'Fri 09/10/2026 13:30'],
    ['13:29', 'Fri 09/10/2026 13:30'],
    ['13:30', 'Fri 09/10/2026 13:30'],
    ['16:59', 'Fri 09/10/2026 16:59'],
    ['16:59:59', 'Fri 09/10/2026 16:59'],
    ['17:00', 'Mon 12/10/2026 07:00'],
    ['23:59:59', 'Mon 12/10/2026 07:00'],
    ['00:00', 'Fri 09/10/2026 07:00'],
  ])('Thursday %s and one working day: %s', (time, expected) => {
    expect(due(`08/10 ${time}`, 1, 'working-day')).toBe(expected);
  });

  it.each([
    ['14:59', 'Thu 08/10/2026 17:00'],
    ['15:00', 'Thu 08/10/2026 17:00'],
    ['15:00:59', 'Thu 08/10/2026 17:00'],
    ['15:01', 'Fri 09/10/2026 17:00'],
    ['11:30', 'Thu 08/10/2026 17:00'],
    ['17:00', 'Fri 09/10/2026 17:00'],
    ['06:00', 'Thu 08/10/2026 17:00'],
  ])('Thursday %s and the same day: %s', (time, expected) => {
    expect(due(`08/10 ${time}`, 1, 'same-day')).toBe(expected);
  });
});

describe('years', () => {
  it('that border on each other', () => {
    expect(due('31/12/2025 16:30', 1, 'hour')).toBe('Mon 05/01/2026 07:30');
    expect(due('31/12/2025 23:59:59', 1, 'working-day')).toBe('Tue 06/01/2026 07:00');
    expect(due('31/12 16:00', 1, 'working-day')).toBe('Mon 04/01/2027 16:00');
    expect(due('31/12 09:00', 1, 'day')).toBe('Mon 04/01/2027 09:00');
  });

  it('that the instant’s own zone would put elsewhere', () => {
    const one = { value: 1, unit: 'working-day' } as const;
    const at = (receivedAt: string) => shown(dueDate({ receivedAt, duration: one, calendar }).at);
    // 31/12 at 19:00 in New York is 01/01 at 07:00 here, a day off.
    expect(at('2026-12-31T19:00:00-05:00')).toBe('Tue 05/01/2027 07:00');
    expect(at('2026-10-08T01:30:00Z')).toBe('Fri 09/10/2026 08:30');
    expect(at('2026-10-08T17:30:00Z')).toBe('Mon 12/10/2026 07:00');
    expect(at('2026-10-08T14:15:00+12:45')).toBe('Fri 09/10/2026 08:30');
  });

  it('that are leap years have their 29 February', () => {
    const year = plainYear(2028);
    const leap = shippedCalendar(year);
    expect(due('28/02/2028 09:00', 1, 'working-day', { calendar: leap })).toBe('Tue 29/02/2028 09:00');
    expect(due('29/02/2028 09:00', 1, 'day', { calendar: leap })).toBe('Wed 01/03/2028 09:00');
    expect(due('26/02/2027 09:00', 1, 'working-day')).toBe('Mon 01/03/2027 09:00');
  });
});

function plainYear(year: number) {
  return {
    kind: 'working-calendar',
    version: 'test',
    provenance: 'test',
    year,
    weeklyRest: [0, 6],
    sessions: [
      ['07:00', '11:30'],
      ['13:30', '17:00'],
    ],
    offDays: [],
    workingDays: [],
  };
}

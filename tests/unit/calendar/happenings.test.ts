import { describe, expect, it } from 'vitest';
import { dueDate as dueDateSchema } from '../../../src/contract/model.ts';
import type { Duration } from '../../../src/contract/procedures.ts';
import { dueAfterSupplement } from '../../../src/main/calendar/due-after.ts';
import { dueDate, type Happening } from '../../../src/main/calendar/due-date.ts';
import { shippedCalendar, shippedFile, shown, vn } from './support/shipped.ts';

const calendar = shippedCalendar();
/** As it would be were a supplement to stop the clock only. */
const resuming = shippedCalendar({
  ...shippedFile('time-rules.json'),
  rules: shippedFile('time-rules.json').rules.map((r: object) => ({ ...r, afterSupplement: 'resume' })),
});

const receivedAt = vn('05/10 09:00');
const days = (value: number): Duration => ({ value, unit: 'working-day' });
const happened = (...list: [Happening['kind'], string, string?][]) =>
  list.map(([kind, at, to]) => ({ kind, at: vn(at), ...(to ? { to: vn(to) } : {}) })) as Happening[];
const failure = (code: string, details: object = {}) =>
  expect.objectContaining({ code, details: expect.objectContaining(details) });

function due(duration: Duration, happenings: Happening[], by = calendar) {
  return shown(dueDate({ receivedAt, duration, calendar: by, happenings }).at);
}

describe('a clock that stands still', () => {
  it.each([
    ['not at all', days(3), [], 'Thu 08/10/2026 09:00'],
    [
      'within a day',
      days(3),
      [
        ['paused', '06/10 08:00'],
        ['resumed', '06/10 16:00'],
      ],
      'Thu 08/10/2026 09:00',
    ],
    [
      'from Tuesday to Wednesday',
      days(3),
      [
        ['paused', '06/10 16:00'],
        ['resumed', '07/10 07:00'],
      ],
      'Fri 09/10/2026 09:00',
    ],
    [
      'over a weekend',
      days(9),
      [
        ['paused', '09/10 16:00'],
        ['resumed', '12/10 08:00'],
      ],
      'Mon 19/10/2026 09:00',
    ],
    [
      'until a Sunday, which is Monday',
      days(9),
      [
        ['paused', '09/10 16:00'],
        ['resumed', '11/10 08:00'],
      ],
      'Mon 19/10/2026 09:00',
    ],
    [
      'twice',
      days(3),
      [
        ['paused', '06/10 08:00'],
        ['resumed', '07/10 08:00'],
        ['paused', '07/10 10:00'],
        ['resumed', '08/10 08:00'],
      ],
      'Mon 12/10/2026 09:00',
    ],
    [
      'after the limit had ended',
      days(1),
      [
        ['paused', '07/10 08:00'],
        ['resumed', '09/10 08:00'],
      ],
      'Tue 06/10/2026 09:00',
    ],
    [
      'in calendar days',
      { value: 10, unit: 'day' },
      [
        ['paused', '06/10 08:00'],
        ['resumed', '08/10 08:00'],
      ],
      'Mon 19/10/2026 09:00',
    ],
    [
      'in hours of work, to the minute',
      { value: 8, unit: 'hour' },
      [
        ['paused', '05/10 10:00'],
        ['resumed', '05/10 14:10'],
      ],
      'Tue 06/10/2026 11:10',
    ],
    [
      'in hours, overnight',
      { value: 8, unit: 'hour' },
      [
        ['paused', '05/10 16:30'],
        ['resumed', '06/10 07:30'],
      ],
      'Tue 06/10/2026 10:00',
    ],
    [
      'on the same day',
      { value: 1, unit: 'same-day' },
      [
        ['paused', '05/10 10:00'],
        ['resumed', '05/10 16:00'],
      ],
      'Mon 05/10/2026 17:00',
    ],
    [
      'on the same day, until tomorrow',
      { value: 1, unit: 'same-day' },
      [
        ['paused', '05/10 10:00'],
        ['resumed', '06/10 10:00'],
      ],
      'Tue 06/10/2026 17:00',
    ],
  ] as [string, Duration, [Happening['kind'], string][], string][])(
    '%s',
    (_what, duration, list, expected) => {
      expect(due(duration, happened(...list))).toBe(expected);
    },
  );

  it('still does so: the old date is shown, and that it will move', () => {
    const happenings = happened(['paused', '06/10 08:00']);
    const result = dueDate({ receivedAt, duration: days(3), calendar, happenings });
    expect(shown(result.at)).toBe('Thu 08/10/2026 09:00');
    expect(result.stoppedSince).toBe(vn('06/10 08:00'));
    expect(result.reasons.map((r) => r.key)).toContain('due.stopped');
  });

  it('says for how many days it did', () => {
    const happenings = happened(['paused', '06/10 16:00'], ['resumed', '08/10 08:00']);
    const { reasons } = dueDate({ receivedAt, duration: days(3), calendar, happenings });
    expect(reasons).toContainEqual({
      key: 'due.pausedWorkingDays',
      values: { from: '16:00 06/10/2026', to: '08:00 08/10/2026', count: 2 },
    });
  });
});

describe('a supplement', () => {
  const asked = happened(['supplement-asked', '06/10 09:00'], ['supplement-taken', '08/10 10:30']);

  it('starts the limit anew under the rule in force', () => {
    expect(due(days(3), asked)).toBe('Tue 13/10/2026 10:30');
  });

  it('lets the rest of it run on under a rule that says so', () => {
    expect(due(days(3), asked, resuming)).toBe('Mon 12/10/2026 09:00');
  });

  it('follows the rules that are given in the place of the calendar’s', () => {
    const rules = resuming.timeRules;
    const result = dueDate({ receivedAt, duration: days(3), calendar, happenings: asked, rules });
    expect(shown(result.at)).toBe('Mon 12/10/2026 09:00');
  });

  it('taken outside hours counts from the next opening', () => {
    const late = happened(['supplement-asked', '06/10 09:00'], ['supplement-taken', '08/10 18:30']);
    expect(due(days(3), late)).toBe('Wed 14/10/2026 07:00');
  });

  it('follows the rule of the day of receipt, not that of the day it comes', () => {
    const file = shippedFile('time-rules.json');
    const [old] = file.rules;
    const rules = [
      { ...old, id: 'a', from: '2020-01-01', afterSupplement: 'restart' },
      { ...old, id: 'b', from: '2026-10-06', afterSupplement: 'resume' },
    ];
    const both = shippedCalendar({ ...file, rules });
    expect(due(days(3), asked, both)).toBe('Tue 13/10/2026 10:30');
  });

  it.each([
    ['restarts', calendar],
    ['resumes', resuming],
  ])('comes to the same by the helper of the life cycle, where it %s', (_what, by) => {
    const before = dueDate({ receivedAt, duration: days(3), calendar: by });
    const taken = { askedAt: vn('06/10 09:00'), takenAt: vn('08/10 10:30') };
    const limit = { duration: days(3) };
    const after = dueAfterSupplement({ receivedAt, due: before, calendar: by, limit, ...taken });
    expect(shown(after.at)).toBe(due(days(3), asked, by));
    expect(dueDateSchema.parse(after)).toEqual(after);
  });
});

describe('stages', () => {
  const phases = [
    { name: 'Xã', duration: days(2) },
    { name: 'Tỉnh', duration: days(3) },
  ];

  it('follow each other, and in days come to their sum', () => {
    const result = dueDate({ receivedAt, phases, calendar });
    expect(result.phases?.map((p) => [p.name, shown(p.at)])).toEqual([
      ['Xã', 'Wed 07/10/2026 09:00'],
      ['Tỉnh', 'Mon 12/10/2026 09:00'],
    ]);
    expect(result.at).toBe(dueDate({ receivedAt, duration: days(5), calendar }).at);
  });

  it('may each have its own unit; one that ends at closing time leaves nothing of its day', () => {
    const mixed = [
      { name: 'a', duration: { value: 0, unit: 'day' as const } },
      { name: 'b', duration: { value: 4, unit: 'hour' as const } },
      { name: 'c', duration: { value: 1, unit: 'same-day' as const } },
      { name: 'd', duration: { value: 1, unit: 'same-day' as const } },
    ];
    const result = dueDate({ receivedAt, phases: mixed, calendar });
    expect(result.phases?.map((p) => shown(p.at))).toEqual([
      'Mon 05/10/2026 17:00',
      'Tue 06/10/2026 11:00',
      'Tue 06/10/2026 17:00',
      'Wed 07/10/2026 17:00',
    ]);
  });

  it('that are over are not moved by a stop, those after it are', () => {
    const happenings = happened(['paused', '08/10 09:30'], ['resumed', '09/10 09:00']);
    const result = dueDate({ receivedAt, phases, calendar, happenings });
    expect(result.phases?.map((p) => shown(p.at))).toEqual(['Wed 07/10/2026 09:00', 'Tue 13/10/2026 09:00']);
  });

  it('that end in the very minute of a stop are over; the next one is what stands still', () => {
    const happenings = happened(['paused', '07/10 09:00'], ['resumed', '08/10 09:00']);
    const result = dueDate({ receivedAt, phases, calendar, happenings });
    expect(result.phases?.map((p) => shown(p.at))).toEqual(['Wed 07/10/2026 09:00', 'Tue 13/10/2026 09:00']);
    expect(result.reasons.map((r) => r.key)).not.toContain('due.pausedTooLate');
  });

  it('that end at closing time hand it on as it is', () => {
    const closing = [
      { name: 'a', duration: { value: 0, unit: 'day' as const } },
      { name: 'b', duration: days(1) },
    ];
    const result = dueDate({ receivedAt, phases: closing, calendar });
    expect(shown(result.at)).toBe('Tue 06/10/2026 17:00');
    expect(result.reasons.map((r) => r.key)).not.toContain('due.movedToClosing');
  });

  it('stand in place of the one limit, and none is a mistake', () => {
    expect(dueDate({ receivedAt, phases, duration: days(30), calendar }).phases).toHaveLength(2);
    expect(dueDate({ receivedAt, phases: [], duration: days(1), calendar }).phases).toBeUndefined();
    expect(() => dueDate({ receivedAt, phases: [], calendar })).toThrow(
      failure('DUE_COURSE_INVALID', { problem: 'noLimit' }),
    );
  });
});

describe('a dossier handed in at another unit', () => {
  it('waits for the competent agency, and says so', () => {
    const result = dueDate({ receivedAt, duration: days(3), calendar, boundaryFree: true });
    expect(result.reasons.map((r) => r.key)).toContain('due.awaitsAgency');
  });

  it('counts from the agency’s receipt from 05/8/2026 on, and before that from its own', () => {
    const agency = (received: string, at: string) =>
      shown(
        dueDate({
          receivedAt: vn(received),
          duration: days(3),
          calendar,
          boundaryFree: true,
          happenings: happened(['received-by-agency', at]),
        }).at,
      );
    expect(agency('05/08 09:00', '06/08 10:00')).toBe('Tue 11/08/2026 10:00');
    expect(agency('04/08 09:00', '06/08 10:00')).toBe('Fri 07/08/2026 09:00');
  });
});

describe('what cannot have happened', () => {
  it.each([
    ['an end of a stop that never began', 'notStopped', [['resumed', '06/10 09:00']]],
    ['a supplement that nobody asked for', 'notStopped', [['supplement-taken', '06/10 09:00']]],
    [
      'a stop of a stopped clock',
      'stopped',
      [
        ['paused', '06/10 09:00'],
        ['paused', '06/10 09:01'],
      ],
    ],
    [
      'a new appointment while the clock stands still',
      'stopped',
      [
        ['paused', '06/10 09:00'],
        ['extended', '06/10 09:01', '20/10 09:00'],
      ],
    ],
    ['what came before the receipt', 'order', [['paused', '05/10 08:59']]],
    [
      'what is out of order',
      'order',
      [
        ['paused', '07/10 09:00'],
        ['resumed', '06/10 09:00'],
      ],
    ],
    [
      'an agency that received it later than something else',
      'agencyLate',
      [
        ['restarted', '06/10 09:00'],
        ['received-by-agency', '06/10 10:00'],
      ],
    ],
    [
      'two receipts by the agency',
      'agencyLate',
      [
        ['received-by-agency', '06/10 09:00'],
        ['received-by-agency', '06/10 10:00'],
      ],
    ],
  ] as [string, string, [Happening['kind'], string, string?][]][])('%s is named', (_what, problem, list) => {
    expect(() => due(days(3), happened(...list))).toThrow(failure('DUE_COURSE_INVALID', { problem }));
  });

  it.each(['', 'yesterday', '2026-10-05', '2026-10-05T09:00', '2026-13-05T09:00Z', '2026-10-05T09:00:00+7'])(
    'a time written “%s” is none',
    (text) => {
      expect(() => dueDate({ receivedAt: text, duration: days(1), calendar })).toThrow(
        failure('DUE_TIME_INVALID'),
      );
      const happenings = [{ kind: 'restarted', at: text }] as const;
      expect(() => dueDate({ receivedAt, duration: days(1), calendar, happenings })).toThrow(
        failure('DUE_TIME_INVALID'),
      );
    },
  );
});

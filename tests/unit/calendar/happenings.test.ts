import { describe, expect, it } from 'vitest';
import { dueDate as dueDateSchema } from '../../../src/contract/model.ts';
import type { Duration, Procedure } from '../../../src/contract/procedures.ts';
import {
  dueAfterPause,
  dueAfterSupplement,
  extendedDue,
  limitFor,
} from '../../../src/main/calendar/due-after.ts';
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

describe('a later appointment', () => {
  const first = dueDate({ receivedAt, duration: days(3), calendar });
  const ask = (to: string, more: object = {}) =>
    extendedDue({ receivedAt, due: first, calendar, to: vn(to), extensions: 0, ...more });

  it('is taken as it is given, and said', () => {
    const later = ask('20/10 09:30');
    expect(shown(later.at)).toBe('Tue 20/10/2026 09:30');
    expect(later.reasons[0]).toEqual({
      key: 'due.extended',
      values: { from: '09:00 08/10/2026', to: '09:30 20/10/2026' },
    });
    expect(due(days(3), happened(['extended', '07/10 09:00', '20/10 09:30']))).toBe(shown(later.at));
  });

  it('may be a closing time', () => {
    expect(shown(ask('20/10 17:00').at)).toBe('Tue 20/10/2026 17:00');
    expect(shown(ask('20/10 11:30').at)).toBe('Tue 20/10/2026 11:30');
  });

  it.each([
    ['a Sunday', '18/10 09:00'],
    ['a day off', '24/11 09:00'],
    ['the midday break', '20/10 12:00'],
    ['before opening', '20/10 06:59'],
    ['after closing', '20/10 17:01'],
  ])('is refused on %s', (_what, to) => {
    expect(() => ask(to)).toThrow(failure('DUE_EXTENSION_SHUT'));
  });

  it('is refused where it is no later', () => {
    for (const to of ['08/10 09:00', '08/10 08:59', '05/10 09:00']) {
      expect(() => ask(to)).toThrow(failure('DUE_EXTENSION_EARLIER', { due: vn('08/10 09:00') }));
    }
    expect(() => ask('12/10 09:00', { at: vn('13/10 09:00') })).toThrow(failure('DUE_EXTENSION_EARLIER'));
  });

  it('is given once', () => {
    expect(() => ask('20/10 09:00', { extensions: 1 })).toThrow(
      failure('DUE_EXTENSION_SPENT', { allowed: 1 }),
    );
    const twice = happened(
      ['extended', '07/10 09:00', '20/10 09:30'],
      ['extended', '19/10 09:00', '30/10 09:30'],
    );
    expect(() => due(days(3), twice)).toThrow(failure('DUE_EXTENSION_SPENT'));
  });

  it('counts as given even where a supplement then starts the limit anew', () => {
    const list = happened(
      ['extended', '07/10 09:00', '20/10 09:30'],
      ['restarted', '09/10 09:00'],
      ['extended', '12/10 09:00', '30/10 09:30'],
    );
    expect(() => due(days(3), list)).toThrow(failure('DUE_EXTENSION_SPENT'));
    expect(due(days(3), list.slice(0, 2))).toBe('Wed 14/10/2026 09:00');
  });

  it('beyond the calendar is named, not guessed', () => {
    expect(() => ask('05/01/2028 09:00')).toThrow(failure('CALENDAR_YEAR_MISSING', { year: 2028 }));
  });

  it('carries the warning of a year that is not final', () => {
    expect(ask('18/02/2027 09:00').reasons.map((r) => r.key)).toContain('due.calendarUnsettled');
  });
});

describe('the helper of a stop', () => {
  const first = dueDate({ receivedAt, duration: days(3), calendar });
  const paused = (pausedAt: string, resumedAt: string) => {
    const limit = { duration: days(3) };
    return dueAfterPause({
      receivedAt,
      due: first,
      calendar,
      limit,
      pausedAt: vn(pausedAt),
      resumedAt: vn(resumedAt),
    });
  };

  it('comes to the same as the whole count', () => {
    for (const [from, to] of [
      ['06/10 16:00', '07/10 07:00'],
      ['05/10 10:00', '19/10 08:00'],
    ] as const) {
      expect(shown(paused(from, to).at)).toBe(due(days(3), happened(['paused', from], ['resumed', to])));
    }
  });

  it('moves nothing from the very minute it was due', () => {
    expect(paused('08/10 09:00', '19/10 08:00').at).toBe(first.at);
    expect(shown(paused('08/10 08:59', '09/10 08:00').at)).toBe('Fri 09/10/2026 09:00');
  });

  it('refuses one that ends before it began', () => {
    expect(() => paused('07/10 09:00', '06/10 09:00')).toThrow(
      failure('DUE_COURSE_INVALID', { problem: 'order' }),
    );
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

describe('the limit of a procedure', () => {
  const procedure = (more: Partial<Procedure>) => ({
    duration: null,
    onlineDuration: null,
    phases: [],
    ...more,
  });
  const phases = [{ name: 'a', duration: days(1) }];

  it('is the online one for a dossier that came online, where there is one', () => {
    const both = procedure({
      duration: { value: 15, unit: 'day' },
      onlineDuration: { value: 20, unit: 'day' },
    });
    expect(limitFor(both, 'online')).toEqual({ duration: { value: 20, unit: 'day' } });
    expect(limitFor(both, 'counter')).toEqual({ duration: { value: 15, unit: 'day' } });
    expect(limitFor(both, 'post')).toEqual({ duration: { value: 15, unit: 'day' } });
    expect(limitFor(procedure({ duration: days(3) }), 'online')).toEqual({ duration: days(3) });
  });

  it('is its stages where it has any, and nothing where the catalogue names none', () => {
    expect(limitFor(procedure({ duration: days(3), phases }), 'counter')).toEqual({ phases });
    expect(limitFor(procedure({ onlineDuration: days(3), phases }), 'online')).toEqual({ duration: days(3) });
    expect(limitFor(procedure({}), 'online')).toBeNull();
  });
});

import { describe, expect, it } from 'vitest';
import type { Duration, Procedure } from '../../../src/contract/procedures.ts';
import { dueAfterPause, extendedDue, limitFor } from '../../../src/main/calendar/due-after.ts';
import { dueDate, type Happening } from '../../../src/main/calendar/due-date.ts';
import { shippedCalendar, shown, vn } from './support/shipped.ts';

const calendar = shippedCalendar();
const receivedAt = vn('05/10 09:00');
const days = (value: number): Duration => ({ value, unit: 'working-day' });
const happened = (...list: [Happening['kind'], string, string?][]) =>
  list.map(([kind, at, to]) => ({ kind, at: vn(at), ...(to ? { to: vn(to) } : {}) })) as Happening[];
const failure = (code: string, details: object = {}) =>
  expect.objectContaining({ code, details: expect.objectContaining(details) });

function due(duration: Duration, happenings: Happening[], by = calendar) {
  return shown(dueDate({ receivedAt, duration, calendar: by, happenings }).at);
}

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

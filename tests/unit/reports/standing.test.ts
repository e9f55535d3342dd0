import { describe, expect, it } from 'vitest';
import { isOverdueBefore, standingBefore, timingOf } from '../../../src/main/reports/standing.ts';
import { PLAIN_FACTS } from '../../support/plain-facts.ts';

const at = (text: string) => Date.parse(`${text}Z`) / 60_000;
const END = at('2027-01-01T00:00');

describe('a settled dossier against its appointment', () => {
  it.each([
    ['2026-06-10T10:00', '2026-06-09T23:59', 'early', 'early'],
    ['2026-06-10T10:00', '2026-06-10T00:00', 'on-time', 'on-time'],
    ['2026-06-10T10:00', '2026-06-10T10:00', 'on-time', 'on-time'],
    ['2026-06-10T10:00', '2026-06-10T10:01', 'late', 'on-time'],
    ['2026-06-10T10:00', '2026-06-10T23:59', 'late', 'on-time'],
    ['2026-06-10T10:00', '2026-06-11T00:00', 'late', 'late'],
    // Finished before it came in, by a clock that was put right meanwhile.
    ['2026-06-10T10:00', '2025-01-01T00:00', 'early', 'early'],
  ])('due %s, finished %s: %s by the minute, %s by the day', (due, finished, minute, day) => {
    const facts = { dueAt: at(due), settledAt: at(finished) };
    expect([timingOf(facts, 'minute'), timingOf(facts, 'day')]).toEqual([minute, day]);
  });

  it('is neither where there is no appointment', () => {
    expect(timingOf({ dueAt: null, settledAt: 5 }, 'minute')).toBe('unknown');
    expect(isOverdueBefore({ dueAt: null }, END, 'day')).toBeNull();
  });
});

describe('where a dossier stood before a moment', () => {
  const open = { ...PLAIN_FACTS, state: 'processing' as const };
  const solved = (text: string) => ({ ...open, settledAt: at(text), outcome: 'result' as const });

  it('is solved in the last minute, and under way where that came with the new year', () => {
    expect(standingBefore(solved('2026-12-31T23:59'), END)).toBe('result');
    expect(standingBefore(solved('2027-01-01T00:00'), END)).toBe('under-way');
  });

  it('waits from the minute of the request to the minute before the answer', () => {
    const asked = { ...open, supplementAskedAt: at('2026-12-31T23:59') };
    expect(standingBefore(asked, END)).toBe('waiting');
    expect(standingBefore(asked, END - 1)).toBe('under-way');
    expect(standingBefore({ ...asked, supplementAnsweredAt: END }, END)).toBe('waiting');
    expect(standingBefore({ ...asked, supplementAnsweredAt: END - 1 }, END)).toBe('under-way');
  });

  it('waits for money from when it did', () => {
    const unpaid = { ...open, state: 'waiting-payment' as const, stateSince: END - 1 };
    expect(standingBefore(unpaid, END)).toBe('waiting');
    expect(standingBefore(unpaid, END - 1)).toBe('under-way');
  });

  it('is overdue only once the minute of the appointment is over, or its day', () => {
    const due = { dueAt: at('2026-12-31T23:59') };
    expect(isOverdueBefore(due, END, 'minute')).toBe(false);
    expect(isOverdueBefore(due, END + 1, 'minute')).toBe(true);
    expect(isOverdueBefore({ dueAt: at('2026-12-31T00:00') }, END, 'day')).toBe(false);
    expect(isOverdueBefore({ dueAt: at('2026-12-31T00:00') }, END + 1, 'day')).toBe(true);
  });
});

import { describe, expect, it } from 'vitest';
import { reportRequest } from '../../../src/contract/reports.ts';
import { instantOf } from '../../../src/main/calendar/local-time.ts';
import { bookStart, monthsOf, scopeOf } from '../../../src/main/reports/scope.ts';

const request = (from: string, to: string) => reportRequest.parse({ kind: 'progress', from, to });

describe('a period', () => {
  it('begins and ends at midnight of the counter, seven hours before that of UTC', () => {
    const scope = scopeOf(request('2026-03-01', '2026-03-31'), '2026-06-01T00:00:00Z');
    expect(instantOf(scope.from)).toBe('2026-02-28T17:00:00.000Z');
    expect(instantOf(scope.to)).toBe('2026-03-31T17:00:00.000Z');
    expect(scope.end).toBe(scope.to);
  });

  it('that still runs ends with the running minute', () => {
    const scope = scopeOf(request('2026-03-01', '2026-03-31'), '2026-03-10T03:04:59.999Z');
    expect(instantOf(scope.end)).toBe('2026-03-10T03:05:00.000Z');
  });

  it('has its months whole, also over the new year', () => {
    const months = monthsOf(scopeOf(request('2025-12-31', '2027-01-01'), '2027-06-01T00:00:00Z'));
    expect(months.map(({ year, month }) => `${year}/${month}`)).toEqual([
      '2025/12',
      ...Array.from({ length: 12 }, (_, i) => `2026/${i + 1}`),
      '2027/1',
    ]);
    months.slice(1).forEach((month, i) => {
      expect(month.scope.from).toBe(months[i]!.scope.to);
    });
    expect(instantOf(months[0]!.scope.from)).toBe('2025-11-30T17:00:00.000Z');
  });

  it('belongs to the book of its first day’s year', () => {
    expect(instantOf(bookStart('2026-12-31'))).toBe('2025-12-31T17:00:00.000Z');
  });

  it.each([
    { from: '2026-02-01', to: '2026-01-31' },
    { from: '2026-02-30', to: '2026-03-01' },
    { from: '1000-01-01', to: '2026-01-01' },
    { from: '', to: '' },
  ])('$from to $to is none', (days) => {
    expect(reportRequest.safeParse({ kind: 'progress', ...days }).success).toBe(false);
  });
});

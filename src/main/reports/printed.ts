import type { ReportCell, ReportColumn } from '../../contract/reports.ts';
import { minuteOf, showMinute } from '../calendar/local-time.ts';

/** A report with its words, ready to be written to a file. */
export interface PrintedReport {
  readonly title: string;
  readonly unit: string;
  /** The period, or the moment of a list of today. */
  readonly period: string;
  /** When it was made, in words. */
  readonly made: string;
  readonly madeAt: string;
  readonly columns: readonly PrintedColumn[];
  readonly notes: readonly string[];
}

export interface PrintedColumn {
  readonly title: string;
  readonly type: ReportColumn['type'];
}

/** One row, as long as the columns. A total comes last and is drawn as one. */
export interface PrintedRow {
  readonly cells: readonly ReportCell[];
  readonly total: boolean;
}

/** Decimals that a number of this type is shown with. */
export const DECIMALS: Readonly<Record<ReportColumn['type'], number>> = {
  count: 0,
  money: 0,
  hours: 1,
  points: 0,
  percent: 2,
  average: 1,
  fixed: 0,
  text: 0,
  instant: 0,
};

export function isNumeric(type: ReportColumn['type']): boolean {
  return type !== 'text' && type !== 'instant';
}

/**
 * As paper shows it: `1.234.567`, `12,50`, `08:30 02/01/2026`; a dash for a number that cannot be told, nothing for a
 * moment that has not come.
 */
export function shown(cell: ReportCell, type: ReportColumn['type']): string {
  if (cell === null) return isNumeric(type) ? '–' : '';
  if (typeof cell === 'string') return type === 'instant' ? showMinute(minuteOf(cell)) : cell;
  const [whole, fraction] = Math.abs(cell).toFixed(DECIMALS[type]).split('.') as [string, string?];
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, '.');
  return `${cell < 0 ? '-' : ''}${grouped}${fraction === undefined ? '' : `,${fraction}`}`;
}

import type { ReportCell } from '../../contract/reports.ts';
import { minuteOf, showMinute } from '../calendar/local-time.ts';
import type { PrintedColumn, PrintedReport, PrintedRow } from './printed.ts';

const BOM = '\ufeff';
const LINE_END = '\r\n';
/** A spreadsheet takes a text that begins so for a formula, or for the end of the field before it. */
const FORMULA = /^[=+\-@\t\r]/;
const QUOTED = /[",\r\n]/;

/**
 * RFC 4180 in UTF-8 with a byte order mark, which spreadsheets need to read Vietnamese. Numbers are plain
 * (`1234.5`), moments `HH:mm dd/MM/yyyy`, what cannot be computed is empty. A text that a spreadsheet would run gets
 * an apostrophe before it.
 */
export function toCsv(report: PrintedReport, rows: readonly PrintedRow[]): string {
  const lines = [
    report.columns.map((c) => field(defused(c.title))).join(','),
    ...rows.map((row) => row.cells.map((cell, i) => valueAs(cell, report.columns[i]!)).join(',')),
  ];
  return BOM + lines.map((line) => line + LINE_END).join('');
}

function valueAs(cell: ReportCell, { type }: PrintedColumn): string {
  if (cell === null) return '';
  if (typeof cell === 'number') return String(cell);
  return field(type === 'instant' ? showMinute(minuteOf(cell)) : defused(cell));
}

function defused(text: string): string {
  return FORMULA.test(text.trimStart()) || FORMULA.test(text) ? `'${text}` : text;
}

function field(text: string): string {
  return QUOTED.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

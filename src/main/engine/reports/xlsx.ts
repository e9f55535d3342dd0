import writeXlsx, { type CellObject, type SheetData } from 'write-excel-file/node';
import type { ReportCell } from '../../../contract/reports.ts';
import { minuteOf } from '../../calendar/local-time.ts';
import type { PrintedColumn, PrintedReport, PrintedRow } from '../../reports/printed.ts';

const FORMATS: Readonly<Partial<Record<PrintedColumn['type'], string>>> = {
  count: '#,##0',
  money: '#,##0',
  fixed: '#,##0',
  points: '#,##0',
  hours: '#,##0.0',
  average: '0.0',
  percent: '0.00',
  instant: 'dd/mm/yyyy hh:mm',
};
/** Sheet names of at most 31 characters without these (ECMA-376). */
const FORBIDDEN = /[\\/?*[\]:]/g;
const NARROWEST = 8;
const WIDEST = 48;
/** Excel takes no more in one cell. */
const LONGEST = 32_767;

/** A workbook: the table under a frozen head, numbers and dates as such, and a sheet with period and notes. */
export async function toXlsx(
  report: PrintedReport,
  rows: readonly PrintedRow[],
  notesTitle: string,
): Promise<Uint8Array> {
  const head = report.columns.map(
    (c): CellObject => ({ value: c.title, type: String, fontWeight: 'bold', wrap: true, align: 'center' }),
  );
  const body = rows.map((row) => row.cells.map((cell, i) => toCell(cell, report.columns[i]!, row.total)));
  const about = [report.title, report.unit, report.period, report.made, '', ...report.notes];
  const book = await writeXlsx([
    {
      data: [head, ...body],
      sheet: report.title.replace(FORBIDDEN, ' ').slice(0, 31),
      stickyRowsCount: 1,
      orientation: 'landscape',
      columns: report.columns.map((c, i) => ({ width: widthOf(c, i, rows) })),
    },
    {
      data: about.map((text): CellObject[] => [{ value: text, type: String, wrap: true }]) as SheetData,
      sheet: notesTitle.replace(FORBIDDEN, ' ').slice(0, 31),
      columns: [{ width: 100 }],
    },
  ]).toBuffer();
  return new Uint8Array(book);
}

function toCell(cell: ReportCell, { type }: PrintedColumn, total: boolean): CellObject | null {
  if (cell === null) return null;
  const style = { ...(total && { fontWeight: 'bold' as const }) };
  const format = FORMATS[type];
  if (typeof cell === 'number') {
    return { value: cell, type: Number, ...style, ...(format !== undefined && { format }) };
  }
  // A workbook knows no zones: the cell holds the time of the clock at the counter.
  if (type === 'instant') {
    return { value: new Date(minuteOf(cell) * 60_000), type: Date, format: FORMATS.instant!, ...style };
  }
  return { value: cell.slice(0, LONGEST), type: String, ...style };
}

function widthOf(column: PrintedColumn, index: number, rows: readonly PrintedRow[]): number {
  if (column.type === 'instant') return 17;
  const longest = rows.slice(0, 200).map((row) => String(row.cells[index] ?? '').length);
  return Math.min(WIDEST, Math.max(NARROWEST, Math.min(column.title.length, 16), ...longest) + 2);
}

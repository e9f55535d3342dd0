import type { Report, ReportFormat, ReportRequest } from '../../../contract/reports.ts';
import { dayFromIso, minuteOf, showDay, showMinute } from '../../calendar/local-time.ts';
import type { PrintedColumn, PrintedReport, PrintedRow } from '../../reports/printed.ts';
import type { Resources } from '../resources.ts';
import { writeReportFile } from './file-writer.ts';
import type { Reporting } from './reporting.ts';
import type { DrawBook } from './tracking-book.ts';
import type { ReportWords } from './words.ts';

export interface ExportParts {
  readonly reporting: Reporting;
  readonly words: ReportWords;
  readonly resources: Pick<Resources, 'fonts'>;
  readonly closing: AbortSignal;
  /** Draws the tracking book on its form. */
  readonly drawBook: DrawBook;
}

export interface ReportFile {
  readonly mime: string;
  readonly name: string;
  readonly bytes: Uint8Array;
}

const MIMES: Readonly<Record<ReportFormat, string>> = {
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  csv: 'text/csv; charset=utf-8',
  pdf: 'application/pdf',
  json: 'application/json',
};
const LISTS_OF_TODAY: readonly string[] = ['late-now', 'due-soon'];
/** Columns of lists whose values are words of the program. */
const CODED: Readonly<Record<string, string>> = { 'result-way': 'report.way' };

/** A whole report as a file. */
export async function exportReport(
  parts: ExportParts,
  request: ReportRequest,
  format: ReportFormat,
): Promise<ReportFile> {
  const { reporting, words } = parts;
  const report = await reporting.make(request, { after: null, limit: 1 });
  const name = `${fileStem(report)}.${format}`;
  const mime = MIMES[format];
  if (format === 'json') return { mime, name, bytes: await toJson(report, reporting) };
  if (format === 'pdf' && request.kind === 'tracking-book') {
    return { mime, name, bytes: await parts.drawBook(report, reporting) };
  }
  const { fonts } = parts.resources;
  const job = {
    format,
    report: printed(report, words),
    notesTitle: words.say('report.notes'),
    fonts: { regular: fonts.regular, bold: fonts.bold, italic: fonts.italic },
  };
  return { mime, name, bytes: await writeReportFile(job, printedRows(report, parts), parts.closing) };
}

async function toJson(report: Report, reporting: Reporting): Promise<Uint8Array> {
  if (report.entries === null) return new TextEncoder().encode(JSON.stringify(report));
  const rows: string[] = [];
  for await (const batch of reporting.rows(report)) {
    for (const row of batch) rows.push(JSON.stringify(row));
  }
  const head = JSON.stringify({ ...report, next: null, rows: [] });
  return new TextEncoder().encode(head.replace('"rows":[]', () => `"rows":[${rows.join(',')}]`));
}

function printed(report: Report, words: ReportWords): PrintedReport {
  const { request } = report;
  const asOf = showMinute(minuteOf(request.asOf));
  const period = LISTS_OF_TODAY.includes(request.kind)
    ? words.say('report.asOf', { at: asOf })
    : words.say('report.period', {
        from: showDay(dayFromIso(request.from)),
        to: showDay(dayFromIso(request.to)),
      });
  const first: PrintedColumn[] =
    report.entries === null ? [{ title: words.say(rowHeading(request)), type: 'text' }] : [];
  return {
    title: words.say(`report.kind.${request.kind}`),
    unit: report.unit.name,
    period,
    made: words.say('report.made', { at: showMinute(minuteOf(report.madeAt)), asOf }),
    madeAt: report.madeAt,
    columns: [...first, ...report.columns.map((c) => ({ title: words.say(c.key), type: c.type }))],
    notes: report.notes.map(({ key, values }) => words.say(key, localised(values))),
  };
}

/** Heading of the rows: what they are told apart by. */
function rowHeading({ kind, by }: ReportRequest): string {
  const grouped = kind === 'progress' || kind === 'progress-766';
  return grouped ? `report.by.${by}` : `report.rows.${kind}`;
}

async function* printedRows(
  report: Report,
  { reporting, words }: Pick<ExportParts, 'reporting' | 'words'>,
): AsyncGenerator<readonly PrintedRow[]> {
  const coded = report.columns.map((c) => CODED[c.id]);
  for await (const rows of reporting.rows(report)) {
    yield rows.map((row) => {
      const label = row.labelKey ? words.say(row.labelKey) : row.label;
      const cells = row.cells.map((cell, i) =>
        coded[i] && typeof cell === 'string' && cell !== '' ? words.say(`${coded[i]}.${cell}`) : cell,
      );
      return { cells: report.entries === null ? [label, ...cells] : cells, total: row.key === '' };
    });
  }
}

/** Moments among the values of a note are shown as a paper shows them. */
function localised(values: Readonly<Record<string, string | number>>): Record<string, string | number> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      typeof value === 'string' && /^\d{4}-\d\d-\d\dT/.test(value) ? showMinute(minuteOf(value)) : value,
    ]),
  );
}

function fileStem({ request }: Report): string {
  const days = LISTS_OF_TODAY.includes(request.kind)
    ? showMinute(minuteOf(request.asOf)).slice(6).split('/').reverse().join('-')
    : `${request.from}_${request.to}`;
  return `${request.kind}_${days}`;
}

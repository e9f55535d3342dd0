import { parentPort, workerData } from 'node:worker_threads';
import { toCsv } from '../../reports/csv.ts';
import { type FontFiles, toPdf } from '../../reports/pdf.ts';
import type { PrintedReport, PrintedRow } from '../../reports/printed.ts';
import { renderRegister, type TrackingBookRequest, type TrackingRow } from '../../slips/registers.ts';
import type { SlipContext } from '../../slips/slip.ts';
import { toXlsx } from './xlsx.ts';

/** A table in a plain layout; its rows are printed rows. */
export interface TableJob {
  readonly format: 'xlsx' | 'csv' | 'pdf';
  readonly report: PrintedReport;
  readonly notesTitle: string;
  readonly fonts: FontFiles;
}

/** The tracking book on its form; its rows are tracking rows. The book has no barcode. */
export interface BookJob {
  readonly format: 'book';
  readonly request: Omit<TrackingBookRequest, 'rows'>;
  readonly context: Omit<SlipContext, 'encodeBarcode'>;
}

/** What the thread is started with. */
export type FileJob = TableJob | BookJob;
export type RowOf<J extends FileJob> = J extends BookJob ? TrackingRow : PrintedRow;

/** Rows in pieces, then null: the file is asked for. */
export type FileRequest = readonly (PrintedRow | TrackingRow)[] | null;
/** The file, or why there is none. */
export type FileReply = { readonly file: Uint8Array } | { readonly fault: unknown };

const job = workerData as FileJob;
const rows: (PrintedRow | TrackingRow)[] = [];

function noBarcode(): never {
  throw new RangeError('the tracking book has no barcode');
}

async function write(): Promise<Uint8Array> {
  if (job.format === 'book') {
    const request = { ...job.request, rows: rows as TrackingRow[] };
    return renderRegister(request, { ...job.context, encodeBarcode: noBarcode });
  }
  return writeTable(job, rows as PrintedRow[]);
}

async function writeTable(table: TableJob, printed: readonly PrintedRow[]): Promise<Uint8Array> {
  const { format, report, notesTitle, fonts } = table;
  if (format === 'csv') return new TextEncoder().encode(toCsv(report, printed));
  if (format === 'pdf') return toPdf(report, printed, fonts);
  return toXlsx(report, printed, notesTitle);
}

parentPort?.on('message', (request: FileRequest) => {
  if (request !== null) {
    for (const row of request) rows.push(row);
    return;
  }
  write().then(
    (file) => parentPort?.postMessage({ file } satisfies FileReply),
    (fault: unknown) => parentPort?.postMessage({ fault } satisfies FileReply),
  );
});

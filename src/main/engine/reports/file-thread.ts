import { parentPort, workerData } from 'node:worker_threads';
import { toCsv } from '../../reports/csv.ts';
import { type FontFiles, toPdf } from '../../reports/pdf.ts';
import type { PrintedReport, PrintedRow } from '../../reports/printed.ts';
import { toXlsx } from './xlsx.ts';

/** What the thread is started with. */
export interface FileJob {
  readonly format: 'xlsx' | 'csv' | 'pdf';
  readonly report: PrintedReport;
  readonly notesTitle: string;
  readonly fonts: FontFiles;
}

/** Rows in pieces, then null: the file is asked for. */
export type FileRequest = readonly PrintedRow[] | null;
/** The file, or why there is none. */
export type FileReply = { readonly file: Uint8Array } | { readonly fault: unknown };

const { format, report, notesTitle, fonts } = workerData as FileJob;
const rows: PrintedRow[] = [];

async function write(): Promise<Uint8Array> {
  if (format === 'csv') return new TextEncoder().encode(toCsv(report, rows));
  if (format === 'pdf') return toPdf(report, rows, fonts);
  return toXlsx(report, rows, notesTitle);
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

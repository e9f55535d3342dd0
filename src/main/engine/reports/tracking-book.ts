import type { ResultWay } from '../../../contract/life-cycle.ts';
import type { Report } from '../../../contract/reports.ts';
import { instantOf } from '../../calendar/local-time.ts';
import type { DossierFacts } from '../../reports/facts.ts';
import type { TrackingRow } from '../../slips/registers.ts';
import type { FieldParts } from '../field-parts.ts';
import type { BookJob } from './file-thread.ts';
import { writeReportFile } from './file-writer.ts';
import type { Reporting } from './reporting.ts';

/** Rows that go to the thread at once. */
const BATCH = 250;

export type DrawBook = (report: Report, reporting: Reporting) => Promise<Uint8Array>;

/** The tracking book on the form in force on the first day of its period (slips/registers.ts). */
export function bookOnItsForm(
  parts: Pick<FieldParts, 'config' | 'slips' | 'closing'>,
  clerkName: string,
): DrawBook {
  const { config, slips, closing } = parts;
  return async (report, reporting) => {
    const { request } = report;
    // A book has no barcode, and what encodes one cannot go to a thread.
    const { encodeBarcode, ...context } = slips.context({ clerkName, issuedAt: report.madeAt });
    const job: BookJob = {
      format: 'book',
      request: {
        kind: 'tracking-book',
        book: {
          volume: config.slips.book,
          year: Number(request.from.slice(0, 4)),
          field: await fieldsOf(report, reporting),
        },
        period: { from: request.from, to: request.to },
        closedAt: null,
      },
      context,
    };
    return writeReportFile(job, trackingRows(report, reporting, config.unit.name), closing);
  };
}

/** Names of the fields that the book is kept for; empty = all. */
async function fieldsOf(report: Report, reporting: Reporting): Promise<string> {
  if (report.request.filters.fields.length === 0) return '';
  const names = new Set<string>();
  for await (const { facts } of reporting.entries(report)) names.add(facts.fieldName);
  return [...names].join('; ');
}

async function* trackingRows(
  report: Report,
  reporting: Reporting,
  unit: string,
): AsyncGenerator<readonly TrackingRow[]> {
  let batch: TrackingRow[] = [];
  for await (const { facts, order } of reporting.entries(report)) {
    batch.push(toTrackingRow(facts, order, unit));
    if (batch.length < BATCH) continue;
    yield batch;
    batch = [];
  }
  yield batch;
}

function toTrackingRow(facts: DossierFacts, order: number, unit: string): TrackingRow {
  const instant = (minute: number | null) => (minute === null ? null : instantOf(minute));
  return {
    order: facts.registerNumber ?? order,
    code: facts.code,
    procedureName: facts.procedureName,
    applicant: facts.applicantName,
    address: facts.address,
    phone: facts.phone,
    agency: facts.agency || unit,
    receivedAt: instantOf(facts.receivedAt!),
    dueAt: instant(facts.dueAt),
    returnedAt: instant(facts.handedOutAt),
    way: (facts.handedOutWay || facts.resultWay) as ResultWay,
    signed: facts.handedOutTo,
    sets: facts.sets,
    note: '',
  };
}

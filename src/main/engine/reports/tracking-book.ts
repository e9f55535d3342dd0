import { setImmediate as turn } from 'node:timers/promises';
import type { ResultWay } from '../../../contract/life-cycle.ts';
import type { Report } from '../../../contract/reports.ts';
import { instantOf } from '../../calendar/local-time.ts';
import type { DossierFacts } from '../../reports/facts.ts';
import { renderRegister, type TrackingRow } from '../../slips/registers.ts';
import type { FieldParts } from '../field-parts.ts';
import { readSlipForms, SYSTEM } from '../slips/forms.ts';
import type { Reporting } from './reporting.ts';

export type DrawBook = (report: Report, reporting: Reporting) => Promise<Uint8Array>;

/** The tracking book on the form in force on the first day of its period (slips/registers.ts). */
export function bookOnItsForm(
  parts: Pick<FieldParts, 'config' | 'resources' | 'encodeBarcode'>,
  clerkName: string,
): DrawBook {
  const { config, resources, encodeBarcode } = parts;
  return async (report, reporting) => {
    const { request } = report;
    const rows: TrackingRow[] = [];
    const fields = new Set<string>();
    for await (const { facts, order } of reporting.entries(report)) {
      rows.push(toTrackingRow(facts, order, config.unit.name));
      fields.add(facts.fieldName);
    }
    return renderRegister(
      {
        kind: 'tracking-book',
        book: {
          volume: config.slips.book,
          year: Number(request.from.slice(0, 4)),
          field: request.filters.fields.length === 0 ? '' : [...fields].join('; '),
        },
        period: { from: request.from, to: request.to },
        rows,
        closedAt: null,
      },
      {
        unit: config.unit,
        counter: config.counter,
        clerkName,
        headName: config.slips.head,
        system: SYSTEM,
        issuedAt: report.madeAt,
        number: null,
        register: null,
        reprint: 0,
        trackingUrl: '',
        paymentQr: '',
        fonts: resources.fonts,
        forms: await readSlipForms(resources, config.slips.forms),
        encodeBarcode,
      },
      () => turn(),
    );
  };
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

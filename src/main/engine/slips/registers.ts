import type { FeeDay } from '../../../contract/fees.ts';
import type { ParsedInput } from '../../../contract/operations.ts';
import { atClock, dayFromIso, dayOfMinute, minuteOf } from '../../calendar/local-time.ts';
import { type Dossier, livePages } from '../../dossiers/dossier.ts';
import { feeDayOf } from '../../fees/day-totals.ts';
import type { DayEndRequest, HandOverRequest, HandOverRow } from '../../slips/registers.ts';
import type { FieldParts } from '../field-parts.ts';

/** What goes over: each dossier with its papers, or each result of each. Throws DOSSIER_UNKNOWN. */
export function handOverOf(
  parts: Pick<FieldParts, 'journal' | 'config' | 'clock'>,
  { subject, dossierIds, to }: ParsedInput<'registers.handOver'>,
  person: string,
): HandOverRequest {
  const dossiers = [...new Set(dossierIds)].map((id) => parts.journal.load(id));
  return {
    kind: 'hand-over',
    subject,
    from: { agency: parts.config.unit.name, person },
    to,
    at: parts.clock.now().toISOString(),
    rows: dossiers.flatMap((dossier) => (subject === 'dossiers' ? [paperRow(dossier)] : resultRows(dossier))),
  };
}

const common = (dossier: Dossier): Pick<HandOverRow, 'code' | 'applicant' | 'dueAt' | 'note'> => ({
  code: dossier.code?.value ?? '',
  applicant: dossier.applicant?.name ?? '',
  dueAt: dossier.due?.at ?? null,
  note: '',
});

function paperRow(dossier: Dossier): HandOverRow {
  return { ...common(dossier), name: dossier.procedure.name, papers: papersOf(dossier) };
}

/** Papers that were handed in: as counted, else one for each component that is there. */
function papersOf(dossier: Dossier): number {
  return dossier.components.reduce((sum, component) => {
    const { counts } = component;
    if (counts) return sum + counts.originals + counts.certified + counts.photocopies;
    return sum + (livePages(component).length > 0 ? 1 : 0);
  }, 0);
}

function resultRows(dossier: Dossier): HandOverRow[] {
  return dossier.results.map(({ name, number }) => ({
    ...common(dossier),
    name: number === '' ? name : `${name} (${number})`,
    papers: 1,
  }));
}

/** Received, returned and taken on a day, from what the counter keeps. */
export function dayEndOf(
  parts: Pick<FieldParts, 'store' | 'config'>,
  day: string,
  clerk: string,
): DayEndRequest {
  const { store, config } = parts;
  const begin = atClock(dayFromIso(day), 0);
  const money = feeDayOf(day, store.receipts.ofDay(day));
  return {
    kind: 'day-end',
    day,
    counter: config.counter,
    clerk,
    fields: store.dossierFacts.byField(begin, atClock(dayFromIso(day) + 1, 0)),
    fees: { taken: money.taken, cancelled: money.cancelled, kept: money.kept },
    receipts: money.numbers.map(({ sign, from, to }) => ({ sign, from, to })),
    cancelledReceipts: cancelledOn(day, money),
  };
}

function cancelledOn(day: string, { receipts }: FeeDay): DayEndRequest['cancelledReceipts'] {
  const begin = dayFromIso(day);
  return receipts.flatMap(({ sign, number, amount, way, cancelled }) => {
    if (!cancelled || dayOfMinute(minuteOf(cancelled.at)) !== begin) return [];
    return [{ sign, number, amount, way, by: cancelled.by, reason: cancelled.reason }];
  });
}

import { dayOfMinute, isoDay, showDay } from '../../calendar/local-time.ts';
import { column, counts, note, type RowHead, type Source, type TableDefinition } from '../definition.ts';
import { standingBefore, timingOf } from '../standing.ts';

const NOT_STATED = '-';

/** Dossiers of citizens by the ethnic group of the applicant, for the ethnic-affairs agency. */
export const ETHNICITY: TableDefinition = {
  kind: 'ethnicity',
  shape: 'table',
  columns: [
    ...counts('received', 'in-online', 'supplemented', 'solved', 'solved-late', 'refused', 'open', 'waiting'),
    column('exempt', 'money'),
  ],
  totals: true,
  order: 'key',
  reads: ({ from, to }) => ({ order: 'entered', from, to, alsoOpen: true }),
  fixedRows: () => [],
  headOf: (key): RowHead => ({
    key,
    label: key,
    labelKey: key === NOT_STATED ? 'report.row.notStated' : `report.ethnicity.${key}`,
  }),
  tally({ dossier: d }: Source, scope, add) {
    if (d.applicantKind !== 'citizen' || d.receivedAt === null || d.receivedAt >= scope.end) return;
    if (d.settledAt !== null && d.settledAt < scope.from) return;
    const row = d.ethnicity === null ? NOT_STATED : String(d.ethnicity).padStart(2, '0');
    if (d.receivedAt >= scope.from) {
      add(row, 'received');
      if (d.channel === 'online') add(row, 'in-online');
      if (d.supplements > 0) add(row, 'supplemented');
      if (d.feesExempt > 0) add(row, 'exempt', d.feesExempt);
    }
    const standing = standingBefore(d, scope.end);
    if (standing === 'result') {
      add(row, 'solved');
      if (timingOf(d, 'minute') === 'late') add(row, 'solved-late');
    }
    if (standing === 'refused') add(row, 'refused');
    if (standing === 'under-way') add(row, 'open');
    if (standing === 'waiting') add(row, 'waiting');
  },
  notes: () => [note('citizensOnly'), note('lateByMinute'), note('ethnicityAsStated')],
};

/**
 * Money by the day at the counter. Taken = receipts issued that day, whatever became of them; cancelled = receipts
 * cancelled that day, whenever issued: a day that is over keeps its numbers. kept = taken less cancelled.
 */
export const FEES_BY_DAY: TableDefinition = {
  kind: 'fees-by-day',
  shape: 'table',
  columns: [
    ...counts('receipts'),
    column('cash', 'money'),
    column('transfer', 'money'),
    column('taken', 'money'),
    ...counts('cancelled-receipts'),
    column('cancelled', 'money'),
    column('kept', 'money'),
    column('exempt', 'money'),
  ],
  totals: true,
  order: 'key',
  reads: ({ from, to }) => ({ order: 'paid', from, to, alsoOpen: true }),
  fixedRows: () => [],
  headOf: (key) => ({ key, label: showDay(dayOfIso(key)), labelKey: null }),
  tally({ receipt }: Source, scope, add) {
    if (!receipt) return;
    const { paidAt, cancelledAt, amount, way, exempt } = receipt;
    if (paidAt >= scope.from && paidAt < scope.end) {
      const day = isoDay(dayOfMinute(paidAt));
      add(day, 'receipts');
      add(day, way, amount);
      add(day, 'taken', amount);
      add(day, 'kept', amount);
      if (exempt > 0) add(day, 'exempt', exempt);
    }
    if (cancelledAt !== null && cancelledAt >= scope.from && cancelledAt < scope.end) {
      const day = isoDay(dayOfMinute(cancelledAt));
      add(day, 'cancelled-receipts');
      add(day, 'cancelled', amount);
      add(day, 'kept', -amount);
    }
  },
  notes: () => [note('moneyByDay')],
};

function dayOfIso(iso: string): number {
  return Date.parse(`${iso}T00:00:00Z`) / 86_400_000;
}

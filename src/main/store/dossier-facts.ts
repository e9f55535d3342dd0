import type { ReportFilters } from '../../contract/reports.ts';
import type { DossierFacts, ReceiptFacts } from '../reports/facts.ts';
import type { Database, SqlValue } from './database.ts';

/** A row that a report reads: a dossier, or a receipt with its dossier. */
export interface FactsRow {
  readonly dossier: DossierFacts;
  readonly receipt: ReceiptFacts | null;
}

export interface FactsQuery {
  /** What rows are ordered and bounded by: entry on the books, appointment (of what is open), payment. */
  readonly order: 'entered' | 'due' | 'paid';
  /** Local minutes, from inside, to outside. */
  readonly from: number;
  readonly to: number;
  /** Also the earlier ones that were not yet settled, or receipts not yet cancelled, when `from` came. */
  readonly alsoOpen: boolean;
  readonly filters: ReportFilters;
}

/** Place of a row in the order of its query. */
export interface FactsPlace {
  readonly at: number;
  readonly id: string;
}

export interface FactsPage {
  readonly rows: readonly FactsRow[];
  /** Where to go on; null = that was all. A page may be short, or empty, and still have a next one. */
  readonly next: FactsPlace | null;
}

export interface FieldDay {
  readonly name: string;
  readonly received: number;
  readonly returned: number;
  readonly late: number;
}

export interface DossierFactsStore {
  /** Replaces the rows of one dossier. Belongs in the transaction of its change. */
  save(facts: DossierFacts, receipts: readonly ReceiptFacts[]): void;
  get(id: string): DossierFacts | undefined;
  /** At most `limit` rows behind `after`, read in a bounded stretch of the table so that no call takes long. */
  page(query: FactsQuery, after: FactsPlace | null, limit: number): FactsPage;
  /** Of each field what was received and what was returned in a stretch of time, and of that what was late. */
  byField(from: number, to: number): readonly FieldDay[];
  /** Dossiers received in a stretch of time. */
  received(from: number, to: number, filters: ReportFilters): number;
}

const COLUMNS = {
  id: 'id',
  enteredAt: 'entered_at',
  settledAt: 'settled_at',
  receivedAt: 'received_at',
  firstDueAt: 'first_due_at',
  dueAt: 'due_at',
  finishedAt: 'finished_at',
  handedOutAt: 'handed_out_at',
  endedAt: 'ended_at',
  stateSince: 'state_since',
  supplementAskedAt: 'supplement_asked_at',
  supplementAnsweredAt: 'supplement_answered_at',
  supplements: 'supplements',
  extended: 'extended',
  agencies: 'agencies',
  registerNumber: 'register_number',
  sets: 'sets',
  papersOwed: 'papers_owed',
  papersDigitised: 'papers_digitised',
  papersReused: 'papers_reused',
  papersCovered: 'papers_covered',
  papersFromStore: 'papers_from_store',
  populationUsed: 'population_used',
  ethnicity: 'ethnicity',
  feesDue: 'fees_due',
  feesExempt: 'fees_exempt',
  paidCash: 'paid_cash',
  paidTransfer: 'paid_transfer',
  state: 'state',
  delivery: 'delivery',
  channel: 'channel',
  outcome: 'outcome',
  result: 'result',
  applicantKind: 'applicant_kind',
  code: 'code',
  procedureCode: 'procedure_code',
  fieldCode: 'field_code',
  clerk: 'clerk',
  procedureName: 'procedure_name',
  fieldName: 'field_name',
  agency: 'agency',
  visitId: 'visit_id',
  applicantName: 'applicant_name',
  address: 'address',
  phone: 'phone',
  resultWay: 'result_way',
  handedOutWay: 'handed_out_way',
  handedOutTo: 'handed_out_to',
  handedOutProof: 'handed_out_proof',
} as const satisfies Readonly<Record<keyof DossierFacts, string>>;

const NAMES = Object.keys(COLUMNS) as (keyof DossierFacts)[];
const SELECT = NAMES.map((name) => `f.${COLUMNS[name]} AS ${name}`).join(', ');
const RECEIPT = `r.payment_id AS paymentId, r.dossier_id AS dossierId, r.paid_at AS paidAt,
  r.cancelled_at AS cancelledAt, r.amount, r.way, r.taken_by AS takenBy, r.exempt`;

/** Minutes of entry that one call looks through: a day holds some thousands of rows in the largest centre. */
const WINDOW = 24 * 60;

interface Shape {
  readonly from: string;
  readonly select: string;
  /** The ordered column and the one that tells equal moments apart. */
  readonly at: string;
  readonly id: string;
  /** Always true of the rows of this order; the words of the index. */
  readonly always: string;
  /** When a row of before the period still matters in it. */
  readonly open: string;
  readonly clerk: string;
}

const SHAPES: Readonly<Record<FactsQuery['order'], Shape>> = {
  entered: {
    from: 'dossier_facts f',
    select: SELECT,
    at: 'f.entered_at',
    id: 'f.id',
    always: 'f.entered_at IS NOT NULL',
    open: '(f.settled_at IS NULL OR f.settled_at >= :start)',
    clerk: 'f.clerk',
  },
  due: {
    from: 'dossier_facts f',
    select: SELECT,
    at: 'f.due_at',
    id: 'f.id',
    always: 'f.settled_at IS NULL AND f.received_at IS NOT NULL AND f.due_at IS NOT NULL',
    open: '1',
    clerk: 'f.clerk',
  },
  paid: {
    from: 'dossier_receipts r JOIN dossier_facts f ON f.id = r.dossier_id',
    select: `${SELECT}, ${RECEIPT}`,
    at: 'r.paid_at',
    id: 'r.payment_id',
    always: '1',
    open: 'r.cancelled_at >= :start',
    clerk: 'r.taken_by',
  },
};

/** Filters as lists of JSON, so that one prepared statement serves all of them. */
function filterSql(filters: ReportFilters, shape: Shape): { sql: string; params: Record<string, SqlValue> } {
  const lists: readonly [string, string, readonly string[]][] = [
    ['fields', 'f.field_code', filters.fields],
    ['procedures', 'f.procedure_code', filters.procedures],
    ['clerks', shape.clerk, filters.clerks],
    ['channels', 'f.channel', filters.channels],
  ];
  const asked = lists.filter(([, , values]) => values.length > 0);
  return {
    sql: asked.map(([name, column]) => ` AND ${column} IN (SELECT value FROM json_each(:${name}))`).join(''),
    params: Object.fromEntries(asked.map(([name, , values]) => [name, JSON.stringify(values)])),
  };
}

export function dossierFactsOf(db: Database): DossierFactsStore {
  const upsert = `INSERT OR REPLACE INTO dossier_facts (${NAMES.map((n) => COLUMNS[n]).join(', ')})
    VALUES (${NAMES.map((n) => `:${n}`).join(', ')})`;

  function stretch(query: FactsQuery, after: FactsPlace, until: number, limit: number): readonly FactsRow[] {
    const shape = SHAPES[query.order];
    const { sql, params } = filterSql(query.filters, shape);
    const open = query.alsoOpen ? `(${shape.at} >= :start OR ${shape.open})` : `${shape.at} >= :start`;
    const rows = db.all<Record<string, SqlValue>>(
      `SELECT ${shape.select} FROM ${shape.from}
       WHERE ${shape.always} AND (${shape.at}, ${shape.id}) > (:at, :id) AND ${shape.at} < :until
         AND ${open}${sql}
       ORDER BY ${shape.at}, ${shape.id} LIMIT :limit`,
      { at: after.at, id: after.id, until, start: query.from, limit, ...params },
    );
    return rows.map(query.order === 'paid' ? toReceiptRow : toRow);
  }

  /** First moment at or after `at` that any row of this order has; undefined = none before `until`. */
  function nextMoment(order: FactsQuery['order'], at: number, until: number): number | undefined {
    const shape = SHAPES[order];
    const table = shape.from.split(' JOIN ')[0];
    const found = db.get<{ at: number | null }>(
      `SELECT min(${shape.at}) AS at FROM ${table} WHERE ${shape.always} AND ${shape.at} >= ?`,
      [at],
    )?.at;
    return found === null || found === undefined || found >= until ? undefined : found;
  }

  return {
    save(facts, receipts) {
      db.run(upsert, { ...facts });
      for (const { by, ...receipt } of receipts) {
        db.run(
          `INSERT OR REPLACE INTO dossier_receipts
             (payment_id, dossier_id, paid_at, cancelled_at, amount, way, taken_by, exempt)
           VALUES (:paymentId, :dossierId, :paidAt, :cancelledAt, :amount, :way, :by, :exempt)`,
          { ...receipt, by },
        );
      }
    },
    get: (id) => db.get<DossierFacts>(`SELECT ${SELECT} FROM dossier_facts f WHERE f.id = ?`, [id]),
    page(query, after, limit) {
      const first = query.alsoOpen ? Number.MIN_SAFE_INTEGER : query.from;
      const begin = nextMoment(query.order, after?.at ?? first, query.to);
      if (begin === undefined) return { rows: [], next: null };
      const until = Math.min(begin + WINDOW, query.to);
      const place = after ?? { at: begin, id: '' };
      const rows = stretch(query, place, until, limit);
      const last = rows.at(-1);
      if (last && rows.length === limit) return { rows, next: placeOf(query.order, last) };
      // Nothing sorts behind the last moment of the stretch: the next call begins at its end.
      return { rows, next: until >= query.to ? null : { at: until, id: '' } };
    },
    byField: (from, to) =>
      db.all<FieldDay>(
        `SELECT name, sum(received) AS received, sum(returned) AS returned, sum(late) AS late FROM (
           SELECT field_name AS name, 1 AS received, 0 AS returned, 0 AS late FROM dossier_facts
             WHERE entered_at >= :from AND entered_at < :to AND received_at IS NOT NULL
           UNION ALL
           SELECT field_name, 0, 1, due_at IS NOT NULL AND coalesce(finished_at, handed_out_at) > due_at
             FROM dossier_facts WHERE handed_out_at >= :from AND handed_out_at < :to
         ) GROUP BY name ORDER BY name`,
        { from, to },
      ),
    received(from, to, filters) {
      const { sql, params } = filterSql(filters, SHAPES.entered);
      return db.get<{ n: number }>(
        `SELECT count(*) AS n FROM dossier_facts f WHERE f.entered_at IS NOT NULL AND f.entered_at >= :from
           AND f.entered_at < :to AND f.received_at IS NOT NULL${sql}`,
        { from, to, ...params },
      )!.n;
    },
  };
}

/** Where a row stands in its query's order. */
export function placeOf(order: FactsQuery['order'], { dossier, receipt }: FactsRow): FactsPlace {
  if (order === 'paid') return { at: receipt!.paidAt, id: receipt!.paymentId };
  return { at: (order === 'due' ? dossier.dueAt : dossier.enteredAt)!, id: dossier.id };
}

function toRow(row: Readonly<Record<string, SqlValue>>): FactsRow {
  return { dossier: row as unknown as DossierFacts, receipt: null };
}

function toReceiptRow(row: Readonly<Record<string, SqlValue>>): FactsRow {
  const { paymentId, dossierId, paidAt, cancelledAt, amount, way, takenBy, exempt, ...dossier } = row;
  const receipt = { paymentId, dossierId, paidAt, cancelledAt, amount, way, by: takenBy, exempt };
  return { dossier: dossier as unknown as DossierFacts, receipt: receipt as unknown as ReceiptFacts };
}

import { CounterError } from '../../contract/errors.ts';
import type { ReceiptRow } from '../../contract/fees.ts';
import type { Database } from './database.ts';

/** A receipt book: mẫu số, ký hiệu, and the year in which its numbers run. */
export interface ReceiptBook {
  readonly form: string;
  readonly sign: string;
  readonly year: number;
}

export interface NewReceipt extends ReceiptBook {
  readonly number: number;
  readonly paymentId: string;
  readonly dossierId: string;
  readonly at: string;
  /** `yyyy-MM-dd` at the counter. */
  readonly day: string;
  readonly by: string;
  readonly amount: number;
  readonly way: ReceiptRow['way'];
  readonly reference: string;
}

export interface Cancellation {
  readonly at: string;
  readonly day: string;
  readonly by: string;
  readonly reason: string;
}

/** As kept: with the days at the counter, by which totals are made. */
export interface KeptReceipt extends ReceiptRow {
  readonly day: string;
  readonly cancelledDay: string | null;
}

/** Receipts under the numbers of their books: a line is added or cancelled, never changed or taken out. */
export interface Receipts {
  /** The number that the next receipt gets; nobody's until `add`. */
  next(book: ReceiptBook): number;
  /** Belongs in the transaction of the payment's event. Throws STORE_CONFLICT {reason: 'number'} where it is not next. */
  add(receipt: NewReceipt): void;
  /** Belongs in the transaction of its event. Throws RECEIPT_UNKNOWN where there is none, or it is cancelled already. */
  cancel(paymentId: string, cancellation: Cancellation): void;
  /** Issued or cancelled on that day, by book and number. */
  ofDay(day: string): readonly KeptReceipt[];
  ofDossier(dossierId: string): readonly KeptReceipt[];
}

interface Row extends Omit<KeptReceipt, 'cancelled'> {
  readonly cancelledAt: string | null;
  readonly cancelledBy: string | null;
  readonly cancelledReason: string | null;
}

const SELECT = `SELECT r.payment_id AS paymentId, r.dossier_id AS dossierId, coalesce(d.code, '') AS dossierCode,
  coalesce(d.applicant_name, '') AS applicant, r.form, r.sign, r.year, r.number, r.at, r.day, r.taken_by AS "by",
  r.amount, r.way, r.reference, r.cancelled_at AS cancelledAt, r.cancelled_day AS cancelledDay,
  r.cancelled_by AS cancelledBy, r.cancelled_reason AS cancelledReason
  FROM receipts r LEFT JOIN dossiers d ON d.id = r.dossier_id`;
const ORDER = 'ORDER BY r.form, r.sign, r.year, r.number';

export function receiptsOf(db: Database): Receipts {
  const next = ({ form, sign, year }: ReceiptBook): number =>
    1 +
    (db.get<{ last: number | null }>(
      'SELECT max(number) AS last FROM receipts WHERE form = ? AND sign = ? AND year = ?',
      [form, sign, year],
    )?.last ?? 0);
  return {
    next,
    add: (receipt) =>
      db.transaction(() => {
        if (next(receipt) !== receipt.number)
          throw new CounterError('STORE_CONFLICT', { reason: 'number', number: receipt.number });
        db.run(
          `INSERT INTO receipts (payment_id, dossier_id, form, sign, year, number, at, day, taken_by, amount, way,
             reference)
           VALUES (:paymentId, :dossierId, :form, :sign, :year, :number, :at, :day, :by, :amount, :way, :reference)`,
          { ...receipt },
        );
      }),
    cancel(paymentId, { at, day, by, reason }) {
      const changed = db.run(
        `UPDATE receipts SET cancelled_at = ?, cancelled_day = ?, cancelled_by = ?, cancelled_reason = ?
         WHERE payment_id = ? AND cancelled_at IS NULL`,
        [at, day, by, reason, paymentId],
      );
      if (changed !== 1) throw new CounterError('RECEIPT_UNKNOWN');
    },
    ofDay: (day) =>
      db
        .all<Row>(`${SELECT} WHERE r.day = :day UNION ${SELECT} WHERE r.cancelled_day = :day`, { day })
        .map(toReceipt)
        .sort(byNumber),
    ofDossier: (dossierId) =>
      db.all<Row>(`${SELECT} WHERE r.dossier_id = ? ${ORDER}`, [dossierId]).map(toReceipt),
  };
}

function toReceipt({ cancelledAt, cancelledBy, cancelledReason, ...row }: Row): KeptReceipt {
  const cancelled =
    cancelledAt === null ? null : { at: cancelledAt, by: cancelledBy ?? '', reason: cancelledReason ?? '' };
  return { ...row, cancelled };
}

function byNumber(a: KeptReceipt, b: KeptReceipt): number {
  const book = (r: KeptReceipt) => JSON.stringify([r.form, r.sign, r.year]);
  if (book(a) !== book(b)) return book(a) < book(b) ? -1 : 1;
  return a.number - b.number;
}

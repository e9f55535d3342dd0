import { describe, expect, it } from 'vitest';
import { rebuild } from '../../../src/main/store/projection.ts';
import { type NewReceipt, receiptsOf } from '../../../src/main/store/receipts.ts';
import { AT, codeOf, tempDatabase } from './fixtures.ts';

const BOOK = { form: '01BLP', sign: 'AA/26P', year: 2026 };

function receipt(number: number, more: Partial<NewReceipt> = {}): NewReceipt {
  return {
    ...BOOK,
    number,
    paymentId: `${more.sign ?? ''}${more.year ?? ''} ${number}`,
    dossierId: 'd-1',
    at: AT,
    day: '2026-11-23',
    by: 'Nông Thị Mẫu',
    amount: 8000,
    way: 'cash',
    reference: '',
    ...more,
  };
}
const CANCELLED = { at: AT, day: '2026-11-24', by: 'Lý Văn Thử', reason: 'Thu nhầm' };

describe('the book of receipts', () => {
  it('counts each form, each sign and each year from one', async () => {
    const receipts = receiptsOf(await tempDatabase());
    expect(receipts.next(BOOK)).toBe(1);
    receipts.add(receipt(1));
    receipts.add(receipt(2));
    receipts.add(receipt(1, { sign: 'AB/26P' }));
    receipts.add(receipt(1, { year: 2027 }));
    expect(receipts.next(BOOK)).toBe(3);
    expect(receipts.next({ ...BOOK, sign: 'AB/26P' })).toBe(2);
    expect(receipts.next({ ...BOOK, form: '02' })).toBe(1);
  });

  it('has no gap, no number twice and no payment twice', async () => {
    const db = await tempDatabase();
    const receipts = receiptsOf(db);
    receipts.add(receipt(1));
    expect(await codeOf(() => receipts.add(receipt(3)))).toBe('STORE_CONFLICT');
    expect(await codeOf(() => receipts.add(receipt(1, { paymentId: 'other' })))).toBe('STORE_CONFLICT');
    expect(() => receipts.add(receipt(2, { paymentId: ' 1' }))).toThrow('UNIQUE');
    const bare = { ...receipt(5), paymentId: 'x', by: 'x' };
    expect(() =>
      db.run(
        `INSERT INTO receipts (payment_id, dossier_id, form, sign, year, number, at, day, taken_by, amount, way, reference)
         VALUES (:paymentId, :dossierId, :form, :sign, :year, :number, :at, :day, :by, :amount, :way, :reference)`,
        { ...bare },
      ),
    ).toThrow('no gaps');
    expect(receipts.next(BOOK)).toBe(2);
  });

  it('gives no number back when its transaction is undone', async () => {
    const db = await tempDatabase();
    const receipts = receiptsOf(db);
    const undone = () =>
      db.transaction(() => {
        receipts.add(receipt(1));
        throw new Error('power');
      });
    expect(undone).toThrow('power');
    expect(receipts.next(BOOK)).toBe(1);
    expect(receipts.ofDay('2026-11-23')).toEqual([]);
  });

  it('is cancelled once, and changed or thinned in no other way', async () => {
    const db = await tempDatabase();
    const receipts = receiptsOf(db);
    receipts.add(receipt(1));
    receipts.add(receipt(2, { way: 'transfer', reference: 'FT1' }));
    receipts.cancel(' 1', CANCELLED);
    expect(await codeOf(() => receipts.cancel(' 1', CANCELLED))).toBe('RECEIPT_UNKNOWN');
    expect(await codeOf(() => receipts.cancel('nobody', CANCELLED))).toBe('RECEIPT_UNKNOWN');
    for (const sql of [
      "UPDATE receipts SET amount = 1 WHERE payment_id = ' 2'",
      "UPDATE receipts SET cancelled_reason = 'x' WHERE payment_id = ' 1'",
      `UPDATE receipts SET cancelled_at = NULL, cancelled_day = NULL, cancelled_by = NULL, cancelled_reason = NULL
        WHERE payment_id = ' 1'`,
      'UPDATE receipts SET number = 9 WHERE number = 2',
    ]) {
      expect(() => db.run(sql), sql).toThrow('only ever cancelled');
    }
    expect(() => db.run('DELETE FROM receipts')).toThrow('immutable');
    expect(receipts.next(BOOK)).toBe(3);
    expect(receipts.ofDossier('d-1').map((r) => [r.number, r.cancelled])).toEqual([
      [1, { at: AT, by: 'Lý Văn Thử', reason: 'Thu nhầm' }],
      [2, null],
    ]);
  });

  it('shows on a day what was issued and what was cancelled on it, once each, by number', async () => {
    const receipts = receiptsOf(await tempDatabase());
    for (let n = 1; n <= 12; n += 1) receipts.add(receipt(n, { day: n === 2 ? '2026-11-22' : '2026-11-23' }));
    receipts.cancel(' 2', { ...CANCELLED, day: '2026-11-23' });
    receipts.cancel(' 3', { ...CANCELLED, day: '2026-11-23' });
    expect(receipts.ofDay('2026-11-23').map((r) => r.number)).toEqual([
      1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12,
    ]);
    expect(receipts.ofDay('2026-11-22').map((r) => r.number)).toEqual([2]);
    expect(receipts.ofDay('2026-11-24')).toEqual([]);
  });

  it('outlives a replay of the dossiers', async () => {
    const db = await tempDatabase();
    const receipts = receiptsOf(db);
    receipts.add(receipt(1));
    rebuild(db, () => {
      throw new Error('no dossier');
    });
    expect(receipts.ofDay('2026-11-23')).toHaveLength(1);
  });
});

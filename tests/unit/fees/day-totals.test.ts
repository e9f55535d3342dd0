import { describe, expect, it } from 'vitest';
import { feeDay } from '../../../src/contract/fees.ts';
import { type DatedReceipt, feeDayOf } from '../../../src/main/fees/day-totals.ts';
import { uuid } from '../dossiers/samples.ts';

const DAY = '2026-10-08';
const EARLIER = '2026-10-07';

function receipt(number: number, more: Partial<DatedReceipt> = {}): DatedReceipt {
  return {
    paymentId: uuid(number),
    dossierId: uuid(1),
    dossierCode: 'H14.22.05-261008-0001',
    applicant: 'Hoàng Văn Thử',
    form: '01BLP',
    sign: 'AA/26P',
    year: 2026,
    number,
    at: '2026-10-08T02:00:00.000Z',
    by: 'Nông Thị Mẫu',
    amount: 8000,
    way: 'cash',
    reference: '',
    cancelled: null,
    day: DAY,
    cancelledDay: null,
    ...more,
  };
}
const cancelled = (day: string) => ({
  cancelled: { at: `${day}T03:00:00.000Z`, by: 'Lý Văn Thử', reason: 'Thu nhầm' },
  cancelledDay: day,
});
const none = { amount: 0, count: 0 };

describe('takings of a day', () => {
  it('of which nothing is known are nothing', () => {
    const empty = feeDayOf(DAY, []);
    expect(feeDay.parse(empty)).toEqual(empty);
    expect(empty).toEqual({
      day: DAY,
      taken: { cash: none, transfer: none },
      cancelled: { cash: none, transfer: none },
      kept: { cash: 0, transfer: 0 },
      numbers: [],
      clerks: [],
      receipts: [],
    });
  });

  it('tell cash, transfers and cancelled receipts apart', () => {
    const of = feeDayOf(DAY, [
      receipt(5),
      receipt(6, { way: 'transfer', amount: 20_000 }),
      receipt(7, { amount: 50_000, ...cancelled(DAY) }),
    ]);
    expect(feeDay.parse(of)).toEqual(of);
    expect(of.taken).toEqual({ cash: { amount: 58_000, count: 2 }, transfer: { amount: 20_000, count: 1 } });
    expect(of.cancelled).toEqual({ cash: { amount: 50_000, count: 1 }, transfer: none });
    expect(of.kept).toEqual({ cash: 8000, transfer: 20_000 });
    expect(of.receipts.map((r) => r.number)).toEqual([5, 6, 7]);
    expect(of.numbers).toEqual([{ form: '01BLP', sign: 'AA/26P', year: 2026, from: 5, to: 7 }]);
  });

  it('of a day that has ended do not change when one of its receipts is cancelled later', () => {
    const open = feeDayOf(EARLIER, [receipt(1, { day: EARLIER })]);
    const later = receipt(1, { day: EARLIER, ...cancelled(DAY) });
    const ended = feeDayOf(EARLIER, [later]);
    expect([ended.taken, ended.cancelled, ended.kept]).toEqual([open.taken, open.cancelled, open.kept]);
    const today = feeDayOf(DAY, [later]);
    expect(today.kept).toEqual({ cash: -8000, transfer: 0 });
    expect(today.numbers).toEqual([]);
    expect(feeDay.safeParse(today).success).toBe(true);
  });

  it('give each clerk numbers from–to, and the sums add up', () => {
    const receipts = [
      receipt(1),
      receipt(2, { by: 'Lý Văn Thử', way: 'transfer' }),
      receipt(3),
      receipt(4, cancelled(DAY)),
      receipt(1, { sign: 'AB/26P', paymentId: uuid(77) }),
    ];
    const of = feeDayOf(DAY, receipts);
    const clerk = of.clerks.find((c) => c.by === 'Nông Thị Mẫu');
    expect(clerk?.numbers.map((n) => [n.sign, n.from, n.to])).toEqual([
      ['AA/26P', 1, 1],
      ['AA/26P', 3, 4],
      ['AB/26P', 1, 1],
    ]);
    expect(of.clerks.reduce((sum, c) => sum + c.kept.cash + c.kept.transfer, 0)).toBe(
      of.kept.cash + of.kept.transfer,
    );
  });
});

import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FeeLine } from '../../../src/contract/fees.ts';
import { localDay } from '../../../src/main/calendar/local-time.ts';
import { projectDossier } from '../../../src/main/engine/journal.ts';
import { parseVietQr } from '../../../src/main/fees/vietqr.ts';
import { CLERK, refusal, startCounter, type TestCounter } from './support/counter.ts';

const FEES = {
  book: { form: '01BLP2-001', sign: 'AA/{yy}P' },
  account: { bin: '970415', number: '1234567890', name: 'UBND xã Bảo Lâm' },
};
const LINE: FeeLine = {
  ...{ code: 'P1', name: 'Bản sao trích lục', kind: 'fee', amount: 8000, quantity: 2, due: 'reception' },
  exemption: null,
};
const LATER: FeeLine = { ...LINE, code: 'P2', name: 'Lệ phí cấp giấy', kind: 'charge', due: 'return' };
/** One moment for all: the day must not change under a test. */
const NOW = new Date();
const TODAY = localDay(NOW);
const SIGN = `AA/${TODAY.slice(2, 4)}P`;

let counter: TestCounter;
beforeEach(async () => {
  counter = await startCounter({ config: { fees: FEES }, clock: { now: () => NOW } });
});
afterEach(() => counter.stop());

async function receivedWith(...fees: FeeLine[]): Promise<string> {
  const { id } = await counter.ready('one');
  await counter.call('dossiers.receive', { dossierId: id });
  await counter.call('fees.set', { dossierId: id, fees });
  return id;
}

describe('fees at the counter', () => {
  it('are set, shown as a transfer code, paid, and told to the province', async () => {
    const dossierId = await receivedWith(LINE, LATER);
    const qr = await counter.call('fees.qr', { dossierId, due: ['reception'] });
    const { code } = await counter.call('dossiers.get', { dossierId });
    expect(parseVietQr(qr.text)).toEqual({
      bin: '970415',
      account: '1234567890',
      amount: 16_000,
      purpose: code?.value.replaceAll(/[.-]/g, ' '),
    });
    const paid = await counter.call('fees.pay', {
      dossierId,
      due: ['reception'],
      way: 'transfer',
      reference: 'FT26281',
      expected: 16_000,
    });
    expect(paid.payments).toMatchObject([
      { amount: 16_000, way: 'transfer', reference: 'FT26281', by: CLERK, lines: [LINE], cancelled: null },
    ]);
    const { documentId, ...receipt } = paid.payments[0]!.receipt;
    expect(receipt).toEqual({ form: '01BLP2-001', sign: SIGN, number: 1 });
    const paper = await counter.call('documents.read', { documentId: documentId! });
    expect([paper.name, Buffer.from(paper.base64, 'base64').subarray(0, 5).toString()]).toEqual([
      'fee-receipt.pdf',
      '%PDF-',
    ]);
    expect((await counter.sent(dossierId)).delivery).toBe('sent');
    expect((await counter.call('fees.qr', { dossierId })).amount).toBe(16_000);
  });

  it('are not taken twice, neither by two clicks nor by a repeated message', async () => {
    const dossierId = await receivedWith(LINE);
    const paymentId = randomUUID();
    const pay = (id: string) => counter.call('fees.pay', { dossierId, paymentId: id, way: 'cash' });
    const [first, again, other] = await Promise.allSettled([
      pay(paymentId),
      pay(paymentId),
      pay(randomUUID()),
    ]);
    expect([first.status, again.status, other.status]).toEqual(['fulfilled', 'fulfilled', 'rejected']);
    expect((await refusal(pay(randomUUID()))).code).toBe('FEE_NOTHING_DUE');
    expect((await refusal(counter.call('fees.qr', { dossierId }))).code).toBe('FEE_NOTHING_DUE');
    const { payments } = await counter.call('dossiers.get', { dossierId });
    expect(payments.map((p) => p.id)).toEqual([paymentId]);
    expect((await counter.call('fees.day', { day: TODAY })).receipts.map((r) => r.number)).toEqual([1]);
  });

  it('get numbers without a gap through payments at once, refusals and a restart', async () => {
    const ids = [await receivedWith(LINE), await receivedWith(LINE, LATER)];
    const wrong = counter.call('fees.pay', { dossierId: ids[0]!, way: 'cash', expected: 1 });
    const all = await Promise.allSettled([
      wrong,
      counter.call('fees.pay', { dossierId: ids[1]!, way: 'cash', due: ['reception'] }),
      counter.call('fees.pay', { dossierId: ids[0]!, way: 'cash' }),
    ]);
    expect(all.map((r) => r.status)).toEqual(['rejected', 'fulfilled', 'fulfilled']);
    await counter.restart();
    await counter.call('fees.pay', { dossierId: ids[1]!, way: 'transfer' });
    const day = await counter.call('fees.day', { day: TODAY });
    expect(day.receipts.map((r) => [r.number, r.dossierId])).toEqual([
      [1, ids[1]],
      [2, ids[0]],
      [3, ids[1]],
    ]);
    expect(day.taken).toEqual({
      cash: { amount: 32_000, count: 2 },
      transfer: { amount: 16_000, count: 1 },
    });
    expect(day.clerks.map((c) => [c.by, c.numbers])).toEqual([
      [CLERK, [{ form: '01BLP2-001', sign: SIGN, year: Number(TODAY.slice(0, 4)), from: 1, to: 3 }]],
    ]);
    expect(day.receipts.every((r) => r.dossierCode !== '' && r.applicant !== '')).toBe(true);
  });

  it('are cancelled by a supervisor alone; the number stays and the money is owed again', async () => {
    const dossierId = await receivedWith(LINE);
    const paid = await counter.call('fees.pay', { dossierId, way: 'cash' });
    const cancel = { dossierId, paymentId: paid.payments[0]!.id, reason: 'Thu nhầm' };
    expect((await refusal(counter.call('fees.cancelReceipt', cancel))).code).toBe('FORBIDDEN_ROLE');
    expect((await refusal(counter.call('fees.set', { dossierId, fees: [] }))).code).toBe('FEE_PAID');
    counter.writeConfig({ user: { name: 'Lý Văn Thử', role: 'supervisor' } });
    await counter.restart();
    await counter.call('fees.cancelReceipt', cancel);
    const twice = await counter.call('fees.cancelReceipt', cancel);
    expect(twice.payments[0]?.cancelled).toMatchObject({ by: 'Lý Văn Thử', reason: 'Thu nhầm' });
    const again = await counter.call('fees.pay', { dossierId, way: 'cash' });
    expect(again.payments.map((p) => p.receipt.number)).toEqual([1, 2]);
    const day = await counter.call('fees.day', { day: TODAY });
    expect([day.taken.cash, day.cancelled.cash, day.kept.cash]).toEqual([
      { amount: 32_000, count: 2 },
      { amount: 16_000, count: 1 },
      16_000,
    ]);
    await counter.closeEngine();
    await counter.withStore((store) => {
      const before = store.receipts.ofDossier(dossierId);
      store.rebuild(projectDossier);
      expect(store.receipts.ofDossier(dossierId)).toEqual(before);
      expect(before.map((r) => [r.number, r.cancelled?.reason])).toEqual([
        [1, 'Thu nhầm'],
        [2, undefined],
      ]);
    });
  });

  it('are not taken before reception, nor where the unit has no book or no account', async () => {
    const { id: dossierId } = await counter.draft();
    await counter.call('fees.set', { dossierId, fees: [LINE] });
    const pay = () => refusal(counter.call('fees.pay', { dossierId, way: 'cash' }));
    expect((await pay()).code).toBe('DOSSIER_STATE');
    expect((await refusal(counter.call('fees.qr', { dossierId }))).code).toBe('DOSSIER_STATE');
    counter.writeConfig({ fees: {} });
    await counter.restart();
    expect(await pay()).toEqual({ code: 'CONFIG_INVALID', details: { setting: 'fees.book' } });
    expect((await refusal(counter.call('fees.qr', { dossierId }))).details).toEqual({
      setting: 'fees.account',
    });
  });

  it('are proposed from the catalogue', async () => {
    const { id: dossierId } = await counter.draft();
    expect(await counter.call('fees.propose', { dossierId })).toEqual({ lines: [], needsQuantity: false });
  });
});

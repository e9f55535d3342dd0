import { describe, expect, it } from 'vitest';
import { dossierView } from '../../../src/contract/model.ts';
import { apply, type Dossier, toView } from '../../../src/main/dossiers/dossier.ts';
import type { DossierEvent } from '../../../src/main/dossiers/events.ts';
import { cancelReceipt, pay, setFees } from '../../../src/main/fees/commands.ts';
import { lineNet, netOf, owed, owedLines } from '../../../src/main/fees/lines.ts';
import { stamp, uuid } from '../dossiers/samples.ts';
import { codeOf, line, randomOf, received } from './support.ts';

const COPY = line('Bản sao trích lục', { quantity: 3 });
const LATER = line('Lệ phí cấp giấy', { kind: 'charge', amount: 50_000, due: 'return' });
const POOR = line('Lệ phí cư trú', {
  amount: 20_000,
  exemption: { off: 20_000, reason: 'Hộ nghèo', ground: '' },
});
const paying = (paymentId: string, more: Partial<Parameters<typeof pay>[1]> = {}) => ({
  paymentId,
  due: [],
  way: 'cash' as const,
  reference: '',
  expected: undefined,
  ...more,
});
const receipt = (number: number) => ({ form: '', sign: 'AA/26P', number, documentId: null });
const follow = (d: Dossier, events: readonly DossierEvent[]) => events.reduce<Dossier>(apply, d);
const withFees = (...fees: Parameters<typeof setFees>[1][number][]) =>
  follow(received(), setFees(received(), fees, stamp(1)));

describe('what a dossier costs', () => {
  it('is quantity times amount, less what is exempted', () => {
    expect(lineNet(COPY)).toBe(24_000);
    expect(lineNet(POOR)).toBe(0);
    expect(netOf([COPY, LATER, POOR])).toBe(74_000);
  });

  it('is kept as it was set, and setting it again changes nothing', () => {
    const d = withFees(COPY, POOR);
    expect(dossierView.parse(toView(d)).fees).toEqual([COPY, POOR]);
    expect(setFees(d, [COPY, POOR], stamp(2))).toEqual([]);
  });

  it('is owed by stage, without what is wholly exempted', () => {
    const d = withFees(COPY, LATER, POOR);
    expect(owed(d)).toBe(74_000);
    expect(owed(d, ['reception'])).toBe(24_000);
    expect(owedLines(d, ['return'])).toEqual([LATER]);
    expect(owed(d, ['supplement'])).toBe(0);
  });

  it('is refused where an exemption takes off more than there is', () => {
    const wrong = { ...COPY, exemption: { off: 24_001, reason: 'Hộ nghèo', ground: '' } };
    expect(codeOf(() => setFees(received(), [wrong], stamp()))).toBe('BAD_REQUEST');
  });

  it('is refused beyond what a payment can hold', () => {
    const huge = line('Phí', { amount: 1_000_000_000_000, quantity: 2 });
    expect(codeOf(() => setFees(received(), [huge], stamp()))).toBe('BAD_REQUEST');
  });
});

describe('taking money', () => {
  it('settles all lines under one receipt', () => {
    const d = withFees(COPY, LATER);
    const paid = follow(d, pay(d, paying(uuid(9), { expected: 74_000 }), receipt(1), stamp(3)));
    expect(owed(paid)).toBe(0);
    expect(paid.payments).toEqual([
      {
        ...{ id: uuid(9), at: stamp(3).at, by: stamp(3).actor, amount: 74_000, way: 'cash', reference: '' },
        ...{ receipt: receipt(1), lines: [COPY, LATER], cancelled: null },
      },
    ]);
    expect(dossierView.safeParse(toView(paid)).success).toBe(true);
  });

  it('twice is refused; the same message twice is one payment', () => {
    const d = withFees(COPY);
    const paid = follow(d, pay(d, paying(uuid(9)), receipt(1), stamp(3)));
    expect(codeOf(() => pay(paid, paying(uuid(10)), receipt(2), stamp(4)))).toBe('FEE_NOTHING_DUE');
    expect(pay(paid, paying(uuid(9)), receipt(2), stamp(4))).toEqual([]);
  });

  it('is refused where the clerk was shown another amount', () => {
    const d = withFees(COPY);
    expect(codeOf(() => pay(d, paying(uuid(9), { expected: 23_000 }), receipt(1), stamp()))).toBe(
      'FEE_AMOUNT_DIFFERS',
    );
  });

  it('is refused for a draft, for one given up and for one closed', () => {
    for (const state of ['discarded', 'closed'] as const) {
      const d = { ...withFees(COPY), state };
      expect(codeOf(() => pay(d, paying(uuid(9)), receipt(1), stamp()))).toBe('DOSSIER_STATE');
      expect(codeOf(() => setFees(d, [], stamp()))).toBe('DOSSIER_STATE');
    }
    const draft: Dossier = { ...withFees(COPY), state: 'draft', receivedVersion: 0 };
    expect(codeOf(() => pay(draft, paying(uuid(9)), receipt(1), stamp()))).toBe('DOSSIER_STATE');
    expect(setFees(draft, [LATER], stamp())).toHaveLength(1);
  });

  it('holds the paid lines fast until the receipt is cancelled', () => {
    const d = withFees(COPY, LATER);
    const paid = follow(d, pay(d, paying(uuid(9), { due: ['reception'] }), receipt(1), stamp(3)));
    expect(owedLines(paid)).toEqual([LATER]);
    expect(codeOf(() => setFees(paid, [{ ...COPY, quantity: 2 }, LATER], stamp()))).toBe('FEE_PAID');
    expect(codeOf(() => setFees(paid, [LATER], stamp()))).toBe('FEE_PAID');
    expect(setFees(paid, [COPY], stamp())).toHaveLength(1);
    const undone = follow(paid, cancelReceipt(paid, { paymentId: uuid(9), reason: 'Thu nhầm' }, stamp(5)));
    expect(owed(undone)).toBe(74_000);
    expect(setFees(undone, [LATER], stamp())).toHaveLength(1);
  });

  it('leaves its number and its reason with a cancelled receipt, and cancelling again changes nothing', () => {
    const d = withFees(COPY);
    const paid = follow(d, pay(d, paying(uuid(9)), receipt(7), stamp(3)));
    const undone = follow(paid, cancelReceipt(paid, { paymentId: uuid(9), reason: ' Thu nhầm ' }, stamp(5)));
    expect(undone.payments[0]?.receipt.number).toBe(7);
    expect(undone.payments[0]?.cancelled).toEqual({
      at: stamp(5).at,
      by: stamp(5).actor,
      reason: 'Thu nhầm',
    });
    expect(cancelReceipt(undone, { paymentId: uuid(9), reason: 'x' }, stamp())).toEqual([]);
    expect(codeOf(() => cancelReceipt(undone, { paymentId: uuid(8), reason: 'x' }, stamp()))).toBe(
      'RECEIPT_UNKNOWN',
    );
    expect(codeOf(() => cancelReceipt(paid, { paymentId: uuid(9), reason: ' ' }, stamp()))).toBe(
      'BAD_REQUEST',
    );
  });
});

/** A plain ledger: how often each line is asked and paid, written without the code under test. */
interface Ledger {
  asked: number[];
  receipts: { id: string; lines: number[]; cancelled: boolean }[];
}

const PALETTE = [
  COPY,
  LATER,
  POOR,
  line('Phí bổ sung', { due: 'supplement', amount: 1 }),
  line('Phí chung', { exemption: { off: 3000, reason: 'Trẻ em', ground: 'NQ 1' } }),
];
const STAGES = ['reception', 'supplement', 'return'] as const;

const priceOf = (i: number) => {
  const { amount, quantity, exemption } = PALETTE[i]!;
  return amount * quantity - (exemption?.off ?? 0);
};
const paidOf = (m: Ledger, i: number) =>
  m.receipts.filter((r) => !r.cancelled).reduce((n, r) => n + (r.lines[i] ?? 0), 0);
const owedOf = (m: Ledger, due: readonly string[]) =>
  PALETTE.map((l, i) =>
    priceOf(i) > 0 && (due.length === 0 || due.includes(l.due)) ? m.asked[i]! - paidOf(m, i) : 0,
  );
const worth = (counts: readonly number[]) => counts.reduce((sum, n, i) => sum + n * priceOf(i), 0);

describe('100,000 random walks of fees, payments and cancellations', () => {
  it('agree with a plain ledger at each step', () => {
    const random = randomOf(7);
    const fresh = received();
    let changes = 0;
    const seen: Record<string, number> = {};
    for (let walk = 0; walk < 100_000; walk += 1) {
      let d = fresh;
      const model: Ledger = { asked: PALETTE.map(() => 0), receipts: [] };
      let number = 0;
      for (let step = 0; step < 8; step += 1) {
        const before = d;
        let expected = 'none';
        let advance: () => void = () => undefined;
        let decide: () => readonly DossierEvent[];
        const kind = random.below(5);
        if (kind <= 1) {
          const asked = PALETTE.map(() => random.below(3));
          decide = () =>
            setFees(
              before,
              asked.flatMap((n, i) => Array(n).fill(PALETTE[i])),
              stamp(step),
            );
          if (asked.some((n, i) => n < paidOf(model, i))) expected = 'FEE_PAID';
          advance = () => {
            model.asked = asked;
          };
        } else if (kind <= 3) {
          const due = STAGES.filter(() => random.below(3) === 0);
          const lines = owedOf(model, due);
          const paymentId = uuid(1000 + number);
          const told = random.below(8) === 0 ? worth(lines) + 1 : worth(lines);
          decide = () =>
            pay(before, paying(paymentId, { due, expected: told }), receipt(number + 1), stamp());
          if (worth(lines) === 0) expected = 'FEE_NOTHING_DUE';
          else if (told !== worth(lines)) expected = 'FEE_AMOUNT_DIFFERS';
          advance = () => {
            number += 1;
            model.receipts.push({ id: paymentId, lines, cancelled: false });
          };
        } else {
          const paymentId = uuid(1000 + random.below(4));
          const found = model.receipts.find((r) => r.id === paymentId);
          decide = () => cancelReceipt(before, { paymentId, reason: 'nhầm' }, stamp(step));
          if (!found) expected = 'RECEIPT_UNKNOWN';
          advance = () => {
            if (found) found.cancelled = true;
          };
        }
        const outcome = codeOf(() => {
          d = follow(before, decide());
        });
        if (outcome !== expected) expect(outcome, `walk ${walk}, step ${step}`).toBe(expected);
        seen[outcome] = (seen[outcome] ?? 0) + 1;
        if (outcome === 'none') advance();
        if (d !== before) changes += 1;
        const live = d.payments.filter((p) => !p.cancelled).reduce((sum, p) => sum + p.amount, 0);
        const ledger = worth(PALETTE.map((_, i) => paidOf(model, i)));
        if (owed(d) !== worth(owedOf(model, [])) || live !== ledger || d.payments.length !== number) {
          expect({ owed: owed(d), live, count: d.payments.length }, `walk ${walk}, step ${step}`).toEqual({
            owed: worth(owedOf(model, [])),
            live: ledger,
            count: number,
          });
        }
        const numbers = d.payments.map((p) => p.receipt.number);
        if (numbers.some((n, i) => n !== i + 1)) expect(numbers).toEqual(numbers.map((_, i) => i + 1));
      }
    }
    expect(changes).toBeGreaterThan(200_000);
    const codes = ['FEE_AMOUNT_DIFFERS', 'FEE_NOTHING_DUE', 'FEE_PAID', 'RECEIPT_UNKNOWN', 'none'];
    expect(Object.keys(seen).sort()).toEqual(codes);
  });
});

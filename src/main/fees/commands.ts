import { CounterError } from '../../contract/errors.ts';
import type { FeeDue, FeeLine, Payment } from '../../contract/fees.ts';
import type { Dossier } from '../dossiers/dossier.ts';
import type { DossierEvent, Stamp } from '../dossiers/events.ts';
import { lineGross, netOf, owedLines, paidLines, without } from './lines.ts';

/*
 * One function a command, as in dossiers/commands.ts: what is asked for in, the events that follow out; what holds
 * already gives none.
 */

/** Largest sum of a dossier, the contract's bound of `dong`. */
const MOST = 1_000_000_000_000;

/**
 * What the dossier costs. Throws FEE_PAID {names, count} where a line would go or change for which money was taken:
 * its receipt is cancelled first. Throws BAD_REQUEST {field} for an exemption of more than the line, and for sums
 * beyond what a payment can hold; DOSSIER_STATE for a dossier that is given up or closed.
 */
export function setFees(dossier: Dossier, lines: readonly FeeLine[], stamp: Stamp): DossierEvent[] {
  mustBeOpen(dossier);
  const fees = lines.map(tidy);
  for (const line of fees) {
    if (line.exemption && line.exemption.off > lineGross(line))
      throw new CounterError('BAD_REQUEST', { field: 'exemption.off' });
  }
  if (fees.reduce((sum, line) => sum + lineGross(line), 0) > MOST)
    throw new CounterError('BAD_REQUEST', { field: 'amount' });
  const gone = without(paidLines(dossier), fees);
  if (gone.length > 0) {
    const names = gone.map((line) => line.name).join('; ');
    throw new CounterError('FEE_PAID', { names, count: gone.length });
  }
  if (JSON.stringify(fees) === JSON.stringify(dossier.fees)) return [];
  return [{ type: 'fees-set', ...stamp, fees }];
}

export interface PayInput {
  readonly paymentId: string;
  /** Stages to be paid for; none = all. */
  readonly due: readonly FeeDue[];
  readonly way: Payment['way'];
  readonly reference: string;
  /** What the payer was told, where that is known. */
  readonly expected: number | undefined;
}

/**
 * The payment that would follow now, under a receipt's number. Null where this very payment was made already.
 * Throws DOSSIER_STATE (not received, given up, closed), FEE_NOTHING_DUE, FEE_AMOUNT_DIFFERS {expected, due}.
 */
export function paymentFor(
  dossier: Dossier,
  input: PayInput,
  receipt: Payment['receipt'],
  stamp: Stamp,
): Payment | null {
  if (dossier.payments.some((p) => p.id === input.paymentId)) return null;
  mustBeOpen(dossier);
  // A draft can be given up, and money for it would then belong to nobody.
  if (dossier.receivedVersion === 0)
    throw new CounterError('DOSSIER_STATE', { state: dossier.state, needed: 'received' });
  const lines = owedLines(dossier, input.due);
  if (lines.length === 0) throw new CounterError('FEE_NOTHING_DUE');
  const amount = netOf(lines);
  const { expected } = input;
  if (expected !== undefined && expected !== amount)
    throw new CounterError('FEE_AMOUNT_DIFFERS', { expected, due: amount });
  return {
    id: input.paymentId,
    at: stamp.at,
    by: stamp.actor,
    amount,
    way: input.way,
    reference: input.reference.normalize('NFC'),
    receipt,
    lines,
    cancelled: null,
  };
}

export function pay(
  dossier: Dossier,
  input: PayInput,
  receipt: Payment['receipt'],
  stamp: Stamp,
): DossierEvent[] {
  const payment = paymentFor(dossier, input, receipt, stamp);
  return payment ? [{ type: 'fee-paid', ...stamp, payment }] : [];
}

/**
 * The money was given back, or never taken: the number stays used and the lines are owed again. Any state: a mistake
 * is found when the day is closed. Throws RECEIPT_UNKNOWN, BAD_REQUEST {field: 'reason'}.
 */
export function cancelReceipt(
  dossier: Dossier,
  input: { paymentId: string; reason: string },
  stamp: Stamp,
): DossierEvent[] {
  const payment = dossier.payments.find((p) => p.id === input.paymentId);
  if (!payment) throw new CounterError('RECEIPT_UNKNOWN');
  const reason = input.reason.normalize('NFC').trim();
  if (reason === '') throw new CounterError('BAD_REQUEST', { field: 'reason' });
  if (payment.cancelled) return [];
  return [{ type: 'receipt-cancelled', ...stamp, paymentId: payment.id, reason }];
}

function mustBeOpen(dossier: Dossier): void {
  if (dossier.state === 'discarded' || dossier.state === 'closed')
    throw new CounterError('DOSSIER_STATE', { state: dossier.state, reason: 'ended' });
}

function tidy(line: FeeLine): FeeLine {
  const { code, name, kind, amount, quantity, due, exemption } = line;
  const clean = (text: string) => text.normalize('NFC').trim();
  return {
    code: clean(code),
    name: clean(name),
    kind,
    amount,
    quantity,
    due,
    exemption: exemption && {
      off: exemption.off,
      reason: clean(exemption.reason),
      ground: clean(exemption.ground),
    },
  };
}

import { randomUUID } from 'node:crypto';
import { CounterError } from '../../../contract/errors.ts';
import type { FeeLine } from '../../../contract/fees.ts';
import type { FEES_OPERATIONS } from '../../../contract/operations/fees.ts';
import { localDay } from '../../calendar/local-time.ts';
import { type Dossier, toView } from '../../dossiers/dossier.ts';
import { cancelReceipt, type PayInput, pay, paymentFor, setFees } from '../../fees/commands.ts';
import { feeDayOf } from '../../fees/day-totals.ts';
import { proposeFees, readFeeScales } from '../../fees/propose.ts';
import { transferCodeOf } from '../../fees/transfer.ts';
import type { ReceiptBook } from '../../store/receipts.ts';
import type { FieldParts, HandlersOf } from '../field-parts.ts';
import { once } from '../once.ts';
import { oneAtATime } from '../one-at-a-time.ts';

export interface FeesParts extends Pick<FieldParts, 'journal' | 'clock' | 'tellProvince' | 'onQueued'> {
  readonly store: Pick<FieldParts['store'], 'receipts'>;
  readonly config: Pick<FieldParts['config'], 'fees'>;
  readonly resources: Pick<FieldParts['resources'], 'json'>;
  /** Draws the receipts; absent = they have no paper of their own. */
  readonly slips?: Pick<FieldParts['slips'], 'prepare'>;
}

export function createFeesHandlers(parts: FeesParts): HandlersOf<typeof FEES_OPERATIONS> {
  const { store, journal, clock, config, resources } = parts;

  const feeScales = once(async () => readFeeScales(await resources.json('fee-scales.json')));

  /** The book that is open at this moment. */
  function openBook(at: Date): ReceiptBook {
    const { book } = config.fees;
    if (!book) throw new CounterError('CONFIG_INVALID', { setting: 'fees.book' });
    const year = localDay(at).slice(0, 4);
    return { form: book.form, sign: book.sign.replaceAll('{yy}', year.slice(2)), year: Number(year) };
  }

  /** The number is looked up before the paper is drawn; it is the receipt's only in the transaction of the event. */
  const takePayment = oneAtATime(
    async (dossierId: string, input: PayInput, actor: string): Promise<Dossier> => {
      const at = clock.now();
      const book = openBook(at);
      const stamp = { at: at.toISOString(), actor };
      const before = journal.load(dossierId);
      const bare = { form: book.form, sign: book.sign, number: store.receipts.next(book), documentId: null };
      const payment = paymentFor(before, input, bare, stamp);
      if (!payment) return before;
      const paper = await parts.slips?.prepare(
        { kind: 'fee-receipt', dossier: toView(before), payment },
        { clerkName: actor, issuedAt: payment.at },
      );
      const receipt = { ...bare, documentId: paper?.documentId ?? null };
      return journal.change(
        dossierId,
        actor,
        (now) => {
          const events = pay(now, { ...input, expected: payment.amount }, receipt, stamp);
          // The paper names the lines: what was owed when it was drawn must be what is paid now.
          if (events.some((e) => e.type === 'fee-paid' && !sameLines(e.payment.lines, payment.lines)))
            throw new CounterError('STORE_CONFLICT', { step: 'fees' });
          return events;
        },
        paper?.attachments ?? {},
        (paid) => {
          paper?.take();
          store.receipts.add({
            ...book,
            number: receipt.number,
            paymentId: payment.id,
            dossierId,
            at: stamp.at,
            day: localDay(at),
            by: actor,
            amount: payment.amount,
            way: payment.way,
            reference: payment.reference,
          });
          parts.tellProvince(paid);
        },
      );
    },
  );

  return {
    'fees.propose': async ({ dossierId, pages, copies }) =>
      proposeFees(journal.load(dossierId).procedure, await feeScales(), { pages, copies }),

    'fees.set': ({ dossierId, fees }, caller) =>
      toView(journal.change(dossierId, caller.user, (d, stamp) => setFees(d, fees, stamp))),

    'fees.pay': async ({ dossierId, paymentId = randomUUID(), due, way, reference, expected }, caller) => {
      const dossier = await takePayment(dossierId, { paymentId, due, way, reference, expected }, caller.user);
      parts.onQueued();
      return toView(dossier);
    },

    'fees.cancelReceipt': ({ dossierId, paymentId, reason }, caller) => {
      const changed = journal.change(
        dossierId,
        caller.user,
        (d, stamp) => cancelReceipt(d, { paymentId, reason }, stamp),
        {},
        (after) => {
          const cancelled = after.payments.find((p) => p.id === paymentId)?.cancelled;
          if (!cancelled) throw new CounterError('RECEIPT_UNKNOWN');
          store.receipts.cancel(paymentId, { ...cancelled, day: localDay(new Date(cancelled.at)) });
          parts.tellProvince(after);
        },
      );
      parts.onQueued();
      return toView(changed);
    },

    'fees.qr': ({ dossierId, due }) => {
      const { account } = config.fees;
      if (!account) throw new CounterError('CONFIG_INVALID', { setting: 'fees.account' });
      const dossier = journal.load(dossierId);
      if (!dossier.code)
        throw new CounterError('DOSSIER_STATE', { state: dossier.state, needed: 'received' });
      const code = transferCodeOf(dossier, account, due);
      if (!code) throw new CounterError('FEE_NOTHING_DUE');
      return code;
    },

    'fees.day': ({ day }) => feeDayOf(day, store.receipts.ofDay(day)),
  };
}

function sameLines(a: readonly FeeLine[], b: readonly FeeLine[]): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

import { z } from 'zod';
import { day, dong, dossierRef, id, reason } from '../basics.ts';
import { feeDay, feeDue, feeLine, feeProposals, payment, transferCode } from '../fees.ts';
import { dossierView } from '../model.ts';
import { CLERKS, command, query, SUPERVISORS } from '../operation.ts';

/** What a screen may ask of fees. */
export const FEES_OPERATIONS = {
  /** The lines that the catalogue would ask; pages and copies count where a scale goes by them. */
  'fees.propose': query(
    CLERKS,
    dossierRef.extend({
      pages: z.number().int().min(1).max(10_000).optional(),
      copies: z.number().int().min(1).max(1000).optional(),
    }),
    feeProposals,
  ),
  /** What the dossier costs, from now on. FEE_PAID where a line would change for which money was taken. */
  'fees.set': command(CLERKS, dossierRef.extend({ fees: z.array(feeLine).max(100) }), dossierView),
  /** Takes the money for all unpaid lines, or for those due at the stages named, and numbers a receipt. */
  'fees.pay': command(
    CLERKS,
    dossierRef.extend({
      /** Made by who asks: the same again is the same payment, so that a repeated message takes no money twice. */
      paymentId: id.optional(),
      due: z.array(feeDue).max(3).default([]),
      way: payment.shape.way,
      reference: z.string().trim().max(100).default(''),
      /** What the clerk was shown; FEE_AMOUNT_DIFFERS where it is another by now. */
      expected: dong.optional(),
    }),
    dossierView,
  ),
  /** The number stays in the book; the money is owed again. */
  'fees.cancelReceipt': command(SUPERVISORS, dossierRef.extend({ paymentId: id, reason }), dossierView),
  /** For a transfer of what is still owed. */
  'fees.qr': query(CLERKS, dossierRef.extend({ due: z.array(feeDue).max(3).default([]) }), transferCode),
  /** Takings of a day at the counter (+07:00), with the receipts behind each number. */
  'fees.day': query(CLERKS, z.object({ day }), feeDay),
} as const;

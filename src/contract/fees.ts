import { z } from 'zod';
import { day, dong, id, instant } from './basics.ts';
import { feeSpec } from './procedures.ts';

/** One line of what a dossier costs. */
export const feeLine = z.object({
  code: z.string().max(100),
  name: z.string().trim().min(1).max(500),
  /** phí or lệ phí. */
  kind: z.enum(['fee', 'charge']),
  /** Of one, before any exemption. */
  amount: dong,
  quantity: z.number().int().min(1).max(10_000),
  /** HinhThucThu: at reception, with a supplement, when the result is returned. */
  due: z.enum(['reception', 'supplement', 'return']),
  /** Miễn, giảm: what is taken off, and on what ground. */
  exemption: z
    .object({
      off: dong,
      reason: z.string().trim().min(1).max(500),
      /** Văn bản and clause that allow it, such as 'NQ 21/2025/NQ-HĐND Điều 3'; empty where none was named. */
      ground: z.string().trim().max(500).default(''),
    })
    .nullable(),
});
export type FeeLine = z.infer<typeof feeLine>;

/** Money that was taken, with its receipt. */
export const payment = z.object({
  id,
  at: instant,
  by: z.string(),
  amount: dong,
  way: z.enum(['cash', 'transfer']),
  /** Bank's reference of a transfer; empty for cash. */
  reference: z.string().max(100),
  /** Of the receipt book: mẫu số and ký hiệu, and the number in it. */
  receipt: z.object({
    form: z.string().default(''),
    sign: z.string(),
    number: z.number().int().positive(),
    documentId: id.nullable(),
  }),
  lines: z.array(feeLine),
  /** A receipt is never deleted: it is cancelled, with a reason, and its number stays. */
  cancelled: z.object({ at: instant, by: z.string(), reason: z.string() }).nullable(),
});
export type Payment = z.infer<typeof payment>;

export const feeDue = feeLine.shape.due;
export type FeeDue = z.infer<typeof feeDue>;

/** What the catalogue would ask of a dossier; amount null = fixed elsewhere (HĐND) or by quantity: the clerk enters it. */
export const feeProposal = z.object({
  spec: feeSpec,
  quantity: z.number().int().min(1).max(10_000),
  amount: dong.nullable(),
  due: feeDue,
  /** Where the amount comes from a scale by quantity: name of the scale and its source; null = from the catalogue. */
  scale: z.object({ id: z.string(), source: z.string() }).nullable(),
});
export type FeeProposal = z.infer<typeof feeProposal>;

export const feeProposals = z.object({
  lines: z.array(feeProposal),
  /** True where the scale needs the number of pages and of copies, and they were not said. */
  needsQuantity: z.boolean(),
});

/** Đồng of a kind; `count` = receipts. */
export const takings = z.object({ amount: z.number().int(), count: z.number().int().nonnegative() });
export type Takings = z.infer<typeof takings>;

const sums = { cash: takings, transfer: takings };
/** Numbers without a gap between them, both included. */
export const numberRange = z.object({
  form: z.string(),
  sign: z.string(),
  year: z.number().int(),
  from: z.number().int().positive(),
  to: z.number().int().positive(),
});
export type NumberRange = z.infer<typeof numberRange>;

/**
 * Taken = receipts issued that day, whatever became of them later. Cancelled = receipts cancelled that day, whenever
 * they were issued. A day that has ended keeps its totals for ever; `kept` is what must be in the till and the account.
 */
const dayTotals = {
  taken: z.object(sums),
  cancelled: z.object(sums),
  kept: z.object({ cash: z.number().int(), transfer: z.number().int() }),
  numbers: z.array(numberRange),
};

/** A receipt as the book has it, with the dossier that it belongs to. */
export const receiptRow = z.object({
  paymentId: id,
  dossierId: id,
  dossierCode: z.string(),
  applicant: z.string(),
  form: z.string(),
  sign: z.string(),
  year: z.number().int(),
  number: z.number().int().positive(),
  at: instant,
  by: z.string(),
  amount: dong,
  way: payment.shape.way,
  reference: z.string(),
  cancelled: payment.shape.cancelled,
});
export type ReceiptRow = z.infer<typeof receiptRow>;

export const feeDay = z.object({
  day,
  ...dayTotals,
  clerks: z.array(z.object({ by: z.string(), ...dayTotals })),
  /** Issued or cancelled that day, in the order of their numbers. */
  receipts: z.array(receiptRow),
});
export type FeeDay = z.infer<typeof feeDay>;

/** A VietQR code for a transfer to the unit's account. */
export const transferCode = z.object({
  /** EMVCo text, to be drawn as a QR. */
  text: z.string(),
  amount: dong,
  /** What the bank's statement will say; holds the dossier's code. */
  purpose: z.string().max(25),
  account: z.object({ bin: z.string(), number: z.string(), name: z.string() }),
});
export type TransferCode = z.infer<typeof transferCode>;

import { z } from 'zod';
import { dong, id, instant } from './basics.ts';

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
  receipt: z.object({ sign: z.string(), number: z.number().int().positive(), documentId: id.nullable() }),
  lines: z.array(feeLine),
  /** A receipt is never deleted: it is cancelled, with a reason, and its number stays. */
  cancelled: z.object({ at: instant, by: z.string(), reason: z.string() }).nullable(),
});
export type Payment = z.infer<typeof payment>;

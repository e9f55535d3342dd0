import { z } from 'zod';
import { errorShape } from './errors.ts';

/** Messages between a screen and the engine; the same over Electron's ports and the web host's socket. */
export const callMessage = z.object({
  type: z.literal('call'),
  seq: z.number().int().nonnegative(),
  operation: z.string().max(100),
  input: z.unknown(),
});
export const replyMessage = z.object({
  type: z.literal('reply'),
  seq: z.number().int().nonnegative(),
  result: z.discriminatedUnion('ok', [
    z.object({ ok: z.literal(true), value: z.unknown() }),
    z.object({ ok: z.literal(false), error: errorShape }),
  ]),
});
export const eventMessage = z.object({ type: z.literal('event'), name: z.string(), payload: z.unknown() });

export type CallMessage = z.infer<typeof callMessage>;
export type ReplyMessage = z.infer<typeof replyMessage>;
export type EventMessage = z.infer<typeof eventMessage>;
export type FromEngine = ReplyMessage | EventMessage;

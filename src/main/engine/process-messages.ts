import { z } from 'zod';
import { errorShape } from '../../contract/errors.ts';

/** What the shell tells the engine's process: first `start` or `refuse`, once; `stop` at any time. */
export const toEngineProcess = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('start'),
    dataDir: z.string(),
    resources: z.string(),
    version: z.string(),
    masterKey: z.instanceof(Uint8Array).nullable(),
  }),
  /** The shell could not even get the key: every call is answered with this. */
  z.object({ type: z.literal('refuse'), error: errorShape }),
  z.object({ type: z.literal('call'), client: z.number().int(), message: z.unknown() }),
  z.object({ type: z.literal('gone'), client: z.number().int() }),
  z.object({ type: z.literal('host-message'), host: z.number().int(), message: z.unknown() }),
  z.object({ type: z.literal('host-exit'), host: z.number().int() }),
  z.object({ type: z.literal('stop') }),
]);
export type ToEngineProcess = z.infer<typeof toEngineProcess>;

/** What the engine's process tells the shell. */
export const fromEngineProcess = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready') }),
  z.object({ type: z.literal('failed'), code: z.string() }),
  z.object({ type: z.literal('message'), client: z.number().int().nullable(), message: z.unknown() }),
  z.object({ type: z.literal('host-launch'), host: z.number().int(), kind: z.enum(['token', 'usb']) }),
  z.object({ type: z.literal('host-message'), host: z.number().int(), message: z.unknown() }),
  z.object({ type: z.literal('host-kill'), host: z.number().int() }),
]);
export type FromEngineProcess = z.infer<typeof fromEngineProcess>;

import { z } from 'zod';

/** What the shell tells the engine's process. */
export const toEngineProcess = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('start'),
    dataDir: z.string(),
    resources: z.string(),
    version: z.string(),
    masterKey: z.instanceof(Uint8Array).nullable(),
  }),
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
  z.object({ type: z.literal('message'), client: z.number().int().nullable(), message: z.unknown() }),
  z.object({ type: z.literal('host-launch'), host: z.number().int() }),
  z.object({ type: z.literal('host-message'), host: z.number().int(), message: z.unknown() }),
  z.object({ type: z.literal('host-kill'), host: z.number().int() }),
  z.object({ type: z.literal('failed'), code: z.string() }),
]);
export type FromEngineProcess = z.infer<typeof fromEngineProcess>;

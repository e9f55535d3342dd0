import path from 'node:path';
import { z } from 'zod';
import { scanSettings } from '../../contract/model.ts';
import type { HelperSpec } from '../scanning/index.ts';
import { NAPS2_DRIVERS } from '../scanning/index.ts';

const program = z.string().refine((file) => path.isAbsolute(file), 'an absolute path');
const started = {
  args: z.array(z.string()).default([]),
  env: z.record(z.string(), z.string()).default({}),
};

/** A scan helper as an admin writes it down: what is started comes from here and from nowhere else. */
export const helperSpec = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('json-lines'), program, ...started }),
  z.strictObject({
    kind: z.literal('naps2-console'),
    program,
    ...started,
    driver: z.enum(NAPS2_DRIVERS),
    sources: z.array(scanSettings.shape.source).min(1).default(['adf', 'adf-duplex', 'platen']),
    jpegQuality: z.number().int().min(1).max(100).default(90),
  }),
  z.strictObject({
    kind: z.literal('naps2-server'),
    program: program.exactOptional(),
    ...started,
    devices: z.record(z.string(), z.url({ protocol: /^https?$/ })),
  }),
]) satisfies z.ZodType<HelperSpec>;

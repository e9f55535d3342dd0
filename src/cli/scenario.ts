import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { id } from '../contract/basics.ts';
import { CounterError } from '../contract/errors.ts';
import { applicant, scanSettings } from '../contract/model.ts';

/** A whole intake without a screen: what the clerk would choose, type and put in the feeder. */
export const scenario = z
  .strictObject({
    /** Fixed by who writes the scenario, so that running it again goes on instead of starting anew. */
    dossierId: id,
    procedure: z.string().min(1),
    applicant: applicant.optional(),
    /** The card's QR line, in the place of `applicant`. */
    card: z.string().optional(),
    scans: z.array(
      z.strictObject({
        /** Id of a component, or its number in the procedure from 1. */
        component: z.union([z.string(), z.number().int().positive()]),
        device: z.string().min(1),
        settings: scanSettings.default({ source: 'adf', dpi: 300, mode: 'color' }),
        /** Sheets that the component has; a component that already has them is not scanned again. */
        pages: z.number().int().positive(),
      }),
    ),
    key: z.string().min(1),
  })
  .refine((s) => (s.applicant === undefined) !== (s.card === undefined), {
    message: 'one of applicant and card',
    path: ['applicant'],
  });
export type Scenario = z.infer<typeof scenario>;

export async function readScenario(file: string): Promise<Scenario> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new CounterError('FILE_MISSING', { file: path.basename(file) }, { cause });
  });
  try {
    return scenario.parse(JSON.parse(text));
  } catch (cause) {
    const where = cause instanceof z.ZodError ? (cause.issues[0]?.path.join('.') ?? '') : 'JSON';
    throw new CounterError('BAD_REQUEST', { operation: 'intake', where }, { cause });
  }
}

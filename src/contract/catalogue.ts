import { z } from 'zod';
import { day, dong, instant } from './basics.ts';
import { componentSpec, duration, procedure } from './procedures.ts';

/** Why a thing of a catalogue file could not be read, or had to be read with a guess; texts in `import.problem.CODE`. */
export const IMPORT_PROBLEM_CODES = [
  'RECORD_UNREADABLE',
  'RECORD_TOO_LARGE',
  'RECORD_NESTED',
  'RECORD_WITHOUT_CODE',
  'CODE_UNUSUAL',
  'DUPLICATE_CODE',
  'TEXT_GARBLED',
  'FIELD_MISSING',
  'VERSION_MISSING',
  'NAME_MISSING',
  'LEVEL_UNKNOWN',
  'CHANNEL_MISSING',
  'DURATION_MISSING',
  'DURATION_UNIT_MISSING',
  'DURATION_UNIT_UNKNOWN',
  'DURATION_AMBIGUOUS',
  'DURATION_FROM_OTHER_CHANNEL',
  'MONTHS_AS_DAYS',
  'FEE_NOT_FIXED',
  'FEE_IMPLAUSIBLE',
  'FEE_BY_CHANNEL',
  'COMPONENTS_MISSING',
  'COMPONENT_NAME_MISSING',
  'QUANTITY_IMPLAUSIBLE',
  'FORM_MARKED_SHOW',
  'FORM_NAME_UNCLEAR',
  'RESULTS_MISSING',
  'RESULT_NAME_MISSING',
  'RESULT_CODE_MISSING',
] as const;

export const importProblem = z.object({
  /** Code of the procedure; empty where the record has none. */
  procedure: z.string(),
  code: z.enum(IMPORT_PROBLEM_CODES),
  /** The place within the record, or the record's number, as a person would point at it. */
  where: z.string(),
  value: z.string(),
});
export type ImportProblem = z.infer<typeof importProblem>;

export const problemGroup = z.object({
  code: importProblem.shape.code,
  count: z.number().int(),
  procedures: z.number().int(),
});
export type ProblemGroup = z.infer<typeof problemGroup>;

const count = z.number().int().nonnegative();

/** What an import did. */
export const importReport = z.object({
  file: z.string(),
  /** Procedures that the file gives. */
  procedures: count,
  added: count,
  changed: count,
  unchanged: count,
  /** No longer in the file and, on demand, taken out of use. */
  withdrawn: count,
  /** In the catalogue, not in the file, and left as they are. */
  missing: count,
  /** False where the store held it all already: nothing was written. */
  stored: z.boolean(),
  groups: z.array(problemGroup),
});
export type ImportReport = z.infer<typeof importReport>;

/** One version of a procedure as it was imported; a dossier keeps the one it was opened with. */
export const procedureVersion = z.object({
  number: z.number().int().positive(),
  /** Quyết định công bố. */
  decision: z.string(),
  name: z.string(),
  importedAt: instant,
  current: z.boolean(),
});
export type ProcedureVersion = z.infer<typeof procedureVersion>;

/** Days between which this unit takes a procedure; null = open on that side. */
export const takenBetween = z.object({ from: day.nullable(), until: day.nullable() });
export type TakenBetween = z.infer<typeof takenBetween>;

const shortText = z.string().trim().min(1).max(2000);

/** A component of the unit's own: what the national record has not, such as a paper of a provincial rule. */
export const localComponent = componentSpec.extend({
  id: z.string().regex(/^dp-\d{2,4}$/),
  name: shortText,
});

/** One local addition. Each stands over the national record and outlives the next import. */
export const amendment = z.discriminatedUnion('do', [
  /** A procedure that the catalogue has not. */
  z.object({ do: z.literal('add'), procedure }),
  z.object({
    do: z.literal('change'),
    set: z
      .object({
        name: shortText,
        duration: duration.nullable(),
        onlineDuration: duration.nullable(),
        phases: procedure.shape.phases.removeDefault(),
        agency: z.string().max(500),
        onlineOnly: z.boolean(),
      })
      .partial()
      .refine((set) => Object.keys(set).length > 0),
  }),
  z.object({ do: z.literal('hide') }),
  z.object({ do: z.literal('show') }),
  z.object({ do: z.literal('limit'), taken: takenBetween }),
  /** The same id again replaces it. */
  z.object({ do: z.literal('component'), component: localComponent }),
  z.object({ do: z.literal('remove-component'), id: localComponent.shape.id }),
  /** Whether a paper of the national record is owed by all here; by its name, since its place changes with the next import. */
  z.object({ do: z.literal('require'), component: shortText, required: z.boolean() }),
  /** The fee of that name, or one more. */
  z.object({
    do: z.literal('fee'),
    fee: procedure.shape.fees.removeDefault().element.extend({ name: shortText, amount: dong.nullable() }),
  }),
  z.object({ do: z.literal('remove-fee'), name: shortText }),
  /** Back to the national record. */
  z.object({ do: z.literal('reset') }),
]);
export type Amendment = z.infer<typeof amendment>;

export const recordedAmendment = z.object({
  number: z.number().int().positive(),
  at: instant,
  actor: z.string(),
  reason: z.string(),
  amendment,
});
export type RecordedAmendment = z.infer<typeof recordedAmendment>;

import { z } from 'zod';
import { code, id, instant, reason } from '../basics.ts';
import {
  amendment,
  IMPORT_PROBLEM_CODES,
  importProblem,
  importReport,
  problemGroup,
  procedureVersion,
  recordedAmendment,
} from '../catalogue.ts';
import { ADMINS, command, EVERYONE, query } from '../operation.ts';
import { procedure, procedureHit } from '../procedures.ts';

/** Who answers for what the unit's catalogue says. */
const KEEPERS = ['supervisor', 'admin'] as const;

const page = {
  offset: z.number().int().nonnegative().default(0),
  limit: z.number().int().min(1).max(1000).default(200),
};

/** What a screen may ask of procedures. */
export const PROCEDURES_OPERATIONS = {
  /** An empty text lists the twenty most used first, then the catalogue by name. */
  'procedures.search': query(
    EVERYONE,
    z.object({ text: z.string().max(200), limit: z.number().int().min(1).max(100).default(20) }),
    z.array(procedureHit),
  ),
  /** As the unit has it now; with a number, as that import gave it. */
  'procedures.get': query(
    EVERYONE,
    z.object({ code, number: z.number().int().positive().optional() }),
    procedure,
  ),
  /** Newest first. Empty where the procedure was never imported. */
  'procedures.versions': query(EVERYONE, z.object({ code }), z.array(procedureVersion)),
  /** A catalogue file that was uploaded; the same file again changes nothing. Ends when all of it is stored. */
  'procedures.import': command(
    ADMINS,
    z.object({ uploadId: id, withdrawMissing: z.boolean().default(false) }),
    importReport,
  ),
  /** The last import that changed anything, and what of its file could not be read. */
  'procedures.problems': query(
    KEEPERS,
    z.object({
      code: z.enum(IMPORT_PROBLEM_CODES).optional(),
      procedure: code.optional(),
      ...page,
    }),
    z.object({
      last: z.object({ at: instant, actor: z.string(), report: importReport }).nullable(),
      groups: z.array(problemGroup),
      total: z.number().int(),
      problems: z.array(importProblem),
    }),
  ),
  /** An addition of the unit's own, over the national record; answers the procedure as it is then, null = reset away. */
  'procedures.amend': command(KEEPERS, z.object({ code, amendment, reason }), procedure.nullable()),
  /** Out of the clerks' sight, or back; dossiers under way are not touched. */
  'procedures.hide': command(
    KEEPERS,
    z.object({ code, hidden: z.boolean(), reason }),
    z.object({ hidden: z.boolean() }),
  ),
  'procedures.amendments': query(
    KEEPERS,
    z.object({ code }),
    z.object({
      hidden: z.boolean(),
      withdrawn: z.boolean(),
      amendments: z.array(recordedAmendment),
    }),
  ),
} as const;

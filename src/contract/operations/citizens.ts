import { z } from 'zod';
import { id } from '../basics.ts';
import {
  addressResolution,
  checkedApplicant,
  commune,
  comparedApplicant,
  ethnicGroup,
  knownPerson,
  typedApplicant,
} from '../citizens.ts';
import { ADMINS, CLERKS, command, query } from '../operation.ts';

/** What a screen may ask of citizens. */
export const CITIZENS_OPERATIONS = {
  /** Puts in order what was typed of an applicant and says what to look at; refuses nothing. */
  'citizens.check': query(CLERKS, typedApplicant, checkedApplicant),
  /** Applicants seen before: under this number, or by beginnings of words. */
  'citizens.known': query(
    CLERKS,
    z.object({
      identityNumber: z.string().max(40).default(''),
      text: z.string().max(200).default(''),
      typed: comparedApplicant.nullable().default(null),
      limit: z.number().int().min(1).max(50).default(10),
    }),
    z.array(knownPerson),
  ),
  /** Names without diacritics or hyphens are found too; empty text = all by number. */
  'citizens.ethnicGroups': query(
    CLERKS,
    z.object({ text: z.string().max(100).default('') }),
    z.array(ethnicGroup),
  ),
  /** Codes in force for an address as it is written; never guessed. */
  'citizens.resolveAddress': query(CLERKS, z.object({ text: z.string().max(500) }), addressResolution),
  /** Communes in force by words without diacritics. */
  'citizens.communes': query(
    CLERKS,
    z.object({
      text: z.string().max(200),
      province: z
        .string()
        .regex(/^\d{2}$/)
        .optional(),
      limit: z.number().int().min(1).max(100).default(20),
    }),
    z.array(commune),
  ),
  /** Takes an uploaded list of places in force in place of the one in use. PLACES_FILE_INVALID {where}. */
  'citizens.importPlaces': command(
    ADMINS,
    z.object({ uploadId: id }),
    z.object({ provinces: z.number().int(), communes: z.number().int() }),
  ),
} as const;

import type { KnownPerson } from '../../../contract/citizens.ts';
import { type ApplicantFields, fieldsOf } from './applicant-form.ts';

const COMPARED = [
  'name',
  'birthDate',
  'gender',
  'address',
  'phone',
  'email',
] as const satisfies readonly (keyof ApplicantFields)[];
export type ComparedField = (typeof COMPARED)[number];

export interface Remembered {
  /** What was there then and stands nowhere now: one key takes it. */
  readonly takes: Partial<ApplicantFields>;
  /** What reads otherwise now; it stays, and the clerk looks at it. */
  readonly differs: Partial<Record<ComparedField, string>>;
}

const fold = (text: string) => text.normalize('NFC').replace(/\s+/g, ' ').trim().toLowerCase();

/** What an earlier visit adds to what is known now. A card is newer than memory: nothing that is there is replaced. */
export function remembered(known: KnownPerson, now: ApplicantFields): Remembered {
  const then = fieldsOf(known.applicant);
  const takes: Partial<Record<ComparedField, string>> = {};
  const differs: Remembered['differs'] = {};
  for (const field of COMPARED) {
    if (then[field] === '' || fold(then[field]) === fold(now[field])) continue;
    if (now[field].trim() === '') takes[field] = then[field];
    else differs[field] = then[field];
  }
  // Each value is the same field's of the same kind of fields.
  return { takes: takes as Remembered['takes'], differs };
}

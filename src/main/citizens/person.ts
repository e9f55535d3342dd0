import { type ApplicantField, applicantField, type ComparedApplicant } from '../../contract/citizens.ts';
import type { Applicant } from '../../contract/model.ts';
import type { Dossier } from '../dossiers/dossier.ts';
import { foldText } from '../procedures/fold-text.ts';
import { nameKey, tidyName } from './names.ts';

/** One applicant of one received dossier, as the store keeps it. */
export interface Person {
  readonly dossierId: string;
  readonly personKey: string;
  /** Words to find by, folded. */
  readonly folded: string;
  readonly applicant: Applicant;
  readonly seenAt: string;
}

/** A number as it is compared: without blanks, dots and hyphens. */
export function numberKey(number: string): string {
  return number
    .normalize('NFKC')
    .replace(/[\s.-]/g, '')
    .toUpperCase();
}

/**
 * Who may be the same: the identity number where there is one, else kind, name and birth date. A key only gathers what
 * is offered to the clerk; it never makes two people one.
 */
export function personKey(
  applicant: Pick<Applicant, 'identityNumber' | 'kind' | 'name' | 'birthDate'>,
): string {
  const number = numberKey(applicant.identityNumber);
  if (number !== '') return number;
  return `~${applicant.kind}/${nameKey(applicant.name)}/${applicant.birthDate ?? ''}`;
}

/** What is remembered of a dossier's applicant; nothing before the dossier is received. */
export function personOf(dossier: Dossier): Person | null {
  const { applicant, receivedAt } = dossier;
  if (!applicant || receivedAt === null) return null;
  const words = [applicant.name, nameKey(applicant.name), applicant.identityNumber, applicant.phone];
  return {
    dossierId: dossier.id,
    personKey: personKey(applicant),
    folded: foldText(words.join(' ')),
    applicant,
    seenAt: receivedAt,
  };
}

/** Fields of `known` that say something else than `typed`; what was not typed differs in nothing. */
export function differences(known: Applicant, typed: ComparedApplicant | null): ApplicantField[] {
  if (!typed) return [];
  return applicantField.options.filter((field) => {
    const said = typed[field];
    if (said === null || said === '') return false;
    if (field === 'identityNumber')
      return numberKey(known.identityNumber) !== numberKey(typed.identityNumber);
    return comparable(known[field]) !== comparable(said);
  });
}

function comparable(value: Applicant[ApplicantField]): string {
  return typeof value === 'string' ? tidyName(value).toLocaleLowerCase('vi') : JSON.stringify(value);
}

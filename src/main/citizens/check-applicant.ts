import type {
  ApplicantField,
  ApplicantWarning,
  CheckedApplicant,
  TypedApplicant,
} from '../../contract/citizens.ts';
import { type Checked, checkEmail, checkPhone } from './contacts.ts';
import { birthPlaceOf, numberWarnings } from './identity-number.ts';
import { inputMethodLeftover } from './input-method.ts';
import { looksDamaged, repairText } from './mojibake.ts';
import { tidyName } from './names.ts';
import { checkOrganisationNumber } from './organisations.ts';

/** Puts in order what was typed, changes no meaning, refuses nothing; what does not fit is a warning (facts §7, §10.3). */
export function checkApplicant(input: TypedApplicant): CheckedApplicant {
  const warnings: { field: ApplicantField; code: ApplicantWarning }[] = [];
  const suggestions: { field: ApplicantField; value: string }[] = [];
  const note = (field: ApplicantField, codes: readonly ApplicantWarning[]) =>
    warnings.push(...codes.map((code) => ({ field, code })));
  const take = (field: ApplicantField, checked: Checked<ApplicantWarning>): string => {
    note(field, checked.warnings);
    if (checked.suggestion !== null) suggestions.push({ field, value: checked.suggestion });
    return checked.value;
  };

  const [name, address] = (['name', 'address'] as const).map((field) => {
    const { text, repaired } = repairText(input[field]);
    const tidy = tidyName(text);
    if (repaired) note(field, ['TEXT_REPAIRED']);
    if (looksDamaged(tidy)) note(field, ['TEXT_DAMAGED']);
    if (inputMethodLeftover(tidy) !== null) note(field, ['INPUT_METHOD']);
    return tidy;
  }) as [string, string];
  const identityNumber = take('identityNumber', checkNumber(input));
  const phone = take('phone', checkPhone(input.phone));
  const email = take('email', checkEmail(input.email));
  return {
    typed: { ...input, name, address, identityNumber, phone, email },
    warnings,
    suggestions,
    birthPlace: input.kind === 'citizen' ? birthPlaceOf(identityNumber) : null,
  };
}

function checkNumber(input: TypedApplicant): Checked<ApplicantWarning> {
  if (input.kind !== 'citizen') return checkOrganisationNumber(input.identityNumber, input.kind);
  const typed = input.identityNumber.normalize('NFKC').trim();
  if (typed === '') return { value: '', warnings: [], suggestion: null };
  const digits = typed.replace(/[\s.-]/g, '');
  if (/^\d{9}$/.test(digits)) return { value: digits, warnings: ['NUMBER_OLD'], suggestion: null };
  if (!/^\d{12}$/.test(digits)) return { value: typed, warnings: ['NUMBER_SHAPE'], suggestion: null };
  return { value: digits, warnings: numberWarnings(digits, input.birthDate, input.gender), suggestion: null };
}

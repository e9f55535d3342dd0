import type { FieldErrors, Resolver } from 'react-hook-form';
import { type Applicant, applicant } from '../../../contract/model.ts';
import type { TextKey } from '../../app/texts.tsx';

/** What the fields hold while they are typed into. */
export interface ApplicantFields {
  name: string;
  identityNumber: string;
  kind: Applicant['kind'];
  /** As typed: dd/MM/yyyy. */
  birthDate: string;
  gender: '' | NonNullable<Applicant['gender']>;
  address: string;
  phone: string;
  email: string;
}

export const EMPTY_FIELDS: ApplicantFields = {
  name: '',
  identityNumber: '',
  kind: 'citizen',
  birthDate: '',
  gender: '',
  address: '',
  phone: '',
  email: '',
};

export function fieldsOf(value: Applicant | null): ApplicantFields {
  if (!value) return EMPTY_FIELDS;
  const [year, month, day] = value.birthDate?.split('-') ?? [];
  return { ...value, birthDate: year ? `${day}/${month}/${year}` : '', gender: value.gender ?? '' };
}

/** `dd/MM/yyyy`, with `-`, `.` or nothing between, as a calendar day; null where it is none. */
export function parseDay(typed: string): string | null {
  const match = /^(\d{1,2})[/.\-\s]?(\d{1,2})[/.\-\s]?(\d{4})$/.exec(typed.trim());
  if (!match) return null;
  const [, day, month, year] = match;
  const iso = `${year}-${month!.padStart(2, '0')}-${day!.padStart(2, '0')}`;
  const date = new Date(`${iso}T00:00:00Z`);
  return Number.isNaN(date.getTime()) || date.toISOString().slice(0, 10) !== iso ? null : iso;
}

/** Composed letters, as the province stores them: keyboards and guns give both forms. */
export function applicantOf(fields: ApplicantFields): Applicant {
  const text = (value: string) => value.normalize('NFC').replace(/\s+/g, ' ').trim();
  return {
    name: text(fields.name),
    identityNumber: fields.identityNumber.replace(/\s/g, ''),
    kind: fields.kind,
    birthDate: fields.birthDate.trim() === '' ? null : parseDay(fields.birthDate),
    gender: fields.gender === '' ? null : fields.gender,
    address: text(fields.address),
    phone: fields.phone.replace(/[\s.-]/g, ''),
    email: fields.email.trim(),
    ethnicity: null,
    place: null,
  };
}

type Problem = { readonly field: keyof ApplicantFields; readonly text: TextKey };

/** What keeps the fields from being saved. A number that merely looks odd is a warning, see `warningsOf`. */
export function problemsOf(fields: ApplicantFields, today: string): Problem[] {
  const problems: Problem[] = [];
  const value = applicantOf(fields);
  if (value.name === '') problems.push({ field: 'name', text: 'applicant.problem.name' });
  if (value.kind === 'citizen' && !/^(\d{12}|\d{9})$/.test(value.identityNumber)) {
    problems.push({ field: 'identityNumber', text: 'applicant.problem.number' });
  }
  if (fields.birthDate.trim() !== '') {
    if (value.birthDate === null) problems.push({ field: 'birthDate', text: 'applicant.problem.birthDate' });
    else if (value.birthDate > today) problems.push({ field: 'birthDate', text: 'applicant.problem.future' });
  }
  // Mobiles 0[35789] + 8 digits, landlines 02 + 8 or 9, +84 for the leading 0 (facts §10.3).
  if (value.phone !== '' && !/^(\+84|0)([35789]\d{8}|2\d{8,9})$/.test(value.phone)) {
    problems.push({ field: 'phone', text: 'applicant.problem.phone' });
  }
  if (!applicant.shape.email.safeParse(value.email).success) {
    problems.push({ field: 'email', text: 'applicant.problem.email' });
  }
  return problems;
}

/** A person's number carries century and gender in digit 4, the year of birth in 5 and 6 (NĐ 137/2015 Điều 13). */
export function warningsOf(fields: ApplicantFields): ('BIRTH_YEAR_DIFFERS' | 'GENDER_DIFFERS')[] {
  const { identityNumber, birthDate, gender, kind } = applicantOf(fields);
  if (kind !== 'citizen' || !/^\d{12}$/.test(identityNumber)) return [];
  const digit = Number(identityNumber[3]);
  const year = 1900 + Math.floor(digit / 2) * 100 + Number(identityNumber.slice(4, 6));
  const warnings: ('BIRTH_YEAR_DIFFERS' | 'GENDER_DIFFERS')[] = [];
  if (birthDate && Number(birthDate.slice(0, 4)) !== year) warnings.push('BIRTH_YEAR_DIFFERS');
  if (gender && gender !== 'other' && (digit % 2 === 0) !== (gender === 'male'))
    warnings.push('GENDER_DIFFERS');
  return warnings;
}

/** For react-hook-form; messages are text keys. */
export const applicantResolver: Resolver<ApplicantFields> = (fields) => {
  const today = new Date().toISOString().slice(0, 10);
  const problems = problemsOf(fields, today);
  if (problems.length === 0) return { values: fields, errors: {} };
  const errors: FieldErrors<ApplicantFields> = {};
  for (const { field, text } of problems) errors[field] ??= { type: 'validate', message: text };
  return { values: {}, errors };
};

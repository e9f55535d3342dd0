import { CounterError } from '../../contract/errors.ts';
import type { Applicant, CitizenCard } from '../../contract/model.ts';
import { localDay } from '../calendar/local-time.ts';

type Warning = CitizenCard['warnings'][number];

/** Positions in the line (facts §7). What follows the seventh is opaque and may name relatives: it is not kept. */
const FIELDS = ['number', 'oldNumber', 'name', 'birth', 'gender', 'address', 'issued'] as const;
type Fields = Record<(typeof FIELDS)[number], string>;

const GENDERS: Readonly<Record<string, NonNullable<Applicant['gender']>>> = { nam: 'male', nữ: 'female' };

/** Marks of UTF-8 that a scanner or a keyboard driver read as another code page, and the replacement character. */
const DAMAGE =
  /[\ufffd\u0080-\u009f]|Ã[\u0080-\u00bf]|á[»º¼½][\u0080-\u00bf]?|Ä[\u0090\u0091‘’]|Æ[°¡]|áº|\?{2,}/u;

/** Ages at which a card runs out (Luật Căn cước 2023 Điều 21); one issued in the two years before lasts to the next. */
const EXPIRY_AGES = [14, 25, 40, 60];

/**
 * Reads the QR line of a citizen card (CCCD gắn chip since 2021, thẻ Căn cước since 7/2024), as UTF-8 text with or
 * without the scanner's line end. Throws CITIZEN_QR_INVALID {reason} for anything else. What merely does not fit
 * together is a warning: gender may have been changed, and a card may be kept past its day.
 */
export function readCitizenCard(line: string, now: Date): CitizenCard {
  const fields = split(line);
  const birthDate = dateOf(fields.birth);
  if (!birthDate) throw invalid('birth-date');
  const issuedOn = dateOf(fields.issued);
  const gender = GENDERS[fields.gender.toLowerCase()] ?? null;
  return {
    applicant: {
      name: fields.name,
      identityNumber: fields.number,
      kind: 'citizen',
      birthDate,
      gender,
      address: fields.address,
      phone: '',
      email: '',
      ethnicity: null,
      place: null,
    },
    issuedOn,
    oldNumber: fields.oldNumber,
    warnings: warningsOf(fields, birthDate, issuedOn, gender, now),
  };
}

/** True for text that has the shape of a card's line, so that other codes on a paper are not taken for one. */
export function isCitizenLine(text: string): boolean {
  return /^\ufeff?\s*\d{9,12}\|/.test(text) && text.split('|').length >= FIELDS.length;
}

/** The seven fields that may be kept; what follows them on newer cards may name relatives (facts §7). */
export function keptFields(line: string): string {
  return isCitizenLine(line) ? line.split('|').slice(0, FIELDS.length).join('|') : line;
}

function split(line: string): Fields {
  const parts = line
    .replace(/^\ufeff/, '')
    .normalize('NFC')
    .split('|')
    .map((p) => p.trim());
  if (parts.length < FIELDS.length) throw invalid('fields');
  const fields = Object.fromEntries(FIELDS.map((name, i) => [name, parts[i]!])) as Fields;
  if (!/^\d{9,12}$/.test(fields.number)) throw invalid('number');
  if (fields.oldNumber !== '' && !/^\d{1,12}$/.test(fields.oldNumber)) throw invalid('old-number');
  if (fields.name === '' || fields.name.length > 255 || /\d/.test(fields.name)) throw invalid('name');
  if (fields.address.length > 500) throw invalid('address');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  if (/[\u0000-\u001f\u007f]/.test(fields.name + fields.address)) throw invalid('control-character');
  return fields;
}

/** `ddMMyyyy`, or with `/` or `-` between, as some readers rewrite it; null unless it is a day that exists. */
function dateOf(text: string): string | null {
  const match = /^(\d{2})[/-]?(\d{2})[/-]?(\d{4})$/.exec(text);
  if (!match) return null;
  const iso = `${match[3]}-${match[2]}-${match[1]}`;
  const date = new Date(`${iso}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(iso) ? iso : null;
}

function warningsOf(
  fields: Fields,
  birthDate: string,
  issuedOn: string | null,
  gender: Applicant['gender'],
  now: Date,
): Warning[] {
  const warnings: Warning[] = [];
  const { number } = fields;
  if (number.length !== 12) warnings.push('NUMBER_SHAPE');
  else {
    // NĐ 137/2015/NĐ-CP Điều 13: three digits of place, one of century and gender, two of the year of birth.
    const digit = Number(number[3]);
    const year = 1900 + Math.floor(digit / 2) * 100 + Number(number.slice(4, 6));
    if (!/^0\d\d/.test(number)) warnings.push('NUMBER_SHAPE');
    if (String(year) !== birthDate.slice(0, 4)) warnings.push('BIRTH_YEAR_DIFFERS');
    if (gender && gender !== (digit % 2 === 0 ? 'male' : 'female')) warnings.push('GENDER_DIFFERS');
  }
  if (DAMAGE.test(fields.name + fields.address + fields.gender) || !gender) warnings.push('TEXT_DAMAGED');
  if (issuedOn && isExpired(birthDate, issuedOn, now)) warnings.push('CARD_EXPIRED');
  return warnings;
}

function isExpired(birthDate: string, issuedOn: string, now: Date): boolean {
  const today = localDay(now);
  const runsOut = EXPIRY_AGES.find((age) => issuedOn < birthday(birthDate, age - 2));
  return runsOut !== undefined && today >= birthday(birthDate, runsOut);
}

/** The day on which somebody turns `age`, comparable as text. */
function birthday(birthDate: string, age: number): string {
  return `${String(Number(birthDate.slice(0, 4)) + age).padStart(4, '0')}${birthDate.slice(4)}`;
}

function invalid(reason: string): CounterError {
  return new CounterError('CITIZEN_QR_INVALID', { reason });
}

import { CounterError } from '../../contract/errors.ts';
import type { Applicant, CitizenCard } from '../../contract/model.ts';
import { localDay } from '../calendar/local-time.ts';
import { numberWarnings } from './identity-number.ts';
import { inputMethodLeftover } from './input-method.ts';
import { isInsuranceLine } from './insurance-card.ts';
import { looksDamaged, repairText } from './mojibake.ts';

type Warning = CitizenCard['warnings'][number];

/** Positions in the line (facts §7). What follows the seventh is opaque and may name relatives: it is not kept. */
const FIELDS = ['number', 'oldNumber', 'name', 'birth', 'gender', 'address', 'issued'] as const;
type Fields = Record<(typeof FIELDS)[number], string>;

const GENDERS: Readonly<Record<string, NonNullable<Applicant['gender']>>> = { nam: 'male', nữ: 'female' };

/** Ages at which a card runs out (Luật Căn cước 2023 Điều 21); one issued in the two years before lasts to the next. */
const EXPIRY_AGES = [14, 25, 40, 60];

/**
 * Reads the QR line of a citizen card (CCCD gắn chip since 2021, thẻ Căn cước since 7/2024), as UTF-8 text with or
 * without the scanner's line end. Throws CITIZEN_QR_INVALID {reason} for anything else; 'insurance' is the card of
 * the BHYT, 'keystrokes' a name that an input method left unfinished. What merely does not fit together is a warning:
 * gender may have been changed, and a card may be kept past its day. UTF-8 that came through another code page is put
 * right where that can be proved, and said so.
 */
export function readCitizenCard(line: string, now: Date): CitizenCard {
  if (isInsuranceLine(line)) throw invalid('insurance');
  const { fields, repaired } = split(line);
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
    warnings: [
      ...warningsOf(fields, birthDate, issuedOn, gender, now),
      ...(repaired ? (['TEXT_REPAIRED'] as const) : []),
    ],
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

function split(line: string): { readonly fields: Fields; readonly repaired: boolean } {
  // Field by field: one that cannot be put right takes nothing from the others. Before NFC, which would join the
  // combining marks of Windows-1258.
  const repairs = line
    .replace(/^\ufeff/, '')
    .split('|')
    .slice(0, FIELDS.length)
    .map(repairText);
  const parts = repairs.map(({ text }) => text.normalize('NFC').trim());
  if (parts.length < FIELDS.length) throw invalid('fields');
  const fields = Object.fromEntries(FIELDS.map((name, i) => [name, parts[i]!])) as Fields;
  if (!/^\d{9,12}$/.test(fields.number)) throw invalid('number');
  if (fields.oldNumber !== '' && !/^\d{1,12}$/.test(fields.oldNumber)) throw invalid('old-number');
  if (inputMethodLeftover(fields.name) === 'vni') throw invalid('keystrokes');
  if (fields.name === '' || fields.name.length > 255 || /\d/.test(fields.name)) throw invalid('name');
  if (fields.address.length > 500) throw invalid('address');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  if (/[\u0000-\u001f\u007f]/.test(fields.name + fields.address)) throw invalid('control-character');
  return { fields, repaired: repairs.some((r) => r.repaired) };
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
  const warnings: Warning[] = [...numberWarnings(fields.number, birthDate, gender)];
  const text = [fields.name, fields.address, fields.gender].join(' ');
  if (looksDamaged(text) || !gender) warnings.push('TEXT_DAMAGED');
  if (inputMethodLeftover(fields.name) !== null) warnings.push('INPUT_METHOD');
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

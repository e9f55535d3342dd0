import table from '../../../resources/birth-places.json' with { type: 'json' };
import type { Applicant } from '../../contract/model.ts';

export type NumberWarning = 'NUMBER_SHAPE' | 'PLACE_UNKNOWN' | 'BIRTH_YEAR_DIFFERS' | 'GENDER_DIFFERS';

const PLACES: Readonly<Record<string, string>> = table.places;

export interface BirthPlace {
  /** Three digits. */
  readonly code: string;
  /** By the list of the 63 provinces; null where the code is known to exist but not by name. */
  readonly name: string | null;
}

/** Where the birth was first registered; null where the number has no such place, or is no number of twelve digits. */
export function birthPlaceOf(number: string): BirthPlace | null {
  if (!/^\d{12}$/.test(number)) return null;
  const code = number.slice(0, 3);
  const inList = Number(code) >= table.first && Number(code) <= table.last;
  return inList ? { code, name: PLACES[code] ?? null } : null;
}

/**
 * NĐ 137/2015/NĐ-CP Điều 13: three digits of place, one of century and gender, two of the year of birth. There is no
 * check digit, and gender may have been changed since: all of it only warns.
 */
export function numberWarnings(
  number: string,
  birthDate: string | null,
  gender: Applicant['gender'],
): NumberWarning[] {
  if (!/^\d{12}$/.test(number)) return ['NUMBER_SHAPE'];
  const warnings: NumberWarning[] = [];
  const digit = Number(number[3]);
  const year = 1900 + Math.floor(digit / 2) * 100 + Number(number.slice(4, 6));
  if (!/^0\d\d/.test(number)) warnings.push('NUMBER_SHAPE');
  else if (!birthPlaceOf(number)) warnings.push('PLACE_UNKNOWN');
  if (birthDate && String(year) !== birthDate.slice(0, 4)) warnings.push('BIRTH_YEAR_DIFFERS');
  // Beyond male and female the digits say nothing.
  const said = digit % 2 === 0 ? 'male' : 'female';
  if ((gender === 'male' || gender === 'female') && gender !== said) warnings.push('GENDER_DIFFERS');
  return warnings;
}

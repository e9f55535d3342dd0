import type { Applicant } from '../../contract/model.ts';
import type { Checked } from './contacts.ts';

export type OrganisationWarning =
  | 'NUMBER_SHAPE'
  | 'TAX_NUMBER_WRONG'
  | 'AGENCY_CODE_OLD'
  | 'AGENCY_CODE_CLOSED';

/** Weights of the first nine digits of a tax number; the tenth is ten less the sum's remainder by eleven. */
const WEIGHTS = [31, 29, 23, 19, 17, 13, 7, 5, 3];

/** Whether the tenth digit of a tax number fits the nine before it. */
export function taxDigitFits(number: string): boolean {
  const sum = WEIGHTS.reduce((total, weight, i) => total + weight * Number(number[i]), 0);
  return 10 - (sum % 11) === Number(number[9]);
}

/** Provinces whose code ended with the mergers of 2025 (facts §11.6): valid for old dossiers, not for new ones. */
const CLOSED_CODES = ['H62', 'H28'];
const AGENCY_CODE = /^[A-Y]\d{2}(?:\.[A-Z0-9]+)*$/;
const MAX_AGENCY_CODE = 35;

/**
 * The number of whoever is no citizen: mã số doanh nghiệp of ten digits, or thirteen for a branch; a household business
 * has one of these or the twelve digits of its owner; an agency has its mã định danh (QĐ 20/2020/QĐ-TTg); other
 * organisations have what they have.
 */
export function checkOrganisationNumber(
  text: string,
  kind: Exclude<Applicant['kind'], 'citizen'>,
): Checked<OrganisationWarning> {
  const typed = text.normalize('NFKC').trim();
  if (typed === '') return { value: '', warnings: [], suggestion: null };
  if (kind === 'agency') return checkAgencyCode(typed.toUpperCase());
  if (kind === 'organisation' && !/^\d[\d\s.-]*$/.test(typed))
    return { value: typed, warnings: [], suggestion: null };
  const digits = typed.replace(/[\s.-]/g, '');
  if (kind === 'household-business' && /^0\d{11}$/.test(digits)) {
    return { value: digits, warnings: [], suggestion: null };
  }
  if (!/^\d{10}(?:\d{3})?$/.test(digits))
    return { value: typed, warnings: ['NUMBER_SHAPE'], suggestion: null };
  const value = digits.length === 13 ? `${digits.slice(0, 10)}-${digits.slice(10)}` : digits;
  return { value, warnings: taxDigitFits(digits) ? [] : ['TAX_NUMBER_WRONG'], suggestion: null };
}

function checkAgencyCode(code: string): Checked<OrganisationWarning> {
  // The order of before: lower levels in front, `000.00.12.H62`.
  const old = /^(?:\d{3}\.\d{2}|\d{3})\.(\d{2})\.([A-Y]\d{2})$/.exec(code);
  if (old) {
    const value = old[1] === '00' ? old[2]! : `${old[2]}.${old[1]}`;
    return { value: code, warnings: ['AGENCY_CODE_OLD'], suggestion: value };
  }
  if (/^Z[A-Z0-9]{2}/.test(code) && code.length <= MAX_AGENCY_CODE) {
    return { value: code, warnings: [], suggestion: null };
  }
  if (!AGENCY_CODE.test(code) || code.length > MAX_AGENCY_CODE) {
    return { value: code, warnings: ['NUMBER_SHAPE'], suggestion: null };
  }
  const closed = CLOSED_CODES.includes(code.slice(0, 3));
  return { value: code, warnings: closed ? ['AGENCY_CODE_CLOSED'] : [], suggestion: null };
}

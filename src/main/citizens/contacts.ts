import { z } from 'zod';

export interface Checked<W extends string> {
  /** In the usual form where it could be read, else as it came. */
  readonly value: string;
  readonly warnings: readonly W[];
  /** What it probably should be; null where nothing is known. */
  readonly suggestion: string | null;
}

/** The change of mobile numbers from eleven digits to ten (2018): old prefix to new. */
const PREFIXES_OF_2018: Readonly<Record<string, string>> = {
  ...{ '0120': '070', '0121': '079', '0122': '077', '0123': '083', '0124': '084', '0125': '085' },
  ...{ '0126': '076', '0127': '081', '0128': '078', '0129': '082', '0162': '032', '0163': '033' },
  ...{ '0164': '034', '0165': '035', '0166': '036', '0167': '037', '0168': '038', '0169': '039' },
  ...{ '0186': '056', '0188': '058', '0199': '059' },
};

/**
 * A phone number without blanks, dots and +84: mobile `0[35789]` and eight digits, fixed line `02` and eight or nine
 * (facts §10.3). Anything else is kept as it came, with a warning: foreign numbers exist.
 */
export function checkPhone(text: string): Checked<'PHONE_SHAPE' | 'PHONE_OLD_PREFIX'> {
  const typed = text.normalize('NFKC').trim();
  if (typed === '') return { value: '', warnings: [], suggestion: null };
  const digits = typed
    .replace(/[\s.()‐‑–-]/gu, '')
    .replace(/^(?:\+|00)84(?:0(?=\d{9}))?|^84(?=\d{9,10}$)/, '0');
  if (/^0[35789]\d{8}$/.test(digits) || /^02\d{8,9}$/.test(digits)) {
    return { value: digits, warnings: [], suggestion: null };
  }
  const today = /^01\d{9}$/.test(digits) ? PREFIXES_OF_2018[digits.slice(0, 4)] : undefined;
  if (today !== undefined) {
    return { value: digits, warnings: ['PHONE_OLD_PREFIX'], suggestion: today + digits.slice(4) };
  }
  return { value: typed, warnings: ['PHONE_SHAPE'], suggestion: null };
}

const email = z.email().max(254);

/** An e-mail address without blanks around it and with its host in lower case. */
export function checkEmail(text: string): Checked<'EMAIL_SHAPE'> {
  const typed = text.normalize('NFKC').trim();
  if (typed === '') return { value: '', warnings: [], suggestion: null };
  const at = typed.lastIndexOf('@');
  const value = at < 0 ? typed : typed.slice(0, at) + typed.slice(at).toLowerCase();
  return { value, warnings: email.safeParse(value).success ? [] : ['EMAIL_SHAPE'], suggestion: null };
}

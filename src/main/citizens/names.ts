import { foldText } from '../procedures/fold-text.ts';

/*
 * Names of persons (facts §10.3). They are kept as the card or the person writes them: no fixed number of words, never
 * re-cased, minority names with their blanks, hyphens and apostrophes. Only for comparing are they folded.
 */

/** What is typed, printed or scanned for one apostrophe. */
const APOSTROPHES = /['`´‘’‚‛ʹʻʼʽʾʿˈ′＇]/gu;

/** NFC, one blank between words, no invisible marks; letters, their case and their apostrophes as they came. */
export function tidyName(name: string): string {
  return name
    .normalize('NFC')
    .replace(/[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g, '')
    .replace(/\s+/gu, ' ')
    .trim();
}

/**
 * Equal for names that differ only in tone style (Hoà, Hòa), case, apostrophe, hyphen or lost diacritics. 'K'Brơi' and
 * 'K Brơi' meet; 'KBrơi' does too, since scanners and forms drop the apostrophe.
 */
export function nameKey(name: string): string {
  return foldText(name.replace(APOSTROPHES, '')).replace(/(?<![\p{L}\p{N}])([hky]) (?=\p{L})/gu, '$1');
}

/** Same letters and tones wherever the tone mark stands, in any case: Hoà = Hòa, but not = Hoa. */
export function sameName(a: string, b: string): boolean {
  return toneKey(a) === toneKey(b);
}

/** Tone marks: ngang has none. */
const TONES = /[\u0300\u0301\u0303\u0309\u0323]/gu;

/** Each syllable without its tone, and the tone after it. */
function toneKey(name: string): string {
  return tidyName(name)
    .replace(APOSTROPHES, "'")
    .toLocaleLowerCase('vi')
    .split(/[ -]/)
    .map((syllable) => {
      const open = syllable.normalize('NFD');
      const tones = [...open.matchAll(TONES)].map(([tone]) => tone).join('');
      return open.replace(TONES, '').normalize('NFC') + tones;
    })
    .join(' ');
}

export interface NameParts {
  /** Họ: the first word. */
  readonly family: string;
  /** Đệm: what stands between; may be empty. */
  readonly middle: string;
  /** Tên: the last word; a name of one word is all tên. */
  readonly given: string;
}

export function nameParts(name: string): NameParts {
  const words = tidyName(name)
    .split(' ')
    .filter((word) => word !== '');
  const given = words.at(-1) ?? '';
  return { family: words.length > 1 ? words[0]! : '', middle: words.slice(1, -1).join(' '), given };
}

const collator = new Intl.Collator('vi');

/** Order of Vietnamese lists of people: by tên, then họ, then đệm (facts §10.3). */
export function compareNames(a: string, b: string): number {
  const [x, y] = [nameParts(a), nameParts(b)];
  return (
    collator.compare(x.given, y.given) ||
    collator.compare(x.family, y.family) ||
    collator.compare(x.middle, y.middle)
  );
}

/*
 * Text whose UTF-8 bytes were read in another code page by a scanner's driver or a keyboard wedge ('NguyÃªn'). It is put
 * right only where that is proved: every character goes back to one byte, the bytes are whole UTF-8, and reading them
 * wrongly once more gives exactly the text that came.
 */

/** Bytes 80–9F of Windows-1252; undefined ones stay control characters, as the WHATWG decoder has it. */
const HIGH_1252: Readonly<Record<number, string>> = {
  ...{ 128: '€', 130: '‚', 131: 'ƒ', 132: '„', 133: '…', 134: '†', 135: '‡', 136: 'ˆ', 137: '‰', 138: 'Š' },
  ...{ 139: '‹', 140: 'Œ', 142: 'Ž', 145: '‘', 146: '’', 147: '“', 148: '”', 149: '•', 150: '–', 151: '—' },
  ...{ 152: '˜', 153: '™', 154: 'š', 155: '›', 156: 'œ', 158: 'ž', 159: 'Ÿ' },
};
/** Where Windows-1258 (Vietnamese) differs from Windows-1252; four of them are combining tones. */
const DIFFERENT_1258: Readonly<Record<number, string>> = {
  ...{ 138: '\u008a', 142: '\u008e', 154: '\u009a', 158: '\u009e' },
  ...{ 195: 'Ă', 204: '\u0300', 208: 'Đ', 210: '\u0309', 213: 'Ơ', 221: 'Ư', 222: '\u0303' },
  ...{ 227: 'ă', 236: '\u0301', 240: 'đ', 242: '\u0323', 245: 'ơ', 253: 'ư', 254: '₫' },
};

/** Marks of UTF-8 that was read as another code page, the replacement character, and letters that were lost. */
const DAMAGE =
  /[\ufffd\u0080-\u009f]|Ã[\u0080-\u00bf]|á[»º¼½][\u0080-\u00bf]?|Ä[\u0090\u0091‘’]|Æ[°¡]|áº|\?{2,}/u;

/** Whether letters of the text have gone wrong. */
export function looksDamaged(text: string): boolean {
  return DAMAGE.test(text);
}

/** Of one code page: the character of each byte. */
type Page = readonly string[];

function pageOf(different: Readonly<Record<number, string>>): Page {
  return Array.from({ length: 256 }, (_, byte) => different[byte] ?? String.fromCharCode(byte));
}

const LATIN_1 = pageOf({});
const PAGES: readonly Page[] = [pageOf(HIGH_1252), LATIN_1, pageOf({ ...HIGH_1252, ...DIFFERENT_1258 })];
const BYTES = PAGES.map((page) => new Map(page.map((character, byte) => [character, byte])));

/** Letters of Vietnamese, what stands in addresses and in a card's line. */
const EXPECTED = /^[\p{Script=Latin}\p{M}\p{N}\p{P}\p{Zs}\p{S}\r\n\t]*$/u;
/** Text may have been read wrongly by two programs in a row. */
const MOST_TIMES = 2;

export interface Repair {
  readonly text: string;
  /** False = the text is as it came. */
  readonly repaired: boolean;
}

/** Puts right what can be proved to be UTF-8 in another code page; anything else stays as it came. */
export function repairText(text: string): Repair {
  let now = text;
  for (let times = 0; times < MOST_TIMES; times += 1) {
    const better = oneReading(now);
    if (better === null) break;
    now = better;
  }
  if (!EXPECTED.test(now.replace(/^\ufeff/, ''))) now = text;
  return { text: now, repaired: now !== text };
}

/** The one text whose bytes, wrongly read, give this one; null where there is none or more than one. */
function oneReading(text: string): string | null {
  if (!/[^\p{ASCII}]/u.test(text)) return null;
  const readings = new Set<string>();
  PAGES.forEach((page, i) => {
    const reading = readAs(text, page, BYTES[i]!);
    if (reading !== null) readings.add(reading);
  });
  return readings.size === 1 ? [...readings][0]! : null;
}

function readAs(text: string, page: Page, byteOf: ReadonlyMap<string, number>): string | null {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i += 1) {
    const byte = byteOf.get(text[i]!);
    if (byte === undefined) return null;
    bytes[i] = byte;
  }
  let reading: string;
  try {
    reading = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null; // not UTF-8: the text is what it is
  }
  const again = Array.from(new TextEncoder().encode(reading), (byte) => page[byte]).join('');
  return again === text ? reading : null;
}

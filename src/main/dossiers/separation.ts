import type { Barcode } from '../../contract/model.ts';

/** What a separator sheet says of the pages that follow it. */
export type Separator =
  | { readonly kind: 'next-component' }
  | { readonly kind: 'component'; readonly componentId: string }
  | { readonly kind: 'dossier'; readonly dossierId: string };

const VERSION = 'MCC1';
const LETTERS = { 'next-component': 'N', component: 'P', dossier: 'D' } as const;
/** Longer ones are not ours; the reader of a page's codes gives at most 4,096 characters. */
const MOST_TEXT = 600;

/**
 * Text of a separator's code: `MCC1:N:check`, `MCC1:P:component:check` or `MCC1:D:dossier:check`. The check is the
 * CRC-32 (ISO-HDLC: 0x04C11DB7, reflected) of the UTF-8 text before its colon, as seven digits in base 36, so that no
 * code that somebody else printed is taken for ours. Throws RangeError for an id that is empty or too long to come back.
 */
export function separatorText(separator: Separator): string {
  const id = idOf(separator);
  const text = [VERSION, LETTERS[separator.kind], ...id].join(':').normalize('NFC');
  const whole = `${text}:${checkOf(text)}`;
  if (id[0] === '' || whole.length > MOST_TEXT) throw new RangeError('no id that a separator could carry');
  return whole;
}

function idOf(separator: Separator): string[] {
  if (separator.kind === 'component') return [separator.componentId];
  return separator.kind === 'dossier' ? [separator.dossierId] : [];
}

/**
 * What the codes on a page say: a separator of ours, or 'next component' for Patch T and the text PATCHT that other
 * programs print. Null for a page without, and for one whose codes say different things: then it is a page like others,
 * and a person decides.
 */
export function readSeparator(codes: readonly Barcode[]): Separator | null {
  const found = new Map<string, Separator>();
  for (const code of codes) {
    const separator = parse(code);
    if (separator) found.set(separatorText(separator), separator);
  }
  const [first, ...others] = found.values();
  return first && others.length === 0 ? first : null;
}

function parse({ format, text }: Barcode): Separator | null {
  if (format === 'patch') return text === 'T' ? { kind: 'next-component' } : null;
  if (text === 'PATCHT') return { kind: 'next-component' };
  if (text.length > MOST_TEXT || !text.startsWith(`${VERSION}:`)) return null;
  const end = text.lastIndexOf(':');
  const body = text.slice(0, end);
  if (text.slice(end + 1) !== checkOf(body)) return null;
  const [, letter, ...rest] = body.split(':');
  const id = rest.join(':');
  if (letter === LETTERS['next-component']) return rest.length === 0 ? { kind: 'next-component' } : null;
  if (id === '' || id !== id.normalize('NFC')) return null;
  if (letter === LETTERS.component) return { kind: 'component', componentId: id };
  return letter === LETTERS.dossier ? { kind: 'dossier', dossierId: id } : null;
}

function checkOf(text: string): string {
  let crc = 0xffffffff;
  for (const octet of new TextEncoder().encode(text)) {
    crc ^= octet;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return (~crc >>> 0).toString(36).toUpperCase().padStart(7, '0');
}

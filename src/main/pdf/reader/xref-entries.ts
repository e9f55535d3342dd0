import { integerOf, isArray, type PdfDict, PdfTooComplex, PdfUnreadable } from './objects.ts';

export type XrefEntry =
  | { readonly type: 'free' }
  | { readonly type: 'plain'; readonly offset: number; readonly gen: number }
  | { readonly type: 'packed'; readonly container: number; readonly index: number };

/** A subsection, kept as columns: 13 bytes an object, so that a file of a million objects costs little. */
export interface XrefRange {
  readonly start: number;
  readonly types: Uint8Array;
  readonly first: Float64Array;
  readonly second: Uint32Array;
}

const FREE = 0;
const PLAIN = 1;
const PACKED = 2;
/** Highest object number plus one that is believed; ISO 32000-1 table C.1 gives 8,388,607 as a reader's limit. */
export const MAX_OBJECTS = 8_388_608;

export function newRange(start: number, count: number): XrefRange {
  if (start + count > MAX_OBJECTS) throw new PdfTooComplex('objects');
  return {
    start,
    types: new Uint8Array(count),
    first: new Float64Array(count),
    second: new Uint32Array(count),
  };
}

/** The entries of a section in the order of their numbers, for a binary search: subsections may be very many. */
export class XrefColumns {
  readonly numbers: Uint32Array;
  private readonly types: Uint8Array;
  private readonly first: Float64Array;
  private readonly second: Uint32Array;

  constructor(ranges: readonly XrefRange[]) {
    const ordered = [...ranges].sort((a, b) => a.start - b.start);
    const count = ordered.reduce((sum, r) => sum + r.types.length, 0);
    this.numbers = new Uint32Array(count);
    this.types = new Uint8Array(count);
    this.first = new Float64Array(count);
    this.second = new Uint32Array(count);
    let at = 0;
    let end = 0;
    for (const range of ordered) {
      if (range.start < end) throw new PdfUnreadable('xref-overlap', { object: range.start });
      end = range.start + range.types.length;
      for (let i = 0; i < range.types.length; i++) this.numbers[at + i] = range.start + i;
      this.types.set(range.types, at);
      this.first.set(range.first, at);
      this.second.set(range.second, at);
      at += range.types.length;
    }
  }

  find(num: number): XrefEntry | null {
    let low = 0;
    let high = this.numbers.length - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const found = this.numbers[middle]!;
      if (found === num) return this.entry(middle);
      if (found < num) low = middle + 1;
      else high = middle - 1;
    }
    return null;
  }

  private entry(i: number): XrefEntry {
    if (this.types[i] === PLAIN) return { type: 'plain', offset: this.first[i]!, gen: this.second[i]! };
    if (this.types[i] === PACKED)
      return { type: 'packed', container: this.first[i]!, index: this.second[i]! };
    return { type: 'free' };
  }
}

/**
 * The entries of a classic subsection. They should be 20 bytes each (§7.5.4), yet writers pad them with more blanks
 * or end them with one byte: `bytes` may hold more than the entries need. Returns how many bytes they took.
 */
export function readClassicEntries(range: XrefRange, bytes: Uint8Array): number {
  let pos = 0;
  const count = range.types.length;
  for (let i = 0; i < count; i++) {
    const offsetAt = skipBlanks(bytes, pos);
    const offsetEnd = skipDigits(bytes, offsetAt);
    const genAt = skipBlanks(bytes, offsetEnd);
    const genEnd = skipDigits(bytes, genAt);
    pos = skipBlanks(bytes, genEnd) + 1;
    const letter = bytes[pos - 1];
    if (offsetEnd === offsetAt || genEnd === genAt || (letter !== 0x6e && letter !== 0x66)) {
      throw new PdfUnreadable('xref-entry', { object: range.start + i });
    }
    const offset = decimal(bytes, offsetAt, offsetEnd);
    // An in-use object at offset 0 is the header's place: writers mean 'free' by it.
    range.types[i] = letter === 0x6e && offset > 0 ? PLAIN : FREE;
    range.first[i] = offset;
    range.second[i] = decimal(bytes, genAt, genEnd);
  }
  return pos;
}

function skipBlanks(bytes: Uint8Array, from: number): number {
  let pos = from;
  while (pos < bytes.length && bytes[pos]! <= 32) pos++;
  return pos;
}

/** Ten digits are the field's width; more would be no offset. */
function skipDigits(bytes: Uint8Array, from: number): number {
  let pos = from;
  while (pos - from < 10 && bytes[pos]! >= 0x30 && bytes[pos]! <= 0x39) pos++;
  return pos;
}

function decimal(bytes: Uint8Array, from: number, to: number): number {
  let value = 0;
  for (let i = from; i < to; i++) value = value * 10 + bytes[i]! - 0x30;
  return value;
}

/** The entries of a cross-reference stream (§7.5.8), from its decoded data. */
export function readStreamEntries(
  dict: PdfDict,
  data: Uint8Array,
  spend: (entries: number) => void,
): XrefRange[] {
  const widths = fieldWidths(dict);
  const row = widths.reduce((a, b) => a + b, 0);
  const index = dict.get('Index');
  const size = integerOf(dict.get('Size')) ?? 0;
  const pairs = isArray(index) ? index.map((n) => integerOf(n) ?? -1) : [0, size];
  if (row === 0 || pairs.length % 2 || pairs.some((n) => n < 0)) throw new PdfUnreadable('xref-stream');
  const ranges: XrefRange[] = [];
  let pos = 0;
  for (let i = 0; i < pairs.length; i += 2) {
    // Entries that the data does not hold are not there, whatever the dictionary claims.
    const count = Math.min(pairs[i + 1]!, Math.floor((data.length - pos) / row));
    spend(count);
    const range = newRange(pairs[i]!, count);
    for (let k = 0; k < count; k++, pos += row) readRow(range, k, data, pos, widths);
    ranges.push(range);
  }
  return ranges;
}

function fieldWidths(dict: PdfDict): readonly [number, number, number] {
  const w = dict.get('W');
  const widths = isArray(w) ? w.slice(0, 3).map((n) => integerOf(n) ?? -1) : [];
  if (widths.length < 3 || widths.some((n) => n < 0 || n > 8)) throw new PdfUnreadable('xref-stream');
  return widths as unknown as readonly [number, number, number];
}

function readRow(
  range: XrefRange,
  k: number,
  data: Uint8Array,
  pos: number,
  [w1, w2, w3]: readonly [number, number, number],
): void {
  const type = w1 === 0 ? PLAIN : bigEndian(data, pos, w1);
  range.types[k] = type === PLAIN || type === PACKED ? type : FREE;
  range.first[k] = bigEndian(data, pos + w1, w2);
  range.second[k] = bigEndian(data, pos + w1 + w2, w3);
}

function bigEndian(data: Uint8Array, from: number, width: number): number {
  let value = 0;
  for (let i = from; i < from + width; i++) value = value * 256 + data[i]!;
  return value;
}

import {
  PdfDict,
  PdfName,
  type PdfObject,
  PdfRef,
  PdfString,
  PdfTooComplex,
  PdfUnreadable,
} from './objects.ts';

const MAX_DEPTH = 100;
const MAX_NULL_KEYS = 32;
/** Values in one object: an array of two octets each would otherwise take a hundred times its size of memory. */
const MAX_NODES = 524_288;
/** ISO 32000-1 table C.1 allows names 127 octets. */
const MAX_NAME = 4096;
/** No keyword or number of PDF comes near this. */
const MAX_WORD = 64;

/** Character classes of ISO 32000-1 §7.2.2. */
const WHITE = 1;
const DELIMITER = 2;
const CLASS = new Uint8Array(256);
for (const c of [0, 9, 10, 12, 13, 32]) CLASS[c] = WHITE;
for (const c of '()<>[]{}/%') CLASS[c.charCodeAt(0)] = DELIMITER;
const HEX = new Int8Array(256).fill(-1);
for (const [value, c] of [...'0123456789abcdef'].entries()) {
  HEX[c.charCodeAt(0)] = value;
  HEX[c.toUpperCase().charCodeAt(0)] = value;
}

export function isWhite(byte: number | undefined): boolean {
  return byte !== undefined && CLASS[byte] === WHITE;
}

/**
 * Reads objects from a window of a file. `touchedEnd` tells that the window's end was reached, so that what was
 * read, or the failure, may be due to the cut: the caller then widens the window and reads again.
 */
export class Parser {
  readonly bytes: Buffer;
  pos: number;
  touchedEnd = false;
  /** Values made so far. */
  nodes = 0;
  /** Keys that stood in their dictionary before: readers disagree on which one counts (ISO 32000-1 §7.3.7). */
  repeatedKeys = 0;
  private nodesAllowed = MAX_NODES;

  constructor(bytes: Uint8Array, pos = 0) {
    this.bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.pos = pos;
  }

  skipWhite(): void {
    const { bytes } = this;
    const end = bytes.length;
    let pos = this.pos;
    while (pos < end) {
      const c = bytes[pos]!;
      if (c === 0x25) while (pos < end && bytes[pos] !== 10 && bytes[pos] !== 13) pos++;
      else if (CLASS[c] === WHITE) pos++;
      else break;
    }
    this.moveTo(pos);
  }

  /** A run of regular characters: a keyword or a number; '' where a delimiter or the end stands. */
  word(): string {
    this.skipWhite();
    const from = this.pos;
    this.moveTo(this.endOfRegular(from));
    // A longer run is noise that need not be decoded; one more character tells that it is longer.
    return this.bytes.toString('latin1', from, Math.min(this.pos, from + MAX_WORD + 1));
  }

  /** Takes `word` if it stands next. */
  takes(word: string): boolean {
    const from = this.pos;
    if (this.word() === word) return true;
    this.pos = from;
    return false;
  }

  integer(): number | null {
    const from = this.pos;
    const word = this.word();
    if (/^\d{1,15}$/.test(word)) return Number(word);
    this.pos = from;
    return null;
  }

  object(depth = 0): PdfObject {
    if (depth > MAX_DEPTH) throw new PdfUnreadable('nesting-too-deep');
    if (depth === 0) this.nodesAllowed = this.nodes + MAX_NODES;
    if (++this.nodes > this.nodesAllowed) throw new PdfTooComplex('object-values');
    this.skipWhite();
    const c = this.peek();
    if (c === 0x2f) return this.name();
    if (c === 0x28) return this.literalString();
    if (c === 0x5b) return this.array(depth);
    if (c === 0x3c) return this.bytes[this.pos + 1] === 0x3c ? this.dict(depth) : this.hexString();
    return this.wordObject();
  }

  private peek(): number | undefined {
    if (this.pos >= this.bytes.length) {
      this.touchedEnd = true;
      return undefined;
    }
    return this.bytes[this.pos];
  }

  private moveTo(pos: number): void {
    this.pos = pos;
    if (pos >= this.bytes.length) this.touchedEnd = true;
  }

  private endOfRegular(from: number): number {
    const { bytes } = this;
    let pos = from;
    while (pos < bytes.length && CLASS[bytes[pos]!] === 0) pos++;
    return pos;
  }

  private wordObject(): PdfObject {
    const from = this.pos;
    const word = this.word();
    if (word.length > MAX_WORD) throw new PdfUnreadable('syntax', { at: from });
    if (/^\d{1,10}$/.test(word)) return this.referenceAfter(Number(word)) ?? Number(word);
    if (/^[+-]*(\d+\.?\d*|\.\d+)$/.test(word)) return Number(word.replace(/^[+-]*(?=[+-])/, ''));
    if (word === 'true') return true;
    if (word === 'false') return false;
    if (word === 'null') return null;
    throw new PdfUnreadable('syntax', { at: from });
  }

  private referenceAfter(num: number): PdfRef | null {
    const from = this.pos;
    const gen = this.integer();
    if (gen !== null && gen <= 65535 && this.takes('R')) return new PdfRef(num, gen);
    this.pos = from;
    return null;
  }

  private name(): PdfName {
    const from = ++this.pos;
    this.moveTo(this.endOfRegular(from));
    if (this.pos - from > MAX_NAME) throw new PdfTooComplex('name-bytes');
    const raw = this.bytes.toString('latin1', from, this.pos);
    if (!raw.includes('#')) return new PdfName(raw);
    const plain = raw.replace(/#([0-9A-Fa-f]{2})/g, (_, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    );
    return new PdfName(plain);
  }

  private array(depth: number): readonly PdfObject[] {
    this.pos++;
    const items: PdfObject[] = [];
    for (;;) {
      this.skipWhite();
      const c = this.peek();
      if (c === undefined) throw new PdfUnreadable('array-open');
      if (c === 0x5d) {
        this.pos++;
        return items;
      }
      items.push(this.object(depth + 1));
    }
  }

  private dict(depth: number): PdfDict {
    this.pos += 2;
    const entries = new Map<string, PdfObject>();
    const nulls: string[] = [];
    for (;;) {
      this.skipWhite();
      const c = this.peek();
      if (c === 0x3e && this.bytes[this.pos + 1] === 0x3e) {
        this.pos += 2;
        return new PdfDict(entries);
      }
      if (c === 0x3e && this.pos + 1 >= this.bytes.length) this.touchedEnd = true;
      if (c !== 0x2f) throw new PdfUnreadable('dictionary-open');
      const key = this.name().value;
      const value = this.object(depth + 1);
      if (entries.has(key) || (nulls.length > 0 && nulls.includes(key))) this.repeatedKeys++;
      // A key with null is a key that is not there (§7.3.7).
      if (value !== null) entries.set(key, value);
      else if (nulls.length < MAX_NULL_KEYS) nulls.push(key);
      // So many keys without a value are no honest dictionary's.
      else this.repeatedKeys++;
    }
  }

  private hexString(): PdfString {
    if (this.pos + 1 >= this.bytes.length) this.touchedEnd = true;
    const from = this.pos + 1;
    const end = this.bytes.indexOf(0x3e, from);
    if (end < 0) {
      this.touchedEnd = true;
      throw new PdfUnreadable('string-open');
    }
    this.pos = end + 1;
    const octets = hexOctets(this.bytes.subarray(from, end));
    if (!octets) throw new PdfUnreadable('hex-string');
    return new PdfString(octets, true);
  }

  private literalString(): PdfString {
    const { bytes } = this;
    const from = this.pos + 1;
    let pos = from;
    let plain = true;
    for (let open = 1; ; pos++) {
      if (pos >= bytes.length) {
        this.moveTo(bytes.length);
        throw new PdfUnreadable('string-open');
      }
      const c = bytes[pos];
      if (c === 0x5c) pos++;
      if (c === 0x5c || c === 13) plain = false;
      else if (c === 0x28) open++;
      else if (c === 0x29 && --open === 0) break;
    }
    this.pos = pos + 1;
    const text = bytes.subarray(from, pos);
    return new PdfString(plain ? Buffer.from(text) : unescaped(text));
  }
}

/** What a literal string means (ISO 32000-1 §7.3.4.2): its escapes resolved, its ends of line as line feeds. */
function unescaped(text: Uint8Array): Uint8Array {
  const out = Buffer.allocUnsafe(text.length);
  let to = 0;
  let pos = 0;
  while (pos < text.length) {
    const c = text[pos++]!;
    if (c === 13) {
      if (text[pos] === 10) pos++;
      out[to++] = 10;
      continue;
    }
    if (c !== 0x5c) {
      out[to++] = c;
      continue;
    }
    const meant = text[pos++]!;
    if (meant >= 0x30 && meant <= 0x37) {
      let value = meant - 0x30;
      for (let i = 0; i < 2 && text[pos]! >= 0x30 && text[pos]! <= 0x37; i++) {
        value = value * 8 + text[pos++]! - 0x30;
      }
      out[to++] = value & 0xff;
    } else if (meant === 13) {
      if (text[pos] === 10) pos++;
    } else if (meant !== 10) out[to++] = ESCAPES.get(meant) ?? meant;
  }
  return out.subarray(0, to);
}

/** Table 3: what n, r, t, b and f stand for after a backslash. */
const ESCAPES: ReadonlyMap<number, number> = new Map([
  [110, 10],
  [114, 13],
  [116, 9],
  [98, 8],
  [102, 12],
]);

/** Octets of hexadecimal digits with blanks between them, a missing last digit being 0; null where others stand. */
export function hexOctets(text: Uint8Array): Buffer | null {
  const out = Buffer.allocUnsafe((text.length + 1) >> 1);
  let digits = 0;
  for (let i = 0; i < text.length; i++) {
    const value = HEX[text[i]!]!;
    if (value >= 0) {
      if (digits & 1) out[digits >> 1]! |= value;
      else out[digits >> 1] = value << 4;
      digits++;
    } else if (CLASS[text[i]!] !== WHITE) return null;
  }
  return out.subarray(0, (digits + 1) >> 1);
}

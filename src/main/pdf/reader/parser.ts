import { PdfDict, PdfName, type PdfObject, PdfRef, PdfString, PdfUnreadable } from './objects.ts';

const MAX_DEPTH = 100;

/** Character classes of ISO 32000-1 §7.2.2. */
const WHITE = 1;
const DELIMITER = 2;
const CLASS = new Uint8Array(256);
for (const c of [0, 9, 10, 12, 13, 32]) CLASS[c] = WHITE;
for (const c of '()<>[]{}/%') CLASS[c.charCodeAt(0)] = DELIMITER;

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

  constructor(bytes: Uint8Array, pos = 0) {
    this.bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.pos = pos;
  }

  skipWhite(): void {
    for (;;) {
      const c = this.peek();
      if (c === 0x25) this.skipComment();
      else if (isWhite(c)) this.pos++;
      else return;
    }
  }

  /** A run of regular characters: a keyword or a number; '' where a delimiter or the end stands. */
  word(): string {
    this.skipWhite();
    const from = this.pos;
    for (let c = this.peek(); c !== undefined && CLASS[c] === 0; c = this.peek()) this.pos++;
    // No keyword or number of PDF comes near this; a longer run is noise that need not be decoded.
    return this.bytes.toString('latin1', from, Math.min(this.pos, from + 64));
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

  private skipComment(): void {
    for (let c = this.peek(); c !== undefined && c !== 10 && c !== 13; c = this.peek()) this.pos++;
  }

  private wordObject(): PdfObject {
    const from = this.pos;
    const word = this.word();
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
    for (let c = this.peek(); c !== undefined && CLASS[c] === 0; c = this.peek()) this.pos++;
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
      // A key with null is a key that is not there (§7.3.7).
      if (value !== null) entries.set(key, value);
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
    const text = Buffer.from(this.bytes.subarray(from, end))
      .toString('latin1')
      .replace(/[\0\t\n\f\r ]+/g, '');
    if (!/^[0-9A-Fa-f]*$/.test(text)) throw new PdfUnreadable('hex-string');
    return new PdfString(Buffer.from(text.length % 2 ? `${text}0` : text, 'hex'), true);
  }

  private literalString(): PdfString {
    this.pos++;
    const out: number[] = [];
    let open = 1;
    for (;;) {
      const c = this.peek();
      if (c === undefined) throw new PdfUnreadable('string-open');
      this.pos++;
      if (c === 0x5c) {
        this.escape(out);
        continue;
      }
      if (c === 0x28) open++;
      if (c === 0x29 && --open === 0) return new PdfString(Uint8Array.from(out));
      if (c === 13) {
        if (this.peek() === 10) this.pos++;
        out.push(10);
      } else out.push(c);
    }
  }

  /** What stands after a backslash (§7.3.4.2, table 3). */
  private escape(out: number[]): void {
    const c = this.peek();
    if (c === undefined) throw new PdfUnreadable('string-open');
    this.pos++;
    const plain = { 110: 10, 114: 13, 116: 9, 98: 8, 102: 12 }[c];
    if (plain !== undefined) out.push(plain);
    else if (c >= 0x30 && c <= 0x37) {
      let value = c - 0x30;
      for (let i = 0; i < 2; i++) {
        const digit = this.peek();
        if (digit === undefined || digit < 0x30 || digit > 0x37) break;
        value = value * 8 + digit - 0x30;
        this.pos++;
      }
      out.push(value & 0xff);
    } else if (c === 13) {
      if (this.peek() === 10) this.pos++;
    } else if (c !== 10) out.push(c);
  }
}

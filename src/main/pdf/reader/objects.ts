import { CounterError, type ErrorDetails } from '../../../contract/errors.ts';

/** A PDF that cannot be read; `details.reason` is a stable word for the text and the log. */
export class PdfUnreadable extends CounterError {
  override readonly name: string = 'PdfUnreadable';

  constructor(reason: string, details: ErrorDetails = {}) {
    super('PDF_UNREADABLE', { reason, ...details });
  }
}

/** A PDF that asks for more work or memory than any honest one does. */
export class PdfTooComplex extends CounterError {
  override readonly name: string = 'PdfTooComplex';

  constructor(limit: string) {
    super('PDF_TOO_COMPLEX', { limit });
  }
}

/** ISO 32000-1 §7.3.5; `value` holds the bytes of the name after #xx, as Latin-1. */
export class PdfName {
  readonly value: string;
  constructor(value: string) {
    this.value = value;
  }
}

export class PdfString {
  readonly bytes: Uint8Array;
  readonly hex: boolean;
  constructor(bytes: Uint8Array, hex = false) {
    this.bytes = bytes;
    this.hex = hex;
  }
}

export class PdfRef {
  readonly num: number;
  readonly gen: number;
  constructor(num: number, gen: number) {
    this.num = num;
    this.gen = gen;
  }
}

export class PdfDict {
  readonly entries: Map<string, PdfObject>;
  constructor(entries: Map<string, PdfObject> | Iterable<readonly [string, PdfObject]> = []) {
    this.entries = entries instanceof Map ? entries : new Map(entries);
  }
  get(key: string): PdfObject {
    return this.entries.get(key) ?? null;
  }
  has(key: string): boolean {
    return this.entries.has(key);
  }
  /** A copy with some entries replaced; a null value takes the entry away. */
  with(changes: Readonly<Record<string, PdfObject>>): PdfDict {
    const entries = new Map(this.entries);
    for (const [key, value] of Object.entries(changes)) {
      if (value === null) entries.delete(key);
      else entries.set(key, value);
    }
    return new PdfDict(entries);
  }
}

/** `dataAt` is the offset of the first byte of the data in the file; the length is resolved when it is read. */
export class PdfStream {
  readonly dict: PdfDict;
  readonly dataAt: number;
  constructor(dict: PdfDict, dataAt: number) {
    this.dict = dict;
    this.dataAt = dataAt;
  }
}

export type PdfObject =
  | null
  | boolean
  | number
  | PdfName
  | PdfString
  | PdfRef
  | PdfDict
  | PdfStream
  | readonly PdfObject[];

export function isName(object: PdfObject, value: string): boolean {
  return object instanceof PdfName && object.value === value;
}

export function isArray(object: PdfObject): object is readonly PdfObject[] {
  return Array.isArray(object);
}

/** The dictionary of a dictionary or of a stream. */
export function dictOf(object: PdfObject): PdfDict | null {
  if (object instanceof PdfDict) return object;
  return object instanceof PdfStream ? object.dict : null;
}

export function integerOf(object: PdfObject): number | null {
  return typeof object === 'number' && Number.isSafeInteger(object) ? object : null;
}

/** Text string (ISO 32000-1 §7.9.2.2): UTF-16BE or UTF-8 by their marks, else read as Latin-1. */
export function textOf(object: PdfObject): string | null {
  if (!(object instanceof PdfString)) return null;
  const bytes = Buffer.from(object.bytes);
  if (bytes[0] === 0xfe && bytes[1] === 0xff) {
    const even = bytes.subarray(2, bytes.length - (bytes.length % 2));
    return Buffer.from(even).swap16().toString('utf16le');
  }
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return bytes.toString('utf8', 3);
  return bytes.toString('latin1');
}

/** A text string that every reader shows as it is: ASCII as such, anything else as UTF-16BE. */
export function textString(text: string): PdfString {
  if (/^[\x20-\x7e]*$/.test(text)) return new PdfString(Buffer.from(text, 'latin1'));
  const utf16 = Buffer.from(`\ufeff${text}`, 'utf16le').swap16();
  return new PdfString(utf16, true);
}

/** What a reader sent: a line, or word that a line was lost. */
export type SerialReading =
  | { readonly kind: 'line'; readonly text: string }
  | {
      readonly kind: 'damaged';
      /**
       * encoding: its octets are no UTF-8 (the reader is set to another code page, or the baud rate is wrong);
       * too-long: no line end came in time; unfinished: the reader fell silent or went away in mid-line (it may not be
       * set to send a line end).
       */
      readonly reason: 'encoding' | 'too-long' | 'unfinished';
      /** Octets that were lost. Never what they were: a card's line is personal data. */
      readonly bytes: number;
    };

export interface LineReader {
  push(bytes: Uint8Array): SerialReading[];
  /** The reader fell silent or went away: what stands half is lost, and never put before the next scan. */
  cut(): SerialReading[];
  /** Whether a line has begun and not ended. */
  readonly inLine: () => boolean;
}

const CR = 0x0d;
const LF = 0x0a;

/**
 * Splits what a reader sends at CR, LF or CR LF. A line is strict UTF-8 and handed on in NFC, because readers differ in
 * how they were taught Vietnamese; one that is not UTF-8 is named as damaged, never guessed at. Empty lines are passed
 * over (CR LF makes one).
 *
 * @param maxBytes of one line; a QR symbol of version 40-L holds 2,953 (ISO/IEC 18004, table 7)
 */
export function lineReader(maxBytes: number): LineReader {
  const held = new Uint8Array(maxBytes);
  let size = 0;
  /** Octets of a line that has grown too long: it is counted to its end, not kept. */
  let lost = 0;

  function finish(): SerialReading[] {
    const length = size;
    size = 0;
    if (lost > 0) {
      const bytes = lost;
      lost = 0;
      return [{ kind: 'damaged', reason: 'too-long', bytes }];
    }
    if (length === 0) return [];
    return [decode(held.subarray(0, length))];
  }

  function add(octet: number): void {
    if (lost > 0) lost++;
    else if (size < maxBytes) held[size++] = octet;
    else lost = size + 1;
  }

  return {
    inLine: () => size > 0 || lost > 0,
    push(bytes) {
      const readings: SerialReading[] = [];
      for (const octet of bytes) {
        if (octet === CR || octet === LF) readings.push(...finish());
        else add(octet);
      }
      return readings;
    },
    cut() {
      const bytes = lost > 0 ? lost : size;
      const reason = lost > 0 ? 'too-long' : 'unfinished';
      size = 0;
      lost = 0;
      return bytes > 0 ? [{ kind: 'damaged', reason, bytes }] : [];
    },
  };
}

function decode(bytes: Uint8Array): SerialReading {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return { kind: 'line', text: text.normalize('NFC') };
  } catch {
    // A TypeError is all that a TextDecoder has to say; the reading says the rest.
    return { kind: 'damaged', reason: 'encoding', bytes: bytes.length };
  }
}

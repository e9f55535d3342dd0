import { CounterError } from '../../contract/errors.ts';

/** What the markers of a JPEG (ITU-T T.81) say, read without decoding. */
export interface JpegOutline {
  readonly width: number;
  readonly height: number;
  readonly components: number;
  /** Bits a sample. */
  readonly precision: number;
  /** 0 baseline, 1 extended, 2 progressive; others (lossless, arithmetic) no PDF reader takes. */
  readonly process: number;
  /** Colour transform of Adobe's APP14, where there is one: 0 = none (RGB or CMYK as they are). */
  readonly adobeTransform: number | undefined;
  /** Offset just behind EOI. */
  readonly end: number;
}

/** A progressive picture of a few kilobytes may hold thousands of scans, each a pass over all pixels. */
const MOST_SCANS = 100;

function unreadable(reason: string): CounterError {
  return new CounterError('IMAGE_UNREADABLE', { reason });
}

/** Behind the entropy-coded data that starts at `from`: the offset of the next marker's 0xFF. */
function skipScan(bytes: Buffer, from: number): number {
  let at = from;
  for (;;) {
    at = bytes.indexOf(0xff, at);
    if (at < 0 || at + 1 >= bytes.length) throw unreadable('truncated');
    const next = bytes[at + 1] ?? 0;
    // Stuffed 0xFF, restart markers and fill bytes belong to the scan (T.81, B.1.1).
    if (next === 0xff) at += 1;
    else if (next === 0 || (next >= 0xd0 && next <= 0xd7)) at += 2;
    else return at;
  }
}

function isFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
}

function isAdobe(bytes: Buffer, body: number, length: number): boolean {
  return length >= 14 && bytes.toString('latin1', body, body + 5) === 'Adobe';
}

/** Throws IMAGE_UNREADABLE where the file is cut or its markers make no sense. */
export function outlineJpeg(input: Uint8Array): JpegOutline {
  const bytes = Buffer.from(input.buffer, input.byteOffset, input.byteLength);
  if (bytes.length < 4 || bytes.readUInt16BE(0) !== 0xffd8) throw unreadable('no-jpeg');
  let frame: Omit<JpegOutline, 'adobeTransform' | 'end'> | undefined;
  let adobeTransform: number | undefined;
  let scans = 0;
  let at = 2;
  for (;;) {
    while (bytes[at] === 0xff && bytes[at + 1] === 0xff) at += 1;
    if (at + 2 > bytes.length) throw unreadable('truncated');
    if (bytes[at] !== 0xff) throw unreadable('markers');
    const marker = bytes[at + 1] ?? 0;
    at += 2;
    if (marker === 0xd9) break;
    if (marker === 0x01) continue;
    if (at + 2 > bytes.length) throw unreadable('truncated');
    const length = bytes.readUInt16BE(at);
    if (length < 2) throw unreadable('markers');
    if (at + length > bytes.length) throw unreadable('truncated');
    const body = at + 2;
    if (isFrame(marker)) {
      if (frame || length < 8) throw unreadable('markers');
      frame = {
        process: marker - 0xc0,
        precision: bytes.readUInt8(body),
        height: bytes.readUInt16BE(body + 1),
        width: bytes.readUInt16BE(body + 3),
        components: bytes.readUInt8(body + 5),
      };
    } else if (marker === 0xee && isAdobe(bytes, body, length)) adobeTransform = bytes.readUInt8(body + 11);
    at += length;
    if (marker === 0xda) {
      scans += 1;
      if (scans > MOST_SCANS) throw new CounterError('IMAGE_TOO_LARGE', { scans });
      at = skipScan(bytes, at);
    }
  }
  if (!frame || scans === 0) throw unreadable('no-picture');
  if (frame.width === 0 || frame.height === 0) throw unreadable('no-size');
  return { ...frame, adobeTransform, end: at };
}

/** The encoder writes no JFIF header: SOI, then APP0 with its resolution in dots an inch (ITU-T T.871, 10.1). */
export function withDensity(jpeg: Uint8Array, dpi: number): Uint8Array {
  const header = Buffer.from('ffd8ffe000104a46494600010101000000000000', 'hex');
  const density = Math.min(65535, Math.max(1, Math.round(dpi)));
  header.writeUInt16BE(density, 14);
  header.writeUInt16BE(density, 16);
  const whole = new Uint8Array(header.length + jpeg.length - 2);
  whole.set(header);
  whole.set(jpeg.subarray(2), header.length);
  return whole;
}

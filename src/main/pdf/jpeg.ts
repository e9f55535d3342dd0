import { CounterError } from '../../contract/errors.ts';

/** What a JPEG's headers say (ITU-T T.81 annex B). */
export interface JpegFacts {
  readonly width: number;
  readonly height: number;
  readonly components: 1 | 3;
  readonly progressive: boolean;
  /** Three components are red, green, blue as they are, not YCbCr. */
  readonly plainRgb: boolean;
}

const SOI = 0xd8;
const EOI = 0xd9;
const SOS = 0xda;
const APP14 = 0xee;
/** Start-of-frame markers: all but DHT (C4), JPG (C8) and DAC (CC). */
const isFrame = (marker: number) => marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
/** Baseline, extended sequential, progressive, with Huffman codes: what DCTDecode takes (ISO 32000-1 §7.4.8). */
const READABLE_FRAMES: readonly number[] = [0xc0, 0xc1, 0xc2];

/**
 * Reads the headers and looks for the end of the picture, without decoding it.
 *
 * Throws IMAGE_UNSUPPORTED for what is no JPEG or of a kind that a PDF/A-2b with an RGB output intent may not hold
 * (four components: ISO 19005-2 §6.2.4.3; 12 bits; lossless; arithmetic codes), IMAGE_UNREADABLE where it is cut.
 */
export function readJpeg(bytes: Uint8Array): JpegFacts {
  if (bytes.length < 4 || bytes[0] !== 0xff || bytes[1] !== SOI || bytes[2] !== 0xff) {
    throw new CounterError('IMAGE_UNSUPPORTED', { reason: 'not-jpeg' });
  }
  let frame: Frame | null = null;
  let adobeTransform: number | null = null;
  for (const { marker, start, end } of segments(bytes)) {
    if (isFrame(marker)) frame = readFrame(bytes.subarray(start, end), marker);
    if (marker === APP14) adobeTransform = readAdobe(bytes.subarray(start, end)) ?? adobeTransform;
    if (marker !== SOS) continue;
    if (!frame) throw new CounterError('IMAGE_UNREADABLE', { reason: 'no-frame' });
    if (!hasEnd(bytes, end)) throw new CounterError('IMAGE_UNREADABLE', { reason: 'cut' });
    const { ids, ...facts } = frame;
    const namedRgb = adobeTransform === null && ids.join() === '82,71,66';
    return { ...facts, plainRgb: facts.components === 3 && (adobeTransform === 0 || namedRgb) };
  }
  throw new CounterError('IMAGE_UNREADABLE', { reason: 'cut' });
}

interface Segment {
  readonly marker: number;
  readonly start: number;
  readonly end: number;
}

/** The marker segments up to and with the first scan's header. */
function* segments(bytes: Uint8Array): Generator<Segment> {
  let at = 2;
  while (at + 4 <= bytes.length) {
    if (bytes[at] !== 0xff) throw new CounterError('IMAGE_UNREADABLE', { reason: 'marker' });
    const marker = bytes[at + 1]!;
    if (marker === 0xff) {
      at++; // fill octet
      continue;
    }
    if (marker === EOI) return;
    const length = (bytes[at + 2]! << 8) | bytes[at + 3]!;
    const end = at + 2 + length;
    if (length < 2 || end > bytes.length) return;
    yield { marker, start: at + 4, end };
    at = end;
  }
}

interface Frame {
  readonly width: number;
  readonly height: number;
  readonly components: 1 | 3;
  readonly progressive: boolean;
  readonly ids: readonly number[];
}

function readFrame(body: Uint8Array, marker: number): Frame {
  if (!READABLE_FRAMES.includes(marker))
    throw new CounterError('IMAGE_UNSUPPORTED', { reason: 'coding', marker });
  if (body.length < 6) throw new CounterError('IMAGE_UNREADABLE', { reason: 'frame' });
  const [bits, h1, h0, w1, w0, components] = body as unknown as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  if (bits !== 8) throw new CounterError('IMAGE_UNSUPPORTED', { reason: 'bits', bits });
  if (components !== 1 && components !== 3) {
    throw new CounterError('IMAGE_UNSUPPORTED', { reason: 'components', components });
  }
  const width = (w1 << 8) | w0;
  const height = (h1 << 8) | h0;
  // A height of 0 would follow in a DNL segment, which no scanner writes and few decoders read.
  if (width === 0 || height === 0) throw new CounterError('IMAGE_UNSUPPORTED', { reason: 'size' });
  if (body.length < 6 + 3 * components) throw new CounterError('IMAGE_UNREADABLE', { reason: 'frame' });
  const ids = Array.from({ length: components }, (_, i) => body[6 + 3 * i]!);
  return { width, height, components, progressive: marker === 0xc2, ids };
}

/** The colour transform of Adobe's APP14 segment; null where it is another's. */
function readAdobe(body: Uint8Array): number | null {
  const isAdobe = body.length >= 12 && Buffer.from(body.subarray(0, 5)).toString('latin1') === 'Adobe';
  return isAdobe ? body[11]! : null;
}

/** FF D9 cannot occur inside entropy-coded data, so the last one after the scan's header is the end. */
function hasEnd(bytes: Uint8Array, from: number): boolean {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return view.lastIndexOf(Buffer.of(0xff, EOI)) >= from;
}

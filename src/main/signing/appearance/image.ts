import { inflateSync } from 'node:zlib';
import { CounterError } from '../../../contract/errors.ts';
import { isPng, type PngChunk, pngChunks } from '../../pdf/png.ts';

/** A picture of a seal or of a hand signature, checked and taken apart for a PDF. */
export interface AppearanceImage {
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  /** Its real size. */
  readonly widthMm: number;
  readonly heightMm: number;
  /** What its visible part is mostly. */
  readonly tint: 'red' | 'blue' | 'other';
  /** Three octets a pixel, top row first. What nobody sees holds the picture's mean colour and nothing else. */
  readonly colour: Uint8Array;
  /** One octet a pixel: 0 = not there, 255 = opaque. */
  readonly alpha: Uint8Array;
}

export interface ImageOptions {
  /** Real width where the file does not say it (pHYs), or says it wrongly. */
  readonly widthMm?: number;
}

const MAX_BYTES = 2 << 20;
const MAX_PIXELS = 4_000_000;
const LEAST_SIDE = 16;
/** Smaller or larger than any seal or signature on an A4 page; a guard against a wrong pHYs. */
const SIZE_MM = { least: 5, most: 100 } as const;
const LEAST_DPI = 150;
const MM_PER_INCH = 25.4;
/** Share of pixels that are not there: below it the picture has a ground. */
const LEAST_CLEAR = 0.05;
/** How far the mean of the visible part leans to one colour, of 255. */
const LEAN = 24;

/**
 * Reads a PNG (ISO/IEC 15948) of 8 bits a channel with alpha, or with a palette of up to 8 bits and tRNS, not
 * interlaced. NĐ 30/2020/NĐ-CP Phụ lục I asks for PNG on a transparent ground.
 *
 * Throws APPEARANCE_IMAGE_INVALID with `reason`: too-large, not-png, broken, interlaced, depth, no-alpha, pixels,
 * too-small, not-transparent, empty, no-size, size, resolution.
 */
export function readAppearanceImage(bytes: Uint8Array, options: ImageOptions = {}): AppearanceImage {
  if (bytes.length > MAX_BYTES) throw invalid('too-large', { bytes: bytes.length, limit: MAX_BYTES });
  if (!isPng(bytes)) throw invalid('not-png');
  const parts = gather(bytes);
  const { header } = parts;
  const rows = unfiltered(parts.data, header);
  const { colour, alpha } = header.colour === 3 ? fromPalette(rows, parts) : fromChannels(rows, header);
  const { tint, mean } = lookAt(colour, alpha);
  const [r, g, b] = mean;
  for (let i = 0; i < alpha.length; i++) {
    if (alpha[i] !== 0) continue;
    colour[i * 3] = r;
    colour[i * 3 + 1] = g;
    colour[i * 3 + 2] = b;
  }
  const size = realSize(parts, options);
  return { width: header.width, height: header.height, ...size, tint, colour, alpha };
}

interface Header {
  readonly width: number;
  readonly height: number;
  readonly bits: number;
  /** ISO/IEC 15948 table 11.1: 3 = palette, 4 = grey + alpha, 6 = RGB + alpha. */
  readonly colour: 3 | 4 | 6;
}

interface Parts {
  readonly header: Header;
  readonly palette: Uint8Array;
  readonly transparency: Uint8Array;
  /** Pixels a metre. */
  readonly perMetre: readonly [x: number, y: number] | null;
  readonly data: readonly Uint8Array[];
}

function gather(bytes: Uint8Array): Parts {
  const found = new Map<string, Uint8Array>();
  const data: Uint8Array[] = [];
  let last = '';
  for (const { type, body } of readChunks(bytes)) {
    if (last === 'IEND' || (last === '' && type !== 'IHDR')) throw invalid('broken');
    if (type === 'IDAT') {
      if (data.length > 0 && last !== 'IDAT') throw invalid('broken');
      data.push(body);
    } else if (/^(IHDR|PLTE|tRNS|pHYs)$/.test(type)) {
      if (found.has(type) || data.length > 0) throw invalid('broken');
      found.set(type, body);
    } else if (type !== 'IEND' && /^[A-Z]/.test(type)) throw invalid('broken');
    last = type;
  }
  if (last !== 'IEND' || data.length === 0) throw invalid('broken');
  const physical = found.get('pHYs');
  return {
    header: readHeader(found.get('IHDR')!, found.has('tRNS')),
    palette: found.get('PLTE') ?? new Uint8Array(),
    transparency: found.get('tRNS') ?? new Uint8Array(),
    perMetre: physical ? readPhysical(physical) : null,
    data,
  };
}

function* readChunks(bytes: Uint8Array): Generator<PngChunk> {
  try {
    yield* pngChunks(bytes);
  } catch (cause) {
    if (cause instanceof CounterError && cause.code !== 'APPEARANCE_IMAGE_INVALID') {
      throw invalid('broken', {}, cause);
    }
    throw cause;
  }
}

function readHeader(body: Uint8Array, transparent: boolean): Header {
  if (body.length !== 13) throw invalid('broken');
  const view = viewOf(body);
  const [width, height] = [view.getUint32(0), view.getUint32(4)];
  const [bits, colour, compression, filter, interlace] = body.subarray(8) as unknown as number[];
  if (compression !== 0 || filter !== 0 || interlace! > 1) throw invalid('broken');
  if (interlace === 1) throw invalid('interlaced');
  if (colour !== 3 && colour !== 4 && colour !== 6) throw invalid('no-alpha');
  if (colour === 3 ? ![1, 2, 4, 8].includes(bits!) : bits !== 8) throw invalid('depth', { bits: bits! });
  if (colour === 3 && !transparent) throw invalid('no-alpha');
  if (width < LEAST_SIDE || height < LEAST_SIDE) throw invalid('too-small', { width, height });
  if (width * height > MAX_PIXELS) throw invalid('pixels', { width, height, limit: MAX_PIXELS });
  return { width, height, bits: bits!, colour };
}

/** Unit 1 is the metre; without a unit only the pixels' shape is known, which is no size. */
function readPhysical(body: Uint8Array): readonly [number, number] | null {
  if (body.length !== 9) throw invalid('broken');
  const view = viewOf(body);
  const [x, y] = [view.getUint32(0), view.getUint32(4)];
  return body[8] === 1 && x > 0 && y > 0 ? [x, y] : null;
}

function channelsOf({ colour }: Header): number {
  return colour === 3 ? 1 : colour === 4 ? 2 : 4;
}

/** The rows without their filters (ISO/IEC 15948 §9). */
function unfiltered(data: readonly Uint8Array[], header: Header): Uint8Array {
  const bits = header.bits * channelsOf(header);
  const row = Math.ceil((header.width * bits) / 8);
  const step = Math.max(1, bits >> 3);
  const packed = inflated(data, (row + 1) * header.height);
  const out = new Uint8Array(row * header.height);
  for (let y = 0; y < header.height; y++) {
    const from = y * (row + 1);
    const type = packed[from]!;
    if (type > 4) throw invalid('broken');
    const to = y * row;
    for (let i = 0; i < row; i++) {
      const left = i >= step ? out[to + i - step]! : 0;
      const up = y > 0 ? out[to + i - row]! : 0;
      const corner = i >= step && y > 0 ? out[to + i - row - step]! : 0;
      out[to + i] = packed[from + 1 + i]! + predicted(type, left, up, corner);
    }
  }
  return out;
}

function inflated(data: readonly Uint8Array[], size: number): Uint8Array {
  let rows: Uint8Array;
  try {
    rows = inflateSync(Buffer.concat(data), { maxOutputLength: size });
  } catch (cause) {
    throw invalid('broken', {}, cause);
  }
  if (rows.length !== size) throw invalid('broken');
  return rows;
}

function predicted(type: number, left: number, up: number, corner: number): number {
  if (type === 0) return 0;
  if (type === 1) return left;
  if (type === 2) return up;
  if (type === 3) return (left + up) >> 1;
  const p = left + up - corner;
  const [a, b, c] = [Math.abs(p - left), Math.abs(p - up), Math.abs(p - corner)];
  if (a <= b && a <= c) return left;
  return b <= c ? up : corner;
}

interface Planes {
  readonly colour: Uint8Array;
  readonly alpha: Uint8Array;
}

function fromChannels(rows: Uint8Array, header: Header): Planes {
  const channels = channelsOf(header);
  const count = header.width * header.height;
  const colour = new Uint8Array(count * 3);
  const alpha = new Uint8Array(count);
  const [green, blue] = channels === 4 ? [1, 2] : [0, 0];
  for (let i = 0; i < count; i++) {
    const at = i * channels;
    colour[i * 3] = rows[at]!;
    colour[i * 3 + 1] = rows[at + green]!;
    colour[i * 3 + 2] = rows[at + blue]!;
    alpha[i] = rows[at + channels - 1]!;
  }
  return { colour, alpha };
}

function fromPalette(rows: Uint8Array, { header, palette, transparency }: Parts): Planes {
  const entries = palette.length / 3;
  if (!Number.isInteger(entries) || entries < 1 || entries > 256 || transparency.length > entries) {
    throw invalid('broken');
  }
  const { width, height, bits } = header;
  const row = Math.ceil((width * bits) / 8);
  const colour = new Uint8Array(width * height * 3);
  const alpha = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const octet = rows[y * row + ((x * bits) >> 3)]!;
      const index = (octet >> (8 - bits - ((x * bits) & 7))) & ((1 << bits) - 1);
      if (index >= entries) throw invalid('broken');
      const i = y * width + x;
      colour.set(palette.subarray(index * 3, index * 3 + 3), i * 3);
      alpha[i] = transparency[index] ?? 255;
    }
  }
  return { colour, alpha };
}

/** The visible part's mean colour. Throws where there is no ground to see through, or nothing to see. */
function lookAt(
  colour: Uint8Array,
  alpha: Uint8Array,
): { readonly tint: AppearanceImage['tint']; readonly mean: readonly [number, number, number] } {
  let [red, green, blue] = [0, 0, 0];
  let weight = 0;
  let clear = 0;
  for (let i = 0; i < alpha.length; i++) {
    const a = alpha[i]!;
    if (a === 0) {
      clear++;
      continue;
    }
    weight += a;
    red += colour[i * 3]! * a;
    green += colour[i * 3 + 1]! * a;
    blue += colour[i * 3 + 2]! * a;
  }
  if (clear < alpha.length * LEAST_CLEAR) throw invalid('not-transparent');
  if (weight === 0) throw invalid('empty');
  const [r, g, b] = [red, green, blue].map((sum) => Math.round(sum / weight)) as [number, number, number];
  const mean = [r, g, b] as const;
  if (r - Math.max(g, b) >= LEAN) return { tint: 'red', mean };
  return { tint: b - r >= LEAN && b >= g ? 'blue' : 'other', mean };
}

function realSize(parts: Parts, options: ImageOptions): { widthMm: number; heightMm: number } {
  const { header, perMetre } = parts;
  const stated = perMetre && (header.width / perMetre[0]) * 1000;
  const widthMm = options.widthMm ?? stated;
  if (widthMm === null) throw invalid('no-size');
  const shape = perMetre ? perMetre[0] / perMetre[1] : 1;
  const heightMm = (widthMm * header.height * shape) / header.width;
  for (const mm of [widthMm, heightMm]) {
    if (!(mm >= SIZE_MM.least && mm <= SIZE_MM.most)) throw invalid('size', { widthMm, heightMm });
  }
  const dpi = Math.round(Math.min(header.width / widthMm, header.height / heightMm) * MM_PER_INCH);
  if (dpi < LEAST_DPI) throw invalid('resolution', { dpi, least: LEAST_DPI });
  return { widthMm, heightMm };
}

function viewOf(body: Uint8Array): DataView {
  return new DataView(body.buffer, body.byteOffset, body.byteLength);
}

function invalid(
  reason: string,
  details: Readonly<Record<string, number>> = {},
  cause?: unknown,
): CounterError {
  return new CounterError('APPEARANCE_IMAGE_INVALID', { reason, ...details }, { cause });
}

import { crc32, inflateSync } from 'node:zlib';
import { CounterError } from '../../contract/errors.ts';

/** A PNG of one bit a pixel, ready to be embedded: its image data are what FlateDecode with predictor 15 takes. */
export interface BilevelPng {
  readonly width: number;
  readonly height: number;
  /** The zlib stream, in the pieces in which the file holds it. */
  readonly data: readonly Uint8Array[];
}

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
/** A3 at 600 dpi is 70 million. */
const MAX_PIXELS = 120_000_000;
/** Decompressed; a narrow picture of many rows is mostly filter types, and could be made to take eight times as much. */
const MAX_BYTES = 32_000_000;
const MAX_CHUNKS = 10_000;

export function isPng(bytes: Uint8Array): boolean {
  return SIGNATURE.equals(bytes.subarray(0, SIGNATURE.length));
}

/**
 * Reads a greyscale PNG of depth 1 that is not interlaced and has no transparency (ISO/IEC 15948), with every
 * checksum, and decompresses it once to see that it holds each row with a filter that exists.
 *
 * Throws IMAGE_UNSUPPORTED for any other PNG, IMAGE_UNREADABLE where it is cut or broken.
 */
export function readBilevelPng(bytes: Uint8Array): BilevelPng {
  if (!isPng(bytes)) throw unsupported('not-png');
  let header: { readonly width: number; readonly height: number } | null = null;
  const data: Uint8Array[] = [];
  let ended = false;
  let last = '';
  for (const { type, body } of pngChunks(bytes)) {
    if (ended) throw broken('after-end');
    if (header === null) {
      if (type !== 'IHDR') throw broken('no-header');
      header = readHeader(body);
    } else if (type === 'IDAT') {
      if (data.length > 0 && last !== 'IDAT') throw broken('data-apart');
      data.push(body);
    } else if (type === 'IEND') ended = true;
    // A palette or transparency has no place in greyscale that is shown as it is; an unknown vital chunk has none at all.
    else if (type === 'tRNS' || /^[A-Z]/.test(type)) throw unsupported('chunk');
    last = type;
  }
  if (!header || !ended) throw broken('cut');
  checkRows(data, header.width, header.height);
  return { ...header, data };
}

export interface PngChunk {
  readonly type: string;
  readonly body: Uint8Array;
}

/** Chunks with a right checksum, in their order; throws as `readBilevelPng` does. */
export function* pngChunks(bytes: Uint8Array): Generator<PngChunk> {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = SIGNATURE.length;
  for (let count = 0; at < view.length; count++) {
    if (count >= MAX_CHUNKS) throw unsupported('chunks');
    if (at + 12 > view.length) throw broken('cut');
    const length = view.readUInt32BE(at);
    const end = at + 12 + length;
    if (end > view.length) throw broken('cut');
    const type = view.toString('latin1', at + 4, at + 8);
    if (!/^[A-Za-z]{4}$/.test(type)) throw broken('chunk');
    if (crc32(view.subarray(at + 4, end - 4)) !== view.readUInt32BE(end - 4)) throw broken('checksum');
    yield { type, body: view.subarray(at + 8, end - 4) };
    at = end;
  }
}

function readHeader(body: Uint8Array): { width: number; height: number } {
  if (body.length !== 13) throw broken('header');
  const view = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  const width = view.readUInt32BE(0);
  const height = view.readUInt32BE(4);
  const [bits, colour, compression, filter, interlace] = body.subarray(8);
  if (bits !== 1 || colour !== 0) throw unsupported('png-colour');
  if (compression !== 0 || filter !== 0) throw unsupported('coding');
  if (interlace !== 0) throw unsupported('interlaced');
  if (width === 0 || height === 0 || width * height > MAX_PIXELS) throw unsupported('size');
  if (rowBytes(width) * height > MAX_BYTES) throw unsupported('size');
  return { width, height };
}

/** One octet of filter type before each row (ISO/IEC 15948 §9.2). */
function rowBytes(width: number): number {
  return Math.ceil(width / 8) + 1;
}

function checkRows(data: readonly Uint8Array[], width: number, height: number): void {
  const row = rowBytes(width);
  const packed = data.length === 1 ? data[0]! : Buffer.concat(data);
  const { rows, used } = inflated(packed, row * height);
  if (rows.length !== row * height) throw broken('rows');
  if (used !== packed.length) throw broken('after-data');
  for (let at = 0; at < rows.length; at += row) if (rows[at]! > 4) throw broken('filter');
}

function inflated(packed: Uint8Array, size: number): { rows: Uint8Array; used: number } {
  try {
    // With `info` it tells how many octets it took; its typing knows of the plain result alone.
    const done = inflateSync(packed, { maxOutputLength: size, info: true }) as unknown as {
      readonly buffer: Uint8Array;
      readonly engine: { readonly bytesWritten: number };
    };
    return { rows: done.buffer, used: done.engine.bytesWritten };
  } catch (cause) {
    throw broken('data', cause);
  }
}

function unsupported(reason: string): CounterError {
  return new CounterError('IMAGE_UNSUPPORTED', { reason });
}

function broken(reason: string, cause?: unknown): CounterError {
  return new CounterError('IMAGE_UNREADABLE', { reason }, { cause });
}

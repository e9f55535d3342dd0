import { promisify } from 'node:util';
import { inflate } from 'node:zlib';
import {
  integerOf,
  isArray,
  PdfDict,
  PdfName,
  type PdfObject,
  PdfTooComplex,
  PdfUnreadable,
} from './objects.ts';
import { hexOctets } from './parser.ts';
import type { Work } from './work.ts';

const inflateAsync = promisify(inflate) as (
  data: Uint8Array,
  options: { maxOutputLength: number; chunkSize: number },
) => Promise<Buffer>;

const MAX_FILTERS = 4;

/**
 * Decodes the data of an xref or object stream: none or /FlateDecode, with or without a predictor, or
 * /ASCIIHexDecode. What each filter of a chain gives counts: a few octets may become millions in its middle.
 */
export async function decodeStream(
  dict: PdfDict,
  data: Uint8Array,
  maxBytes: number,
  work?: Work,
): Promise<Uint8Array> {
  const filters = listOf(dict.get('Filter') ?? dict.get('F'));
  const parms = listOf(dict.get('DecodeParms') ?? dict.get('DP'));
  if (filters.length > MAX_FILTERS) throw new PdfTooComplex('filters');
  let out = data;
  for (const [i, filter] of filters.entries()) {
    const name = filter instanceof PdfName ? filter.value : '';
    if (name === 'FlateDecode' || name === 'Fl') {
      const plain = await inflated(out, maxBytes);
      work?.spend(plain.length);
      out = unpredict(plain, parms[i] ?? null, work);
    } else if (name === 'ASCIIHexDecode' || name === 'AHx') {
      work?.spend(out.length);
      out = asciiHex(out);
    } else {
      throw new PdfUnreadable('filter-unsupported', { filter: name.slice(0, 40) });
    }
  }
  return out;
}

function listOf(object: PdfObject): readonly PdfObject[] {
  if (object === null) return [];
  return isArray(object) ? object : [object];
}

async function inflated(data: Uint8Array, maxBytes: number): Promise<Buffer> {
  try {
    // Small streams are many, and zlib's usual 16 kB would be most of their cost; each piece of a large one costs a turn.
    const chunkSize = data.length < 512 ? 2048 : 65_536;
    return await inflateAsync(data, { maxOutputLength: maxBytes, chunkSize });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE')
      throw new PdfTooComplex('stream-bytes');
    throw new PdfUnreadable('flate');
  }
}

function asciiHex(data: Uint8Array): Uint8Array {
  const end = data.indexOf(0x3e);
  const octets = hexOctets(end < 0 ? data : data.subarray(0, end));
  if (!octets) throw new PdfUnreadable('hex-stream');
  return octets;
}

/** PNG predictors (ISO 32000-1 §7.4.4.4). TIFF's (2) is of no use to the streams that are read here. */
function unpredict(data: Uint8Array, parms: PdfObject, work?: Work): Uint8Array {
  if (!(parms instanceof PdfDict)) return data;
  const predictor = integerOf(parms.get('Predictor')) ?? 1;
  if (predictor === 1) return data;
  const colors = integerOf(parms.get('Colors')) ?? 1;
  const bits = integerOf(parms.get('BitsPerComponent')) ?? 8;
  const columns = integerOf(parms.get('Columns')) ?? 1;
  const sane = colors >= 1 && colors <= 32 && bits >= 1 && bits <= 16 && columns >= 1 && columns <= 1 << 24;
  if (predictor < 10 || predictor > 15 || !sane) throw new PdfUnreadable('predictor');
  const row = Math.ceil((colors * bits * columns) / 8);
  const pixel = Math.max(1, (colors * bits) >> 3);
  const rows = Math.floor(data.length / (row + 1));
  work?.spend(data.length);
  const out = new Uint8Array(rows * row);
  for (let r = 0; r < rows; r++) unfilterRow(data, r, row, pixel, out);
  return out;
}

function unfilterRow(data: Uint8Array, r: number, row: number, pixel: number, out: Uint8Array): void {
  const from = r * (row + 1) + 1;
  const type = data[from - 1]!;
  if (type > 4) throw new PdfUnreadable('predictor');
  const to = r * row;
  // Rows of types 0 and 2 make up nearly all cross-reference streams.
  if (type === 0 || (type === 2 && r === 0)) out.set(data.subarray(from, from + row), to);
  else if (type === 2) for (let i = 0; i < row; i++) out[to + i] = data[from + i]! + out[to + i - row]!;
  else {
    for (let i = 0; i < row; i++) {
      const left = i >= pixel ? out[to + i - pixel]! : 0;
      const up = r > 0 ? out[to + i - row]! : 0;
      const corner = i >= pixel && r > 0 ? out[to + i - row - pixel]! : 0;
      const guess = type === 1 ? left : type === 3 ? (left + up) >> 1 : paeth(left, up, corner);
      out[to + i] = data[from + i]! + guess;
    }
  }
}

function paeth(left: number, up: number, corner: number): number {
  const p = left + up - corner;
  const a = Math.abs(p - left);
  const b = Math.abs(p - up);
  const c = Math.abs(p - corner);
  if (a <= b && a <= c) return left;
  return b <= c ? up : corner;
}

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

const inflateAsync = promisify(inflate) as (
  data: Uint8Array,
  options: { maxOutputLength: number; finishFlush?: number },
) => Promise<Buffer>;

/** Decodes the data of an xref or object stream: none or /FlateDecode, with or without a predictor. */
export async function decodeStream(dict: PdfDict, data: Uint8Array, maxBytes: number): Promise<Uint8Array> {
  const filters = listOf(dict.get('Filter') ?? dict.get('F'));
  const parms = listOf(dict.get('DecodeParms') ?? dict.get('DP'));
  if (filters.length > 4) throw new PdfTooComplex('filters');
  let out = data;
  for (const [i, filter] of filters.entries()) {
    const name = filter instanceof PdfName ? filter.value : '';
    if (name === 'FlateDecode' || name === 'Fl') {
      out = unpredict(await inflated(out, maxBytes), parms[i] ?? null);
    } else if (name === 'ASCIIHexDecode' || name === 'AHx') {
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
    return await inflateAsync(data, { maxOutputLength: maxBytes });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE')
      throw new PdfTooComplex('stream-bytes');
    throw new PdfUnreadable('flate');
  }
}

function asciiHex(data: Uint8Array): Uint8Array {
  const text = Buffer.from(data)
    .toString('latin1')
    .replace(/[\0\t\n\f\r ]+/g, '');
  const end = text.indexOf('>');
  const digits = end < 0 ? text : text.slice(0, end);
  if (!/^[0-9A-Fa-f]*$/.test(digits)) throw new PdfUnreadable('hex-stream');
  return Buffer.from(digits.length % 2 ? `${digits}0` : digits, 'hex');
}

/** PNG predictors (ISO 32000-1 §7.4.4.4). TIFF's (2) is of no use to the streams that are read here. */
function unpredict(data: Uint8Array, parms: PdfObject): Uint8Array {
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
  const out = new Uint8Array(rows * row);
  for (let r = 0; r < rows; r++) unfilterRow(data, r, row, pixel, out);
  return out;
}

function unfilterRow(data: Uint8Array, r: number, row: number, pixel: number, out: Uint8Array): void {
  const from = r * (row + 1);
  const type = data[from]!;
  if (type > 4) throw new PdfUnreadable('predictor');
  const to = r * row;
  for (let i = 0; i < row; i++) {
    const left = i >= pixel ? out[to + i - pixel]! : 0;
    const up = r > 0 ? out[to + i - row]! : 0;
    const corner = i >= pixel && r > 0 ? out[to + i - row - pixel]! : 0;
    out[to + i] = data[from + 1 + i]! + predicted(type, left, up, corner);
  }
}

function predicted(type: number, left: number, up: number, corner: number): number {
  if (type === 0) return 0;
  if (type === 1) return left;
  if (type === 2) return up;
  return type === 3 ? (left + up) >> 1 : paeth(left, up, corner);
}

function paeth(left: number, up: number, corner: number): number {
  const p = left + up - corner;
  const [a, b, c] = [Math.abs(p - left), Math.abs(p - up), Math.abs(p - corner)];
  if (a <= b && a <= c) return left;
  return b <= c ? up : corner;
}

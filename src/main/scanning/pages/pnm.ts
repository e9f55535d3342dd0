import type { ImageExtent } from './jpeg.ts';

/** A header is a magic, two or three numbers and comments; more than this is no scan. */
const MAX_HEADER = 1024;

/** Reads the header of a binary PBM, PGM or PPM (netpbm formats 4, 5, 6); undefined where it is none or not whole. */
export function pnmExtent(bytes: Uint8Array): ImageExtent | undefined {
  const kind = bytes[0] === 0x50 ? (bytes[1] ?? 0) - 0x30 : 0;
  if (kind < 4 || kind > 6) return undefined;
  const numbers = readNumbers(bytes, kind === 4 ? 2 : 3);
  if (!numbers) return undefined;
  const [width = 0, height = 0, max = 1] = numbers.values;
  if (width < 1 || height < 1 || max < 1 || max > 65535) return undefined;
  const end = numbers.end + rowBytes(kind, width, max) * height;
  return end <= bytes.length ? { width, height, end } : undefined;
}

function rowBytes(kind: number, width: number, max: number): number {
  if (kind === 4) return Math.ceil(width / 8);
  return width * (kind === 6 ? 3 : 1) * (max > 255 ? 2 : 1);
}

function readNumbers(bytes: Uint8Array, count: number): { values: number[]; end: number } | undefined {
  const header = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, MAX_HEADER)).toString(
    'latin1',
  );
  const pattern = /(?:\s|#[^\n]*\n)+(\d{1,9})/y;
  pattern.lastIndex = 2;
  const values: number[] = [];
  while (values.length < count) {
    const match = pattern.exec(header);
    if (!match) return undefined;
    values.push(Number(match[1]));
  }
  // Exactly one white space stands between the last number and the pixels; it was not consumed by the pattern.
  const last = pattern.lastIndex === 0 ? undefined : header[pattern.lastIndex];
  return last !== undefined && /\s/.test(last) ? { values, end: pattern.lastIndex + 1 } : undefined;
}

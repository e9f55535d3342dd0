import type { ImageExtent } from './jpeg.ts';

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const IHDR = 0x49484452;
const IDAT = 0x49444154;
const IEND = 0x49454e44;

export function isPng(bytes: Uint8Array): boolean {
  return SIGNATURE.every((b, i) => bytes[i] === b);
}

/** Walks the chunks of a PNG (W3C PNG, third edition, §5) to IEND; undefined where it is none or not whole. */
export function pngExtent(bytes: Uint8Array): ImageExtent | undefined {
  if (!isPng(bytes)) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = SIGNATURE.length;
  let width = 0;
  let height = 0;
  let pixels = 0;
  // Length, type, data, CRC: a chunk is 12 bytes at least.
  while (at + 12 <= bytes.length) {
    const length = view.getUint32(at);
    const type = view.getUint32(at + 4);
    const next = at + 12 + length;
    if (next > bytes.length) return undefined;
    if (type === IHDR && length === 13) {
      width = view.getUint32(at + 8);
      height = view.getUint32(at + 12);
    }
    if (type === IDAT) pixels += length;
    if (type === IEND)
      return pixels > 0 && width > 0 && height > 0 ? { width, height, end: next } : undefined;
    at = next;
  }
  return undefined;
}

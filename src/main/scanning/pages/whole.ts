import { CounterError } from '../../../contract/errors.ts';
import type { RawPage } from '../port.ts';
import { type ImageExtent, jpegExtent } from './jpeg.ts';
import { isPng, pngExtent } from './png.ts';
import { pnmExtent } from './pnm.ts';
import { isTiff, tiffExtent } from './tiff.ts';

/** Half an inch at 50 dpi: nothing smaller is a side of paper. */
const MIN_PIXELS = 16;

/** What the first bytes say that a file is; undefined where it is no picture that a scanner sends. */
export function formatOf(bytes: Uint8Array): RawPage['format'] | undefined {
  if (bytes[0] === 0xff && bytes[1] === 0xd8) return 'jpeg';
  if (isPng(bytes)) return 'png';
  if (isTiff(bytes)) return 'tiff';
  if (bytes[0] === 0x50 && bytes[1] !== undefined && bytes[1] >= 0x34 && bytes[1] <= 0x36) return 'pnm';
  return undefined;
}

/** What came in place of a picture, for the log and support. */
function kindOf(bytes: Uint8Array): string {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 256)).toString('latin1');
  const text = head.replace(/^\xef\xbb\xbf/, '').trimStart();
  if (head.includes('%PDF-')) return 'pdf';
  if (/^<(?:!doctype html|html)/i.test(text)) return 'html';
  if (text.startsWith('<')) return 'xml';
  if (/^--\S+\r?\n/.test(text)) return 'multipart';
  return head.startsWith('BM') ? 'bmp' : head.startsWith('GIF8') ? 'gif' : 'unknown';
}

const EXTENT: Record<RawPage['format'], (bytes: Uint8Array) => ImageExtent | undefined> = {
  jpeg: jpegExtent,
  png: pngExtent,
  tiff: tiffExtent,
  pnm: pnmExtent,
};

/**
 * A page counts only if it is whole: known format, from its first byte to its last, of a plausible size.
 *
 * @throws CounterError PAGE_TRUNCATED for an empty, cut or implausibly small page; SCANNER_PROTOCOL for bytes that
 *   are no picture (`index` counts from 0)
 */
export function requireWhole(bytes: Uint8Array, index: number): RawPage['format'] {
  if (bytes.length < 4) throw new CounterError('PAGE_TRUNCATED', { page: index + 1, bytes: bytes.length });
  const format = formatOf(bytes);
  if (!format) {
    throw new CounterError('SCANNER_PROTOCOL', { what: 'page-format', page: index + 1, got: kindOf(bytes) });
  }
  const extent = EXTENT[format](bytes);
  if (!extent || extent.width < MIN_PIXELS || extent.height < MIN_PIXELS) {
    throw new CounterError('PAGE_TRUNCATED', { page: index + 1, bytes: bytes.length });
  }
  return format;
}

import sharp from 'sharp';
import { CounterError } from '../../contract/errors.ts';
import { type JpegOutline, outlineJpeg } from './jpeg.ts';
import type { ImagingLimits } from './limits.ts';
import { outlinePnm, type PnmOutline } from './pnm.ts';

interface Known {
  readonly grey: boolean;
  /** One bit a pixel. */
  readonly bilevel: boolean;
  /** Dots an inch, where the file says so and is to be believed. */
  readonly dpi: number | undefined;
}

/** What a page is, known from its first bytes and headers alone. */
export type Probe = Known &
  (
    | { readonly format: 'jpeg'; readonly outline: JpegOutline; readonly oriented: boolean }
    | { readonly format: 'png' | 'tiff' }
    | { readonly format: 'pnm'; readonly outline: PnmOutline }
  );

/** 72 and 96 are what cameras, screens and careless programs write; no scanner is asked for less than 75. */
function plausibleDpi(density: number | undefined): number | undefined {
  if (density === undefined || density < 74 || density > 2400 || Math.abs(density - 96) < 1) return undefined;
  return Math.round(density);
}

function formatOf(bytes: Uint8Array): Probe['format'] {
  const starts = (...magic: number[]) => magic.every((byte, i) => bytes[i] === byte);
  if (starts(0xff, 0xd8)) return 'jpeg';
  if (starts(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)) return 'png';
  if (starts(0x49, 0x49, 0x2a, 0) || starts(0x4d, 0x4d, 0, 0x2a)) return 'tiff';
  if (starts(0x50) && bytes[1] !== undefined && bytes[1] >= 0x31 && bytes[1] <= 0x36) return 'pnm';
  throw new CounterError('IMAGE_UNSUPPORTED', { format: 'unknown' });
}

function checkSize(width: number, height: number, limits: ImagingLimits): void {
  if (width * height > limits.maxPixels)
    throw new CounterError('IMAGE_TOO_LARGE', { width, height, maxPixels: limits.maxPixels });
}

/** Sizes are read from headers: a bomb is refused before a single pixel of it exists. */
export async function probe(bytes: Uint8Array, limits: ImagingLimits): Promise<Probe> {
  if (bytes.length === 0) throw new CounterError('IMAGE_UNREADABLE', { reason: 'empty' });
  if (bytes.length > limits.maxBytes)
    throw new CounterError('IMAGE_TOO_LARGE', { bytes: bytes.length, maxBytes: limits.maxBytes });
  const format = formatOf(bytes);
  if (format === 'pnm') {
    const outline = outlinePnm(bytes);
    checkSize(outline.width, outline.height, limits);
    const grey = outline.channels === 1;
    return { format, outline, grey, bilevel: outline.sample === 'bit', dpi: undefined };
  }
  const outline = format === 'jpeg' ? outlineJpeg(bytes) : undefined;
  if (outline) {
    checkSize(outline.width, outline.height, limits);
    if (outline.precision !== 8)
      throw new CounterError('IMAGE_UNSUPPORTED', { format, precision: outline.precision });
  }
  const meta = await sharp(bytes, { limitInputPixels: false }).metadata();
  checkSize(meta.width, meta.height * (meta.pages ?? 1), limits);
  if ((meta.pages ?? 1) > 1) throw new CounterError('IMAGE_UNSUPPORTED', { format, pages: meta.pages ?? 1 });
  const grey = meta.space === 'b-w' || meta.space === 'grey16';
  const known = { grey, bilevel: grey && meta.bitsPerSample === 1, dpi: plausibleDpi(meta.density) };
  if (outline && format === 'jpeg')
    return { ...known, format, outline, oriented: (meta.orientation ?? 1) !== 1 };
  return { ...known, format: format === 'png' ? 'png' : 'tiff' };
}

/**
 * Whether the device's own file may be kept: what every PDF reader shows as it is (ISO 32000-1, 7.4.8): baseline or
 * progressive, one or three components, upright. Whatever hangs behind its end is cut off by the caller.
 */
export function mayStayAsItIs(found: Probe): found is Extract<Probe, { format: 'jpeg' }> {
  if (found.format !== 'jpeg' || found.oriented) return false;
  const { process, components, adobeTransform } = found.outline;
  const plainColour = components === 1 || (components === 3 && adobeTransform !== 0);
  return process <= 2 && plainColour;
}

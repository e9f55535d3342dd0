import sharp from 'sharp';
import type { Size } from './geometry.ts';
import { withDensity } from './jpeg.ts';
import type { ImagingLimits } from './limits.ts';
import type { RawPixels } from './raster.ts';

/**
 * 4:2:0 as the scanners themselves send; 4:4:4 costs 40 % more time and 10 % more bytes on scanned forms. Optimised
 * Huffman tables save 6 % of the bytes and more than double the time of encoding.
 */
const JPEG = { chromaSubsampling: '4:2:0', optimiseCoding: false } as const;
/** Small print and stamps stay readable at 60 (measured on the generated papers); below lies the floor. */
const QUALITIES = [80, 72, 66, 60] as const;

export interface Encoded {
  readonly image: Uint8Array;
  /** JPEG quality that was used. */
  readonly quality: number;
}

function opened({ data, width, height, channels }: RawPixels) {
  return sharp(data, { raw: { width, height, channels } }).toColourspace(channels === 1 ? 'b-w' : 'srgb');
}

/** What a page of this size may weigh. */
export function budgetOf({ width, height }: Size, bytesPerMegapixel: number, limits: ImagingLimits): number {
  return Math.max(limits.leastBudget, ((width * height) / 1e6) * bytesPerMegapixel);
}

/** Quality goes down in steps until the page is within its budget, and never below the floor. */
export async function encodeJpeg(pixels: RawPixels, dpi: number, limits: ImagingLimits): Promise<Encoded> {
  const budget = budgetOf(pixels, limits.bytesPerMegapixel, limits);
  let jpeg = Buffer.alloc(0);
  let used: number = QUALITIES[0];
  for (const quality of QUALITIES) {
    used = quality;
    jpeg = await opened(pixels)
      .jpeg({ ...JPEG, quality })
      .toBuffer();
    if (jpeg.length <= budget) break;
  }
  return { image: withDensity(jpeg, dpi), quality: used };
}

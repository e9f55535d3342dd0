import { type Grey, greyOf, halved, type RawPixels } from './raster.ts';
import { shrunk } from './source.ts';

/** The page at the sizes that it is judged by, made once. */
export interface Views {
  /** Long side of 800 to 1,600 pixels: 70 to 100 dots an inch for A4. */
  readonly small: RawPixels;
  /** The same in grey. */
  readonly grey: Grey;
  /** Twice as large where the page has that many pixels: orientation and sharpness need it. */
  readonly half: Grey;
}

/** A power of two: these sizes are means of whole pixels, so that nothing is softened or moved. */
function shrinkFor(longSide: number): number {
  return Math.min(16, 2 ** Math.max(0, Math.floor(Math.log2(longSide / 800))));
}

export async function viewsOf(full: RawPixels): Promise<Views> {
  const shrink = shrinkFor(Math.max(full.width, full.height));
  const double = await shrunk(full, Math.max(1, shrink >> 1));
  const small = shrink === 1 ? double : halved(double);
  const half = greyOf(double);
  return { small, grey: shrink === 1 ? half : greyOf(small), half };
}

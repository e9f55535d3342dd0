import { type Grey, greyOf, halved, type RawPixels } from './raster.ts';

/** The page at the sizes that it is judged by, made once. */
export interface Views {
  /** Long side of 800 to 1,600 pixels: 70 to 140 dots an inch for A4. */
  readonly small: RawPixels;
  /** The same in grey. */
  readonly grey: Grey;
  /** For what needs to see letters: long side of 900 to 1,800 pixels where the page has that many. */
  readonly reading: Grey;
}

const READING_MOST = 1800;

/** A power of two: these sizes are means of whole pixels, so that nothing is softened or moved. */
function shrinkFor(longSide: number): number {
  return Math.min(16, 2 ** Math.max(0, Math.floor(Math.log2(longSide / 800))));
}

/** `shrink` (a power of two) times smaller, each pixel the mean of those that it stands for. */
function shrunk(pixels: RawPixels, shrink: number): RawPixels {
  return shrink === 1 ? pixels : shrunk(halved(pixels), shrink >> 1);
}

export function viewsOf(full: RawPixels): Views {
  const longSide = Math.max(full.width, full.height);
  const shrink = shrinkFor(longSide);
  if (shrink === 1 || (2 * longSide) / shrink > READING_MOST) {
    const small = shrunk(full, shrink);
    const grey = greyOf(small);
    return { small, grey, reading: grey };
  }
  const double = shrunk(full, shrink >> 1);
  const small = halved(double);
  return { small, grey: greyOf(small), reading: greyOf(double) };
}

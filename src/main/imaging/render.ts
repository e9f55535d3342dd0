import type { ColourMode, PageTreatment, Quad } from '../../contract/model.ts';
import { bilevelOf } from './bilevel.ts';
import {
  distance,
  IDENTITY,
  isUsableQuad,
  leaned,
  type Matrix,
  multiply,
  quarter,
  rectangleToQuad,
  rescaled,
  type Size,
  toPixels,
} from './geometry.ts';
import { type Colour, greyOf, greyPixels, type RawPixels } from './raster.ts';
import { warped } from './warp.ts';

/** A map of the picture that is made, onto the picture that came. */
export interface Layout {
  readonly matrix: Matrix;
  readonly size: Size;
}

/** The size that a quadrangle has laid flat: the mean of opposite sides, unless something better is known. */
export function flatSize(quad: Quad, picture: Size): Size {
  const [a, b, c, d] = toPixels(quad, picture);
  return {
    width: Math.max(1, Math.round((distance(a, b) + distance(d, c)) / 2)),
    height: Math.max(1, Math.round((distance(a, d) + distance(b, c)) / 2)),
  };
}

/** Only the crop: laid flat at `size`, or at its own. A quadrangle that is none is the whole picture. */
export function cropLayout(crop: Quad | null, picture: Size, size?: Size): Layout {
  const corners = crop && toPixels(crop, picture);
  if (!crop || !corners || !isUsableQuad(corners)) return { matrix: IDENTITY, size: picture };
  const flat = size ?? flatSize(crop, picture);
  return { matrix: rectangleToQuad(flat, corners), size: flat };
}

/** The same layout between pictures that are `scale` times as large. */
export function scaledLayout({ matrix, size }: Layout, scale: number): Layout {
  const scaled = (side: number) => Math.max(1, Math.round(side * scale));
  return {
    matrix: rescaled(matrix, scale, scale),
    size: { width: scaled(size.width), height: scaled(size.height) },
  };
}

/** Crop → quarter turn → straightening, in one step over the pixels. */
export function layoutOf(
  crop: Layout,
  { turn, straightenedBy }: Pick<PageTreatment, 'turn' | 'straightenedBy'>,
): Layout {
  const turned = quarter(turn, crop.size);
  const straight = leaned(straightenedBy, turned.size);
  return { matrix: multiply(crop.matrix, multiply(turned.matrix, straight.matrix)), size: straight.size };
}

export function isUntouched({ matrix, size }: Layout, picture: Size): boolean {
  const same = matrix.every((v, i) => Math.abs(v - (IDENTITY[i] ?? 0)) < 1e-9);
  return same && size.width === picture.width && size.height === picture.height;
}

/** The picture laid out. */
export function laidOut(source: RawPixels, layout: Layout, outside: Colour): RawPixels {
  if (isUntouched(layout, source)) return source;
  return warped(source, layout.matrix, layout.size, outside);
}

/** The channels of the mode that is asked for; bilevel is made at the end, from grey. */
export function toned(pixels: RawPixels, colour: ColourMode): RawPixels {
  return colour === 'color' ? pixels : greyPixels(greyOf(pixels));
}

/** Black and white as it came and not moved between its pixels is only told apart in the middle. */
export function bilevel(pixels: RawPixels, wasBilevel: boolean): RawPixels {
  return wasBilevel ? pixels : greyPixels(bilevelOf(greyOf(pixels)));
}

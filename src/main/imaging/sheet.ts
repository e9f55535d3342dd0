import type { Quad } from '../../contract/model.ts';
import { toFractions } from './geometry.ts';
import {
  type Blob,
  blobsOf,
  hullOf,
  type Mask,
  outlineOf,
  rectangleAt,
  refinedLean,
  smallestRectangle,
} from './hull.ts';
import { type Grey, histogramOf, quantile, type RawPixels } from './raster.ts';

/** Grey levels that the sheet is brighter than the lid at least: print is dark, so what is brighter is no print. */
const LEAST_CONTRAST = 9;
/** Levels by which the red, green and blue of a lid differ at most: a coloured border is paper (a folder, a certificate). */
const MOST_TINT = 14;
/** Added round the sheet, in millimetres: the error goes to the outside. */
const MARGIN_MM = 0.4;
const LEAST_SIDE_MM = 38;
/** Share of its rectangle that a sheet fills: torn corners and round ones cost little, a heap of sheets costs more. */
const LEAST_FILL = 0.94;
/** With paper reaching the picture's border, wedges of a crooked sheet are left. */
const LEAST_FILL_AT_BORDER = 0.85;

interface Lid {
  readonly level: number;
  readonly paper: number;
}

function ringOf({ data, width, height }: Grey): Uint8Array {
  const values: number[] = [];
  const inset = 2;
  for (let x = inset; x < width - inset; x += 1)
    values.push(data[inset * width + x] ?? 0, data[(height - 1 - inset) * width + x] ?? 0);
  for (let y = inset; y < height - inset; y += 1)
    values.push(data[y * width + inset] ?? 0, data[y * width + width - 1 - inset] ?? 0);
  return Uint8Array.from(values);
}

/** The even, neutral tone at the picture's border that is darker than the paper, where there is one. */
function lidOf(small: RawPixels, grey: Grey): Lid | undefined {
  const paper = quantile(histogramOf(grey.data, 3), 0.985);
  const ring = ringOf(grey).filter((v) => v <= paper - LEAST_CONTRAST);
  if (ring.length < 0.1 * 2 * (grey.width + grey.height)) return undefined;
  const level = quantile(histogramOf(ring), 0.5);
  const spread = Math.max(6, (paper - level) * 0.12);
  const even = ring.filter((v) => Math.abs(v - level) <= spread).length;
  if (even < 0.7 * ring.length || level > paper - LEAST_CONTRAST) return undefined;
  return tintAt(small, grey, level) <= MOST_TINT ? { level, paper } : undefined;
}

/** How far the pixels of the border at `level` are from grey. */
function tintAt({ data, channels, width, height }: RawPixels, grey: Grey, level: number): number {
  if (channels === 1) return 0;
  const sums = [0, 0, 0];
  let count = 0;
  for (let i = 0; i < width * height; i += 1) {
    const x = i % width;
    if (x > 4 && x < width - 5 && i > 4 * width && i < (height - 4) * width) continue;
    if (Math.abs((grey.data[i] ?? 0) - level) > 8) continue;
    for (let c = 0; c < 3; c += 1) sums[c] = (sums[c] ?? 0) + (data[3 * i + c] ?? 0);
    count += 1;
  }
  return count === 0 ? 0 : (Math.max(...sums) - Math.min(...sums)) / count;
}

/**
 * What the lid does not cover: lid is what hangs together with the border through small steps, so that the lid's own
 * shading is followed and the step at the sheet's edge is not crossed.
 */
function uncovered({ data, width, height }: Grey, { level, paper }: Lid): Mask {
  const reach = Math.max(14, (paper - level) * 0.35);
  const step = Math.max(3, (paper - level) * 0.1);
  const mask = new Int32Array(width * height).fill(1);
  const stack: number[] = [];
  const seed = (at: number) => {
    if (mask[at] === 1 && Math.abs((data[at] ?? 0) - level) <= Math.max(8, (paper - level) * 0.2)) {
      mask[at] = 0;
      stack.push(at);
    }
  };
  for (let x = 0; x < width; x += 1) {
    seed(x);
    seed((height - 1) * width + x);
  }
  for (let y = 0; y < height; y += 1) {
    seed(y * width);
    seed(y * width + width - 1);
  }
  while (stack.length > 0) {
    const at = stack.pop() as number;
    const here = data[at] as number;
    const x = at % width;
    const visit = (to: number) => {
      if (mask[to] !== 1) return;
      const there = data[to] as number;
      if (Math.abs(there - here) > step || Math.abs(there - level) > reach) return;
      mask[to] = 0;
      stack.push(to);
    };
    if (x > 0) visit(at - 1);
    if (x < width - 1) visit(at + 1);
    if (at >= width) visit(at - width);
    if (at < width * (height - 1)) visit(at + width);
  }
  return { data: mask, width, height };
}

/** Which borders of the picture the paper reaches over more than a speck's length. */
function bordersReached(
  { data, width, height }: Mask,
  { label }: Blob,
): Record<'left' | 'top' | 'right' | 'bottom', boolean> {
  const count = (from: number, stride: number, many: number) => {
    let seen = 0;
    for (let i = 0; i < many; i += 1) if (data[from + i * stride] === label) seen += 1;
    return seen > many * 0.03;
  };
  return {
    left: count(0, width, height),
    right: count(width - 1, width, height),
    top: count(0, 1, width),
    bottom: count((height - 1) * width, 1, width),
  };
}

/**
 * The sheet before the scanner's lid, as fractions of the picture; null where it fills the picture or where there is
 * doubt: a lid as bright as the paper, a border with colour or texture, several sheets, no rectangle.
 */
export function findSheet(small: RawPixels, grey: Grey, dpi: number): Quad | null {
  const { width, height } = grey;
  const lid = width > 40 && height > 40 ? lidOf(small, grey) : undefined;
  if (!lid) return null;
  const mask = uncovered(grey, lid);
  const [sheet, next] = blobsOf(mask);
  if (!sheet || sheet.area < 0.02 * width * height) return null;
  if (next && next.area > 0.01 * sheet.area) return null;
  if (!isBrighter(grey, mask, sheet, lid)) return null;
  const mm = dpi / 25.4;
  const margin = MARGIN_MM * mm;
  const reached = bordersReached(mask, sheet);
  if (reached.left || reached.right || reached.top || reached.bottom) {
    const box = {
      left: reached.left ? 0 : Math.max(0, sheet.left - margin),
      top: reached.top ? 0 : Math.max(0, sheet.top - margin),
      right: reached.right ? width : Math.min(width, sheet.right + 1 + margin),
      bottom: reached.bottom ? height : Math.min(height, sheet.bottom + 1 + margin),
    };
    const area = (box.right - box.left) * (box.bottom - box.top);
    const shortSide = Math.min(box.right - box.left, box.bottom - box.top);
    if (sheet.area < LEAST_FILL_AT_BORDER * area || shortSide < LEAST_SIDE_MM * mm) return null;
    if (area > 0.985 * width * height) return null;
    return toFractions(
      [
        { x: box.left, y: box.top },
        { x: box.right, y: box.top },
        { x: box.right, y: box.bottom },
        { x: box.left, y: box.bottom },
      ],
      { width, height },
    );
  }
  const outline = outlineOf(mask, sheet);
  const hull = hullOf(outline);
  const rough = smallestRectangle(hull);
  if (sheet.area < LEAST_FILL * rough.width * rough.height) return null;
  if (Math.min(rough.width, rough.height) < LEAST_SIDE_MM * mm) return null;
  const fitted = rectangleAt(hull, refinedLean(outline, rough), margin);
  if (fitted.width * fitted.height > 0.985 * width * height) return null;
  return toFractions(fitted.corners, { width, height });
}

/** The sheet has to be brighter than the lid as a whole: a photograph printed on grey paper is not. */
function isBrighter({ data }: Grey, mask: Mask, { label }: Blob, { level, paper }: Lid): boolean {
  let bright = 0;
  let count = 0;
  for (let i = 0; i < data.length; i += 5) {
    if (mask.data[i] !== label) continue;
    count += 1;
    if ((data[i] as number) > level + Math.min(LEAST_CONTRAST - 2, (paper - level) / 2)) bright += 1;
  }
  return bright > 0.55 * count;
}

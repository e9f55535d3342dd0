import type { GreyPicture } from './picture.ts';

/**
 * Patch T, the 'transfer' patch: four bars and three spaces, narrow, wide, narrow, wide. Wide bars are 0.20 ± 0.01
 * inch, narrow bars and all spaces 0.08 ± 0.01 inch, the whole 0.80 inch; the bars are at least 0.75 inch long (2 inch
 * for some devices). Source: Kodak Alaris, i5000 Series user's guide A-61670 (August 2014), 'Bar pattern details', and
 * Patch Code Information A-61599 (October 2006).
 *
 * Read from the other side, T is Patch 3, and which side is the first cannot be told from the bars of a sheet that lay
 * in the feeder in any direction. Both stand for a division wherever they are used, so both are read as T.
 */
export const PATCH_T = 'T';

/** Narrow = 2, wide = 5, in hundredths of 4 inches: 0.08 and 0.20 inch. */
const PATTERN = [2, 2, 5, 2, 2, 2, 5] as const;
const UNITS = 20;
/** Deviation of an element from its length, in narrow widths: toner spreads, copies shrink. */
const SLACK = 0.35;
const LINES = 15;
/** Scan lines across the bars that must agree. */
const LEAST_LINES = 9;
/** The bars are at least this many times as long as the pattern is wide: 0.75 inch of 0.80. */
const LEAST_ASPECT = 0.75;
const LEAST_PIXELS = 40;
/** A clear margin on either side, in narrow widths: bars of Code 39 and ITF have the widths, but stand close. */
const QUIET = 3.3;
const LEAST_RANGE = 30;

export interface PatchPlace {
  /** Columns of the picture at which the pattern begins and ends. */
  readonly from: number;
  readonly to: number;
}

interface Hit extends PatchPlace {
  readonly row: number;
}

/** Where the pattern stands in a row of values, in either direction; nothing where it does not. */
export function patchInRow(row: Uint8Array): PatchPlace[] {
  let low = 255;
  let high = 0;
  for (const v of row) {
    if (v < low) low = v;
    if (v > high) high = v;
  }
  if (high - low < LEAST_RANGE) return [];
  const level = (low + high) / 2;
  const edges: number[] = [];
  let dark = row[0]! < level;
  if (dark) edges.push(0);
  for (let x = 1; x < row.length; x += 1) {
    if (row[x]! < level === dark) continue;
    dark = !dark;
    edges.push(x);
  }
  const found: PatchPlace[] = [];
  // Edges at even places begin a dark run.
  for (let i = 0; i + 7 < edges.length; i += 2) {
    const from = edges[i]!;
    const to = edges[i + 7]!;
    const unit = (to - from) / UNITS;
    if (unit * UNITS < LEAST_PIXELS) continue;
    const lengths = PATTERN.map((_, k) => (edges[i + k + 1]! - edges[i + k]!) / unit);
    const fits = (pattern: readonly number[]) =>
      pattern.every((want, k) => Math.abs(lengths[k]! - want) <= 2 * SLACK);
    if (!fits(PATTERN) && !fits([...PATTERN].reverse())) continue;
    const quiet = 2 * unit * QUIET;
    const before = i === 0 ? from : from - edges[i - 1]!;
    const after = (edges[i + 8] ?? row.length) - to;
    if (before >= quiet && after >= quiet) found.push({ from, to });
  }
  return found;
}

/** Looks for Patch T in a picture whose bars stand upright. Each of its lines is the mean of the rows about it. */
export function findPatch({ data, width, height }: GreyPicture): PatchPlace | undefined {
  const hits: Hit[] = [];
  const band = Math.max(1, Math.floor(height / LINES));
  for (let top = 0; top + band <= height; top += band) {
    const sums = new Uint32Array(width);
    for (let y = top; y < top + band; y += 1) {
      for (let x = 0; x < width; x += 1) sums[x] = sums[x]! + data[y * width + x]!;
    }
    const row = Uint8Array.from(sums, (sum) => sum / band);
    for (const place of patchInRow(row)) hits.push({ ...place, row: top });
  }
  for (const hit of hits) {
    const same = hits.filter(
      (h) => Math.abs(h.from - hit.from) + Math.abs(h.to - hit.to) < 0.1 * (hit.to - hit.from),
    );
    const enough = LEAST_ASPECT * (hit.to - hit.from);
    if (same.length >= LEAST_LINES && same.length * band >= 0.8 * enough) return hit;
  }
  return undefined;
}

import { CELL, CELL_BITS, measureLevels } from '../codes/levels.ts';
import type { GreyPicture } from '../codes/picture.ts';

/** Cells a side of a patch. */
export const PATCH_SIDE = 16;
export const PATCH_CELLS = PATCH_SIDE * PATCH_SIDE;

/** Pixels of a letter's longer side, at 100 to 150 dpi: from the x height of 8 points to a headline's capitals. */
const LEAST_SIZE = 6;
const MOST_SIZE = 64;
/** What is thinner than this part of its length is a rule, not a letter; 'l' and 'i' have some 0.15. */
const LEAST_ASPECT = 0.1;
/** A patch shows the letter amid its neighbours: lines are told from columns by what stands beside it. */
const WINDOW = 3;
/** A letter's own size counts within these bounds of the page's usual one. */
const NARROW = 0.8;
const WIDE = 1.7;
/** Runs of ink looked at: a page of dense text has some 60,000, a halftone picture any number. */
const MOST_RUNS = 250_000;
const MOST_BOXES = 20_000;
/** Light and dark within a patch must differ by this much. */
const LEAST_RANGE = 24;
const LEAST_THICKNESS = 2;

export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** Connected ink: boxes (inclusive) of what has a letter's size, from the top down. */
export function findLetters(picture: GreyPicture): Box[] {
  const { data, width, height } = picture;
  const { threshold, columns } = measureLevels(picture);
  const parent = new Int32Array(MOST_RUNS);
  const from = new Int32Array(MOST_RUNS);
  const to = new Int32Array(MOST_RUNS);
  const line = new Int32Array(MOST_RUNS);
  let count = 0;
  let above = 0;
  let aboveEnd = 0;

  const root = (of: number): number => {
    let at = of;
    while (parent[at] !== at) {
      parent[at] = parent[parent[at]!]!;
      at = parent[at]!;
    }
    return at;
  };
  /** Ends the run that began at `start` and joins it to those that it touches in the row above. */
  const close = (start: number, end: number, y: number): void => {
    if (count >= MOST_RUNS) return;
    parent[count] = count;
    from[count] = start;
    to[count] = end;
    line[count] = y;
    while (above < aboveEnd && to[above]! < start - 1) above += 1;
    for (let k = above; k < aboveEnd && from[k]! <= end + 1; k += 1) {
      const a = root(k);
      const b = root(count);
      if (a < b) parent[b] = a;
      else parent[a] = b;
    }
    count += 1;
  };

  for (let y = 0; y < height && count < MOST_RUNS; y += 1) {
    const first = count;
    const row = y * width;
    let dark = false;
    let start = 0;
    let c = (y >> CELL_BITS) * columns;
    for (let x0 = 0; x0 < width; x0 += CELL, c += 1) {
      const level = threshold[c]!;
      if (level === 0 && !dark) continue;
      const end = Math.min(width, x0 + CELL);
      for (let x = x0; x < end; x += 1) {
        if (data[row + x]! < level === dark) continue;
        if (dark) close(start, x - 1, y);
        else start = x;
        dark = !dark;
      }
    }
    if (dark) close(start, width - 1, y);
    above = first;
    aboveEnd = count;
  }
  return boxesOf({ count, root, from, to, line });
}

interface Runs {
  readonly count: number;
  readonly root: (of: number) => number;
  readonly from: Int32Array;
  readonly to: Int32Array;
  readonly line: Int32Array;
}

function boxesOf({ count, root, from, to, line }: Runs): Box[] {
  const left = new Int32Array(count).fill(0x7fffffff);
  const right = new Int32Array(count);
  const bottom = new Int32Array(count);
  const roots: number[] = [];
  for (let i = 0; i < count; i += 1) {
    const r = root(i);
    if (r === i) roots.push(i);
    if (from[i]! < left[r]!) left[r] = from[i]!;
    if (to[i]! > right[r]!) right[r] = to[i]!;
    bottom[r] = line[i]!;
  }
  const boxes: Box[] = [];
  for (const r of roots) {
    const w = right[r]! - left[r]! + 1;
    const h = bottom[r]! - line[r]! + 1;
    const long = Math.max(w, h);
    const short = Math.min(w, h);
    if (long < LEAST_SIZE || long > MOST_SIZE || short < LEAST_THICKNESS || short < LEAST_ASPECT * long)
      continue;
    if (boxes.length >= MOST_BOXES) break;
    boxes.push({ left: left[r]!, top: line[r]!, right: right[r]!, bottom: bottom[r]! });
  }
  return boxes;
}

const sizeOf = (b: Box): number => Math.max(b.right - b.left, b.bottom - b.top) + 1;

/**
 * Patches about at most `most` letters, spread evenly over the page: PATCH_CELLS values each, 0 = paper, 1 = ink, row
 * by row. Where letters are fewer there are fewer patches.
 */
export function glyphPatches(
  picture: GreyPicture,
  most: number,
): { readonly patches: Float32Array; readonly count: number } {
  const boxes = findLetters(picture);
  const sizes = boxes.map(sizeOf).sort((a, b) => a - b);
  const usual = sizes[sizes.length >> 1] ?? 0;
  // Specks and hatching come in swarms of one size; letters of the usual size or larger say the most.
  const letters = boxes.filter((b) => sizeOf(b) >= 0.6 * usual);
  const patches = new Float32Array(Math.min(most, letters.length) * PATCH_CELLS);
  let count = 0;
  const step = Math.max(1, letters.length / most);
  for (let i = 0; count < most && Math.floor(i) < letters.length; i += step) {
    const box = letters[Math.floor(i)]!;
    const side = WINDOW * Math.min(Math.max(sizeOf(box), NARROW * usual), WIDE * usual);
    const patch = patches.subarray(count * PATCH_CELLS, (count + 1) * PATCH_CELLS);
    if (sample(picture, (box.left + box.right) / 2, (box.top + box.bottom) / 2, side, patch)) count += 1;
  }
  return { patches: patches.subarray(0, count * PATCH_CELLS), count };
}

/** Means of two by two points a cell, stretched so that paper is 0 and ink is 1; false where there is no contrast. */
function sample(
  { data, width, height }: GreyPicture,
  cx: number,
  cy: number,
  side: number,
  into: Float32Array,
): boolean {
  const step = side / (2 * PATCH_SIDE);
  const offsets = new Int32Array(2 * PATCH_SIDE);
  for (let j = 0; j < offsets.length; j += 1) {
    const x = Math.round(cx + (j + 0.5) * step - side / 2);
    offsets[j] = x < 0 || x >= width ? -1 : x;
  }
  let low = 255 * 4;
  let high = 0;
  for (let r = 0; r < PATCH_SIDE; r += 1) {
    for (let c = 0; c < PATCH_SIDE; c += 1) {
      let sum = 0;
      for (let k = 0; k < 4; k += 1) {
        const y = Math.round(cy + (2 * r + (k >> 1) + 0.5) * step - side / 2);
        const x = offsets[2 * c + (k & 1)]!;
        sum += x < 0 || y < 0 || y >= height ? 255 : data[y * width + x]!;
      }
      into[r * PATCH_SIDE + c] = sum;
      if (sum < low) low = sum;
      if (sum > high) high = sum;
    }
  }
  if (high - low < 4 * LEAST_RANGE) return false;
  const scale = 1 / (high - low);
  for (let i = 0; i < PATCH_CELLS; i += 1) into[i] = (high - into[i]!) * scale;
  return true;
}

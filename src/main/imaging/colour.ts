import type { ColourMode } from '../../contract/model.ts';
import { type Blob, blobsOf } from './hull.ts';
import { inkCell, paperLevels, paperRow } from './paper.ts';
import { type Grey, histogramOf, quantile, type RawPixels } from './raster.ts';

/**
 * Chroma (Cb and Cr, in levels of 256) by which ink differs from the paper round it. The noise of JPEG and sensor stays
 * below 5 where four pixels are averaged; ball pen on small pictures has 20, a faded seal 15.
 */
const LEAST_CHROMA = 11;
/** Square millimetres of coloured marks; a thin line of 2 cm has five. */
const LEAST_COLOURED_MM2 = 1.6;
/** One mark of this size is enough to count: misaligned sensor rows fringe black letters with less. */
const LEAST_MARK_MM = 1.4;
/** Levels by which the chroma of the paper itself varies at most. */
const MOST_DRIFT = 14;
/** Flat tones between ink and paper: share of the page that makes it a picture. */
const LEAST_TONES = 0.004;

interface Chroma {
  readonly cb: Int16Array;
  readonly cr: Int16Array;
}

/** Fixed point of the chroma: this many to a level. */
const UNIT = 8;

/** Cb and Cr about 0 by BT.601, means of 3 × 3 pixels: fringes of two colours side by side cancel out. */
function chromaOf({ data, width, height }: RawPixels): Chroma {
  const n = width * height;
  const cb = new Int16Array(n);
  const cr = new Int16Array(n);
  for (let i = 0, j = 0; i < n; i += 1, j += 3) {
    const r = data[j] as number;
    const g = data[j + 1] as number;
    const b = data[j + 2] as number;
    cb[i] = (-43 * r - 85 * g + 128 * b) >> 5;
    cr[i] = (128 * r - 107 * g - 21 * b) >> 5;
  }
  return { cb: averaged(cb, width, height), cr: averaged(cr, width, height) };
}

/** Means of 3 × 3; the outermost pixels stay 0, which the rim leaves out. */
function averaged(values: Int16Array, width: number, height: number): Int16Array {
  const out = new Int16Array(values.length);
  const columns = new Int32Array(width);
  for (let y = 1; y < height - 1; y += 1) {
    const o = y * width;
    for (let x = 0; x < width; x += 1)
      columns[x] =
        (values[o - width + x] as number) + (values[o + x] as number) + (values[o + width + x] as number);
    for (let x = 1; x < width - 1; x += 1)
      out[o + x] =
        (((columns[x - 1] as number) + (columns[x] as number) + (columns[x + 1] as number)) * 7282) >> 16;
  }
  return out;
}

/** The paper's own chroma by blocks, median over the block and those beside it: yellowed paper, coloured light. */
function paperChroma(values: Int16Array, width: number, height: number, block: number): Float32Array {
  const columns = Math.max(1, Math.ceil(width / block));
  const rows = Math.max(1, Math.ceil(height / block));
  const counts = Array.from({ length: columns * rows }, () => new Uint32Array(256));
  for (let y = 1; y < height - 1; y += 2)
    for (let x = 1; x < width - 1; x += 2) {
      const v = ((values[y * width + x] as number) >> 2) + 128;
      const bin = v < 0 ? 0 : v > 255 ? 255 : v;
      const histogram = counts[((y / block) | 0) * columns + ((x / block) | 0)] as Uint32Array;
      histogram[bin] = (histogram[bin] as number) + 1;
    }
  return Float32Array.from(counts, (_, i) => {
    const x = i % columns;
    const y = (i - x) / columns;
    const sum = new Uint32Array(256);
    for (let v = Math.max(0, y - 1); v <= Math.min(rows - 1, y + 1); v += 1)
      for (let u = Math.max(0, x - 1); u <= Math.min(columns - 1, x + 1); u += 1) {
        const counted = counts[v * columns + u] as Uint32Array;
        for (let k = 0; k < 256; k += 1) sum[k] = (sum[k] as number) + (counted[k] as number);
      }
    return 4 * (quantile(sum, 0.5) - 128);
  });
}

/** Whether some mark on the page has a colour of its own. */
export function hasColour(small: RawPixels, dpi: number): boolean {
  if (small.channels === 1) return false;
  const { width, height } = small;
  const mm = dpi / 25.4;
  const { cb, cr } = chromaOf(small);
  const block = Math.max(8, Math.round(16 * mm));
  const columns = Math.max(1, Math.ceil(width / block));
  const paperB = paperChroma(cb, width, height, block);
  const paperR = paperChroma(cr, width, height, block);
  // A page whose paper changes its colour from place to place (a card, a photograph) is a coloured one.
  if (Math.max(spreadOf(paperB), spreadOf(paperR)) > MOST_DRIFT * UNIT) return true;
  const rim = Math.max(1, Math.round(2.5 * mm));
  const mask = new Int32Array(width * height);
  const least = (LEAST_CHROMA * UNIT) ** 2;
  let marked = 0;
  for (let y = rim; y < height - rim; y += 1) {
    const blocks = Math.floor(y / block) * columns;
    for (let x = rim; x < width - rim; x += 1) {
      const i = y * width + x;
      const at = blocks + ((x / block) | 0);
      const b = (cb[i] as number) - (paperB[at] as number);
      const r = (cr[i] as number) - (paperR[at] as number);
      if (b * b + r * r <= least) continue;
      mask[i] = 1;
      marked += 1;
    }
  }
  if (marked < LEAST_COLOURED_MM2 * mm * mm) return false;
  let area = 0;
  for (const blob of blobsOf({ data: mask, width, height })) {
    const across = Math.max(blob.right - blob.left, blob.bottom - blob.top) + 1;
    if (across < LEAST_MARK_MM * mm || isLid(blob, mask, { cb, cr }, width, height, rim)) continue;
    area += blob.area;
    if (area >= LEAST_COLOURED_MM2 * mm * mm) return true;
  }
  return false;
}

/** Beside yellowed paper a grey lid looks coloured: what comes in from the border and is grey is no mark. */
function isLid(
  blob: Blob,
  mask: Int32Array,
  { cb, cr }: Chroma,
  width: number,
  height: number,
  rim: number,
): boolean {
  const atBorder =
    blob.left <= rim || blob.top <= rim || blob.right >= width - 1 - rim || blob.bottom >= height - 1 - rim;
  if (!atBorder) return false;
  let sum = 0;
  for (let y = blob.top; y <= blob.bottom; y += 1)
    for (let x = blob.left; x <= blob.right; x += 1) {
      const i = y * width + x;
      if (mask[i] === blob.label) sum += Math.hypot(cb[i] as number, cr[i] as number);
    }
  return sum / blob.area < 0.7 * LEAST_CHROMA * UNIT;
}

function spreadOf(values: Float32Array): number {
  const sorted = Float32Array.from(values).sort();
  const at = (share: number) =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] as number;
  return at(0.95) - at(0.05);
}

/** Whether grey tones say something: pictures, filled areas, pencil. Judged at twice the small size, where print has edges. */
export function hasTones(half: Grey, dpi: number): boolean {
  const { data, width, height } = half;
  const paper = paperLevels(half, inkCell(dpi));
  const row = new Float32Array(width);
  const rim = Math.round((4 * dpi) / 25.4);
  let flat = 0;
  const darkness = new Uint8Array(Math.ceil((width * height) / 2));
  let inked = 0;
  for (let y = rim; y < height - rim - 2; y += 2) {
    paperRow(paper, y, row);
    for (let x = rim; x < width - rim - 2; x += 2) {
      const at = y * width + x;
      const share = (data[at] as number) / Math.max(1, row[x] as number);
      if (share > 0.88) continue;
      darkness[inked] = Math.min(255, share * 255);
      inked += 1;
      if (share < 0.4) continue;
      const rough =
        Math.abs((data[at] as number) - (data[at + 2] as number)) +
        Math.abs((data[at] as number) - (data[at + 2 * width] as number));
      if (rough < 10) flat += 1;
    }
  }
  const pixels = ((width - 2 * rim) * (height - 2 * rim)) / 4;
  if (flat > LEAST_TONES * pixels) return true;
  if (inked < 40) return false;
  // The darkest fiftieth of the ink: print is black there, pencil is not.
  return quantile(histogramOf(darkness.subarray(0, inked)), 0.02) > 0.55 * 255;
}

/** The least mode that keeps what the paper shows. */
export function neededMode(small: RawPixels, half: Grey, dpi: number, mode: ColourMode): ColourMode {
  if (mode === 'bw') return 'bw';
  if (mode === 'color' && hasColour(small, dpi)) return 'color';
  return hasTones(half, (dpi * half.width) / small.width) ? 'gray' : 'bw';
}

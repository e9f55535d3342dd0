import type { ColourMode } from '../../contract/model.ts';
import { blobsOf } from './hull.ts';
import { paperLevels, paperRow } from './paper.ts';
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
/** Flat tones between ink and paper: share of the page that makes it a picture. */
const LEAST_TONES = 0.004;

interface Chroma {
  readonly cb: Float32Array;
  readonly cr: Float32Array;
}

/** Cb and Cr about 0 by BT.601, means of 3 × 3 pixels: fringes of two colours side by side cancel out. */
function chromaOf({ data, width, height }: RawPixels): Chroma {
  const n = width * height;
  const rawB = new Float32Array(n);
  const rawR = new Float32Array(n);
  for (let i = 0, j = 0; i < n; i += 1, j += 3) {
    const r = data[j] as number;
    const g = data[j + 1] as number;
    const b = data[j + 2] as number;
    rawB[i] = -0.169 * r - 0.331 * g + 0.5 * b;
    rawR[i] = 0.5 * r - 0.419 * g - 0.081 * b;
  }
  return { cb: averaged(rawB, width, height), cr: averaged(rawR, width, height) };
}

function averaged(values: Float32Array, width: number, height: number): Float32Array {
  const rows = new Float32Array(values.length);
  for (let y = 0; y < height; y += 1) {
    const o = y * width;
    for (let x = 0; x < width; x += 1) {
      const l = x > 0 ? x - 1 : x;
      const r = x < width - 1 ? x + 1 : x;
      rows[o + x] = ((values[o + l] as number) + (values[o + x] as number) + (values[o + r] as number)) / 3;
    }
  }
  const out = new Float32Array(values.length);
  for (let y = 0; y < height; y += 1) {
    const u = (y > 0 ? y - 1 : y) * width;
    const d = (y < height - 1 ? y + 1 : y) * width;
    const o = y * width;
    for (let x = 0; x < width; x += 1)
      out[o + x] = ((rows[u + x] as number) + (rows[o + x] as number) + (rows[d + x] as number)) / 3;
  }
  return out;
}

/** The paper's own chroma by blocks of `block` pixels, median over the block and those beside it: yellowed paper, coloured light. */
function paperChroma(values: Float32Array, width: number, height: number, block: number) {
  const columns = Math.max(1, Math.ceil(width / block));
  const rows = Math.max(1, Math.ceil(height / block));
  const out = new Float32Array(columns * rows);
  const histogram = new Uint32Array(256);
  for (let r = 0; r < rows; r += 1)
    for (let c = 0; c < columns; c += 1) {
      histogram.fill(0);
      const top = Math.max(0, (r - 1) * block);
      const left = Math.max(0, (c - 1) * block);
      for (let y = top; y < Math.min(height, (r + 2) * block); y += 3)
        for (let x = left; x < Math.min(width, (c + 2) * block); x += 3) {
          const v = Math.max(0, Math.min(255, Math.round(2 * (values[y * width + x] as number)) + 128));
          histogram[v] = (histogram[v] as number) + 1;
        }
      out[r * columns + c] = (quantile(histogram, 0.5) - 128) / 2;
    }
  return {
    at: (x: number, y: number) => out[Math.floor(y / block) * columns + Math.floor(x / block)] as number,
    columns,
    block,
    out,
  };
}

/** Whether some mark on the page has a colour of its own. */
export function hasColour(small: RawPixels, dpi: number): boolean {
  if (small.channels === 1) return false;
  const { width, height } = small;
  const mm = dpi / 25.4;
  const { cb, cr } = chromaOf(small);
  const block = Math.max(8, Math.round(16 * mm));
  const paperB = paperChroma(cb, width, height, block);
  const paperR = paperChroma(cr, width, height, block);
  // A page whose paper changes its colour from place to place (a card, a photograph) is a coloured one.
  if (spreadOf(paperB.out) > 14 || spreadOf(paperR.out) > 14) return true;
  const rim = Math.round(2.5 * mm);
  const mask = new Int32Array(width * height);
  for (let y = rim; y < height - rim; y += 1)
    for (let x = rim; x < width - rim; x += 1) {
      const i = y * width + x;
      const b = (cb[i] as number) - paperB.at(x, y);
      const r = (cr[i] as number) - paperR.at(x, y);
      if (b * b + r * r > LEAST_CHROMA * LEAST_CHROMA) mask[i] = 1;
    }
  let area = 0;
  for (const blob of blobsOf({ data: mask, width, height })) {
    const across = Math.max(blob.right - blob.left, blob.bottom - blob.top) + 1;
    if (across >= LEAST_MARK_MM * mm) area += blob.area;
  }
  return area >= LEAST_COLOURED_MM2 * mm * mm;
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
  const paper = paperLevels(half, Math.max(8, Math.round(dpi / 6)));
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

import { type Grey, transposed } from './raster.ts';

export interface Skew {
  /** Degrees by which the content leans, clockwise positive; 0 where nothing can be said. */
  readonly degrees: number;
  /** Peak of the profile's score over its median: 1 = no direction stands out. */
  readonly confidence: number;
  /** Lines there are, but they lean by more than 10°: too much to be straightened without a look. */
  readonly beyond: boolean;
}

/** A little beyond the ±10° that are straightened: a peak at the border of what is searched is none. */
const RANGE = 11.5;
const COARSE_STEP = 0.25;
const FINE_REACH = 0.4;
const FINE_STEP = 0.05;
/** Grey levels a line's lower edge must rise by, in all and from one row to the next. */
const EDGE = 30;
const RISE = 4;
/** A page with a page number alone has some 50 ppm of ink, one with a stamp alone 2,300. */
const LEAST_INK_PPM = 300;
const LEAST_POINTS = 150;
/** Scores of photographs, stamps and noise stay below; forms and letters lie far above. */
export const LEAST_CONFIDENCE = 1.5;
const COARSE_POINTS = 12_000;
const FINE_POINTS = 60_000;

interface Points {
  readonly x: Float32Array;
  readonly y: Float32Array;
  readonly count: number;
}

/**
 * Lower edges of dark things, to a fraction of a pixel: the baseline is where letters line up best. Edges instead of
 * ink keep dark lids, photographs and upright rules from outweighing the text; the fraction keeps the pixel grid from
 * pulling small angles to zero.
 */
function lowerEdges({ data, width, height }: Grey): Points {
  const most = width * height;
  const xs = new Float32Array(most >> 1);
  const ys = new Float32Array(most >> 1);
  const rise = new Float32Array(width);
  const moment = new Float32Array(width);
  let count = 0;
  // A ring of 1 % is left out: there the lid and the sheet's own edge show.
  const edgeX = Math.ceil(width / 100);
  const edgeY = Math.ceil(height / 100);
  for (let y = edgeY; y < height - edgeY - 1; y += 1) {
    const row = y * width;
    for (let x = edgeX; x < width - edgeX; x += 1) {
      const g = (data[row + width + x] ?? 0) - (data[row + x] ?? 0);
      if (g > RISE) {
        rise[x] = (rise[x] ?? 0) + g;
        moment[x] = (moment[x] ?? 0) + g * y;
      } else {
        const total = rise[x] ?? 0;
        if (total === 0) continue;
        if (total >= EDGE && count < xs.length) {
          xs[count] = x;
          ys[count] = (moment[x] ?? 0) / total;
          count += 1;
        }
        rise[x] = 0;
        moment[x] = 0;
      }
    }
  }
  return { x: xs.subarray(0, count), y: ys.subarray(0, count), count };
}

function inkPpm({ data }: Grey): number {
  let sum = 0;
  for (let i = 0; i < data.length; i += 1) sum += data[i] ?? 0;
  const dark = (0.8 * sum) / data.length;
  let ink = 0;
  for (let i = 0; i < data.length; i += 1) if ((data[i] ?? 0) < dark) ink += 1;
  return (ink / data.length) * 1e6;
}

/** Sum of squares of the profile along lines that lean by `degrees`: highest where lines fall together. */
function score(points: Points, degrees: number, stride: number, bins: Float32Array, offset: number): number {
  const a = (degrees * Math.PI) / 180;
  const cos = Math.cos(a);
  const sin = Math.sin(a);
  bins.fill(0);
  for (let i = 0; i < points.count; i += stride) {
    const r = (points.y[i] ?? 0) * cos - (points.x[i] ?? 0) * sin + offset;
    const bin = Math.floor(r);
    const part = r - bin;
    bins[bin] = (bins[bin] ?? 0) + 1 - part;
    bins[bin + 1] = (bins[bin + 1] ?? 0) + part;
  }
  let sum = 0;
  for (let i = 0; i < bins.length; i += 1) sum += (bins[i] ?? 0) ** 2;
  return sum;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? 0;
}

function best(scores: readonly number[]): number {
  let at = 0;
  for (const [i, s] of scores.entries()) if (s > (scores[at] ?? 0)) at = i;
  return at;
}

function range(from: number, to: number, step: number): number[] {
  return Array.from({ length: Math.round((to - from) / step) + 1 }, (_, i) => from + i * step);
}

/** Top of the parabola through a peak and its neighbours, in steps from the peak. */
function peakOffset(left: number, top: number, right: number): number {
  const bend = left - 2 * top + right;
  return bend >= 0 ? 0 : Math.max(-0.5, Math.min(0.5, (left - right) / (2 * bend)));
}

interface Rough {
  readonly points: Points;
  readonly bins: Float32Array;
  readonly offset: number;
  readonly degrees: number;
  readonly confidence: number;
  readonly beyond: boolean;
}

/** Lean of lines that run along the rows, to a step of the coarse search. */
function roughly(image: Grey): Rough {
  const points = lowerEdges(image);
  const offset = Math.ceil(image.width * Math.sin((RANGE * Math.PI) / 180)) + 2;
  const bins = new Float32Array(image.height + 2 * offset + 4);
  const known = { points, bins, offset };
  if (points.count < LEAST_POINTS) return { ...known, degrees: 0, confidence: 1, beyond: false };
  const coarse = range(-RANGE, RANGE, COARSE_STEP);
  const stride = strideFor(points, COARSE_POINTS);
  const scores = coarse.map((d) => score(points, d, stride, bins, offset));
  const peak = best(scores);
  const confidence = (scores[peak] ?? 0) / Math.max(1, median(scores));
  return {
    ...known,
    degrees: coarse[peak] ?? 0,
    confidence,
    beyond: peak === 0 || peak === coarse.length - 1,
  };
}

const strideFor = (points: Points, most: number) => Math.max(1, Math.ceil(points.count / most));

function finely({ points, bins, offset, degrees: middle }: Rough): number {
  const stride = strideFor(points, FINE_POINTS);
  const fine = range(middle - FINE_REACH, middle + FINE_REACH, FINE_STEP);
  const scores = fine.map((d) => score(points, d, stride, bins, offset));
  const top = best(scores);
  const at = (i: number) => scores[i] ?? scores[top] ?? 0;
  const degrees = (fine[top] ?? 0) + FINE_STEP * peakOffset(at(top - 1), at(top), at(top + 1));
  return Math.round(degrees * 100) / 100;
}

/**
 * Projection profile over −10…10° of lines along the rows, and of lines down the columns as on a sheet that was fed
 * sideways; the stronger speaks. See the constants for when it keeps silent.
 */
export function measureSkew(image: Grey): Skew {
  if (inkPpm(image) < LEAST_INK_PPM) return { degrees: 0, confidence: 1, beyond: false };
  const rows = roughly(image);
  const columns = roughly(transposed(image));
  const sideways = columns.confidence > rows.confidence;
  const { confidence, beyond } = sideways ? columns : rows;
  if (confidence < LEAST_CONFIDENCE) return { degrees: 0, confidence, beyond: false };
  if (beyond) return { degrees: 0, confidence, beyond };
  const degrees = sideways ? 0 - finely(columns) : finely(rows) + 0;
  return { degrees, confidence, beyond };
}

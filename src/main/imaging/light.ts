import { cellTones } from './paper.ts';
import { greyOf, type RawPixels } from './raster.ts';

/** How much brighter each place has to be for the paper to be equally bright everywhere. */
export interface LightMap {
  readonly gains: Float32Array;
  readonly columns: number;
  readonly rows: number;
}

/** Cells over the short side: 210 mm / 32 = 6.5 mm, wider than a line of print is high. */
const CELLS = 32;
/** The paper ends up at this brightness; a little below white, so that nothing is burnt out. */
const TARGET = 245;
const MOST_GAIN = 3;

/**
 * Brightness of the paper on a grid: the brighter part of each cell; a cell full of ink or picture takes its
 * neighbours' light; then smoothed, because shadows of hands and phones have soft edges.
 */
export function lightMap(small: RawPixels): LightMap {
  const grey = greyOf(small);
  const { width, height } = grey;
  const cell = Math.max(4, Math.round(Math.min(width, height) / CELLS));
  const columns = Math.ceil(width / cell);
  const rows = Math.ceil(height / cell);
  let levels = cellTones(grey, cell, 5);
  const closed = spread(spread(levels, columns, rows, 2, Math.max), columns, rows, 2, Math.min);
  levels = closed.map((v, i) => Math.max(v * 0.75, levels[i] as number, 1));
  for (let pass = 0; pass < 2; pass += 1) levels = smoothed(levels, columns, rows);
  return { gains: levels.map((v) => Math.min(MOST_GAIN, Math.max(1, TARGET / v))), columns, rows };
}

/** The greatest or least within `reach` cells. */
function spread(
  levels: Float32Array,
  columns: number,
  rows: number,
  reach: number,
  pick: (a: number, b: number) => number,
): Float32Array {
  return levels.map((start, i) => {
    const x = i % columns;
    const y = (i - x) / columns;
    let value = start;
    for (let v = Math.max(0, y - reach); v <= Math.min(rows - 1, y + reach); v += 1)
      for (let u = Math.max(0, x - reach); u <= Math.min(columns - 1, x + reach); u += 1)
        value = pick(value, levels[v * columns + u] as number);
    return value;
  });
}

function smoothed(levels: Float32Array, columns: number, rows: number): Float32Array<ArrayBuffer> {
  return Float32Array.from(levels, (_, i) => {
    const x = i % columns;
    const y = (i - x) / columns;
    let sum = 0;
    let count = 0;
    for (let v = Math.max(0, y - 1); v <= Math.min(rows - 1, y + 1); v += 1)
      for (let u = Math.max(0, x - 1); u <= Math.min(columns - 1, x + 1); u += 1) {
        sum += levels[v * columns + u] as number;
        count += 1;
      }
    return sum / count;
  });
}

/** In place; all channels alike, so that seals and inks keep their colour. */
export function evenOut(
  { data, width, height, channels }: RawPixels,
  { gains, columns, rows }: LightMap,
): void {
  const line = new Float32Array(columns);
  for (let y = 0; y < height; y += 1) {
    const v = Math.min(rows - 1, Math.max(0, ((y + 0.5) / height) * rows - 0.5));
    const top = Math.floor(v);
    const bottom = Math.min(rows - 1, top + 1);
    for (let c = 0; c < columns; c += 1)
      line[c] =
        (gains[top * columns + c] as number) * (1 - v + top) +
        (gains[bottom * columns + c] as number) * (v - top);
    let o = y * width * channels;
    const step = columns / width;
    for (let x = 0; x < width; x += 1) {
      const u = Math.min(columns - 1, Math.max(0, (x + 0.5) * step - 0.5));
      const left = u | 0;
      const right = left + 1 < columns ? left + 1 : left;
      const gain = (line[left] as number) * (1 - u + left) + (line[right] as number) * (u - left);
      for (let c = 0; c < channels; c += 1, o += 1) {
        const lit = (data[o] as number) * gain + 0.5;
        data[o] = lit > 255 ? 255 : lit;
      }
    }
  }
}

import type { Grey } from './raster.ts';

/** Blocks of this many pixels share a threshold; between blocks it is interpolated. */
const BLOCK = 32;
/** Share of the local paper below which a pixel is ink: pencil reflects some 75 % of what the paper does, stamps 60 %. */
const INK = 0.82;

/** Brightness of the paper by blocks: what most of a block is, or its brighter neighbours where it is full of ink. */
function paperBlocks({ data, width, height }: Grey): {
  readonly levels: Float32Array;
  readonly columns: number;
  readonly rows: number;
} {
  const columns = Math.ceil(width / BLOCK);
  const rows = Math.ceil(height / BLOCK);
  const levels = new Float32Array(columns * rows);
  const histogram = new Uint16Array(32);
  for (let by = 0; by < rows; by += 1)
    for (let bx = 0; bx < columns; bx += 1) {
      histogram.fill(0);
      let count = 0;
      const endY = Math.min(height, (by + 1) * BLOCK);
      const endX = Math.min(width, (bx + 1) * BLOCK);
      for (let y = by * BLOCK; y < endY; y += 2)
        for (let x = bx * BLOCK; x < endX; x += 2) {
          const bin = (data[y * width + x] as number) >> 3;
          histogram[bin] = (histogram[bin] as number) + 1;
          count += 1;
        }
      // The 75th percentile: half a block of ink leaves it paper.
      let seen = 0;
      let level = 31;
      for (let v = 0; v < 32; v += 1) {
        seen += histogram[v] as number;
        if (seen * 4 >= count * 3) {
          level = v;
          break;
        }
      }
      levels[by * columns + bx] = level * 8 + 4;
    }
  return { levels: raised(levels, columns, rows), columns, rows };
}

/** A block much darker than its surroundings is ink (a filled seal, a bar), and its paper is theirs. */
function raised(levels: Float32Array, columns: number, rows: number): Float32Array {
  const out = new Float32Array(levels.length);
  const reach = 3;
  for (let y = 0; y < rows; y += 1)
    for (let x = 0; x < columns; x += 1) {
      let brightest = 0;
      let sum = 0;
      let count = 0;
      for (let v = Math.max(0, y - reach); v <= Math.min(rows - 1, y + reach); v += 1)
        for (let u = Math.max(0, x - reach); u <= Math.min(columns - 1, x + reach); u += 1) {
          const level = levels[v * columns + u] as number;
          if (level > brightest) brightest = level;
        }
      for (let v = Math.max(0, y - 1); v <= Math.min(rows - 1, y + 1); v += 1)
        for (let u = Math.max(0, x - 1); u <= Math.min(columns - 1, x + 1); u += 1) {
          const level = levels[v * columns + u] as number;
          if (level < 0.8 * brightest) continue;
          sum += level;
          count += 1;
        }
      out[y * columns + x] = count > 0 ? sum / count : brightest;
    }
  return out;
}

/** Black and white by the paper round each pixel (after Bernsen and Sauvola), so that faint ink in a shadow stays. */
export function bilevelOf(grey: Grey): Grey {
  const { data, width, height } = grey;
  const { levels, columns, rows } = paperBlocks(grey);
  const out = new Uint8Array(width * height);
  const line = new Float32Array(columns + 1);
  for (let y = 0; y < height; y += 1) {
    const v = Math.min(rows - 1, Math.max(0, (y + 0.5) / BLOCK - 0.5));
    const top = Math.floor(v);
    const bottom = Math.min(rows - 1, top + 1);
    const part = v - top;
    for (let b = 0; b < columns; b += 1)
      line[b] =
        INK *
        ((levels[top * columns + b] as number) * (1 - part) +
          (levels[bottom * columns + b] as number) * part);
    line[columns] = line[columns - 1] as number;
    for (let x = 0; x < width; ) {
      const u = (x + 0.5) / BLOCK - 0.5;
      const left = Math.floor(u);
      const from = line[Math.max(0, left)] as number;
      const step = left < 0 ? 0 : ((line[Math.min(columns, left + 1)] as number) - from) / BLOCK;
      const end = Math.min(width, Math.ceil((left + 1.5) * BLOCK - 0.5));
      let threshold = from + (u - left) * BLOCK * step;
      for (; x < end; x += 1, threshold += step) {
        const at = y * width + x;
        out[at] = (data[at] as number) < threshold ? 0 : 255;
      }
    }
  }
  return { data: out, width, height };
}

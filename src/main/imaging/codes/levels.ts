import type { GreyPicture } from './picture.ts';

export interface Levels {
  /** The level between dark and light in each cell; 0 where the cell and its neighbours are of one colour. */
  readonly threshold: Uint8Array;
  readonly columns: number;
  readonly rows: number;
}

export const CELL_BITS = 5;
export const CELL = 1 << CELL_BITS;
const SAMPLE = 4;
/** Light and dark in a cell must differ by this much: below, it is paper. */
const LEAST_RANGE = 24;
/** The flattest tenth of the cells is taken for empty paper; what stands out must do so by this factor. */
const OVER_NOISE = 1.5;
/** A page without empty cells tells nothing of its noise. */
const MOST_NOISE = 64;

/** Thresholds by cells of 32 pixels, from every fourth pixel of every fourth row. */
export function measureLevels({ data, width, height }: GreyPicture): Levels {
  const columns = (width + CELL - 1) >> CELL_BITS;
  const rows = (height + CELL - 1) >> CELL_BITS;
  const low = new Uint8Array(columns * rows).fill(255);
  const high = new Uint8Array(columns * rows);
  for (let y = SAMPLE >> 1; y < height; y += SAMPLE) {
    const cells = (y >> CELL_BITS) * columns;
    const row = y * width;
    for (let x = SAMPLE >> 1; x < width; x += SAMPLE) {
      const v = data[row + x]!;
      const cell = cells + (x >> CELL_BITS);
      if (v < low[cell]!) low[cell] = v;
      if (v > high[cell]!) high[cell] = v;
    }
  }
  const ranges = high.map((v, i) => v - low[i]!).sort();
  const noise = Math.min(MOST_NOISE, ranges[Math.floor(ranges.length / 10)] ?? 0);
  const least = Math.max(LEAST_RANGE, OVER_NOISE * noise + 4);
  const threshold = new Uint8Array(columns * rows);
  for (let r = 0; r < rows; r += 1) {
    for (let c = 0; c < columns; c += 1) {
      let darkest = 255;
      let lightest = 0;
      for (let y = Math.max(0, r - 1); y <= Math.min(rows - 1, r + 1); y += 1) {
        for (let x = Math.max(0, c - 1); x <= Math.min(columns - 1, c + 1); x += 1) {
          darkest = Math.min(darkest, low[y * columns + x]!);
          lightest = Math.max(lightest, high[y * columns + x]!);
        }
      }
      if (lightest - darkest >= least) threshold[r * columns + c] = (lightest + darkest + 1) >> 1;
    }
  }
  return { threshold, columns, rows };
}

import type { Grey } from './raster.ts';

/** Brightness of the paper on a grid of cells, to tell ink from shadow. */
export interface PaperLevels {
  readonly levels: Float32Array;
  readonly cell: number;
  readonly columns: number;
  readonly rows: number;
}

/** A sixth of an inch: wider than a stroke and narrower than a shadow. */
export function inkCell(dpi: number): number {
  return Math.max(8, Math.round(dpi / 6));
}

/** The tone in each cell of `cell` pixels that one pixel of `outOf` is at least as bright as, row by row. */
export function cellTones({ data, width, height }: Grey, cell: number, outOf: number): Float32Array {
  const columns = Math.max(1, Math.ceil(width / cell));
  const rows = Math.max(1, Math.ceil(height / cell));
  const tones = new Float32Array(columns * rows);
  const histogram = new Uint32Array(256);
  for (let r = 0; r < rows; r += 1)
    for (let c = 0; c < columns; c += 1) {
      histogram.fill(0);
      let count = 0;
      const endY = Math.min(height, (r + 1) * cell);
      const endX = Math.min(width, (c + 1) * cell);
      for (let y = r * cell; y < endY; y += 1)
        for (let x = c * cell; x < endX; x += 1) {
          const v = data[y * width + x] as number;
          histogram[v] = (histogram[v] as number) + 1;
          count += 1;
        }
      let seen = 0;
      let v = 255;
      for (; v > 0; v -= 1) {
        seen += histogram[v] as number;
        if (seen * outOf >= count) break;
      }
      tones[r * columns + c] = v;
    }
  return tones;
}

/** Median of each cell's brighter half, and where a cell is dark through and through the brightest beside it. */
export function paperLevels(grey: Grey, cell: number): PaperLevels {
  const { width, height } = grey;
  const columns = Math.max(1, Math.ceil(width / cell));
  const rows = Math.max(1, Math.ceil(height / cell));
  const own = cellTones(grey, cell, 4);
  const levels = new Float32Array(own.length);
  for (let r = 0; r < rows; r += 1)
    for (let c = 0; c < columns; c += 1) {
      let brightest = 0;
      for (let v = Math.max(0, r - 1); v <= Math.min(rows - 1, r + 1); v += 1)
        for (let u = Math.max(0, c - 1); u <= Math.min(columns - 1, c + 1); u += 1)
          brightest = Math.max(brightest, own[v * columns + u] as number);
      const here = own[r * columns + c] as number;
      levels[r * columns + c] = here < 0.85 * brightest ? brightest : here;
    }
  return { levels, cell, columns, rows };
}

/** Paper along a row of the picture, interpolated between the middles of cells. */
export function paperRow({ levels, cell, columns, rows }: PaperLevels, y: number, out: Float32Array): void {
  const v = Math.min(rows - 1, Math.max(0, (y + 0.5) / cell - 0.5));
  const top = Math.floor(v);
  const bottom = Math.min(rows - 1, top + 1);
  const part = v - top;
  const at = (c: number) =>
    (levels[top * columns + c] as number) * (1 - part) + (levels[bottom * columns + c] as number) * part;
  for (let x = 0; x < out.length; ) {
    const u = (x + 0.5) / cell - 0.5;
    const left = Math.floor(u);
    const from = at(Math.max(0, left));
    const to = at(Math.min(columns - 1, left + 1));
    const step = left < 0 ? 0 : (to - from) / cell;
    const end = Math.min(out.length, Math.ceil((left + 1.5) * cell - 0.5));
    let level = from + (u - left) * cell * step;
    for (; x < end; x += 1, level += step) out[x] = level;
  }
}

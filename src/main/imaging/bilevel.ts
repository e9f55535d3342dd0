import { paperLevels, paperRow } from './paper.ts';
import type { Grey } from './raster.ts';

/** Paper is measured by cells of this many pixels: 3 mm at 300 dpi, more than a stroke and less than a shadow. */
const CELL = 36;
/** Share of the local paper below which a pixel is ink: pencil reflects some 75 % of what the paper does, stamps 60 %. */
const INK = 0.82;

/** Black and white by the paper round each pixel (after Bernsen and Sauvola), so that faint ink in a shadow stays. */
export function bilevelOf(grey: Grey): Grey {
  const { data, width, height } = grey;
  const paper = paperLevels(grey, CELL);
  const row = new Float32Array(width);
  const out = new Uint8Array(width * height);
  for (let y = 0; y < height; y += 1) {
    paperRow(paper, y, row);
    const from = y * width;
    for (let x = 0; x < width; x += 1)
      out[from + x] = (data[from + x] as number) < INK * (row[x] as number) ? 0 : 255;
  }
  return { data: out, width, height };
}

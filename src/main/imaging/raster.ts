import { kernels } from './kernels/index.ts';
import type { RawPixels } from './pnm.ts';

export type { RawPixels } from './pnm.ts';

/** One channel of 8 bits, row by row. */
export interface Grey {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
}

export type Colour = readonly [number, number, number];

/** Luma by ITU-R BT.601 in 8-bit fixed point. */
export function greyOf(pixels: RawPixels): Grey {
  const { data, width, height, channels } = pixels;
  if (channels === 1) return { data, width, height };
  const held = kernels.holds(pixels) ? kernels.grey(pixels) : null;
  if (held) return held;
  const grey = new Uint8Array(width * height);
  for (let i = 0, j = 0; i < grey.length; i += 1, j += 3)
    grey[i] = (77 * (data[j] ?? 0) + 150 * (data[j + 1] ?? 0) + 29 * (data[j + 2] ?? 0)) >> 8;
  return { data: grey, width, height };
}

export function greyPixels({ data, width, height }: Grey): RawPixels {
  return { data, width, height, channels: 1 };
}

/** Mean of 2 × 2 pixels; an odd last row or column is left out. */
export function halved(pixels: RawPixels): RawPixels {
  const { data, channels } = pixels;
  const width = Math.max(1, pixels.width >> 1);
  const height = Math.max(1, pixels.height >> 1);
  if (pixels.width < 2 || pixels.height < 2) return pixels;
  const held = kernels.holds(pixels) ? kernels.halved(pixels) : null;
  if (held) return held;
  const out = new Uint8Array(width * height * channels);
  const stride = pixels.width * channels;
  const row = width * channels;
  for (let y = 0; y < height; y += 1) {
    const from = 2 * y * stride;
    for (let c = 0; c < channels; c += 1)
      for (let o = y * row + c, p = from + c; o < (y + 1) * row; o += channels, p += 2 * channels)
        out[o] =
          ((data[p] as number) +
            (data[p + channels] as number) +
            (data[p + stride] as number) +
            (data[p + stride + channels] as number) +
            2) >>
          2;
  }
  return { data: out, width, height, channels };
}

/** Rows become columns. */
export function transposed({ data, width, height }: Grey): Grey {
  const out = new Uint8Array(data.length);
  const block = 32;
  for (let by = 0; by < height; by += block)
    for (let bx = 0; bx < width; bx += block) {
      const endY = Math.min(height, by + block);
      const endX = Math.min(width, bx + block);
      for (let y = by; y < endY; y += 1)
        for (let x = bx; x < endX; x += 1) out[x * height + y] = data[y * width + x] ?? 0;
    }
  return { data: out, width: height, height: width };
}

export function histogramOf(values: Uint8Array, step = 1): Uint32Array {
  const histogram = new Uint32Array(256);
  for (let i = 0; i < values.length; i += step) {
    const v = values[i] ?? 0;
    histogram[v] = (histogram[v] ?? 0) + 1;
  }
  return histogram;
}

/** The value below which `share` of the counted lie. */
export function quantile(histogram: Uint32Array, share: number): number {
  let total = 0;
  for (let v = 0; v < histogram.length; v += 1) total += histogram[v] as number;
  let seen = 0;
  for (let v = 0; v < histogram.length; v += 1) {
    seen += histogram[v] ?? 0;
    if (seen > 0 && seen >= total * share) return v;
  }
  return histogram.length - 1;
}

/** Colour of the paper: per channel the median of a ring 4 % wide, which neither print nor shadow moves. */
export function borderColour(pixels: RawPixels): Colour {
  const { data, width, height, channels } = pixels;
  const ring = Math.max(1, Math.round(Math.min(width, height) * 0.04));
  const histograms = Array.from({ length: channels }, (_, c) => {
    const histogram = new Uint32Array(256);
    for (let y = 0; y < height; y += 1) {
      const whole = y < ring || y >= height - ring || width <= 2 * ring;
      for (let x = 0; x < width; x += 1) {
        if (!whole && x === ring) x = width - ring;
        const value = data[(y * width + x) * channels + c] as number;
        histogram[value] = (histogram[value] as number) + 1;
      }
    }
    return histogram;
  });
  const [r = 255, g = r, b = r] = histograms.map((h) => quantile(h, 0.5));
  return [r, g, b];
}

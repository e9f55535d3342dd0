import type { Matrix, Size } from './geometry.ts';
import { kernels, WEIGHTS as SHARP, WEIGHT, WEIGHT_BITS } from './kernels/index.ts';
import type { Colour, RawPixels } from './raster.ts';

/** Fixed point of the places in the source: 16 bits of fraction hold 30,000 pixels. */
const ONE = 65536;
const MOST_FIXED = 30_000;

/** Rows and columns at a time: a turn by a quarter reads columns, which would miss the cache line by line. */
const TILE = 64;

function isWhole(v: number): boolean {
  return Math.abs(v - Math.round(v)) < 1e-6;
}

/** Whether the map takes pixels to pixels, so that nothing is computed between them. */
export function isExact(m: Matrix): boolean {
  return m[6] === 0 && m[7] === 0 && m.every(isWhole) && Math.abs(m[0] * m[4] - m[1] * m[3]) === 1;
}

function copied(source: RawPixels, m: Matrix, size: Size, out: Uint8Array, outside: Colour): void {
  const { data, width, height, channels } = source;
  // Middles of pixels: the matrix speaks of corners.
  const originX = Math.floor(m[2] + (m[0] + m[1]) / 2);
  const originY = Math.floor(m[5] + (m[3] + m[4]) / 2);
  const [ax, bx, ay, by] = [m[0], m[1], m[3], m[4]].map(Math.round) as [number, number, number, number];
  for (let ty = 0; ty < size.height; ty += TILE)
    for (let tx = 0; tx < size.width; tx += TILE) {
      const endY = Math.min(size.height, ty + TILE);
      const endX = Math.min(size.width, tx + TILE);
      for (let y = ty; y < endY; y += 1)
        for (let x = tx; x < endX; x += 1) {
          const sx = originX + ax * x + bx * y;
          const sy = originY + ay * x + by * y;
          const o = (y * size.width + x) * channels;
          const inside = sx >= 0 && sy >= 0 && sx < width && sy < height;
          const p = (sy * width + sx) * channels;
          for (let c = 0; c < channels; c += 1) out[o + c] = inside ? (data[p + c] ?? 0) : (outside[c] ?? 0);
        }
    }
}

/** Where along a row the source is left: the whole row is computed without asking for each pixel. */
function spanOf(from: number, step: number, last: number, count: number): readonly [number, number] {
  if (step === 0) return from >= 0 && from <= last ? [0, count] : [0, 0];
  const a = -from / step;
  const b = (last - from) / step;
  const start = Math.max(0, Math.ceil(Math.min(a, b)));
  const end = Math.min(count, Math.floor(Math.max(a, b)) + 1);
  return start < end ? [start, end] : [0, 0];
}

function fill(out: Uint8Array, from: number, to: number, colour: Colour, channels: number): void {
  if (channels === 1) out.fill(colour[0], from, to);
  else
    for (let o = from; o < to; o += 3) {
      out[o] = colour[0];
      out[o + 1] = colour[1];
      out[o + 2] = colour[2];
    }
}

function affine(source: RawPixels, m: Matrix, size: Size, out: Uint8Array, outside: Colour): void {
  const { width, channels } = source;
  const lastX = (width - 1) * ONE - 1;
  const lastY = (source.height - 1) * ONE - 1;
  const stepX = Math.round(m[0] * ONE);
  const stepY = Math.round(m[3] * ONE);
  // A turn by about a quarter runs down columns: narrow tiles keep their lines in the cache.
  const tile = Math.abs(m[3]) > Math.abs(m[0]) ? TILE : size.width;
  const run = channels === 1 ? greyRun : colourRun;
  const fast = channels === 3 && kernels.holds(source) && out.buffer === source.data.buffer;
  for (let tx = 0; tx < size.width; tx += tile) {
    const count = Math.min(tile, size.width - tx);
    for (let y = 0; y < size.height; y += 1) {
      const x0 = tx + 0.5;
      const y0 = y + 0.5;
      const fx = Math.round((m[0] * x0 + m[1] * y0 + m[2] - 0.5) * ONE);
      const fy = Math.round((m[3] * x0 + m[4] * y0 + m[5] - 0.5) * ONE);
      const [a, b] = spanOf(fx, stepX, lastX, count);
      const [c, d] = spanOf(fy, stepY, lastY, count);
      const start = Math.max(a, c);
      const end = Math.max(start, Math.min(b, d));
      const o = (y * size.width + tx) * channels;
      if (end === start) {
        fill(out, o, o + count * channels, outside, channels);
        continue;
      }
      fill(out, o, o + start * channels, outside, channels);
      const at = o + start * channels;
      const place = { fx: fx + start * stepX, fy: fy + start * stepY, stepX, stepY };
      if (fast) kernels.turnRow(source, out, at, end - start, place);
      else run(source.data, width, out, at, end - start, place.fx, place.fy, stepX, stepY);
      fill(out, o + end * channels, o + count * channels, outside, channels);
    }
  }
}

function greyRun(
  data: Uint8Array,
  width: number,
  out: Uint8Array,
  o: number,
  count: number,
  fx: number,
  fy: number,
  stepX: number,
  stepY: number,
): void {
  for (let i = 0; i < count; i += 1, fx += stepX, fy += stepY) {
    const u = SHARP[(fx >> 8) & 255] as number;
    const v = SHARP[(fy >> 8) & 255] as number;
    const p = (fy >> 16) * width + (fx >> 16);
    const q = p + width;
    const both = (u * v) >> WEIGHT_BITS;
    const down = v - both;
    const right = u - both;
    const here = WEIGHT - u - down;
    out[o + i] =
      ((data[p] as number) * here +
        (data[p + 1] as number) * right +
        (data[q] as number) * down +
        (data[q + 1] as number) * both +
        128) >>
      WEIGHT_BITS;
  }
}

function colourRun(
  data: Uint8Array,
  width: number,
  out: Uint8Array,
  o: number,
  count: number,
  fx: number,
  fy: number,
  stepX: number,
  stepY: number,
): void {
  const row = width * 3;
  for (let i = 0; i < count; i += 1, o += 3, fx += stepX, fy += stepY) {
    const u = SHARP[(fx >> 8) & 255] as number;
    const v = SHARP[(fy >> 8) & 255] as number;
    const p = ((fy >> 16) * width + (fx >> 16)) * 3;
    const q = p + row;
    const both = (u * v) >> WEIGHT_BITS;
    const down = v - both;
    const right = u - both;
    const here = WEIGHT - u - down;
    out[o] =
      ((data[p] as number) * here +
        (data[p + 3] as number) * right +
        (data[q] as number) * down +
        (data[q + 3] as number) * both +
        128) >>
      WEIGHT_BITS;
    out[o + 1] =
      ((data[p + 1] as number) * here +
        (data[p + 4] as number) * right +
        (data[q + 1] as number) * down +
        (data[q + 4] as number) * both +
        128) >>
      WEIGHT_BITS;
    out[o + 2] =
      ((data[p + 2] as number) * here +
        (data[p + 5] as number) * right +
        (data[q + 2] as number) * down +
        (data[q + 5] as number) * both +
        128) >>
      WEIGHT_BITS;
  }
}

/** With perspective each pixel has its own place; plain bilinear, since photos are soft and their scale varies. */
function projective(source: RawPixels, m: Matrix, size: Size, out: Uint8Array, outside: Colour): void {
  const { data, width, height, channels } = source;
  const row = width * channels;
  let o = 0;
  for (let y = 0; y < size.height; y += 1) {
    const y0 = y + 0.5;
    let nx = m[0] * 0.5 + m[1] * y0 + m[2];
    let ny = m[3] * 0.5 + m[4] * y0 + m[5];
    let w = m[6] * 0.5 + m[7] * y0 + m[8];
    for (let x = 0; x < size.width; x += 1, nx += m[0], ny += m[3], w += m[6], o += channels) {
      const fx = nx / w - 0.5;
      const fy = ny / w - 0.5;
      if (!(fx >= -0.5 && fy >= -0.5 && fx <= width - 0.5 && fy <= height - 0.5)) {
        for (let c = 0; c < channels; c += 1) out[o + c] = outside[c] ?? 0;
        continue;
      }
      const cx = fx < 0 ? 0 : fx > width - 1.001 ? width - 1.001 : fx;
      const cy = fy < 0 ? 0 : fy > height - 1.001 ? height - 1.001 : fy;
      const ix = cx | 0;
      const iy = cy | 0;
      const u = cx - ix;
      const v = cy - iy;
      const p = iy * row + ix * channels;
      const q = p + row;
      for (let c = 0; c < channels; c += 1) {
        const top = (data[p + c] as number) * (1 - u) + (data[p + channels + c] as number) * u;
        const bottom = (data[q + c] as number) * (1 - u) + (data[q + channels + c] as number) * u;
        out[o + c] = top * (1 - v) + bottom * v + 0.5;
      }
    }
  }
}

/**
 * The part of `source` that `m` points at, as a picture of `size`; what lies outside the source gets one colour. Of a
 * picture that the kernels hold it is made beside it, and lasts as long.
 */
export function warped(source: RawPixels, m: Matrix, size: Size, outside: Colour): RawPixels {
  const length = size.width * size.height * source.channels;
  const data = (kernels.holds(source) ? kernels.room(length) : null) ?? new Uint8Array(length);
  const small = source.width < 2 || source.height < 2;
  if (isExact(m) || small) copied(source, small ? [1, 0, 0, 0, 1, 0, 0, 0, 1] : m, size, data, outside);
  else if (m[6] === 0 && m[7] === 0 && Math.max(source.width, source.height) <= MOST_FIXED)
    affine(source, m, size, data, outside);
  else projective(source, m, size, data, outside);
  return { data, width: size.width, height: size.height, channels: source.channels };
}

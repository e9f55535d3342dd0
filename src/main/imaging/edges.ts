import { blobsOf } from './hull.ts';
import { isHole } from './ink.ts';
import { borderColour, type Colour, type Grey, greyOf, type RawPixels } from './raster.ts';

/** Places to fill with the colour of the paper, on the small picture that is laid out. */
export interface EdgeMap {
  readonly mask: Uint8Array;
  readonly width: number;
  readonly height: number;
  readonly paper: Colour;
  /** Every strip and hole is one beyond doubt: long, even, neutral; holes in pairs at their standard distance. */
  readonly certain: boolean;
}

/** Deeper than this no scan edge is filled. */
const MOST_DEPTH_MM = 9;
/** A scan edge is darker than this share of the paper, and even. */
const DARK = 0.6;
/** Shorter strips are ink: writing across the border, a cut line. */
const LEAST_LENGTH = 0.25;
/** Beyond the edge of a strip or hole: its soft rim. */
const RIM_MM = 0.5;

type Side = 'left' | 'right' | 'top' | 'bottom';

/** Depth of the dark strip at each place along one side, in pixels. */
function depths(grey: Grey, dark: number, side: Side, most: number): Int32Array {
  const { data, width, height } = grey;
  const along = side === 'left' || side === 'right' ? height : width;
  const out = new Int32Array(along);
  for (let i = 0; i < along; i += 1) {
    let depth = 0;
    while (depth <= most) {
      const x = side === 'left' ? depth : side === 'right' ? width - 1 - depth : i;
      const y = side === 'top' ? depth : side === 'bottom' ? height - 1 - depth : i;
      if (x < 0 || y < 0 || x >= width || y >= height || (data[y * width + x] as number) >= dark) break;
      depth += 1;
    }
    out[i] = depth;
  }
  return out;
}

/** The strip itself, without what hangs on it: the running lower quarter of the depths leaves strokes of ink out. */
function stripOf(found: Int32Array, reach: number, most: number): Int32Array | undefined {
  if (found.reduce((n, d) => n + (d > 0 ? 1 : 0), 0) < LEAST_LENGTH * found.length) return undefined;
  const strip = new Int32Array(found.length);
  let covered = 0;
  for (let i = 0; i < found.length; i += 1) {
    const near = found.slice(Math.max(0, i - reach), Math.min(found.length, i + reach + 1)).sort();
    const depth = near[near.length >> 2] as number;
    if (depth > most) return undefined;
    strip[i] = depth;
    if (depth > 0) covered += 1;
  }
  return covered >= LEAST_LENGTH * found.length ? strip : undefined;
}

/** Dark scan edges and punch holes. Nothing is marked that could be ink; see the constants. */
export function findEdges(small: RawPixels, dpi: number): EdgeMap | undefined {
  const grey = greyOf(small);
  const { width, height } = grey;
  const mm = dpi / 25.4;
  const paper = borderColour(small);
  const tone = (77 * paper[0] + 150 * paper[1] + 29 * paper[2]) >> 8;
  if (tone < 140) return undefined;
  const mask = new Uint8Array(width * height);
  const most = Math.round(MOST_DEPTH_MM * mm);
  const rim = Math.max(1, Math.round(RIM_MM * mm));
  let strips = 0;
  for (const side of ['left', 'right', 'top', 'bottom'] as const) {
    const found = depths(grey, DARK * tone, side, most);
    const strip = stripOf(found, Math.round(5 * mm), most);
    if (!strip) continue;
    strips += 1;
    const at = (i: number, d: number) => {
      const x = side === 'left' ? d : side === 'right' ? width - 1 - d : i;
      const y = side === 'top' ? d : side === 'bottom' ? height - 1 - d : i;
      return x >= 0 && y >= 0 && x < width && y < height ? y * width + x : -1;
    };
    const level = (i: number, d: number) => grey.data[at(i, d)] ?? 0;
    const along = Array.from(strip, (depth, i) => level(i, depth)).sort((a, b) => a - b);
    const usual = along[along.length >> 1] ?? 0;
    // The soft rim is as dark as along the rest of the strip, only grows brighter inwards and ends on paper; anything
    // else there is ink, and stays.
    const isSoft = (i: number, depth: number) => {
      if (level(i, depth) < usual - 25) return false;
      for (let d = depth; d < depth + rim; d += 1) if (level(i, d + 1) < level(i, d) - 4) return false;
      return level(i, depth + rim) > 0.92 * tone && level(i, depth + rim + 1) > 0.92 * tone;
    };
    for (const [i, depth] of strip.entries()) {
      const deep = depth > 0 ? depth + (isSoft(i, depth) ? rim : 0) : 0;
      for (let d = 0; d < deep; d += 1) if (at(i, d) >= 0) mask[at(i, d)] = 1;
    }
  }
  const holes = holesOf(small, grey, tone, mm);
  for (const hole of holes) {
    const r = hole.radius + rim;
    for (let y = Math.max(0, Math.floor(hole.y - r)); y <= Math.min(height - 1, hole.y + r); y += 1)
      for (let x = Math.max(0, Math.floor(hole.x - r)); x <= Math.min(width - 1, hole.x + r); x += 1)
        if (Math.hypot(x - hole.x, y - hole.y) <= r) mask[y * width + x] = 1;
  }
  if (strips === 0 && holes.length === 0) return undefined;
  return { mask, width, height, paper, certain: holes.length === 0 || inPairs(holes, mm) };
}

interface Hole {
  readonly x: number;
  readonly y: number;
  readonly radius: number;
}

/** Even, neutral discs; a seal has a pattern and colour, a full stop is smaller. */
function holesOf(small: RawPixels, grey: Grey, tone: number, mm: number): Hole[] {
  const { width, height } = grey;
  // Holes lie near an edge; the middle of the page is not looked at.
  const reach = Math.round(24 * mm);
  const mask = new Int32Array(width * height);
  const dark = 0.85 * tone;
  for (let y = 0; y < height; y += 1) {
    const whole = y < reach || y >= height - reach || width <= 2 * reach;
    for (let x = 0; x < width; x += 1) {
      if (!whole && x === reach) x = width - reach;
      if ((grey.data[y * width + x] as number) < dark) mask[y * width + x] = 1;
    }
  }
  return blobsOf({ data: mask, width, height })
    .filter((b) => isHole(b, grey, mm))
    .map((b) => ({
      x: (b.left + b.right) / 2,
      y: (b.top + b.bottom) / 2,
      radius: (b.right - b.left + b.bottom - b.top + 2) / 4,
    }))
    .filter((hole) => isEven(small, hole));
}

function isEven({ data, width, channels }: RawPixels, { x, y, radius }: Hole): boolean {
  const low = [255, 255, 255];
  const high = [0, 0, 0];
  const sum = [0, 0, 0];
  let count = 0;
  const r = radius * 0.65;
  for (let v = Math.ceil(y - r); v <= y + r; v += 1)
    for (let u = Math.ceil(x - r); u <= x + r; u += 1) {
      if (Math.hypot(u - x, v - y) > r) continue;
      count += 1;
      for (let c = 0; c < channels; c += 1) {
        const value = data[(v * width + u) * channels + c] ?? 0;
        low[c] = Math.min(low[c] ?? 255, value);
        high[c] = Math.max(high[c] ?? 0, value);
        sum[c] = (sum[c] ?? 0) + value;
      }
    }
  if (count < 4) return false;
  const means = sum.slice(0, channels).map((s) => s / count);
  const neutral = Math.max(...means) - Math.min(...means) < 18;
  return neutral && low.slice(0, channels).every((l, c) => (high[c] ?? 0) - l < 40);
}

/** ISO 838: holes lie 80 mm apart; four-hole sheets too (80, 80, 80). */
function inPairs(holes: readonly Hole[], mm: number): boolean {
  return holes.every((a) =>
    holes.some((b) => {
      const apart = Math.hypot(a.x - b.x, a.y - b.y) / mm;
      return (
        a !== b && (Math.abs(apart - 80) < 2.5 || Math.abs(apart - 160) < 3 || Math.abs(apart - 240) < 4)
      );
    }),
  );
}

/** In place, at any size: each mark of the map stands for the pixels under it. */
export function fillEdges(pixels: RawPixels, map: EdgeMap): void {
  const { data, width, height, channels } = pixels;
  const grey = (77 * map.paper[0] + 150 * map.paper[1] + 29 * map.paper[2]) >> 8;
  const colour = channels === 1 ? [grey] : map.paper;
  const rows = new Map<number, Uint32Array>();
  for (let y = 0; y < height; y += 1) {
    const my = Math.min(map.height - 1, Math.floor((y * map.height) / height));
    let marks = rows.get(my);
    if (!marks) {
      const found: number[] = [];
      for (let x = 0; x < map.width; x += 1) if (map.mask[my * map.width + x] === 1) found.push(x);
      marks = Uint32Array.from(found);
      rows.set(my, marks);
    }
    for (const mx of marks) {
      const from = Math.floor((mx * width) / map.width);
      const to = Math.min(width, Math.ceil(((mx + 1) * width) / map.width));
      for (let x = from; x < to; x += 1)
        for (let c = 0; c < channels; c += 1) data[(y * width + x) * channels + c] = colour[c] ?? 255;
    }
  }
}

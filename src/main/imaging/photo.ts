import type { Quad } from '../../contract/model.ts';
import { distance, isUsableQuad, type Point, type Size, toFractions, toPixels } from './geometry.ts';
import { type Blob, blobsOf, hullOf, type Mask, outlineOf } from './hull.ts';
import { type Grey, histogramOf, type RawPixels } from './raster.ts';

export interface PhotoSheet {
  readonly quad: Quad;
  /** Pixels of the sheet laid flat, at the photo's own scale. */
  readonly size: Size;
  /** Dots an inch of that size, as far as the sheet's shape tells its measures. */
  readonly dpi: number | undefined;
}

/** Long side by short side, and the long side in inches: A4 (as A5, which a photo cannot tell apart) and ISO/IEC 7810 ID-1. */
const SHAPES = [
  { ratio: 297 / 210, inches: 297 / 25.4 },
  { ratio: 85.6 / 53.98, inches: 85.6 / 25.4 },
] as const;
const SHAPE_TOLERANCE = 0.045;

const LEAST_AREA = 0.12;
/** Share of its quadrangle that the bright region fills. */
const LEAST_FILL = 0.9;
/** Share of the places along a side where the picture has an edge. */
const LEAST_SUPPORT = 0.6;
const PROFILE = 9;
/** Light falls off by less than this share over two pixels. */
const STEP = 0.08;

type Corners = [Point, Point, Point, Point];

/** Ways to see paper against a table: bright, bright in blue (wood is not), bright and colourless. */
function channelsOf(small: RawPixels, grey: Grey): Uint8Array[] {
  if (small.channels === 1) return [grey.data];
  const n = grey.data.length;
  const blue = new Uint8Array(n);
  const plain = new Uint8Array(n);
  for (let i = 0, j = 0; i < n; i += 1, j += 3) {
    const r = small.data[j] as number;
    const g = small.data[j + 1] as number;
    const b = small.data[j + 2] as number;
    blue[i] = b;
    plain[i] = Math.max(0, Math.min(r, g, b) - (Math.max(r, g, b) - Math.min(r, g, b)) / 2);
  }
  return [grey.data, blue, plain];
}

/** The threshold that parts a picture's tones best in two (Otsu 1979), and two beside it. */
function thresholds(values: Uint8Array): number[] {
  const histogram = histogramOf(values, 2);
  let total = 0;
  let sum = 0;
  for (let v = 0; v < 256; v += 1) {
    total += histogram[v] as number;
    sum += v * (histogram[v] as number);
  }
  let best = 0;
  let at = 128;
  let below = 0;
  let sumBelow = 0;
  for (let v = 0; v < 255; v += 1) {
    below += histogram[v] as number;
    sumBelow += v * (histogram[v] as number);
    if (below === 0 || below === total) continue;
    const apart = sumBelow / below - (sum - sumBelow) / (total - below);
    const between = below * (total - below) * apart * apart;
    if (between > best) {
      best = between;
      at = v;
    }
  }
  return [at, Math.round(at * 0.8), Math.min(250, Math.round(at + (255 - at) * 0.25))];
}

/**
 * What small steps from the border do not lead to: a plain table in uneven light, where a shadow makes the paper on
 * one side as dark as the table on the other. Steps are shares of the brightness, which light alone does not change.
 */
function beyondSteps(grey: Grey): Mask {
  const { data, width, height } = smoothed(grey);
  const mask = new Int32Array(width * height).fill(1);
  const stack: number[] = [];
  const seed = (at: number) => {
    mask[at] = 0;
    stack.push(at);
  };
  for (let x = 0; x < width; x += 1) {
    seed(x);
    seed((height - 1) * width + x);
  }
  for (let y = 0; y < height; y += 1) {
    seed(y * width);
    seed(y * width + width - 1);
  }
  // Along a slanting edge each step is small; so what counts is how steep the place itself is.
  const isFlat = (at: number, x: number) => {
    const across = Math.abs((data[at + 1] as number) - (data[at - 1] as number));
    const down = Math.abs((data[at + width] as number) - (data[at - width] as number));
    return x === 0 || x === width - 1 || Math.max(across, down) <= Math.max(4, STEP * (data[at] as number));
  };
  while (stack.length > 0) {
    const at = stack.pop() as number;
    const x = at % width;
    const visit = (to: number, column: number) => {
      if (mask[to] !== 1 || to < width || to >= width * (height - 1) || !isFlat(to, column)) return;
      seed(to);
    };
    if (x > 0) visit(at - 1, x - 1);
    if (x < width - 1) visit(at + 1, x + 1);
    visit(at - width, x);
    visit(at + width, x);
  }
  return { data: mask, width, height };
}

function smoothed({ data, width, height }: Grey): Grey {
  const out = Uint8Array.from(data);
  for (let y = 1; y < height - 1; y += 1)
    for (let x = 1; x < width - 1; x += 1) {
      const at = y * width + x;
      let sum = 0;
      for (let d = -1; d <= 1; d += 1) {
        const row = at + d * width;
        sum += (data[row - 1] as number) + (data[row] as number) + (data[row + 1] as number);
      }
      out[at] = (sum + 4) / 9;
    }
  return { data: out, width, height };
}

/** Print breaks paper up: holes between bright parts are closed before they are joined. */
function closed({ data, width, height }: Mask, reach: number): Mask {
  const pass = (
    from: Int32Array,
    stride: number,
    many: number,
    lines: number,
    step: number,
    value: number,
  ) => {
    const out = Int32Array.from(from);
    for (let l = 0; l < lines; l += 1) {
      let until = -1;
      for (let i = 0; i < many; i += 1) {
        if (from[l * step + i * stride] === value) until = i + reach;
        else if (i <= until) out[l * step + i * stride] = value;
      }
      until = many;
      for (let i = many - 1; i >= 0; i -= 1) {
        if (from[l * step + i * stride] === value) until = i - reach;
        else if (i >= until) out[l * step + i * stride] = value;
      }
    }
    return out;
  };
  const wide = pass(pass(data, 1, width, height, width, 1), width, height, width, 1, 1);
  const back = pass(pass(wide, 1, width, height, width, 0), width, height, width, 1, 0);
  return { data: back, width, height };
}

/** The four corners of a hull: the sides that cost least are given up one after the other, to the outside. */
function fourCorners(hull: readonly Point[]): Corners | undefined {
  const points = [...hull];
  while (points.length > 4) {
    let least = Number.POSITIVE_INFINITY;
    let drop = -1;
    let meet: Point | undefined;
    for (let i = 0; i < points.length; i += 1) {
      const a = points[(i + points.length - 1) % points.length] as Point;
      const b = points[i] as Point;
      const c = points[(i + 1) % points.length] as Point;
      const d = points[(i + 2) % points.length] as Point;
      const x = crossing(a, b, d, c);
      if (!x) continue;
      // The side b–c is replaced by the place where its neighbours meet; the triangle is what that adds.
      const added = Math.abs((c.x - b.x) * (x.y - b.y) - (c.y - b.y) * (x.x - b.x)) / 2;
      const outward = (x.x - b.x) * (b.x - a.x) + (x.y - b.y) * (b.y - a.y) >= 0;
      if (outward && added < least) {
        least = added;
        drop = i;
        meet = x;
      }
    }
    if (drop < 0 || !meet) return undefined;
    points[drop] = meet;
    points.splice((drop + 1) % points.length, 1);
  }
  return points.length === 4 ? ordered(points as Corners) : undefined;
}

/** Where the lines a–b and c–d meet. */
function crossing(a: Point, b: Point, c: Point, d: Point): Point | undefined {
  const [ux, uy, vx, vy] = [b.x - a.x, b.y - a.y, d.x - c.x, d.y - c.y];
  const det = ux * vy - uy * vx;
  if (Math.abs(det) < 1e-9 * (Math.hypot(ux, uy) * Math.hypot(vx, vy) + 1e-9)) return undefined;
  const t = ((c.x - a.x) * vy - (c.y - a.y) * vx) / det;
  return { x: a.x + t * ux, y: a.y + t * uy };
}

/** Clockwise, beginning with the corner that is nearest to the picture's top left. */
function ordered(corners: Corners): Corners {
  let first = 0;
  for (const [i, p] of corners.entries()) {
    const q = corners[first] as Point;
    if (p.x + p.y < q.x + q.y) first = i;
  }
  return [0, 1, 2, 3].map((i) => corners[(first + i) % 4]) as Corners;
}

interface Line {
  readonly a: Point;
  readonly b: Point;
  readonly support: number;
}

/** One side moved onto the picture's own edge: the steepest step across it at many places, then the line most of them agree on. */
function fittedSide(grey: Grey, from: Point, to: Point): Line | undefined {
  const length = distance(from, to);
  const many = Math.max(12, Math.min(80, Math.round(length / 5)));
  const [nx, ny] = [-(to.y - from.y) / length, (to.x - from.x) / length];
  const hits: { t: number; d: number }[] = [];
  let asked = 0;
  for (let i = 0; i < many; i += 1) {
    const t = 0.06 + (0.88 * i) / (many - 1);
    const x = from.x + t * (to.x - from.x);
    const y = from.y + t * (to.y - from.y);
    asked += 1;
    let best = 10;
    let at: number | undefined;
    for (let d = -PROFILE; d <= PROFILE; d += 0.5) {
      const inner = sample(grey, x + (d + 1.5) * nx, y + (d + 1.5) * ny);
      const outer = sample(grey, x + (d - 1.5) * nx, y + (d - 1.5) * ny);
      if (inner === undefined || outer === undefined) continue;
      const step = inner - outer;
      if (step > best) {
        best = step;
        at = d;
      }
    }
    if (at !== undefined) hits.push({ t, d: at });
  }
  let winner: { readonly m: number; readonly k: number; readonly count: number } | undefined;
  for (let i = 0; i < hits.length; i += 1)
    for (let j = i + Math.ceil(hits.length / 4); j < hits.length; j += 3) {
      const p = hits[i] as { t: number; d: number };
      const q = hits[j] as { t: number; d: number };
      const m = (q.d - p.d) / (q.t - p.t);
      const k = p.d - m * p.t;
      const count = hits.reduce((n, h) => n + (Math.abs(h.d - m * h.t - k) < 1 ? 1 : 0), 0);
      if (!winner || count > winner.count) winner = { m, k, count };
    }
  if (!winner) return undefined;
  const line = winner;
  const agreed = hits.filter((h) => Math.abs(h.d - line.m * h.t - line.k) < 1.2);
  const mt = agreed.reduce((s, h) => s + h.t, 0) / agreed.length;
  const md = agreed.reduce((s, h) => s + h.d, 0) / agreed.length;
  const stt = agreed.reduce((s, h) => s + (h.t - mt) ** 2, 0);
  const std = agreed.reduce((s, h) => s + (h.t - mt) * (h.d - md), 0);
  const slope = stt > 0 ? std / stt : 0;
  const off = (t: number) => md + slope * (t - mt);
  return {
    a: { x: from.x + off(0) * nx, y: from.y + off(0) * ny },
    b: { x: to.x + off(1) * nx, y: to.y + off(1) * ny },
    support: agreed.length / asked,
  };
}

function sample({ data, width, height }: Grey, x: number, y: number): number | undefined {
  const fx = x - 0.5;
  const fy = y - 0.5;
  const ix = Math.floor(fx);
  const iy = Math.floor(fy);
  if (ix < 0 || iy < 0 || ix >= width - 1 || iy >= height - 1) return undefined;
  const u = fx - ix;
  const v = fy - iy;
  const at = iy * width + ix;
  return (
    ((data[at] as number) * (1 - u) + (data[at + 1] as number) * u) * (1 - v) +
    ((data[at + width] as number) * (1 - u) + (data[at + width + 1] as number) * u) * v
  );
}

/** Whether it is darker well outside a side than well inside, at most places along it. */
function endsPaper(grey: Grey, { a, b }: Line): boolean {
  const length = distance(a, b);
  const [nx, ny] = [-(b.y - a.y) / length, (b.x - a.x) / length];
  const steps: number[] = [];
  for (let i = 1; i < 24; i += 1) {
    const x = a.x + (i / 24) * (b.x - a.x);
    const y = a.y + (i / 24) * (b.y - a.y);
    const inner = sample(grey, x + 5 * nx, y + 5 * ny);
    const outer = sample(grey, x - 8 * nx, y - 8 * ny);
    if (inner !== undefined && outer !== undefined) steps.push(inner - outer);
  }
  steps.sort((p, q) => p - q);
  return steps.length < 8 || (steps[steps.length >> 2] ?? 0) > 10;
}

function areaOf(corners: readonly Point[]): number {
  let twice = 0;
  for (const [i, p] of corners.entries()) {
    const q = corners[(i + 1) % corners.length] as Point;
    twice += p.x * q.y - q.x * p.y;
  }
  return Math.abs(twice) / 2;
}

function candidate(mask: Mask, blob: Blob, grey: Grey): { corners: Corners; score: number } | undefined {
  const hull = hullOf(outlineOf(mask, blob));
  const rough = fourCorners(hull);
  if (!rough || !isUsableQuad(rough)) return undefined;
  const fill = blob.area / areaOf(rough);
  if (fill < LEAST_FILL || fill > 1.05) return undefined;
  const sides = rough.map((p, i) => fittedSide(grey, p, rough[(i + 1) % 4] as Point));
  if (sides.some((s) => !s || s.support < LEAST_SUPPORT)) return undefined;
  const lines = sides as Line[];
  // The frame of a printed table is a quadrangle too, but beyond its rule there is paper again.
  if (lines.some((line) => !endsPaper(grey, line))) return undefined;
  const corners = lines.map((line, i) => {
    const before = lines[(i + 3) % 4] as Line;
    return crossing(before.a, before.b, line.a, line.b);
  });
  if (corners.some((p) => !p)) return undefined;
  const fitted = corners as Corners;
  if (!isUsableQuad(fitted)) return undefined;
  const slack = 3;
  if (
    fitted.some((p) => p.x < -slack || p.y < -slack || p.x > grey.width + slack || p.y > grey.height + slack)
  )
    return undefined;
  const support = lines.reduce((s, l) => s + l.support, 0) / 4;
  return { corners: fitted, score: fill * support * Math.sqrt(blob.area / (grey.width * grey.height)) };
}

/**
 * Width by height of a rectangle seen in perspective, the camera's middle taken as the picture's (Zhang and He,
 * Whiteboard scanning, 2007, section 4); the mean of opposite sides where the view is all but straight.
 */
function trueRatio(corners: Corners, { width, height }: Size): number {
  const [m1, m2, m4, m3] = corners.map((p) => ({ x: p.x - width / 2, y: p.y - height / 2 })) as Corners;
  const plain =
    (distance(corners[0], corners[1]) + distance(corners[3], corners[2])) /
    (distance(corners[0], corners[3]) + distance(corners[1], corners[2]));
  const cross = (a: Point, b: Point, c: Point) =>
    a.x * (b.y - c.y) - a.y * (b.x - c.x) + (b.x * c.y - b.y * c.x);
  const k2 = cross(m1, m4, m3) / cross(m2, m4, m3);
  const k3 = cross(m1, m4, m2) / cross(m3, m4, m2);
  const n2 = [k2 * m2.x - m1.x, k2 * m2.y - m1.y, k2 - 1] as const;
  const n3 = [k3 * m3.x - m1.x, k3 * m3.y - m1.y, k3 - 1] as const;
  const f2 = -(n2[0] * n3[0] + n2[1] * n3[1]) / (n2[2] * n3[2]);
  const long = Math.max(width, height);
  // Lenses of phones see 0.6 to 2 of the long side; another value says that the view is too straight to tell.
  if (!(f2 > (0.5 * long) ** 2 && f2 < (2.5 * long) ** 2)) {
    const f = 0.85 * long;
    return ratioAt(n2, n3, f * f) || plain;
  }
  return ratioAt(n2, n3, f2);
}

function ratioAt(
  n2: readonly [number, number, number],
  n3: readonly [number, number, number],
  f2: number,
): number {
  const norm = (n: readonly [number, number, number]) => (n[0] ** 2 + n[1] ** 2) / f2 + n[2] ** 2;
  return Math.sqrt(norm(n2) / norm(n3));
}

function flatten(
  corners: Corners,
  picture: Size,
  scale: number,
): { readonly size: Size; readonly dpi: number | undefined } {
  const across = Math.max(distance(corners[0], corners[1]), distance(corners[3], corners[2]));
  const down = Math.max(distance(corners[0], corners[3]), distance(corners[1], corners[2]));
  const seen = trueRatio(corners, picture);
  const lying = seen > 1;
  const ratio = lying ? seen : 1 / seen;
  const shape = SHAPES.find((s) => Math.abs(ratio / s.ratio - 1) < SHAPE_TOLERANCE);
  const used = shape?.ratio ?? ratio;
  // No pixel of the photo is lost: the longer of what the sides have.
  const long = (lying ? Math.max(across, down * used) : Math.max(down, across * used)) / scale;
  const short = long / used;
  const size = lying
    ? { width: Math.round(long), height: Math.round(short) }
    : { width: Math.round(short), height: Math.round(long) };
  return { size, dpi: shape && long / shape.inches };
}

/** The sheet in a photo, or null where it is not certain. `scale`: pixels of `small` by those of the photo. */
export function findPaperInPhoto(small: RawPixels, grey: Grey, scale: number): PhotoSheet | null {
  const { width, height } = grey;
  if (Math.min(width, height) < 100) return null;
  let best: { corners: Corners; score: number } | undefined;
  const reach = Math.max(3, Math.round(Math.max(width, height) / 90));
  const masks = channelsOf(small, grey).flatMap((values) =>
    thresholds(values).map((threshold) => () => {
      const data = Int32Array.from(values, (v) => (v > threshold ? 1 : 0));
      return closed({ data, width, height }, reach);
    }),
  );
  for (const make of [...masks, () => beyondSteps(grey)]) {
    const mask = make();
    for (const blob of blobsOf(mask).slice(0, 2)) {
      if (blob.area < LEAST_AREA * width * height) continue;
      const found = candidate(mask, blob, grey);
      if (found && (!best || found.score > best.score)) best = found;
    }
  }
  if (!best) return null;
  const quad = toFractions(best.corners, { width, height });
  return { quad, ...flatten(best.corners, { width, height }, scale) };
}

/** Size and resolution of the sheet whose corners a person has set. */
export function flattened(
  quad: Quad,
  small: Size,
  scale: number,
): { readonly size: Size; readonly dpi: number | undefined } {
  return flatten(toPixels(quad, small), small, scale);
}

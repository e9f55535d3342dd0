import type { Quad, QuarterTurn } from '../../contract/model.ts';

/** Rows of a 3 × 3 matrix that takes points of a result to points of its source. */
export type Matrix = readonly [number, number, number, number, number, number, number, number, number];

export interface Point {
  readonly x: number;
  readonly y: number;
}
export interface Size {
  readonly width: number;
  readonly height: number;
}

export const IDENTITY: Matrix = [1, 0, 0, 0, 1, 0, 0, 0, 1];

export function multiply(m: Matrix, n: Matrix): Matrix {
  const cell = (r: number, c: number) =>
    (m[3 * r] ?? 0) * (n[c] ?? 0) +
    (m[3 * r + 1] ?? 0) * (n[3 + c] ?? 0) +
    (m[3 * r + 2] ?? 0) * (n[6 + c] ?? 0);
  return [
    cell(0, 0),
    cell(0, 1),
    cell(0, 2),
    cell(1, 0),
    cell(1, 1),
    cell(1, 2),
    cell(2, 0),
    cell(2, 1),
    cell(2, 2),
  ];
}

export function apply(m: Matrix, { x, y }: Point): Point {
  const w = m[6] * x + m[7] * y + m[8];
  return { x: (m[0] * x + m[1] * y + m[2]) / w, y: (m[3] * x + m[4] * y + m[5]) / w };
}

/** The same map between pictures that are `source` and `result` times as large. */
export function rescaled(m: Matrix, source: number, result: number): Matrix {
  const shrink: Matrix = [1 / result, 0, 0, 0, 1 / result, 0, 0, 0, 1];
  return multiply([source, 0, 0, 0, source, 0, 0, 0, 1], multiply(m, shrink));
}

export const distance = (a: Point, b: Point) => Math.hypot(a.x - b.x, a.y - b.y);

export function toPixels(quad: Quad, { width, height }: Size): [Point, Point, Point, Point] {
  const at = (p: Point) => ({ x: p.x * width, y: p.y * height });
  return [at(quad[0]), at(quad[1]), at(quad[2]), at(quad[3])];
}

export function toFractions(corners: readonly Point[], { width, height }: Size): Quad {
  const round = (v: number) => Math.round(v * 1e6) / 1e6;
  const at = (i: number) => {
    const p = corners[i] ?? { x: 0, y: 0 };
    return { x: round(p.x / width), y: round(p.y / height) };
  };
  return [at(0), at(1), at(2), at(3)];
}

/** The projective map of the rectangle (0,0)–(width,height) onto four corners, clockwise from the top left (Heckbert 1989, 2.2). */
export function rectangleToQuad(
  { width, height }: Size,
  [a, b, c, d]: readonly [Point, Point, Point, Point],
): Matrix {
  const sx = a.x - b.x + c.x - d.x;
  const sy = a.y - b.y + c.y - d.y;
  const dx1 = b.x - c.x;
  const dx2 = d.x - c.x;
  const dy1 = b.y - c.y;
  const dy2 = d.y - c.y;
  const det = dx1 * dy2 - dx2 * dy1;
  // A parallelogram gives rounding errors, not zero.
  const flat =
    Math.abs(sx) + Math.abs(sy) < 1e-6 * (Math.abs(dx1) + Math.abs(dx2) + Math.abs(dy1) + Math.abs(dy2));
  const g = flat ? 0 : (sx * dy2 - dx2 * sy) / det;
  const h = flat ? 0 : (dx1 * sy - sx * dy1) / det;
  return [
    (b.x - a.x + g * b.x) / width,
    (d.x - a.x + h * d.x) / height,
    a.x,
    (b.y - a.y + g * b.y) / width,
    (d.y - a.y + h * d.y) / height,
    a.y,
    g / width,
    h / height,
    1,
  ];
}

/** Whether four corners enclose something that can be laid flat: convex, clockwise, of some size. */
export function isUsableQuad(corners: readonly [Point, Point, Point, Point]): boolean {
  return corners.every((p, i) => {
    const q = corners[(i + 1) % 4] ?? p;
    const r = corners[(i + 2) % 4] ?? p;
    const cross = (q.x - p.x) * (r.y - q.y) - (q.y - p.y) * (r.x - q.x);
    return cross > 4 && distance(p, q) >= 8;
  });
}

/** A picture of `size` turned clockwise by quarters. */
export function quarter(
  turn: QuarterTurn,
  { width, height }: Size,
): { readonly matrix: Matrix; readonly size: Size } {
  if (turn === 90)
    return { matrix: [0, 1, 0, -1, 0, height, 0, 0, 1], size: { width: height, height: width } };
  if (turn === 180) return { matrix: [-1, 0, width, 0, -1, height, 0, 0, 1], size: { width, height } };
  if (turn === 270)
    return { matrix: [0, -1, width, 1, 0, 0, 0, 0, 1], size: { width: height, height: width } };
  return { matrix: IDENTITY, size: { width, height } };
}

/** Turned clockwise by degrees about the middle and cut back to the size before; very long strips lose what no longer fits. */
export function leaned(
  degrees: number,
  { width, height }: Size,
): { readonly matrix: Matrix; readonly size: Size } {
  if (degrees === 0) return { matrix: IDENTITY, size: { width, height } };
  const a = (degrees * Math.PI) / 180;
  const sin = Math.sin(a);
  const cos = Math.cos(a);
  const size = {
    width: Math.max(1, Math.min(width, Math.round(width * Math.abs(cos) + height * Math.abs(sin)))),
    height: Math.max(1, Math.min(height, Math.round(width * Math.abs(sin) + height * Math.abs(cos)))),
  };
  const [cx, cy] = [size.width / 2, size.height / 2];
  return {
    matrix: [cos, sin, width / 2 - cos * cx - sin * cy, -sin, cos, height / 2 + sin * cx - cos * cy, 0, 0, 1],
    size,
  };
}

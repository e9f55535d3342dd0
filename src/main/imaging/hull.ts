import type { Point } from './geometry.ts';

/** Marks of a picture: 1 where something is. */
export interface Mask {
  readonly data: Int32Array;
  readonly width: number;
  readonly height: number;
}

export interface Blob {
  readonly area: number;
  readonly left: number;
  readonly top: number;
  /** Last column and row. */
  readonly right: number;
  readonly bottom: number;
  /** Value that its pixels got. */
  readonly label: number;
}

/** Connected parts (4 neighbours) of what is 1, largest first; their pixels become its label, from 2 on. */
export function blobsOf({ data, width, height }: Mask): Blob[] {
  const found: Blob[] = [];
  const stack: number[] = [];
  for (let start = 0; start < data.length; start += 1) {
    if (data[start] !== 1) continue;
    const label = found.length + 2;
    let area = 0;
    let [left, right, top, bottom] = [width, 0, height, 0];
    data[start] = label;
    stack.push(start);
    while (stack.length > 0) {
      const at = stack.pop() as number;
      const x = at % width;
      const y = (at - x) / width;
      area += 1;
      if (x < left) left = x;
      if (x > right) right = x;
      if (y < top) top = y;
      if (y > bottom) bottom = y;
      if (x > 0 && data[at - 1] === 1) {
        data[at - 1] = label;
        stack.push(at - 1);
      }
      if (x < width - 1 && data[at + 1] === 1) {
        data[at + 1] = label;
        stack.push(at + 1);
      }
      if (y > 0 && data[at - width] === 1) {
        data[at - width] = label;
        stack.push(at - width);
      }
      if (y < height - 1 && data[at + width] === 1) {
        data[at + width] = label;
        stack.push(at + width);
      }
    }
    found.push({ area, left, top, right, bottom, label });
  }
  return found.sort((a, b) => b.area - a.area);
}

/** First and last pixel of a blob in each of its rows, as corners of pixels. */
export function outlineOf({ data, width }: Mask, blob: Blob): Point[] {
  const points: Point[] = [];
  for (let y = blob.top; y <= blob.bottom; y += 1) {
    let first = blob.left;
    let last = blob.right;
    while (first <= last && data[y * width + first] !== blob.label) first += 1;
    while (last >= first && data[y * width + last] !== blob.label) last -= 1;
    if (first > last) continue;
    points.push({ x: first, y }, { x: first, y: y + 1 }, { x: last + 1, y }, { x: last + 1, y: y + 1 });
  }
  return points;
}

/** Convex hull, clockwise on the screen (Andrew's monotone chain). */
export function hullOf(points: readonly Point[]): Point[] {
  const sorted = [...points].sort((a, b) => a.x - b.x || a.y - b.y);
  const half = (ordered: readonly Point[]) => {
    const chain: Point[] = [];
    for (const p of ordered) {
      for (;;) {
        const b = chain.at(-1);
        const a = chain.at(-2);
        if (!a || !b || (b.x - a.x) * (p.y - a.y) - (b.y - a.y) * (p.x - a.x) > 0) break;
        chain.pop();
      }
      chain.push(p);
    }
    return chain.slice(0, -1);
  };
  return [...half(sorted), ...half(sorted.reverse())];
}

export interface Rectangle {
  /** Degrees in (−45, 45], clockwise, by which its upper side leans. */
  readonly degrees: number;
  readonly width: number;
  readonly height: number;
  /** Clockwise from its top left. */
  readonly corners: readonly [Point, Point, Point, Point];
}

/** The rectangle that leans by `degrees` and just holds all points, `margin` larger on each side. */
export function rectangleAt(points: readonly Point[], degrees: number, margin = 0): Rectangle {
  const a = (degrees * Math.PI) / 180;
  const [cos, sin] = [Math.cos(a), Math.sin(a)];
  let [u0, u1, v0, v1] = [Infinity, -Infinity, Infinity, -Infinity];
  for (const { x, y } of points) {
    const u = x * cos + y * sin;
    const v = y * cos - x * sin;
    if (u < u0) u0 = u;
    if (u > u1) u1 = u;
    if (v < v0) v0 = v;
    if (v > v1) v1 = v;
  }
  u0 -= margin;
  v0 -= margin;
  u1 += margin;
  v1 += margin;
  const at = (u: number, v: number) => ({ x: u * cos - v * sin, y: u * sin + v * cos });
  return {
    degrees,
    width: u1 - u0,
    height: v1 - v0,
    corners: [at(u0, v0), at(u1, v0), at(u1, v1), at(u0, v1)],
  };
}

/** The smallest rectangle round a hull: one of its sides lies along one of the hull's. */
export function smallestRectangle(hull: readonly Point[]): Rectangle {
  let best: Rectangle | undefined;
  for (const [i, p] of hull.entries()) {
    const q = hull[(i + 1) % hull.length] ?? p;
    let degrees = (Math.atan2(q.y - p.y, q.x - p.x) * 180) / Math.PI;
    degrees -= 90 * Math.round(degrees / 90);
    const rectangle = rectangleAt(hull, degrees);
    if (!best || rectangle.width * rectangle.height < best.width * best.height) best = rectangle;
  }
  return best ?? rectangleAt(hull, 0);
}

/**
 * The lean of a rectangle from all its outline: each side's pixels give a line by least squares, without the corners;
 * long sides count for more. The hull alone follows the steps of the pixel grid.
 */
export function refinedLean(outline: readonly Point[], rough: Rectangle): number {
  const a = (rough.degrees * Math.PI) / 180;
  const [cos, sin] = [Math.cos(a), Math.sin(a)];
  const [tl, , br] = rough.corners;
  const toU = (p: Point) => p.x * cos + p.y * sin;
  const toV = (p: Point) => p.y * cos - p.x * sin;
  const [u0, u1, v0, v1] = [toU(tl), toU(br), toV(tl), toV(br)];
  let sum = 0;
  let weight = 0;
  const line = (
    along: (p: Point) => number,
    across: (p: Point) => number,
    low: number,
    high: number,
    at: number,
    sign: number,
  ) => {
    const reach = 3;
    const cut = (high - low) * 0.06;
    const near = outline.filter(
      (p) => Math.abs(across(p) - at) < reach && along(p) > low + cut && along(p) < high - cut,
    );
    if (near.length < 30) return;
    const ma = near.reduce((s, p) => s + along(p), 0) / near.length;
    const mc = near.reduce((s, p) => s + across(p), 0) / near.length;
    let sab = 0;
    let saa = 0;
    for (const p of near) {
      sab += (along(p) - ma) * (across(p) - mc);
      saa += (along(p) - ma) ** 2;
    }
    if (saa === 0) return;
    sum += sign * Math.atan(sab / saa) * saa;
    weight += saa;
  };
  line(toU, toV, u0, u1, v0, 1);
  line(toU, toV, u0, u1, v1, 1);
  line(toV, toU, v0, v1, u0, -1);
  line(toV, toU, v0, v1, u1, -1);
  return rough.degrees + (weight > 0 ? ((sum / weight) * 180) / Math.PI : 0);
}

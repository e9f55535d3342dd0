import { CELL, CELL_BITS, type Levels } from './levels.ts';
import type { GreyPicture, Spot } from './picture.ts';

/** What looks like a QR code's finder pattern: dark, light, dark, light, dark as 1:1:3:1:1 (ISO/IEC 18004, 6.3.3). */
export interface Finder extends Spot {
  /** Pixels of a module along the row in which it was seen: up to √2 of its side where the code lies aslant. */
  readonly module: number;
  /** Rows in which it was seen. */
  readonly hits: number;
}

/** A finder pattern narrower than this (pixels) has modules that no reader would tell apart. */
const LEAST_WIDTH = 13;
const MOST_FINDERS = 400;
/** Directions in which a pattern is looked at from its centre, and how many of them must show it. */
const RAYS = 16;
const LEAST_RAYS = 11;

/** 1:1:3:1:1 within half a module or so: print spreads, and a slanted code's corners blur. */
function isFinder(a: number, b: number, c: number, d: number, e: number): boolean {
  const total = a + b + c + d + e;
  if (total < LEAST_WIDTH) return false;
  const module = total / 7;
  const slack = 0.6 * module + 0.5;
  return (
    Math.abs(a - module) < slack &&
    Math.abs(b - module) < slack &&
    Math.abs(c - 3 * module) < 1.5 * slack &&
    Math.abs(d - module) < slack &&
    Math.abs(e - module) < slack
  );
}

/** Finder patterns, dark on light or light on dark, seen in every `step`th row and confirmed down the column. */
export function findFinders(picture: GreyPicture, levels: Levels, step: number): Finder[] {
  const { data, width, height } = picture;
  const { threshold, columns } = levels;
  const found: { x: number; y: number; module: number; hits: number }[] = [];

  const isDark = (x: number, y: number): boolean =>
    data[y * width + x]! < threshold[(y >> CELL_BITS) * columns + (x >> CELL_BITS)]!;

  /** Length and centre of the pattern down the column, or nothing. */
  function down(x: number, y: number, most: number): { centre: number; total: number } | undefined {
    const ink = isDark(x, y);
    const edges: number[] = [];
    for (const direction of [-1, 1]) {
      let at = y;
      let colour = ink;
      for (let run = 0; run < 3; run += 1) {
        const from = at;
        while (at >= 0 && at < height && isDark(x, at) === colour) {
          at += direction;
          if (Math.abs(at - from) > most) return undefined;
        }
        if (at < 0 || at >= height) return undefined;
        edges.push(at);
        colour = !colour;
      }
    }
    const [u1, u2, u3, d1, d2, d3] = edges as [number, number, number, number, number, number];
    if (!isFinder(u2 - u3, u1 - u2, d1 - u1 - 1, d2 - d1, d3 - d2)) return undefined;
    return { centre: (u1 + d1) / 2, total: d3 - u3 - 1 };
  }

  /** Three squares within each other: in whatever direction one goes, their edges lie at 3:5:7 from the centre. */
  function isRinged(cx: number, cy: number, module: number): boolean {
    const ink = isDark(Math.round(cx), Math.round(cy));
    const far = 6 * module;
    let seen = 0;
    for (let ray = 0; ray < RAYS; ray += 1) {
      const dx = Math.cos((2 * Math.PI * ray) / RAYS);
      const dy = Math.sin((2 * Math.PI * ray) / RAYS);
      const edges: number[] = [];
      let colour = ink;
      for (let r = 0; r < far && edges.length < 3; r += 0.5) {
        const x = Math.round(cx + r * dx);
        const y = Math.round(cy + r * dy);
        if (x < 0 || y < 0 || x >= width || y >= height) break;
        if (isDark(x, y) === colour) continue;
        edges.push(r);
        colour = !colour;
      }
      const [a, b, c] = edges;
      if (a === undefined || b === undefined || c === undefined) continue;
      const slack = 0.1 * c + 0.5;
      if (Math.abs(a - (3 / 7) * c) < slack && Math.abs(b - (5 / 7) * c) < slack) seen += 1;
    }
    return seen >= LEAST_RAYS;
  }

  function note(x: number, y: number, total: number): void {
    const middle = down(Math.round(x), y, total);
    if (!middle || middle.total > 2 * total || 2 * middle.total < total) return;
    const module = total / 7;
    for (const known of found) {
      if (Math.abs(known.x - x) > 2 * module || Math.abs(known.y - middle.centre) > 2 * module) continue;
      known.hits += 1;
      return;
    }
    if (found.length < MOST_FINDERS && isRinged(x, middle.centre, module)) {
      found.push({ x, y: middle.centre, module, hits: 1 });
    }
  }

  for (let y = step >> 1; y < height; y += step) {
    const row = y * width;
    const cells = (y >> CELL_BITS) * columns;
    let dark = false;
    let from = 0;
    let r0 = 0;
    let r1 = 0;
    let r2 = 0;
    let r3 = 0;
    for (let left = 0, cell = cells; left < width; left += CELL, cell += 1) {
      const level = threshold[cell]!;
      const right = Math.min(left + CELL, width);
      if (level === 0 && !dark) continue;
      for (let x = left; x < right; x += 1) {
        if (data[row + x]! < level === dark) continue;
        const r4 = x - from;
        if (r2 > r1 && r2 > r3 && isFinder(r0, r1, r2, r3, r4)) {
          note(x - r4 - r3 - r2 / 2, y, r0 + r1 + r2 + r3 + r4);
        }
        r0 = r1;
        r1 = r2;
        r2 = r3;
        r3 = r4;
        from = x;
        dark = !dark;
      }
    }
  }
  return found;
}

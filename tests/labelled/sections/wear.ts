import sharp, { type Sharp } from 'sharp';
import type { Chance } from '../../../src/simulators/scanner/paper/random.ts';

/** A grey picture, 8 bits, row by row. */
export interface Grey {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
}

export interface Place {
  readonly x: number;
  readonly y: number;
}

const raw = ({ data, width, height }: Grey) =>
  sharp(data, { raw: { width, height, channels: 1 }, limitInputPixels: false });

async function grey(image: Sharp): Promise<Grey> {
  const { data, info } = await image.greyscale().raw().toBuffer({ resolveWithObject: true });
  return { data: new Uint8Array(data), width: info.width, height: info.height };
}

export async function drawn(svg: string): Promise<Grey> {
  return grey(
    sharp(Buffer.from(svg), { limitInputPixels: false, unlimited: true }).flatten({ background: '#fff' }),
  );
}

export const decoded = (file: Uint8Array): Promise<Grey> => grey(sharp(file, { limitInputPixels: false }));
export const blurred = (page: Grey, sigma: number): Promise<Grey> => grey(raw(page).blur(sigma));
export const resized = (page: Grey, width: number): Promise<Grey> => grey(raw(page).resize({ width }));
export const asJpeg = async (page: Grey, quality: number): Promise<Grey> =>
  decoded(await raw(page).jpeg({ quality }).toBuffer());

/** Each value by a rule; the picture itself stays. */
function each(page: Grey, rule: (value: number, x: number, y: number) => number): Grey {
  const data = new Uint8ClampedArray(page.data.length);
  for (let y = 0, i = 0; y < page.height; y += 1) {
    for (let x = 0; x < page.width; x += 1, i += 1) data[i] = rule(page.data[i]!, x, y);
  }
  return { ...page, data: new Uint8Array(data.buffer) };
}

/** Ink and paper as levels. */
export function toned(page: Grey, ink: number, paper: number): Grey {
  const levels = Uint8ClampedArray.from({ length: 256 }, (_, v) => ink + (v / 255) * (paper - ink));
  const data = new Uint8Array(page.data.length);
  for (let i = 0; i < data.length; i += 1) data[i] = levels[page.data[i]!]!;
  return { ...page, data };
}

export const inverted = (page: Grey): Grey => each(page, (v) => 255 - v);

export function noisy(page: Grey, sigma: number, chance: Chance): Grey {
  const table = Float32Array.from({ length: 16_384 }, () => {
    const sum = chance.next() + chance.next() + chance.next() + chance.next() - 2;
    return sum * 1.73 * sigma;
  });
  const data = new Uint8ClampedArray(page.data.length);
  let at = 0;
  for (let i = 0; i < data.length; i += 1) {
    at = i % page.width === 0 ? chance.integer(0, 16_383) : (at + 1) & 16_383;
    data[i] = page.data[i]! + table[at]!;
  }
  return { ...page, data: new Uint8Array(data.buffer) };
}

/** Light that falls from one side, and the shades of folds. */
export function creased(page: Grey, depth: number, chance: Chance): Grey {
  const { width, height } = page;
  const angle = chance.between(0, 2 * Math.PI);
  const folds = Array.from({ length: chance.integer(2, 6) }, () => ({
    a: chance.between(0, Math.PI),
    at: chance.between(-0.4, 0.4),
    wide: chance.between(0.004, 0.05),
    deep: chance.between(-0.3, 1) * depth,
  }));
  return each(page, (v, px, py) => {
    const x = px / width - 0.5;
    const y = py / height - 0.5;
    let light = 1 - depth * (0.5 + 0.7 * (x * Math.cos(angle) + y * Math.sin(angle)));
    for (const fold of folds) {
      const d = (x * Math.cos(fold.a) + y * Math.sin(fold.a) - fold.at) / fold.wide;
      if (d > -4 && d < 4) light -= fold.deep * Math.exp(-d * d);
    }
    return v * light;
  });
}

/** Spots of coffee and dirt, some lighter, some nearly as dark as ink. */
export function stained(page: Grey, count: number, chance: Chance): Grey {
  const { width, height } = page;
  const spots = Array.from({ length: count }, () => {
    const r = chance.between(0.005, 0.06) * width;
    return {
      x: chance.between(0, width),
      y: chance.between(0, height),
      r,
      dark: chance.between(0.15, r < 0.02 * width ? 0.9 : 0.45),
    };
  });
  const data = page.data.slice();
  for (const { x, y, r, dark } of spots) {
    for (let py = Math.max(0, Math.floor(y - r)); py < Math.min(height, y + r); py += 1) {
      for (let px = Math.max(0, Math.floor(x - r)); px < Math.min(width, x + r); px += 1) {
        const d = Math.hypot(px - x, py - y) / r;
        if (d < 1) data[py * width + px] = data[py * width + px]! * (1 - dark * Math.min(1, 4 * (1 - d)));
      }
    }
  }
  return { ...page, data };
}

/** Fills a rectangle, given as fractions. */
export function covered(page: Grey, x1: number, y1: number, x2: number, y2: number, level: number): Grey {
  const { width, height } = page;
  const data = page.data.slice();
  for (let y = Math.round(y1 * height); y < Math.round(y2 * height); y += 1) {
    data.fill(level, y * width + Math.round(x1 * width), y * width + Math.round(x2 * width));
  }
  return { ...page, data };
}

/** Two or four holes of 6 mm along the left edge, 80 mm apart (ISO 838), where the lid shows dark. */
export function punched(page: Grey, dpi: number, four: boolean): Grey {
  const mm = dpi / 25.4;
  const middle = page.height / 2;
  const centres = (four ? [-120, -40, 40, 120] : [-40, 40]).map((d) => middle + d * mm);
  return each(page, (v, x, y) => (centres.some((c) => Math.hypot(x - 12 * mm, y - c) < 3 * mm) ? 60 : v));
}

/** As an old photocopier gives it: black and white about a level that wanders, with specks. */
export function photocopied(page: Grey, level: number, chance: Chance): Grey {
  const noise = noisy(page, 14, chance);
  return each(noise, (v) =>
    v < level ? (chance.next() < 0.004 ? 235 : 25) : chance.next() < 0.0008 ? 40 : 245,
  );
}

/**
 * A picture of `width` × `height` in which the page's corners (clockwise from its top left) lie at the given places;
 * elsewhere `around`. Bilinear; the page should not be more than twice as fine as the picture.
 */
export function projected(
  page: Grey,
  corners: readonly [Place, Place, Place, Place],
  width: number,
  height: number,
  around: Grey | number,
): Grey {
  const h = homography(corners, page.width, page.height);
  const data = new Uint8Array(width * height);
  for (let y = 0, i = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1, i += 1) {
      const w = h[6]! * x + h[7]! * y + h[8]!;
      const u = (h[0]! * x + h[1]! * y + h[2]!) / w - 0.5;
      const v = (h[3]! * x + h[4]! * y + h[5]!) / w - 0.5;
      const u0 = Math.floor(u);
      const v0 = Math.floor(v);
      if (u0 < 0 || v0 < 0 || u0 >= page.width - 1 || v0 >= page.height - 1) {
        data[i] = typeof around === 'number' ? around : around.data[i]!;
        continue;
      }
      const at = v0 * page.width + u0;
      const fx = u - u0;
      const top = page.data[at]! * (1 - fx) + page.data[at + 1]! * fx;
      const low = page.data[at + page.width]! * (1 - fx) + page.data[at + page.width + 1]! * fx;
      data[i] = top + (low - top) * (v - v0) + 0.5;
    }
  }
  return { data, width, height };
}

/** Turned clockwise by any angle within its own frame. */
export function askew(page: Grey, degrees: number, around: number): Grey {
  const { width, height } = page;
  const a = (degrees * Math.PI) / 180;
  const corner = (x: number, y: number): Place => ({
    x: width / 2 + x * Math.cos(a) - y * Math.sin(a),
    y: height / 2 + x * Math.sin(a) + y * Math.cos(a),
  });
  const [w, h] = [width / 2, height / 2];
  return projected(page, [corner(-w, -h), corner(w, -h), corner(w, h), corner(-w, h)], width, height, around);
}

/** From the picture's places to the page's pixels. */
function homography(corners: readonly [Place, Place, Place, Place], w: number, h: number): number[] {
  const goals: readonly Place[] = [
    { x: 0, y: 0 },
    { x: w, y: 0 },
    { x: w, y: h },
    { x: 0, y: h },
  ];
  const rows = corners.flatMap(({ x, y }, i) => {
    const { x: u, y: v } = goals[i]!;
    return [
      [x, y, 1, 0, 0, 0, -u * x, -u * y, u],
      [0, 0, 0, x, y, 1, -v * x, -v * y, v],
    ];
  });
  for (let c = 0; c < 8; c += 1) {
    let pivot = c;
    for (let r = c + 1; r < 8; r += 1) if (Math.abs(rows[r]![c]!) > Math.abs(rows[pivot]![c]!)) pivot = r;
    [rows[c], rows[pivot]] = [rows[pivot]!, rows[c]!];
    for (let r = 0; r < 8; r += 1) {
      if (r === c) continue;
      const factor = rows[r]![c]! / rows[c]![c]!;
      for (let k = c; k < 9; k += 1) rows[r]![k] = rows[r]![k]! - factor * rows[c]![k]!;
    }
  }
  return [...rows.map((row, i) => row[8]! / row[i]!), 1];
}

import sharp from 'sharp';
import { addNoise } from './noise.ts';
import { createChance } from './random.ts';
import { renderScene, type SceneRequest } from './scene.ts';

export interface PhotoRequest {
  readonly seed: number;
  readonly kind: SceneRequest['kind'];
  /** Pixels of the photo; phones give 4000 × 3000, which says nothing more about the finding of a sheet. */
  readonly width: number;
  readonly height: number;
  readonly table?: 'wood' | 'grey' | 'dark' | 'cloth' | 'white';
  /** Degrees by which the camera is tilted off the vertical, at most. */
  readonly tilt?: number;
  readonly shadow?: boolean;
  /** No sheet at all, or one that runs out of the picture. */
  readonly sheet?: 'whole' | 'none' | 'cut';
}

export interface Photo {
  readonly jpeg: Uint8Array;
  /** The sheet's corners in pixels, clockwise from its own top left. */
  readonly corners: readonly { readonly x: number; readonly y: number }[];
  /** Dots an inch that the sheet has on the average. */
  readonly dpi: number;
}

type Rgb = readonly [number, number, number];

/** Brightness of a table's surface, smooth from place to place. */
function tableAt(table: NonNullable<PhotoRequest['table']>, x: number, y: number, phase: number): Rgb {
  if (table === 'wood') {
    const grain =
      Math.sin(y / 9 + 3 * Math.sin(x / 260 + phase) + phase) * 9 + Math.sin(y / 2.7 + x / 90) * 5;
    return [142 + grain, 98 + grain * 0.8, 62 + grain * 0.6];
  }
  if (table === 'cloth') {
    const weave = (Math.floor(x / 60) + Math.floor(y / 60)) % 2 === 0 ? 0 : 26;
    return [70 + weave, 92 + weave, 128 + weave];
  }
  if (table === 'dark') return [44, 42, 46];
  if (table === 'white') return [232, 231, 228];
  return [126, 128, 130];
}

/** A sheet on a table as a phone sees it from above: perspective, uneven light, a shadow across, noise, JPEG. */
export async function renderPhoto(request: PhotoRequest): Promise<Photo> {
  const { width, height, seed } = request;
  const chance = createChance(seed ^ 0x70707);
  const table = request.table ?? chance.pick(['wood', 'grey', 'dark', 'cloth'] as const);
  const flat = await renderScene({ seed, kind: request.kind, dpi: 170, paper: 'rgb(240,239,234)' });
  // The camera: f in pixels, tilted about both axes, turned a little, far enough to see all of the sheet.
  const f = 0.85 * Math.max(width, height);
  const tilt = ((request.tilt ?? 14) * Math.PI) / 180;
  const [ax, ay, az] = [
    chance.between(-tilt, tilt),
    chance.between(-tilt, tilt),
    chance.between(-0.14, 0.14),
  ];
  const unit = 1 / Math.max(flat.width / width, flat.height / height);
  const fill = request.kind === 'card' ? chance.between(0.5, 0.75) : chance.between(0.7, 0.86);
  const push =
    request.sheet === 'cut'
      ? [0.22 * width, 0.3 * height]
      : [chance.between(-0.02, 0.02) * width, chance.between(-0.02, 0.02) * height];
  // Rows of the rotation that takes points of the sheet's plane (x, y, 0) to the camera.
  const [cx, sx, cy, sy, cz, sz] = [
    Math.cos(ax),
    Math.sin(ax),
    Math.cos(ay),
    Math.sin(ay),
    Math.cos(az),
    Math.sin(az),
  ];
  const r = [
    [cy * cz, -cy * sz],
    [sx * sy * cz + cx * sz, -sx * sy * sz + cx * cz],
    [-cx * sy * cz + sx * sz, cx * sy * sz + sx * cz],
  ] as const;
  const k = unit * fill;
  const project = (u: number, v: number) => {
    const [x, y] = [(u - flat.width / 2) * k, (v - flat.height / 2) * k];
    const z = f + r[2][0] * x + r[2][1] * y;
    return {
      x: width / 2 + (push[0] ?? 0) + (f * (r[0][0] * x + r[0][1] * y)) / z,
      y: height / 2 + (push[1] ?? 0) + (f * (r[1][0] * x + r[1][1] * y)) / z,
    };
  };
  const corners = [
    project(0, 0),
    project(flat.width, 0),
    project(flat.width, flat.height),
    project(0, flat.height),
  ];
  // Back from a pixel to the plane: two linear equations in x and y.
  const back = (px: number, py: number) => {
    const [X, Y] = [(px - width / 2 - (push[0] ?? 0)) / f, (py - height / 2 - (push[1] ?? 0)) / f];
    const [a, b] = [r[0][0] - X * r[2][0], r[0][1] - X * r[2][1]];
    const [c, d] = [r[1][0] - Y * r[2][0], r[1][1] - Y * r[2][1]];
    const det = a * d - b * c;
    const [x, y] = [(X * f * d - b * Y * f) / det, (a * Y * f - X * f * c) / det];
    return { u: x / k + flat.width / 2, v: y / k + flat.height / 2 };
  };
  const data = new Uint8Array(width * height * 3);
  const phase = chance.between(0, 6);
  const glow = { x: chance.between(0, width), y: chance.between(0, height) };
  const edge = {
    x: chance.between(0.25, 0.75) * width,
    slope: chance.between(-0.4, 0.4),
    soft: chance.between(40, 160),
  };
  const none = request.sheet === 'none';
  for (let y = 0; y < height; y += 1)
    for (let x = 0; x < width; x += 1) {
      const { u, v } = back(x + 0.5, y + 0.5);
      const inside = !none && u >= 0 && v >= 0 && u < flat.width - 1 && v < flat.height - 1;
      const o = (y * width + x) * 3;
      const away = Math.hypot(x - glow.x, y - glow.y) / Math.hypot(width, height);
      let light = 1.02 - 0.3 * away;
      if (request.shadow ?? true) {
        const d = (x - edge.x - edge.slope * y) / edge.soft;
        light *= 1 - 0.35 / (1 + Math.exp(d));
      }
      const surface = inside ? undefined : tableAt(table, x, y, phase);
      const iu = Math.floor(u);
      const iv = Math.floor(v);
      for (let c = 0; c < 3; c += 1) {
        let value = surface?.[c] ?? 0;
        if (!surface) {
          const at = (iv * flat.width + iu) * 3 + c;
          const top = (flat.data[at] ?? 0) * (1 - u + iu) + (flat.data[at + 3] ?? 0) * (u - iu);
          const low = at + flat.width * 3;
          const bottom = (flat.data[low] ?? 0) * (1 - u + iu) + (flat.data[low + 3] ?? 0) * (u - iu);
          value = top * (1 - v + iv) + bottom * (v - iv);
        }
        data[o + c] = Math.max(0, Math.min(255, value * light));
      }
    }
  const soft = await sharp(data, { raw: { width, height, channels: 3 } })
    .blur(0.7)
    .raw()
    .toBuffer();
  addNoise(soft, width * 3, 3, seed);
  const jpeg = await sharp(soft, { raw: { width, height, channels: 3 } })
    .jpeg({ quality: 88 })
    .toBuffer();
  const side = (i: number, j: number) => {
    const [p, q] = [corners[i], corners[j]];
    return p && q ? Math.hypot(p.x - q.x, p.y - q.y) : 0;
  };
  const dpi = (Math.max(side(0, 3), side(1, 2)) / flat.height) * 170;
  return { jpeg, corners, dpi };
}

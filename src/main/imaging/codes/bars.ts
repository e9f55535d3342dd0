import type { Frame, GreyPicture, Spot } from './picture.ts';

/** A field of parallel edges: a linear barcode, a patch code, or a table's rules. `along` runs across the bars. */
export type BarField = Frame;

interface Cells {
  readonly columns: number;
  readonly rows: number;
  readonly size: number;
  /** Gradient direction of each coherent cell, doubled (radians), and its strength; NaN elsewhere. */
  readonly angle: Float32Array;
  readonly xx: Float32Array;
  readonly yy: Float32Array;
  readonly xy: Float32Array;
}

const SAMPLES = 8;
/** Square of the least gradient (levels over two pixels): below lies the noise of sensors and JPEG. */
const LEAST_EDGE = 24 ** 2;
/** Points of an edge that a cell must hold out of SAMPLES². A sharp edge through the whole cell gives four. */
const LEAST_POINTS = 4;
const LEAST_COHERENCE = 0.8;
/** Doubled angles within a field differ by less than this from their neighbours'. */
const MOST_TURN = (24 * Math.PI) / 180;
const REACH = 2;
const LEAST_CELLS = 6;
const MOST_FIELDS = 60;

/** Structure tensor by cells: gradients at full resolution, so that fine bars keep their direction, at sparse points. */
function measureCells({ data, width, height }: GreyPicture, size: number): Cells {
  const columns = Math.floor(width / size);
  const rows = Math.floor(height / size);
  const count = columns * rows;
  const angle = new Float32Array(count).fill(Number.NaN);
  const xx = new Float32Array(count);
  const yy = new Float32Array(count);
  const xy = new Float32Array(count);
  const step = size / SAMPLES;
  for (let r = 0; r < rows; r += 1) {
    for (let c = 0; c < columns; c += 1) {
      let points = 0;
      let sxx = 0;
      let syy = 0;
      let sxy = 0;
      for (let i = 0; i < SAMPLES; i += 1) {
        const y = r * size + i * step + 1;
        if (y >= height - 1) break;
        // The lattice is staggered: a regular one would miss what lies between its columns.
        const line = y * width + c * size + ((i * 3) % step) + 1;
        for (let j = 0; j < SAMPLES; j += 1) {
          const at = line + j * step;
          const gx = data[at + 1]! - data[at - 1]!;
          const gy = data[at + width]! - data[at - width]!;
          const g = gx * gx + gy * gy;
          if (g < LEAST_EDGE) continue;
          points += 1;
          sxx += gx * gx;
          syy += gy * gy;
          sxy += gx * gy;
        }
      }
      if (points < LEAST_POINTS) continue;
      const coherence = Math.hypot(sxx - syy, 2 * sxy) / (sxx + syy);
      if (coherence < LEAST_COHERENCE) continue;
      const cell = r * columns + c;
      angle[cell] = Math.atan2(2 * sxy, sxx - syy);
      xx[cell] = sxx;
      yy[cell] = syy;
      xy[cell] = sxy;
    }
  }
  return { columns, rows, size, angle, xx, yy, xy };
}

function turnBetween(a: number, b: number): number {
  const d = Math.abs(a - b) % (2 * Math.PI);
  return d > Math.PI ? 2 * Math.PI - d : d;
}

/** Cells that lie near each other and agree on their direction. */
function group(cells: Cells): number[][] {
  const { columns, rows, angle } = cells;
  const seen = new Uint8Array(angle.length);
  const groups: number[][] = [];
  for (let start = 0; start < angle.length; start += 1) {
    if (seen[start] || Number.isNaN(angle[start]!)) continue;
    seen[start] = 1;
    const members = [start];
    for (let i = 0; i < members.length; i += 1) {
      const cell = members[i]!;
      const r = Math.floor(cell / columns);
      const c = cell % columns;
      for (let y = Math.max(0, r - REACH); y <= Math.min(rows - 1, r + REACH); y += 1) {
        for (let x = Math.max(0, c - REACH); x <= Math.min(columns - 1, c + REACH); x += 1) {
          const other = y * columns + x;
          if (seen[other] || !(turnBetween(angle[other]!, angle[cell]!) < MOST_TURN)) continue;
          seen[other] = 1;
          members.push(other);
        }
      }
    }
    if (members.length >= LEAST_CELLS) groups.push(members);
  }
  return groups.sort((a, b) => b.length - a.length).slice(0, MOST_FIELDS);
}

function frameOf({ columns, size, xx, yy, xy }: Cells, members: readonly number[]): BarField {
  let sxx = 0;
  let syy = 0;
  let sxy = 0;
  for (const cell of members) {
    sxx += xx[cell]!;
    syy += yy[cell]!;
    sxy += xy[cell]!;
  }
  const a = Math.atan2(2 * sxy, sxx - syy) / 2;
  const along: Spot = { x: Math.cos(a), y: Math.sin(a) };
  const us: number[] = [];
  const vs: number[] = [];
  for (const cell of members) {
    const x = ((cell % columns) + 0.5) * size;
    const y = (Math.floor(cell / columns) + 0.5) * size;
    us.push(x * along.x + y * along.y);
    vs.push(y * along.x - x * along.y);
  }
  const [u1, u2, v1, v2] = [Math.min(...us), Math.max(...us), Math.min(...vs), Math.max(...vs)];
  const u = (u1 + u2) / 2;
  const v = (v1 + v2) / 2;
  return {
    centre: { x: u * along.x - v * along.y, y: u * along.y + v * along.x },
    along,
    width: u2 - u1 + size,
    height: v2 - v1 + size,
  };
}

/** Fields of parallel bars, the largest first. `size`: pixels of a cell, a multiple of 8. */
export function findBarFields(picture: GreyPicture, size: number): BarField[] {
  const cells = measureCells(picture, size);
  return group(cells)
    .map((members) => frameOf(cells, members))
    .filter((field) => field.width >= 3 * size);
}

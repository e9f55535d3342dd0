import type { ReaderOptions, ReadResult } from 'zxing-wasm/reader';
import type { Barcode } from '../../../contract/model.ts';
import type { BarField } from './bars.ts';
import { findPatch, PATCH_T, patchInRow } from './patch.ts';
import { type Cutting, cut, type Frame, type GreyPicture, type Spot } from './picture.ts';
import { read } from './zxing.ts';

export interface ReadBars {
  readonly format: Exclude<Barcode['format'], 'qr'>;
  readonly text: string;
  readonly corners: readonly [Spot, Spot, Spot, Spot];
}

/** Characters that a text must have to be believed: shorter ones come out of tables and hatching. */
const LEAST_TEXT = { code128: 4, code39: 5 } as const;
/** Scan lines that must agree. */
const LEAST_LINES = 3;
/** Dark–light changes along the field: four characters of Code 39 have 40. */
const LEAST_EDGES = 36;
const LEAST_RANGE = 24;
/** Of an enlarged field: a table's rules make larger ones than any barcode does. */
const MOST_PIXELS = 3_000_000;
const GLANCES = 5;
const GLANCE_ROWS = 3;
const LEAST_LIKENESS = 0.6;
const MOST_SHIFT = 2;
const BANDS = 8;
const BAND_ROWS = 3;
/** Paper to see on either side of a field, in pixels: its part of the width, within bounds. Patch T asks for the most. */
const MARGIN = { part: 0.4, least: 60, most: 220 };

const OPTIONS: ReaderOptions = {
  formats: ['Code128', 'Code39'],
  tryHarder: true,
  tryRotate: false,
  tryInvert: false,
  tryDownscale: false,
  textMode: 'Plain',
  minLineCount: LEAST_LINES,
  maxNumberOfSymbols: 8,
};

/** Reads what stands in a field of bars: the field is turned upright first, so any angle will do. */
export async function readBarField(picture: GreyPicture, field: BarField): Promise<ReadBars[]> {
  const margin = Math.round(Math.min(MARGIN.most, Math.max(MARGIN.least, MARGIN.part * field.width)));
  const frame = { ...field, width: field.width + 2 * margin };
  const look = glance(picture, frame, margin);
  if (!look.patch && !look.bars) return [];
  const whole = cut(picture, frame, 1);
  const patch = look.patch ? findPatch(whole.picture) : undefined;
  if (patch) {
    const { height } = whole.picture;
    return [{ format: 'patch', text: PATCH_T, corners: box(whole, patch.from, patch.to, 0, height) }];
  }
  if (!look.bars) return [];
  const first = results(whole, await read(whole.picture, OPTIONS), 1);
  if (first.length > 0) return first;
  // Rows averaged along the bars: what noise, faint toner and stains took comes back. Every band must agree with two.
  for (const scale of [2, 3]) {
    if (frame.width * frame.height * scale ** 2 > MOST_PIXELS) break;
    const banded = { ...whole, picture: bands(cut(picture, frame, scale).picture) };
    const options: ReaderOptions = { ...OPTIONS, minLineCount: LEAST_LINES * BAND_ROWS };
    const found = results(whole, await read(banded.picture, options), scale);
    if (found.length > 0) return found;
  }
  return [];
}

function results(whole: Cutting, read: readonly ReadResult[], scale: number): ReadBars[] {
  return read.flatMap((result): ReadBars[] => {
    const format = result.format === 'Code128' ? 'code128' : 'code39';
    if (!result.isValid || result.text.length < LEAST_TEXT[format] || result.text.length > 256) return [];
    const { topLeft, topRight } = result.position;
    // The field is as high as the bars; the reader's own rows are those that it happened to scan.
    const { height } = whole.picture;
    const [from, to] = [topLeft.x / scale, topRight.x / scale];
    const upright = box(whole, Math.min(from, to), Math.max(from, to), 0, height);
    const [a, b, c, d] = upright;
    return [{ format, text: result.text, corners: from <= to ? upright : [c, d, a, b] }];
  });
}

function box({ back }: Cutting, x1: number, x2: number, y1: number, y2: number): [Spot, Spot, Spot, Spot] {
  return [back({ x: x1, y: y1 }), back({ x: x2, y: y1 }), back({ x: x2, y: y2 }), back({ x: x1, y: y2 })];
}

/**
 * A few lines across the field: whether any shows Patch T, and whether edges enough go on from one line to the next.
 * Letters have edges that do not go on, rules go on but are few.
 */
function glance(picture: GreyPicture, frame: Frame, margin: number): { patch: boolean; bars: boolean } {
  const across = { x: -frame.along.y, y: frame.along.x };
  const lines = Array.from({ length: GLANCES }, (_, i) => {
    const v = ((i + 1) / (GLANCES + 1) - 0.5) * frame.height;
    const centre = { x: frame.centre.x + v * across.x, y: frame.centre.y + v * across.y };
    const { data, width, height } = cut(picture, { ...frame, centre, height: GLANCE_ROWS }, 1).picture;
    return Uint8Array.from({ length: width }, (_, x) => {
      let sum = 0;
      for (let y = 0; y < height; y += 1) sum += data[y * width + x]!;
      return sum / height;
    });
  });
  const goOn = lines.slice(1).some((line, i) => edgesOf(shared(line, lines[i]!, margin)) >= LEAST_EDGES);
  return { patch: lines.some((line) => patchInRow(line).length > 0), bars: goOn };
}

/** Changes about the middle level. */
function edgesOf(line: Uint8Array): number {
  const low = Math.min(...line);
  const high = Math.max(...line);
  if (high - low < LEAST_RANGE) return 0;
  const level = (low + high) / 2;
  let edges = 0;
  for (let x = 1; x < line.length; x += 1) if (line[x]! < level !== line[x - 1]! < level) edges += 1;
  return edges;
}

/**
 * The field's part of what is dark in both lines, with the second moved by up to two pixels to where they are most
 * alike, since the angle is known to a fraction of a degree only; blank where they are not alike at all.
 */
function shared(a: Uint8Array, b: Uint8Array, margin: number): Uint8Array {
  let best = LEAST_LIKENESS;
  let at: number | undefined;
  for (let shift = -MOST_SHIFT; shift <= MOST_SHIFT; shift += 1) {
    const like = likeness(a, b, margin, shift);
    if (like < best) continue;
    best = like;
    at = shift;
  }
  if (at === undefined) return new Uint8Array(0);
  const moved = at;
  return a.subarray(margin, -margin).map((v, x) => Math.max(v, b[x + margin + moved]!));
}

/** Correlation of the field's part of two lines. */
function likeness(a: Uint8Array, b: Uint8Array, margin: number, shift: number): number {
  let [n, sa, sb, saa, sbb, sab] = [0, 0, 0, 0, 0, 0];
  for (let x = margin; x < a.length - margin; x += 1) {
    const p = a[x]!;
    const q = b[x + shift]!;
    n += 1;
    sa += p;
    sb += q;
    saa += p * p;
    sbb += q * q;
    sab += p * q;
  }
  const spread = Math.sqrt((saa - (sa * sa) / n) * (sbb - (sb * sb) / n));
  return spread > 0 ? (sab - (sa * sb) / n) / spread : 0;
}

/** A picture of a few bands, each the mean of its rows, so that scan lines see the bars without their noise. */
function bands({ data, width, height }: GreyPicture): GreyPicture {
  const count = Math.max(1, Math.min(BANDS, Math.floor(height / 4)));
  const each = Math.floor(height / count);
  const out = new Uint8Array(width * count * BAND_ROWS);
  for (let b = 0; b < count; b += 1) {
    for (let x = 0; x < width; x += 1) {
      let sum = 0;
      for (let y = b * each; y < (b + 1) * each; y += 1) sum += data[y * width + x]!;
      for (let k = 0; k < BAND_ROWS; k += 1) out[(b * BAND_ROWS + k) * width + x] = sum / each;
    }
  }
  return { data: out, width, height: count * BAND_ROWS };
}

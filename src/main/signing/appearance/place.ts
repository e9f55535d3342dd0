import { arrayAt, type PdfDocument } from '../../pdf/reader/document.ts';
import { integerOf, isArray, PdfDict, type PdfObject } from '../../pdf/reader/objects.ts';
import type { PdfPage } from '../../pdf/reader/pages.ts';
import type { AppearanceBlock } from './layout.ts';

export type Rectangle = readonly [x0: number, y0: number, x1: number, y1: number];

export interface Placement {
  /** In the page's own space, for /Rect. */
  readonly rect: Rectangle;
  /** For the form's /Matrix, so that the text stands upright on a turned page. */
  readonly matrix: readonly [number, number, number, number, number, number];
  readonly rotate: 0 | 90 | 180 | 270;
}

/** The page as it is seen: its visible box in page space, and how it is turned. */
export interface View {
  readonly box: Rectangle;
  readonly rotate: 0 | 90 | 180 | 270;
  /** Points. */
  readonly width: number;
  readonly height: number;
  /** Points that one unit of page space is long (/UserUnit, ISO 32000-1 table 30). */
  readonly unit: number;
}

const LETTER: Rectangle = [0, 0, 612, 792];
const GAP = 4;
/** Acrobat's largest page of 14,400 units is 15,240 km at this; more is nonsense. */
const MAX_USER_UNIT = 75_000;
const MAX_ANNOTATIONS = 2000;
/** Turns a form so that it stands upright on a page that is shown turned. */
export const MATRICES = {
  0: [1, 0, 0, 1, 0, 0],
  90: [0, 1, -1, 0, 0, 0],
  180: [-1, 0, 0, -1, 0, 0],
  270: [0, -1, 1, 0, 0, 0],
} as const;

/**
 * Where a block goes on a page: in its corner as the page is seen, inside the visible box, made smaller only where
 * the page itself is too small, and below any signature that stands there already.
 */
export async function place(
  document: PdfDocument,
  page: PdfPage,
  block: AppearanceBlock,
): Promise<Placement> {
  const view = await viewOf(document, page);
  const margin = Math.min(block.margin, view.width / 10, view.height / 10);
  const scale = Math.min(
    1,
    (view.width - 2 * margin) / block.width,
    (view.height - 2 * margin) / block.height,
  );
  const width = block.width * scale;
  const height = block.height * scale;
  const taken = (await signatureRectangles(document, page)).map((r) => seen(view, r));
  const left = block.corner === 'top-left' ? margin : view.width - margin - width;
  const top = freeTop(taken, left, margin, width, height, view.height);
  return {
    rect: onPage(view, [left, top, left + width, top + height]),
    matrix: MATRICES[view.rotate],
    rotate: view.rotate,
  };
}

/**
 * Where a box of a set size goes whose middle is named, in points from the top left of the page as it is seen.
 * Null where it would not be wholly on the page.
 */
export function placeAround(
  view: View,
  size: { readonly width: number; readonly height: number },
  centre: readonly [x: number, y: number],
): Placement | null {
  const [left, top] = [centre[0] - size.width / 2, centre[1] - size.height / 2];
  const box: Rectangle = [left, top, left + size.width, top + size.height];
  const slack = 0.01;
  if (!(left >= -slack && top >= -slack && box[2] <= view.width + slack && box[3] <= view.height + slack)) {
    return null;
  }
  return { rect: onPage(view, box), matrix: MATRICES[view.rotate], rotate: view.rotate };
}

/** The first place down the column that no signature covers; the corner itself where the column is full. */
function freeTop(
  taken: readonly Rectangle[],
  left: number,
  from: number,
  width: number,
  height: number,
  bottom: number,
): number {
  const inColumn = taken.filter((r) => r[0] < left + width && r[2] > left).sort((a, b) => a[1] - b[1]);
  let top = from;
  for (const r of inColumn) {
    if (r[1] < top + height && r[3] > top) top = r[3] + GAP;
  }
  return top + height <= bottom ? top : from;
}

export async function viewOf(document: PdfDocument, page: PdfPage): Promise<View> {
  const media = (await rectangleOf(document, page.inherited.get('MediaBox') ?? null)) ?? LETTER;
  const crop = (await rectangleOf(document, page.inherited.get('CropBox') ?? null)) ?? media;
  const both: Rectangle = [
    Math.max(media[0], crop[0]),
    Math.max(media[1], crop[1]),
    Math.min(media[2], crop[2]),
    Math.min(media[3], crop[3]),
  ];
  // A crop box that lies outside the page shows nothing: readers then fall back on the media box.
  const box = both[2] > both[0] && both[3] > both[1] ? both : media;
  const turned = integerOf(await document.resolve(page.inherited.get('Rotate') ?? null)) ?? 0;
  const rotate = (turned % 90 === 0 ? ((turned % 360) + 360) % 360 : 0) as View['rotate'];
  const stated = await document.resolve(page.dict.get('UserUnit'));
  const unit = typeof stated === 'number' && stated > 0 && stated <= MAX_USER_UNIT ? stated : 1;
  const [across, up] = [(box[2] - box[0]) * unit, (box[3] - box[1]) * unit];
  return rotate % 180 === 0
    ? { box, rotate, unit, width: across, height: up }
    : { box, rotate, unit, width: up, height: across };
}

/** A rectangle of any two opposite corners (ISO 32000-1 §7.9.5); null where it is none or has no area. */
export async function rectangleOf(document: PdfDocument, object: PdfObject): Promise<Rectangle | null> {
  const value = await document.resolve(object);
  if (!isArray(value) || value.length < 4) return null;
  const numbers: number[] = [];
  for (const item of value.slice(0, 4)) {
    const n = await document.resolve(item);
    if (typeof n !== 'number' || !Number.isFinite(n)) return null;
    numbers.push(n);
  }
  const [a, b, c, d] = numbers as [number, number, number, number];
  const rect: Rectangle = [Math.min(a, c), Math.min(b, d), Math.max(a, c), Math.max(b, d)];
  return rect[2] > rect[0] && rect[3] > rect[1] ? rect : null;
}

/** Visible signature fields that stand on the page. */
async function signatureRectangles(document: PdfDocument, page: PdfPage): Promise<Rectangle[]> {
  const found: Rectangle[] = [];
  for (const item of ((await arrayAt(document, page.dict, 'Annots')) ?? []).slice(0, MAX_ANNOTATIONS)) {
    const annotation = await document.resolve(item);
    if (!(annotation instanceof PdfDict) || !(await isSignatureField(document, annotation))) continue;
    const rect = await rectangleOf(document, annotation.get('Rect'));
    if (rect) found.push(rect);
  }
  return found;
}

async function isSignatureField(document: PdfDocument, annotation: PdfDict): Promise<boolean> {
  const type = await document.resolve(annotation.get('FT'));
  const parent = await document.resolve(annotation.get('Parent'));
  const inherited = parent instanceof PdfDict ? await document.resolve(parent.get('FT')) : null;
  return [type, inherited].some(
    (t) => t !== null && typeof t === 'object' && 'value' in t && t.value === 'Sig',
  );
}

/** From the seen page (points, origin top left, y down) to page space. */
function onPage({ box, rotate, unit }: View, seenBox: Rectangle): Rectangle {
  const [u0, v0, u1, v1] = seenBox.map((n) => n / unit) as [number, number, number, number];
  if (rotate === 90) return [box[0] + v0, box[1] + u0, box[0] + v1, box[1] + u1];
  if (rotate === 180) return [box[2] - u1, box[1] + v0, box[2] - u0, box[1] + v1];
  if (rotate === 270) return [box[2] - v1, box[3] - u1, box[2] - v0, box[3] - u0];
  return [box[0] + u0, box[3] - v1, box[0] + u1, box[3] - v0];
}

/** From page space to the seen page: the inverse of `onPage`. */
export function seen({ box, rotate, unit }: View, rectangle: Rectangle): Rectangle {
  const [x0, y0, x1, y1] = rectangle;
  const inUnits = (): Rectangle => {
    if (rotate === 90) return [y0 - box[1], x0 - box[0], y1 - box[1], x1 - box[0]];
    if (rotate === 180) return [box[2] - x1, y0 - box[1], box[2] - x0, y1 - box[1]];
    if (rotate === 270) return [box[3] - y1, box[2] - x1, box[3] - y0, box[2] - x0];
    return [x0 - box[0], box[3] - y1, x1 - box[0], box[3] - y0];
  };
  return inUnits().map((n) => n * unit) as unknown as Rectangle;
}

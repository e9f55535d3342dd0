import { type Blob, blobsOf, type Mask } from './hull.ts';
import { inkCell, type PaperLevels, paperLevels, paperRow } from './paper.ts';
import type { Grey } from './raster.ts';

/** Left out round the sheet: its edge, the lid's shadow and staples' traces lie there (NAPS2 leaves 1 %). */
const RIM_MM = 3;
/** Ink reflects less than this share of the paper beside it. */
const DARK = 0.8;
/** Faint pencil and a dry pen still draw lines as sharp as any: they darken by this share within one pixel. */
const FAINT_STEP = 0.05;
/** What shines through from the other side is blurred by the paper: from pixel to pixel it darkens less. */
const LEAST_STROKE_MM = 1.6;
/** Faint strokes on a sheet that somebody has written on, millimetres of box side summed. */
const LEAST_FAINT_MM = 12;
/** So many pieces of strokes are writing, and are not put together one by one. */
const MOST_MERGED = 400;
/** More ink than this and the sheet is written on, wherever it lies: a stamp alone has 2,300 ppm. */
const PLENTY_PPM = 1500;

export interface Ink {
  /** Ink in millionths of the sheet without its rim; holes and folds not counted. */
  readonly ppm: number;
  readonly blank: boolean;
}

interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

function inkMask(grey: Grey, paper: PaperLevels, dpi: number): Mask & { readonly rim: number } {
  const { data, width, height } = grey;
  const rim = Math.min(Math.round((RIM_MM / 25.4) * dpi), Math.floor(Math.min(width, height) / 8));
  const row = new Float32Array(width);
  const mask = new Int32Array(width * height);
  for (let y = rim; y < height - rim; y += 1) {
    paperRow(paper, y, row);
    for (let x = rim; x < width - rim; x += 1)
      if ((data[y * width + x] as number) < DARK * (row[x] as number)) mask[y * width + x] = 1;
  }
  return { data: mask, width, height, rim };
}

/** A filled disc of 4 to 8 mm near an edge (ISO 838: 6 ± 0.5 mm, its centre 12 mm from the edge), or cut by it. */
export function isHole(
  blob: Blob,
  size: { readonly width: number; readonly height: number },
  mm: number,
): boolean {
  const w = blob.right - blob.left + 1;
  const h = blob.bottom - blob.top + 1;
  const across = Math.max(w, h);
  if (across < 4 * mm || across > 8 * mm || Math.min(w, h) < 0.85 * across) return false;
  const fill = blob.area / (w * h);
  // A disc fills π/4 of its box.
  if (fill < 0.7 || fill > 0.88) return false;
  const x = (blob.left + blob.right) / 2;
  const y = (blob.top + blob.bottom) / 2;
  return Math.min(x, y, size.width - x, size.height - y) < 20 * mm;
}

/** A fold's shadow or a dark scan edge: as long as half the sheet, thin, or hanging on the rim; or what lies on the rim. */
function isTrace(
  blob: Blob,
  size: { readonly width: number; readonly height: number },
  mm: number,
  rim: number,
): boolean {
  const w = blob.right - blob.left + 1;
  const h = blob.bottom - blob.top + 1;
  const long = Math.max(w / size.width, h / size.height) > 0.5;
  const onRim =
    blob.left <= rim ||
    blob.top <= rim ||
    blob.right >= size.width - 1 - rim ||
    blob.bottom >= size.height - 1 - rim;
  // What touches the rim and stays within reach of it is the shadow of a sheet that lies a little askew.
  const reach = 8 * mm;
  const outside =
    blob.right < reach ||
    blob.bottom < reach ||
    blob.left > size.width - reach ||
    blob.top > size.height - reach;
  return (long && (Math.min(w, h) < 2 * mm || onRim)) || (onRim && outside);
}

/** Only a page number: everything in one small box within 22 mm of the upper or lower edge. */
function isPageNumber(blobs: readonly Box[], height: number, mm: number): boolean {
  const left = Math.min(...blobs.map((b) => b.left));
  const right = Math.max(...blobs.map((b) => b.right));
  const top = Math.min(...blobs.map((b) => b.top));
  const bottom = Math.max(...blobs.map((b) => b.bottom));
  const atEdge = bottom < 22 * mm || top > height - 22 * mm;
  return atEdge && right - left < 14 * mm && bottom - top < 6 * mm;
}

/** Strokes that are too light to count as ink, found by their sharp edges; millimetres of them. */
function faintStrokes(half: Grey, dpi: number): Box[] {
  const { data, width, height } = half;
  const mm = dpi / 25.4;
  const rim = Math.round(5 * mm);
  const mask = new Int32Array(width * height);
  const noise = roughness(half);
  const paper = paperLevels(half, inkCell(dpi));
  const row = new Float32Array(width);
  for (let y = rim; y < height - rim - 2; y += 1) {
    paperRow(paper, y, row);
    for (let x = rim; x < width - rim - 2; x += 1) {
      const at = y * width + x;
      const least = Math.max(FAINT_STEP * (row[x] as number), 4.5 * noise);
      // Over two pixels, summed along three: a stroke goes on, noise does not.
      const across = Math.abs(
        (data[at] as number) +
          (data[at - width] as number) +
          (data[at + width] as number) -
          (data[at + 2] as number) -
          (data[at + 2 - width] as number) -
          (data[at + 2 + width] as number),
      );
      const down = Math.abs(
        (data[at] as number) +
          (data[at - 1] as number) +
          (data[at + 1] as number) -
          (data[at + 2 * width] as number) -
          (data[at + 2 * width - 1] as number) -
          (data[at + 2 * width + 1] as number),
      );
      if (across > 3 * least || down > 3 * least) mask[at] = 1;
    }
  }
  const size = { width, height };
  const strokes = blobsOf({ data: mask, width, height });
  const rims =
    strokes.length <= MOST_MERGED ? merged(strokes, 1.5 * mm).filter((b) => isHoleRim(b, size, mm)) : [];
  return strokes.filter((b) => {
    const across = Math.max(b.right - b.left, b.bottom - b.top) + 1;
    const ofHole = rims.some(
      (r) => b.left >= r.left && b.right <= r.right && b.top >= r.top && b.bottom <= r.bottom,
    );
    return across >= LEAST_STROKE_MM * mm && !ofHole && !isTrace(b, size, mm, rim);
  });
}

/** Boxes that lie within `reach` of one another become one: the rim of a hole is seen in pieces. */
function merged(boxes: readonly Box[], reach: number): Box[] {
  const out: Box[] = [];
  for (const box of boxes) {
    let grown: Box = box;
    for (;;) {
      const at = out.findIndex(
        (o) =>
          o.left <= grown.right + reach &&
          o.right >= grown.left - reach &&
          o.top <= grown.bottom + reach &&
          o.bottom >= grown.top - reach,
      );
      const [near] = at < 0 ? [] : out.splice(at, 1);
      if (!near) break;
      grown = {
        left: Math.min(grown.left, near.left),
        right: Math.max(grown.right, near.right),
        top: Math.min(grown.top, near.top),
        bottom: Math.max(grown.bottom, near.bottom),
      };
    }
    out.push(grown);
  }
  return out;
}

/** The edge of a hole before a lid about as bright as the paper, seen by its step alone. */
function isHoleRim(
  blob: Box,
  size: { readonly width: number; readonly height: number },
  mm: number,
): boolean {
  const w = blob.right - blob.left + 1;
  const h = blob.bottom - blob.top + 1;
  const across = Math.max(w, h);
  if (across < 3.5 * mm || across > 9 * mm || Math.min(w, h) < 0.75 * across) return false;
  const x = (blob.left + blob.right) / 2;
  const y = (blob.top + blob.bottom) / 2;
  return Math.min(x, y, size.width - x, size.height - y) < 20 * mm;
}

/** Median of the differences beside one another, three pixels summed and divided again: the sensor's noise. */
function roughness({ data, width, height }: Grey): number {
  const histogram = new Uint32Array(768);
  let count = 0;
  for (let y = 2; y < height - 2; y += 3)
    for (let x = 0; x < width - 2; x += 7) {
      const at = y * width + x;
      const d = Math.abs(
        (data[at] as number) +
          (data[at - width] as number) +
          (data[at + width] as number) -
          (data[at + 2] as number) -
          (data[at + 2 - width] as number) -
          (data[at + 2 + width] as number),
      );
      histogram[d] = (histogram[d] as number) + 1;
      count += 1;
    }
  let seen = 0;
  let median = 0;
  for (; median < 768; median += 1) {
    seen += histogram[median] as number;
    if (seen * 2 >= count) break;
  }
  // The median of |x| of a normal spread is 0.67 of its sigma.
  return Math.max(0.3, (median + 0.5) / 0.67 / 3);
}

/**
 * How much ink a sheet carries and whether it is blank. In doubt it is not: a mark that is no hole, fold, scan edge,
 * speck or lone page number makes a written page, and so do faint strokes with the sharp edges that only this side's
 * ink has.
 */
export function measureInk(small: Grey, paper: PaperLevels, half: Grey, dpi: number): Ink {
  const mask = inkMask(small, paper, dpi);
  const mm = dpi / 25.4;
  const size = { width: small.width, height: small.height };
  const blobs = blobsOf(mask).filter((b) => !isHole(b, size, mm) && !isTrace(b, size, mm, mask.rim));
  const inner = Math.max(1, (size.width - 2 * mask.rim) * (size.height - 2 * mask.rim));
  const ppm = Math.round((blobs.reduce((sum, b) => sum + b.area, 0) / inner) * 1e6);
  if (ppm > PLENTY_PPM) return { ppm, blank: false };
  // Dust, and crumbs of a shadow: specks below a millimetre.
  const marks = blobs.filter((b) => Math.max(b.right - b.left, b.bottom - b.top) + 1 > 1.1 * mm);
  if (marks.length > 0 && !isPageNumber(marks, size.height, mm)) return { ppm, blank: false };
  const halfDpi = (dpi * half.width) / small.width;
  const halfMm = halfDpi / 25.4;
  const strokes = faintStrokes(half, halfDpi);
  if (strokes.length === 0 || isPageNumber(strokes, half.height, halfMm)) return { ppm, blank: true };
  const length = strokes.reduce((sum, b) => sum + Math.max(b.right - b.left, b.bottom - b.top) + 1, 0);
  return { ppm, blank: length < LEAST_FAINT_MM * halfMm };
}

import fontkit from '@cantoo/fontkit';
import {
  concatTransformationMatrix,
  fill,
  type PDFDocument,
  type PDFFont,
  type PDFPage,
  popGraphicsState,
  pushGraphicsState,
  rectangle,
  setFillingGrayscaleColor,
} from 'pdf-lib';
import type { BarcodeMatrix } from '../../slips/barcode.ts';
import { printable, wrap } from '../../slips/text.ts';
import { POINTS_PER_MM } from '../sheet-size.ts';
import { DEPTH_MM, type MarkPlace } from './places.ts';

export interface Mark {
  readonly text: string;
  readonly qr: BarcodeMatrix;
  /** TrueType, with Vietnamese. */
  readonly font: Uint8Array;
  /** Heading of a sheet of its own. */
  readonly sheetTitle: string;
}

const SIZES = [8, 7.5, 7, 6.5, 6];
const LEADING = 1.15;
const QR_MM = 13;
const GAP_MM = 2;
const SHEET = { margin: 20, size: 12, qr: 30 };

/**
 * Draws the mark on every page that has a place for it; where one has none, a sheet of its own is added that carries
 * the mark for all. The page's content is neither covered nor made smaller.
 */
export async function drawMark(
  pdf: PDFDocument,
  mark: Mark,
  places: readonly (MarkPlace | null)[],
): Promise<void> {
  pdf.registerFontkit(fontkit);
  const font = await pdf.embedFont(mark.font, { subset: true, features: { liga: false } });
  const known = new Set(font.getCharacterSet());
  const text = printable(mark.text, known);
  const pages = pdf.getPages();
  let whole = true;
  for (const [i, page] of pages.entries()) {
    const place = places[i] ?? null;
    const lines = place && fitted(text, font, place.length);
    if (place && lines) onPage(page, place, lines, font, mark.qr);
    else whole = false;
  }
  if (!whole) addSheet(pdf, mark, text, font, known);
}

interface Lines {
  readonly size: number;
  readonly lines: readonly string[];
}

/** The largest size at which all of the text stands beside the QR. */
function fitted(text: string, font: PDFFont, lengthMm: number): Lines | null {
  const width = (lengthMm - QR_MM - GAP_MM) * POINTS_PER_MM;
  for (const size of SIZES) {
    const lines = linesOf(text, font, size, width);
    if (lines.length * size * LEADING <= DEPTH_MM * POINTS_PER_MM) return { size, lines };
  }
  return null;
}

function linesOf(text: string, font: PDFFont, size: number, width: number): string[] {
  return wrap([{ text, font }], size, width).map(({ words }) =>
    words.map((w, i) => (i > 0 && w.space > 0 ? ` ${w.text}` : w.text)).join(''),
  );
}

/** Draws in a frame whose x runs along the edge, seen upright or turned as a reader turns the sheet. */
function onPage(page: PDFPage, place: MarkPlace, { size, lines }: Lines, font: PDFFont, qr: BarcodeMatrix) {
  const mm = POINTS_PER_MM;
  page.pushOperators(pushGraphicsState(), ...seenUpright(page), frameOf(place));
  drawQr(page, qr, 0, ((place.depth - QR_MM) / 2) * mm, QR_MM * mm);
  const left = (QR_MM + GAP_MM) * mm;
  const blank = place.depth * mm - lines.length * size * LEADING;
  lines.forEach((line, i) => {
    const y = place.depth * mm - blank / 2 - (i + 0.8) * size * LEADING;
    page.drawText(line, { x: left, y, size, font });
  });
  page.pushOperators(popGraphicsState());
}

function frameOf({ edge, x, y, length, depth }: MarkPlace) {
  const mm = POINTS_PER_MM;
  if (edge === 'left') return concatTransformationMatrix(0, 1, -1, 0, (x + depth) * mm, y * mm);
  if (edge === 'right') return concatTransformationMatrix(0, -1, 1, 0, x * mm, (y + length) * mm);
  return concatTransformationMatrix(1, 0, 0, 1, x * mm, y * mm);
}

/** From the page as it is seen (ISO 32000-1 table 30, Rotate) to its own coordinates. */
function seenUpright(page: PDFPage) {
  const { x, y, width, height } = page.getCropBox();
  const angle = ((page.getRotation().angle % 360) + 360) % 360;
  if (angle === 90) return [concatTransformationMatrix(0, 1, -1, 0, x + width, y)];
  if (angle === 180) return [concatTransformationMatrix(-1, 0, 0, -1, x + width, y + height)];
  if (angle === 270) return [concatTransformationMatrix(0, -1, 1, 0, x, y + height)];
  return [concatTransformationMatrix(1, 0, 0, 1, x, y)];
}

function drawQr(page: PDFPage, qr: BarcodeMatrix, x: number, y: number, side: number): void {
  const module = side / qr.width;
  const dark = Array.from({ length: qr.height }, (_, row) =>
    Array.from({ length: qr.width }, (_, column) => ({ row, column })).filter((m) =>
      qr.dark(m.column, m.row),
    ),
  ).flat();
  page.pushOperators(
    pushGraphicsState(),
    setFillingGrayscaleColor(0),
    ...dark.map(({ row, column }) =>
      rectangle(x + column * module, y + side - (row + 1) * module, module, module),
    ),
    fill(),
    popGraphicsState(),
  );
}

/** As large as the first page is seen, so that it lies in the same tray. */
function addSheet(pdf: PDFDocument, mark: Mark, text: string, font: PDFFont, known: ReadonlySet<number>) {
  const first = pdf.getPage(0);
  const { width, height } = first.getCropBox();
  const turned = first.getRotation().angle % 180 !== 0;
  const [w, h] = turned ? [height, width] : [width, height];
  const page = pdf.addPage([w, h]);
  const margin = Math.min(SHEET.margin * POINTS_PER_MM, w / 10);
  let y = h - margin;
  const put = (words: string) => {
    for (const line of linesOf(words, font, SHEET.size, w - 2 * margin)) {
      y -= SHEET.size * 1.3;
      page.drawText(line, { x: margin, y, size: SHEET.size, font });
    }
  };
  put(printable(mark.sheetTitle, known));
  y -= SHEET.size;
  put(text);
  const side = Math.min(SHEET.qr * POINTS_PER_MM, w - 2 * margin);
  drawQr(page, mark.qr, margin, y - SHEET.size - side, side);
}

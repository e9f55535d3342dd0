import {
  concatTransformationMatrix,
  drawObject,
  PDFDocument,
  type PDFEmbeddedPage,
  type PDFPage,
  popGraphicsState,
  pushGraphicsState,
} from 'pdf-lib';
import { CounterError } from '../../contract/errors.ts';
import { drawAnnotations } from './annotations.ts';
import { A4, POINTS_PER_MM, type SheetSize, sheetOfPoints } from './sheet-size.ts';

type Matrix = readonly [number, number, number, number, number, number];

const WIDTH = (A4.width / 100) * POINTS_PER_MM;
const HEIGHT = (A4.height / 100) * POINTS_PER_MM;
/** Where the sheet is cut in two: 148.5 mm from its edge. */
const CUT = HEIGHT / 2;
const TICK = 5 * POINTS_PER_MM;

/**
 * Pages of at most A5, two on each A4 sheet, exactly as large as they are, with marks where the sheet is cut. The sheet
 * stands upright whichever way the pages lie, so that no printer has a reason to turn it. All copies are drawn: the
 * result is to be printed once.
 *
 * @throws CounterError PRINTER_PAPER_MISSING {paper: 'a5'} where a page is larger than half a sheet; PDF_UNREADABLE,
 *   PDF_ENCRYPTED
 */
export function imposeOnHalves(pdf: Uint8Array, copies: number): Promise<Uint8Array> {
  return unlessBroken(() => impose(pdf, copies));
}

async function impose(pdf: Uint8Array, copies: number): Promise<Uint8Array> {
  const source = await loadPdf(pdf);
  const out = await PDFDocument.create();
  const pages = source.getPages();
  for (const page of pages) {
    // An empty back has no content at all, which the PDF writer does not put on another sheet.
    if (!page.node.Contents()) page.pushOperators(pushGraphicsState(), popGraphicsState());
    drawAnnotations(page);
  }
  const boxes = pages.map((page) => page.getCropBox());
  const embedded = await out.embedPages(
    pages,
    boxes.map(({ x, y, width, height }) => ({ left: x, bottom: y, right: x + width, top: y + height })),
  );
  const halves = embedded.map((page, i) => ({ page, ...lie(pages[i]!, page) }));
  const all = Array.from({ length: copies }, () => halves).flat();
  for (let i = 0; i < all.length; i += 2) {
    const sheet = out.addPage([WIDTH, HEIGHT]);
    place(sheet, all[i]!, CUT);
    if (all[i + 1]) place(sheet, all[i + 1]!, 0);
    for (const from of [0, WIDTH - TICK])
      sheet.drawLine({ start: { x: from, y: CUT }, end: { x: from + TICK, y: CUT }, thickness: 0.3 });
  }
  return out.save();
}

/** Sheets that the pages of a file want, in their order. @throws CounterError PDF_UNREADABLE, PDF_ENCRYPTED */
export function sheetsOf(pdf: Uint8Array): Promise<SheetSize[]> {
  return unlessBroken(async () => {
    const document = await loadPdf(pdf);
    return document.getPages().map((page) => {
      const { width, height } = page.getCropBox();
      return sheetOfPoints(width, height);
    });
  });
}

/** For changing a copy that is printed. @throws CounterError PDF_UNREADABLE, PDF_ENCRYPTED */
export function loadPdf(pdf: Uint8Array): Promise<PDFDocument> {
  return unlessBroken(async () => {
    const document = await PDFDocument.load(pdf, { updateMetadata: false });
    if (document.getPageCount() === 0) throw new Error('a document without pages');
    return document;
  });
}

/** What a damaged file makes the PDF writer throw is the file's fault, wherever it comes to light. */
export async function unlessBroken<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof CounterError) throw cause;
    const encrypted = /encrypt/i.test(String(cause));
    throw new CounterError(encrypted ? 'PDF_ENCRYPTED' : 'PDF_UNREADABLE', { reason: 'printing' }, { cause });
  }
}

interface Half {
  readonly page: PDFEmbeddedPage;
  readonly turns: readonly Matrix[];
  readonly width: number;
  readonly height: number;
}

/** How a page is turned so that it lies across the sheet, first as it asks itself (ISO 32000-1 table 30, Rotate). */
function lie(page: PDFPage, { width, height }: PDFEmbeddedPage): Omit<Half, 'page'> {
  const own = (((page.getRotation().angle % 360) + 360) % 360) as 0 | 90 | 180 | 270;
  const shown = own % 180 === 0 ? { width, height } : { width: height, height: width };
  const turns = [turned(own, width, height)];
  if (shown.height <= shown.width) return { turns, ...shown };
  return {
    turns: [turned(270, shown.width, shown.height), ...turns],
    width: shown.height,
    height: shown.width,
  };
}

/** Turns a box at the origin clockwise, so that it lies at the origin again. */
function turned(angle: 0 | 90 | 180 | 270, width: number, height: number): Matrix {
  if (angle === 90) return [0, -1, 1, 0, 0, width];
  if (angle === 180) return [-1, 0, 0, -1, width, height];
  if (angle === 270) return [0, 1, -1, 0, height, 0];
  return [1, 0, 0, 1, 0, 0];
}

function place(sheet: PDFPage, half: Half, bottom: number): void {
  const room = { x: (WIDTH - half.width) / 2, y: (CUT - half.height) / 2 };
  // A page that is a rounding error too large still has its content whole.
  if (room.x < -POINTS_PER_MM / 2 || room.y < -POINTS_PER_MM / 2)
    throw new CounterError('PRINTER_PAPER_MISSING', { paper: 'a5' });
  const name = sheet.node.newXObject('Half', half.page.ref);
  sheet.pushOperators(
    pushGraphicsState(),
    concatTransformationMatrix(1, 0, 0, 1, room.x, bottom + room.y),
    ...half.turns.map((m) => concatTransformationMatrix(...m)),
    drawObject(name),
    popGraphicsState(),
  );
}

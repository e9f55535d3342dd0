import {
  fill,
  type PDFDocument,
  type PDFFont,
  type PDFPage,
  popGraphicsState,
  pushGraphicsState,
  rectangle,
  setFillingGrayscaleColor,
} from 'pdf-lib';
import type { BarcodeMatrix } from './barcode.ts';
import type { Paper } from './form.ts';
import { addSignatureField, type FieldPlace } from './signature-field.ts';
import { type Span, type TextLine, widthOf, wrap } from './text.ts';

export interface Fonts {
  readonly regular: PDFFont;
  readonly bold: PDFFont;
  readonly italic: PDFFont;
}

export interface Sheet {
  readonly left: number;
  readonly right: number;
  readonly width: number;
  /** Distance of the next thing from the top of the page, points. */
  y: number;
  page(): PDFPage;
  /** Points left on this page. */
  free(): number;
  /** Starts a new page where less than `height` is left. */
  room(height: number): void;
  /** Starts the next copy (liên) on a new page; its pages are counted from 1 again. */
  newCopy(): void;
  paragraph(spans: readonly Span[], options?: ParagraphOptions): void;
  line(text: string, font: PDFFont, size: number, place: Place): void;
  rule(from: number, to: number): void;
  matrix(matrix: BarcodeMatrix, x: number, width: number, height: number): void;
  /** An empty signature field on this page. */
  signatureField(name: string, place: FieldPlace): void;
}

export interface Place {
  readonly from: number;
  readonly to: number;
  readonly align: 'left' | 'centre' | 'right';
}

export interface ParagraphOptions {
  readonly size?: number;
  /** Points added at the left of every line. */
  readonly inset?: number;
  /** Points added at the left of every line but the first, so that a list's numbers stand out. */
  readonly hang?: number;
  /** Dots up to the right margin after the last word, for what is filled in by hand. */
  readonly leader?: boolean;
  readonly gapAfter?: number;
}

export const POINTS_PER_MM = 72 / 25.4;
export const BODY = 10;
export const LEADING = 1.2;
/** Single spacing of Times: the least that the rule allows. */
const SINGLE = 1.15;
/** A line that would need wider blanks than this many usual ones is left ragged. */
const MOST_STRETCH = 2.5;

/** Sizes of type in points: those of NĐ 30/2020 Phụ lục I on A4, in proportion on smaller paper (facts §2.3). */
export interface TypeSizes {
  readonly nation: number;
  readonly motto: number;
  readonly agency: number;
  readonly number: number;
  readonly date: number;
  readonly title: number;
  readonly body: number;
  readonly signer: number;
  readonly small: number;
  readonly page: number;
  /** Between lines of a form. */
  readonly gap: number;
  /** Between paragraphs of a letter: 6 points on A4. */
  readonly paragraphGap: number;
  /** Line spacing, as a multiple of the size. */
  readonly leading: number;
  /** Room for a signature, points. */
  readonly signing: number;
}

/**
 * How much a page holds: roomy = paragraphs as far apart as the rule wants them; plain = lines of a form closer together;
 * tight = also the lower end of each range of sizes and single spacing, for a paper that would just miss one page.
 */
export type Density = 'roomy' | 'plain' | 'tight';

export function typeSizes(paper: Paper, density: Density = 'plain'): TypeSizes {
  const part = Math.min(paper.widthMm, paper.heightMm) / 210;
  const on = (a4: number) => Math.round(a4 * part * 100) / 100;
  if (density === 'tight') {
    return {
      nation: on(12),
      motto: on(13),
      agency: on(12),
      number: on(13),
      date: on(13),
      title: on(13),
      body: on(13),
      signer: on(13),
      small: on(11),
      page: on(13),
      gap: on(1),
      paragraphGap: on(6),
      leading: SINGLE,
      signing: on(45),
    };
  }
  return {
    nation: on(12),
    motto: on(13),
    agency: on(12),
    number: on(13),
    date: on(13),
    title: on(14),
    body: on(13.5),
    signer: on(13),
    small: on(12),
    page: on(13),
    gap: on(density === 'roomy' ? 6 : 3),
    paragraphGap: on(6),
    leading: LEADING,
    signing: on(56),
  };
}

export interface SheetOptions {
  /** Stands beside the page number from the second page on. */
  readonly running: string;
  /** Size of a paragraph's type where it names none. Default BODY. */
  readonly body?: number;
  /** Default 9 points. */
  readonly pageNumber?: number;
  /** Points after a paragraph that says nothing of it. Default 2. */
  readonly gap?: number;
  /** Line spacing of paragraphs. Default LEADING. */
  readonly leading?: number;
}

/**
 * A flow of text over as many pages as it takes; later pages carry their number centred on top (NĐ 30/2020 Phụ lục I),
 * with what they belong to.
 */
export function createSheet(pdf: PDFDocument, fonts: Fonts, paper: Paper, options: SheetOptions): Sheet {
  const { running, body = BODY, pageNumber = 9, gap = 2, leading = LEADING } = options;
  let pages = 1;
  const width = paper.widthMm * POINTS_PER_MM;
  const height = paper.heightMm * POINTS_PER_MM;
  const margin = {
    top: paper.marginsMm.top * POINTS_PER_MM,
    right: paper.marginsMm.right * POINTS_PER_MM,
    bottom: paper.marginsMm.bottom * POINTS_PER_MM,
    left: paper.marginsMm.left * POINTS_PER_MM,
  };
  let page = pdf.addPage([width, height]);

  const sheet: Sheet = {
    left: margin.left,
    right: width - margin.right,
    width: width - margin.left - margin.right,
    y: margin.top,
    page: () => page,
    free: () => height - margin.bottom - sheet.y,
    room(needed) {
      if (sheet.y + needed <= height - margin.bottom) return;
      page = pdf.addPage([width, height]);
      pages += 1;
      sheet.y = margin.top;
      sheet.line(String(pages), fonts.regular, pageNumber, across('centre'));
      const size = fitted(running, fonts.italic, pageNumber - 1, sheet.width);
      if (running !== '') sheet.line(running, fonts.italic, size, across('left'));
      sheet.y += 4;
    },
    newCopy() {
      page = pdf.addPage([width, height]);
      pages = 1;
      sheet.y = margin.top;
    },
    paragraph(spans, options = {}) {
      const { size = body, inset = 0, hang = 0, gapAfter = gap } = options;
      const lines = wrap(spans, size, sheet.width - inset - hang, -hang);
      lines.forEach((text, i) => {
        sheet.room(size * leading);
        const x = sheet.left + inset + (i === 0 ? 0 : hang);
        const last = i === lines.length - 1;
        const end = drawLine(text, x, last ? null : sheet.right, size);
        if (last && options.leader) drawLeader(end, size);
        sheet.y += size * leading;
      });
      sheet.y += gapAfter;
    },
    line(text, font, size, place) {
      const free = place.to - place.from - widthOf(text, font, size);
      const x = place.from + { left: 0, centre: free / 2, right: free }[place.align];
      page.drawText(text, { x, y: baseline(size), size, font });
      sheet.y += size * LEADING;
    },
    rule(from, to) {
      const y = height - sheet.y;
      page.drawLine({ start: { x: from, y }, end: { x: to, y }, thickness: 0.6 });
    },
    signatureField: (name, place) => addSignatureField(page, name, place),
    matrix(matrix, x, w, h) {
      const cell = { width: w / matrix.width, height: h / matrix.height };
      const top = height - sheet.y;
      const runs = Array.from({ length: matrix.height }, (_, row) => darkRuns(matrix, row)).flat();
      page.pushOperators(
        pushGraphicsState(),
        setFillingGrayscaleColor(0),
        ...runs.map(({ from, count, row }) =>
          rectangle(x + from * cell.width, top - (row + 1) * cell.height, count * cell.width, cell.height),
        ),
        fill(),
        popGraphicsState(),
      );
    },
  };

  function across(align: Place['align']): Place {
    return { from: sheet.left, to: sheet.right, align };
  }

  function baseline(size: number): number {
    return height - sheet.y - size * 0.93;
  }

  /** Draws a line, stretched to `until` where given; returns where it ends. */
  function drawLine(line: TextLine, from: number, until: number | null, size: number): number {
    const gaps = line.words.length - 1;
    const spaces = line.words.slice(1).reduce((sum, w) => sum + w.space, 0);
    const wanted = until === null ? 1 : (until - from - line.width + spaces) / spaces;
    const stretch = gaps > 0 && wanted >= 1 && wanted <= MOST_STRETCH ? wanted : 1;
    let x = from;
    line.words.forEach((word, i) => {
      if (i > 0) x += word.space * stretch;
      page.drawText(word.text, { x, y: baseline(size), size, font: word.font });
      x += word.width;
    });
    return x;
  }

  function drawLeader(from: number, size: number): void {
    const dot = widthOf('.', fonts.regular, size);
    const count = Math.floor((sheet.right - from - size / 4) / dot);
    if (count < 4) return;
    const x = sheet.right - count * dot;
    page.drawText('.'.repeat(count), { x, y: baseline(size), size, font: fonts.regular });
  }

  return sheet;
}

/** The largest of the steps down from `size` at which the text fits into `width`. */
export function fitted(text: string, font: PDFFont, size: number, width: number): number {
  return Math.min(size, (size * width) / widthOf(text, font, size));
}

function darkRuns(matrix: BarcodeMatrix, row: number): { from: number; count: number; row: number }[] {
  const runs: { from: number; count: number; row: number }[] = [];
  let from = -1;
  for (let x = 0; x <= matrix.width; x++) {
    const dark = x < matrix.width && matrix.dark(x, row);
    if (dark && from < 0) from = x;
    if (!dark && from >= 0) {
      runs.push({ from, count: x - from, row });
      from = -1;
    }
  }
  return runs;
}

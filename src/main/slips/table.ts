import { type PDFFont, type PDFName, PDFOperator, PDFOperatorNames, type PDFPage } from 'pdf-lib';
import { CounterError } from '../../contract/errors.ts';
import type { BarcodeMatrix } from './barcode.ts';
import { type Fonts, LEADING, type Sheet } from './sheet.ts';
import { type Span, type TextLine, wrap } from './text.ts';

export type Align = 'left' | 'centre' | 'right';

export interface Column {
  readonly title: string;
  /** Share of the table's width, in any unit. */
  readonly width: number;
  /** Of the body; titles are centred. Default left. */
  readonly align?: Align;
  /** Title over this column and its neighbours of the same group. */
  readonly group?: string;
}

export interface Cell {
  /** Each begins on a line of its own. */
  readonly paragraphs: readonly (readonly Span[])[];
  readonly align?: Align;
  /** How many columns it covers. Default 1. */
  readonly span?: number;
  /** A square code drawn at the top of the cell, `size` points wide; such a cell has no text. */
  readonly code?: { readonly matrix: BarcodeMatrix; readonly size: number };
}

export interface Row {
  readonly cells: readonly Cell[];
  /** Points. */
  readonly minHeight?: number;
}

export interface TableLayout {
  readonly columns: readonly Column[];
  /** Of the body, points. */
  readonly size: number;
  /** Of the titles. Default: as the body. */
  readonly titleSize?: number;
}

export interface Table {
  /** Draws a row, at least `minHeight` points high. The cells' spans add up to the columns. */
  row(cells: readonly Cell[], minHeight?: number): void;
  /** Rows that stand on one page where a page can hold them. */
  together(rows: readonly Row[]): void;
  /** To be called once, after the last row: what is drawn on a page is handed to it when the page is left. */
  close(): void;
}

const PADDING = 2.5;
const BORDER = 0.5;
/** A row of more lines than this may be divided between pages where a good part of it still fits. */
const DIVISIBLE = 16;
const WORTHWHILE = 6;

/**
 * A table with borders under the sheet's present place, as wide as the sheet. Text wraps in its cell; a row that does
 * not fit goes to the next page, and one longer than a page is continued there; every page begins with the titles.
 *
 * `row` throws RangeError where the cells do not cover the columns, CONFIG_INVALID where the form's page cannot hold
 * the titles and one line.
 */
export function createTable(sheet: Sheet, fonts: Fonts, layout: TableLayout): Table {
  const { columns, size } = layout;
  const titleSize = layout.titleSize ?? size;
  const edges = edgesOf(sheet, columns);
  const titles = titleCells(columns, edges, fonts.bold, titleSize);
  let ink = createInk(sheet.page());
  let begun = false;

  function leavePage(): void {
    ink.dry();
    sheet.room(Number.POSITIVE_INFINITY);
    ink = createInk(sheet.page());
    drawTitles();
  }

  function drawTitles(): void {
    begun = true;
    const top = sheet.y;
    for (const title of titles.cells) {
      const area = { ...title.area, top: top + title.area.top };
      ink.box(area);
      const free = area.height - title.lines.length * titleSize * LEADING;
      ink.lines(title.lines, { ...area, top: area.top + free / 2 }, titleSize, 'centre');
    }
    sheet.y = top + titles.height;
  }

  /** Draws the lines from `from` on that fit, and returns where to go on. */
  function drawPart(cells: readonly Laid[], from: number, count: number, height: number): void {
    for (const cell of cells) {
      const area = { left: cell.left, right: cell.right, top: sheet.y, height };
      ink.box(area);
      if (cell.code && from === 0) {
        const left = (cell.left + cell.right - cell.code.size) / 2;
        sheet.y += PADDING;
        sheet.matrix(cell.code.matrix, left, cell.code.size, cell.code.size);
        sheet.y -= PADDING;
      }
      const part = cell.lines.slice(from, from + count);
      ink.lines(part, { ...area, top: sheet.y + PADDING }, size, cell.align);
    }
    sheet.y += height;
  }

  function measure({ cells, minHeight = 0 }: Row): Measured {
    const laid = lay(cells, columns, edges, size);
    const count = Math.max(...laid.map((c) => c.lines.length));
    const codes = Math.max(0, ...laid.map((c) => (c.code ? c.code.size + 2 * PADDING : 0)));
    const least = Math.max(minHeight, codes, size * LEADING + 2 * PADDING);
    return { laid, count, least, whole: Math.max(least, heightOf(count, size)) };
  }

  /** Left under the titles, which still have to be drawn before the first row. */
  function free(): number {
    return sheet.free() - (begun ? 0 : titles.height);
  }

  function drawRow({ laid, count, least, whole }: Measured): void {
    if (whole > free() && (count <= DIVISIBLE || linesIn(free(), size) < WORTHWHILE || least > free())) {
      leavePage();
    }
    if (!begun) drawTitles();
    let from = 0;
    while (heightOf(count - from, size) > sheet.free() || (from === 0 && whole > sheet.free())) {
      const part = linesIn(sheet.free(), size);
      if (part < 1 || (from === 0 && least > sheet.free())) {
        throw new CounterError('CONFIG_INVALID', { file: 'slip-form', problem: 'paper: no room for a row' });
      }
      drawPart(laid, from, part, Math.max(from === 0 ? least : 0, heightOf(part, size)));
      from += part;
      leavePage();
    }
    drawPart(laid, from, count - from, from === 0 ? whole : heightOf(count - from, size));
  }

  return {
    row(cells, minHeight = 0) {
      drawRow(measure({ cells, minHeight }));
    },
    together(rows) {
      const measured = rows.map(measure);
      const height = measured.reduce((sum, row) => sum + row.whole, 0);
      if (begun && height > sheet.free()) leavePage();
      for (const row of measured) drawRow(row);
    },
    close() {
      if (!begun) {
        if (titles.height > sheet.free()) leavePage();
        else drawTitles();
      }
      ink.dry();
    },
  };
}

export function cell(text: string, font: PDFFont, over: Omit<Cell, 'paragraphs'> = {}): Cell {
  return { paragraphs: [[{ text, font }]], ...over };
}

interface Area {
  readonly left: number;
  readonly right: number;
  /** From the top of the page. */
  readonly top: number;
  readonly height: number;
}

interface Measured {
  readonly laid: readonly Laid[];
  /** Lines of the longest cell. */
  readonly count: number;
  /** Points: of its first part, and of all of it. */
  readonly least: number;
  readonly whole: number;
}

interface Laid {
  readonly left: number;
  readonly right: number;
  readonly align: Align;
  readonly lines: readonly TextLine[];
  readonly code: Cell['code'];
}

function heightOf(lines: number, size: number): number {
  return lines * size * LEADING + 2 * PADDING;
}

function linesIn(height: number, size: number): number {
  return Math.floor((height - 2 * PADDING) / (size * LEADING));
}

/** Left edge of every column, and the right edge of the last. */
function edgesOf(sheet: Sheet, columns: readonly Column[]): number[] {
  const total = columns.reduce((sum, c) => sum + c.width, 0);
  let at = sheet.left;
  return [
    at,
    ...columns.map((c) => {
      at += (c.width / total) * sheet.width;
      return at;
    }),
  ];
}

function titleCells(columns: readonly Column[], edges: readonly number[], font: PDFFont, size: number) {
  const linesOf = (text: string, from: number, to: number) =>
    wrap([{ text, font }], size, edges[to]! - edges[from]! - 2 * PADDING);
  const grouped = columns.some((c) => c.group !== undefined);
  const groups = columns.flatMap((c, from) => {
    if (c.group === undefined || columns[from - 1]?.group === c.group) return [];
    let to = from + 1;
    while (columns[to]?.group === c.group) to += 1;
    return [{ from, to, lines: linesOf(c.group, from, to) }];
  });
  const upper = grouped ? heightOf(Math.max(...groups.map((g) => g.lines.length)), size) : 0;
  const own = columns.map((c, i) => linesOf(c.title, i, i + 1));
  const need = (inGroup: boolean) =>
    Math.max(0, ...own.filter((_, i) => (columns[i]!.group !== undefined) === inGroup).map((l) => l.length));
  const lower = Math.max(grouped ? heightOf(need(true), size) : 0, heightOf(need(false), size) - upper);
  const cells: { area: Area; lines: readonly TextLine[] }[] = [
    ...groups.map((g) => ({
      area: { left: edges[g.from]!, right: edges[g.to]!, top: 0, height: upper },
      lines: g.lines,
    })),
    ...columns.map((c, i) => {
      const top = c.group === undefined ? 0 : upper;
      return {
        area: { left: edges[i]!, right: edges[i + 1]!, top, height: upper + lower - top },
        lines: own[i]!,
      };
    }),
  ];
  return { cells, height: upper + lower };
}

function lay(
  cells: readonly Cell[],
  columns: readonly Column[],
  edges: readonly number[],
  size: number,
): Laid[] {
  let at = 0;
  const laid = cells.map((c) => {
    const from = at;
    at += c.span ?? 1;
    const left = edges[from] ?? Number.NaN;
    const right = edges[at] ?? Number.NaN;
    const lines = c.paragraphs.flatMap((spans) => wrap(spans, size, right - left - 2 * PADDING));
    return { left, right, align: c.align ?? columns[from]?.align ?? 'left', lines, code: c.code };
  });
  if (at !== columns.length) throw new RangeError(`cells cover ${at} of ${columns.length} columns`);
  return laid;
}

/** Encoding a word costs far more than finding it again, and a book repeats its words by the thousand. */
const encoded = new WeakMap<PDFFont, Map<string, string>>();

function glyphsOf(text: string, font: PDFFont): string {
  const known = encoded.get(font) ?? new Map<string, string>();
  encoded.set(font, known);
  const found = known.get(text) ?? font.encodeText(text).asString();
  known.set(text, found);
  return found;
}

/**
 * Collects what is drawn on one page as content-stream text and hands it over as a single operator: a book of thousands
 * of rows would otherwise hold millions of operator objects until it is saved.
 */
function createInk(page: PDFPage) {
  const height = page.getHeight();
  const boxes: string[] = [];
  const texts: string[] = [];
  const names = new Map<PDFFont, PDFName>();

  function nameOf(font: PDFFont): PDFName {
    const name = names.get(font) ?? page.node.newFontDictionary(font.name, font.ref);
    names.set(font, name);
    return name;
  }

  return {
    box({ left, right, top, height: h }: Area): void {
      boxes.push(`${n(left)} ${n(height - top - h)} ${n(right - left)} ${n(h)} re`);
    },
    lines(lines: readonly TextLine[], area: Area, size: number, align: Align): void {
      lines.forEach((line, i) => {
        const inner = area.right - area.left - 2 * PADDING;
        const shift = { left: 0, centre: 0.5, right: 1 }[align] * (inner - line.width);
        const y = height - area.top - i * size * LEADING - size * 0.93;
        for (const run of runsOf(line)) {
          const x = area.left + PADDING + shift + run.at;
          texts.push(
            `${nameOf(run.font)} ${n(size)} Tf 1 0 0 1 ${n(x)} ${n(y)} Tm <${run.glyphs.join('')}> Tj`,
          );
        }
      });
    },
    /** Nothing can be drawn afterwards. */
    dry(): void {
      if (boxes.length > 0) {
        page.pushOperators(
          PDFOperator.of(PDFOperatorNames.PushGraphicsState),
          PDFOperator.of(PDFOperatorNames.StrokePath, [`0 G ${BORDER} w\n${boxes.join('\n')}\n`]),
          PDFOperator.of(PDFOperatorNames.PopGraphicsState),
        );
      }
      if (texts.length > 0) {
        page.pushOperators(
          PDFOperator.of(PDFOperatorNames.BeginText),
          PDFOperator.of(PDFOperatorNames.EndText, [`0 g\n${texts.join('\n')}\n`]),
        );
      }
    },
  };
}

/** Neighbouring words of one font, as one piece of text with its distance from the line's beginning. */
function runsOf(line: TextLine): { font: PDFFont; at: number; glyphs: string[] }[] {
  const runs: { font: PDFFont; at: number; glyphs: string[] }[] = [];
  let at = 0;
  line.words.forEach((word, i) => {
    const last = runs.at(-1);
    if (i > 0) at += word.space;
    if (last?.font === word.font) {
      if (word.space > 0) last.glyphs.push(glyphsOf(' ', word.font));
      last.glyphs.push(glyphsOf(word.text, word.font));
    } else {
      runs.push({ font: word.font, at, glyphs: [glyphsOf(word.text, word.font)] });
    }
    at += word.width;
  });
  return runs;
}

function n(value: number): string {
  return String(Math.round(value * 100) / 100);
}

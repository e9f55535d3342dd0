import fontkit from '@cantoo/fontkit';
import { PDFDocument } from 'pdf-lib';
import { createSheet, type Fonts } from '../slips/sheet.ts';
import { type Column, cell, createTable } from '../slips/table.ts';
import { printable } from '../slips/text.ts';
import { isNumeric, type PrintedReport, type PrintedRow, shown } from './printed.ts';

export interface FontFiles {
  readonly regular: Uint8Array;
  readonly bold: Uint8Array;
  readonly italic: Uint8Array;
}

/** A4 lying; margins of NĐ 30/2020 Phụ lục I turned with the page. */
const PAPER = { widthMm: 297, heightMm: 210, marginsMm: { top: 15, right: 15, bottom: 15, left: 15 } };
const TITLE = 14;
const TEXT = 10;
/** Wide tables get smaller type: columns and size of the body. */
const SIZES: readonly [number, number][] = [
  [8, 10],
  [12, 9],
  [16, 8],
  [99, 7],
];
/** Characters of a cell that a column is made wide for, and the room that borders and wide letters take. */
const WIDEST = 40;
const NARROWEST = 6;
const ROOM = 3;
/** Bold titles against plain text. */
const BOLD = 1.4;

/** A landscape table with its titles on every page, under name, unit and period. The same report gives the same bytes. */
export async function toPdf(
  report: PrintedReport,
  rows: readonly PrintedRow[],
  files: FontFiles,
): Promise<Uint8Array> {
  const pdf = await PDFDocument.create({ updateMetadata: false });
  pdf.setTitle(report.title, { showInWindowTitleBar: true });
  pdf.setAuthor(report.unit);
  pdf.setLanguage('vi-VN');
  pdf.setCreationDate(new Date(report.madeAt));
  pdf.setModificationDate(new Date(report.madeAt));
  const fonts = await embed(pdf, files);
  const known = new Set(fonts.regular.getCharacterSet());
  const print = (text: string) => printable(text, known);
  const sheet = createSheet(pdf, fonts, PAPER, { running: print(report.title), body: TEXT });
  const across = { from: sheet.left, to: sheet.right };
  sheet.line(print(report.unit), fonts.bold, TEXT, { ...across, align: 'left' });
  sheet.y += 4;
  sheet.line(print(report.title), fonts.bold, TITLE, { ...across, align: 'centre' });
  sheet.line(print(report.period), fonts.italic, TEXT, { ...across, align: 'centre' });
  sheet.y += 6;
  const size = SIZES.find(([most]) => report.columns.length <= most)![1];
  const table = createTable(sheet, fonts, { columns: columnsOf(report, rows), size });
  for (const row of rows) {
    const font = row.total ? fonts.bold : fonts.regular;
    table.row(
      row.cells.map((value, i) => cell(print(shown(value, report.columns[i]!.type)), font)),
      0,
    );
  }
  table.close();
  sheet.y += 6;
  for (const text of [...report.notes, report.made]) {
    sheet.paragraph([{ text: print(text), font: fonts.italic }], { size: 9 });
  }
  return pdf.save({ useObjectStreams: false, addDefaultPage: false });
}

/** As wide as what stands in them asks for; a narrow word of a title is not broken for a wide text elsewhere. */
function columnsOf(report: PrintedReport, rows: readonly PrintedRow[]): Column[] {
  const sample = rows.length > 2000 ? [...rows.slice(0, 1000), ...rows.slice(-1000)] : rows;
  return report.columns.map(({ title, type }, i) => {
    const words = title.split(/\s+/).map((word) => word.length * BOLD + ROOM);
    const cells = sample.map((row) => shown(row.cells[i] ?? null, type).length);
    const width = Math.max(NARROWEST, ...words, ...cells.map((length) => Math.min(length + ROOM, WIDEST)));
    return { title, width, align: isNumeric(type) ? 'right' : 'left' };
  });
}

async function embed(pdf: PDFDocument, files: FontFiles): Promise<Fonts> {
  pdf.registerFontkit(fontkit);
  const options = { subset: true, features: { liga: false } };
  return {
    regular: await pdf.embedFont(files.regular, options),
    bold: await pdf.embedFont(files.bold, options),
    italic: await pdf.embedFont(files.italic, options),
  };
}

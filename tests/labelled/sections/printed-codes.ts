import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { PDFiumLibrary } from '@hyzyla/pdfium';
import { writeBarcode } from 'zxing-wasm/writer';
import type { Separator } from '../../../src/main/dossiers/separation.ts';
import {
  type BarcodeMatrix,
  createBarcodeEncoder,
  type EncodeBarcode,
} from '../../../src/main/slips/barcode.ts';
import { parseSeparatorForm } from '../../../src/main/slips/separator-form.ts';
import { separatorSheets } from '../../../src/main/slips/separator-sheet.ts';
import { drawn, type Grey } from './wear.ts';

const RESOURCES = new URL('../../../resources/', import.meta.url);
const require = createRequire(import.meta.url);

export function loadEncoder(): Promise<EncodeBarcode> {
  return createBarcodeEncoder(readFileSync(require.resolve('zxing-wasm/writer/zxing_writer.wasm')));
}

/** A matrix as an SVG path: `x`, `y` its top left, `mm` a module's width, `high` a row's height. */
export function pathOf(matrix: BarcodeMatrix, x: number, y: number, mm: number, high = mm): string {
  let d = '';
  for (let r = 0; r < matrix.height; r += 1) {
    for (let c = 0; c < matrix.width; c += 1) {
      if (!matrix.dark(c, r)) continue;
      let end = c;
      while (end < matrix.width && matrix.dark(end, r)) end += 1;
      d += `M${(x + c * mm).toFixed(4)} ${(y + r * high).toFixed(4)}h${((end - c) * mm).toFixed(4)}v${high}h${(-(end - c) * mm).toFixed(4)}z`;
      c = end;
    }
  }
  return `<path d="${d}"/>`;
}

/** Formats that our slips do not use, straight from zxing. The encoder must have been loaded. */
export async function otherCode(
  format: 'Code39' | 'EAN13' | 'ITF' | 'DataMatrix' | 'PDF417',
  text: string,
): Promise<BarcodeMatrix> {
  const { error, symbol } = await writeBarcode(text, { format, scale: 1, addQuietZones: false });
  if (error !== '') throw new Error(`${format}: ${error}`);
  const flat = format === 'Code39' || format === 'EAN13' || format === 'ITF';
  return {
    width: symbol.width,
    height: flat ? 1 : symbol.height,
    dark: (x, y) => symbol.data[y * symbol.width + x] === 0,
  };
}

export interface PrintedSheet {
  readonly name: string;
  readonly page: Grey;
  readonly means: Separator;
  /** Its codes stand in two corners, so that one half of it may be covered. */
  readonly twice: boolean;
}

export const A4_MM = { width: 210, height: 297 };

export function sheetSvg(dpi: number, content: string): string {
  const { width, height } = A4_MM;
  const px = (mm: number) => Math.round((mm / 25.4) * dpi);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${px(width)}" height="${px(height)}" viewBox="0 0 ${width} ${height}">`,
    `<rect width="${width}" height="${height}" fill="#fff"/>${content}</svg>`,
  ].join('');
}

/** Patch T after Kodak's A-61670: bars of 0.08, 0.2, 0.08, 0.2 inch with spaces of 0.08 inch; `long` in mm. */
export function patchT(x: number, y: number, long: number): string {
  const inch = 25.4;
  return [
    [0, 0.08],
    [0.16, 0.2],
    [0.44, 0.08],
    [0.6, 0.2],
  ]
    .map(([at, wide]) => `<rect x="${x + at! * inch}" y="${y}" width="${wide! * inch}" height="${long}"/>`)
    .join('');
}

const DOSSIER = '7f3f3c0e-27a5-4a0e-9a53-0d5a7a1b2c3d';

/** The sheets that we print, and those of other programs, clean, at a resolution. */
export async function printSheets(encodeBarcode: EncodeBarcode, dpi: number): Promise<PrintedSheet[]> {
  const font = (style: string) => readFileSync(new URL(`fonts/LiberationSerif-${style}.ttf`, RESOURCES));
  const components = [
    { id: 'to-khai', name: 'Tờ khai đăng ký lại khai sinh, có cam đoan đã nộp đủ giấy tờ hiện có' },
    { id: 'giấy-tờ-tùy-thân', name: 'Bản sao giấy tờ tùy thân' },
  ];
  const bytes = await separatorSheets(
    {
      dossier: {
        id: DOSSIER,
        code: { value: 'H14.22.05-260203-0975', kind: 'official' },
        procedure: { code: '1.004884', name: 'Đăng ký lại khai sinh' },
        applicantName: 'Nông Thị Mẫu',
      },
      components,
    },
    {
      fonts: { regular: font('Regular'), bold: font('Bold'), italic: font('Italic') },
      form: parseSeparatorForm(
        JSON.parse(readFileSync(new URL('slips/separators/vi.json', RESOURCES), 'utf8')),
      ),
      encodeBarcode,
      system: 'Một Cửa Counter',
      issuedAt: '2026-02-03T02:00:00.000Z',
    },
  );
  const means: readonly Separator[] = [
    { kind: 'dossier', dossierId: DOSSIER },
    ...components.map(({ id }): Separator => ({ kind: 'component', componentId: id })),
    { kind: 'next-component' },
  ];
  const library = await PDFiumLibrary.init();
  const document = await library.loadDocument(bytes);
  const sheets: PrintedSheet[] = [];
  for (const [i, separator] of means.entries()) {
    const { data, width, height } = await document
      .getPage(i)
      .render({ scale: dpi / 72, colorSpace: 'Gray', render: async (o) => o.data });
    // The module's memory is taken again by the next page.
    sheets.push({
      name: `own ${separator.kind} ${i}`,
      page: { data: data.slice(0, width * height), width, height },
      means: separator,
      twice: true,
    });
  }
  document.destroy();
  library.destroy();
  const next: Separator = { kind: 'next-component' };
  const patches = [patchT(95, 12, 80), `<g transform="rotate(90 105 60)">${patchT(95, 30, 70)}</g>`];
  for (const [i, patch] of patches.entries()) {
    const page = await drawn(sheetSvg(dpi, patch));
    sheets.push({ name: `patch ${i}`, page, means: next, twice: false });
  }
  const text = await otherCode('Code39', 'PATCHT');
  sheets.push({
    name: 'PATCHT',
    page: await drawn(sheetSvg(dpi, pathOf(text, 50, 100, 0.6, 25))),
    means: next,
    twice: false,
  });
  return sheets;
}

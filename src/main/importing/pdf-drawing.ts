import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { PDFiumModule } from '@hyzyla/pdfium';
import { CounterError } from '../../contract/errors.ts';
import type { Decoder, Pixels } from './protocol.ts';
import { capMemory } from './wasm-memory.ts';

type PdfiumModule = Awaited<ReturnType<typeof PDFiumModule>>;
/** C functions of PDFium that the package's types leave out. */
type Pdfium = PdfiumModule & {
  _FPDFText_CountChars(textPage: number): number;
  _FPDFText_GetUnicode(textPage: number, index: number): number;
  _FPDFText_GetTextObject(textPage: number, index: number): number;
  _FPDFTextObj_GetFont(object: number): number;
  _FPDFTextObj_GetTextRenderMode(object: number): number;
  _FPDFFont_GetIsEmbedded(font: number): number;
};

const BGR = 2;
const CHANNELS = 3;
const WHITE = 0xffffffff;
/** fpdfview.h: annotations are drawn; red comes before blue. */
const ANNOTATIONS = 0x01;
const REVERSE_BYTE_ORDER = 0x10;
const PASSWORD = 4;
/** An FPDF_FORMFILLINFO (fpdf_formfill.h) of version 1 without callbacks: no script has anything to call. */
const FORM_INFO_BYTES = 256;
/** Below this a page of small print is not legible. */
const LEAST_DPI = 150;
/** Text that is not shown: OCR layers below a scan (ISO 32000-1 table 106). */
const INVISIBLE = 3;

/**
 * A PDF's pages by PDFium. Its build has neither JavaScript nor XFA: nothing in a document runs. The module is used
 * below its package's classes, which draw with coloured sub-pixels for screens.
 */
export async function openDrawing(
  bytes: Uint8Array,
  maxWasmBytes: number,
  maxDecodedBytes: number,
): Promise<Decoder> {
  const { PDFiumModule: load } = await import('@hyzyla/pdfium');
  const wasm = readFileSync(createRequire(import.meta.url).resolve('@hyzyla/pdfium/pdfium.wasm'));
  const wasmBinary = capMemory(wasm, maxWasmBytes).buffer;
  const pdfium = (await load({ wasmBinary, locateFile: () => '' })) as Pdfium;
  pdfium._FPDF_InitLibraryWithConfig({});
  const at = allocate(pdfium, bytes.length);
  pdfium.HEAPU8.set(bytes, at);
  const document = pdfium._FPDF_LoadMemDocument(at, bytes.length, 0);
  if (!document) {
    if (pdfium._FPDF_GetLastError() === PASSWORD) throw new CounterError('PDF_ENCRYPTED');
    throw new CounterError('PDF_UNREADABLE', { reason: 'drawing' });
  }
  const form = openForm(pdfium, document);
  return {
    pages: pdfium._FPDF_GetPageCount(document),
    page(index, dpi) {
      const page = pdfium._FPDF_LoadPage(document, index);
      if (!page) throw new CounterError('PDF_UNREADABLE', { reason: 'drawing', page: index + 1 });
      pdfium._FORM_OnAfterLoadPage(page, form);
      try {
        requireFonts(pdfium, page, index);
        return draw(pdfium, form, page, { index, dpi, maxDecodedBytes });
      } finally {
        pdfium._FORM_OnBeforeClosePage(page, form);
        pdfium._FPDF_ClosePage(page);
      }
    },
  };
}

function allocate(pdfium: Pdfium, bytes: number): number {
  const at = pdfium.wasmExports.malloc(bytes);
  if (at === 0) throw new CounterError('PDF_TOO_COMPLEX', { limit: 'memory' });
  return at;
}

/** Without a form environment the values of fields are not drawn. */
function openForm(pdfium: Pdfium, document: number): number {
  const info = allocate(pdfium, FORM_INFO_BYTES);
  pdfium.HEAPU8.fill(0, info, info + FORM_INFO_BYTES);
  pdfium.HEAPU8[info] = 1;
  const form = pdfium._FPDFDOC_InitFormFillEnvironment(document, info);
  if (!form) throw new CounterError('PDF_UNREADABLE', { reason: 'drawing' });
  return form;
}

interface Order {
  readonly index: number;
  readonly dpi: number;
  readonly maxDecodedBytes: number;
}

/** At the resolution that was asked for, or the highest below it that the limit allows. */
function draw(pdfium: Pdfium, form: number, page: number, order: Order): Pixels {
  const inches = {
    width: pdfium._FPDF_GetPageWidth(page) / 72,
    height: pdfium._FPDF_GetPageHeight(page) / 72,
  };
  const area = inches.width * inches.height;
  if (!(area > 0)) throw new CounterError('PDF_UNREADABLE', { reason: 'page-size', page: order.index + 1 });
  const affordable = Math.floor(Math.sqrt(order.maxDecodedBytes / CHANNELS / area));
  const dpi = Math.min(order.dpi, affordable);
  if (dpi < Math.min(order.dpi, LEAST_DPI))
    throw new CounterError('IMAGE_TOO_LARGE', { page: order.index + 1 });
  const width = Math.max(1, Math.round(inches.width * dpi));
  const height = Math.max(1, Math.round(inches.height * dpi));
  const stride = width * CHANNELS;
  const at = allocate(pdfium, stride * height);
  const bitmap = pdfium._FPDFBitmap_CreateEx(width, height, BGR, at, stride);
  try {
    if (!bitmap) throw new CounterError('PDF_TOO_COMPLEX', { limit: 'memory' });
    pdfium._FPDFBitmap_FillRect(bitmap, 0, 0, width, height, WHITE);
    const flags = ANNOTATIONS | REVERSE_BYTE_ORDER;
    pdfium._FPDF_RenderPageBitmap(bitmap, page, 0, 0, width, height, 0, flags);
    pdfium._FPDF_FFLDraw(form, bitmap, page, 0, 0, width, height, 0, flags);
    const data = pdfium.HEAPU8.slice(at, at + stride * height);
    const grey = greyOf(data);
    return { data: grey ?? data, width, height, channels: grey ? 1 : CHANNELS, dpi };
  } finally {
    if (bitmap) pdfium._FPDFBitmap_Destroy(bitmap);
    pdfium.wasmExports.free(at);
  }
}

/** One sample a pixel where no pixel has a colour, else null. */
function greyOf(data: Uint8Array): Uint8Array | null {
  for (let i = 0; i < data.length; i += CHANNELS)
    if (data[i] !== data[i + 1] || data[i] !== data[i + 2]) return null;
  const grey = new Uint8Array(data.length / CHANNELS);
  for (let i = 0; i < grey.length; i++) grey[i] = data[i * CHANNELS]!;
  return grey;
}

/**
 * A font that is not in the file is replaced by one of PDFium's own, which know Western European letters only:
 * Vietnamese ones would be left out of the picture. Such a page is refused rather than drawn with gaps.
 */
function requireFonts(pdfium: Pdfium, page: number, index: number): void {
  const text = pdfium._FPDFText_LoadPage(page);
  if (!text) return;
  try {
    const count = pdfium._FPDFText_CountChars(text);
    const known = new Map<number, boolean>();
    for (let i = 0; i < count; i++) {
      if (isWestern(pdfium._FPDFText_GetUnicode(text, i))) continue;
      const object = pdfium._FPDFText_GetTextObject(text, i);
      if (!object || pdfium._FPDFTextObj_GetTextRenderMode(object) === INVISIBLE) continue;
      const font = pdfium._FPDFTextObj_GetFont(object);
      const embedded = known.get(font) ?? pdfium._FPDFFont_GetIsEmbedded(font) === 1;
      known.set(font, embedded);
      if (!embedded) throw new CounterError('PDF_FONT_MISSING', { page: index + 1 });
    }
  } finally {
    pdfium._FPDFText_ClosePage(text);
  }
}

/** Latin-1 and what Windows-1252 adds to it in punctuation: the letters of the standard 14 fonts. */
function isWestern(unicode: number): boolean {
  return (
    unicode <= 0xff || (unicode >= 0x2010 && unicode <= 0x2044) || unicode === 0x20ac || unicode >= 0xfffe
  );
}

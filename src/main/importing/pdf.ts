import sharp from 'sharp';
import { CounterError } from '../../contract/errors.ts';
import type { ImportAs } from '../../contract/model.ts';
import { outlineJpeg } from '../imaging/jpeg.ts';
import { openPdf, type PdfFile } from '../pdf/reader/index.ts';
import type { PdfStream } from '../pdf/reader/objects.ts';
import { type DecoderThread, openDecoder } from './decoder-thread.ts';
import type { ImportDeps } from './deps.ts';
import type { ImportLimits } from './limits.ts';
import { dpiOf } from './paper.ts';
import { activeContent, countSignatures } from './pdf-facts.ts';
import { allPages } from './pdf-pages.ts';
import { type ScannedPage, scannedPage } from './pdf-scan.ts';
import { isPhoto } from './photo.ts';
import { exifOf, metadataOf } from './pictures.ts';
import { checkPixels, pack } from './pixels.ts';
import type { Imported, ImportFile } from './port.ts';
import { readBytes } from './source-file.ts';

/** Resolutions at which a scan's page is drawn that cannot be taken as it is: legible, and no more than it holds. */
const LEAST_DRAWN_DPI = 150;
const MOST_DRAWN_DPI = 600;

interface PdfPlan {
  readonly file: ImportFile;
  readonly bytes: number;
  readonly deps: ImportDeps;
  readonly signal: AbortSignal;
}

/**
 * A PDF that carries a signature is kept whole, always: drawing it anew would make a picture of a signature. One
 * that is kept whole goes to the province as it is, so it may not act by itself.
 */
export async function* importPdf(as: ImportAs, plan: PdfPlan): AsyncGenerator<Imported, void, void> {
  const { deps, signal } = plan;
  const pdf = await openPdf(plan.file.path);
  try {
    const pages = await allPages(pdf, deps.limits.maxPages);
    const signatures = await countSignatures(pdf);
    if (signatures > 0 && as === 'pages') throw new CounterError('PDF_SIGNED_KEPT', { signatures });
    const scans: (ScannedPage | null)[] = [];
    if (signatures === 0 && as !== 'whole') {
      for (const page of pages) {
        requireRunning(signal);
        const scan = await scannedPage(pdf, page);
        if (!scan && as === 'auto') break;
        scans.push(scan);
      }
    }
    if (signatures === 0 && (as === 'pages' || (as === 'auto' && scans.length === pages.length))) {
      yield* importPages(pdf, scans, plan);
      return;
    }
    const kinds = await activeContent(pdf, deps.limits.maxPdfObjects);
    if (kinds.length > 0)
      throw new CounterError('PDF_ACTIVE_CONTENT', { kinds: kinds.join(','), signed: signatures > 0 });
    yield {
      kind: 'document',
      path: plan.file.path,
      pages: pages.length,
      signatures,
      bytes: plan.bytes,
    };
  } finally {
    await pdf.close();
  }
}

function requireRunning(signal: AbortSignal): void {
  if (signal.aborted) throw new CounterError('CANCELLED');
}

async function* importPages(
  pdf: PdfFile,
  scans: readonly (ScannedPage | null)[],
  plan: PdfPlan,
): AsyncGenerator<Imported, void, void> {
  const { limits } = plan.deps;
  let drawing: DecoderThread | undefined;
  try {
    for (const [index, scan] of scans.entries()) {
      requireRunning(plan.signal);
      const own = scan?.jpeg ? await ownJpeg(pdf, scan.jpeg, scan.dpi, limits, index) : null;
      if (own) {
        yield own;
        continue;
      }
      drawing ??= await openDrawing(scans.length, plan);
      const dpi = scan ? Math.min(MOST_DRAWN_DPI, Math.max(LEAST_DRAWN_DPI, scan.dpi)) : limits.renderDpi;
      yield await drawnPage(drawing, index, dpi);
    }
  } finally {
    await drawing?.close();
  }
}

/** Two readers that do not see the same number of pages do not see the same document. */
async function openDrawing(pages: number, { file, bytes, deps, signal }: PdfPlan): Promise<DecoderThread> {
  const drawing = await openDecoder('pdf', await readBytes(file.path, bytes), deps, signal);
  if (drawing.pages === pages) return drawing;
  await drawing.close();
  throw new CounterError('PDF_UNREADABLE', { reason: 'page-count', pages, drawn: drawing.pages });
}

async function drawnPage(drawing: DecoderThread, index: number, dpi: number): Promise<Imported> {
  const pixels = await drawing.page(index, dpi);
  const { data, width, height, channels } = pixels;
  const open = () => sharp(data, { raw: { width, height, channels } });
  const packed = await pack(open, 'page', channels === 1, pixels.dpi);
  const page = { index, bytes: packed.bytes, format: packed.format, dpi: pixels.dpi };
  return { kind: 'page', page, photo: false, made: 'rendered' };
}

/** Null where the picture is of a kind that a page of its own cannot be; a cut one is an error, never half a page. */
async function ownJpeg(
  pdf: PdfFile,
  stream: PdfStream,
  placedAt: number,
  limits: ImportLimits,
  index: number,
): Promise<Imported | null> {
  const bytes = await pdf.rawData(stream, limits.maxFileBytes);
  try {
    const outline = outlineJpeg(bytes);
    checkPixels(outline, limits);
    const { process, components, precision, adobeTransform } = outline;
    const plain = components === 1 || (components === 3 && adobeTransform !== 0);
    if (process > 2 || precision !== 8 || !plain) return null;
    const meta = await metadataOf(bytes, limits, 'jpeg');
    // A PDF shows the picture as it is stored; by itself it would be turned as its EXIF says.
    if ((meta.orientation ?? 1) !== 1) return null;
    const facts = { width: outline.width, height: outline.height, density: placedAt } as const;
    return {
      kind: 'page',
      page: { index, bytes, format: 'jpeg', dpi: dpiOf(outline, placedAt) },
      photo: isPhoto({ ...facts, format: 'jpeg', exif: exifOf(meta) }),
      made: 'own',
    };
  } catch (error) {
    if (!(error instanceof CounterError)) throw error;
    throw new CounterError(error.code, { ...error.details, page: index + 1 }, { cause: error });
  }
}

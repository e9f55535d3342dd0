import { type PdfDocument, readPdf } from './document.ts';
import { pageCount } from './pages.ts';
import { handleSource, openFile } from './source.ts';

export type { PdfDocument } from './document.ts';

/** A PDF file that is open for reading; `close` gives the descriptor back. */
export interface PdfFile extends PdfDocument {
  pageCount(): Promise<number>;
  close(): Promise<void>;
}

/**
 * Opens a PDF and reads its cross-reference sections. Throws FILE_MISSING, PDF_ENCRYPTED, PDF_UNREADABLE with
 * `details.reason`, or PDF_TOO_COMPLEX with `details.limit`.
 */
export async function openPdf(path: string): Promise<PdfFile> {
  const handle = await openFile(path);
  try {
    const document = await readPdf(await handleSource(handle));
    return { ...document, pageCount: () => pageCount(document), close: () => handle.close() };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

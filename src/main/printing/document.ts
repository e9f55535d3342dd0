import { open } from 'node:fs/promises';
import { CounterError } from '../../contract/errors.ts';
import { openPdf } from '../pdf/reader/index.ts';

export interface PrintDocument {
  readonly file: string;
  readonly bytes: number;
  readonly format: 'application/pdf' | 'image/jpeg';
  readonly pages: number;
}

/**
 * What a file is, by its first octets, not by its name.
 * @throws CounterError FILE_MISSING, PRINTER_UNSUPPORTED_FORMAT, PDF_…
 */
export async function readDocument(file: string): Promise<PrintDocument> {
  const { head, bytes } = await beginningOf(file);
  // ISO 32000-1 appendix H.3.4.1: the header may stand within the first 1024 octets.
  if (head.includes('%PDF-'))
    return { file, bytes, format: 'application/pdf', pages: await countPages(file) };
  const isJpeg = head[0] === 0xff && head[1] === 0xd8 && head[2] === 0xff;
  if (!isJpeg) throw new CounterError('PRINTER_UNSUPPORTED_FORMAT', { format: 'unknown' });
  return { file, bytes, format: 'image/jpeg', pages: 1 };
}

async function beginningOf(file: string): Promise<{ head: Buffer; bytes: number }> {
  try {
    const handle = await open(file, 'r');
    try {
      const { size } = await handle.stat();
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(1024), 0, 1024, 0);
      return { head: buffer.subarray(0, bytesRead), bytes: size };
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw new CounterError('FILE_MISSING', { reason: 'unreadable' }, { cause: error });
  }
}

export async function countPages(file: string): Promise<number> {
  const pdf = await openPdf(file);
  try {
    return await pdf.pageCount();
  } finally {
    await pdf.close();
  }
}

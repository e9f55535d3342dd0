import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { CounterError } from '../../../contract/errors.ts';
import { activeContent } from '../../importing/pdf-facts.ts';
import type { Uploads } from '../../importing/uploads.ts';
import { openPdf } from '../../pdf/reader/index.ts';
import type { Store } from '../../store/index.ts';
import type { Attachments } from '../journal.ts';

/** More objects than any result has; above it a PDF is not walked through. */
const MAX_OBJECTS = 200_000;

/**
 * Keeps an uploaded electronic result as it came, byte for byte: its signatures are the agency's. Throws UPLOAD_BROKEN,
 * PDF_UNREADABLE, PDF_ENCRYPTED, PDF_ACTIVE_CONTENT {kinds, signed}, PDF_TOO_COMPLEX, DISK_FULL.
 */
export async function keepResult(
  uploads: Uploads,
  store: Store,
  uploadId: string,
): Promise<Attachments & { readonly document: NonNullable<Attachments['document']> }> {
  const file = await uploads.finish(uploadId);
  try {
    await assertPlainPdf(file.path);
    const object = await store.vault.putFile(file.path);
    const sha256 = await sha256Of(file.path);
    const id = randomUUID();
    return {
      objects: [object],
      document: {
        id,
        kind: 'result',
        componentId: null,
        vaultHash: object.hash,
        name: `result-${id.slice(0, 8)}.pdf`,
        sha256,
        bytes: object.bytes,
      },
    };
  } finally {
    await rm(file.path, { force: true });
  }
}

async function assertPlainPdf(path: string): Promise<void> {
  const pdf = await openPdf(path);
  try {
    await pdf.pageCount();
    const kinds = await activeContent(pdf, MAX_OBJECTS);
    if (kinds.length > 0)
      throw new CounterError('PDF_ACTIVE_CONTENT', { kinds: kinds.join(', '), signed: false });
  } finally {
    await pdf.close();
  }
}

async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of createReadStream(path)) hash.update(piece as Buffer);
  return hash.digest('hex');
}

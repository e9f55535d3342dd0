import { CounterError } from '../../contract/errors.ts';
import type { ImportAs } from '../../contract/model.ts';
import type { ImportDeps } from './deps.ts';
import { importHeic } from './heic.ts';
import { kindOf } from './kind.ts';
import { importPdf } from './pdf.ts';
import { importConverted, importPicture } from './pictures.ts';
import type { Imported, ImportFile, ImportFiles } from './port.ts';
import { readBytes, readHead } from './source-file.ts';
import { importTiff } from './tiff.ts';

/** What a file holds, as pages or as a document kept whole; see port.ts for what is yielded and thrown. */
export const importFile: ImportFiles = async function* (file, as, deps, signal) {
  try {
    yield* read(file, as, deps, signal);
  } catch (error) {
    throw isFileError(error)
      ? new CounterError('FILE_MISSING', { reason: error.code }, { cause: error })
      : error;
  }
};

/** A file that can no longer be read: a stick was pulled out, a share is gone. */
function isFileError(error: unknown): error is Error & { readonly code: string } {
  return !(error instanceof CounterError) && error instanceof Error && 'syscall' in error && 'code' in error;
}

async function* read(
  file: ImportFile,
  as: ImportAs,
  deps: ImportDeps,
  signal: AbortSignal,
): AsyncGenerator<Imported, void, void> {
  const requireRunning = () => {
    if (signal.aborted) throw new CounterError('CANCELLED');
  };
  requireRunning();
  const { limits } = deps;
  const { size, head } = await readHead(file.path, limits.maxFileBytes);
  const kind = kindOf(head);
  if (kind.take === null) throw new CounterError('IMAGE_UNSUPPORTED', { format: kind.format });
  if (kind.take === 'pdf') {
    yield* importPdf(as, { file, bytes: size, deps, signal });
    return;
  }
  const bytes = await readBytes(file.path, size);
  requireRunning();
  if (kind.take === 'heic') yield* importHeic(bytes, deps, signal);
  else if (kind.take === 'tiff') yield* importTiff(bytes, limits, requireRunning);
  else if (kind.take === 'webp' || kind.take === 'avif')
    yield await importConverted(bytes, kind.take, limits);
  else yield await importPicture(bytes, kind.take, limits);
}

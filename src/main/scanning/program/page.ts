import { constants } from 'node:fs';
import { type FileHandle, lstat, open, unlink } from 'node:fs/promises';
import path from 'node:path';
import { CounterError } from '../../../contract/errors.ts';

type Note = (what: string, error: unknown) => void;

/** A plain name: no folder, no drive, no stream, no device, nothing hidden. */
const PLAIN_NAME = /^[A-Za-z0-9](?:[A-Za-z0-9_-]|\.(?=[A-Za-z0-9])){0,99}$/;

/**
 * Reads a page that a program says is complete and removes its file, so that a long job does not fill the disk twice.
 * Only a plain file of the program's own folder is read: never a link, a device or a pipe.
 *
 * @param index position in the job, from 0
 * @throws CounterError SCANNER_PROTOCOL (`what`: page-file where it is no plain file of the folder or not there,
 *   page-too-large), DISK_FAILED
 */
export async function takePage(
  folder: string,
  name: string,
  index: number,
  deps: { readonly limits: { readonly maxPageBytes: number }; readonly note: Note },
): Promise<Buffer> {
  const maxBytes = deps.limits.maxPageBytes;
  const page = index + 1;
  if (!PLAIN_NAME.test(name)) throw new CounterError('SCANNER_PROTOCOL', { what: 'page-file', page });
  const file = path.join(folder, name);
  const handle = await openPlain(file, page);
  try {
    const { size } = await requirePlain(handle, page);
    if (size > maxBytes) throw new CounterError('SCANNER_PROTOCOL', { what: 'page-too-large', page });
    const bytes = Buffer.alloc(size);
    // What is written to it from now on is not part of the page that was announced.
    const { bytesRead } = await readAll(handle, bytes);
    return bytes.subarray(0, bytesRead);
  } catch (error) {
    throw error instanceof CounterError ? error : readFailure(error, page);
  } finally {
    await handle.close();
    // A file that cannot be removed now goes with the folder; the page that was read stays good.
    await unlink(file).catch((error) => deps.note('page file left until the end of the scan', error));
  }
}

/** O_NONBLOCK: a pipe in the page's place must not make the counter wait. */
async function openPlain(file: string, page: number): Promise<FileHandle> {
  const { O_RDONLY, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants;
  try {
    // Windows has no O_NOFOLLOW.
    if (!(await lstat(file)).isFile()) throw notPlain(page);
    return await open(file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  } catch (error) {
    throw error instanceof CounterError ? error : readFailure(error, page);
  }
}

async function requirePlain(handle: FileHandle, page: number) {
  const found = await handle.stat();
  // A second name elsewhere (nlink) would outlive the folder.
  if (!found.isFile() || found.nlink !== 1) throw notPlain(page);
  return found;
}

function notPlain(page: number): CounterError {
  return new CounterError('SCANNER_PROTOCOL', { what: 'page-file', page, reason: 'not-plain' });
}

async function readAll(handle: FileHandle, into: Buffer): Promise<{ bytesRead: number }> {
  let at = 0;
  while (at < into.length) {
    const { bytesRead } = await handle.read(into, at, into.length - at, at);
    if (bytesRead === 0) break;
    at += bytesRead;
  }
  return { bytesRead: at };
}

function readFailure(error: unknown, page: number): CounterError {
  const reason = (error as NodeJS.ErrnoException).code ?? '';
  const ofThePage = ['ENOENT', 'ELOOP', 'EMLINK', 'ENXIO', 'EISDIR', 'ENOTDIR'].includes(reason);
  const details = ofThePage ? { what: 'page-file', page, reason } : { where: 'scan-folder', page, reason };
  return new CounterError(ofThePage ? 'SCANNER_PROTOCOL' : 'DISK_FAILED', details, { cause: error });
}

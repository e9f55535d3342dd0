import { constants, type Stats } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { CounterError } from '../../contract/errors.ts';
import { HEAD_BYTES } from './kind.ts';

/** Without O_NONBLOCK the opening of a named pipe waits until somebody writes; Windows knows neither. */
const READ = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

function missing(cause: unknown): CounterError {
  const reason = String((cause as NodeJS.ErrnoException).code ?? '');
  return new CounterError('FILE_MISSING', { reason }, { cause });
}

/** Size and first bytes of a regular file. @throws CounterError FILE_MISSING, FILE_TOO_LARGE, IMAGE_UNREADABLE (empty) */
export async function readHead(path: string, maxBytes: number): Promise<{ size: number; head: Buffer }> {
  let found: Stats;
  try {
    found = await stat(path);
  } catch (cause) {
    throw missing(cause);
  }
  if (!found.isFile()) throw new CounterError('FILE_MISSING', { reason: 'no-file' });
  if (found.size > maxBytes) throw new CounterError('FILE_TOO_LARGE', { bytes: found.size, maxBytes });
  if (found.size === 0) throw new CounterError('IMAGE_UNREADABLE', { reason: 'empty' });
  return { size: found.size, head: await readBytes(path, HEAD_BYTES) };
}

/** The first bytes, `most` of them at most. @throws CounterError FILE_MISSING */
export async function readBytes(path: string, most: number): Promise<Buffer> {
  const handle = await open(path, READ).catch((cause) => {
    throw missing(cause);
  });
  try {
    const { size } = await handle.stat();
    const bytes = Buffer.alloc(Math.min(most, size));
    let got = 0;
    while (got < bytes.length) {
      const { bytesRead } = await handle.read(bytes, got, bytes.length - got, got);
      if (bytesRead === 0) break;
      got += bytesRead;
    }
    return bytes.subarray(0, got);
  } finally {
    await handle.close();
  }
}

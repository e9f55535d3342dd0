import { type FileHandle, open } from 'node:fs/promises';
import { CounterError } from '../../../contract/errors.ts';

/** Random access to the bytes of a document, or of an earlier revision of it. */
export interface ByteSource {
  readonly size: number;
  /**
   * Up to `length` bytes from `offset`; fewer at the end. `into` lends memory for them, which spares a long read
   * the making of many buffers; what is returned may or may not lie in it and is not to be written to.
   */
  read(offset: number, length: number, into?: Buffer): Promise<Buffer>;
}

/** A file up to this size is read at once: its objects would each cost a call otherwise. */
const SMALL = 512 * 1024;

/** The file as long as it is now: what is written behind that end later is not seen. */
export async function handleSource(handle: FileHandle): Promise<ByteSource> {
  const { size } = await handle.stat();
  if (size > SMALL)
    return { size, read: (offset, length, into) => readAt(handle, size, offset, length, into) };
  let whole: Promise<Buffer> | null = null;
  return {
    size,
    async read(offset, length) {
      whole ??= readAt(handle, size, 0, size);
      return (await whole).subarray(offset, Math.max(offset, offset + length));
    },
  };
}

async function readAt(
  handle: FileHandle,
  size: number,
  offset: number,
  length: number,
  into?: Buffer,
): Promise<Buffer> {
  const wanted = Math.max(0, Math.min(length, size - offset));
  const buffer = into && into.length >= wanted ? into : Buffer.allocUnsafe(wanted);
  let got = 0;
  while (got < wanted) {
    const { bytesRead } = await handle.read(buffer, got, wanted - got, offset + got);
    if (bytesRead === 0) break;
    got += bytesRead;
  }
  return buffer.subarray(0, got);
}

/** The first `size` bytes: what the file was before something was appended. */
export function firstBytes(source: ByteSource, size: number): ByteSource {
  const end = Math.min(size, source.size);
  return {
    size: end,
    read: (offset, length, into) => source.read(offset, Math.max(0, Math.min(length, end - offset)), into),
  };
}

export function memorySource(bytes: Uint8Array): ByteSource {
  return {
    size: bytes.length,
    read: async (offset, length) => Buffer.from(bytes.subarray(offset, Math.max(offset, offset + length))),
  };
}

/** Opens a file for reading. Throws FILE_MISSING. */
export async function openFile(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'r');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw cause;
    throw new CounterError('FILE_MISSING', {}, { cause });
  }
}

/** Opens a file for reading and closes it whatever happens. Throws FILE_MISSING. */
export async function withFile<T>(path: string, use: (source: ByteSource) => Promise<T>): Promise<T> {
  const handle = await openFile(path);
  try {
    return await use(await handleSource(handle));
  } finally {
    await handle.close();
  }
}

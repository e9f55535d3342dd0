import { createHash, randomUUID } from 'node:crypto';
import { open, rename, unlink } from 'node:fs/promises';
import path from 'node:path';
import { CounterError } from '../../contract/errors.ts';

/** The part of a file handle that writing needs. */
export interface OutputHandle {
  writev(parts: readonly Uint8Array[]): Promise<{ readonly bytesWritten: number }>;
  datasync(): Promise<void>;
  sync(): Promise<void>;
  close(): Promise<void>;
}

/** The file system as a value, so that a test can break it. */
export interface Disk {
  create(file: string): Promise<OutputHandle>;
  rename(from: string, to: string): Promise<void>;
  unlink(file: string): Promise<void>;
  /** Makes a rename in this folder durable. */
  syncFolder(folder: string): Promise<void>;
}

export const nodeDisk: Disk = {
  create: (file) => open(file, 'wx', 0o600),
  rename,
  unlink,
  async syncFolder(folder) {
    // Windows opens no folders; NTFS journals the rename itself.
    if (process.platform === 'win32') return;
    const handle = await open(folder, 'r');
    try {
      await handle.sync();
    } finally {
      await onDisk(() => handle.close());
    }
  },
};

export interface Written {
  readonly bytes: number;
  /** Lower-case hexadecimal. */
  readonly sha256: string;
}

export interface OutputFile {
  /** Octets given so far. */
  readonly position: number;
  /** The chunk may be reused once this resolves. */
  write(chunk: Uint8Array): Promise<void>;
  /** SHA-256 over what was given so far. */
  digest(): Uint8Array;
}

/** Small pieces are gathered to this size; a large one goes out with what was gathered before it. */
const BUFFER_BYTES = 128 << 10;
/** Octets after which the disk is set to work while the next ones are made, so that the last fsync is short. */
const BACKGROUND_SYNC_BYTES = 32 << 20;

/**
 * Runs `make` over a temporary file beside `file`, which takes its place only when it is whole and on the disk:
 * write → fsync → rename → fsync of the folder. On any failure the temporary file is gone and `file` untouched.
 * Throws DISK_FULL, DISK_FAILED, and whatever `make` throws.
 */
export async function writeWhole(
  file: string,
  disk: Disk,
  make: (out: OutputFile) => Promise<void>,
): Promise<Written> {
  const draft = path.join(path.dirname(file), `.${path.basename(file)}.${randomUUID()}.part`);
  const handle = await onDisk(() => disk.create(draft));
  const out = buffered(handle);
  try {
    try {
      await make(out);
      await out.flush();
      await onDisk(() => handle.sync());
    } finally {
      await out.settle();
      await onDisk(() => handle.close());
    }
    await onDisk(() => disk.rename(draft, file));
  } catch (error) {
    await onDisk(() => disk.unlink(draft));
    throw error;
  }
  await onDisk(() => disk.syncFolder(path.dirname(file)));
  return { bytes: out.position, sha256: Buffer.from(out.digest()).toString('hex') };
}

interface BufferedFile extends OutputFile {
  flush(): Promise<void>;
  /** Waits for a background sync, whose failure the closing fsync reports too. */
  settle(): Promise<void>;
}

function buffered(handle: OutputHandle): BufferedFile {
  const hash = createHash('sha256');
  let waiting: Uint8Array[] = [];
  let waitingBytes = 0;
  let position = 0;
  let unsynced = 0;
  let background: Promise<unknown> = Promise.resolve();

  async function flush(): Promise<void> {
    if (waitingBytes === 0) return;
    const parts = waiting;
    const size = waitingBytes;
    waiting = [];
    waitingBytes = 0;
    // The kernel copies on another thread while the hash runs on this one.
    const writing = onDisk(() => writeAll(handle, parts, size));
    for (const part of parts) hash.update(part);
    await writing;
    unsynced += size;
    if (unsynced < BACKGROUND_SYNC_BYTES) return;
    unsynced = 0;
    await background;
    background = handle.datasync().then(
      () => null,
      (error: unknown) => error,
    );
  }

  return {
    get position() {
      return position;
    },
    async write(chunk) {
      waiting.push(chunk.length < BUFFER_BYTES ? Uint8Array.from(chunk) : chunk);
      waitingBytes += chunk.length;
      position += chunk.length;
      if (waitingBytes >= BUFFER_BYTES) await flush();
    },
    digest: () => {
      const copy = hash.copy();
      for (const part of waiting) copy.update(part);
      return copy.digest();
    },
    flush: async () => {
      await flush();
      const failure = await background;
      if (failure) throw diskError(failure);
    },
    settle: async () => {
      await background;
    },
  };
}

async function writeAll(handle: OutputHandle, parts: readonly Uint8Array[], size: number): Promise<void> {
  let rest = parts;
  let left = size;
  for (;;) {
    const { bytesWritten } = await handle.writev(rest);
    left -= bytesWritten;
    if (left <= 0) return;
    if (bytesWritten === 0) throw Object.assign(new Error('nothing was written'), { code: 'EIO' });
    rest = skip(rest, bytesWritten);
  }
}

function skip(parts: readonly Uint8Array[], bytes: number): Uint8Array[] {
  let left = bytes;
  return parts.flatMap((part) => {
    const cut = Math.min(left, part.length);
    left -= cut;
    return cut === part.length ? [] : [part.subarray(cut)];
  });
}

/** Runs file work and names its failures: DISK_FULL or DISK_FAILED {errno}; what has a name already keeps it. */
export async function onDisk<T>(action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (cause) {
    throw diskError(cause);
  }
}

/** What a file operation failed of: DISK_FULL or DISK_FAILED {errno}. */
export function diskError(cause: unknown): CounterError {
  if (cause instanceof CounterError) return cause;
  const errno = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown';
  const full = errno === 'ENOSPC' || errno === 'EDQUOT' || errno === 'EFBIG';
  return new CounterError(full ? 'DISK_FULL' : 'DISK_FAILED', { errno }, { cause });
}

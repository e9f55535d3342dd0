import { createHash, randomUUID } from 'node:crypto';
import path from 'node:path';
import { CounterError } from '../../contract/errors.ts';
import { type Disk, nodeDisk, onDisk, removeIfThere, withOpenFile, writeAll } from '../store/disk.ts';
import { labelOf } from './label.ts';
import { DEFAULT_LIMITS } from './limits.ts';
import type { ImportFile } from './port.ts';

/** Files that come from a screen in pieces. A screen names no path; the pieces lie in a folder of the engine. */
export interface Uploads {
  /** Returns the upload's id. @throws CounterError FILE_TOO_LARGE, DISK_FULL where too much is on its way already */
  begin(name: string, bytes: number): Promise<string>;
  /**
   * Pieces come in order, from 0. One that came before is taken again if it is the same. Throws UPLOAD_BROKEN, and
   * DISK_FULL or DISK_FAILED, after which the same piece may be sent again.
   */
  chunk(id: string, index: number, data: Uint8Array): Promise<void>;
  /** The whole file, which the caller removes. @throws CounterError UPLOAD_BROKEN where it is not whole */
  finish(id: string): Promise<ImportFile>;
  /** Forgets an upload; one that is unknown or was forgotten already is no error. */
  abandon(id: string): Promise<void>;
  /** Removes what was not finished. */
  close(): Promise<void>;
}

export interface UploadLimits {
  readonly maxFileBytes: number;
  readonly maxChunkBytes: number;
  readonly maxChunks: number;
  /** Of all uploads together, by what they announced, with finished files that still lie there. */
  readonly maxTotalBytes: number;
  readonly maxUploads: number;
  /** Milliseconds without a piece after which an upload is forgotten. */
  readonly idleMs: number;
}

export const DEFAULT_UPLOAD_LIMITS: UploadLimits = {
  maxFileBytes: DEFAULT_LIMITS.maxFileBytes,
  maxChunkBytes: 2 << 20,
  maxChunks: 4096,
  maxTotalBytes: 1_000_000_000,
  maxUploads: 200,
  idleMs: 15 * 60_000,
};

export interface UploadOptions {
  readonly folder: string;
  readonly limits?: Partial<UploadLimits>;
  /** Milliseconds of a clock that only goes forward. */
  readonly now?: () => number;
  readonly disk?: Disk;
  /** Failures that change no outcome, for the log. */
  readonly note?: (what: string, error: unknown) => void;
}

interface Upload {
  readonly id: string;
  readonly name: string;
  readonly bytes: number;
  readonly path: string;
  /** SHA-256 of each piece that came. */
  readonly pieces: string[];
  got: number;
  touchedAt: number;
  /** Calls for one upload run one after the other. */
  last: Promise<unknown>;
}

const OWN_NAME = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\.upload$/;

export function createUploads(options: UploadOptions): Uploads {
  const { folder, now = () => performance.now(), disk = nodeDisk } = options;
  const limits = { ...DEFAULT_UPLOAD_LIMITS, ...options.limits };
  const open = new Map<string, Upload>();
  /** Finished files by path, as long as they are there. */
  const finished = new Map<string, number>();
  let prepared: Promise<void> | undefined;
  const timer = setInterval(() => {
    sweep().catch((error) => options.note?.('a forgotten upload could not be removed', error));
  }, limits.idleMs);
  timer.unref();

  /** What an earlier run left belongs to nobody: its uploads were known in memory alone. */
  async function prepare(): Promise<void> {
    await onDisk(async () => {
      await disk.mkdir(folder, 0o700);
      for (const name of await disk.readdir(folder))
        if (OWN_NAME.test(name)) await removeIfThere(disk, path.join(folder, name));
    });
  }

  async function sweep(): Promise<void> {
    const idle = [...open.values()].filter((u) => now() - u.touchedAt > limits.idleMs);
    await Promise.all(idle.map((u) => abandon(u.id)));
  }

  async function forgetRemoved(): Promise<void> {
    for (const file of finished.keys()) if (!(await disk.exists(file))) finished.delete(file);
  }

  function reserved(): number {
    const sizes = [...[...open.values()].map((u) => u.bytes), ...finished.values()];
    return sizes.reduce((sum, bytes) => sum + bytes, 0);
  }

  function broken(reason: string): CounterError {
    return new CounterError('UPLOAD_BROKEN', { reason });
  }

  function known(id: string): Upload {
    const upload = open.get(id);
    if (!upload) throw broken('unknown');
    return upload;
  }

  function inTurn<T>(upload: Upload, work: () => Promise<T>): Promise<T> {
    const run = upload.last.then(work, work);
    upload.last = run;
    return run;
  }

  async function append(upload: Upload, index: number, data: Uint8Array): Promise<void> {
    if (open.get(upload.id) !== upload) throw broken('unknown');
    upload.touchedAt = now();
    const hash = createHash('sha256').update(data).digest('base64');
    if (index >= 0 && index < upload.pieces.length) {
      if (upload.pieces[index] !== hash) throw broken('piece-differs');
      return;
    }
    if (index !== upload.pieces.length) throw broken('order');
    if (data.length === 0 || data.length > limits.maxChunkBytes || index >= limits.maxChunks)
      throw broken('piece-size');
    if (upload.got + data.length > upload.bytes) throw broken('length');
    // At its place, not at the end: a piece of which only a part could be written is written over.
    await onDisk(() => withOpenFile(disk, upload.path, 'r+', (file) => writeAll(file, data, upload.got)));
    upload.pieces.push(hash);
    upload.got += data.length;
  }

  async function abandon(id: string): Promise<void> {
    const upload = open.get(id);
    if (!upload) return;
    open.delete(id);
    await inTurn(upload, () => onDisk(() => removeIfThere(disk, upload.path)));
  }

  return {
    async begin(name, bytes) {
      if (!Number.isSafeInteger(bytes) || bytes <= 0)
        throw new CounterError('BAD_REQUEST', { field: 'bytes' });
      const { maxFileBytes, maxTotalBytes, maxUploads } = limits;
      if (bytes > maxFileBytes) throw new CounterError('FILE_TOO_LARGE', { bytes, maxBytes: maxFileBytes });
      prepared ??= prepare();
      await prepared.catch((error: unknown) => {
        prepared = undefined;
        throw error;
      });
      await sweep();
      await forgetRemoved();
      if (open.size >= maxUploads || reserved() + bytes > maxTotalBytes)
        throw new CounterError('DISK_FULL', { reason: 'uploads' });
      const id = randomUUID();
      const file = path.join(folder, `${id}.upload`);
      const upload: Upload = {
        ...{ id, name: labelOf(name), bytes, path: file, pieces: [] },
        ...{ got: 0, touchedAt: now(), last: Promise.resolve() },
      };
      open.set(id, upload);
      try {
        await onDisk(() => withOpenFile(disk, file, 'wx', async () => {}));
      } catch (error) {
        open.delete(id);
        throw error;
      }
      return id;
    },
    async chunk(id, index, data) {
      const upload = known(id);
      await inTurn(upload, () => append(upload, index, data));
    },
    async finish(id) {
      const upload = known(id);
      return inTurn(upload, async () => {
        if (open.get(id) !== upload) throw broken('unknown');
        if (upload.got !== upload.bytes) throw broken('length');
        open.delete(id);
        finished.set(upload.path, upload.bytes);
        return { path: upload.path, name: upload.name };
      });
    },
    abandon,
    async close() {
      clearInterval(timer);
      await Promise.all([...open.keys()].map(abandon));
    },
  };
}

import { randomBytes } from 'node:crypto';
import * as fs from 'node:fs/promises';
import path from 'node:path';
import { CounterError } from '../../contract/errors.ts';

/** An open file, as far as the store uses one. */
export interface DiskFile {
  write(
    data: Uint8Array,
    offset: number,
    length: number,
    position: number,
  ): Promise<{ bytesWritten: number }>;
  read(data: Uint8Array, offset: number, length: number, position: number): Promise<{ bytesRead: number }>;
  stat(): Promise<{ size: number; mode: number; isFile(): boolean }>;
  sync(): Promise<void>;
  close(): Promise<void>;
}

/** The file operations of the store as a value, so that a test can break the disk at any of them. */
export interface Disk {
  open(path: string, flags: string, mode?: number): Promise<DiskFile>;
  rename(from: string, to: string): Promise<void>;
  link(from: string, to: string): Promise<void>;
  unlink(path: string): Promise<void>;
  /** Resolves with true where the folder was made by this call. */
  mkdir(path: string, mode: number): Promise<boolean>;
  readdir(path: string): Promise<string[]>;
  exists(path: string): Promise<boolean>;
}

export const nodeDisk: Disk = {
  open: (p, flags, mode) => fs.open(p, flags, mode),
  rename: (from, to) => fs.rename(from, to),
  link: (from, to) => fs.link(from, to),
  unlink: (p) => fs.unlink(p),
  mkdir: async (p, mode) => (await fs.mkdir(p, { recursive: true, mode })) !== undefined,
  readdir: (p) => fs.readdir(p),
  async exists(p) {
    try {
      await fs.stat(p);
      return true;
    } catch (error) {
      if (isErrno(error, 'ENOENT')) return false;
      throw error;
    }
  },
};

export function isErrno(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code));
}

/** A named failure for a file error: DISK_FULL for a full disk or quota, DISK_FAILED for the rest. */
export function diskFailure(error: unknown): unknown {
  if (error instanceof AggregateError) return diskFailure(error.errors[0]);
  if (error instanceof CounterError || !(error instanceof Error) || !('code' in error)) return error;
  const code = String(error.code);
  const full = code === 'ENOSPC' || code === 'EDQUOT';
  return new CounterError(full ? 'DISK_FULL' : 'DISK_FAILED', { reason: code }, { cause: error });
}

/** Runs file work and names its failures. */
export async function onDisk<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw diskFailure(error);
  }
}

/** write(2) may take less than it was given; this goes on until all is taken. */
export async function writeAll(file: DiskFile, data: Uint8Array, position: number): Promise<void> {
  let done = 0;
  while (done < data.length) {
    const { bytesWritten } = await file.write(data, done, data.length - done, position + done);
    if (bytesWritten <= 0) throw new CounterError('DISK_FAILED', { reason: 'SHORT_WRITE' });
    done += bytesWritten;
  }
}

/** Reads up to `length` bytes at `position`; less only at the end of the file. */
export async function readUpTo(file: DiskFile, length: number, position: number): Promise<Buffer> {
  const data = Buffer.allocUnsafe(length);
  let done = 0;
  while (done < length) {
    const { bytesRead } = await file.read(data, done, length - done, position + done);
    if (bytesRead === 0) break;
    done += bytesRead;
  }
  return data.subarray(0, done);
}

/** Runs `use` on an open file and closes it in every case; a failing close is a failure (late write errors). */
export async function withOpenFile<T>(
  disk: Disk,
  target: string,
  flags: string,
  use: (file: DiskFile) => Promise<T>,
): Promise<T> {
  const file = await disk.open(target, flags, 0o600);
  let result: T;
  try {
    result = await use(file);
  } catch (error) {
    try {
      await file.close();
    } catch (closing) {
      throw new AggregateError([error, closing], 'a file could neither be used nor closed', { cause: error });
    }
    throw error;
  }
  await file.close();
  return result;
}

/** Makes the entries of a folder durable. Windows cannot flush a folder; NTFS journals its entries itself. */
export async function syncFolder(disk: Disk, folder: string): Promise<void> {
  try {
    await withOpenFile(disk, folder, 'r', (file) => file.sync());
  } catch (error) {
    if (process.platform === 'win32' && isErrno(error, 'EPERM', 'EISDIR', 'EACCES')) return;
    throw error;
  }
}

/** Removes a file that may be gone already. */
export async function removeIfThere(disk: Disk, target: string): Promise<void> {
  try {
    await disk.unlink(target);
  } catch (error) {
    if (!isErrno(error, 'ENOENT')) throw error;
  }
}

export function randomName(extension: string): string {
  return `${randomBytes(12).toString('hex')}${extension}`;
}

/** Writes a small file so that after a crash it is either absent or whole: temp → fsync → rename → fsync folder. */
export async function writeDurably(disk: Disk, target: string, data: Uint8Array): Promise<void> {
  const temp = `${target}.${randomName('.tmp')}`;
  try {
    await withOpenFile(disk, temp, 'wx', async (file) => {
      await writeAll(file, data, 0);
      await file.sync();
    });
    await disk.rename(temp, target);
  } catch (error) {
    await removeIfThere(disk, temp);
    throw error;
  }
  await syncFolder(disk, path.dirname(target));
}

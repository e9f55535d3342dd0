import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { chmod, copyFile, type FileHandle, open, readdir, rename, stat, unlink } from 'node:fs/promises';
import path from 'node:path';
import { CounterError } from '../../../contract/errors.ts';
import { diskError, nodeDisk, onDisk } from '../../pdf/output-file.ts';

const SUFFIX = '.signing';

export interface DraftWork<T> {
  readonly result: T;
  /** False where the draft is still what the input was. */
  readonly changed: boolean;
}

/**
 * Runs `work` over a copy of `input` beside `output`, which takes the output's place only when it is whole and on the
 * disk. On any failure the copy is gone, and input and output are as they were.
 * Throws FILE_MISSING, DISK_FULL, DISK_FAILED, and whatever `work` throws.
 */
export async function onDraft<T>(
  input: string,
  output: string,
  work: (handle: FileHandle) => Promise<DraftWork<T>>,
): Promise<T> {
  const folder = path.dirname(output);
  const draft = path.join(folder, `.${path.basename(output)}.${randomUUID()}${SUFFIX}`);
  try {
    await copyForWriting(input, draft);
    const { result, changed } = await withDraft(draft, work);
    if (!changed && path.resolve(input) === path.resolve(output)) await onDisk(() => unlink(draft));
    else {
      await onDisk(() => rename(draft, output));
      await onDisk(() => nodeDisk.syncFolder(folder));
    }
    return result;
  } catch (error) {
    await unlink(draft).catch((cause: unknown) => {
      if (!hasErrno(cause, 'ENOENT')) throw new AggregateError([error, cause]);
    });
    throw error;
  }
}

/** Removes what signings that were killed left in a folder; returns the names. None may be running there. */
export async function removeUnfinishedSignings(folder: string): Promise<string[]> {
  const left = (await readdir(folder)).filter((name) => name.startsWith('.') && name.endsWith(SUFFIX));
  for (const name of left) await unlink(path.join(folder, name));
  return left;
}

/** Writes all of it, however little the disk takes at a time. */
export async function writeAt(handle: FileHandle, bytes: Uint8Array, at: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, at + done);
    if (bytesWritten === 0) throw Object.assign(new Error('nothing was written'), { code: 'EIO' });
    done += bytesWritten;
  }
}

async function withDraft<T>(draft: string, work: (handle: FileHandle) => Promise<T>): Promise<T> {
  const handle = await onDisk(() => open(draft, 'r+'));
  try {
    return await work(handle);
  } finally {
    await handle.close();
  }
}

async function copyForWriting(input: string, draft: string): Promise<void> {
  try {
    const { mode } = await stat(input);
    await copyFile(input, draft, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL);
    if ((mode & 0o600) !== 0o600) await chmod(draft, (mode & 0o777) | 0o600);
  } catch (cause) {
    if (hasErrno(cause, 'ENOENT')) throw new CounterError('FILE_MISSING', {}, { cause });
    throw diskError(cause);
  }
}

function hasErrno(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

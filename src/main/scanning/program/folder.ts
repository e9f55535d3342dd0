import { lstat, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { CounterError } from '../../../contract/errors.ts';

const PREFIX = 'counter-scan-';

type Note = (what: string, error: unknown) => void;

/**
 * A folder that only this user can read (mkdtemp makes it 0700), named by the process that owns it.
 *
 * @throws CounterError DISK_FULL, DISK_FAILED
 */
export async function makeScanFolder(root: string, note: Note): Promise<string> {
  try {
    await mkdir(root, { recursive: true, mode: 0o700 });
    await sweepScanFolders(root, note);
    return await mkdtemp(path.join(root, `${PREFIX}${process.pid}-`));
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? '';
    const code = reason === 'ENOSPC' || reason === 'EDQUOT' ? 'DISK_FULL' : 'DISK_FAILED';
    throw new CounterError(code, { where: 'scan-folder', reason }, { cause: error });
  }
}

/** What cannot be removed now is swept before a later scan; the pages that were given stay good. */
export async function removeScanFolder(folder: string, note: Note): Promise<void> {
  try {
    await rm(folder, { recursive: true, force: true });
  } catch (error) {
    note('scan folder left behind', error);
  }
}

/** Removes this user's folders whose process was killed: they hold citizens' papers. */
async function sweepScanFolders(root: string, note: Note): Promise<void> {
  for (const name of await readdir(root)) {
    const owner = new RegExp(`^${PREFIX}(\\d+)-`).exec(name)?.[1];
    if (owner === undefined || isRunning(Number(owner))) continue;
    const folder = path.join(root, name);
    if (await isOurs(folder)) await removeScanFolder(folder, note);
  }
}

/** In a shared temporary folder others may have folders of this name; and another process may have swept first. */
async function isOurs(folder: string): Promise<boolean> {
  const found = await lstat(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  return found?.isDirectory() === true && (process.getuid === undefined || found.uid === process.getuid());
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it runs under another user.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

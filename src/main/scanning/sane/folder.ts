import { mkdtemp, readdir, rm } from 'node:fs/promises';
import path from 'node:path';

const PREFIX = 'counter-scan-';

/** A folder that only this user can read (mkdtemp makes it 0700), named by the process that owns it. */
export async function makeScanFolder(root: string): Promise<string> {
  await sweepScanFolders(root);
  return mkdtemp(path.join(root, `${PREFIX}${process.pid}-`));
}

export async function removeScanFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
}

/** Removes folders whose process was killed: they hold citizens' papers. */
export async function sweepScanFolders(root: string): Promise<void> {
  for (const name of await readdir(root)) {
    const owner = new RegExp(`^${PREFIX}(\\d+)-`).exec(name)?.[1];
    if (owner !== undefined && !isRunning(Number(owner))) await removeScanFolder(path.join(root, name));
  }
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

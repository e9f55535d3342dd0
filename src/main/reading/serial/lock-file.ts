import { readFile, realpath, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** Where programs that use serial lines keep each other off them (Filesystem Hierarchy Standard 3.0, §5.9). */
const FOLDER = '/var/lock';

/**
 * Takes a serial line for this process: `LCK..` and the line's name, holding the process number as ten characters.
 * Returns its release. Throws 'resource busy' while a process that lives has it; one that ended is taken over from.
 */
export async function lockLine(device: string): Promise<() => Promise<void>> {
  const name = `LCK..${path.basename(await realpath(device))}`;
  const there = await stat(FOLDER).catch(() => null);
  const file = path.join(there?.isDirectory() ? FOLDER : tmpdir(), name);
  for (let tries = 0; tries < 3; tries += 1) {
    try {
      await writeFile(file, `${String(process.pid).padStart(10)}\n`, { flag: 'wx' });
      return () => rm(file, { force: true });
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      // Nobody may write locks here: then nobody else keeps them here either.
      if (code === 'EACCES' || code === 'EROFS') return async () => undefined;
      if (code !== 'EEXIST') throw error;
    }
    if (await isHeld(file)) throw new Error('resource busy: another program has the line');
    await rm(file, { force: true });
  }
  throw new Error('resource busy: the line changes hands');
}

async function isHeld(file: string): Promise<boolean> {
  const text = await readFile(file, 'latin1').catch(() => '');
  const pid = Number.parseInt(text, 10);
  if (!(pid > 0)) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

import { constants } from 'node:fs';
import { access, copyFile, mkdir, open, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { nodeDisk, onDisk } from '../pdf/output-file.ts';
import { countPages } from './document.ts';
import type { Printer } from './port.ts';

/** `file:DIR`: a printer that is a folder, for training, for tests and where the paper is printed elsewhere. */
export function folderPrinter(folder: string): Printer {
  const uri = `file:${folder}`;
  const fileOf = (key: string) => path.join(folder, `${key.replaceAll(/[^A-Za-z0-9._-]/g, '_')}.pdf`);
  return {
    uri,
    describe: async () => ({ name: path.basename(folder), state: 'idle' }),
    /** A file has no sheets, no copies and no back: whoever prints it later chooses. */
    capabilities: async () => ({
      ...{ uri, sheets: null, custom: null, trays: [], maxCopies: 999 },
      sides: ['one-sided', 'two-sided-long-edge', 'two-sided-short-edge'],
      formats: ['application/pdf'],
    }),
    async print(pdf, key, signal, options = {}) {
      const pages = await countPages(pdf);
      signal.throwIfAborted();
      const target = fileOf(key);
      options.onProgress?.({ state: 'sending', sides: 0, blockedBy: null });
      await mkdir(folder, { recursive: true });
      if (!(await exists(target))) await copyDurably(pdf, target);
      return { id: key, state: 'completed', pages, target };
    },
    // A file is there or not: there is nothing to take back.
    cancel: async (key) => ((await exists(fileOf(key))) ? 'completed' : 'cancelled'),
  };
}

async function exists(file: string): Promise<boolean> {
  return access(file, constants.F_OK).then(
    () => true,
    () => false,
  );
}

/** Whole and on the disk before it has its name, and the name on the disk before the job counts as done. */
async function copyDurably(from: string, to: string): Promise<void> {
  const temp = `${to}.part`;
  try {
    await onDisk(async () => {
      await copyFile(from, temp);
      const handle = await open(temp, 'r+');
      try {
        await handle.sync();
      } finally {
        await handle.close();
      }
      await rename(temp, to);
    });
  } catch (error) {
    await rm(temp, { force: true });
    throw error;
  }
  await onDisk(() => nodeDisk.syncFolder(path.dirname(to)));
}

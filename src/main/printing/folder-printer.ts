import { constants } from 'node:fs';
import { access, copyFile, mkdir, open, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { CounterError } from '../../contract/errors.ts';
import { openPdf } from '../pdf/reader/index.ts';
import type { Printer } from './port.ts';

/** `file:DIR`: a printer that is a folder, for training, for tests and where the paper is printed elsewhere. */
export function folderPrinter(folder: string): Printer {
  return {
    uri: `file:${folder}`,
    async print(pdf, key, signal) {
      const pages = await countPages(pdf);
      signal.throwIfAborted();
      const name = `${key.replaceAll(/[^A-Za-z0-9._-]/g, '_')}.pdf`;
      const target = path.join(folder, name);
      await mkdir(folder, { recursive: true });
      if (!(await exists(target))) await copyDurably(pdf, target);
      return { id: key, state: 'completed', pages, target };
    },
  };
}

async function countPages(file: string): Promise<number> {
  const pdf = await openPdf(file);
  try {
    return await pdf.pageCount();
  } finally {
    await pdf.close();
  }
}

async function exists(file: string): Promise<boolean> {
  return access(file, constants.F_OK).then(
    () => true,
    () => false,
  );
}

async function copyDurably(from: string, to: string): Promise<void> {
  const temp = `${to}.part`;
  try {
    await copyFile(from, temp);
    const handle = await open(temp, 'r+');
    await handle.sync();
    await handle.close();
    await rename(temp, to);
  } catch (cause) {
    await rm(temp, { force: true });
    const { code } = cause as NodeJS.ErrnoException;
    throw new CounterError(
      code === 'ENOSPC' ? 'DISK_FULL' : 'DISK_FAILED',
      { path: path.basename(to) },
      { cause },
    );
  }
}

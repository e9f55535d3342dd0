import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import { onDisk } from './disk.ts';

/** A private folder for plaintext that has to be a file for a moment (a PDF while it is signed, a page of scanimage). */
export interface Workspace {
  readonly folder: string;
  /** A folder of its own for `use`, gone with all it holds when `use` ends, however it ends. */
  withFolder<T>(use: (folder: string) => Promise<T>): Promise<T>;
  dispose(): Promise<void>;
}

/** Whatever a killed program left in it is wiped before anything else happens. */
export async function openWorkspace(folder: string): Promise<Workspace> {
  const wipe = () => onDisk(() => rm(folder, { recursive: true, force: true }));
  await wipe();
  await onDisk(() => mkdir(folder, { recursive: true, mode: 0o700 }));
  return {
    folder,
    async withFolder(use) {
      const own = await onDisk(() => mkdtemp(path.join(folder, 'w-')));
      try {
        return await use(own);
      } finally {
        await onDisk(() => rm(own, { recursive: true, force: true }));
      }
    },
    dispose: wipe,
  };
}

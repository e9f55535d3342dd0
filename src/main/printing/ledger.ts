import { createHash } from 'node:crypto';
import { mkdir, open, readFile, rename } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { nodeDisk, onDisk } from '../pdf/output-file.ts';

/** What is remembered of a job: printers forget theirs after a minute, and a job must not be printed twice for that. */
const entry = z.object({
  /** `sending` before the first octet leaves; a job found in this state may or may not have arrived. */
  state: z.enum(['sending', 'sent', 'completed', 'failed']),
  /** The printer's number of the job; 0 while it is not known. */
  jobId: z.number().int().nonnegative(),
  /** Unix time in milliseconds of the last change. */
  at: z.number(),
});
export type LedgerEntry = z.infer<typeof entry>;

/** Jobs by printer and key. An entry is on the disk when `set` returns. */
export interface PrintLedger {
  get(printer: string, key: string): Promise<LedgerEntry | undefined>;
  set(printer: string, key: string, entry: LedgerEntry): Promise<void>;
}

/** For tests and for one process: forgotten with it. */
export function memoryLedger(): PrintLedger {
  const entries = new Map<string, LedgerEntry>();
  const name = (printer: string, key: string) => JSON.stringify([printer, key]);
  return {
    get: async (printer, key) => entries.get(name(printer, key)),
    set: async (printer, key, made) => {
      entries.set(name(printer, key), made);
    },
  };
}

/** One small file a job in a folder of its own. It holds hashes and numbers only, nothing of the document. */
export function folderLedger(folder: string): PrintLedger {
  const fileOf = (printer: string, key: string) => {
    const hash = createHash('sha256').update(JSON.stringify([printer, key]));
    return path.join(folder, `${hash.digest('hex')}.json`);
  };
  return {
    async get(printer, key) {
      try {
        return entry.parse(JSON.parse(await readFile(fileOf(printer, key), 'utf8')));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
        throw error;
      }
    },
    async set(printer, key, made) {
      const file = fileOf(printer, key);
      await onDisk(async () => {
        await mkdir(folder, { recursive: true });
        const handle = await open(`${file}.part`, 'w');
        try {
          await handle.writeFile(JSON.stringify(made));
          await handle.sync();
        } finally {
          await handle.close();
        }
        await rename(`${file}.part`, file);
        await nodeDisk.syncFolder(folder);
      });
    },
  };
}

import { createHash } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
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

/** A key is not printed again after so long: slips and copies are of a day. */
const KEPT_MS = 90 * 24 * 3600 * 1000;

/**
 * One small file a job in a folder of its own. It holds hashes and numbers only, nothing of the document. What is
 * older than 90 days is forgotten with the first job of a process; a file that cannot be read counts as a job that
 * was sent, so that it is not printed twice for that.
 */
export function folderLedger(folder: string, now: () => number = () => Date.now()): PrintLedger {
  let swept = false;
  const fileOf = (printer: string, key: string) => {
    const hash = createHash('sha256').update(JSON.stringify([printer, key]));
    return path.join(folder, `${hash.digest('hex')}.json`);
  };
  return {
    async get(printer, key) {
      try {
        return readEntry(await readFile(fileOf(printer, key), 'utf8'));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
        throw error;
      }
    },
    async set(printer, key, made) {
      const file = fileOf(printer, key);
      await onDisk(async () => {
        await mkdir(folder, { recursive: true });
        if (!swept) await sweep(folder, now() - KEPT_MS);
        swept = true;
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

function readEntry(text: string): LedgerEntry {
  try {
    return entry.parse(JSON.parse(text));
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof z.ZodError)
      return { state: 'sent', jobId: 0, at: 0 };
    throw error;
  }
}

async function sweep(folder: string, before: number): Promise<void> {
  for (const name of await readdir(folder)) {
    const file = path.join(folder, name);
    if ((await stat(file)).mtimeMs < before) await rm(file, { force: true });
  }
}

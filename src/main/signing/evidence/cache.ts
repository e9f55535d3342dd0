import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';

/**
 * Where answers are kept until they run out. What comes out is judged as if it had come from the network, so a cache
 * need not be trusted; it only saves asking.
 */
export interface EvidenceCache {
  get(key: string): Promise<Uint8Array | null>;
  put(key: string, value: Uint8Array): Promise<void>;
}

const MAX_MEMORY_BYTES = 32 << 20;

/** For a run; what was used longest ago goes first. */
export function memoryCache(maxBytes = MAX_MEMORY_BYTES): EvidenceCache {
  const kept = new Map<string, Uint8Array>();
  let bytes = 0;
  const drop = (key: string) => {
    bytes -= kept.get(key)?.length ?? 0;
    kept.delete(key);
  };
  return {
    async get(key) {
      const value = kept.get(key);
      if (!value) return null;
      kept.delete(key);
      kept.set(key, value);
      return value;
    },
    async put(key, value) {
      drop(key);
      if (value.length > maxBytes) return;
      kept.set(key, value);
      bytes += value.length;
      for (const oldest of kept.keys()) {
        if (bytes <= maxBytes) break;
        drop(oldest);
      }
    },
  };
}

const MAX_FILES = 2_000;
const SUFFIX = '.der';

/**
 * In a folder, one file a key. A file is whole or absent; the oldest go when there are too many. `get` finds nothing
 * where the folder cannot be read, `put` throws what the disk throws.
 */
export function folderCache(folder: string, maxFiles = MAX_FILES): EvidenceCache {
  const fileOf = (key: string) =>
    path.join(folder, `${createHash('sha256').update(key).digest('hex')}${SUFFIX}`);
  let puts = 0;

  async function sweep(): Promise<void> {
    const names = (await readdir(folder)).filter((n) => n.endsWith(SUFFIX));
    if (names.length <= maxFiles) return;
    const aged = await Promise.all(
      names.map(async (name) => ({ name, at: (await stat(path.join(folder, name))).mtimeMs })),
    );
    aged.sort((a, b) => a.at - b.at);
    for (const { name } of aged.slice(0, names.length - maxFiles)) {
      await rm(path.join(folder, name), { force: true });
    }
  }

  return {
    async get(key) {
      try {
        return await readFile(fileOf(key));
      } catch (error) {
        // Whatever ails the file, the authority can be asked instead.
        if (error instanceof Error && 'code' in error) return null;
        throw error;
      }
    },
    async put(key, value) {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const draft = path.join(folder, `${randomBytes(8).toString('hex')}.part`);
      try {
        await writeFile(draft, value, { mode: 0o600, flag: 'wx' });
        await rename(draft, fileOf(key));
      } catch (error) {
        await rm(draft, { force: true });
        throw error;
      }
      if (puts++ % 64 === 0) await sweep();
    },
  };
}

import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, existsSync, readdirSync, readFileSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { createLock, syncFolder, writeAtomic } from './durable.ts';

const metaShape = z.object({
  id: z.uuid(),
  key: z.string(),
  name: z.string(),
  sha256: z.string(),
  bytes: z.number().int(),
  /** Bytes that are known to be on disk; what a kill left beyond them is cut away. */
  offset: z.number().int(),
  done: z.boolean(),
});
/** A file that the province has, whole or in part. */
export type FileMeta = z.output<typeof metaShape>;

export interface Files {
  create(wanted: Omit<FileMeta, 'id' | 'offset' | 'done'>): Promise<{ meta: FileMeta; created: boolean }>;
  get(id: string): FileMeta | undefined;
  all(): readonly FileMeta[];
  /** Runs a task while nothing else touches that file. */
  exclusively<T>(id: string, task: () => Promise<T>): Promise<T>;
  /** Adds a chunk at the file's offset; durable when it resolves. */
  append(meta: FileMeta, chunk: Buffer): Promise<FileMeta>;
  /** Hashes the whole file; keeps it where the hash is the promised one, throws it away and returns null otherwise. */
  finish(meta: FileMeta): Promise<FileMeta | null>;
  forget(id: string): Promise<void>;
}

export function filePath(folder: string, id: string): string {
  return path.join(folder, 'files', `${id}.pdf`);
}

export async function sha256OfFile(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const part of createReadStream(file)) hash.update(part as Buffer);
  return hash.digest('hex');
}

/** The files of `folder`/files: `<id>.json` (what is known), `<id>.part` while open, `<id>.pdf` once whole. */
export function createFiles(folder: string): Files {
  const home = path.join(folder, 'files');
  const byId = new Map<string, FileMeta>();
  const byKey = new Map<string, string>();
  const locks = new Map<string, ReturnType<typeof createLock>>();
  const creating = createLock();
  const partPath = (id: string) => path.join(home, `${id}.part`);

  function remember(meta: FileMeta): FileMeta {
    byId.set(meta.id, meta);
    byKey.set(meta.key, meta.id);
    return meta;
  }

  async function keep(meta: FileMeta): Promise<FileMeta> {
    await writeAtomic(path.join(home, `${meta.id}.json`), JSON.stringify(meta));
    return remember(meta);
  }

  for (const name of readdirSync(home).filter((n) => n.endsWith('.json'))) {
    const meta = metaShape.parse(JSON.parse(readFileSync(path.join(home, name), 'utf8')));
    // Killed between the rename and the note of it: the hash had been checked before the rename.
    remember({ ...meta, done: meta.done || existsSync(filePath(folder, meta.id)) });
  }

  const files: Files = {
    create: (wanted) =>
      creating(async () => {
        const earlier = byId.get(byKey.get(wanted.key) ?? '');
        if (earlier) return { meta: earlier, created: false };
        return { meta: await keep({ ...wanted, id: randomUUID(), offset: 0, done: false }), created: true };
      }),
    get: (id) => byId.get(id),
    all: () => [...byId.values()],
    exclusively(id, task) {
      const lock = locks.get(id) ?? createLock();
      locks.set(id, lock);
      return lock(task);
    },
    async append(meta, chunk) {
      const part = await open(partPath(meta.id), existsSync(partPath(meta.id)) ? 'r+' : 'w+', 0o600);
      try {
        await part.truncate(meta.offset);
        await part.write(chunk, 0, chunk.length, meta.offset);
        await part.sync();
      } finally {
        await part.close();
      }
      return keep({ ...meta, offset: meta.offset + chunk.length });
    },
    async finish(meta) {
      if ((await sha256OfFile(partPath(meta.id))) !== meta.sha256) {
        await files.forget(meta.id);
        return null;
      }
      await rename(partPath(meta.id), filePath(folder, meta.id));
      await syncFolder(home);
      return keep({ ...meta, done: true });
    },
    async forget(id) {
      const meta = byId.get(id);
      if (!meta) return;
      byId.delete(id);
      byKey.delete(meta.key);
      await rm(path.join(home, `${id}.json`), { force: true });
      await rm(partPath(id), { force: true });
    },
  };
  return files;
}

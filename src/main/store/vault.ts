import { createHmac } from 'node:crypto';
import path from 'node:path';
import { CounterError } from '../../contract/errors.ts';
import {
  type Disk,
  type DiskFile,
  isErrno,
  nodeDisk,
  onDisk,
  randomName,
  readUpTo,
  removeIfThere,
  syncFolder,
  withOpenFile,
  writeAll,
} from './disk.ts';
import type { StoreKeys } from './key-vault.ts';
import {
  type FileCipher,
  HEADER_BYTES,
  type Layout,
  layoutOf,
  newFileCipher,
  readFileCipher,
  SEGMENT_BYTES,
  segmentAt,
} from './vault-format.ts';

/** `hash` names the object (keyed hash of its plaintext), `bytes` counts the plaintext. */
export interface VaultObject {
  readonly hash: string;
  readonly bytes: number;
}

export interface SweepReport {
  /** Temporary files and objects without a row: never acknowledged to anyone, now gone. */
  readonly removed: number;
  /** Rows whose object is not on the disk. Nothing is deleted for them; they are for a person. */
  readonly missing: readonly string[];
}

/**
 * Encrypted, content-addressed files. A put is durable when it returns; the row that makes it known is the caller's,
 * in the transaction that refers to it. What has a row is never deleted here.
 */
export interface Vault {
  putBytes(bytes: Uint8Array): Promise<VaultObject>;
  /** Memory does not grow with the file. */
  putFile(file: string): Promise<VaultObject>;
  read(hash: string): Promise<Uint8Array>;
  /** Up to `length` bytes at `offset`; fewer only at the end. Only the segments that hold them are read. */
  readRange(hash: string, offset: number, length: number): Promise<Uint8Array>;
  /** Decrypts into a new file of mode 0600. */
  copyTo(hash: string, file: string): Promise<void>;
  /** Call before anything is put: compares the disk with the rows. */
  sweep(rows: {
    has(hash: string): boolean;
    after(hash: string, limit: number): readonly string[];
  }): Promise<SweepReport>;
}

type Plain = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

const NAME = /^[0-9a-f]{64}$/;
const SWEEP_BATCH = 1000;

export function openVault(options: {
  readonly folder: string;
  readonly keys: Pick<StoreKeys, 'vaultName' | 'vaultContent'>;
  readonly disk?: Disk;
}): Vault {
  const { folder, keys, disk = nodeDisk } = options;

  const folderOf = (hash: string) => path.join(folder, hash.slice(0, 2));
  const pathOf = (hash: string) => path.join(folderOf(hash), hash);

  async function withObject<T>(
    hash: string,
    use: (file: DiskFile, cipher: FileCipher, layout: Layout) => Promise<T>,
  ): Promise<T> {
    if (!NAME.test(hash)) throw new CounterError('VAULT_OBJECT_MISSING', { hash: '?' });
    return onDisk(async () => {
      try {
        return await withOpenFile(disk, pathOf(hash), 'r', async (file) => {
          const layout = layoutOf((await file.stat()).size);
          if (!layout) throw new CounterError('VAULT_OBJECT_CORRUPT', { reason: 'LENGTH' });
          return use(file, readFileCipher(keys.vaultContent, await readUpTo(file, HEADER_BYTES, 0)), layout);
        });
      } catch (error) {
        if (isErrno(error, 'ENOENT'))
          throw new CounterError('VAULT_OBJECT_MISSING', { hash: hash.slice(0, 8) });
        throw error;
      }
    });
  }

  async function readSegment(
    file: DiskFile,
    cipher: FileCipher,
    layout: Layout,
    segment: number,
  ): Promise<Uint8Array> {
    const { offset, length } = segmentAt(segment, layout);
    return cipher.open(segment, segment === layout.segments - 1, await readUpTo(file, length, offset));
  }

  async function* segmentsOf(file: DiskFile, cipher: FileCipher, layout: Layout): AsyncGenerator<Uint8Array> {
    for (let i = 0; i < layout.segments; i++) yield await readSegment(file, cipher, layout, i);
  }

  /** True where the object is on the disk and every byte of it is what its name says. */
  async function isWhole(hash: string): Promise<boolean> {
    try {
      return await withObject(hash, async (file, cipher, layout) => {
        const name = createHmac('sha256', keys.vaultName);
        for await (const plain of segmentsOf(file, cipher, layout)) name.update(plain);
        return name.digest('hex') === hash;
      });
    } catch (error) {
      const code = error instanceof CounterError ? error.code : '';
      if (code === 'VAULT_OBJECT_MISSING' || code === 'VAULT_OBJECT_CORRUPT') return false;
      throw error;
    }
  }

  /** Encrypts into a temporary file, synced; answers the name that the plaintext gives. */
  async function writeTemp(temp: string, plain: Plain): Promise<VaultObject> {
    const name = createHmac('sha256', keys.vaultName);
    const cipher = newFileCipher(keys.vaultContent);
    let bytes = 0;
    await withOpenFile(disk, temp, 'wx', async (file) => {
      let position = 0;
      let segment = 0;
      const write = async (data: Uint8Array) => {
        await writeAll(file, data, position);
        position += data.length;
      };
      await write(cipher.header);
      // One segment is held back, because the last one is sealed as such.
      let held: Uint8Array | null = null;
      for await (const part of plain) {
        name.update(part);
        bytes += part.length;
        if (held) await write(cipher.seal(segment++, false, held));
        held = part;
      }
      await write(cipher.seal(segment, true, held ?? new Uint8Array()));
      await file.sync();
    });
    return { hash: name.digest('hex'), bytes };
  }

  async function makeFolder(target: string): Promise<void> {
    if (await disk.mkdir(target, 0o700)) await syncFolder(disk, path.dirname(target));
  }

  async function put(plain: Plain): Promise<VaultObject> {
    return onDisk(async () => {
      await makeFolder(folder);
      const temp = path.join(folder, randomName('.tmp'));
      try {
        const object = await writeTemp(temp, plain);
        if (await isWhole(object.hash)) return object;
        await makeFolder(folderOf(object.hash));
        await disk.rename(temp, pathOf(object.hash));
        await syncFolder(disk, folderOf(object.hash));
        return object;
      } finally {
        await removeIfThere(disk, temp);
      }
    });
  }

  async function readAll(hash: string): Promise<Uint8Array> {
    return withObject(hash, async (file, cipher, layout) => {
      const parts: Uint8Array[] = [];
      for await (const plain of segmentsOf(file, cipher, layout)) parts.push(plain);
      return Buffer.concat(parts);
    });
  }

  async function* filesOnDisk(): AsyncGenerator<{ file: string; name: string }> {
    if (!(await disk.exists(folder))) return;
    for (const entry of await disk.readdir(folder)) {
      if (entry.endsWith('.tmp')) yield { file: path.join(folder, entry), name: '' };
      if (!/^[0-9a-f]{2}$/.test(entry)) continue;
      for (const name of await disk.readdir(path.join(folder, entry))) {
        yield { file: path.join(folder, entry, name), name };
      }
    }
  }

  return {
    putBytes: (bytes) => put(inSegments(bytes)),
    putFile: (file) => put(segmentsOfFile(disk, file)),
    read: readAll,
    readRange: (hash, offset, length) =>
      withObject(hash, async (file, cipher, layout) => {
        const end = Math.min(offset + length, layout.bytes);
        const parts: Uint8Array[] = [];
        for (let at = offset; at < end; ) {
          const segment = Math.floor(at / SEGMENT_BYTES);
          const plain = await readSegment(file, cipher, layout, segment);
          const from = at - segment * SEGMENT_BYTES;
          const part = plain.subarray(from, Math.min(plain.length, from + end - at));
          parts.push(part);
          at += part.length;
        }
        return Buffer.concat(parts);
      }),
    copyTo: (hash, target) =>
      withObject(hash, (file, cipher, layout) =>
        withOpenFile(disk, target, 'wx', async (out) => {
          let position = 0;
          for await (const plain of segmentsOf(file, cipher, layout)) {
            await writeAll(out, plain, position);
            position += plain.length;
          }
        }),
      ),
    sweep: (rows) =>
      onDisk(async () => {
        let removed = 0;
        const present = new Set<string>();
        for await (const { file, name } of filesOnDisk()) {
          if (NAME.test(name) && rows.has(name)) {
            present.add(name);
            continue;
          }
          await removeIfThere(disk, file);
          removed += 1;
        }
        const missing: string[] = [];
        let last = '';
        for (
          let batch = rows.after(last, SWEEP_BATCH);
          batch.length > 0;
          batch = rows.after(last, SWEEP_BATCH)
        ) {
          missing.push(...batch.filter((hash) => !present.has(hash)));
          last = batch.at(-1)!;
        }
        return { removed, missing };
      }),
  };
}

function* inSegments(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += SEGMENT_BYTES) yield bytes.subarray(at, at + SEGMENT_BYTES);
}

async function* segmentsOfFile(disk: Disk, source: string): AsyncGenerator<Uint8Array> {
  const file = await disk.open(source, 'r');
  try {
    for (let at = 0; ; at += SEGMENT_BYTES) {
      const part = await readUpTo(file, SEGMENT_BYTES, at);
      if (part.length > 0) yield part;
      if (part.length < SEGMENT_BYTES) return;
    }
  } finally {
    await file.close();
  }
}

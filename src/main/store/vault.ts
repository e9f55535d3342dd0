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
import { keyedLock } from './keyed-lock.ts';
import type { VaultObjects } from './objects.ts';
import { claimedHash, createClaims } from './vault-claims.ts';
import { type ObjectReader, readObject, SEGMENT_BYTES, writeObject } from './vault-format.ts';
import { type SweepReport, type SweepScope, sweepVault } from './vault-sweep.ts';

export interface StoredObject {
  /** Name of the object: HMAC-SHA256 of the plaintext, lower-case hexadecimal. Says nothing without the key. */
  readonly hash: string;
  /** Bytes of plaintext. */
  readonly bytes: number;
}

/**
 * Encrypted objects that never change, named by a keyed hash of their content. A put resolves once the object is
 * durable; the caller then records it (VaultObjects.add) in the transaction of what refers to it.
 * Failures: DISK_FULL, DISK_FAILED; reading also VAULT_OBJECT_MISSING and VAULT_OBJECT_CORRUPT.
 */
export interface Vault {
  putBytes(data: Uint8Array): Promise<StoredObject>;
  /** Constant memory: pieces of any size. */
  putStream(pieces: AsyncIterable<Uint8Array>): Promise<StoredObject>;
  putFile(source: string): Promise<StoredObject>;
  read(hash: string): Promise<Uint8Array>;
  /** Up to `length` bytes from `offset`; less only where the object ends, and that end is checked. */
  readRange(hash: string, offset: number, length: number): Promise<Uint8Array>;
  /** Decrypts into a new file of mode 0600; FILE_EXISTS where there is one. A failure leaves no file. */
  copyTo(hash: string, target: string): Promise<void>;
  /** Bytes of plaintext, after reading all of the object and finding it whole. */
  verify(hash: string): Promise<number>;
  /** True where there is an object that no claim explains: it was recorded once, in whatever database. */
  holdsUnclaimed(): Promise<boolean>;
  /**
   * Removes objects for good. `forget` marks their rows (VaultObjects.erase) and answers which may go; what was put again
   * since stays. After a crash in between, the same call finishes it, and so does a sweep of everything.
   */
  erase(forget: () => readonly string[]): Promise<void>;
  sweep(scope: SweepScope): Promise<SweepReport>;
  close(): Promise<void>;
}

export interface VaultOptions {
  readonly folder: string;
  readonly keys: Pick<StoreKeys, 'vaultName' | 'vaultContent'>;
  readonly objects: VaultObjects;
  readonly disk?: Disk;
}

const HASH = /^[0-9a-f]{64}$/;
const FOLDER = /^[0-9a-f]{2}$/;
/** Claims are settled in batches: it keeps the folder short and costs little for each put. */
const SETTLE_AT = 32;

async function* piecesOf(file: DiskFile): AsyncGenerator<Uint8Array> {
  let position = 0;
  for (;;) {
    const piece = await readUpTo(file, SEGMENT_BYTES, position);
    if (piece.length > 0) yield piece;
    if (piece.length < SEGMENT_BYTES) return;
    position += piece.length;
  }
}

/** Cuts pieces of any size into full segments and one last, possibly empty one, using one segment of memory. */
async function* segmentsOf(pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>) {
  const held = Buffer.allocUnsafe(SEGMENT_BYTES);
  let filled = 0;
  for await (const piece of pieces) {
    for (let at = 0; at < piece.length; ) {
      if (filled === SEGMENT_BYTES) {
        yield { plain: held, last: false };
        filled = 0;
      }
      const taken = piece.subarray(at, at + SEGMENT_BYTES - filled);
      held.set(taken, filled);
      filled += taken.length;
      at += taken.length;
    }
  }
  yield { plain: held.subarray(0, filled), last: true };
}

function* sliced(data: Uint8Array) {
  let at = 0;
  do {
    const plain = data.subarray(at, at + SEGMENT_BYTES);
    at += SEGMENT_BYTES;
    yield { plain, last: at >= data.length };
  } while (at < data.length);
}

type Segments =
  | AsyncIterable<{ plain: Uint8Array; last: boolean }>
  | Iterable<{ plain: Uint8Array; last: boolean }>;

/** Opens the vault in `folder`, making the folder where it is missing. One process at a time: the database's lock sees to it. */
export async function openVault(options: VaultOptions): Promise<Vault> {
  const { folder, keys, objects, disk = nodeDisk } = options;
  const incoming = path.join(folder, 'incoming');
  const locked = keyedLock();
  const claims = createClaims(disk, incoming, objects);

  const placeOf = (hash: string) => path.join(folder, hash.slice(0, 2), hash);
  const hasher = () => createHmac('sha256', keys.vaultName);
  const remove = (hash: string) => disk.unlink(placeOf(hash));

  async function withObject<T>(hash: string, use: (reader: ObjectReader) => Promise<T>): Promise<T> {
    if (!HASH.test(hash)) throw new CounterError('VAULT_OBJECT_MISSING', { object: 'malformed' });
    return onDisk(async () => {
      try {
        return await withOpenFile(disk, placeOf(hash), 'r', async (file) =>
          use(await readObject(file, keys.vaultContent, hash)),
        );
      } catch (error) {
        if (!isErrno(error, 'ENOENT')) throw error;
        throw new CounterError('VAULT_OBJECT_MISSING', { object: hash }, { cause: error });
      }
    });
  }

  async function verify(hash: string): Promise<number> {
    return withObject(hash, async (reader) => {
      for (let i = 0; i < reader.segments; i += 1) await reader.segment(i);
      return reader.bytes;
    });
  }

  async function isWhole(hash: string): Promise<boolean> {
    try {
      await verify(hash);
      return true;
    } catch (error) {
      const code = error instanceof CounterError ? error.code : '';
      if (code === 'VAULT_OBJECT_MISSING' || code === 'VAULT_OBJECT_CORRUPT') return false;
      throw error;
    }
  }

  /** An earlier put may have failed between rename and flush, so a known object is flushed again: it costs nothing when clean. */
  async function flush(hash: string): Promise<void> {
    await withOpenFile(disk, placeOf(hash), 'r+', (file) => file.sync());
    await syncFolder(disk, path.dirname(placeOf(hash)));
  }

  /** Gives a finished temporary file its name, or drops it where a whole object has that name already. */
  async function place(temp: string, hash: string): Promise<void> {
    await claims.make(hash);
    if (await isWhole(hash)) {
      await disk.unlink(temp);
      await flush(hash);
      return;
    }
    const target = placeOf(hash);
    if (await disk.mkdir(path.dirname(target), 0o700)) await syncFolder(disk, folder);
    await disk.rename(temp, target);
    await syncFolder(disk, path.dirname(target));
  }

  /** Hashes while it encrypts, unless the name is known already: hashing is the larger part of a put's work. */
  async function seal(temp: string, segments: Segments, known: string | undefined): Promise<StoredObject> {
    return withOpenFile(disk, temp, 'wx', async (file) => {
      const writer = writeObject(file, keys.vaultContent);
      const hash = hasher();
      let bytes = 0;
      for await (const { plain, last } of segments) {
        if (known === undefined) hash.update(plain);
        bytes += plain.length;
        await writer.segment(plain, last);
      }
      const name = known ?? hash.digest('hex');
      await writer.finish(name);
      await file.sync();
      return { hash: name, bytes };
    });
  }

  async function put(segments: Segments, known?: string): Promise<StoredObject> {
    const temp = path.join(incoming, randomName('.part'));
    const stored = await onDisk(async () => {
      try {
        const sealed = await seal(temp, segments, known);
        await locked(sealed.hash, () => place(temp, sealed.hash));
        return sealed;
      } catch (error) {
        await removeIfThere(disk, temp);
        throw error;
      }
    });
    if (claims.size() >= SETTLE_AT) await onDisk(() => claims.settle());
    return stored;
  }

  /** The hash of bytes in memory is known beforehand, so a page that is there already costs no write. */
  async function putBytes(data: Uint8Array): Promise<StoredObject> {
    const hash = hasher().update(data).digest('hex');
    const stored = await onDisk(() =>
      locked(hash, async () => {
        if (!(await disk.exists(placeOf(hash)))) return false;
        await claims.make(hash);
        if (!(await isWhole(hash))) return false;
        await flush(hash);
        return true;
      }),
    );
    return stored ? { hash, bytes: data.length } : put(sliced(data), hash);
  }

  async function readRange(hash: string, offset: number, length: number): Promise<Uint8Array> {
    if (!(offset >= 0) || !(length >= 0)) throw new RangeError('offset and length are not negative');
    return withObject(hash, async (reader) => {
      const end = Math.min(offset + length, reader.bytes);
      const reachesEnd = offset + length >= reader.bytes;
      const from = Math.floor(Math.min(offset, reader.bytes) / SEGMENT_BYTES);
      const to = reachesEnd ? reader.segments - 1 : Math.floor(Math.max(end - 1, 0) / SEGMENT_BYTES);
      const parts: Uint8Array[] = [];
      for (let i = Math.min(from, to); i <= to; i += 1) {
        const base = i * SEGMENT_BYTES;
        const plain = await reader.segment(i);
        parts.push(plain.subarray(Math.max(0, offset - base), Math.max(0, end - base)));
      }
      return Buffer.concat(parts);
    });
  }

  async function copyTo(hash: string, target: string): Promise<void> {
    await withObject(hash, async (reader) => {
      try {
        await withOpenFile(disk, target, 'wx', async (file) => {
          for (let i = 0; i < reader.segments; i += 1) {
            await writeAll(file, await reader.segment(i), i * SEGMENT_BYTES);
          }
        });
      } catch (error) {
        if (isErrno(error, 'EEXIST')) throw new CounterError('FILE_EXISTS', {}, { cause: error });
        await removeIfThere(disk, target);
        throw error;
      }
    });
  }

  async function holdsUnclaimed(): Promise<boolean> {
    const claimed = new Set((await disk.readdir(incoming)).map(claimedHash));
    for (const name of await disk.readdir(folder)) {
      if (!FOLDER.test(name)) continue;
      const hashes = await disk.readdir(path.join(folder, name));
      if (hashes.some((hash) => !claimed.has(hash))) return true;
    }
    return false;
  }

  async function erase(forget: () => readonly string[]): Promise<void> {
    // A claim that is left of an object's own put would look like one of a put under way.
    await claims.settle();
    for (const hash of forget()) {
      await locked(hash, async () => {
        if (claims.holds(hash) || objects.has(hash)) return;
        await removeIfThere(disk, placeOf(hash));
        await syncFolder(disk, path.dirname(placeOf(hash)));
      });
    }
  }

  await onDisk(() => disk.mkdir(incoming, 0o700));
  return {
    putBytes,
    putStream: (pieces) => put(segmentsOf(pieces)),
    putFile: (source) =>
      onDisk(() => withOpenFile(disk, source, 'r', (file) => put(segmentsOf(piecesOf(file))))),
    read: (hash) =>
      withObject(hash, async (reader) => {
        const parts: Uint8Array[] = [];
        for (let i = 0; i < reader.segments; i += 1) parts.push(await reader.segment(i));
        return parts.length === 1 ? parts[0]! : Buffer.concat(parts);
      }),
    readRange,
    copyTo,
    verify,
    holdsUnclaimed: () => onDisk(holdsUnclaimed),
    erase: (forget) => onDisk(() => erase(forget)),
    sweep: (scope) =>
      onDisk(() => sweepVault({ disk, folder, incoming, objects, claims, locked, placeOf, remove }, scope)),
    close: () => onDisk(() => claims.settle()),
  };
}

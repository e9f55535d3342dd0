import { hkdfSync, randomBytes } from 'node:crypto';
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

const KEY_BYTES = 32;

/** Where the one secret of the store is kept: the system's vault in Electron, a private file under plain Node. */
export interface KeyVault {
  /** 32 random bytes, always the same ones. Throws STORE_KEY_WRONG where what is kept cannot be a key. */
  masterKey(): Promise<Uint8Array>;
}

/** Keys for one purpose each, so that a fault in one use says nothing about another. */
export interface StoreKeys {
  readonly database: Uint8Array;
  readonly vaultName: Uint8Array;
  readonly vaultContent: Uint8Array;
}

/** HKDF-SHA256 (RFC 5869) of the master key; the label is the `info` input. */
export function deriveKey(masterKey: Uint8Array, label: string): Uint8Array {
  return new Uint8Array(
    hkdfSync('sha256', masterKey, new Uint8Array(0), `mot-cua-counter/${label}`, KEY_BYTES),
  );
}

export function deriveStoreKeys(masterKey: Uint8Array): StoreKeys {
  if (masterKey.length !== KEY_BYTES) throw new CounterError('STORE_KEY_WRONG', { reason: 'SIZE' });
  return {
    database: deriveKey(masterKey, 'database'),
    vaultName: deriveKey(masterKey, 'vault-name'),
    vaultContent: deriveKey(masterKey, 'vault-content'),
  };
}

/** NTFS access lists do not show in the mode bits; on Windows the product keeps its key in the system's vault. */
function isPrivate(mode: number): boolean {
  return process.platform === 'win32' || (mode & 0o077) === 0;
}

async function readKey(file: DiskFile): Promise<Uint8Array> {
  const { size, mode } = await file.stat();
  if (!isPrivate(mode)) throw new CounterError('STORE_KEY_WRONG', { reason: 'READABLE_BY_OTHERS' });
  const key = await readUpTo(file, KEY_BYTES, 0);
  if (size !== KEY_BYTES || key.length !== KEY_BYTES) {
    throw new CounterError('STORE_KEY_WRONG', { reason: 'SIZE' });
  }
  return new Uint8Array(key);
}

async function keyIfThere(disk: Disk, target: string): Promise<Uint8Array | undefined> {
  try {
    return await withOpenFile(disk, target, 'r', readKey);
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined;
    throw error;
  }
}

/** link(2) refuses an existing name, so of two processes that start at once exactly one sets the key. */
async function createKey(disk: Disk, target: string): Promise<void> {
  const temp = `${target}.${randomName('.tmp')}`;
  try {
    await withOpenFile(disk, temp, 'wx', async (file) => {
      await writeAll(file, randomBytes(KEY_BYTES), 0);
      await file.sync();
    });
    await disk.link(temp, target);
  } catch (error) {
    if (!isErrno(error, 'EEXIST')) throw error;
  } finally {
    await removeIfThere(disk, temp);
  }
  await syncFolder(disk, path.dirname(target));
}

/** The master key in a file of mode 0600, made on first use. */
export function fileKeyVault(target: string, disk: Disk = nodeDisk): KeyVault {
  return {
    masterKey: () =>
      onDisk(async () => {
        await disk.mkdir(path.dirname(target), 0o700);
        const existing = await keyIfThere(disk, target);
        if (existing) return existing;
        await createKey(disk, target);
        const created = await keyIfThere(disk, target);
        if (!created) throw new CounterError('STORE_KEY_WRONG', { reason: 'VANISHED' });
        return created;
      }),
  };
}

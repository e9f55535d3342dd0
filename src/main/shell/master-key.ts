import { randomBytes } from 'node:crypto';
import { open, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { safeStorage } from 'electron';
import { CounterError } from '../../contract/errors.ts';

const WRAPPED = 'master-key.wrapped';
/** Where the engine keeps the key when there is no OS vault. */
const PLAIN = 'master.key';
const KEY_BYTES = 32;

/**
 * The store's master key (32 bytes), wrapped by the OS vault (DPAPI, Keychain, Secret Service) in a file of the
 * data folder. Null where the OS has no vault of its own ('basic_text' hides nothing): the engine then keeps a
 * 0600 key file. A key file from before there was a vault is taken into the vault.
 *
 * Throws STORE_KEY_WRONG where a wrapped key is there and the vault is closed or is another user's: a new key would
 * only make a store that nobody can open look empty. Throws DISK_FAILED where the file cannot be read or written.
 */
export async function unwrapMasterKey(dataDir: string): Promise<Uint8Array<ArrayBuffer> | null> {
  try {
    const wrapped = await readIfThere(path.join(dataDir, WRAPPED));
    if (!wrapped) return hasRealVault() ? await wrapKey(dataDir) : null;
    const key = unwrap(wrapped);
    await dropPlainCopy(dataDir, key);
    return key;
  } catch (cause) {
    if (cause instanceof CounterError) throw cause;
    throw new CounterError('DISK_FAILED', { file: WRAPPED }, { cause });
  }
}

function hasRealVault(): boolean {
  if (!safeStorage.isEncryptionAvailable()) return false;
  return process.platform !== 'linux' || safeStorage.getSelectedStorageBackend() !== 'basic_text';
}

function unwrap(wrapped: Buffer): Uint8Array<ArrayBuffer> {
  if (!hasRealVault()) throw new CounterError('STORE_KEY_WRONG', { reason: 'VAULT_CLOSED' });
  let text: string;
  try {
    text = safeStorage.decryptString(wrapped);
  } catch (cause) {
    throw new CounterError('STORE_KEY_WRONG', { reason: 'VAULT_REFUSES' }, { cause });
  }
  const key = Buffer.from(text, 'base64');
  if (key.length !== KEY_BYTES) throw new CounterError('STORE_KEY_WRONG', { reason: 'SIZE' });
  return new Uint8Array(key);
}

async function wrapKey(dataDir: string): Promise<Uint8Array<ArrayBuffer>> {
  const key = (await readIfThere(path.join(dataDir, PLAIN))) ?? randomBytes(KEY_BYTES);
  if (key.length !== KEY_BYTES) throw new CounterError('STORE_KEY_WRONG', { reason: 'SIZE' });
  await writeDurably(path.join(dataDir, WRAPPED), safeStorage.encryptString(key.toString('base64')));
  const own = new Uint8Array(key);
  await dropPlainCopy(dataDir, own);
  return own;
}

/** Only the very key that the vault holds may go; any other file of that name may be all that opens a store. */
async function dropPlainCopy(dataDir: string, key: Uint8Array): Promise<void> {
  const file = path.join(dataDir, PLAIN);
  const plain = await readIfThere(file);
  if (plain?.equals(key)) await rm(file);
}

async function readIfThere(file: string): Promise<Buffer | null> {
  return readFile(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
}

/** A key that is lost after a power cut is a store that is lost: fsync before the name is there, and the name too. */
async function writeDurably(file: string, bytes: Uint8Array): Promise<void> {
  const temp = `${file}.tmp`;
  const handle = await open(temp, 'w', 0o600);
  try {
    await handle.writeFile(bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(temp, file);
  if (process.platform === 'win32') return;
  const folder = await open(path.dirname(file), 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

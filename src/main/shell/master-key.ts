import { randomBytes } from 'node:crypto';
import { open, readFile, rename } from 'node:fs/promises';
import path from 'node:path';
import { safeStorage } from 'electron';

const FILE = 'master-key.wrapped';

/**
 * The store's master key (32 bytes), wrapped by the OS vault (DPAPI, Keychain, Secret Service) in a file of the
 * data folder. Null where the OS has no vault of its own ('basic_text' hides nothing): the engine then keeps a
 * 0600 key file, which the diagnostics name.
 */
export async function unwrapMasterKey(dataDir: string): Promise<Uint8Array<ArrayBuffer> | null> {
  const file = path.join(dataDir, FILE);
  if (!hasRealVault()) return null;
  const wrapped = await readFile(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  if (wrapped) return new Uint8Array(Buffer.from(safeStorage.decryptString(wrapped), 'base64'));
  const key = randomBytes(32);
  await writeDurably(file, safeStorage.encryptString(key.toString('base64')));
  return new Uint8Array(key);
}

function hasRealVault(): boolean {
  if (!safeStorage.isEncryptionAvailable()) return false;
  return process.platform !== 'linux' || safeStorage.getSelectedStorageBackend() !== 'basic_text';
}

/** A key that is lost after a power cut is a store that is lost: fsync before the name is there, and the name too. */
async function writeDurably(file: string, bytes: Uint8Array): Promise<void> {
  const temp = `${file}.tmp`;
  const handle = await open(temp, 'w', 0o600);
  await handle.writeFile(bytes);
  await handle.sync();
  await handle.close();
  await rename(temp, file);
  if (process.platform === 'win32') return;
  const folder = await open(path.dirname(file), 'r');
  await folder.sync();
  await folder.close();
}

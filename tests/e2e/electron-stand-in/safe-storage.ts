import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { userData } from './user-data.ts';

/** The OS vault's own key outlives the program; without STAND_IN_VAULT=closed it is open to this user. */
const file = path.join(userData, 'stand-in-os-vault.key');
const isOpen = process.env.STAND_IN_VAULT !== 'closed';

function osKey(): Buffer {
  if (!existsSync(file)) writeFileSync(file, randomBytes(32), { mode: 0o600 });
  return readFileSync(file);
}

export const safeStorage = {
  isEncryptionAvailable: () => isOpen,
  getSelectedStorageBackend: () => (isOpen ? 'gnome_libsecret' : 'basic_text'),
  encryptString(text: string): Buffer {
    const iv = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', osKey(), iv);
    return Buffer.concat([iv, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
  },
  decryptString(wrapped: Buffer): string {
    const decipher = createDecipheriv('aes-256-gcm', osKey(), wrapped.subarray(0, 12));
    decipher.setAuthTag(wrapped.subarray(-16));
    return decipher.update(wrapped.subarray(12, -16)).toString('utf8') + decipher.final('utf8');
  },
};

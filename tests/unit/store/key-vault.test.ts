import { chmodSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { nodeDisk } from '../../../src/main/store/disk.ts';
import { deriveStoreKeys, fileKeyVault } from '../../../src/main/store/key-vault.ts';
import { brokenDisk, codeOf, filesUnder, tempFolder } from './fixtures.ts';

describe('the key file', () => {
  it('is made once, private, and gives the same 32 bytes ever after', async () => {
    const file = path.join(tempFolder(), 'keys', 'master.key');
    const key = await fileKeyVault(file).masterKey();
    expect(key.length).toBe(32);
    expect(new Set(key).size).toBeGreaterThan(8);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(await fileKeyVault(file).masterKey()).toEqual(key);
    expect(filesUnder(path.dirname(file))).toEqual([file]);
  });

  it('is one key for all who start at the same time', async () => {
    const file = path.join(tempFolder(), 'master.key');
    const keys = await Promise.all(Array.from({ length: 12 }, () => fileKeyVault(file).masterKey()));
    expect(new Set(keys.map((k) => Buffer.from(k).toString('hex'))).size).toBe(1);
    expect(filesUnder(path.dirname(file))).toEqual([file]);
  });

  it.each([0o640, 0o604, 0o660])('is refused where others may read it (mode %o)', async (mode) => {
    const file = path.join(tempFolder(), 'master.key');
    await fileKeyVault(file).masterKey();
    chmodSync(file, mode);
    expect(await codeOf(fileKeyVault(file).masterKey())).toBe('STORE_KEY_WRONG');
  });

  it.each([0, 31, 33, 4096])('is refused, and left as it is, where it has %i bytes', async (bytes) => {
    const file = path.join(tempFolder(), 'master.key');
    writeFileSync(file, Buffer.alloc(bytes, 1), { mode: 0o600 });
    expect(await codeOf(fileKeyVault(file).masterKey())).toBe('STORE_KEY_WRONG');
    expect(readFileSync(file).length).toBe(bytes);
  });

  it('is whole or absent wherever the disk fails', async () => {
    for (let at = 1; ; at += 1) {
      const file = path.join(tempFolder(), 'master.key');
      const disk = brokenDisk(nodeDisk, { at, errno: 'ENOSPC', forGood: at % 2 === 0 });
      const code = await codeOf(fileKeyVault(file, disk).masterKey());
      const key = await fileKeyVault(file).masterKey();
      expect(await fileKeyVault(file).masterKey(), `operation ${at}`).toEqual(key);
      if (disk.operations().length < at) {
        expect(code).toBe('none');
        expect(at).toBeGreaterThan(8);
        return;
      }
      expect(code, `operation ${at}: ${disk.operations()[at - 1]}`).toBe('DISK_FULL');
    }
  });
});

describe('the keys of the store', () => {
  it('differ by purpose and follow from the master key alone', () => {
    const master = Buffer.alloc(32, 3);
    const keys = deriveStoreKeys(master);
    const all = [master, keys.database, keys.vaultName, keys.vaultContent].map((k) =>
      Buffer.from(k).toString('hex'),
    );
    expect(new Set(all).size).toBe(4);
    expect(deriveStoreKeys(Buffer.alloc(32, 3))).toEqual(keys);
    expect(deriveStoreKeys(Buffer.alloc(32, 4)).database).not.toEqual(keys.database);
  });

  it('need a master key of 32 bytes', async () => {
    expect(await codeOf(() => deriveStoreKeys(new Uint8Array(16)))).toBe('STORE_KEY_WRONG');
  });
});

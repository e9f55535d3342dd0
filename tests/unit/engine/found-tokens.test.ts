import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CounterError } from '../../../src/contract/errors.ts';
import type { SigningKeyInfo } from '../../../src/contract/model.ts';
import { createKeys } from '../../../src/main/engine/devices.ts';
import { createTokenFinder } from '../../../src/main/engine/found-tokens.ts';
import { silentLog } from '../../../src/main/engine/log.ts';
import { describeWithPeers } from '../../support/peers.ts';

/** A library of this machine's kind: what is in it is asked of nobody here. */
const LIBRARY = '/usr/lib/softhsm/libsofthsm2.so';
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'counter-modules-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function finder(installed: readonly string[], slots: (file: string) => object[]) {
  mkdirSync(folder, { recursive: true });
  for (const name of installed) copyFileSync(LIBRARY, path.join(folder, name));
  const asked: string[] = [];
  const find = createTokenFinder({
    listing: {
      folders: { [process.platform]: [folder] },
      modules: [
        { vendor: 'A', use: 'government', files: ['bit4xpki.so'] },
        { vendor: 'B', use: 'public', files: ['other.so'] },
        { vendor: 'T', use: 'test', files: ['softhsm.so'] },
      ],
    },
    host: {
      probe: async (file: string) => {
        asked.push(path.basename(file));
        return { library: 'x', slots: slots(path.basename(file)) };
      },
    } as never,
    log: silentLog,
  });
  return { find, asked };
}

const token = (label: string, serial: string) => ({
  description: 'slot',
  fault: null,
  token: {
    ...{ label, serial, model: 'm', manufacturer: 'f', initialised: true },
    ...{ pinState: 'low', pinPad: false },
  },
});

describeWithPeers(['softhsm'], 'tokens of known makers', () => {
  it('are offered through one module each, and test modules are left alone', async () => {
    const { find, asked } = finder(['bit4xpki.so', 'other.so', 'softhsm.so'], () => [
      token('Nông Thị Mẫu', 'A1'),
    ]);
    const found = await find();
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({ label: 'Nông Thị Mẫu', kind: 'pkcs11', pinState: 'low' });
    expect(found[0]!.uri).toMatch(/^pkcs11:\/.*\.so\?token=N%C3%B4ng%20Th%E1%BB%8B%20M%E1%BA%ABu&serial=A1$/);
    expect(asked.sort()).toEqual(['bit4xpki.so', 'other.so']);
  });

  it('of a module that crashed are not asked for again', async () => {
    const { find, asked } = finder(['bit4xpki.so'], () => {
      throw new CounterError('TOKEN_HOST_CRASHED');
    });
    expect(await find()).toEqual([]);
    expect(await find()).toEqual([]);
    expect(asked).toEqual(['bit4xpki.so']);
  });
});

describe('the keys that are offered', () => {
  const info = (uri: string, label: string): SigningKeyInfo => ({
    uri,
    label,
    kind: 'pkcs11',
    pinState: 'ok',
  });

  it('are the configured ones, then what was found and is not among them, and only those open', async () => {
    const own = 'pkcs11:/own.so?token=A';
    const found = [info('pkcs11:/x.so?token=A', 'A'), info('pkcs11:/x.so?token=B', 'B')];
    const open = (uri: string) => ({ describe: async () => info(uri, 'A') }) as never;
    const keys = createKeys({ keys: [own] } as never, open, async () => found, silentLog);
    const refused = expect.objectContaining({ code: 'KEY_SOURCE_INVALID' });
    expect(() => keys.open('pkcs11:/x.so?token=B')).toThrow(refused);
    expect((await keys.list()).map((k) => k.uri)).toEqual([own, 'pkcs11:/x.so?token=B']);
    keys.open('pkcs11:/x.so?token=B');
    keys.open(own);
    expect(() => keys.open('pkcs11:/x.so?token=A')).toThrow(refused);
  });
});

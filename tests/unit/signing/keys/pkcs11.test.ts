import { sign as signData, verify } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { CounterError } from '../../../../src/contract/errors.ts';
import { cryptoInput, partsOf } from '../../../../src/main/signing/keys/algorithm.ts';
import { ecdsaToDer } from '../../../../src/main/signing/keys/ecdsa.ts';
import { openKeySource } from '../../../../src/main/signing/keys/open.ts';
import type { OpenToken, TokenHost } from '../../../../src/main/signing/keys/token-host/client.ts';
import type { TokenChoice, TokenReport } from '../../../../src/main/signing/keys/token-host/messages.ts';
import { type SignerName, type TestPki, testPki } from '../../../support/pki.ts';

let pki: TestPki;
beforeAll(async () => {
  pki = await testPki();
});

const REPORT: TokenReport = {
  label: 'counter',
  serial: 'AB12',
  model: 'm',
  manufacturer: 'v',
  initialised: true,
  pinState: 'low',
  pinPad: false,
};

interface Card {
  readonly keys: Readonly<Record<string, SignerName>>;
  readonly certificates: Readonly<Record<string, SignerName>>;
}

interface Abilities {
  /** What the token lists. */
  readonly pss: boolean;
  /** What it does when asked for RSASSA-PSS; null = as it should. */
  readonly onPss?: 'refuses' | 'signs-otherwise' | 'is-removed';
}

/** A token host whose card holds the test PKI's keys. */
function hostWith(card: Card, reports: TokenReport[] = [REPORT], { pss, onPss }: Abilities = { pss: true }) {
  const log: unknown[] = [];
  const opened: OpenToken = {
    token: REPORT,
    keyIds: Object.keys(card.keys),
    certificates: [
      ...Object.entries(card.certificates).map(([id, name]) => ({ id, der: pki.signers[name].certificate })),
      { id: 'ca', der: pki.issuing },
      { id: '', der: Uint8Array.of(1, 2, 3) },
    ],
    pss,
    sign: async ({ keyId, algorithm, data }) => {
      const { privateKey } = pki.signers[card.keys[keyId]!];
      const { scheme, hash } = partsOf(algorithm);
      if (scheme === 'rsa-pss') {
        log.push(algorithm);
        if (onPss === 'refuses') throw new CounterError('KEY_UNSUPPORTED', { ckr: 'CKR_MECHANISM_INVALID' });
        if (onPss === 'is-removed') throw new CounterError('TOKEN_REMOVED');
        if (onPss === 'signs-otherwise') return signData(hash, data, privateKey);
      }
      return signData(hash, data, { ...cryptoInput(privateKey, algorithm), dsaEncoding: 'ieee-p1363' });
    },
    close: async () => void log.push('close'),
  };
  const tokenHost: TokenHost = {
    probe: async () => ({
      library: 'l',
      slots: reports.map((token) => ({ description: 's', token, fault: null })),
    }),
    open: async (module: string, token: TokenChoice, pin: string) => {
      log.push({ module, token, pin });
      return opened;
    },
    present: async () => true,
    shutdown: async () => {},
  };
  return { log, deps: { tokenHost, now: () => new Date() } };
}

describe('key addresses', () => {
  it.each([
    ['', 'empty'],
    ['pkcs12:', 'empty'],
    ['file:/a.p12', 'scheme'],
    ['C:\\keys\\a.p12', 'scheme'],
    ['windows:my/0123456789abcdef', 'not-on-this-system'],
    ['pkcs11:/lib/x.so', 'token'],
    ['pkcs11:/lib/x.so?token=', 'token'],
    ['pkcs11:?token=a', 'module'],
    ['pkcs11:/lib/x.so?token=a&slot=1', 'parameter'],
    ['pkcs11:/lib/x.so?token=a&token=b', 'parameter'],
    ['pkcs11:/lib/x.so?token=a&id=xyz', 'id'],
    ['pkcs12:/a\0b', 'characters'],
    [`pkcs12:/${'a'.repeat(5000)}`, 'characters'],
  ])('refuses %j', (uri, reason) => {
    const { deps } = hostWith({ keys: {}, certificates: {} });
    expect(() => openKeySource(uri, deps)).toThrow(
      expect.objectContaining({ code: 'KEY_SOURCE_INVALID', details: { reason } }),
    );
  });

  it('finds module, token, serial and key in the address', async () => {
    const { log, deps } = hostWith({ keys: { '0a': 'ec' }, certificates: { '0a': 'ec' } });
    const uri = 'pkcs11:/lib/b?c.so?token=C%C3%A1n%20b%E1%BB%99+1&serial=AB12&id=0A';
    await openKeySource(uri, deps).open('1234');
    expect(log).toEqual([
      { module: '/lib/b?c.so', token: { label: 'Cán bộ+1', serial: 'AB12' }, pin: '1234' },
    ]);
  });
});

describe('keys on tokens', () => {
  const URI = 'pkcs11:/lib/x.so?token=counter';

  it.each([
    ['rsa', 'rsa-pkcs1-sha256', 'sha256'],
    ['ec', 'ecdsa-sha256', 'sha256'],
    ['ec384', 'ecdsa-sha384', 'sha384'],
  ] as const)('%s signs as %s, in the form that CMS wants', async (name, algorithm, hash) => {
    const { deps } = hostWith({ keys: { '01': name }, certificates: { '01': name } });
    const key = await openKeySource(URI, deps).open('1234');
    expect(key).toMatchObject({
      algorithm,
      info: { kind: 'pkcs11', label: 'counter', pinState: 'low', uri: URI },
    });
    expect(key.certificates).toHaveLength(2);
    const data = Buffer.from('xin chào');
    expect(verify(hash, data, { key: pki.signers[name].privateKey }, await key.sign(data))).toBe(true);
  });

  it.each([
    ['rsa', { hash: 'sha384' }, 'rsa-pkcs1-sha384'],
    ['rsa', { hash: 'sha512' }, 'rsa-pkcs1-sha512'],
    ['rsa', { rsa: 'pss' }, 'rsa-pss-sha256'],
    ['rsa', { rsa: 'pss-where-possible', hash: 'sha512' }, 'rsa-pss-sha512'],
    ['ec', { hash: 'sha512', rsa: 'pss' }, 'ecdsa-sha512'],
    ['ec384', { hash: 'sha256' }, 'ecdsa-sha256'],
  ] as const)('%s used as %j signs as %s', async (name, use, algorithm) => {
    const { deps } = hostWith({ keys: { '01': name }, certificates: { '01': name } });
    const key = await openKeySource(URI, deps).open('1234', use);
    expect(key.algorithm).toBe(algorithm);
    const data = Buffer.from('xin chào');
    const input = cryptoInput(pki.signers[name].privateKey, algorithm);
    expect(verify(partsOf(algorithm).hash, data, input, await key.sign(data))).toBe(true);
  });

  it.each([
    ['lists none', { pss: false }, 0],
    ['refuses what it lists', { pss: true, onPss: 'refuses' }, 1],
    ['makes something else of it', { pss: true, onPss: 'signs-otherwise' }, 1],
  ] as const)(
    'RSASSA-PSS on a token that %s: refused, or PKCS#1 v1.5 where that will do',
    async (_, abilities, tries) => {
      const card = { keys: { '01': 'rsa' }, certificates: { '01': 'rsa' } } as const;
      const refused = hostWith(card, [REPORT], abilities);
      await expect(openKeySource(URI, refused.deps).open('1234', { rsa: 'pss' })).rejects.toMatchObject({
        code: 'KEY_UNSUPPORTED',
        details: { reason: 'no-pss' },
      });
      expect(refused.log.filter((entry) => entry === 'rsa-pss-sha256')).toHaveLength(tries);
      expect(refused.log.at(-1)).toBe('close');
      const { deps } = hostWith(card, [REPORT], abilities);
      const key = await openKeySource(URI, deps).open('1234', { rsa: 'pss-where-possible', hash: 'sha384' });
      expect(key.algorithm).toBe('rsa-pkcs1-sha384');
      const data = Buffer.from('x');
      expect(verify('sha384', data, pki.signers.rsa.privateKey, await key.sign(data))).toBe(true);
    },
  );

  it('does not take a pulled token for one without RSASSA-PSS', async () => {
    const card = { keys: { '01': 'rsa' }, certificates: { '01': 'rsa' } } as const;
    const { deps } = hostWith(card, [REPORT], { pss: true, onPss: 'is-removed' });
    const use = { rsa: 'pss-where-possible' } as const;
    await expect(openKeySource(URI, deps).open('1234', use)).rejects.toMatchObject({ code: 'TOKEN_REMOVED' });
  });

  it('takes the key that may sign now, of several', async () => {
    const card = { keys: { a1: 'expired', a2: 'wrongUsage', a3: 'ec', a4: 'future' } } as const;
    const { deps } = hostWith({ ...card, certificates: card.keys });
    const key = await openKeySource(URI, deps).open('1234');
    expect(Buffer.from(key.certificates[0]!)).toEqual(Buffer.from(pki.signers.ec.certificate));
    const chosen = await openKeySource(`${URI}&id=a2`, deps).open('1234');
    expect(Buffer.from(chosen.certificates[0]!)).toEqual(Buffer.from(pki.signers.wrongUsage.certificate));
  });

  it.each([
    [{ '01': 'expired' }, { '01': 'expired' }, 'CERTIFICATE_EXPIRED'],
    [{ '01': 'future' }, { '01': 'future' }, 'CERTIFICATE_NOT_YET_VALID'],
    [{ '01': 'ec' }, {}, 'TOKEN_NO_KEY'],
    [{}, { '01': 'ec' }, 'TOKEN_NO_KEY'],
    [{ '01': 'ec' }, { '02': 'ec' }, 'TOKEN_NO_KEY'],
  ] as const)(
    'keys %j with certificates %j give %s, and the token is let go',
    async (keys, certificates, code) => {
      const { log, deps } = hostWith({ keys, certificates });
      await expect(openKeySource(URI, deps).open('1234')).rejects.toMatchObject({ code });
      expect(log.at(-1)).toBe('close');
    },
  );

  it('notices a key that is not the certificate’s', async () => {
    const { deps } = hostWith({ keys: { '01': 'wrongUsage' }, certificates: { '01': 'ec' } });
    const key = await openKeySource(URI, deps).open('1234');
    await expect(key.sign(Buffer.from('x'))).rejects.toMatchObject({ code: 'CERTIFICATE_MISMATCH' });
  });

  it('describes the token without a PIN', async () => {
    const { log, deps } = hostWith({ keys: {}, certificates: {} });
    expect(await openKeySource(URI, deps).describe()).toEqual({
      uri: URI,
      label: 'counter',
      kind: 'pkcs11',
      pinState: 'low',
    });
    expect(log).toEqual([]);
  });

  it('names a token that is away, and two of the same label', async () => {
    const none = hostWith({ keys: {}, certificates: {} }, []);
    await expect(openKeySource(URI, none.deps).describe()).rejects.toMatchObject({
      code: 'TOKEN_NOT_PRESENT',
    });
    const two = hostWith({ keys: {}, certificates: {} }, [REPORT, { ...REPORT, serial: 'CD34' }]);
    await expect(openKeySource(URI, two.deps).describe()).rejects.toMatchObject({
      code: 'KEY_SOURCE_INVALID',
    });
    const bySerial = openKeySource(`${URI}&serial=cd34`, two.deps);
    expect((await bySerial.describe()).label).toBe('counter');
  });
});

describe('ECDSA signatures of tokens', () => {
  it.each([
    ['0102', '3006020101020102'],
    ['00ff0080', '3008020200ff02020080'],
    ['7fff0001', '300702027fff020101'],
    ['00000000', '3006020100020100'],
  ])('r‖s %s becomes %s', (raw, der) => {
    expect(Buffer.from(ecdsaToDer(Buffer.from(raw, 'hex'))).toString('hex')).toBe(der);
  });

  it.each(['', '010203'])('refuses %j', (raw) => {
    expect(() => ecdsaToDer(Buffer.from(raw, 'hex'))).toThrow('TOKEN_FUNCTION_FAILED');
  });
});

import { spawnSync } from 'node:child_process';
import { createPublicKey, verify, X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CounterError } from '../../../../src/contract/errors.ts';
import { der, readAsn1, sequence } from '../../../../src/main/signing/cms/asn1.ts';
import { cryptoInput, partsOf } from '../../../../src/main/signing/keys/algorithm.ts';
import { pkcs12Source } from '../../../../src/main/signing/keys/pkcs12.ts';
import { readPkcs12 } from '../../../../src/main/signing/keys/pkcs12-file.ts';
import { issueTestIdentity } from '../../../../src/simulators/certificates.ts';
import { describeWithPeers } from '../../../support/peers.ts';
import { PASSWORD, SIGNER_NAME, type TestPki, testPki, VIETNAMESE_PASSWORD } from '../../../support/pki.ts';

let pki: TestPki;
const folder = mkdtempSync(path.join(tmpdir(), 'pkcs12-'));
beforeAll(async () => {
  pki = await testPki();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function expectSigns(file: string, password: string, certificate: Uint8Array, hash = 'sha256') {
  const key = await pkcs12Source(file).open(password);
  expect(Buffer.from(key.certificates[0]!)).toEqual(Buffer.from(certificate));
  const data = Buffer.from('xin chào');
  const signature = await key.sign(data);
  expect(verify(hash, data, new X509Certificate(certificate).publicKey, signature)).toBe(true);
  return key;
}

describe('PKCS#12', () => {
  it.each([
    ['rsa', 'rsa-pkcs1-sha256', 'sha256'],
    ['ec', 'ecdsa-sha256', 'sha256'],
    ['ec384', 'ecdsa-sha384', 'sha384'],
  ] as const)('opens %s and signs as %s', async (name, algorithm, hash) => {
    const { p12File, certificate, certificates } = pki.signers[name];
    const key = await expectSigns(p12File, PASSWORD, certificate, hash);
    expect(key.algorithm).toBe(algorithm);
    expect(key.info.label).toBe(SIGNER_NAME);
    expect(key.certificates.map((c) => Buffer.from(c))).toEqual(certificates.map((c) => Buffer.from(c)));
    await key.close();
    await expect(key.sign(Buffer.from('x'))).rejects.toMatchObject({ code: 'PKCS12_NO_KEY' });
  });

  it.each([
    ['rsa', { hash: 'sha512' }, 'rsa-pkcs1-sha512'],
    ['rsa', { rsa: 'pss' }, 'rsa-pss-sha256'],
    ['rsa', { rsa: 'pss-where-possible', hash: 'sha384' }, 'rsa-pss-sha384'],
    ['ec', { hash: 'sha384' }, 'ecdsa-sha384'],
    ['ec384', { rsa: 'pss' }, 'ecdsa-sha384'],
  ] as const)('signs with %s used as %j: %s', async (name, use, algorithm) => {
    const { p12File, privateKey } = pki.signers[name];
    const key = await pkcs12Source(p12File).open(PASSWORD, use);
    expect(key.algorithm).toBe(algorithm);
    const data = Buffer.from('xin chào');
    const signature = await key.sign(data);
    const { hash } = partsOf(algorithm);
    expect(verify(hash, data, cryptoInput(createPublicKey(privateKey), algorithm), signature)).toBe(true);
    // Another salt or another padding is another signature.
    if (algorithm.startsWith('rsa')) {
      const other = algorithm.startsWith('rsa-pss') ? 'rsa-pkcs1-sha256' : 'rsa-pss-sha256';
      expect(verify(hash, data, cryptoInput(createPublicKey(privateKey), other), signature)).toBe(false);
    }
  });

  it('opens the legacy form, 3DES under HMAC-SHA-1', async () => {
    await expectSigns(pki.files.legacy, PASSWORD, pki.signers.rsa.certificate);
  });

  it('opens with a password beyond ASCII', async () => {
    await expectSigns(pki.files.vietnamese, VIETNAMESE_PASSWORD, pki.signers.ec.certificate);
    const bare = VIETNAMESE_PASSWORD.normalize('NFD').replace(/[\u0300-\u036f]/g, '');
    await expect(pkcs12Source(pki.files.vietnamese).open(bare)).rejects.toMatchObject({
      code: 'PKCS12_PASSWORD_WRONG',
    });
  });

  it.each(['', 'mat-khau-2', `${PASSWORD} `])('calls %j a wrong password', async (password) => {
    for (const file of [pki.signers.rsa.p12File, pki.files.legacy]) {
      await expect(pkcs12Source(file).open(password)).rejects.toMatchObject({
        code: 'PKCS12_PASSWORD_WRONG',
      });
    }
  });

  it('describes itself without a password', async () => {
    const file = pki.signers.rsa.p12File;
    expect(await pkcs12Source(file).describe()).toEqual({
      uri: `pkcs12:${file}`,
      label: 'rsa.p12',
      kind: 'pkcs12',
      pinState: 'unknown',
    });
  });

  it('names what is wrong with the file', async () => {
    const open = (file: string) => pkcs12Source(file).open(PASSWORD);
    await expect(open(path.join(folder, 'absent.p12'))).rejects.toMatchObject({ code: 'FILE_MISSING' });
    await expect(open(folder)).rejects.toMatchObject({ code: 'FILE_MISSING' });
    await expect(open(pki.rootFile)).rejects.toMatchObject({ code: 'PKCS12_UNREADABLE' });
    await expect(open(pki.files.noKey)).rejects.toMatchObject({ code: 'PKCS12_NO_KEY' });
    await expect(open(pki.files.wrongKey)).rejects.toMatchObject({ code: 'CERTIFICATE_MISMATCH' });
    await expect(open(pki.signers.expired.p12File)).rejects.toMatchObject({ code: 'CERTIFICATE_EXPIRED' });
    await expect(open(pki.signers.future.p12File)).rejects.toMatchObject({
      code: 'CERTIFICATE_NOT_YET_VALID',
    });
  });

  it('opens an expired certificate at a time when it was valid', async () => {
    const deps = { now: () => new Date(Date.now() - 100 * 86_400_000) };
    const key = await pkcs12Source(pki.signers.expired.p12File, deps).open(PASSWORD);
    expect(key.algorithm).toBe('ecdsa-sha256');
  });

  it('answers every cut and flipped octet with contents or a named error', () => {
    const whole = readFileSync(pki.signers.ec.p12File);
    const codes = new Set<string>();
    for (let at = 0; at < whole.length; at += 11) {
      const flipped = Buffer.from(whole);
      flipped[at]! ^= 0x21;
      for (const bad of [flipped, whole.subarray(0, at)]) {
        try {
          readPkcs12(bad, PASSWORD);
          codes.add('opened');
        } catch (error) {
          expect(error).toBeInstanceOf(CounterError);
          codes.add((error as CounterError).code);
        }
      }
    }
    expect([...codes].sort()).toEqual(['PKCS12_PASSWORD_WRONG', 'PKCS12_UNREADABLE']);
  });

  it.each([
    ['2^31 − 1', [0x7f, 0xff, 0xff, 0xff]],
    ['none', [0]],
    ['fewer than none', [0xff]],
    ['2^63', [0, 0x80, 0, 0, 0, 0, 0, 0, 0]],
  ])('refuses a key derivation of %s rounds before it starts', (_, rounds) => {
    const [version, safe, mac] = readAsn1(readFileSync(pki.signers.ec.p12File)).children;
    const [digest, salt] = mac!.children;
    const hostile = sequence(
      version!.raw,
      safe!.raw,
      sequence(digest!.raw, salt!.raw, der(0x02, Uint8Array.from(rounds))),
    );
    expect(() => readPkcs12(hostile, PASSWORD)).toThrow('PKCS12_UNREADABLE');
  });

  it('a fresh test identity opens', async () => {
    const identity = await issueTestIdentity({ commonName: 'Lò Văn Thử', keyType: 'ec-p256', password: 'đ' });
    const file = path.join(folder, 'fresh.p12');
    writeFileSync(file, identity.p12);
    const key = await expectSigns(file, 'đ', identity.certificates[0]!);
    expect(key.info.label).toBe('Lò Văn Thử');
    expect(identity.chainPem.split('BEGIN CERTIFICATE').length).toBe(4);
  });
});

describeWithPeers(['openssl'], 'PKCS#12 from openssl', () => {
  const aes = ['-keypbe', 'AES-256-CBC', '-certpbe', 'AES-128-CBC'];
  it.each([
    ['AES with SHA-256', [...aes, '-macalg', 'sha256'], 'rsa'],
    ['AES with SHA-512', [...aes, '-macalg', 'sha512'], 'ec'],
    ['no MAC', [...aes, '-nomac'], 'rsa'],
    ['3DES', ['-keypbe', 'PBE-SHA1-3DES', '-certpbe', 'PBE-SHA1-3DES', '-macalg', 'sha1'], 'rsa'],
    ['RC2-40 and 3DES', ['-legacy'], 'rsa'],
    ['RC2-128 for the certificates', ['-legacy', '-certpbe', 'PBE-SHA1-RC2-128'], 'ec'],
    ['sixty thousand rounds', [...aes, '-iter', '60000', '-macalg', 'sha256'], 'rsa'],
  ] as const)('opens %s', async (title, options, name) => {
    const file = path.join(folder, `${title.replace(/\W/g, '-')}.p12`);
    const { certificateFile, keyFile, certificate } = pki.signers[name];
    const made = spawnSync('openssl', [
      ...['pkcs12', '-export', '-in', certificateFile, '-inkey', keyFile, '-certfile', pki.issuingFile],
      ...['-passout', `pass:${PASSWORD}`, '-out', file, ...options],
    ]);
    expect(made.stderr.toString()).toBe('');
    const key = await expectSigns(file, PASSWORD, certificate);
    expect(key.certificates).toHaveLength(2);
    await expect(pkcs12Source(file).open('khong-phai')).rejects.toMatchObject({
      code: 'PKCS12_PASSWORD_WRONG',
    });
  });

  it('opens a file whose key and certificates are not encrypted, under its MAC', async () => {
    const file = path.join(folder, 'plain.p12');
    const { certificateFile, keyFile, certificate } = pki.signers.ec;
    const made = spawnSync('openssl', [
      ...[
        'pkcs12',
        '-export',
        '-in',
        certificateFile,
        '-inkey',
        keyFile,
        '-keypbe',
        'NONE',
        '-certpbe',
        'NONE',
      ],
      ...['-macalg', 'sha256', '-passout', `pass:${PASSWORD}`, '-out', file],
    ]);
    expect(made.stderr.toString()).toBe('');
    const key = await expectSigns(file, PASSWORD, certificate);
    expect(key.certificates).toHaveLength(1);
    await expect(pkcs12Source(file).open('khong-phai')).rejects.toMatchObject({
      code: 'PKCS12_PASSWORD_WRONG',
    });
  });

  it.each([
    ['PBE-SHA1-3DES', '2000', null],
    // No single count is beyond reason: their sum is.
    ['PBE-SHA1-3DES', '90000', 'iteration count'],
    ['aes-256-cbc', '900000', 'iteration count'],
  ] as const)(
    'of %s and %s iterations is opened, or refused for what it would cost',
    (cipher, rounds, reason) => {
      const { certificateFile, keyFile } = pki.signers.ec;
      const file = path.join(folder, `${cipher}-${rounds}.p12`);
      const made = spawnSync('openssl', [
        ...['pkcs12', '-export', '-in', certificateFile, '-inkey', keyFile, '-iter', rounds, '-out', file],
        ...['-keypbe', cipher, '-certpbe', cipher, '-macalg', 'sha1', '-passout', `pass:${PASSWORD}`],
      ]);
      expect(made.stderr.toString()).toBe('');
      const open = () => readPkcs12(readFileSync(file), PASSWORD);
      if (reason === null) expect(open().keys).toHaveLength(1);
      else expect(open).toThrow(expect.objectContaining({ code: 'PKCS12_UNREADABLE', details: { reason } }));
    },
  );

  it('refuses by name a key that nobody accepts any more, or that signs in another way', async () => {
    for (const [name, options] of [
      ['rsa1024', ['-newkey', 'rsa:1024']],
      ['ed25519', ['-newkey', 'ed25519']],
      ['p521', ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-521']],
    ] as const) {
      const at = (extension: string) => path.join(folder, `${name}.${extension}`);
      const request = ['req', '-x509', '-nodes', '-subj', '/CN=x', '-keyout', at('key'), '-out', at('pem')];
      expect(spawnSync('openssl', [...request, ...options]).status).toBe(0);
      const pack = ['pkcs12', '-export', '-in', at('pem'), '-inkey', at('key'), '-out', at('p12')];
      expect(spawnSync('openssl', [...pack, '-passout', `pass:${PASSWORD}`]).status).toBe(0);
      await expect(pkcs12Source(at('p12')).open(PASSWORD)).rejects.toMatchObject({ code: 'KEY_UNSUPPORTED' });
    }
  });
});

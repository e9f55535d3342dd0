import { spawnSync } from 'node:child_process';
import { createHash, sign as signData } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CounterError } from '../../../../src/contract/errors.ts';
import { readAsn1 } from '../../../../src/main/signing/cms/asn1.ts';
import {
  buildDetachedCms,
  type CmsVerdict,
  type Hash,
  hashOf,
  verifyCms,
} from '../../../../src/main/signing/cms/build.ts';
import { readCertificate } from '../../../../src/main/signing/cms/certificates.ts';
import { algorithmOf } from '../../../../src/main/signing/keys/algorithm.ts';
import type { SigningKey } from '../../../../src/main/signing/port.ts';
import { describeWithPeers } from '../../../support/peers.ts';
import { SIGNER_NAME, type SignerName, type TestPki, testPki } from '../../../support/pki.ts';

const DOCUMENT = Buffer.from('Tài liệu cần ký: Giấy khai sinh\n'.repeat(50));
let pki: TestPki;

beforeAll(async () => {
  pki = await testPki();
});

function keyOf(name: SignerName, certificates = pki.signers[name].certificates): SigningKey {
  const { privateKey, certificate } = pki.signers[name];
  const algorithm = algorithmOf(readCertificate(certificate).x509.publicKey);
  return {
    info: { uri: 'pkcs12:test', label: 'test', kind: 'pkcs12', pinState: 'unknown' },
    certificates,
    algorithm,
    sign: async (data) => signData(hashOf(algorithm), data, privateKey),
    close: async () => {},
  };
}

const digestOf = async (hash: Hash) => createHash(hash).update(DOCUMENT).digest();

async function cmsBy(name: SignerName): Promise<Uint8Array> {
  const key = keyOf(name);
  const hash = hashOf(key.algorithm);
  return buildDetachedCms({ key, hash, messageDigest: await digestOf(hash) });
}

function judge(cms: Uint8Array, options: { trust?: Uint8Array[]; at?: Date; digest?: typeof digestOf } = {}) {
  return verifyCms(cms, options.digest ?? digestOf, {
    trust: options.trust ?? [pki.root],
    at: options.at ?? new Date(),
  });
}

describe('CMS', () => {
  it.each(['rsa', 'ec', 'ec384'] as const)('signs with %s and its own verdict is clean', async (name) => {
    const verdict = await judge(await cmsBy(name));
    expect(verdict).toMatchObject({
      digestOk: true,
      signatureOk: true,
      signedAttributesOk: true,
      signingCertificate: 'v2',
      hash: name === 'ec384' ? 'sha384' : 'sha256',
      signerName: SIGNER_NAME,
      problems: [],
    } satisfies Partial<CmsVerdict>);
    expect(verdict.chain.status).toBe('trusted');
    expect(verdict.chain.path.map((d) => Buffer.from(d))).toEqual(
      [pki.signers[name].certificate, pki.issuing, pki.root].map((d) => Buffer.from(d)),
    );
  });

  it('carries exactly three signed attributes, in the order of DER, and no signing time', async () => {
    const signedData = readAsn1(await cmsBy('rsa')).children[1]!.children[0]!;
    const attributes = signedData.children.at(-1)!.children[0]!.children.find((c) => c.cls === 'context')!;
    expect(attributes.children.map((a) => a.children[0]!.oid).sort()).toEqual([
      '1.2.840.113549.1.9.16.2.47',
      '1.2.840.113549.1.9.3',
      '1.2.840.113549.1.9.4',
    ]);
    const encodings = attributes.children.map((a) => Buffer.from(a.raw));
    expect([...encodings].sort(Buffer.compare)).toEqual(encodings);
  });

  it('refuses a digest of another hash than the key signs with', async () => {
    const request = { key: keyOf('ec384'), hash: 'sha256' as const, messageDigest: await digestOf('sha256') };
    await expect(buildDetachedCms(request)).rejects.toMatchObject({ code: 'KEY_UNSUPPORTED' });
  });

  it('names a changed document by its digest alone', async () => {
    const verdict = await judge(await cmsBy('ec'), {
      digest: async (hash) => createHash(hash).update(DOCUMENT).update('x').digest(),
    });
    expect(verdict).toMatchObject({ digestOk: false, signatureOk: true, signedAttributesOk: false });
  });

  it('names a signature by another key', async () => {
    const { privateKey } = pki.signers.ec;
    const forged: SigningKey = {
      ...keyOf('wrongUsage'),
      sign: async (data) => signData('sha256', data, privateKey),
    };
    const cms = await buildDetachedCms({
      key: forged,
      hash: 'sha256',
      messageDigest: await digestOf('sha256'),
    });
    expect(await judge(cms)).toMatchObject({ digestOk: true, signatureOk: false, problems: ['KEY_USAGE'] });
  });

  it('names a signing-certificate attribute that means another certificate', async () => {
    const cms = await cmsBy('ec');
    const der = Buffer.from(cms);
    const at = der.indexOf(createHash('sha256').update(pki.signers.ec.certificate).digest());
    expect(at).toBeGreaterThan(0);
    der[at]! ^= 1;
    const verdict = await judge(der);
    expect(verdict).toMatchObject({
      signingCertificate: 'wrong',
      signatureOk: false,
      signedAttributesOk: false,
    });
    expect(verdict.problems).toContain('SIGNING_CERTIFICATE_WRONG');
  });

  it.each([
    ['expired', 'expired'],
    ['future', 'not-yet-valid'],
  ] as const)('an %s certificate has the chain status %s', async (name, status) => {
    expect((await judge(await cmsBy(name))).chain.status).toBe(status);
  });

  it('an expired certificate was trusted while it was valid', async () => {
    const at = new Date(Date.now() - 100 * 86_400_000);
    expect((await judge(await cmsBy('expired'), { at })).chain.status).toBe('trusted');
  });

  it('finds no path to a stranger, nor with nobody trusted', async () => {
    const cms = await cmsBy('rsa');
    expect((await judge(cms, { trust: [pki.strangerRoot] })).chain.status).toBe('no-path');
    expect((await judge(cms, { trust: [] })).chain.status).toBe('no-path');
  });

  it('a signer may not stand in for an authority', async () => {
    const key = keyOf('ec', [pki.signers.ec.certificate]);
    const cms = await buildDetachedCms({ key, hash: 'sha256', messageDigest: await digestOf('sha256') });
    expect((await judge(cms)).chain.status).toBe('no-path');
    const helped = await verifyCms(cms, digestOf, {
      trust: [pki.root],
      at: new Date(),
      extra: [pki.issuing],
    });
    expect(helped.chain.status).toBe('trusted');
  });

  it('takes the zero padding of a PDF and nothing else after the end', async () => {
    const cms = await cmsBy('ec');
    expect((await judge(Buffer.concat([cms, Buffer.alloc(5000)]))).signatureOk).toBe(true);
    await expect(judge(Buffer.concat([cms, Buffer.from([1])]))).rejects.toMatchObject({
      code: 'SIGNATURE_UNREADABLE',
    });
  });

  it('answers every cut and every flipped octet with a verdict or a named error', async () => {
    const cms = Buffer.from(await cmsBy('ec'));
    const good = Buffer.from(JSON.stringify((await judge(cms)).chain));
    let refused = 0;
    for (let at = 0; at < cms.length; at += 7) {
      const flipped = Buffer.from(cms);
      flipped[at]! ^= 0x41;
      for (const bad of [flipped, cms.subarray(0, at)]) {
        const outcome = await judge(bad).catch((error: unknown) => error);
        if (outcome instanceof Error) {
          expect(outcome).toBeInstanceOf(CounterError);
          expect((outcome as CounterError).code).toBe('SIGNATURE_UNREADABLE');
          refused++;
          continue;
        }
        const verdict = outcome as CmsVerdict;
        const clean = verdict.digestOk && verdict.signatureOk && verdict.signedAttributesOk;
        // What is still clean was flipped outside what is signed: in a certificate of the chain.
        if (clean && verdict.problems.length === 0 && verdict.chain.status === 'trusted') {
          expect(Buffer.from(JSON.stringify(verdict.chain))).toEqual(good);
        }
      }
    }
    expect(refused).toBeGreaterThan(100);
  });

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['text', Buffer.from('%PDF-1.7')],
    ['a nest of 5,000 sequences', Buffer.alloc(10_000, Buffer.from([0x30, 0x80]))],
    ['a length of 2^40', Buffer.from([0x30, 0x86, 1, 0, 0, 0, 0, 0])],
    ['a certificate', Buffer.from([0x30, 0x03, 0x02, 0x01, 0x00])],
    [
      '100,000 empty elements',
      Buffer.concat([Buffer.from([0x30, 0x83, 3, 0x0d, 0x40]), Buffer.alloc(200_000, Buffer.from([5, 0]))]),
    ],
  ])('refuses %s by name', async (_, octets) => {
    await expect(judge(octets)).rejects.toMatchObject({ code: 'SIGNATURE_UNREADABLE' });
  });
});

describeWithPeers(['openssl'], 'CMS before openssl', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'cms-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each(['rsa', 'ec', 'ec384'] as const)(
    'openssl verifies what %s signed, signing certificate included',
    async (name) => {
      const cmsFile = path.join(folder, `${name}.der`);
      const documentFile = path.join(folder, 'document');
      writeFileSync(cmsFile, await cmsBy(name));
      writeFileSync(documentFile, DOCUMENT);
      const run = (content: string) =>
        spawnSync('openssl', [
          ...['cms', '-verify', '-cades', '-binary', '-inform', 'DER', '-in', cmsFile, '-content', content],
          ...['-CAfile', pki.rootFile, '-purpose', 'any', '-out', '/dev/null'],
        ]);
      const good = run(documentFile);
      expect(good.stderr.toString()).toContain('CAdES Verification successful');
      expect(good.status).toBe(0);
      const other = path.join(folder, 'other');
      writeFileSync(other, 'another document');
      expect(run(other).status).not.toBe(0);
    },
  );

  it('judges what openssl signed', async () => {
    const documentFile = path.join(folder, 'document2');
    writeFileSync(documentFile, DOCUMENT);
    const { certificateFile, keyFile } = pki.signers.rsa;
    const signed = spawnSync('openssl', [
      ...['cms', '-sign', '-binary', '-cades', '-md', 'sha512', '-outform', 'DER', '-in', documentFile],
      ...['-signer', certificateFile, '-inkey', keyFile, '-certfile', pki.issuingFile],
      ...['-keyopt', 'rsa_padding_mode:pss', '-keyopt', 'rsa_pss_saltlen:64'],
    ]);
    expect(signed.stderr.toString()).toBe('');
    const verdict = await judge(signed.stdout);
    expect(verdict).toMatchObject({
      digestOk: true,
      signatureOk: true,
      signedAttributesOk: true,
      hash: 'sha512',
      signatureAlgorithm: 'RSASSA-PSS',
    });
    expect(verdict.chain.status).toBe('trusted');
  });

  it('takes a signer named by key identifier, and openssl default attributes without a signing certificate', async () => {
    const documentFile = path.join(folder, 'document3');
    writeFileSync(documentFile, DOCUMENT);
    const { certificateFile, keyFile } = pki.signers.ec;
    const signed = spawnSync('openssl', [
      ...['cms', '-sign', '-binary', '-keyid', '-md', 'sha256', '-outform', 'DER', '-in', documentFile],
      ...['-signer', certificateFile, '-inkey', keyFile],
    ]);
    expect(signed.status).toBe(0);
    const verdict = await judge(signed.stdout);
    expect(verdict).toMatchObject({ digestOk: true, signatureOk: true, signingCertificate: 'absent' });
    expect(verdict.signedAttributesOk).toBe(false);
  });
});

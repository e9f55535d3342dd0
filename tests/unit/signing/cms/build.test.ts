import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readAsn1 } from '../../../../src/main/signing/cms/asn1.ts';
import {
  buildDetachedCms,
  hashOf,
  signatureTimeStampsOf,
  signatureValueOf,
  withSignatureTimeStamp,
} from '../../../../src/main/signing/cms/build.ts';
import { verifyCms } from '../../../../src/main/signing/cms/verify.ts';
import type { SignatureAlgorithm } from '../../../../src/main/signing/port.ts';
import { startAuthorities, type TestAuthorities } from '../../../support/authorities.ts';
import { describeWithPeers } from '../../../support/peers.ts';
import { softKey } from '../sign-support.ts';

const DOCUMENT = Buffer.from('Giấy xác nhận\n'.repeat(40));
const HASHES = ['sha256', 'sha384', 'sha512'] as const;
let authorities: TestAuthorities;
let folder: string;
const file = (name: string) => path.join(folder, name);

beforeAll(async () => {
  authorities = await startAuthorities();
  folder = mkdtempSync(path.join(tmpdir(), 'counter-cms-'));
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await authorities.close();
});

function build(signer: 'rsa' | 'rsa4096' | 'ec' | 'ec384' | 'ec521', algorithm: SignatureAlgorithm) {
  const hash = hashOf(algorithm);
  const messageDigest = createHash(hash).update(DOCUMENT).digest();
  return buildDetachedCms({ key: softKey(authorities.signers[signer], algorithm), hash, messageDigest });
}

function openssl(...args: string[]) {
  return spawnSync('openssl', args, { encoding: 'utf8' });
}

function verified(cms: Uint8Array) {
  writeFileSync(file('cms'), cms);
  writeFileSync(file('document'), DOCUMENT);
  return openssl(
    ...['cms', '-verify', '-cades', '-binary', '-inform', 'DER', '-in', file('cms')],
    ...[
      '-content',
      file('document'),
      '-CAfile',
      authorities.rootFile,
      '-purpose',
      'any',
      '-out',
      '/dev/null',
    ],
  );
}

/** The AlgorithmIdentifier that holds this object identifier, by the last place where it stands. */
function identifier(der: Uint8Array, oid: string): string {
  const bytes = Buffer.from(der);
  const at = bytes.lastIndexOf(Buffer.from(oid, 'hex')) - 2;
  expect(bytes[at]).toBe(0x30);
  return bytes.subarray(at, at + 2 + bytes[at + 1]!).toString('hex');
}

const ALL: [Parameters<typeof build>[0], SignatureAlgorithm][] = [
  ...HASHES.flatMap((hash): [Parameters<typeof build>[0], SignatureAlgorithm][] => [
    ['rsa', `rsa-pkcs1-${hash}`],
    ['rsa4096', `rsa-pss-${hash}`],
    ['ec', `ecdsa-${hash}`],
  ]),
  ['ec384', 'ecdsa-sha384'],
  ['ec521', 'ecdsa-sha512'],
];

describeWithPeers(['openssl'], 'a CMS by every algorithm', () => {
  it.each(ALL)('%s with %s is good to openssl and to our own verifier', async (signer, algorithm) => {
    const cms = await build(signer, algorithm);
    const out = verified(cms);
    expect(out.stderr).toMatch(/CAdES Verification successful/i);
    expect(out.status).toBe(0);
    const digestOf = async (name: string) => createHash(name).update(DOCUMENT).digest();
    const verdict = await verifyCms(cms, digestOf, { trust: [authorities.root], at: new Date() });
    expect(verdict).toMatchObject({
      digestOk: true,
      signatureOk: true,
      hash: hashOf(algorithm),
      problems: [],
    });
  });

  it.each(HASHES)('the algorithm identifiers with %s are those of openssl, octet by octet', async (hash) => {
    writeFileSync(file('document'), DOCUMENT);
    const signers = { rsa: authorities.signers.rsa, ec: authorities.signers.ec };
    for (const [signer, algorithm, oid, options] of [
      [
        'rsa',
        `rsa-pss-${hash}`,
        '06092a864886f70d01010a',
        ['rsa_padding_mode:pss', 'rsa_pss_saltlen:digest'],
      ],
      ['ec', `ecdsa-${hash}`, `06082a8648ce3d04030${HASHES.indexOf(hash) + 2}`, []],
    ] as const) {
      const { certificateFile, keyFile } = signers[signer];
      const key = ['-signer', certificateFile, '-inkey', keyFile, '-md', hash];
      const out = openssl(
        ...['cms', '-sign', '-binary', '-outform', 'DER', '-in', file('document'), '-out', file('theirs')],
        ...[...key, ...options.flatMap((o) => ['-keyopt', o])],
      );
      expect(out.status, out.stderr).toBe(0);
      expect(identifier(await build(signer, algorithm), oid)).toBe(
        identifier(readFileSync(file('theirs')), oid),
      );
    }
  });
});

describeWithPeers(['openssl'], 'the signed attributes', () => {
  /** Attributes of a CMS by their types, each as its octets. */
  function attributesOf(cms: Uint8Array): Map<string, string> {
    const signerInfo = readAsn1(cms).children[1]!.children[0]!.children.at(-1)!.children[0]!;
    const attributes = signerInfo.children.find((c) => c.cls === 'context' && c.tag === 0)!;
    return new Map(attributes.children.map((a) => [a.children[0]!.oid!, Buffer.from(a.raw).toString('hex')]));
  }

  it.each([
    ['rsa', 'rsa-pkcs1-sha256'],
    ['ec', 'ecdsa-sha256'],
    ['ec384', 'ecdsa-sha384'],
  ] as const)('of %s are those of openssl cms -cades, octet by octet', async (signer, algorithm) => {
    writeFileSync(file('document'), DOCUMENT);
    const { certificateFile, keyFile } = authorities.signers[signer];
    const out = openssl(
      ...['cms', '-sign', '-cades', '-binary', '-nosmimecap', '-outform', 'DER', '-in', file('document')],
      ...['-signer', certificateFile, '-inkey', keyFile, '-md', hashOf(algorithm), '-out', file('theirs')],
    );
    expect(out.status, out.stderr).toBe(0);
    const theirs = attributesOf(readFileSync(file('theirs')));
    const ours = attributesOf(await build(signer, algorithm));
    // openssl adds a signing time, which PAdES forbids (ETSI EN 319 142-1 §6.3).
    theirs.delete('1.2.840.113549.1.9.5');
    const certificateId = '1.2.840.113549.1.9.16.2.47';
    for (const [oid, octets] of ours) {
      // There openssl takes the message's hash for the certificate too; here it is the default at all times.
      if (oid !== certificateId || hashOf(algorithm) === 'sha256') expect(octets).toBe(theirs.get(oid));
    }
    expect([...ours.keys()].sort()).toEqual([...theirs.keys()].sort());
  });
});

describe('a time stamp in a CMS', () => {
  it.each([
    ['rsa', 'rsa-pkcs1-sha256'],
    ['ec384', 'ecdsa-sha384'],
  ] as const)(
    '%s: every octet but the lengths and the unsigned attributes stays',
    async (signer, algorithm) => {
      const cms = await build(signer, algorithm);
      const digest = createHash('sha256').update(signatureValueOf(cms)).digest();
      const token = await authorities.stamp({ digest });
      const stamped = withSignatureTimeStamp(cms, token);
      expect(signatureTimeStampsOf(cms)).toEqual([]);
      expect(signatureTimeStampsOf(stamped).map((t) => Buffer.from(t))).toEqual([Buffer.from(token)]);
      expect(signatureValueOf(stamped)).toEqual(signatureValueOf(cms));
      expect(verified(stamped).status).toBe(0);
      // What follows the SignerInfo's version, up to the signature's last octet, is found again as it was.
      const signerInfo = Buffer.from(cms).subarray(
        Buffer.from(cms).lastIndexOf(Buffer.from('020101', 'hex')),
      );
      expect(Buffer.from(stamped).includes(signerInfo)).toBe(true);
      for (const certificate of authorities.signers[signer].certificates) {
        expect(Buffer.from(stamped).includes(Buffer.from(certificate))).toBe(true);
      }
      // Token, attribute type, the set and the sequence around them; longer lengths further out.
      expect(stamped.length - cms.length).toBeGreaterThan(token.length);
      expect(stamped.length - cms.length).toBeLessThan(token.length + 40);
    },
  );

  it('is one more beside another', async () => {
    const cms = await build('ec', 'ecdsa-sha256');
    const digest = createHash('sha256').update(signatureValueOf(cms)).digest();
    const tokens = [await authorities.stamp({ digest }), await authorities.stamp({ digest })];
    const stamped = tokens.reduce(withSignatureTimeStamp, cms);
    expect(
      signatureTimeStampsOf(stamped)
        .map((t) => Buffer.from(t).toString('hex'))
        .sort(),
    ).toEqual(tokens.map((t) => Buffer.from(t).toString('hex')).sort());
    expect(verified(stamped).status).toBe(0);
  });

  it.each([
    ['nothing', new Uint8Array()],
    ['garbage', Buffer.from('not DER at all')],
    ['another type', Buffer.from('300b06092a864886f70d010701', 'hex')],
  ])('is refused on %s', (_, octets) => {
    expect(() => withSignatureTimeStamp(octets, new Uint8Array([5, 0]))).toThrow(
      expect.objectContaining({ code: 'SIGNATURE_UNREADABLE' }),
    );
  });
});

import { createHash, sign as signData } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { isContext, readAsn1 } from '../../../../src/main/signing/cms/asn1.ts';
import { buildDetachedCms, CMS_OID, type Hash, verifyCms } from '../../../../src/main/signing/cms/build.ts';
import { readCertificate } from '../../../../src/main/signing/cms/certificates.ts';
import { readSignedData, singleValue } from '../../../../src/main/signing/cms/signed-data.ts';
import type { SigningKey } from '../../../../src/main/signing/port.ts';
import {
  type AuthoritySignerName,
  sha256,
  startAuthorities,
  type TestAuthorities,
} from '../../../support/authorities.ts';
import { openssl } from '../../../support/authority-pki.ts';
import { describeWithPeers } from '../../../support/peers.ts';

const DOCUMENT = Buffer.from('Tài liệu cần ký: Giấy khai sinh\n'.repeat(50));
const digestOf = async (hash: Hash) => createHash(hash).update(DOCUMENT).digest();

describeWithPeers(['openssl'], 'CMS of openssl', () => {
  let authorities: TestAuthorities;
  let documentFile: string;
  beforeAll(async () => {
    authorities = await startAuthorities();
    documentFile = path.join(authorities.folder, 'document');
    writeFileSync(documentFile, DOCUMENT);
  });
  afterAll(() => authorities.close());

  const signed = (name: AuthoritySignerName | 'small' | 'explicit', hash: Hash, ...options: string[]) =>
    openssl(authorities.folder, [
      ...['cms', '-sign', '-binary', '-cades', '-nosmimecap', '-md', hash, '-outform', 'DER'],
      ...['-in', documentFile, '-signer', `${name}.pem`, '-inkey', `${name}.key.pem`],
      ...['-certfile', 'issuing.pem', ...options],
    ]);
  const judge = (cms: Uint8Array) => verifyCms(cms, digestOf, { trust: [authorities.root], at: new Date() });
  const sound = { digestOk: true, signatureOk: true, signedAttributesOk: true, problems: [] };

  it.each([
    ['rsa', 'sha256'],
    ['rsa2048', 'sha384'],
    ['rsa4096', 'sha512'],
    ['ec', 'sha256'],
    ['ec384', 'sha384'],
    ['ec521', 'sha512'],
    ['ec521', 'sha256'],
  ] as const)('by %s with %s is sound', async (name, hash) => {
    const verdict = await judge(signed(name, hash));
    expect(verdict).toMatchObject({ ...sound, hash, signingCertificate: 'v2' });
    expect(verdict.chain.status).toBe('trusted');
  });

  it.each([
    ['sha256', '20'],
    ['sha256', '32'],
    ['sha256', 'max'],
    ['sha384', '48'],
    ['sha384', '0'],
    ['sha512', '64'],
    ['sha512', 'digest'],
  ] as const)('by RSASSA-PSS with %s and a salt of %s is sound', async (hash, salt) => {
    const pss = ['-keyopt', 'rsa_padding_mode:pss', '-keyopt', `rsa_pss_saltlen:${salt}`];
    const verdict = await judge(signed('rsa', hash, ...pss));
    expect(verdict).toMatchObject({ ...sound, hash, signatureAlgorithm: 'RSASSA-PSS' });
  });

  it('by RSASSA-PSS with another hash for its mask is not judged', async () => {
    const pss = ['-keyopt', 'rsa_padding_mode:pss', '-keyopt', 'rsa_mgf1_md:sha1'];
    expect(await judge(signed('rsa', 'sha256', ...pss))).toMatchObject({
      signatureOk: false,
      problems: ['ALGORITHM_UNSUPPORTED'],
    });
  });

  it.each([
    ['small', ['-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:1024']],
    [
      'explicit',
      ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-192', '-pkeyopt', 'ec_param_enc:explicit'],
    ],
  ] as const)('by a key that is too short (%s) is not taken', async (name, key) => {
    const at = authorities.folder;
    openssl(at, ['genpkey', ...key, '-out', `${name}.key.pem`]);
    openssl(at, ['req', '-x509', '-new', '-key', `${name}.key.pem`, '-subj', '/CN=x', '-out', `${name}.pem`]);
    const verdict = await judge(signed(name, 'sha256'));
    expect(verdict).toMatchObject({ digestOk: true, signatureOk: false, problems: ['KEY_TOO_WEAK'] });
  });

  it('with its hash and its algorithm at odds is bad', async () => {
    const cms = Buffer.from(signed('rsa', 'sha256'));
    const verdict = readSignedData(cms);
    const plain = Buffer.from('2a864886f70d010101', 'hex');
    expect(verdict.scheme.name).toBe('rsaEncryption');
    // sha512WithRSAEncryption in the place of rsaEncryption: the last of its kind is the SignerInfo's.
    cms[cms.lastIndexOf(plain) + plain.length - 1] = 13;
    expect(await judge(cms)).toMatchObject({ digestOk: true, signatureOk: false });
  });

  it('carries the attributes that we make, octet for octet', async () => {
    for (const name of ['rsa', 'ec'] as const) {
      const { privateKey, certificates } = authorities.signers[name];
      const key: SigningKey = {
        info: { uri: 'pkcs12:test', label: 'test', kind: 'pkcs12', pinState: 'unknown' },
        certificates,
        algorithm: name === 'rsa' ? 'rsa-pkcs1-sha256' : 'ecdsa-sha256',
        sign: async (data) => signData('sha256', data, privateKey),
        close: async () => {},
      };
      const own = await buildDetachedCms({
        key,
        hash: 'sha256',
        messageDigest: await digestOf('sha256'),
      });
      const attributes = [own, signed(name, 'sha256')].map((cms) => readSignedData(cms).signedAttributes!);
      for (const oid of [CMS_OID.contentType, CMS_OID.messageDigest, CMS_OID.signingCertificateV2]) {
        const [ours, theirs] = attributes.map((a) =>
          Buffer.from(a.children.find((c) => c.children[0]?.oid === oid)!.raw).toString('hex'),
        );
        expect(ours).toBe(theirs);
      }
      const dump = openssl(authorities.folder, ['asn1parse', '-inform', 'DER', '-i'], own).toString();
      expect(dump).toContain('id-smime-aa-signingCertificateV2');
    }
  });

  it('whose signing certificate is named by another hash, or in the old form, is read', async () => {
    const other = readSignedData(signed('ec384', 'sha384')).signedAttributes!;
    const id = singleValue(other, CMS_OID.signingCertificateV2)!.children[0]!.children[0]!;
    expect(id.children[0]!.children[0]!.oid).toBe('2.16.840.1.101.3.4.2.2');
    const facts = readCertificate(authorities.signers.ec384.certificate);
    const hashed = createHash('sha384').update(facts.der).digest();
    expect(Buffer.from(id.children[1]!.content).equals(hashed)).toBe(true);
  });

  it('with content inside, or of another type, is no signature of a document', async () => {
    expect((await judge(signed('ec', 'sha256', '-nodetach'))).problems).toEqual(['CONTENT_NOT_DETACHED']);
    const token = await authorities.stamp({ digest: sha256(DOCUMENT) });
    const verdict = await judge(token);
    expect(verdict.problems).toEqual(
      expect.arrayContaining(['CONTENT_NOT_DETACHED', 'CONTENT_TYPE_WRONG', 'ATTRIBUTES_INVALID']),
    );
    expect(verdict.signedAttributesOk).toBe(false);
  });

  it('signed by two is named', async () => {
    const two = signed('ec', 'sha256', '-signer', 'rsa.pem', '-inkey', 'rsa.key.pem');
    expect((await judge(two)).problems).toContain('SIGNERS_NOT_ONE');
  });

  it('gives out the CRLs that it carries', () => {
    const crl = authorities.crl('issuing');
    const cms = readAsn1(signed('ec', 'sha256'));
    const fields = cms.children[1]!.children[0]!;
    const at = fields.children.find((c) => isContext(c, 0))!;
    const before = Buffer.from(fields.content).indexOf(at.raw) + at.raw.length;
    const [head, tail] = [fields.content.subarray(0, before), fields.content.subarray(before)];
    const length = (n: number) => Buffer.from([0x82, n >> 8, n & 0xff]);
    const wrap = (tag: number, ...parts: Uint8Array[]) => {
      const content = Buffer.concat(parts);
      return Buffer.concat([Buffer.from([tag]), length(content.length), content]);
    };
    const data = wrap(0x30, head, wrap(0xa1, crl), tail);
    const whole = wrap(0x30, cms.children[0]!.raw, wrap(0xa0, data));
    expect(readSignedData(whole).crls.map((c) => Buffer.from(c).toString('hex'))).toEqual([
      Buffer.from(crl).toString('hex'),
    ]);
  });
});

import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  Asn1Error,
  context,
  der,
  objectIdentifier,
  octetString,
  sequence,
} from '../../../../src/main/signing/cms/asn1.ts';
import {
  judgeChain,
  readCertificate,
  tryReadCertificate,
} from '../../../../src/main/signing/cms/certificates.ts';
import { certificatesIn } from '../../../../src/main/signing/evidence/certificate-files.ts';
import { tryReadCrl } from '../../../../src/main/signing/evidence/crl.ts';
import { readOcspResponse, tryReadOcspResponse } from '../../../../src/main/signing/evidence/ocsp.ts';
import { type TestPki, testPki } from '../../../support/pki.ts';

const digest = (octets: Uint8Array) => createHash('sha256').update(octets).digest('hex');
const wrapped = (basic: Uint8Array) =>
  sequence(
    der(0x0a, Uint8Array.of(0)),
    context(0, sequence(objectIdentifier('1.3.6.1.5.5.7.48.1.1'), octetString(basic))),
  );

describe('what strangers send in the place of certificates and answers', () => {
  let pki: TestPki;
  beforeAll(async () => {
    pki = await testPki();
  });

  it('a certificate with any octet flipped or cut off is none, or leads nowhere', () => {
    const certificate = Buffer.from(pki.signers.ec.certificate);
    const root = readCertificate(pki.root);
    const others = [readCertificate(pki.issuing)];
    const status = (octets: Uint8Array) => {
      const facts = tryReadCertificate(octets);
      return facts && judgeChain(facts, { trust: [root], others, at: new Date() }).status;
    };
    expect(status(certificate)).toBe('trusted');
    for (let at = 0; at < certificate.length; at++) {
      const flipped = Buffer.from(certificate);
      flipped[at]! ^= 1 << (at % 8);
      // Nothing stands outside the signature but the algorithm's name, which is compared with the one inside.
      expect(status(flipped)).not.toBe('trusted');
      expect(status(certificate.subarray(0, at))).toBeNull();
    }
  });

  it('files of certificates are read in every form, and nothing else is taken for one', () => {
    const { certificate } = pki.signers.ec;
    const base64 = Buffer.from(certificate).toString('base64');
    const pem = `lời nói đầu\n-----BEGIN CERTIFICATE-----\n${base64}\n-----END CERTIFICATE-----\n`;
    for (const file of [certificate, Buffer.from(base64), Buffer.from(pem), Buffer.from(pem + pem)]) {
      expect(certificatesIn(file).map(digest)[0]).toBe(digest(certificate));
    }
    const padded = `-----BEGIN CERTIFICATE-----${'A'.repeat(1 << 20)}`;
    for (const file of ['', '<html>', '-----BEGIN CERTIFICATE-----', padded, '-----BEGIN '.repeat(50_000)]) {
      expect(certificatesIn(Buffer.from(file))).toEqual([]);
    }
    expect(certificatesIn(Buffer.from(pem.repeat(300))).length).toBeLessThanOrEqual(64);
  });

  it('huge and nested answers are refused by name', () => {
    const huge = Buffer.alloc(9 << 20, 0x30);
    const many = sequence(Buffer.alloc(140_000, Uint8Array.of(5, 0)));
    let nest = octetString(Uint8Array.of(1));
    for (let depth = 0; depth < 200; depth++) nest = sequence(nest);
    for (const octets of [huge, many, nest, wrapped(many), wrapped(nest), wrapped(Buffer.alloc(3))]) {
      expect(() => readOcspResponse(octets)).toThrow(Asn1Error);
      expect(tryReadOcspResponse(octets)).toBeNull();
      expect(tryReadCrl(octets)).toBeNull();
    }
    expect(tryReadCrl(Buffer.alloc((64 << 20) + 1, 0x30))).toBeNull();
    const endless = Buffer.from('3084ffffffff', 'hex');
    expect(tryReadCrl(endless)).toBeNull();
  });
});

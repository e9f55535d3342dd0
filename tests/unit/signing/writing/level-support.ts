import { execFileSync } from 'node:child_process';
import { createHash, createPrivateKey, sign, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import {
  context,
  DER_NULL,
  der,
  objectIdentifier,
  octetString,
  sequence,
  setOf,
  unsignedInteger,
} from '../../../../src/main/signing/cms/asn1.ts';
import { readCertificate } from '../../../../src/main/signing/cms/certificates.ts';
import { CMS_OID, HASHES } from '../../../../src/main/signing/cms/oids.ts';
import type {
  EvidenceRequest,
  EvidenceSource,
  TimeStamper,
} from '../../../../src/main/signing/evidence/port.ts';
import { type RaiseRequest, raisePdf } from '../../../../src/main/signing/writing/raise.ts';
import type { TestAuthorities } from '../../../support/authorities.ts';

/** Stands where the network's stamper will stand: every token by `openssl ts -reply`. */
export function testStamper(authorities: TestAuthorities): TimeStamper & { calls: number } {
  return {
    calls: 0,
    async stamp(digest, hash, signal) {
      signal.throwIfAborted();
      this.calls++;
      return authorities.stamp({ digest, hash });
    },
  };
}

/** OCSP for what the issuing authority signed, its CRL for itself; each made when it is asked for. */
export function testEvidence(
  authorities: TestAuthorities,
): EvidenceSource & { requests: EvidenceRequest[]; cached: boolean } {
  const answers = new Map<string, Promise<Uint8Array>>();
  return {
    requests: [],
    cached: false,
    async collect(request, signal) {
      signal.throwIfAborted();
      this.requests.push(request);
      const leaves = request.chains.map((chain) => chain[0]!);
      const ocsps: Uint8Array[] = [];
      for (const leaf of leaves) {
        const key = Buffer.from(leaf).toString('base64');
        const answer = (this.cached && answers.get(key)) || authorities.ocspResponse(leaf);
        answers.set(key, answer);
        ocsps.push(await answer);
      }
      const certificates = [
        ...new Map(
          [...leaves, authorities.services.ocsp, authorities.issuing, authorities.root].map((c) => [
            new X509Certificate(c).fingerprint256,
            c,
          ]),
        ).values(),
      ];
      return { certificates, ocsps, crls: [rootCrl(authorities)] };
    },
  };
}

const crls = new WeakMap<TestAuthorities, Uint8Array>();
function rootCrl(authorities: TestAuthorities): Uint8Array {
  const crl = crls.get(authorities) ?? authorities.crl('root');
  crls.set(authorities, crl);
  return crl;
}

export function raise(
  authorities: TestAuthorities,
  input: string,
  to: RaiseRequest['to'],
  more: Partial<RaiseRequest> = {},
) {
  return raisePdf({
    input,
    output: input,
    to,
    timeStamper: testStamper(authorities),
    evidence: testEvidence(authorities),
    now: () => new Date(),
    signal: new AbortController().signal,
    ...more,
  });
}

/** Signed octets and /Contents of every signature, cut out by their ByteRanges without the product's reader. */
export function cutSignatures(file: string): { covered: Buffer; contents: Buffer; end: number }[] {
  const bytes = readFileSync(file);
  return [...bytes.toString('latin1').matchAll(/\/ByteRange ?\[(\d+) (\d+) (\d+) (\d+)\]/g)]
    .map((match) => match.slice(1).map(Number) as [number, number, number, number])
    .map(([a, b, c, d]) => ({
      covered: Buffer.concat([bytes.subarray(a, a + b), bytes.subarray(c, c + d)]),
      contents: Buffer.from(bytes.subarray(a + b + 1, c - 1).toString('latin1'), 'hex'),
      end: c + d,
    }))
    .sort((x, y) => x.end - y.end);
}

/** What `pdfsig` says, line by line. */
export function pdfsig(file: string, nss: string): string {
  return execFileSync('pdfsig', ['-nocert', '-nssdir', nss, file], { encoding: 'utf8' });
}

export function newNss(folder: string, rootFile: string): string {
  execFileSync('certutil', ['-N', '-d', `sql:${folder}`, '--empty-password']);
  execFileSync('certutil', ['-A', '-d', `sql:${folder}`, '-n', 'root', '-t', 'C,C,C', '-i', rootFile]);
  return folder;
}

const TST_INFO = '1.2.840.113549.1.9.16.1.4';

/** Tokens made in this process, for suites that need very many; what openssl says of such tokens is shown elsewhere. */
export function quickStamper(authorities: TestAuthorities): TimeStamper {
  const key = createPrivateKey(readFileSync(`${authorities.folder}/tsa.key.pem`));
  const certificate = readCertificate(authorities.services.tsa);
  let serial = 0;
  return {
    async stamp(digest, hash) {
      const algorithm = sequence(objectIdentifier(HASHES[hash].oid));
      const time = `${new Date().toISOString().replace(/\D/g, '').slice(0, 14)}Z`;
      const info = sequence(
        unsignedInteger(Uint8Array.of(1)),
        objectIdentifier('1.3.6.1.4.1.55555.2'),
        sequence(algorithm, octetString(digest)),
        unsignedInteger(Uint8Array.of(1, ++serial >> 8, serial & 255)),
        der(0x18, Buffer.from(time)),
      );
      const attribute = (oid: string, value: Uint8Array) => sequence(objectIdentifier(oid), der(0x31, value));
      const sha256 = (data: Uint8Array) => createHash('sha256').update(data).digest();
      const issuerSerial = sequence(sequence(context(4, certificate.issuer)), certificate.serial);
      const attributes = [
        attribute(CMS_OID.contentType, objectIdentifier(TST_INFO)),
        attribute(CMS_OID.messageDigest, octetString(sha256(info))),
        attribute(
          CMS_OID.signingCertificateV2,
          sequence(sequence(sequence(octetString(sha256(certificate.der)), issuerSerial))),
        ),
      ];
      const sha = sequence(objectIdentifier(HASHES.sha256.oid));
      const signerInfo = sequence(
        unsignedInteger(Uint8Array.of(1)),
        sequence(certificate.issuer, certificate.serial),
        sha,
        setOf(0xa0, attributes),
        sequence(objectIdentifier('1.2.840.113549.1.1.11'), DER_NULL),
        octetString(sign('sha256', setOf(0x31, attributes), key)),
      );
      const signedData = sequence(
        unsignedInteger(Uint8Array.of(3)),
        der(0x31, sha),
        sequence(objectIdentifier(TST_INFO), context(0, octetString(info))),
        setOf(0xa0, [certificate.der, authorities.issuing]),
        der(0x31, signerInfo),
      );
      return sequence(objectIdentifier(CMS_OID.signedData), context(0, signedData));
    },
  };
}

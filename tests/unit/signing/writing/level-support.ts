import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
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
  return execFileSync('pdfsig', ['-nssdir', nss, file], { encoding: 'utf8' });
}

export function newNss(folder: string, rootFile: string): string {
  execFileSync('certutil', ['-N', '-d', `sql:${folder}`, '--empty-password']);
  execFileSync('certutil', ['-A', '-d', `sql:${folder}`, '-n', 'root', '-t', 'C,C,C', '-i', rootFile]);
  return folder;
}

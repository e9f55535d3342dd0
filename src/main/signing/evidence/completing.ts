import { CounterError } from '../../../contract/errors.ts';
import {
  type CertificateFacts,
  judgeChain,
  readCertificate,
  tryReadCertificate,
} from '../cms/certificates.ts';
import type { EvidenceCache } from './cache.ts';
import { certificatesIn } from './certificate-files.ts';
import { type Fetch, FetchError } from './http.ts';

/** Certificates that may be fetched to complete one path. */
const MAX_FETCHES = 8;
const MAX_BYTES = 512 << 10;
const MAX_POOL = 256;

export interface CompletingParts {
  readonly trust: readonly CertificateFacts[];
  readonly cache: EvidenceCache;
  readonly fetch: Fetch;
  readonly now: () => Date;
  readonly totalMs: number;
}

/**
 * The path from `leaf` to a trusted certificate, the leaf first. Missing authorities are fetched from the caIssuers
 * addresses of what is there. Throws EVIDENCE_INCOMPLETE, EVIDENCE_UNREACHABLE, CANCELLED.
 */
export async function completePath(
  leaf: CertificateFacts,
  along: readonly CertificateFacts[],
  parts: CompletingParts,
  signal: AbortSignal,
): Promise<CertificateFacts[]> {
  const pool = along.slice(0, MAX_POOL);
  const asked = new Set<string>();
  let failure: FetchError | null = null;
  for (;;) {
    const verdict = judgeChain(leaf, { trust: parts.trust, others: pool, at: parts.now() });
    if (verdict.status === 'constraint-violated') {
      throw new CounterError('EVIDENCE_INCOMPLETE', { certificate: leaf.name, reason: verdict.status });
    }
    const path = verdict.path.map(readCertificate);
    if (verdict.status !== 'no-path') return path;
    const address = path.at(-1)!.issuerUrls.find((url) => !asked.has(url) && /^https?:/i.test(url));
    if (!address || asked.size >= MAX_FETCHES) {
      if (failure) throw unreachable(failure);
      const certificate = path.at(-1)!.name;
      throw new CounterError('EVIDENCE_INCOMPLETE', { certificate, reason: 'no-path' });
    }
    asked.add(address);
    try {
      pool.push(...(await authoritiesAt(address, path.at(-1)!, parts, signal)));
    } catch (error) {
      if (!(error instanceof FetchError)) throw error;
      failure = error;
    }
  }
}

/** Certificates at an address; kept ones serve where one of them bears the name that is looked for. */
async function authoritiesAt(
  address: string,
  below: CertificateFacts,
  { cache, fetch, totalMs }: CompletingParts,
  signal: AbortSignal,
): Promise<CertificateFacts[]> {
  const read = (file: Uint8Array) =>
    certificatesIn(file)
      .map(tryReadCertificate)
      .filter((c) => c !== null);
  const key = `issuers ${address}`;
  const kept = await cache.get(key);
  const known = kept ? read(kept) : [];
  if (known.some((c) => c.subjectKey === below.issuerKey)) return known;
  const accept = 'application/pkix-cert, application/pkcs7-mime, */*';
  const request = { url: address, accept, maxBytes: MAX_BYTES, totalMs, idleMs: totalMs };
  const file = await fetch(request, signal);
  const found = read(file);
  if (found.some((c) => c.subjectKey === below.issuerKey)) await cache.put(key, file);
  return found;
}

export function unreachable(failure: FetchError): CounterError {
  const { host, reason, status } = failure;
  return new CounterError('EVIDENCE_UNREACHABLE', { host, reason, status }, { cause: failure });
}

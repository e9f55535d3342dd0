import { randomBytes } from 'node:crypto';
import { CounterError } from '../../../contract/errors.ts';
import { type CertificateFacts, readCertificate, tryReadCertificate } from '../cms/certificates.ts';
import { type EvidenceCache, memoryCache } from './cache.ts';
import { type CompletingParts, completePath, unreachable } from './completing.ts';
import { tryReadCrl } from './crl.ts';
import { createKeyedGate, type KeyedGate } from './gate.ts';
import { createGathered, type Gathered } from './gathered.ts';
import { type Fetch, FetchError, type HostMap, httpFetch } from './http.ts';
import { buildOcspRequest, tryReadOcspResponse } from './ocsp.ts';
import type { EvidenceRequest, EvidenceSource } from './port.ts';
import { judgeRevocation, type RevocationVerdict } from './revocation.ts';

export interface EvidenceSourceOptions {
  /** DER of the certificates at which paths end. */
  readonly trust: readonly Uint8Array[];
  /** DER of authorities that complete paths and are not trusted by themselves. */
  readonly authorities?: readonly Uint8Array[];
  readonly hostMap?: HostMap;
  readonly cache?: EvidenceCache;
  readonly fetch?: Fetch;
  readonly now?: () => Date;
  /** Milliseconds for one question; CRLs of some megabytes come over slow lines. */
  readonly askMs?: number;
  /** Told of a cache that could not be written; nothing else is harmed by it. */
  readonly warn?: (error: unknown) => void;
}

const ASK_MS = 60_000;
const MAX_OCSP_BYTES = 256 << 10;
const MAX_CRL_BYTES = 64 << 20;
const MAX_CHAINS = 256;
/** A responder's certificate is asked about, and the one of that answer; no further. */
const MAX_RESPONDER_DEPTH = 2;

/** OCSP first, CRLs where it does not answer, of every certificate below a trusted one; kept until they run out. */
export function createEvidenceSource(options: EvidenceSourceOptions): EvidenceSource {
  const trust = options.trust.map(readCertificate);
  const authorities = (options.authorities ?? []).map(readCertificate);
  const cache = forgiving(options.cache ?? memoryCache(), options.warn ?? (() => {}));
  const now = options.now ?? (() => new Date());
  const parts: Parts = {
    trust,
    cache,
    fetch: options.fetch ?? httpFetch(options.hostMap ?? {}),
    now,
    totalMs: options.askMs ?? ASK_MS,
    gates: createKeyedGate(),
    asked: createOrder(),
  };

  return {
    async collect(request, signal) {
      const gathered = createGathered();
      const since = parts.asked.next();
      const ended = new AbortController();
      const either = AbortSignal.any([signal, ended.signal]);
      try {
        for (const chain of request.chains.slice(0, MAX_CHAINS)) {
          const [leaf, ...others] = chain.map(tryReadCertificate);
          const along = others.filter((c) => c !== null);
          if (!leaf) throw new CounterError('EVIDENCE_INCOMPLETE', { reason: 'certificate-unreadable' });
          const pool = [...along, ...authorities, ...gathered.certificates()];
          const path = await completePath(leaf, pool, parts, either);
          await provePath(path, { request, since, gathered, parts, signal: either, depth: 0 });
        }
        return gathered.items();
      } finally {
        // One failure ends the questions that are still open.
        ended.abort();
      }
    },
  };
}

interface Parts extends CompletingParts {
  /** One question about a certificate at a time: whoever comes second finds the answer kept. */
  readonly gates: KeyedGate;
  readonly asked: Order;
}

/** What came before what, without a clock. */
interface Order {
  next(): number;
  /** Notes when a certificate was asked about. */
  note(fingerprint: string, at: number): void;
  /** When it was last asked about; 0 = not lately. */
  last(fingerprint: string): number;
}

const MAX_NOTED = 1_000;

function createOrder(): Order {
  const noted = new Map<string, number>();
  let count = 0;
  return {
    next: () => ++count,
    note(fingerprint, at) {
      noted.delete(fingerprint);
      noted.set(fingerprint, at);
      const oldest = noted.keys().next();
      if (noted.size > MAX_NOTED && !oldest.done) noted.delete(oldest.value);
    },
    last: (fingerprint) => noted.get(fingerprint) ?? 0,
  };
}

interface Proving {
  readonly request: EvidenceRequest;
  /** When this collection began, in the order of `Parts.asked`. */
  readonly since: number;
  readonly gathered: Gathered;
  readonly parts: Parts;
  readonly signal: AbortSignal;
  readonly depth: number;
}

async function provePath(path: readonly CertificateFacts[], proving: Proving): Promise<void> {
  for (const certificate of path) proving.gathered.certificate(certificate);
  const questions = path.slice(0, -1).map((subject, i) => ({ subject, issuer: path[i + 1]! }));
  const asked = questions.map(({ subject, issuer }) => prove(subject, issuer, proving));
  const verdicts = await Promise.all(asked);
  for (const verdict of verdicts.flat()) {
    proving.gathered.answer(verdict);
    if (verdict.signer) proving.gathered.certificate(verdict.signer);
  }
}

/** What speaks of a certificate, and of the responder that said so; nothing where that was asked before. */
async function prove(
  subject: CertificateFacts,
  issuer: CertificateFacts,
  proving: Proving,
): Promise<RevocationVerdict[]> {
  const { gathered, parts, signal, depth } = proving;
  if (!gathered.begin(subject)) return [];
  const ask = () => answerFor(subject, issuer, proving);
  const verdict = await parts.gates.run(subject.fingerprint, ask, signal);
  if (verdict.status === 'revoked' && proving.request.revoked !== 'report') {
    const revokedAt = verdict.revokedAt?.toISOString() ?? '';
    const reason = verdict.reason ?? 'unspecified';
    throw new CounterError('CERTIFICATE_REVOKED', { certificate: subject.name, revokedAt, reason });
  }
  const { signer, nocheck } = verdict;
  const known = !signer || signer.fingerprint === issuer.fingerprint || nocheck;
  if (known || depth >= MAX_RESPONDER_DEPTH) return [verdict];
  return [verdict, ...(await proveResponder(signer, issuer, { ...proving, depth: depth + 1 }))];
}

/**
 * A responder's certificate that could be revoked is proven as far as its issuer lets anybody (RFC 6960 §4.2.2.2.1
 * leaves the rest to local policy): no address or no answer is no failure, silence and a revocation are.
 */
async function proveResponder(
  responder: CertificateFacts,
  issuer: CertificateFacts,
  proving: Proving,
): Promise<RevocationVerdict[]> {
  try {
    const request = { ...proving.request, revoked: 'refuse' as const };
    return await prove(responder, issuer, { ...proving, request });
  } catch (error) {
    if (!(error instanceof CounterError)) throw error;
    if (error.code === 'EVIDENCE_INCOMPLETE') return [];
    if (error.code !== 'CERTIFICATE_REVOKED') throw error;
    const details = { certificate: responder.name, reason: 'responder-revoked' };
    throw new CounterError('EVIDENCE_INCOMPLETE', details, { cause: error });
  }
}

/** The best answer at hand or to be had. Throws where there is none. */
async function answerFor(
  subject: CertificateFacts,
  issuer: CertificateFacts,
  proving: Proving,
): Promise<RevocationVerdict> {
  const { parts, signal, request } = proving;
  const ocspUrls = subject.ocspUrls.filter(isHttp);
  const crlUrls = subject.crlUrls.filter(isHttp);
  const kept = await keptFor(subject, issuer, crlUrls, parts);
  // What somebody else asked since this collection began is as new as what it would ask itself.
  const shared = parts.asked.last(subject.fingerprint) > proving.since;
  const fromCache = judge(subject, issuer, kept, parts.now(), shared ? undefined : request.after);
  if (fromCache.status !== 'unknown') return fromCache;
  const begun = parts.asked.next();

  let failure: FetchError | null = null;
  const questions = ocspUrls.map((url) => () => askOcsp(url, subject, issuer, parts, signal));
  const lists = crlUrls.map((url) => () => fetchCrl(url, parts, signal));
  // A responder would answer for itself: the issuer's list is asked first.
  const attempts = proving.depth > 0 ? [...lists, ...questions] : [...questions, ...lists];
  for (const attempt of attempts) {
    try {
      const { key, item, kind } = await attempt();
      const verdict = judge(subject, issuer, { ocsps: [], crls: [], [kind]: [item] }, parts.now());
      if (verdict.status === 'unknown' || verdict.signer?.fingerprint === subject.fingerprint) continue;
      await parts.cache.put(key, item);
      parts.asked.note(subject.fingerprint, begun);
      return verdict;
    } catch (error) {
      if (!(error instanceof FetchError)) throw error;
      failure = error;
    }
  }
  if (failure) throw unreachable(failure);
  const reason = attempts.length === 0 ? 'no-address' : 'no-answer';
  throw new CounterError('EVIDENCE_INCOMPLETE', { certificate: subject.name, reason });
}

function isHttp(url: string): boolean {
  return /^https?:/i.test(url);
}

interface Found {
  readonly ocsps: readonly Uint8Array[];
  readonly crls: readonly Uint8Array[];
}

/** Only what is still current, and made after `after` where that is given. */
function judge(
  subject: CertificateFacts,
  issuer: CertificateFacts,
  found: Found,
  at: Date,
  after?: Date,
): RevocationVerdict {
  return judgeRevocation(subject, issuer, found, at, after ? { notBefore: after } : {});
}

const ocspKey = (subject: CertificateFacts) => `ocsp ${subject.fingerprint}`;
const crlKey = (url: string) => `crl ${url}`;

async function keptFor(
  subject: CertificateFacts,
  issuer: CertificateFacts,
  crlUrls: readonly string[],
  { cache, now }: Parts,
): Promise<Found> {
  const ocsp = await cache.get(ocspKey(subject));
  const ocsps = ocsp && ocspRunsUntil(ocsp) > now() ? [ocsp] : [];
  const crls: Uint8Array[] = [];
  for (const url of crlUrls) {
    const crl = await cache.get(crlKey(url));
    const facts = crl ? tryReadCrl(crl) : null;
    if (crl && facts?.nextUpdate && facts.nextUpdate > now() && facts.issuerKey === issuer.subjectKey) {
      crls.push(crl);
    }
  }
  return { ocsps, crls };
}

/** An answer without nextUpdate can be had anew at any time, and is not kept (RFC 6960 §4.2.2.1). */
function ocspRunsUntil(response: Uint8Array): Date {
  const times = (tryReadOcspResponse(response)?.basic?.singles ?? []).map(
    (s) => s.nextUpdate?.getTime() ?? 0,
  );
  return new Date(times.length > 0 ? Math.min(...times) : 0);
}

interface Answer {
  readonly key: string;
  readonly item: Uint8Array;
  readonly kind: 'ocsps' | 'crls';
}

/**
 * With a nonce, and once more without where the responder cannot bear one. An answer that bears another nonce than was
 * sent was made for somebody else; one that bears none was made beforehand, which RFC 6960 §2.5 allows.
 */
async function askOcsp(
  url: string,
  subject: CertificateFacts,
  issuer: CertificateFacts,
  { fetch, totalMs }: Parts,
  signal: AbortSignal,
): Promise<Answer> {
  const ask = async (nonce: Buffer | null) => {
    const request = {
      url,
      body: buildOcspRequest(subject, issuer, nonce),
      contentType: 'application/ocsp-request',
      accept: 'application/ocsp-response',
      maxBytes: MAX_OCSP_BYTES,
      totalMs,
      idleMs: totalMs,
    };
    const item = await fetch(request, signal);
    const facts = tryReadOcspResponse(item);
    if (!facts?.basic) return null;
    const other = nonce && facts.basic.nonce !== null && facts.basic.nonce !== nonce.toString('hex');
    return other ? null : item;
  };
  const item = (await ask(randomBytes(16))) ?? (await ask(null));
  if (!item) throw new FetchError('broken-off', URL.parse(url)?.hostname ?? '', 200);
  return { key: ocspKey(subject), item, kind: 'ocsps' };
}

async function fetchCrl(url: string, { fetch, totalMs }: Parts, signal: AbortSignal): Promise<Answer> {
  const accept = 'application/pkix-crl, */*';
  const file = await fetch({ url, accept, maxBytes: MAX_CRL_BYTES, totalMs, idleMs: totalMs }, signal);
  return { key: crlKey(url), item: crlIn(file), kind: 'crls' };
}

/** Some authorities publish PEM, though RFC 5280 §4.2.1.13 wants DER. */
function crlIn(file: Uint8Array): Uint8Array {
  const head = Buffer.from(file.subarray(0, 64)).toString('latin1');
  if (!head.includes('-----BEGIN')) return file;
  const text = Buffer.from(file).toString('latin1');
  return Buffer.from(text.replace(/-----(?:BEGIN|END) X509 CRL-----/g, ''), 'base64');
}

function forgiving(cache: EvidenceCache, warn: (error: unknown) => void): EvidenceCache {
  return {
    get: (key) => cache.get(key),
    async put(key, value) {
      try {
        await cache.put(key, value);
      } catch (error) {
        warn(error);
      }
    },
  };
}

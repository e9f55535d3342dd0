import type { CertificateFacts } from '../cms/certificates.ts';
import { judgeCrl, tryReadCrl } from './crl.ts';
import { judgeOcsp, type RevocationReason, tryReadOcspResponse } from './ocsp.ts';

/** What is at hand to judge by, DER each; what cannot be read, or speaks of others, is passed over. */
export interface RevocationItems {
  readonly ocsps: readonly Uint8Array[];
  readonly crls: readonly Uint8Array[];
  /** Certificates of responders that their answers do not carry. */
  readonly responders?: readonly CertificateFacts[];
}

export interface RevocationOptions {
  /** Only what was made at this time or later counts: data from before a signature cannot know what came after. */
  readonly notBefore?: Date;
}

export interface RevocationVerdict {
  /** As of the time asked about; 'unknown' where nothing at hand can tell. */
  readonly status: 'good' | 'revoked' | 'unknown';
  /** Given whenever a revocation is known, also one after the time asked about (the status is then 'good'). */
  readonly revokedAt: Date | null;
  readonly reason: RevocationReason | null;
  readonly source: 'ocsp' | 'crl' | null;
  /** When the answer was made: OCSP producedAt, CRL thisUpdate. */
  readonly producedAt: Date | null;
  readonly thisUpdate: Date | null;
  readonly nextUpdate: Date | null;
  /** The responder's certificate says that nobody needs to ask whether it was revoked. */
  readonly nocheck: boolean;
  /** The certificate that signed the answer; null where there is none. */
  readonly signer: CertificateFacts | null;
  /** The answer itself, DER. */
  readonly item: Uint8Array | null;
  /** Stable words for what made items useless, without repetition. */
  readonly problems: readonly string[];
}

/** Clocks of authorities and their caches differ by so much. */
const SKEW_MS = 10 * 60_000;
const UNKNOWN = {
  status: 'unknown',
  revokedAt: null,
  reason: null,
  source: null,
  producedAt: null,
  thisUpdate: null,
  nextUpdate: null,
  nocheck: false,
  signer: null,
  item: null,
} as const;

/** One answer that speaks of the certificate and is authentic. */
interface Statement {
  readonly source: 'ocsp' | 'crl';
  readonly revokedAt: Date | null;
  readonly reason: RevocationReason | null;
  readonly producedAt: Date;
  readonly thisUpdate: Date;
  readonly nextUpdate: Date | null;
  /** Certificates that expired before this time may have been dropped; null = all that had expired by then. */
  readonly keepsFrom: Date | null;
  readonly signer: CertificateFacts;
  readonly nocheck: boolean;
  readonly item: Uint8Array;
}

/**
 * Whether `subject` was revoked at `at`, by the best of what is at hand: authentic answers whose period holds `at`, or
 * that were made later. A revocation that is no mere suspension stands, of whatever age and whoever says otherwise;
 * apart from that the newest answer wins. A later answer does not speak of a certificate that had expired by then, unless it says so.
 */
export function judgeRevocation(
  subject: CertificateFacts,
  issuer: CertificateFacts,
  items: RevocationItems,
  at: Date,
  { notBefore }: RevocationOptions = {},
): RevocationVerdict {
  const problems = new Set<string>();
  const all = statementsOf(subject, issuer, items, problems);
  const usable = all.filter((s) => {
    if (isFinal(s)) return true;
    if (notBefore && s.thisUpdate < notBefore && s.producedAt < notBefore) problems.add('too-old');
    else if (!speaksOf(s, at)) problems.add('not-of-that-time');
    else if (!s.revokedAt && dropped(s, subject)) problems.add('expired-by-then');
    else return true;
    return false;
  });
  const newestFirst = usable.sort((a, b) => b.thisUpdate.getTime() - a.thisUpdate.getTime());
  const final = newestFirst.filter(isFinal);
  const best = final.sort((a, b) => a.revokedAt!.getTime() - b.revokedAt!.getTime())[0] ?? newestFirst[0];
  if (!best) return { ...UNKNOWN, problems: [...problems] };
  const { source, revokedAt, reason, producedAt, thisUpdate, nextUpdate, nocheck, signer, item } = best;
  const status = revokedAt && revokedAt <= at ? 'revoked' : 'good';
  const facts = { source, revokedAt, reason, producedAt, thisUpdate, nextUpdate, nocheck, signer, item };
  return { status, ...facts, problems: [...problems] };
}

/** Nobody comes back from a revocation, however long ago it was heard of; a suspension may end. */
function isFinal({ revokedAt, reason }: Statement): boolean {
  return revokedAt !== null && reason !== 'certificateHold';
}

function speaksOf({ thisUpdate, nextUpdate }: Statement, at: Date): boolean {
  if (thisUpdate.getTime() >= at.getTime() - SKEW_MS) return true;
  return nextUpdate !== null && nextUpdate >= at;
}

function dropped({ thisUpdate, keepsFrom }: Statement, subject: CertificateFacts): boolean {
  if (thisUpdate <= subject.notAfter) return false;
  return keepsFrom === null || keepsFrom > subject.notAfter;
}

function statementsOf(
  subject: CertificateFacts,
  issuer: CertificateFacts,
  items: RevocationItems,
  problems: Set<string>,
): Statement[] {
  const statements: Statement[] = [];
  for (const item of items.ocsps) {
    const outcome = ocspStatement(subject, issuer, item, items.responders ?? []);
    if (typeof outcome === 'string') problems.add(outcome);
    else statements.push(outcome);
  }
  for (const item of items.crls) {
    const outcome = crlStatement(subject, issuer, item);
    if (typeof outcome === 'string') problems.add(outcome);
    else statements.push(outcome);
  }
  return statements;
}

function ocspStatement(
  subject: CertificateFacts,
  issuer: CertificateFacts,
  item: Uint8Array,
  responders: readonly CertificateFacts[],
): Statement | string {
  const basic = tryReadOcspResponse(item)?.basic;
  if (!basic) return 'ocsp-unreadable';
  const judged = judgeOcsp(basic, subject, issuer, responders);
  if (!judged.ok) return `ocsp-${judged.problem}`;
  const { single, responder } = judged;
  if (single.status === 'unknown') return 'ocsp-unknown';
  return {
    source: 'ocsp',
    revokedAt: single.revokedAt,
    reason: single.reason,
    producedAt: basic.producedAt,
    thisUpdate: single.thisUpdate,
    nextUpdate: single.nextUpdate,
    keepsFrom: single.archiveCutoff,
    signer: responder,
    nocheck: responder.ocspNoCheck,
    item,
  };
}

function crlStatement(
  subject: CertificateFacts,
  issuer: CertificateFacts,
  item: Uint8Array,
): Statement | string {
  const crl = tryReadCrl(item);
  if (!crl) return 'crl-unreadable';
  const judged = judgeCrl(crl, subject, issuer);
  if (!judged.ok) return `crl-${judged.problem}`;
  return {
    source: 'crl',
    revokedAt: judged.entry?.revokedAt ?? null,
    reason: judged.entry?.reason ?? null,
    producedAt: crl.thisUpdate,
    thisUpdate: crl.thisUpdate,
    nextUpdate: crl.nextUpdate,
    keepsFrom: crl.keepsExpiredFrom,
    signer: issuer,
    nocheck: false,
    item,
  };
}

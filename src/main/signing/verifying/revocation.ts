import { CounterError } from '../../../contract/errors.ts';
import type { CertificateFacts } from '../cms/certificates.ts';
import { tryReadCrl } from '../evidence/crl.ts';
import { tryReadOcspResponse } from '../evidence/ocsp.ts';
import type { EvidenceItems, EvidenceSource } from '../evidence/port.ts';
import { judgeRevocation, type RevocationItems, type RevocationVerdict } from '../evidence/revocation.ts';
import type { TimeFrame } from './path.ts';
import type { Proofs } from './poe.ts';
import type { StoredItem } from './store.ts';

export interface RevocationState {
  /** As of the proven time, else of now. not-checked = nothing speaks of it and nobody was asked. */
  readonly status: 'good' | 'revoked' | 'unknown' | 'not-checked';
  /** Also given where it was revoked only after the proven time, which does no harm. */
  readonly revokedAt: Date | null;
  /** Stable word for why it is neither good nor revoked; '' where it is. */
  readonly reason: string;
}

/** Judges the first certificate of a path, by its issuer, the second. */
export type RevocationFinder = (
  path: readonly CertificateFacts[],
  frame: TimeFrame,
) => Promise<RevocationState>;

/** Answers about revocation, found by whom they speak of, so that each is read once and not for each signature. */
export interface RevocationIndex {
  add(kind: 'ocsps' | 'crls', items: readonly StoredItem[]): void;
  about(subject: CertificateFacts, within?: number): RevocationItems;
  /** Where an answer stands in the file; Infinity for one that was fetched. */
  endOf(der: Uint8Array): number;
}

export function revocationIndex(responders: readonly CertificateFacts[]): RevocationIndex {
  const ocsps = new Map<string, StoredItem[]>();
  const crls = new Map<string, StoredItem[]>();
  const ends = new Map<Uint8Array, number>();

  function put(index: Map<string, StoredItem[]>, key: string, item: StoredItem): void {
    index.set(key, [...(index.get(key) ?? []), item]);
  }

  return {
    add(kind, items) {
      for (const item of items) {
        ends.set(item.der, item.end);
        if (kind === 'crls') {
          const crl = tryReadCrl(item.der);
          if (crl) put(crls, crl.issuerKey, item);
        } else {
          const singles = tryReadOcspResponse(item.der)?.basic?.singles ?? [];
          for (const serial of new Set(singles.map((s) => hexOf(s.serial)))) put(ocsps, serial, item);
        }
      }
    },
    about(subject, within = Number.POSITIVE_INFINITY) {
      const fitting = (items: readonly StoredItem[] | undefined) =>
        (items ?? []).filter((item) => item.end <= within).map((item) => item.der);
      return {
        ocsps: fitting(ocsps.get(hexOf(subject.serial))),
        crls: fitting(crls.get(subject.issuerKey)),
        responders,
      };
    },
    endOf: (der) => ends.get(der) ?? Number.POSITIVE_INFINITY,
  };
}

function hexOf(octets: Uint8Array): string {
  return Buffer.from(octets).toString('hex');
}

export interface FinderParts {
  readonly index: RevocationIndex;
  readonly proofs: Proofs;
  /** Absent = offline: nobody is asked. */
  readonly evidence?: EvidenceSource;
  /** A responder whose own certificate could be revoked has to be vouched for as well. */
  readonly strict: boolean;
  readonly signal: AbortSignal;
}

/** Looks among what the file carries; where that cannot tell, asks the evidence source once for each certificate. */
export function revocationFinder(parts: FinderParts): RevocationFinder {
  const { index, proofs, strict } = parts;
  const asked = new Map<string, Promise<string>>();

  function look(path: readonly CertificateFacts[], { now, proven }: TimeFrame): RevocationState | null {
    const [subject, issuer] = path as [CertificateFacts, CertificateFacts];
    const items = index.about(subject);
    if (items.ocsps.length + items.crls.length === 0) return null;
    const verdict = judgeRevocation(subject, issuer, items, proven ?? now);
    const { status, revokedAt } = verdict;
    if (status === 'unknown') return { status, revokedAt, reason: 'revocation-unknown' };
    const doubt = status === 'good' ? doubtOf(verdict, issuer, now) : null;
    return doubt ? { status: 'unknown', revokedAt, reason: doubt } : { status, revokedAt, reason: '' };
  }

  /** What speaks against believing an answer: its signer expired before anything proves it, or was revoked. */
  function doubtOf(verdict: RevocationVerdict, issuer: CertificateFacts, now: Date): string | null {
    const { signer, item, nocheck, producedAt } = verdict;
    if (!signer || !item) return 'revocation-unknown';
    const seen = proofs.earliest(index.endOf(item)) ?? now;
    if (seen > signer.notAfter) return 'revocation-signer-expired';
    if (nocheck || signer.fingerprint === issuer.fingerprint) return null;
    const { ocsps, crls } = index.about(signer);
    // Nobody vouches for himself.
    const others = { ocsps: ocsps.filter((o) => o !== item), crls };
    const { status } = judgeRevocation(signer, issuer, others, producedAt ?? now);
    return status === 'revoked' || (strict && status === 'unknown') ? 'revocation-unknown' : null;
  }

  return async (path, frame) => {
    const found = look(path, frame);
    if (found && found.status !== 'unknown') return found;
    if (!parts.evidence) {
      return found ?? { status: 'not-checked', revokedAt: null, reason: 'revocation-unknown' };
    }
    const key = path[0]!.fingerprint;
    const asking = asked.get(key) ?? ask(parts.evidence, path, parts);
    asked.set(key, asking);
    const failure = await asking;
    const fetched = look(path, frame);
    if (fetched && fetched.status !== 'unknown') return fetched;
    return { status: 'unknown', revokedAt: null, reason: failure || fetched?.reason || 'revocation-unknown' };
  };
}

/** Takes what was fetched into the index; a stable word where nothing came. */
async function ask(
  evidence: EvidenceSource,
  path: readonly CertificateFacts[],
  { index, signal }: FinderParts,
): Promise<string> {
  try {
    const chain = path.map((c) => c.der);
    const items: EvidenceItems = await evidence.collect({ chains: [chain], after: new Date(0) }, signal);
    const fetched = (ders: readonly Uint8Array[]) =>
      ders.map((der) => ({ der, end: Number.POSITIVE_INFINITY }));
    index.add('ocsps', fetched(items.ocsps));
    index.add('crls', fetched(items.crls));
    return '';
  } catch (error) {
    if (!(error instanceof CounterError) || !error.code.startsWith('EVIDENCE_')) throw error;
    return error.code === 'EVIDENCE_UNREACHABLE' ? 'revocation-unreachable' : 'revocation-unknown';
  }
}

import type { CertificateFacts } from '../cms/certificates.ts';
import { judgeRevocation, type RevocationVerdict } from '../evidence/revocation.ts';
import type { AskAbout } from './asking.ts';
import type { TimeFrame } from './path.ts';
import type { Proofs } from './poe.ts';
import type { RevocationIndex } from './revocation-index.ts';

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

export interface FinderParts {
  readonly index: RevocationIndex;
  readonly proofs: Proofs;
  /** Null = offline: nobody is asked. */
  readonly ask: AskAbout | null;
  /** A responder whose own certificate could be revoked has to be vouched for as well. */
  readonly strict: boolean;
}

/** Looks among what the file carries; where that cannot tell, asks about each certificate once. */
export function revocationFinder({ index, proofs, strict, ask }: FinderParts): RevocationFinder {
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
    if (!ask) return found ?? { status: 'not-checked', revokedAt: null, reason: 'revocation-unknown' };
    const { failure } = await ask(path);
    const fetched = look(path, frame);
    if (fetched && fetched.status !== 'unknown') return fetched;
    return { status: 'unknown', revokedAt: null, reason: failure || fetched?.reason || 'revocation-unknown' };
  };
}

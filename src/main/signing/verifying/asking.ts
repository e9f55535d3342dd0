import { CounterError } from '../../../contract/errors.ts';
import { type CertificateFacts, tryReadCertificate } from '../cms/certificates.ts';
import type { EvidenceSource } from '../evidence/port.ts';
import type { RevocationIndex } from './revocation-index.ts';

/** What came of asking the world about a certificate. */
export interface Asked {
  /** Stable word for why nothing came; '' where something did. */
  readonly failure: string;
  /** Certificates that complete paths. */
  readonly certificates: readonly CertificateFacts[];
}

/** Asks about the certificates of a path, the leaf first, each once; answers go into the index. */
export type AskAbout = (path: readonly CertificateFacts[]) => Promise<Asked>;

/** A question for each stranger's signature would let one file keep many servers busy. */
const MAX_QUESTIONS = 64;

export function asking(evidence: EvidenceSource, index: RevocationIndex, signal: AbortSignal): AskAbout {
  const asked = new Map<string, Promise<Asked>>();
  let left = MAX_QUESTIONS;

  async function ask(path: readonly CertificateFacts[]): Promise<Asked> {
    if (--left < 0) return { failure: 'revocation-unknown', certificates: [] };
    try {
      const chains = [path.map((c) => c.der)];
      // Any answer that is still current will do: whether it speaks of the proven time is judged here.
      const items = await evidence.collect({ chains, after: new Date(0), revoked: 'report' }, signal);
      index.add('ocsps', items.ocsps.map(fetched));
      index.add('crls', items.crls.map(fetched));
      return {
        failure: '',
        certificates: items.certificates.map(tryReadCertificate).filter((c) => c !== null),
      };
    } catch (error) {
      if (!(error instanceof CounterError) || !error.code.startsWith('EVIDENCE_')) throw error;
      const unreachable = error.code === 'EVIDENCE_UNREACHABLE';
      return { failure: unreachable ? 'revocation-unreachable' : 'revocation-unknown', certificates: [] };
    }
  }

  return (path) => {
    const key = path[0]!.fingerprint;
    const answer = asked.get(key) ?? ask(path);
    // Who asks about a certificate asks about its issuers as well.
    for (const { fingerprint } of path) if (!asked.has(fingerprint)) asked.set(fingerprint, answer);
    return answer;
  };
}

/** What was fetched stands nowhere in the file: no time stamp covers it. */
const fetched = (der: Uint8Array) => ({ der, end: Number.POSITIVE_INFINITY });

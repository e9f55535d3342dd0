import { createHash } from 'node:crypto';
import type { CertificateFacts } from '../cms/certificates.ts';
import type { EvidenceItems } from './port.ts';
import type { RevocationVerdict } from './revocation.ts';

/** What one collection has found so far, each thing once. */
export interface Gathered {
  /** False where this certificate is being proven, or was. */
  begin(subject: CertificateFacts): boolean;
  certificate(certificate: CertificateFacts): void;
  answer(verdict: Pick<RevocationVerdict, 'source' | 'item'>): void;
  certificates(): CertificateFacts[];
  items(): EvidenceItems;
}

export function createGathered(): Gathered {
  const begun = new Set<string>();
  const certificates = new Map<string, CertificateFacts>();
  const answers = { ocsp: new Map<string, Uint8Array>(), crl: new Map<string, Uint8Array>() };
  return {
    begin(subject) {
      if (begun.has(subject.fingerprint)) return false;
      begun.add(subject.fingerprint);
      return true;
    },
    certificate(certificate) {
      if (!certificates.has(certificate.fingerprint)) certificates.set(certificate.fingerprint, certificate);
    },
    answer({ source, item }) {
      if (!source || !item) return;
      answers[source].set(createHash('sha256').update(item).digest('hex'), item);
    },
    certificates: () => [...certificates.values()],
    items: () => ({
      certificates: [...certificates.values()].map((c) => c.der),
      ocsps: [...answers.ocsp.values()],
      crls: [...answers.crl.values()],
    }),
  };
}

import type { CertificateSummary } from '../../../contract/verification.ts';
import type { CertificateFacts } from '../cms/certificates.ts';

const MAX_TEXT = 500;

/** Who a certificate names, for people; all texts are a stranger's. */
export function summarise(certificate: CertificateFacts): CertificateSummary {
  return {
    name: certificate.name.slice(0, MAX_TEXT),
    organisation: certificate.organisation.slice(0, MAX_TEXT),
    issuer: certificate.issuerName.slice(0, MAX_TEXT),
    serial: certificate.serialHex,
    notBefore: certificate.notBefore.toISOString(),
    notAfter: certificate.notAfter.toISOString(),
    fingerprint: certificate.fingerprint,
  };
}

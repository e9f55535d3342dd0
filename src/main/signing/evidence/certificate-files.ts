import { Asn1Error } from '../cms/asn1.ts';
import { tryReadCertificate } from '../cms/certificates.ts';
import { certificatesOnly } from '../cms/signed-data.ts';

const PEM_CERTIFICATE =
  /-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END (?:TRUSTED |X509 )?CERTIFICATE-----/g;
const PEM_PKCS7 = /-----BEGIN (?:PKCS7|CMS)-----([A-Za-z0-9+/=\s]+)-----END (?:PKCS7|CMS)-----/g;
const MAX_CERTIFICATES = 64;

/**
 * The certificates (DER) in a file as authorities publish them: DER, PEM, PKCS#7 certs-only in either, or base64
 * without any lines around it. Empty where there is none.
 */
export function certificatesIn(file: Uint8Array): Uint8Array[] {
  const text = Buffer.from(file).toString('latin1');
  const ders = text.includes('-----BEGIN ')
    ? [...text.matchAll(PEM_CERTIFICATE), ...text.matchAll(PEM_PKCS7)].map((m) =>
        Buffer.from(m[1]!, 'base64'),
      )
    : [/^[A-Za-z0-9+/=\s]+$/.test(text) ? Buffer.from(text, 'base64') : file];
  return ders
    .slice(0, MAX_CERTIFICATES)
    .flatMap((der) => {
      const certificate = tryReadCertificate(der);
      return certificate ? [certificate.der] : bundled(der);
    })
    .slice(0, MAX_CERTIFICATES);
}

function bundled(der: Uint8Array): Uint8Array[] {
  try {
    return certificatesOnly(der).flatMap((c) => tryReadCertificate(c)?.der ?? []);
  } catch (error) {
    if (error instanceof Asn1Error) return [];
    throw error;
  }
}

import type { KeyObject } from 'node:crypto';
import { CounterError } from '../../../contract/errors.ts';
import type { CertificateFacts } from '../cms/certificates.ts';
import type { SignatureAlgorithm } from '../port.ts';

const CURVES: Readonly<Record<string, SignatureAlgorithm>> = {
  prime256v1: 'ecdsa-sha256',
  secp384r1: 'ecdsa-sha384',
};
/** Below this no validator takes an RSA signature. */
const MIN_RSA_BITS = 2048;

/** How keys of this kind sign here. Throws KEY_UNSUPPORTED. */
export function algorithmOf(publicKey: KeyObject): SignatureAlgorithm {
  const details = publicKey.asymmetricKeyDetails ?? {};
  const type = publicKey.asymmetricKeyType ?? 'unknown';
  if (type === 'rsa') {
    if ((details.modulusLength ?? 0) >= MIN_RSA_BITS) return 'rsa-pkcs1-sha256';
    throw new CounterError('KEY_UNSUPPORTED', { type, bits: details.modulusLength ?? 0 });
  }
  const algorithm = type === 'ec' ? CURVES[details.namedCurve ?? ''] : undefined;
  if (!algorithm) throw new CounterError('KEY_UNSUPPORTED', { type, curve: details.namedCurve ?? '' });
  return algorithm;
}

/** Throws CERTIFICATE_EXPIRED or CERTIFICATE_NOT_YET_VALID. */
export function assertValidAt({ notBefore, notAfter }: CertificateFacts, at: Date): void {
  if (at < notBefore)
    throw new CounterError('CERTIFICATE_NOT_YET_VALID', { notBefore: notBefore.toISOString() });
  if (at > notAfter) throw new CounterError('CERTIFICATE_EXPIRED', { notAfter: notAfter.toISOString() });
}

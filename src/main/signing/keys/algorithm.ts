import { constants, type KeyObject, type SignKeyObjectInput, type VerifyKeyObjectInput } from 'node:crypto';
import { CounterError } from '../../../contract/errors.ts';
import type { CertificateFacts } from '../cms/certificates.ts';
import type { Hash } from '../cms/oids.ts';
import type { KeyUse, SignatureAlgorithm } from '../port.ts';

const SCHEMES = ['rsa-pkcs1', 'rsa-pss', 'ecdsa'] as const;
const ALL_HASHES = ['sha256', 'sha384', 'sha512'] as const satisfies readonly Hash[];
export type Scheme = (typeof SCHEMES)[number];

/** Every way of signing that the law's list (TT 15/2025/TT-BKHCN, Annex I) and CMS (RFC 4055, RFC 5758) share. */
export const SIGNATURE_ALGORITHMS = SCHEMES.flatMap((scheme) =>
  ALL_HASHES.map((hash): SignatureAlgorithm => `${scheme}-${hash}`),
);

/** Hash that goes with a curve's size: the strength of the one is not wasted on the other (FIPS 186-5, §6.1.1). */
const CURVES: Readonly<Record<string, Hash>> = { prime256v1: 'sha256', secp384r1: 'sha384' };
/** Below this no validator takes an RSA signature. */
const MIN_RSA_BITS = 2048;

export function partsOf(algorithm: SignatureAlgorithm): { readonly scheme: Scheme; readonly hash: Hash } {
  const dash = algorithm.lastIndexOf('-');
  return { scheme: algorithm.slice(0, dash) as Scheme, hash: algorithm.slice(dash + 1) as Hash };
}

/**
 * How a key is to sign. `canPss` says whether what holds it can make RSASSA-PSS signatures.
 * Throws KEY_UNSUPPORTED, with `reason: 'no-pss'` where that alone is missing.
 */
export function algorithmOf(publicKey: KeyObject, use: KeyUse = {}, canPss = true): SignatureAlgorithm {
  const details = publicKey.asymmetricKeyDetails ?? {};
  const type = publicKey.asymmetricKeyType ?? 'unknown';
  if (type === 'rsa') {
    const bits = details.modulusLength ?? 0;
    if (bits < MIN_RSA_BITS) throw new CounterError('KEY_UNSUPPORTED', { type, bits });
    if (use.rsa === 'pss' && !canPss) throw new CounterError('KEY_UNSUPPORTED', { type, reason: 'no-pss' });
    const wanted = use.rsa === 'pss' || use.rsa === 'pss-where-possible';
    return `${wanted && canPss ? 'rsa-pss' : 'rsa-pkcs1'}-${use.hash ?? 'sha256'}`;
  }
  const usual = type === 'ec' ? CURVES[details.namedCurve ?? ''] : undefined;
  if (!usual) throw new CounterError('KEY_UNSUPPORTED', { type, curve: details.namedCurve ?? '' });
  return `ecdsa-${use.hash ?? usual}`;
}

/** The key as node:crypto's `sign` and `verify` want it: padding, salt as long as the hash, DER for ECDSA. */
export function cryptoInput(
  key: KeyObject,
  algorithm: SignatureAlgorithm,
): SignKeyObjectInput & VerifyKeyObjectInput {
  if (partsOf(algorithm).scheme !== 'rsa-pss') return { key };
  return {
    key,
    padding: constants.RSA_PKCS1_PSS_PADDING,
    saltLength: constants.RSA_PSS_SALTLEN_DIGEST,
  };
}

/** Throws CERTIFICATE_EXPIRED or CERTIFICATE_NOT_YET_VALID. */
export function assertValidAt({ notBefore, notAfter }: CertificateFacts, at: Date): void {
  if (at < notBefore)
    throw new CounterError('CERTIFICATE_NOT_YET_VALID', { notBefore: notBefore.toISOString() });
  if (at > notAfter) throw new CounterError('CERTIFICATE_EXPIRED', { notAfter: notAfter.toISOString() });
}

/** What is asked of a signature beyond its mathematics. Data, because law and practice differ (docs/verification.md). */
export interface ValidationPolicy {
  /** Every certificate below a trusted one needs an answer about its revocation. */
  readonly requireRevocation: boolean;
  /** TT 15/2025/TT-BKHCN, Annex I: no SHA-1, no plain SHA-224. */
  readonly hashes: readonly string[];
  readonly minRsaBits: number;
  readonly minEcBits: number;
  readonly schemes: readonly SignatureScheme[];
}

/** Annex I names RSASSA-PSS; government tokens make PKCS#1 v1.5. EdDSA is not named there, and not refused here. */
export type SignatureScheme = 'rsa-pkcs1' | 'rsa-pss' | 'ecdsa' | 'eddsa';

export const DEFAULT_POLICY: Omit<ValidationPolicy, 'requireRevocation'> = {
  hashes: ['sha256', 'sha384', 'sha512'],
  minRsaBits: 2048,
  minEcBits: 256,
  schemes: ['rsa-pkcs1', 'rsa-pss', 'ecdsa', 'eddsa'],
};

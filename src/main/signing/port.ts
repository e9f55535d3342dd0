import type { SigningKeyInfo } from '../../contract/model.ts';
import type { Hash } from './cms/oids.ts';

/** EC keys take the hash of their curve's size unless told otherwise; RSA keys SHA-256. */
export type SignatureAlgorithm = `rsa-pkcs1-${Hash}` | `rsa-pss-${Hash}` | `ecdsa-${Hash}`;

/** How a key is to sign; policy, not habit (TT 15/2025/TT-BKHCN Annex I names RSASSA-PSS, many tokens lack it). */
export interface KeyUse {
  /** The hash; the key's usual one where it is left out. */
  readonly hash?: Hash;
  /** 'pss' = KEY_UNSUPPORTED where the key cannot; 'pss-where-possible' falls back on PKCS#1 v1.5. Default 'pkcs1'. */
  readonly rsa?: 'pkcs1' | 'pss' | 'pss-where-possible';
}

/** A private key that is open for signing. It is used for one batch and closed; the PIN is not kept here. */
export interface SigningKey {
  readonly info: SigningKeyInfo;
  /** DER certificates, the signer's first, then as much of the chain as the source holds. */
  readonly certificates: readonly Uint8Array[];
  readonly algorithm: SignatureAlgorithm;
  /** Signs `data` (hashing it as the algorithm says). RSA: the block. PSS salt: as long as the hash. ECDSA: DER SEQUENCE of r, s. */
  sign(data: Uint8Array): Promise<Uint8Array>;
  close(): Promise<void>;
}

export interface KeySource {
  /** What can be known without a PIN; never asks for one. */
  describe(): Promise<SigningKeyInfo>;
  /** Opens the key. A wrong PIN or password throws at once and is never tried again by itself. */
  open(pin: string, use?: KeyUse): Promise<SigningKey>;
}

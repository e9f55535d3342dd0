import type { SigningKeyInfo } from '../../contract/model.ts';

export type SignatureAlgorithm = 'rsa-pkcs1-sha256' | 'ecdsa-sha256' | 'ecdsa-sha384';

/** A private key that is open for signing. It is used for one batch and closed; the PIN is not kept here. */
export interface SigningKey {
  readonly info: SigningKeyInfo;
  /** DER certificates, the signer's first, then as much of the chain as the source holds. */
  readonly certificates: readonly Uint8Array[];
  readonly algorithm: SignatureAlgorithm;
  /** Signs `data` (hashing it as the algorithm says). RSA: PKCS#1 v1.5 block. ECDSA: DER SEQUENCE of r, s. */
  sign(data: Uint8Array): Promise<Uint8Array>;
  close(): Promise<void>;
}

export interface KeySource {
  /** What can be known without a PIN; never asks for one. */
  describe(): Promise<SigningKeyInfo>;
  /** Opens the key. A wrong PIN or password throws at once and is never tried again by itself. */
  open(pin: string): Promise<SigningKey>;
}

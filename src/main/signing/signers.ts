import type { SigningKeyInfo } from '../../contract/model.ts';
import { type KeyDeps, openKeySource } from './keys/open.ts';
import type { KeySource, KeyUse } from './port.ts';
import { type SignRequest, type SignResult, signPdf } from './writing/sign-pdf.ts';

/** What signs whole documents: a key that this program drives, or a program of its own that is asked to. */
export interface DocumentSigner {
  /** As `signPdf`; throws what the key or the service throws. */
  sign(request: Omit<SignRequest, 'key'>): Promise<SignResult>;
  close(): Promise<void>;
}

export interface SignerSource {
  /** What can be known without a PIN; never asks for one. */
  describe(): Promise<SigningKeyInfo>;
  /** Opens it for one batch. A wrong PIN throws at once and is never tried again by itself. */
  open(pin: string, use?: KeyUse): Promise<DocumentSigner>;
}

/** A key's signatures, made here. */
export function keySigner(source: KeySource): SignerSource {
  return {
    describe: source.describe,
    async open(pin, use) {
      const key = await source.open(pin, use);
      return { sign: (request) => signPdf({ ...request, key }), close: () => key.close() };
    },
  };
}

/** The signer that an address names (docs/signing-keys.md). Nothing is opened yet. Throws KEY_SOURCE_INVALID. */
export function openSigner(uri: string, deps: KeyDeps): SignerSource {
  return keySigner(openKeySource(uri, deps));
}

import { CounterError } from '../../contract/errors.ts';
import type { SigningKeyInfo } from '../../contract/model.ts';
import { type KeyDeps, openKeySource } from './keys/open.ts';
import type { KeySource, KeyUse } from './port.ts';
import { SIGN_SERVICE_PATIENCE, type SignServiceOptions, signServiceSource } from './sign-service/signer.ts';
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

export interface SignerDeps extends KeyDeps {
  /** How the signing service on this computer is recognised. */
  readonly service: Pick<SignServiceOptions, 'pin' | 'requireTrusted'>;
}

const SERVICE = 'vgca:';

/** The signer that an address names (docs/signing-keys.md). Nothing is opened yet. Throws KEY_SOURCE_INVALID. */
export function openSigner(uri: string, deps: SignerDeps): SignerSource {
  if (!uri.startsWith(SERVICE)) return keySigner(openKeySource(uri, deps));
  const base = uri.slice(SERVICE.length);
  if (!URL.canParse(base)) throw new CounterError('KEY_SOURCE_INVALID', { reason: 'service' });
  return signServiceSource(uri, base, { ...SIGN_SERVICE_PATIENCE, ...deps.service, now: deps.now });
}

import type { PageView } from '../../contract/model.ts';
import type { Uploads } from '../importing/uploads.ts';
import type { PageText } from '../reading/port.ts';
import type { KeySource } from '../signing/port.ts';
import type { SignerSource } from '../signing/signers.ts';
import type { Store } from '../store/index.ts';
import { createCertification } from './certification.ts';
import type { Clock } from './clock.ts';
import type { CounterConfig } from './config.ts';
import type { EventBus } from './events.ts';
import type { Journal } from './journal.ts';
import type { Log } from './log.ts';
import { createSignatureRaiser } from './raise-signatures.ts';
import type { Resources } from './resources.ts';
import { createDocumentSigning } from './sign-documents.ts';
import { createSigningBatches } from './signing-batches.ts';
import type { SigningPolicy } from './signing-policy.ts';
import { createSignerNames, createSigningPreview } from './signing-preview.ts';
import { createVerification } from './verification.ts';

export interface SigningParts {
  readonly policy: SigningPolicy;
  readonly openSigner: (uri: string) => SignerSource;
  /** A key that is listed, for signatures of another act. */
  readonly openKey: (uri: string) => KeySource;
  /** Null where this counter keeps no book. */
  readonly book: CounterConfig['certification'];
  /** Who is at the counter. */
  readonly user: string;
  readonly producer: string;
  readonly uploads: Uploads;
  readonly textOf: (page: PageView) => PageText | null;
  readonly store: Store;
  readonly journal: Journal;
  readonly bus: EventBus;
  readonly clock: Clock;
  readonly resources: Resources;
  readonly log: Log;
}

/** All that signs and judges documents, wired: the parts that the handlers call, and how they end. */
export function createSigning(parts: SigningParts) {
  const { policy, openSigner, user, store, journal, bus, clock, log } = parts;
  const documents = createDocumentSigning(parts);
  const names = createSignerNames(store.settings);
  const batches = createSigningBatches({
    ...{ store, journal, bus, documents, openSigner, log },
    use: policy.use,
    onSigner: names.note,
  });
  const raiser = policy.raising && createSignatureRaiser({ store, journal, clock, log }, policy.raising);
  return {
    batches,
    raiser,
    preview: createSigningPreview({
      ...{ store, journal, clock, documents },
      signerName: (key) => names.get(key) ?? user,
    }),
    certification: createCertification({ ...parts, pictures: documents.pictures }, parts.book),
    verification: createVerification({
      ...{ store, journal, clock },
      uploads: parts.uploads,
      policy: policy.verification,
    }),
    async close(): Promise<void> {
      await Promise.all([batches.close(), raiser?.close()]);
    },
  };
}

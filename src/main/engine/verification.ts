import { rm } from 'node:fs/promises';
import { CounterError } from '../../contract/errors.ts';
import type { Indication } from '../../contract/model.ts';
import type { VerificationReport } from '../../contract/verification.ts';
import { acceptDocument } from '../dossiers/commands.ts';
import { whereIsAttachment } from '../dossiers/dossier.ts';
import type { Uploads } from '../importing/uploads.ts';
import { type VerifyOptions, verifyPdf } from '../signing/verifying/verify.ts';
import type { Store } from '../store/index.ts';
import type { Clock } from './clock.ts';
import type { Journal } from './journal.ts';

export interface PrintWish {
  readonly documentId: string;
  /** Why a person prints what is INDETERMINATE; empty = nobody does. */
  readonly accept: string;
  readonly actor: string;
}

export interface Verification {
  /** Judges a document that is kept. Throws VAULT_OBJECT_MISSING, PDF_…. */
  document(documentId: string): Promise<VerificationReport>;
  /** Judges a PDF that was uploaded for that alone; it is not kept. */
  upload(uploadId: string): Promise<VerificationReport>;
  /**
   * Whether a kept document may be printed. A result, and what came signed from elsewhere, is judged: TOTAL-FAILED is
   * DOCUMENT_UNTRUSTED, so is INDETERMINATE without a person's reason, which goes into the journal. What was signed here
   * is known.
   */
  mayPrint(wish: PrintWish, signal: AbortSignal): Promise<void>;
}

/** Trust and, where the network may be asked, the source of revocation data. */
export type VerificationPolicy = Omit<VerifyOptions, 'at' | 'signal'>;

/**
 * What becomes of the signatures of a file that speaks of some, by what it carries itself. Where none can be found, a
 * later revision hides them: INDETERMINATE. One that was changed after it was signed is refused: SIGNATURE_INVALID with
 * `reason` and `subIndication`.
 */
export function judgeArriving(
  policy: VerificationPolicy,
  clock: Clock,
): (path: string) => Promise<Indication> {
  const { evidence: _online, ...offline } = policy;
  return async (path) => {
    try {
      const { indication, signatures } = await verifyPdf(path, { ...offline, at: clock.now() });
      if (indication !== 'TOTAL-FAILED') return hidden(indication);
      const failed = signatures.find((s) => s.indication === 'TOTAL-FAILED')!;
      const { subIndication, reasons } = failed;
      throw new CounterError('SIGNATURE_INVALID', {
        reason: reasons[0] ?? '',
        subIndication: subIndication ?? '',
      });
    } catch (error) {
      // A document is kept whatever is wrong with its signatures; what could not be judged was not found good.
      if (error instanceof CounterError && error.code.startsWith('PDF_')) return 'INDETERMINATE';
      throw error;
    }
  };
}

/** A file that spoke of signatures when it came and shows none hides them. */
function hidden(indication: Indication | null): Indication {
  return indication ?? 'INDETERMINATE';
}

export function createVerification(parts: {
  readonly store: Store;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly uploads: Pick<Uploads, 'finish'>;
  readonly policy: VerificationPolicy;
}): Verification {
  const { store, journal, clock, policy } = parts;

  async function withDocument<T>(documentId: string, use: (path: string) => Promise<T>): Promise<T> {
    const document = store.documents.get(documentId);
    if (!document) throw new CounterError('VAULT_OBJECT_MISSING', { documentId });
    return store.workspace.withFolder(async (folder) => {
      const path = `${folder}/document.pdf`;
      await store.vault.copyTo(document.vaultHash, path);
      return use(path);
    });
  }

  const judge = (path: string, signal?: AbortSignal) =>
    verifyPdf(path, { ...policy, at: clock.now(), ...(signal && { signal }) });

  return {
    document: (documentId) => withDocument(documentId, (path) => judge(path)),
    async upload(uploadId) {
      const { path } = await parts.uploads.finish(uploadId);
      try {
        return await judge(path);
      } finally {
        await rm(path, { force: true });
      }
    },
    async mayPrint({ documentId, accept, actor }, signal) {
      await withDocument(documentId, async (path) => {
        const { dossierId, kind } = store.documents.get(documentId)!;
        const came = whereIsAttachment(journal.load(dossierId), documentId)?.attachment;
        // A result is what the agency signed; one that shows no signature was not found good.
        const asked = kind === 'result' || (came !== undefined && came.signatures > 0);
        const indication = asked ? hidden((await judge(path, signal)).indication) : null;
        if (indication === 'TOTAL-FAILED' || (indication === 'INDETERMINATE' && accept === ''))
          throw new CounterError('DOCUMENT_UNTRUSTED', { indication });
        if (indication === 'INDETERMINATE')
          journal.change(dossierId, actor, (d, stamp) =>
            acceptDocument(d, { documentId, indication, reason: accept }, stamp),
          );
      });
    },
  };
}

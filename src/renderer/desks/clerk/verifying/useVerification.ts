import { useEffect, useState } from 'react';
import type { ErrorShape } from '../../../../contract/errors.ts';
import type { VerificationReport } from '../../../../contract/verification.ts';
import { useEngine } from '../../../app/engine.tsx';
import { shapeOf } from '../../../app/faults.ts';
import { upload } from '../importing/upload.ts';

/** What is to be judged: a document that is kept, or a file of this computer. */
export type Subject =
  | { readonly kind: 'document'; readonly documentId: string; readonly name: string }
  | { readonly kind: 'file'; readonly file: File };

export type Verification =
  | { readonly at: 'asking' }
  /** share = how much of a file went to the engine, 0 to 1; null once it judges. */
  | { readonly at: 'working'; readonly share: number | null }
  | { readonly at: 'failed'; readonly fault: ErrorShape }
  | { readonly at: 'there'; readonly report: VerificationReport };

/** Has a subject judged, and anew where another one, or a copy of it, is given; null = there is nothing to judge yet. */
export function useVerification(subject: Subject | null): Verification {
  const engine = useEngine();
  const [state, setState] = useState<Verification>({ at: 'asking' });
  useEffect(() => {
    if (subject === null) return;
    const stop = new AbortController();
    const tell = (next: Verification) => {
      if (!stop.signal.aborted) setState(next);
    };
    async function judge(what: Subject): Promise<VerificationReport> {
      if (what.kind === 'document') {
        tell({ at: 'working', share: null });
        return engine.call('documents.verify', { documentId: what.documentId });
      }
      const { file } = what;
      tell({ at: 'working', share: 0 });
      const uploadId = await upload(engine, file, stop.signal, (bytes) =>
        tell({ at: 'working', share: bytes / file.size }),
      );
      tell({ at: 'working', share: null });
      return engine.call('files.verify', { uploadId });
    }
    judge(subject).then(
      (report) => tell({ at: 'there', report }),
      (error: unknown) => tell({ at: 'failed', fault: shapeOf(error) }),
    );
    return () => stop.abort();
  }, [engine, subject]);
  return state;
}

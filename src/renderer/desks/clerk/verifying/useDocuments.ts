import { useMemo, useRef, useState } from 'react';
import { focusSoon } from '../focus.ts';
import type { Subject } from './useVerification.ts';

/** A document that is kept: its id and what the clerk calls it. */
export interface KeptDocument {
  readonly documentId: string;
  readonly name: string;
}

/** What is open over the desk for a document. */
export type DocumentView =
  | { readonly at: 'closed' }
  | { readonly at: 'verify'; readonly subject: Subject | null }
  | { readonly at: 'print'; readonly document: KeptDocument };

export interface Documents {
  verify(document: KeptDocument): void;
  /** Asks for a file of this computer and judges it. */
  verifyFile(): void;
  print(document: KeptDocument): void;
}

export interface DocumentWork {
  readonly view: DocumentView;
  /** Stays the same for good, so that what holds it is not drawn again. */
  readonly documents: Documents;
  close(): void;
}

/** Kept documents and foreign files, to be judged and printed from anywhere on the desk. */
export function useDocuments(): DocumentWork {
  const [view, setView] = useState<DocumentView>(CLOSED);
  /** Where the focus was before anything was open. */
  const from = useRef<Element | null>(null);
  const isOpen = useRef(false);
  const documents = useMemo<Documents>(() => {
    const open = (next: DocumentView) => {
      const at = document.activeElement;
      if (!isOpen.current) from.current = at?.closest('[role="dialog"]') ? null : at;
      isOpen.current = true;
      setView(next);
    };
    return {
      verify: (kept) => open({ at: 'verify', subject: { kind: 'document', ...kept } }),
      verifyFile: () => open({ at: 'verify', subject: null }),
      print: (kept) => open({ at: 'print', document: kept }),
    };
  }, []);
  return {
    view,
    documents,
    close() {
      isOpen.current = false;
      setView(CLOSED);
      // What was there may be gone with the dialog that it stood in.
      const back = from.current;
      focusSoon(back instanceof HTMLElement && back.isConnected ? back : '[data-next]');
    },
  };
}

const CLOSED: DocumentView = { at: 'closed' };

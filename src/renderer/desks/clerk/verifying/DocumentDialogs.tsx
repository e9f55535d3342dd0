import { PrintDialog } from './PrintDialog.tsx';
import type { DocumentWork } from './useDocuments.ts';
import { VerifyDialog } from './VerifyDialog.tsx';

/** Judging and printing of documents, over whatever the desk shows. */
export function DocumentDialogs(props: { work: DocumentWork }) {
  const { view, documents, close } = props.work;
  if (view.at === 'verify') return <VerifyDialog subject={view.subject} onClose={close} />;
  if (view.at === 'print')
    return <PrintDialog document={view.document} onReport={documents.verify} onClose={close} />;
  return null;
}

import {
  Button,
  Dialog,
  DialogActions,
  DialogBody,
  DialogContent,
  DialogSurface,
  DialogTitle,
  Link,
  makeStyles,
  tokens,
} from '@fluentui/react-components';
import { ArrowDownloadRegular } from '@fluentui/react-icons/svg/arrow-download';
import { PrintRegular } from '@fluentui/react-icons/svg/print';
import { useEffect, useMemo } from 'react';
import { useEngine } from '../../../app/engine.tsx';
import { useTexts } from '../../../app/texts.tsx';
import { Keycap } from '../../../ui/Keycap.tsx';
import { PaperView, usePaper } from '../../../ui/paper.tsx';
import { focusSoon } from '../focus.ts';
import type { KeptDocument } from '../verifying/useDocuments.ts';

const useStyles = makeStyles({
  surface: { width: 'min(760px, calc(100vw - 32px))', maxWidth: 'none' },
  paper: {
    height: 'min(560px, calc(100vh - 220px))',
    border: `1px solid ${tokens.colorNeutralStroke2}`,
    borderRadius: tokens.borderRadiusMedium,
    overflow: 'hidden',
    display: 'grid',
    placeItems: 'center',
    backgroundColor: tokens.colorNeutralBackground4,
  },
});

/** A paper that the counter issued, or a result that is kept, to be looked at, printed or saved. */
export function PaperDialog(props: {
  document: KeptDocument;
  onClose: () => void;
  onPrint: (document: KeptDocument) => void;
}) {
  const styles = useStyles();
  const t = useTexts();
  const engine = useEngine();
  const { documentId, name } = props.document;
  const read = useMemo(() => () => engine.call('documents.read', { documentId }), [engine, documentId]);
  const paper = usePaper(read);
  useEffect(() => focusSoon('[data-paper-print]'), []);
  return (
    <Dialog open onOpenChange={(_, data) => !data.open && props.onClose()}>
      <DialogSurface className={styles.surface} data-paper={documentId}>
        <DialogBody>
          <DialogTitle>{name}</DialogTitle>
          <DialogContent>
            <div className={styles.paper}>
              <PaperView paper={paper} title={name} />
            </div>
          </DialogContent>
          <DialogActions>
            {paper.state === 'there' && (
              <Link href={paper.url} download={paper.name}>
                <ArrowDownloadRegular /> {t('slip.save')}
              </Link>
            )}
            <Button
              appearance="primary"
              icon={<PrintRegular />}
              data-paper-print=""
              onClick={() => props.onPrint(props.document)}
            >
              {t('slip.print')}&nbsp;<Keycap onBrand>Enter</Keycap>
            </Button>
            <Button onClick={props.onClose}>
              {t('action.close')}&nbsp;<Keycap>Esc</Keycap>
            </Button>
          </DialogActions>
        </DialogBody>
      </DialogSurface>
    </Dialog>
  );
}

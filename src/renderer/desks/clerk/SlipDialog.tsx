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
  Spinner,
  Text,
  tokens,
} from '@fluentui/react-components';
import { ArrowDownloadRegular } from '@fluentui/react-icons/svg/arrow-download';
import { useEffect, useState } from 'react';
import type { ErrorShape } from '../../../contract/errors.ts';
import type { DossierView } from '../../../contract/model.ts';
import { bytesOf } from '../../app/base64.ts';
import { useEngine } from '../../app/engine.tsx';
import { shapeOf } from '../../app/faults.ts';
import { useTexts } from '../../app/texts.tsx';
import { Fault } from '../../ui/Fault.tsx';
import { Keycap } from '../../ui/Keycap.tsx';
import { DueFacts } from './DueFacts.tsx';
import { focusSoon } from './focus.ts';

const useStyles = makeStyles({
  surface: { width: 'min(940px, calc(100vw - 32px))', maxWidth: 'none' },
  content: {
    display: 'grid',
    gridTemplateColumns: '300px minmax(0, 1fr)',
    columnGap: '16px',
    rowGap: '12px',
    '@media (max-width: 760px)': { gridTemplateColumns: 'minmax(0, 1fr)' },
  },
  facts: { display: 'flex', flexDirection: 'column', rowGap: '12px' },
  code: {
    padding: '12px',
    borderRadius: tokens.borderRadiusMedium,
    backgroundColor: tokens.colorBrandBackground2,
    border: `1px solid ${tokens.colorTransparentStroke}`,
  },
  number: { display: 'block', overflowWrap: 'anywhere', fontVariantNumeric: 'tabular-nums' },
  paper: {
    height: 'min(460px, calc(100vh - 240px))',
    border: `1px solid ${tokens.colorNeutralStroke2}`,
    borderRadius: tokens.borderRadiusMedium,
    overflow: 'hidden',
    display: 'grid',
    placeItems: 'center',
    backgroundColor: tokens.colorNeutralBackground4,
  },
  frame: { width: '100%', height: '100%', border: 'none' },
  noViewer: { padding: '24px', textAlign: 'center' },
});

type Paper =
  | { readonly state: 'waiting' }
  | { readonly state: 'failed'; readonly fault: ErrorShape }
  | { readonly state: 'there'; readonly url: string; readonly name: string };

/** The slip's PDF as a blob: address, given back on unmount. */
function usePaper(documentId: string | null): Paper {
  const engine = useEngine();
  const [paper, setPaper] = useState<Paper>({ state: 'waiting' });
  useEffect(() => {
    if (documentId === null) return;
    let url: string | null = null;
    let left = false;
    engine.call('documents.read', { documentId }).then(
      ({ mime, base64, name }) => {
        if (left) return;
        url = URL.createObjectURL(new Blob([bytesOf(base64)], { type: mime }));
        setPaper({ state: 'there', url, name });
      },
      (error: unknown) => {
        if (!left) setPaper({ state: 'failed', fault: shapeOf(error) });
      },
    );
    return () => {
      left = true;
      if (url) URL.revokeObjectURL(url);
    };
  }, [engine, documentId]);
  return paper;
}

/** What the citizen takes home: the code, the promised day, and the slip itself. */
export function SlipDialog(props: { dossier: DossierView; onClose: () => void }) {
  const styles = useStyles();
  const t = useTexts();
  const { dossier } = props;
  const paper = usePaper(dossier.slipDocumentId);
  useEffect(() => focusSoon('[data-slip-close]'), []);
  return (
    <Dialog open onOpenChange={(_, data) => !data.open && props.onClose()}>
      <DialogSurface className={styles.surface}>
        <DialogBody>
          <DialogTitle>{t('slip.title')}</DialogTitle>
          <DialogContent className={styles.content}>
            <div className={styles.facts}>
              {dossier.code && (
                <div className={styles.code}>
                  <Text size={200}>{t('slip.code')}</Text>
                  <Text size={500} weight="semibold" className={styles.number} data-code="">
                    {dossier.code.value}
                  </Text>
                  {dossier.code.kind === 'temporary' && <Text size={200}>{t('slip.temporary')}</Text>}
                </div>
              )}
              <Text>{t('slip.for', { name: dossier.applicant?.name ?? '' })}</Text>
              <DueFacts due={dossier.due} loading={false} label={t('due.promised')} />
              <Text size={200}>{t('slip.leaves')}</Text>
            </div>
            <div className={styles.paper}>
              {paper.state === 'waiting' && <Spinner label={t('slip.loading')} />}
              {paper.state === 'failed' && <Fault fault={paper.fault} />}
              {paper.state === 'there' && <PaperFrame url={paper.url} />}
            </div>
          </DialogContent>
          <DialogActions>
            {paper.state === 'there' && (
              <Link href={paper.url} download={paper.name}>
                <ArrowDownloadRegular /> {t('slip.save')}
              </Link>
            )}
            <Button appearance="primary" data-slip-close="" onClick={props.onClose}>
              {t('slip.done')}&nbsp;<Keycap onBrand>Enter</Keycap>
            </Button>
          </DialogActions>
        </DialogBody>
      </DialogSurface>
    </Dialog>
  );
}

/** The browser's own viewer where it has one; the paper can be saved in any case. */
function PaperFrame(props: { url: string }) {
  const styles = useStyles();
  const t = useTexts();
  if (!navigator.pdfViewerEnabled) return <Text className={styles.noViewer}>{t('slip.noViewer')}</Text>;
  return <iframe className={styles.frame} src={`${props.url}#navpanes=0&view=Fit`} title={t('slip.title')} />;
}

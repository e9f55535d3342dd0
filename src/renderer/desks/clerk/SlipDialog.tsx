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
  Text,
  tokens,
} from '@fluentui/react-components';
import { ArrowDownloadRegular } from '@fluentui/react-icons/svg/arrow-download';
import { PrintRegular } from '@fluentui/react-icons/svg/print';
import { useEffect, useMemo } from 'react';
import type { DossierView } from '../../../contract/model.ts';
import { useEngine } from '../../app/engine.tsx';
import { useTexts } from '../../app/texts.tsx';
import { Keycap } from '../../ui/Keycap.tsx';
import { PaperView, usePaper } from '../../ui/paper.tsx';
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
});

/** What the citizen takes home: the code, the promised day, and the slip itself. */
export function SlipDialog(props: {
  dossier: DossierView;
  onClose: () => void;
  onPrint: (documentId: string) => void;
}) {
  const styles = useStyles();
  const t = useTexts();
  const { dossier } = props;
  const engine = useEngine();
  const documentId = dossier.slipDocumentId;
  const read = useMemo(
    () => (documentId === null ? null : () => engine.call('documents.read', { documentId })),
    [engine, documentId],
  );
  const paper = usePaper(read);
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
              <PaperView paper={paper} title={t('slip.title')} />
            </div>
          </DialogContent>
          <DialogActions>
            {paper.state === 'there' && (
              <Link href={paper.url} download={paper.name}>
                <ArrowDownloadRegular /> {t('slip.save')}
              </Link>
            )}
            {documentId !== null && (
              <Button icon={<PrintRegular />} data-slip-print="" onClick={() => props.onPrint(documentId)}>
                {t('slip.print')}
              </Button>
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

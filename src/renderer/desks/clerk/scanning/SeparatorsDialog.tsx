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
import { useCallback, useEffect } from 'react';
import { useEngine } from '../../../app/engine.tsx';
import { useTexts } from '../../../app/texts.tsx';
import { Keycap } from '../../../ui/Keycap.tsx';
import { PaperView, usePaper } from '../../../ui/paper.tsx';
import { focusSoon } from '../focus.ts';

const useStyles = makeStyles({
  surface: { width: 'min(820px, calc(100vw - 32px))', maxWidth: 'none' },
  content: { display: 'flex', flexDirection: 'column', rowGap: '10px' },
  paper: {
    height: 'min(460px, calc(100vh - 280px))',
    border: `1px solid ${tokens.colorNeutralStroke2}`,
    borderRadius: tokens.borderRadiusMedium,
    overflow: 'hidden',
    display: 'grid',
    placeItems: 'center',
    backgroundColor: tokens.colorNeutralBackground4,
  },
});

/** Sheets to lay between the papers, so that one scan fills them all. */
export function SeparatorsDialog(props: { dossierId: string; onClose: () => void }) {
  const styles = useStyles();
  const t = useTexts();
  const engine = useEngine();
  const { dossierId } = props;
  const paper = usePaper(
    useCallback(() => engine.call('separators.sheets', { dossierId }), [engine, dossierId]),
  );
  useEffect(() => focusSoon('[data-separators-close]'), []);
  return (
    <Dialog open onOpenChange={(_, data) => !data.open && props.onClose()}>
      <DialogSurface className={styles.surface}>
        <DialogBody>
          <DialogTitle>{t('separators.title')}</DialogTitle>
          <DialogContent className={styles.content}>
            <Text>{t('separators.text')}</Text>
            <div className={styles.paper}>
              <PaperView paper={paper} title={t('separators.title')} />
            </div>
          </DialogContent>
          <DialogActions>
            {paper.state === 'there' && (
              <Link href={paper.url} download={paper.name}>
                <ArrowDownloadRegular /> {t('slip.save')}
              </Link>
            )}
            <Button appearance="primary" data-separators-close="" onClick={props.onClose}>
              {t('action.close')}&nbsp;<Keycap onBrand>Esc</Keycap>
            </Button>
          </DialogActions>
        </DialogBody>
      </DialogSurface>
    </Dialog>
  );
}

import {
  Button,
  DialogActions,
  DialogBody,
  DialogContent,
  DialogTitle,
  makeStyles,
  Text,
  tokens,
} from '@fluentui/react-components';
import { useEffect, useMemo } from 'react';
import { useEngine } from '../../../app/engine.tsx';
import { useTexts } from '../../../app/texts.tsx';
import { Keycap } from '../../../ui/Keycap.tsx';
import { PaperView, usePaper } from '../../../ui/paper.tsx';
import { focusSoon } from '../focus.ts';

const useStyles = makeStyles({
  content: { display: 'flex', flexDirection: 'column', rowGap: '8px' },
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

export interface Previewed {
  readonly dossierId: string;
  readonly componentId: string;
  readonly key: string;
  readonly name: string;
}

/** The first page as it will look under the signature. */
export function PreviewView(props: { previewed: Previewed; onBack: () => void }) {
  const styles = useStyles();
  const t = useTexts();
  const engine = useEngine();
  const { dossierId, componentId, key, name } = props.previewed;
  const read = useMemo(
    () => () => engine.call('signing.preview', { dossierId, componentId, key }),
    [engine, dossierId, componentId, key],
  );
  const paper = usePaper(read);
  useEffect(() => focusSoon('[data-preview-back]'), []);
  return (
    <DialogBody data-previewed={componentId}>
      <DialogTitle>{t('sign.previewTitle', { name })}</DialogTitle>
      <DialogContent className={styles.content}>
        <Text>{t('sign.previewNote')}</Text>
        <div className={styles.paper}>
          <PaperView paper={paper} title={t('sign.previewTitle', { name })} />
        </div>
      </DialogContent>
      <DialogActions>
        <Button appearance="primary" data-preview-back="" onClick={props.onBack}>
          {t('action.back')}&nbsp;<Keycap onBrand>Esc</Keycap>
        </Button>
      </DialogActions>
    </DialogBody>
  );
}

import {
  Button,
  Dialog,
  DialogActions,
  DialogBody,
  DialogContent,
  DialogSurface,
  DialogTitle,
  makeStyles,
  Radio,
  RadioGroup,
  Text,
} from '@fluentui/react-components';
import { useEffect, useState } from 'react';
import type { ImportAs } from '../../../../contract/model.ts';
import { useTexts } from '../../../app/texts.tsx';
import { Keycap } from '../../../ui/Keycap.tsx';
import { focusSoon } from '../focus.ts';

const useStyles = makeStyles({
  content: { display: 'flex', flexDirection: 'column', rowGap: '8px' },
  names: { overflowWrap: 'anywhere' },
});

const WAYS: readonly ImportAs[] = ['auto', 'whole', 'pages'];

/** How PDFs come in; what is usual takes one key. */
export function PdfDialog(props: {
  names: readonly string[];
  onTake: (as: ImportAs) => void;
  onClose: () => void;
}) {
  const styles = useStyles();
  const t = useTexts();
  const [as, setAs] = useState<ImportAs>('auto');
  useEffect(() => focusSoon('[data-pdf-take]'), []);
  return (
    <Dialog open onOpenChange={(_, data) => !data.open && props.onClose()}>
      <DialogSurface>
        <DialogBody>
          <DialogTitle>{t('pdf.title', { n: props.names.length })}</DialogTitle>
          <DialogContent className={styles.content}>
            <Text className={styles.names}>{props.names.slice(0, 5).join(', ')}</Text>
            <RadioGroup value={as} onChange={(_, data) => setAs(data.value as ImportAs)}>
              {WAYS.map((way) => (
                <Radio
                  key={way}
                  value={way}
                  label={
                    <>
                      <Text weight="semibold">{t(`pdf.as.${way}`)}</Text>
                      <br />
                      <Text size={200}>{t(`pdf.as.${way}.note`)}</Text>
                    </>
                  }
                />
              ))}
            </RadioGroup>
          </DialogContent>
          <DialogActions>
            <Button appearance="primary" data-pdf-take="" onClick={() => props.onTake(as)}>
              {t('pdf.take')}&nbsp;<Keycap onBrand>Enter</Keycap>
            </Button>
            <Button onClick={props.onClose}>
              {t('action.cancel')}&nbsp;<Keycap>Esc</Keycap>
            </Button>
          </DialogActions>
        </DialogBody>
      </DialogSurface>
    </Dialog>
  );
}

import {
  Button,
  Dialog,
  DialogActions,
  DialogBody,
  DialogContent,
  DialogSurface,
  DialogTitle,
  makeStyles,
  Select,
  Spinner,
  Text,
  tokens,
} from '@fluentui/react-components';
import { useEffect, useState } from 'react';
import type { ImportAs, InboxFile } from '../../../../contract/model.ts';
import { shapeOf } from '../../../app/faults.ts';
import { useFormats } from '../../../app/formats.ts';
import { useInbox } from '../../../app/queries.ts';
import { useTexts } from '../../../app/texts.tsx';
import { Fault } from '../../../ui/Fault.tsx';
import { Keycap } from '../../../ui/Keycap.tsx';
import { focusSoon } from '../focus.ts';
import { isPdf } from './import-state.ts';

const useStyles = makeStyles({
  content: { display: 'flex', flexDirection: 'column', rowGap: '8px' },
  list: { margin: 0, padding: 0, listStyleType: 'none', maxHeight: '50vh', overflowY: 'auto' },
  line: {
    display: 'flex',
    alignItems: 'center',
    columnGap: '10px',
    padding: '6px 4px',
    borderBottom: `1px solid ${tokens.colorNeutralStroke3}`,
  },
  words: { flexGrow: 1, minWidth: 0, display: 'flex', flexDirection: 'column' },
  name: { overflowWrap: 'anywhere' },
  quiet: { color: tokens.colorNeutralForeground3 },
  again: { color: tokens.colorPaletteDarkOrangeForeground1 },
  empty: { padding: '16px 0' },
});

/** Files that lie in the watched folder, to be taken into the paper at hand. */
export function InboxDialog(props: {
  /** Name of the paper that they go into. */
  into: string;
  onTake: (file: InboxFile, as: ImportAs) => void;
  onClose: () => void;
}) {
  const styles = useStyles();
  const t = useTexts();
  const inbox = useInbox();
  const files = inbox.data ?? [];
  useEffect(() => focusSoon('[data-take], [data-inbox-close]'), []);
  return (
    <Dialog open onOpenChange={(_, data) => !data.open && props.onClose()}>
      <DialogSurface>
        <DialogBody>
          <DialogTitle>{t('inbox.title')}</DialogTitle>
          <DialogContent className={styles.content}>
            <Text>{t('inbox.into', { name: props.into })}</Text>
            {inbox.error && <Fault fault={shapeOf(inbox.error)} />}
            {inbox.isPending && <Spinner label={t('inbox.loading')} />}
            {inbox.data && files.length === 0 && <Text className={styles.empty}>{t('inbox.empty')}</Text>}
            <ul className={styles.list}>
              {files.map((file) => (
                <Line key={file.name} file={file} onTake={props.onTake} />
              ))}
            </ul>
          </DialogContent>
          <DialogActions>
            <Button data-inbox-close="" onClick={props.onClose}>
              {t('action.close')}&nbsp;<Keycap>Esc</Keycap>
            </Button>
          </DialogActions>
        </DialogBody>
      </DialogSurface>
    </Dialog>
  );
}

function Line(props: { file: InboxFile; onTake: (file: InboxFile, as: ImportAs) => void }) {
  const styles = useStyles();
  const t = useTexts();
  const formats = useFormats();
  const { file } = props;
  const [as, setAs] = useState<ImportAs>('auto');
  return (
    <li className={styles.line}>
      <span className={styles.words}>
        <Text className={styles.name}>{file.name}</Text>
        <Text size={200} className={styles.quiet}>
          {t('inbox.facts', {
            kilobytes: Math.ceil(file.bytes / 1024),
            time: formats.time(file.at),
            date: formats.date(file.at),
          })}
        </Text>
        {file.duplicateOf !== '' && (
          <Text size={200} className={styles.again}>
            {t('inbox.duplicate', { name: file.duplicateOf })}
          </Text>
        )}
      </span>
      {isPdf(file) && (
        <Select
          size="small"
          aria-label={t('pdf.title', { n: 1 })}
          value={as}
          onChange={(_, data) => setAs(data.value as ImportAs)}
        >
          {(['auto', 'whole', 'pages'] as const).map((way) => (
            <option key={way} value={way}>
              {t(`pdf.as.${way}`)}
            </option>
          ))}
        </Select>
      )}
      <Button
        size="small"
        data-take={file.name}
        aria-label={t('inbox.takeFile', { name: file.name })}
        onClick={() => props.onTake(file, as)}
      >
        {t('inbox.take')}
      </Button>
    </li>
  );
}

import {
  Button,
  Dialog,
  DialogActions,
  DialogBody,
  DialogContent,
  DialogSurface,
  DialogTitle,
  makeStyles,
  Spinner,
  Text,
  tokens,
} from '@fluentui/react-components';
import { useEffect } from 'react';
import { useIntl } from 'react-intl';
import type { HistoryLine } from '../../../../contract/life-cycle.ts';
import { shapeOf } from '../../../app/faults.ts';
import { useFormats } from '../../../app/formats.ts';
import { useHistory } from '../../../app/queries.ts';
import { type TextKey, useTexts } from '../../../app/texts.tsx';
import { Fault } from '../../../ui/Fault.tsx';
import { Keycap } from '../../../ui/Keycap.tsx';
import { focusSoon } from '../focus.ts';

const useStyles = makeStyles({
  surface: { width: 'min(860px, calc(100vw - 32px))', maxWidth: 'none' },
  lines: { margin: 0, padding: 0, listStyleType: 'none' },
  line: {
    display: 'grid',
    gridTemplateColumns: '150px minmax(0, 1fr)',
    columnGap: '12px',
    padding: '8px 4px',
    borderBottom: `1px solid ${tokens.colorNeutralStroke3}`,
  },
  words: { display: 'flex', flexDirection: 'column', rowGap: '2px', overflowWrap: 'anywhere' },
  quiet: { color: tokens.colorNeutralForeground3 },
});

/** Who did what with the dossier, when and why; the newest step on top. */
export function HistoryDialog(props: { dossierId: string; onClose: () => void }) {
  const styles = useStyles();
  const t = useTexts();
  const formats = useFormats();
  const say = useHistoryWords();
  const history = useHistory(props.dossierId);
  useEffect(() => focusSoon('[data-history-close]'), []);
  return (
    <Dialog open onOpenChange={(_, data) => !data.open && props.onClose()}>
      <DialogSurface className={styles.surface} data-history="">
        <DialogBody>
          <DialogTitle>{t('course.history')}</DialogTitle>
          <DialogContent>
            {history.error && <Fault fault={shapeOf(history.error)} />}
            {history.isPending && <Spinner label={t('course.history.loading')} />}
            <ol className={styles.lines}>
              {history.data?.toReversed().map((line) => (
                <li key={line.version} className={styles.line} data-history-line={line.version}>
                  <Text size={200} className={styles.quiet}>
                    {formats.time(line.at)} {formats.date(line.at)}
                    <br />
                    {line.actor}
                  </Text>
                  <span className={styles.words}>
                    <Text weight="semibold">{say(line)}</Text>
                    {line.why !== '' && <Text size={200}>{t('course.why', { why: line.why })}</Text>}
                    {line.from !== null && line.from !== line.to && (
                      <Text size={200} className={styles.quiet}>
                        {t('course.moved', {
                          from: t(`course.state.${line.from}`),
                          to: t(`course.state.${line.to}`),
                        })}
                      </Text>
                    )}
                  </span>
                </li>
              ))}
            </ol>
          </DialogContent>
          <DialogActions>
            <Button appearance="primary" data-history-close="" onClick={props.onClose}>
              {t('action.close')}&nbsp;<Keycap onBrand>Esc</Keycap>
            </Button>
          </DialogActions>
        </DialogBody>
      </DialogSurface>
    </Dialog>
  );
}

/** A line of history in words: instants at the counter's clock, money in groups, kinds by their names. */
function useHistoryWords(): (line: HistoryLine) => string {
  const t = useTexts();
  const intl = useIntl();
  const formats = useFormats();
  return ({ key, values }) => {
    const words: Record<string, string | number> = { ...values };
    const { due, amount, kind, answer } = values;
    if (typeof due === 'string' && due !== '') words.due = `${formats.time(due)} ${formats.date(due)}`;
    if (typeof amount === 'number') words.amount = intl.formatNumber(amount);
    if (typeof kind === 'string') words.kind = t(`course.paper.${kind}` as TextKey);
    if (typeof answer === 'string') words.answer = t(`course.answer.${answer}` as TextKey);
    return t(`history.${key.replace('history.', '')}` as TextKey, words);
  };
}

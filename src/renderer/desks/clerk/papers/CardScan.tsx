import {
  Button,
  MessageBar,
  MessageBarActions,
  MessageBarBody,
  MessageBarTitle,
  makeStyles,
  ProgressBar,
  Text,
} from '@fluentui/react-components';
import { DismissRegular } from '@fluentui/react-icons/svg/dismiss';
import { useTexts } from '../../../app/texts.tsx';
import { Fault } from '../../../ui/Fault.tsx';
import { Keycap } from '../../../ui/Keycap.tsx';
import { DuplexGuide } from '../scanning/DuplexGuide.tsx';
import type { ScanState } from '../scanning/scan-state.ts';
import type { Scan } from '../scanning/useScan.ts';

const useStyles = makeStyles({
  running: { display: 'flex', flexWrap: 'wrap', alignItems: 'center', gap: '4px 12px' },
  bar: { flexGrow: 1, flexBasis: '60px', width: 'auto' },
  still: { whiteSpace: 'nowrap', flexShrink: 0 },
  next: { flexBasis: '100%' },
});

/** What the scanner has to say at the component that it scans into. */
export function CardScan(props: {
  scan: Scan;
  here: ScanState;
  componentId: string;
  nextName: string | null;
  onScan: (componentId: string) => void;
}) {
  const styles = useStyles();
  const t = useTexts();
  const { scan, here, componentId } = props;
  const turn = scan.turn?.order.componentId === componentId ? scan.turn : null;
  const notice = scan.notice?.componentId === componentId ? scan.notice : null;
  return (
    <>
      {here.phase === 'running' && (
        <div className={styles.running}>
          <Text className={styles.still}>
            {here.stopping ? t('scan.stopping') : t('scan.running', { pages: here.pages })}
          </Text>
          <ProgressBar className={styles.bar} aria-label={t('scan.progress')} />
          <Button
            size="small"
            className={styles.still}
            disabled={here.stopping || here.scanId === null}
            onClick={scan.stop}
          >
            {t('scan.stop')}&nbsp;<Keycap>Esc</Keycap>
          </Button>
          <Text size={200} className={styles.next} role="status">
            {props.nextName === null ? t('scan.nextHint') : t('scan.nextInto', { name: props.nextName })}
          </Text>
        </div>
      )}
      {here.phase === 'failed' && (
        <Fault
          fault={here.fault}
          extra={here.pages > 0 && <span>{t('scan.kept', { pages: here.pages })}</span>}
          actions={<Button onClick={() => props.onScan(componentId)}>{t('scan.again')}</Button>}
          onDismiss={scan.dismiss}
        />
      )}
      {turn && here.phase !== 'running' && (
        <DuplexGuide pages={turn.pages} onBacks={scan.scanBacks} onNone={scan.leaveBacks} />
      )}
      {notice && (
        <MessageBar intent="warning" layout="multiline" role="alert" data-notice={notice.note}>
          <MessageBarBody>
            <MessageBarTitle>{t(`scan.note.${notice.note}.heading`)}</MessageBarTitle>
            {t(`scan.note.${notice.note}.text`)}
          </MessageBarBody>
          <MessageBarActions
            containerAction={
              <Button
                appearance="transparent"
                icon={<DismissRegular />}
                aria-label={t('action.dismiss')}
                onClick={scan.dismissNotice}
              />
            }
          />
        </MessageBar>
      )}
    </>
  );
}

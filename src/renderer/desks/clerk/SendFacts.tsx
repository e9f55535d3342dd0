import { Button, makeStyles, mergeClasses, Spinner, Text, tokens } from '@fluentui/react-components';
import { CheckmarkCircleFilled } from '@fluentui/react-icons/svg/checkmark-circle';
import { ClockRegular } from '@fluentui/react-icons/svg/clock';
import { CloudOffRegular } from '@fluentui/react-icons/svg/cloud-off';
import { WarningRegular } from '@fluentui/react-icons/svg/warning';
import { useMutation } from '@tanstack/react-query';
import type { ErrorShape } from '../../../contract/errors.ts';
import type { DossierView } from '../../../contract/model.ts';
import { useEngine } from '../../app/engine.tsx';
import { isErrorCode, shapeOf } from '../../app/faults.ts';
import { useFormats } from '../../app/formats.ts';
import { useOutbox } from '../../app/queries.ts';
import { useTexts } from '../../app/texts.tsx';
import { Fault } from '../../ui/Fault.tsx';
import { type SendState, sendState } from './progress.ts';

const useStyles = makeStyles({
  box: {
    display: 'grid',
    gridTemplateColumns: '24px minmax(0, 1fr)',
    columnGap: '8px',
    padding: '10px 12px',
    borderRadius: tokens.borderRadiusMedium,
    border: `1px solid ${tokens.colorNeutralStroke3}`,
    backgroundColor: tokens.colorNeutralBackground2,
  },
  icon: { fontSize: '22px', lineHeight: 0, paddingTop: '1px' },
  waiting: { color: tokens.colorPaletteDarkOrangeForeground1 },
  sent: { color: tokens.colorPaletteGreenForeground1 },
  words: { display: 'flex', flexDirection: 'column', rowGap: '2px', minWidth: 0 },
  reference: { overflowWrap: 'anywhere', color: tokens.colorNeutralForeground2 },
});

/** How far the dossier has got on its way to the province, live. */
export function SendFacts(props: { dossier: DossierView }) {
  const styles = useStyles();
  const t = useTexts();
  const formats = useFormats();
  const outbox = useOutbox();
  const { dossier } = props;
  const state = sendState(dossier, outbox.data);
  const { receipt, sendFault } = dossier;
  const retry = useSendAgain(dossier.id);
  return (
    <>
      <div className={styles.box} role="status" data-send={state}>
        <span
          className={mergeClasses(styles.icon, state === 'sent' ? styles.sent : styles.waiting)}
          aria-hidden="true"
        >
          <SendIcon state={state} />
        </span>
        <div className={styles.words}>
          <Text weight="semibold">{t(`send.${state}.heading`)}</Text>
          <Text size={200}>{t(`send.${state}.text`)}</Text>
          {receipt && (
            <Text size={200} className={styles.reference}>
              {t('send.receipt', {
                reference: receipt.reference,
                time: formats.time(receipt.at),
                date: formats.date(receipt.at),
              })}
            </Text>
          )}
        </div>
      </div>
      {state === 'needs-person' && sendFault && (
        <Fault
          fault={retry.error ? shapeOf(retry.error) : faultOf(sendFault)}
          actions={
            <Button data-send-again="" disabled={retry.isPending} onClick={() => retry.mutate()}>
              {t('send.again')}
            </Button>
          }
        />
      )}
    </>
  );
}

/** What the engine kept of the fault is its code; one that this screen does not know is still a fault of sending. */
function faultOf(code: string): ErrorShape {
  return { code: isErrorCode(code) ? code : 'PROVINCE_FAILED', details: {} };
}

/** Puts a dossier that waits for a person back in the queue; the outcome comes as an event, like every sending. */
function useSendAgain(dossierId: string) {
  const engine = useEngine();
  return useMutation({ mutationFn: () => engine.call('outbox.retry', { dossierId }) });
}

function SendIcon(props: { state: SendState }) {
  switch (props.state) {
    case 'sent':
      return <CheckmarkCircleFilled />;
    case 'sending':
      return <Spinner size="tiny" />;
    case 'waiting-offline':
      return <CloudOffRegular />;
    case 'needs-person':
      return <WarningRegular />;
    case 'waiting':
      return <ClockRegular />;
  }
}

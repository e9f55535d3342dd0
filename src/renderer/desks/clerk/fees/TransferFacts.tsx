import { makeStyles, Text, tokens } from '@fluentui/react-components';
import { useIntl } from 'react-intl';
import { shapeOf } from '../../../app/faults.ts';
import { useTransferCode } from '../../../app/queries.ts';
import { useTexts } from '../../../app/texts.tsx';
import { Fault } from '../../../ui/Fault.tsx';

const useStyles = makeStyles({
  box: {
    display: 'flex',
    flexDirection: 'column',
    padding: '10px 12px',
    borderRadius: tokens.borderRadiusMedium,
    backgroundColor: tokens.colorNeutralBackground2,
    border: `1px solid ${tokens.colorNeutralStroke3}`,
    fontVariantNumeric: 'tabular-nums',
  },
  code: { color: tokens.colorNeutralForeground3, overflowWrap: 'anywhere' },
});

/** Where the money goes and with which words; the code itself stands on the slip, to be shot by a phone. */
export function TransferFacts(props: { dossierId: string; total: number }) {
  const styles = useStyles();
  const t = useTexts();
  const intl = useIntl();
  const code = useTransferCode(props.dossierId, props.total);
  if (code.error) {
    const fault = shapeOf(code.error);
    const noAccount = fault.code === 'CONFIG_INVALID' && fault.details.setting === 'fees.account';
    return noAccount ? <Text size={200}>{t('fees.noAccount')}</Text> : <Fault fault={fault} />;
  }
  if (!code.data) return null;
  const { account, amount, purpose, text } = code.data;
  return (
    <div className={styles.box} data-transfer={amount}>
      <Text weight="semibold">
        {t('fees.transfer.account', { name: account.name, number: account.number, bin: account.bin })}
      </Text>
      <Text>{t('fees.transfer.purpose', { purpose, amount: intl.formatNumber(amount) })}</Text>
      <Text size={100} className={styles.code}>
        {t('fees.transfer.code', { text })}
      </Text>
    </div>
  );
}

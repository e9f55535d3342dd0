import { Button, makeStyles, Text, tokens } from '@fluentui/react-components';
import { PrintRegular } from '@fluentui/react-icons/svg/print';
import { useIntl } from 'react-intl';
import type { DossierView } from '../../../../contract/model.ts';
import { useFormats } from '../../../app/formats.ts';
import { useTexts } from '../../../app/texts.tsx';
import type { KeptDocument } from '../verifying/useDocuments.ts';

const useStyles = makeStyles({
  line: {
    display: 'flex',
    alignItems: 'center',
    columnGap: '8px',
    padding: '6px 10px',
    borderRadius: tokens.borderRadiusMedium,
    backgroundColor: tokens.colorNeutralBackground2,
    border: `1px solid ${tokens.colorNeutralStroke3}`,
  },
  words: { flexGrow: 1, minWidth: 0 },
});

/** Money that was taken for the dossier, each with the number of its receipt. */
export function Receipts(props: { dossier: DossierView; onPrint: (document: KeptDocument) => void }) {
  const styles = useStyles();
  const t = useTexts();
  const intl = useIntl();
  const formats = useFormats();
  return props.dossier.payments.map((payment) => {
    const { sign, number, documentId } = payment.receipt;
    const name = t('fees.receipt', { sign, number });
    return (
      <div key={payment.id} className={styles.line} data-receipt={number}>
        <span className={styles.words}>
          <Text weight="semibold">{name}</Text>{' '}
          <Text size={200}>
            {t('fees.receipt.facts', {
              amount: intl.formatNumber(payment.amount),
              way: t(`fees.way.${payment.way}`),
              time: formats.time(payment.at),
              date: formats.date(payment.at),
            })}
            {payment.cancelled && ` · ${t('fees.receipt.cancelled', { why: payment.cancelled.reason })}`}
          </Text>
        </span>
        {documentId !== null && (
          <Button
            size="small"
            icon={<PrintRegular />}
            data-receipt-print={documentId}
            onClick={() => props.onPrint({ documentId, name })}
          >
            {t('fees.receipt.print')}
          </Button>
        )}
      </div>
    );
  });
}

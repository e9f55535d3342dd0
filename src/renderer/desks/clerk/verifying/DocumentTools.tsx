import { Button, makeStyles } from '@fluentui/react-components';
import { PrintRegular } from '@fluentui/react-icons/svg/print';
import { ShieldTaskRegular } from '@fluentui/react-icons/svg/shield-task';
import { useTexts } from '../../../app/texts.tsx';
import type { Documents, KeptDocument } from './useDocuments.ts';

const useStyles = makeStyles({ tools: { display: 'flex', columnGap: '2px', flexShrink: 0 } });

/** What can be done with a document that carries signatures. */
export function DocumentTools(props: { document: KeptDocument; documents: Documents }) {
  const styles = useStyles();
  const t = useTexts();
  const { document, documents } = props;
  const { documentId, name } = document;
  return (
    <span className={styles.tools}>
      <Button
        size="small"
        appearance="subtle"
        icon={<ShieldTaskRegular />}
        aria-label={t('check.document', { name })}
        title={t('check.document', { name })}
        data-verify={documentId}
        onClick={() => documents.verify(document)}
      />
      <Button
        size="small"
        appearance="subtle"
        icon={<PrintRegular />}
        aria-label={t('print.document', { name })}
        title={t('print.document', { name })}
        data-print-document={documentId}
        onClick={() => documents.print(document)}
      />
    </span>
  );
}

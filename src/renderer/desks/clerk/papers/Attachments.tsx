import { Button, makeStyles, Text, tokens } from '@fluentui/react-components';
import { DeleteRegular } from '@fluentui/react-icons/svg/delete';
import { DocumentPdfRegular } from '@fluentui/react-icons/svg/document-pdf';
import type { ComponentView } from '../../../../contract/model.ts';
import { useTexts } from '../../../app/texts.tsx';

const useStyles = makeStyles({
  list: {
    margin: 0,
    padding: '0 0 0 30px',
    listStyleType: 'none',
    display: 'flex',
    flexDirection: 'column',
    rowGap: '4px',
  },
  line: {
    display: 'flex',
    alignItems: 'center',
    columnGap: '8px',
    padding: '2px 4px 2px 8px',
    backgroundColor: tokens.colorNeutralBackground2,
    borderRadius: tokens.borderRadiusMedium,
    border: `1px solid ${tokens.colorNeutralStroke3}`,
  },
  name: { overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap', minWidth: 0 },
  facts: { color: tokens.colorNeutralForeground3, whiteSpace: 'nowrap', flexShrink: 0 },
  signed: { color: tokens.colorPaletteGreenForeground1, whiteSpace: 'nowrap', flexShrink: 0 },
  push: { marginLeft: 'auto' },
});

/** PDFs that are kept as they came. */
export function Attachments(props: {
  component: ComponentView;
  editable: boolean;
  onChange: (attachmentId: string, removed: boolean) => void;
}) {
  const styles = useStyles();
  const t = useTexts();
  const live = props.component.attachments.filter((a) => !a.removed);
  if (live.length === 0) return null;
  return (
    <ul className={styles.list} aria-label={t('attachment.list', { name: props.component.spec.name })}>
      {live.map((file) => (
        <li key={file.id} className={styles.line} data-attachment={file.id}>
          <DocumentPdfRegular fontSize={18} aria-hidden="true" />
          <Text size={200} className={styles.name} title={file.name}>
            {file.name}
          </Text>
          <Text size={200} className={styles.facts}>
            {t('attachment.facts', { pages: file.pages, kilobytes: Math.ceil(file.bytes / 1024) })}
          </Text>
          {file.signatures > 0 && (
            <Text size={200} weight="semibold" className={styles.signed}>
              {t('attachment.signed', { n: file.signatures })}
            </Text>
          )}
          {props.editable && (
            <Button
              className={styles.push}
              size="small"
              appearance="subtle"
              icon={<DeleteRegular />}
              aria-label={t('attachment.remove', { name: file.name })}
              title={t('attachment.remove', { name: file.name })}
              onClick={() => props.onChange(file.id, true)}
            />
          )}
        </li>
      ))}
    </ul>
  );
}

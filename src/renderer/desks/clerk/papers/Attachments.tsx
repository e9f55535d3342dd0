import { Button, makeStyles, Text, tokens } from '@fluentui/react-components';
import { DeleteRegular } from '@fluentui/react-icons/svg/delete';
import { DocumentPdfRegular } from '@fluentui/react-icons/svg/document-pdf';
import type { AttachmentView, ComponentView } from '../../../../contract/model.ts';
import { useTexts } from '../../../app/texts.tsx';
import { DocumentTools } from '../verifying/DocumentTools.tsx';
import type { Documents } from '../verifying/useDocuments.ts';
import { VerdictMark } from '../verifying/VerdictMark.tsx';
import { useLevelWords } from './level-words.ts';

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
  state: {
    display: 'flex',
    alignItems: 'center',
    columnGap: '4px',
    minWidth: 0,
    fontSize: tokens.fontSizeBase200,
  },
  push: { marginLeft: 'auto', display: 'flex', columnGap: '2px', flexShrink: 0 },
});

/** PDFs that are kept as they came. */
export function Attachments(props: {
  component: ComponentView;
  editable: boolean;
  documents: Documents;
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
          <FileState file={file} />
          <span className={styles.push}>
            {(file.signatures > 0 || file.signature !== null) && (
              <DocumentTools
                document={{ documentId: file.signature?.documentId ?? file.id, name: file.name }}
                documents={props.documents}
              />
            )}
            {props.editable && (
              <Button
                size="small"
                appearance="subtle"
                icon={<DeleteRegular />}
                aria-label={t('attachment.remove', { name: file.name })}
                title={t('attachment.remove', { name: file.name })}
                data-remove={file.id}
                onClick={() => props.onChange(file.id, true)}
              />
            )}
          </span>
        </li>
      ))}
    </ul>
  );
}

/** The signatures that a file came with and what became of them; else the clerk's own. */
function FileState(props: { file: AttachmentView }) {
  const styles = useStyles();
  const t = useTexts();
  const levelWords = useLevelWords();
  const { signatures, verdict, signature } = props.file;
  if (signatures > 0) {
    const words = t('attachment.signed', { n: signatures });
    return (
      <span className={styles.state} data-verdict={verdict ?? 'not-judged'}>
        {verdict && <VerdictMark indication={verdict} size={16} />}
        {verdict ? `${words}, ${t(`check.verdict.${verdict}`)}` : words}
      </span>
    );
  }
  if (signature === null) return null;
  const { signer, level } = signature;
  return (
    <span className={styles.state}>
      {t('attachment.signedBy', { signer })} · {levelWords(level)}
    </span>
  );
}

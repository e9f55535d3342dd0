import { Badge, Button, makeStyles } from '@fluentui/react-components';
import { CopyRegular } from '@fluentui/react-icons/svg/copy';
import { DocumentArrowUpRegular } from '@fluentui/react-icons/svg/document-arrow-up';
import { MailInboxRegular } from '@fluentui/react-icons/svg/mail-inbox';
import { PrintRegular } from '@fluentui/react-icons/svg/print';
import { useInbox } from '../../../app/queries.ts';
import { useTexts } from '../../../app/texts.tsx';
import { Keycap } from '../../../ui/Keycap.tsx';

const useStyles = makeStyles({
  row: { flexBasis: '100%', display: 'flex', flexWrap: 'wrap', gap: '4px 0', marginInline: '-4px' },
  button: {
    paddingInline: '4px',
    whiteSpace: 'nowrap',
    minWidth: 'auto',
    '@media (max-width: 1200px)': { paddingInline: '2px' },
  },
  // Too narrow for both: the keys stand in the help.
  key: { '@media (max-width: 1200px)': { display: 'none' } },
});

export type Tool = 'import' | 'inbox' | 'copy' | 'separators';

/** Other ways for paper to come in and go out than one scan into one paper. */
export function ToolRow(props: { onTool: (tool: Tool) => void }) {
  const styles = useStyles();
  const t = useTexts();
  const inbox = useInbox();
  const waiting = inbox.data?.length ?? 0;
  return (
    <div className={styles.row} role="toolbar" aria-label={t('tools.label')}>
      <Button
        size="small"
        appearance="subtle"
        className={styles.button}
        icon={<DocumentArrowUpRegular />}
        onClick={() => props.onTool('import')}
      >
        {t('tools.import')}
        <span className={styles.key}>
          &nbsp;<Keycap>F3</Keycap>
        </span>
      </Button>
      <Button
        size="small"
        appearance="subtle"
        className={styles.button}
        icon={<MailInboxRegular />}
        data-inbox={waiting}
        onClick={() => props.onTool('inbox')}
      >
        {t('tools.inbox')}&nbsp;
        {waiting > 0 && (
          <Badge
            size="small"
            appearance="filled"
            color="informative"
            aria-label={t('inbox.waiting', { n: waiting })}
          >
            {waiting}
          </Badge>
        )}
        <span className={styles.key}>
          &nbsp;<Keycap>Shift F3</Keycap>
        </span>
      </Button>
      <Button
        size="small"
        appearance="subtle"
        className={styles.button}
        icon={<CopyRegular />}
        onClick={() => props.onTool('copy')}
      >
        {t('tools.copy')}
        <span className={styles.key}>
          &nbsp;<Keycap>Shift F6</Keycap>
        </span>
      </Button>
      <Button
        size="small"
        appearance="subtle"
        className={styles.button}
        icon={<PrintRegular />}
        onClick={() => props.onTool('separators')}
      >
        {t('tools.separators')}
      </Button>
    </div>
  );
}

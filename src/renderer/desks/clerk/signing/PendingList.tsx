import { Button, Checkbox, makeStyles, mergeClasses, Text, tokens } from '@fluentui/react-components';
import { EyeRegular } from '@fluentui/react-icons/svg/eye';
import { WarningFilled } from '@fluentui/react-icons/svg/warning';
import type { PendingDocument, PendingDossier } from '../../../../contract/model.ts';
import { useTexts } from '../../../app/texts.tsx';

const useStyles = makeStyles({
  all: { marginLeft: '2px' },
  list: {
    margin: 0,
    padding: 0,
    listStyleType: 'none',
    overflowY: 'auto',
    maxHeight: 'min(420px, calc(100vh - 320px))',
    border: `1px solid ${tokens.colorNeutralStroke2}`,
    borderRadius: tokens.borderRadiusMedium,
  },
  dossier: {
    padding: '8px 10px',
    borderBottom: `1px solid ${tokens.colorNeutralStroke3}`,
    ':last-child': { borderBottom: 'none' },
  },
  out: { opacity: 0.6 },
  head: { display: 'flex', alignItems: 'flex-start', columnGap: '4px' },
  names: { minWidth: 0, display: 'flex', flexDirection: 'column', overflowWrap: 'anywhere' },
  quiet: { color: tokens.colorNeutralForeground3 },
  documents: { margin: '4px 0 0', padding: 0, listStyleType: 'none' },
  indented: { paddingLeft: '32px' },
  line: {
    display: 'flex',
    flexWrap: 'wrap',
    alignItems: 'center',
    columnGap: '8px',
    minHeight: '30px',
  },
  name: { flexGrow: 1, flexBasis: '160px', minWidth: 0, overflowWrap: 'anywhere' },
  still: { whiteSpace: 'nowrap', flexShrink: 0 },
  doubtful: { color: tokens.colorPaletteDarkOrangeForeground1 },
});

/** What will be signed, dossier by dossier; where there are several, each may be left out. */
export function PendingList(props: {
  pending: readonly PendingDossier[];
  left: ReadonlySet<string>;
  disabled: boolean;
  onTakeAll: (take: boolean) => void;
  onTake: (dossierId: string, take: boolean) => void;
  onLook: (dossierId: string) => void;
  onPreview: (dossierId: string, document: PendingDocument) => void;
}) {
  const styles = useStyles();
  const t = useTexts();
  const several = props.pending.length > 1;
  const taken = props.pending.filter((d) => !props.left.has(d.dossierId)).length;
  return (
    <>
      {several && (
        <Checkbox
          className={styles.all}
          checked={taken === props.pending.length ? true : taken === 0 ? false : 'mixed'}
          disabled={props.disabled}
          label={t('sign.takeAll')}
          data-take-all=""
          onChange={() => props.onTakeAll(taken < props.pending.length)}
        />
      )}
      <ul className={styles.list} aria-label={t('sign.list')}>
        {props.pending.map((dossier) => {
          const name = dossier.applicant || t('list.noApplicant');
          const taken = !props.left.has(dossier.dossierId);
          return (
            <li
              key={dossier.dossierId}
              className={mergeClasses(styles.dossier, !taken && styles.out)}
              data-pending={dossier.dossierId}
            >
              <div className={styles.head}>
                {several && (
                  <Checkbox
                    checked={taken}
                    disabled={props.disabled}
                    aria-label={t('sign.take', { name })}
                    data-take-dossier={dossier.dossierId}
                    onChange={(_, data) => props.onTake(dossier.dossierId, data.checked === true)}
                  />
                )}
                <span className={styles.names}>
                  <Text weight="semibold">{name}</Text>
                  <Text size={200} className={styles.quiet}>
                    {dossier.procedure}
                  </Text>
                </span>
              </div>
              <ul className={mergeClasses(styles.documents, several && styles.indented)}>
                {dossier.documents.map((document) => (
                  <Line
                    key={document.attachmentId ?? document.componentId}
                    document={document}
                    onLook={() => props.onLook(dossier.dossierId)}
                    onPreview={() => props.onPreview(dossier.dossierId, document)}
                  />
                ))}
              </ul>
            </li>
          );
        })}
      </ul>
    </>
  );
}

function Line(props: { document: PendingDocument; onLook: () => void; onPreview: () => void }) {
  const styles = useStyles();
  const t = useTexts();
  const { name, pages, doubtful, attachmentId } = props.document;
  return (
    <li className={styles.line}>
      <Text className={styles.name}>{name}</Text>
      <Text size={200} className={mergeClasses(styles.still, styles.quiet)}>
        {t('sign.pages', { pages })}
      </Text>
      {doubtful > 0 && (
        <Button
          size="small"
          className={styles.still}
          icon={<WarningFilled className={styles.doubtful} />}
          aria-label={t('sign.lookAtOf', { n: doubtful, name })}
          data-look={doubtful}
          onClick={props.onLook}
        >
          {t('sign.lookAt', { n: doubtful })}
        </Button>
      )}
      {attachmentId === null && (
        <Button
          size="small"
          appearance="subtle"
          className={styles.still}
          icon={<EyeRegular />}
          aria-label={t('sign.previewOf', { name })}
          data-preview={props.document.componentId}
          onClick={props.onPreview}
        >
          {t('sign.preview')}
        </Button>
      )}
    </li>
  );
}

import { Button, makeStyles, mergeClasses, Text, tokens } from '@fluentui/react-components';
import { ArrowUndoRegular } from '@fluentui/react-icons/svg/arrow-undo';
import { CheckmarkCircleFilled } from '@fluentui/react-icons/svg/checkmark-circle';
import { CircleHintRegular } from '@fluentui/react-icons/svg/circle-hint';
import { DocumentMultipleRegular } from '@fluentui/react-icons/svg/document-multiple';
import { InfoRegular } from '@fluentui/react-icons/svg/info';
import { ScanDashRegular } from '@fluentui/react-icons/svg/scan-dash';
import { SubtractCircleRegular } from '@fluentui/react-icons/svg/subtract-circle';
import type { ComponentView } from '../../../../contract/model.ts';
import { useTexts } from '../../../app/texts.tsx';
import { Keycap } from '../../../ui/Keycap.tsx';
import { isScannable } from '../progress.ts';
import { DocumentTools } from '../verifying/DocumentTools.tsx';
import type { Documents } from '../verifying/useDocuments.ts';
import { useLevelWords } from './level-words.ts';

const useStyles = makeStyles({
  head: { display: 'flex', alignItems: 'center', columnGap: '10px', minHeight: '32px' },
  icon: { fontSize: '20px', lineHeight: 0, flexShrink: 0 },
  missing: { color: tokens.colorPaletteDarkOrangeForeground1 },
  scanned: { color: tokens.colorBrandForeground1 },
  signed: { color: tokens.colorPaletteGreenForeground1 },
  calm: { color: tokens.colorNeutralForeground3 },
  words: { minWidth: 0, flexGrow: 1, lineHeight: '18px' },
  facts: { color: tokens.colorNeutralForeground3, display: 'block' },
  button: { flexShrink: 0, whiteSpace: 'nowrap' },
  // As wide without its key as with it, so that what stands beside it keeps its place.
  scan: { minWidth: '116px' },
});

/** The paper's name and state, and the button that scans into it. */
export function CardHead(props: {
  component: ComponentView;
  pages: number;
  missing: boolean;
  current: boolean;
  editable: boolean;
  busy: boolean;
  documents: Documents;
  onScan: (componentId: string) => void;
  onRestore: (pageIds: readonly string[]) => void;
}) {
  const styles = useStyles();
  const t = useTexts();
  const { component } = props;
  const { spec } = component;
  const removed = component.pages.filter((p) => p.removed);
  const lastRemoved = removed.at(-1);
  return (
    <div className={styles.head}>
      <StateIcon component={component} missing={props.missing} pages={props.pages} />
      <div className={styles.words}>
        <Text weight={spec.handling === 'note' ? 'regular' : 'semibold'}>{spec.name}</Text>
        <Text size={200} className={styles.facts}>
          <StateWords component={component} missing={props.missing} pages={props.pages} />
        </Text>
      </div>
      {component.signature && props.pages > 0 && (
        <DocumentTools
          document={{ documentId: component.signature.documentId, name: spec.name }}
          documents={props.documents}
        />
      )}
      {props.editable && lastRemoved && (
        <Button
          size="small"
          appearance="subtle"
          className={styles.button}
          icon={<ArrowUndoRegular />}
          onClick={() => props.onRestore([lastRemoved.id])}
        >
          {t('papers.restore', { n: removed.length })}
        </Button>
      )}
      {props.editable && isScannable(component) && (
        <Button
          size="medium"
          appearance={props.current ? 'primary' : 'secondary'}
          className={mergeClasses(styles.button, styles.scan)}
          icon={<ScanDashRegular />}
          disabledFocusable={props.busy}
          data-scan={spec.id}
          data-current-scan={props.current ? '' : undefined}
          aria-label={t('scan.into', { name: spec.name })}
          onClick={() => props.onScan(spec.id)}
        >
          {t('scan.start')}
          {props.current && (
            <>
              &nbsp;<Keycap onBrand>F6</Keycap>
            </>
          )}
        </Button>
      )}
    </div>
  );
}

function StateIcon(props: { component: ComponentView; missing: boolean; pages: number }) {
  const styles = useStyles();
  const { component } = props;
  const icon = (colour: string | undefined, picture: React.ReactNode) => (
    <span className={mergeClasses(styles.icon, colour)} aria-hidden="true">
      {picture}
    </span>
  );
  if (component.spec.handling === 'note') return icon(styles.calm, <InfoRegular />);
  if (component.signature && props.pages > 0) return icon(styles.signed, <CheckmarkCircleFilled />);
  if (props.pages > 0) return icon(styles.scanned, <DocumentMultipleRegular />);
  return props.missing
    ? icon(styles.missing, <CircleHintRegular />)
    : icon(styles.calm, <SubtractCircleRegular />);
}

function StateWords(props: { component: ComponentView; missing: boolean; pages: number }) {
  const t = useTexts();
  const levelWords = useLevelWords();
  const { component, pages } = props;
  const { spec } = component;
  if (spec.handling === 'note') return t('component.note');
  const asked = t('component.asked', { originals: spec.originals, copies: spec.copies });
  const files = component.attachments.filter((a) => !a.removed).length;
  const state = () => {
    if (component.signature && pages > 0) {
      const { signer, level } = component.signature;
      return `${t('component.signed', { pages, signer })} · ${levelWords(level)}`;
    }
    if (pages > 0) return t('component.pages', { pages });
    if (files > 0) return t('component.files', { files });
    if (props.missing) return t('component.missing');
    return spec.handling === 'show' ? t('component.show') : t('component.optional');
  };
  return spec.originals + spec.copies > 0 ? `${state()} · ${asked}` : state();
}

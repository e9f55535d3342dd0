import { Button, makeStyles, mergeClasses, ProgressBar, Text, tokens } from '@fluentui/react-components';
import { ArrowUndoRegular } from '@fluentui/react-icons/svg/arrow-undo';
import { CheckmarkCircleFilled } from '@fluentui/react-icons/svg/checkmark-circle';
import { CircleHintRegular } from '@fluentui/react-icons/svg/circle-hint';
import { DocumentMultipleRegular } from '@fluentui/react-icons/svg/document-multiple';
import { InfoRegular } from '@fluentui/react-icons/svg/info';
import { ScanDashRegular } from '@fluentui/react-icons/svg/scan-dash';
import { SubtractCircleRegular } from '@fluentui/react-icons/svg/subtract-circle';
import { memo } from 'react';
import type { ErrorShape } from '../../../contract/errors.ts';
import type { ComponentView } from '../../../contract/model.ts';
import { useTexts } from '../../app/texts.tsx';
import { Fault } from '../../ui/Fault.tsx';
import { Keycap } from '../../ui/Keycap.tsx';
import { activePages, isScannable } from './progress.ts';
import { Thumbnails } from './Thumbnails.tsx';

const useStyles = makeStyles({
  card: {
    display: 'flex',
    flexDirection: 'column',
    rowGap: '8px',
    padding: '8px 10px 8px 12px',
    borderRadius: tokens.borderRadiusMedium,
    border: `1px solid ${tokens.colorNeutralStroke2}`,
    backgroundColor: tokens.colorNeutralBackground1,
    scrollMarginBlock: '12px',
  },
  current: {
    border: `1px solid ${tokens.colorBrandStroke1}`,
    boxShadow: `inset 3px 0 0 ${tokens.colorBrandForeground1}`,
  },
  note: {
    backgroundColor: tokens.colorNeutralBackground2,
    border: `1px solid ${tokens.colorNeutralStroke3}`,
  },
  head: { display: 'flex', alignItems: 'center', columnGap: '10px', minHeight: '32px' },
  icon: { fontSize: '20px', lineHeight: 0, flexShrink: 0 },
  missing: { color: tokens.colorPaletteDarkOrangeForeground1 },
  scanned: { color: tokens.colorBrandForeground1 },
  signed: { color: tokens.colorPaletteGreenForeground1 },
  calm: { color: tokens.colorNeutralForeground3 },
  words: { minWidth: 0, flexGrow: 1, lineHeight: '18px' },
  facts: { color: tokens.colorNeutralForeground3, display: 'block' },
  button: { flexShrink: 0, whiteSpace: 'nowrap' },
  running: { display: 'flex', alignItems: 'center', columnGap: '12px' },
  bar: { flexGrow: 1, flexBasis: 0, width: 'auto' },
  still: { whiteSpace: 'nowrap', flexShrink: 0 },
});

export type ScanHere =
  | {
      readonly phase: 'running';
      readonly pages: number;
      readonly stopping: boolean;
      readonly scanId: string | null;
    }
  | { readonly phase: 'failed'; readonly pages: number; readonly fault: ErrorShape };

interface CardProps {
  readonly component: ComponentView;
  readonly missing: boolean;
  readonly current: boolean;
  readonly editable: boolean;
  /** The scan that goes into this component, if any. */
  readonly scan: ScanHere | null;
  /** A scan runs, here or elsewhere. */
  readonly busy: boolean;
  readonly onCurrent: (componentId: string) => void;
  readonly onScan: (componentId: string) => void;
  readonly onStop: () => void;
  readonly onDismiss: () => void;
  readonly onView: (pageId: string) => void;
  readonly onRemove: (pageId: string) => void;
  readonly onRestore: (pageId: string) => void;
}

/** One paper of the procedure: its state in a picture and in words, the way to scan it, its pages. */
export const ComponentCard = memo(function ComponentCard(props: CardProps) {
  const styles = useStyles();
  const t = useTexts();
  const { component, scan } = props;
  const { spec } = component;
  const pages = activePages(component);
  const removed = component.pages.filter((p) => p.removed);
  const lastRemoved = removed.at(-1);
  const isNote = spec.handling === 'note';
  return (
    <li
      className={mergeClasses(styles.card, props.current && styles.current, isNote && styles.note)}
      data-component={spec.id}
      aria-current={props.current ? 'step' : undefined}
      onFocusCapture={() =>
        isScannable(component) && !props.current && props.editable && props.onCurrent(spec.id)
      }
    >
      <div className={styles.head}>
        <StateIcon component={component} missing={props.missing} pages={pages.length} />
        <div className={styles.words}>
          <Text weight={isNote ? 'regular' : 'semibold'}>{spec.name}</Text>
          <Text size={200} className={styles.facts}>
            <StateWords component={component} missing={props.missing} pages={pages.length} />
          </Text>
        </div>
        {props.editable && lastRemoved && (
          <Button
            size="small"
            appearance="subtle"
            className={styles.button}
            icon={<ArrowUndoRegular />}
            onClick={() => props.onRestore(lastRemoved.id)}
          >
            {t('papers.restore', { n: removed.length })}
          </Button>
        )}
        {props.editable && isScannable(component) && (
          <Button
            size="medium"
            appearance={props.current ? 'primary' : 'secondary'}
            className={styles.button}
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
      {scan?.phase === 'running' && (
        <div className={styles.running}>
          <Text className={styles.still}>
            {scan.stopping ? t('scan.stopping') : t('scan.running', { pages: scan.pages })}
          </Text>
          <ProgressBar className={styles.bar} aria-label={t('scan.progress')} />
          <Button
            size="small"
            className={styles.still}
            disabled={scan.stopping || scan.scanId === null}
            onClick={props.onStop}
          >
            {t('scan.stop')}&nbsp;<Keycap>Esc</Keycap>
          </Button>
        </div>
      )}
      {scan?.phase === 'failed' && (
        <Fault
          fault={scan.fault}
          extra={scan.pages > 0 && <span>{t('scan.kept', { pages: scan.pages })}</span>}
          actions={<Button onClick={() => props.onScan(spec.id)}>{t('scan.again')}</Button>}
          onDismiss={props.onDismiss}
        />
      )}
      {pages.length > 0 && (
        <Thumbnails
          pages={pages}
          name={spec.name}
          editable={props.editable}
          onView={props.onView}
          onRemove={props.onRemove}
        />
      )}
    </li>
  );
});

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
  const { component, pages } = props;
  const { spec } = component;
  if (spec.handling === 'note') return t('component.note');
  const asked = t('component.asked', { originals: spec.originals, copies: spec.copies });
  const state = () => {
    if (component.signature && pages > 0)
      return t('component.signed', { pages, signer: component.signature.signer });
    if (pages > 0) return t('component.pages', { pages });
    if (props.missing) return t('component.missing');
    return spec.handling === 'show' ? t('component.show') : t('component.optional');
  };
  return spec.originals + spec.copies > 0 ? `${state()} · ${asked}` : state();
}

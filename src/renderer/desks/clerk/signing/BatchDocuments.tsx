import { makeStyles, mergeClasses, Text, tokens } from '@fluentui/react-components';
import { CheckmarkCircleFilled } from '@fluentui/react-icons/svg/checkmark-circle';
import { CircleRegular } from '@fluentui/react-icons/svg/circle';
import { DismissCircleFilled } from '@fluentui/react-icons/svg/dismiss-circle';
import { PenFilled } from '@fluentui/react-icons/svg/pen';
import { useEffect, useRef } from 'react';
import type { SigningBatch } from '../../../../contract/model.ts';
import { useTexts } from '../../../app/texts.tsx';
import { type DocumentState, isOver } from './batch.ts';

const useStyles = makeStyles({
  list: {
    margin: 0,
    padding: 0,
    listStyleType: 'none',
    overflowY: 'auto',
    maxHeight: 'min(300px, calc(100vh - 420px))',
    minHeight: '64px',
    border: `1px solid ${tokens.colorNeutralStroke2}`,
    borderRadius: tokens.borderRadiusMedium,
  },
  line: {
    display: 'grid',
    gridTemplateColumns: '24px minmax(0, 1fr) auto',
    alignItems: 'center',
    columnGap: '6px',
    minHeight: '30px',
    padding: '2px 10px',
    borderBottom: `1px solid ${tokens.colorNeutralStroke3}`,
    ':last-child': { borderBottom: 'none' },
  },
  icon: { fontSize: '18px', lineHeight: 0 },
  waiting: { color: tokens.colorNeutralForeground3 },
  signing: { color: tokens.colorBrandForeground1 },
  signed: { color: tokens.colorPaletteGreenForeground1 },
  failed: { color: tokens.colorPaletteRedForeground1 },
  here: { fontWeight: tokens.fontWeightSemibold },
  name: { overflowWrap: 'anywhere' },
  whose: { color: tokens.colorNeutralForeground3 },
});

const ICONS = {
  waiting: CircleRegular,
  signing: PenFilled,
  signed: CheckmarkCircleFilled,
  failed: DismissCircleFilled,
} as const satisfies Record<DocumentState, unknown>;

/** Every document of a batch with its state in a picture and in words; the one under way stays in view. */
export function BatchDocuments(props: { batch: SigningBatch; names: ReadonlyMap<string, string> }) {
  const styles = useStyles();
  const t = useTexts();
  const { batch, names } = props;
  const list = useRef<HTMLUListElement>(null);
  const at = batch.documents.findIndex((d) => d.state === 'signing' || d.state === 'failed');
  useEffect(() => {
    if (at >= 0) list.current?.children[at]?.scrollIntoView({ block: 'nearest' });
  }, [at]);
  const several = names.size > 1;
  return (
    <ul
      ref={list}
      className={styles.list}
      aria-label={t('sign.documents')}
      // A list that scrolls can be scrolled by keys.
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a scroller without anything to focus in it
      tabIndex={0}
    >
      {batch.documents.map((document) => {
        const { state } = document;
        const Icon = ICONS[state];
        const word = state === 'waiting' && isOver(batch) ? 'unsigned' : state;
        return (
          <li
            key={`${document.dossierId} ${document.attachmentId ?? document.componentId}`}
            className={styles.line}
            data-document={state}
          >
            <span className={mergeClasses(styles.icon, styles[state])} aria-hidden="true">
              <Icon />
            </span>
            <span className={mergeClasses(styles.name, state === 'signing' && styles.here)}>
              {document.name}
              {several && (
                <Text size={200} className={styles.whose}>
                  {' · '}
                  {names.get(document.dossierId) || t('list.noApplicant')}
                </Text>
              )}
            </span>
            <Text size={200} className={styles[state]}>
              {t(`sign.state.${word}`)}
            </Text>
          </li>
        );
      })}
    </ul>
  );
}

import { makeStyles, Text, tokens } from '@fluentui/react-components';
import { useCallback, useMemo } from 'react';
import type { DossierView } from '../../../contract/model.ts';
import { useTexts } from '../../app/texts.tsx';
import { ComponentCard, type ScanHere } from './ComponentCard.tsx';
import { isMissing, missingComponents } from './progress.ts';
import { ScanBar } from './ScanBar.tsx';
import { SectionHead } from './SectionHead.tsx';
import type { ScanState } from './scan-state.ts';
import type { PageActions } from './usePageActions.ts';
import type { Scan } from './useScan.ts';
import type { Scanners } from './useScanChoice.ts';

const useStyles = makeStyles({
  section: { display: 'flex', flexDirection: 'column', rowGap: '8px' },
  list: {
    display: 'flex',
    flexDirection: 'column',
    rowGap: '6px',
    margin: 0,
    padding: 0,
    listStyleType: 'none',
  },
  count: { color: tokens.colorNeutralForeground3 },
});

/** The papers that the procedure asks for, each with its pages. */
export function Papers(props: {
  dossier: DossierView;
  current: string | null;
  scan: Scan;
  scanners: Scanners;
  editable: boolean;
  actions: PageActions;
  onCurrent: (componentId: string) => void;
  onScan: (componentId: string) => void;
  onView: (pageId: string) => void;
}) {
  const styles = useStyles();
  const t = useTexts();
  const { dossier, scan, actions } = props;
  const missing = missingComponents(dossier).length;
  const remove = useCallback((pageId: string) => void actions.remove(pageId), [actions]);
  const restore = useCallback((pageId: string) => void actions.restore(pageId), [actions]);
  const running = scan.state.phase === 'running';
  return (
    <section className={styles.section} aria-labelledby="papers-title">
      <SectionHead id="papers-title" number={2} done={missing === 0} title={t('papers.title')}>
        <Text size={200} className={styles.count}>
          {missing === 0 ? t('papers.complete') : t('papers.missing', { n: missing })}
        </Text>
      </SectionHead>
      {props.editable && <ScanBar scanners={props.scanners} disabled={running} />}
      <ul className={styles.list} aria-label={t('papers.title')}>
        {dossier.components.map((component) => (
          <Item
            key={component.spec.id}
            dossierId={dossier.id}
            state={scan.state}
            componentId={component.spec.id}
          >
            {(here) => (
              <ComponentCard
                component={component}
                missing={isMissing(component)}
                current={props.editable && component.spec.id === props.current}
                editable={props.editable}
                scan={here}
                busy={running}
                onCurrent={props.onCurrent}
                onScan={props.onScan}
                onStop={scan.stop}
                onDismiss={scan.dismiss}
                onView={props.onView}
                onRemove={remove}
                onRestore={restore}
              />
            )}
          </Item>
        ))}
      </ul>
    </section>
  );
}

/** Gives a component its own part of the scan's state, the same object as long as nothing changes there. */
function Item(props: {
  dossierId: string;
  componentId: string;
  state: ScanState;
  children: (here: ScanHere | null) => React.ReactNode;
}) {
  const { state, dossierId, componentId } = props;
  const here = useMemo<ScanHere | null>(() => {
    if (state.phase !== 'running' && state.phase !== 'failed') return null;
    return state.dossierId === dossierId && state.componentId === componentId ? state : null;
  }, [state, dossierId, componentId]);
  return props.children(here);
}

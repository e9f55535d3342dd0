import { makeStyles, Text, tokens } from '@fluentui/react-components';
import { useCallback, useMemo } from 'react';
import { useTexts } from '../../../app/texts.tsx';
import type { ShownImport } from '../importing/useImports.ts';
import { isMissing, missingComponents } from '../progress.ts';
import { SectionHead } from '../SectionHead.tsx';
import { ScanBar } from '../scanning/ScanBar.tsx';
import { NO_SCAN, type ScanState } from '../scanning/scan-state.ts';
import { ComponentCard } from './ComponentCard.tsx';
import { type Tool, ToolRow } from './ToolRow.tsx';
import type { PaperWork } from './usePaperWork.ts';

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
  note: { color: tokens.colorNeutralForeground3 },
});

/** The papers that the procedure asks for, each with its pages. */
export function Papers(props: { work: PaperWork; editable: boolean; onTool: (tool: Tool) => void }) {
  const styles = useStyles();
  const t = useTexts();
  const { work, editable } = props;
  const { dossier, desk, commands } = work;
  const { scan, imports } = desk;
  const missing = missingComponents(dossier).length;
  const running = scan.state.phase === 'running';
  const byComponent = useImportsByComponent(dossier.id, imports.shown);
  const { lookAtDoubtful } = work;
  const onDoubtful = useCallback(
    (componentId: string) => {
      const pages = dossier.components.find((c) => c.spec.id === componentId)?.pages ?? [];
      const all = dossier.components.flatMap((c) => c.pages);
      const before = all[all.findIndex((p) => p.id === pages[0]?.id) - 1];
      lookAtDoubtful(before?.id ?? null);
    },
    [dossier, lookAtDoubtful],
  );
  return (
    <section className={styles.section} aria-labelledby="papers-title">
      <SectionHead id="papers-title" number={2} done={missing === 0} title={t('papers.title')}>
        <Text size={200} className={styles.count}>
          {missing === 0 ? t('papers.complete') : t('papers.missing', { n: missing })}
        </Text>
      </SectionHead>
      {editable && (
        <>
          <ScanBar scanners={work.scanners} disabled={running}>
            <ToolRow onTool={props.onTool} />
          </ScanBar>
          <Text size={200} className={styles.note}>
            {t('scan.confidential')}
          </Text>
        </>
      )}
      <ul className={styles.list} aria-label={t('papers.title')}>
        {dossier.components.map((component) => {
          const componentId = component.spec.id;
          const here = scanHere(scan.state, dossier.id, componentId);
          const told =
            scan.turn?.order.componentId === componentId || scan.notice?.componentId === componentId;
          return (
            <ComponentCard
              key={componentId}
              dossierId={dossier.id}
              component={component}
              missing={isMissing(component, dossier.intake.situation)}
              current={editable && componentId === work.current}
              editable={editable}
              here={here ?? (told ? NO_SCAN : null)}
              scan={here || told ? scan : null}
              busy={running}
              nextName={here?.phase === 'running' && work.current !== componentId ? work.currentName : null}
              selection={work.selection?.componentId === componentId ? work.selection : null}
              commands={commands}
              imports={byComponent.get(componentId) ?? NO_IMPORTS}
              onImports={imports}
              onCurrent={work.setCurrent}
              onScan={work.scanInto}
              onFiles={work.addFiles}
              onDoubtful={onDoubtful}
              onAttachment={work.onAttachment}
              onFacts={work.onFacts}
              documents={desk.documents}
            />
          );
        })}
      </ul>
    </section>
  );
}

/** The scan, where it goes into this component and has something to say. */
function scanHere(state: ScanState, dossierId: string, componentId: string): ScanState | null {
  if (state.phase !== 'running' && state.phase !== 'failed') return null;
  const { order } = state;
  return order.dossierId === dossierId && order.componentId === componentId ? state : null;
}

function useImportsByComponent(
  dossierId: string,
  shown: readonly ShownImport[],
): ReadonlyMap<string, readonly ShownImport[]> {
  return useMemo(
    () =>
      Map.groupBy(
        shown.filter(({ item }) => item.dossierId === dossierId),
        ({ item }) => item.componentId,
      ),
    [dossierId, shown],
  );
}

const NO_IMPORTS: readonly ShownImport[] = [];

import { makeStyles, mergeClasses, tokens } from '@fluentui/react-components';
import { memo, useEffect, useRef, useState } from 'react';
import type { ComponentView } from '../../../../contract/model.ts';
import { useTexts } from '../../../app/texts.tsx';
import { ImportLines } from '../importing/ImportLines.tsx';
import type { Imports, ShownImport } from '../importing/useImports.ts';
import { isFiles, isPages, takePages } from '../pages/drag.ts';
import type { PageCommands } from '../pages/page-commands.ts';
import type { Selection } from '../pages/selection.ts';
import { Thumbnails } from '../pages/Thumbnails.tsx';
import { activePages, isScannable } from '../progress.ts';
import type { ScanState } from '../scanning/scan-state.ts';
import type { Scan } from '../scanning/useScan.ts';
import type { Documents } from '../verifying/useDocuments.ts';
import { Attachments } from './Attachments.tsx';
import { CardHead } from './CardHead.tsx';
import { CardScan } from './CardScan.tsx';
import { FactsStrip } from './FactsStrip.tsx';
import { PageBar } from './PageBar.tsx';

const useStyles = makeStyles({
  card: {
    position: 'relative',
    display: 'flex',
    flexDirection: 'column',
    rowGap: '6px',
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
  over: { outline: `2px dashed ${tokens.colorBrandStroke1}`, outlineOffset: '-2px' },
  dropHint: {
    position: 'absolute',
    inset: '2px',
    display: 'grid',
    placeItems: 'center',
    padding: '6px 12px',
    borderRadius: tokens.borderRadiusMedium,
    backgroundColor: tokens.colorBrandBackground2,
    color: tokens.colorBrandForeground2,
    fontWeight: tokens.fontWeightSemibold,
    opacity: 0.94,
    pointerEvents: 'none',
    zIndex: 1,
  },
});

export interface CardProps {
  readonly dossierId: string;
  readonly component: ComponentView;
  readonly missing: boolean;
  readonly current: boolean;
  readonly editable: boolean;
  /** The scan, where it goes into this component and there is something to say of it. */
  readonly here: ScanState | null;
  /** The scanner, where it has something to say here; else null, so that the card is not drawn again for it. */
  readonly scan: Scan | null;
  /** A scan runs, here or elsewhere. */
  readonly busy: boolean;
  /** While a scan runs here: where the next one goes. */
  readonly nextName: string | null;
  readonly selection: Selection | null;
  readonly commands: PageCommands;
  readonly imports: readonly ShownImport[];
  readonly onImports: Pick<Imports, 'dismiss' | 'again'>;
  readonly onCurrent: (componentId: string) => void;
  readonly onScan: (componentId: string) => void;
  readonly onFiles: (componentId: string, files: readonly File[]) => void;
  readonly onDoubtful: (componentId: string) => void;
  readonly onAttachment: (attachmentId: string, removed: boolean) => void;
  readonly documents: Documents;
  readonly onFacts: (componentId: string, facts: ComponentView['facts']) => void;
}

/** One paper of the procedure: its state in a picture and in words, the way to fill it, its pages and what it is. */
export const ComponentCard = memo(function ComponentCard(props: CardProps) {
  const styles = useStyles();
  const t = useTexts();
  const { component, editable, commands } = props;
  const { spec } = component;
  const pages = activePages(component);
  const [over, setOver] = useState<'files' | 'pages' | null>(null);
  const isNote = spec.handling === 'note';
  const takes = editable && isScannable(component);

  const onFocus = useFocusOnceReleased(() => takes && !props.current && props.onCurrent(spec.id));

  function onDragOver(event: React.DragEvent): void {
    const kind = isFiles(event.dataTransfer) ? 'files' : isPages(event.dataTransfer) ? 'pages' : null;
    if (!takes || kind === null) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = kind === 'files' ? 'copy' : 'move';
    setOver(kind);
  }
  function onDrop(event: React.DragEvent): void {
    setOver(null);
    if (!takes) return;
    event.preventDefault();
    const dragged = takePages(event.dataTransfer);
    const files = [...event.dataTransfer.files];
    if (dragged) commands.drop(dragged.pageIds, spec.id, pages.length);
    else if (files.length > 0) props.onFiles(spec.id, files);
  }

  return (
    <li
      className={mergeClasses(
        styles.card,
        props.current && styles.current,
        isNote && styles.note,
        over !== null && styles.over,
      )}
      data-component={spec.id}
      data-drop={over ?? undefined}
      aria-current={props.current ? 'step' : undefined}
      {...onFocus}
      onDragOver={onDragOver}
      onDragLeave={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget as Node | null)) setOver(null);
      }}
      onDropCapture={() => setOver(null)}
      onDrop={onDrop}
    >
      {over === 'files' && <span className={styles.dropHint}>{t(`drop.${over}`, { name: spec.name })}</span>}
      <CardHead
        component={component}
        pages={pages.length}
        missing={props.missing}
        current={props.current}
        editable={editable}
        busy={props.busy}
        documents={props.documents}
        onScan={props.onScan}
        onRestore={commands.restore}
      />
      {props.scan && props.here && (
        <CardScan
          scan={props.scan}
          here={props.here}
          componentId={spec.id}
          nextName={props.nextName}
          onScan={props.onScan}
        />
      )}
      <ImportLines imports={props.imports} onImports={props.onImports} />
      {pages.length > 0 && (
        <>
          <PageBar
            component={component}
            pages={pages}
            editable={editable}
            selection={props.selection}
            commands={commands}
            onDoubtful={props.onDoubtful}
          />
          <Thumbnails
            componentId={spec.id}
            pages={pages}
            name={spec.name}
            editable={editable}
            selection={props.selection}
            commands={commands}
          />
        </>
      )}
      <Attachments
        component={component}
        editable={editable}
        documents={props.documents}
        onChange={props.onAttachment}
      />
      {!isNote && (pages.length > 0 || component.attachments.some((a) => !a.removed)) && (
        <FactsStrip
          dossierId={props.dossierId}
          component={component}
          editable={editable}
          current={props.current}
          onSave={props.onFacts}
        />
      )}
    </li>
  );
});

/**
 * Tells of the focus coming in; that which a pressed mouse brings only once it is released. The current card looks
 * different from the others: were it to change between press and release, the click would miss what it was meant for.
 */
function useFocusOnceReleased(tell: () => void) {
  const pressed = useRef(false);
  const latest = useRef(tell);
  useEffect(() => {
    latest.current = tell;
  });
  return {
    onPointerDownCapture(event: React.PointerEvent<HTMLElement>) {
      const card = event.currentTarget;
      pressed.current = true;
      const released = new AbortController();
      const end = () => {
        released.abort();
        // The click itself comes first.
        setTimeout(() => {
          pressed.current = false;
          if (card.contains(document.activeElement)) latest.current();
        }, 0);
      };
      window.addEventListener('pointerup', end, { signal: released.signal });
      window.addEventListener('pointercancel', end, { signal: released.signal });
    },
    onFocusCapture() {
      if (!pressed.current) latest.current();
    },
  };
}

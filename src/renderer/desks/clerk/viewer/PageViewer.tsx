import {
  Button,
  Dialog,
  DialogBody,
  DialogContent,
  DialogSurface,
  DialogTitle,
  makeStyles,
  tokens,
} from '@fluentui/react-components';
import { DismissRegular } from '@fluentui/react-icons/svg/dismiss';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import type { DossierView, PageTreatment, TreatmentWish } from '../../../../contract/model.ts';
import { useEngine } from '../../../app/engine.tsx';
import { useTexts } from '../../../app/texts.tsx';
import { useAnnounce } from '../../../ui/announcer.tsx';
import { Fault } from '../../../ui/Fault.tsx';
import { Keycap } from '../../../ui/Keycap.tsx';
import { PageImage } from '../../../ui/PageImage.tsx';
import { prefetchPicture } from '../../../ui/picture.ts';
import * as make from '../edits/edits.ts';
import type { EditState, MakeEdit } from '../edits/useEdits.ts';
import { citizenLineOn } from '../pages/citizen-line.ts';
import { doubtfulAfter, doubtfulPages, isDoubtful } from '../pages/doubt.ts';
import type { PageCommands } from '../pages/page-commands.ts';
import { activePages } from '../progress.ts';
import type { ScanState } from '../scanning/scan-state.ts';
import { CropEditor } from './CropEditor.tsx';
import { DoubtBox } from './DoubtBox.tsx';
import { StraightenEditor } from './StraightenEditor.tsx';
import { type TreatmentCommands, TreatmentPanel } from './TreatmentPanel.tsx';
import { type TreatmentStep, without, withStep } from './treatments.ts';
import { useViewerKeys, type ViewerKeys } from './useViewerKeys.ts';
import { ViewerTools } from './ViewerTools.tsx';

const useStyles = makeStyles({
  surface: {
    width: 'calc(100vw - 24px)',
    maxWidth: '1400px',
    height: 'calc(100vh - 16px)',
    maxHeight: 'none',
    padding: '10px 16px 12px',
  },
  body: { height: '100%', gridTemplateRows: 'auto minmax(0, 1fr)', rowGap: '8px', maxHeight: 'none' },
  title: { fontSize: tokens.fontSizeBase400, lineHeight: '24px', overflow: 'hidden' },
  content: {
    display: 'grid',
    gridTemplateColumns: 'minmax(0, 1fr) 316px',
    columnGap: '14px',
    minHeight: 0,
    overflow: 'hidden',
    '@media (max-width: 760px)': { gridTemplateColumns: 'minmax(0, 1fr)', overflowY: 'auto' },
  },
  picture: {
    position: 'relative',
    minHeight: 0,
    backgroundColor: tokens.colorNeutralBackground4,
    borderRadius: tokens.borderRadiusMedium,
    padding: '8px',
    overflow: 'hidden',
  },
  before: {
    position: 'absolute',
    insetBlockStart: '12px',
    insetInlineStart: '12px',
    padding: '4px 10px',
    borderRadius: tokens.borderRadiusMedium,
    color: tokens.colorNeutralForegroundInverted,
    backgroundColor: tokens.colorNeutralBackgroundInverted,
  },
  side: {
    display: 'flex',
    flexDirection: 'column',
    rowGap: '10px',
    minHeight: 0,
    overflowY: 'auto',
    padding: '2px 6px 2px 2px',
    '& > *': { flexShrink: 0 },
  },
});

export interface ViewerProps {
  readonly dossier: DossierView;
  readonly pageId: string;
  readonly editable: boolean;
  readonly state: EditState;
  readonly commands: PageCommands;
  readonly scan: ScanState;
  /** Another dialog lies on top. */
  readonly resting: boolean;
  /** Takes the citizen's line that a page carries. */
  readonly onCitizen: (line: string) => void;
  readonly onPage: (pageId: string) => void;
  readonly onClose: () => void;
}

/** One page as large as the screen allows, and everything that can be done with it, by key or by button. */
export function PageViewer(props: ViewerProps) {
  const styles = useStyles();
  const t = useTexts();
  const announce = useAnnounce();
  const { dossier, pageId, editable, state, commands, onPage, onClose } = props;
  const { edits } = state;
  const [wide, setWide] = useState(false);
  const [before, setBefore] = useState(false);
  const [mode, setMode] = useState<'look' | 'crop' | 'straighten'>('look');
  const shown = useRef(pageId);
  useEffect(() => {
    shown.current = pageId;
  });
  const [switchedOff] = useState(() => new Map<string, PageTreatment>());
  const component = dossier.components.find((c) => c.pages.some((p) => p.id === pageId));
  const pages = component ? activePages(component) : [];
  const at = pages.findIndex((p) => p.id === pageId);
  const page = pages[at];
  useStandIn(pages, pageId, onPage, onClose);
  usePrefetch(dossier, pageId, pages);

  useEffect(() => {
    if (pageId) setMode('look');
    setBefore(false);
  }, [pageId]);
  useEffect(() => {
    // Enter and Space then mean the page, not the button that was pressed last or went with its editor.
    if (pageId && mode === 'look' && !document.activeElement?.closest('[data-nav]')) {
      requestAnimationFrame(() => document.querySelector<HTMLElement>('[data-picture]')?.focus());
    }
  }, [pageId, mode]);

  const run = (edit: MakeEdit) => {
    if (editable) void edits.run(edit, true);
  };
  const treat = (wish: TreatmentWish | 'auto' | 'original', kind: make.TreatKind) =>
    run((d) => make.treatPage(d, pageId, wish, kind));
  const show = (index: number) => {
    const to = pages[index];
    if (to) onPage(to.id);
  };
  const toNextDoubtful = () => {
    const next = doubtfulAfter(dossier, pageId);
    if (next) onPage(next.id);
    else if (page && !isDoubtful(page)) announce(t('doubt.none'));
  };
  const stand = () => {
    if (!editable || !page || !isDoubtful(page)) return;
    const next = doubtfulAfter(dossier, pageId);
    run((d) => make.confirmPages(d, [pageId]));
    if (next) onPage(next.id);
    else {
      announce(t('doubt.done'));
      onClose();
    }
  };
  const remove = () => {
    if (!editable || !page) return;
    // On the way through the doubtful pages the way goes on to the next of them.
    const onward = isDoubtful(page) ? doubtfulAfter(dossier, pageId) : null;
    const neighbour = onward ?? pages[at + 1] ?? pages[at - 1];
    run((d) => make.removePages(d, [pageId]));
    if (neighbour) onPage(neighbour.id);
    else onClose();
  };
  const shift = (by: number) => run((d) => make.shiftPages(d, [pageId], by));
  const turn = (by: 90 | -90) => run((d) => make.turnPages(d, [pageId], by));
  const back = async (edit: Promise<make.Edit | null>) => {
    const id = (await edit)?.pageId;
    // Who has gone on meanwhile is not called back.
    if (id && shown.current === pageId) onPage(id);
  };
  const replace = () => {
    if (component) commands.scanAt(component.spec.id, pageId, 'replace');
  };
  const toggle = (step: TreatmentStep, on: boolean) => {
    if (!page) return;
    const memory = `${page.id} ${step}`;
    if (!on) {
      switchedOff.set(memory, page.treatment);
      treat(without(step), step);
      return;
    }
    const wish = withStep(step, page, switchedOff.get(memory));
    if (wish) treat(wish, step);
    else if (step === 'crop' || step === 'straighten') setMode(step);
  };
  const treatments: TreatmentCommands = {
    toggle,
    turn,
    colour: (colour) => treat({ colour }, 'colour'),
    all: (wish) => treat(wish, wish),
    edit: setMode,
  };

  const look: ViewerKeys = {
    ArrowLeft: () => show(at - 1),
    ArrowRight: () => show(at + 1),
    PageUp: () => show(at - 1),
    PageDown: () => show(at + 1),
    F7: toNextDoubtful,
    Escape: onClose,
    Z: () => setWide(!wide),
  };
  const change: ViewerKeys = {
    Enter: stand,
    ' ': stand,
    Delete: remove,
    R: replace,
    M: () => commands.moveTo([pageId]),
    T: () => commands.split(pageId),
    '[': () => turn(-90),
    ']': () => turn(90),
    L: () => turn(-90),
    'Shift+R': () => turn(90),
    C: () => setMode('crop'),
    S: () => setMode('straighten'),
    A: () => treat('auto', 'auto'),
    O: () => treat('original', 'original'),
    'Alt+ArrowLeft': () => shift(-1),
    'Alt+ArrowRight': () => shift(1),
    'Ctrl+Z': () => void back(edits.undo(true)),
    'Ctrl+Y': () => void back(edits.redo(true)),
    'Ctrl+Shift+Z': () => void back(edits.redo(true)),
  };
  const editor: ViewerKeys = { Escape: () => setMode('look') };
  const keys = mode !== 'look' ? editor : editable ? { ...look, ...change } : look;
  useViewerKeys(props.resting ? null : keys, { combo: 'B', on: setBefore });
  if (!component || !page) return null;

  const name = component.spec.name;
  const citizen = citizenLineOn(page);
  return (
    <Dialog open onOpenChange={(_, data) => !data.open && onClose()}>
      <DialogSurface className={styles.surface}>
        <DialogBody className={styles.body}>
          <DialogTitle
            className={styles.title}
            action={
              <Button appearance="subtle" size="small" icon={<DismissRegular />} onClick={onClose}>
                {t('action.close')}&nbsp;<Keycap>Esc</Keycap>
              </Button>
            }
          >
            {t('viewer.title', { n: at + 1, of: pages.length, name })}
          </DialogTitle>
          <DialogContent className={styles.content}>
            {/* biome-ignore lint/a11y/noNoninteractiveTabindex: Enter and Space mean the page while it has the focus */}
            <section className={`own-focus ${styles.picture}`} tabIndex={0} data-picture="" aria-label={name}>
              {mode === 'crop' && (
                <CropEditor
                  page={page}
                  onCancel={() => setMode('look')}
                  onApply={(crop) => {
                    setMode('look');
                    treat({ crop }, 'crop');
                  }}
                />
              )}
              {mode === 'straighten' && (
                <StraightenEditor
                  page={page}
                  onCancel={() => setMode('look')}
                  onApply={(straightenedBy) => {
                    setMode('look');
                    treat({ straightenedBy }, 'straighten');
                  }}
                />
              )}
              {mode === 'look' && (
                <PageImage
                  key={pageId}
                  page={page}
                  variant={before ? 'original' : 'full'}
                  wide={wide}
                  label={t('page.label', { n: at + 1, name })}
                />
              )}
              {before && <span className={styles.before}>{t('viewer.before')}</span>}
            </section>
            <div className={styles.side}>
              {state.fault && <Fault fault={state.fault} onDismiss={state.dismissFault} />}
              {props.scan.phase === 'failed' && <Fault fault={props.scan.fault} />}
              {editable && isDoubtful(page) && (
                <DoubtBox
                  page={page}
                  left={doubtfulPages(dossier).length}
                  onStand={stand}
                  onReplace={replace}
                  onRemove={remove}
                />
              )}
              {editable && (
                <TreatmentPanel page={page} busy={state.treating.has(pageId)} commands={treatments} />
              )}
              <ViewerTools
                page={page}
                at={at}
                of={pages.length}
                wide={wide}
                editable={editable}
                scanning={props.scan.phase === 'running'}
                doubtful={isDoubtful(page)}
                stack={state.stack}
                told={state.told}
                onShow={show}
                onWide={() => setWide(!wide)}
                onBefore={setBefore}
                onShift={shift}
                onMove={() => commands.moveTo([pageId])}
                onRemove={remove}
                onReplace={replace}
                onUndo={() => void back(edits.undo(true))}
                onRedo={() => void back(edits.redo(true))}
                onCitizen={citizen === null ? null : () => props.onCitizen(citizen)}
              />
            </div>
          </DialogContent>
        </DialogBody>
      </DialogSurface>
    </Dialog>
  );
}

/** A page that went (replaced by a scan, or taken away elsewhere) gives its place to the one that stands there now. */
function useStandIn(
  live: readonly { id: string }[],
  pageId: string,
  onPage: (pageId: string) => void,
  onClose: () => void,
): void {
  const last = useRef(0);
  const at = live.findIndex((p) => p.id === pageId);
  const gone = at < 0;
  const standIn = live[Math.min(last.current, live.length - 1)]?.id;
  useEffect(() => {
    if (!gone) last.current = at;
    else if (standIn !== undefined) onPage(standIn);
    else onClose();
  }, [gone, at, standIn, onPage, onClose]);
}

/** The pages that the next key may lead to. */
function usePrefetch(dossier: DossierView, pageId: string, pages: readonly { id: string }[]): void {
  const engine = useEngine();
  const queries = useQueryClient();
  useEffect(() => {
    const at = pages.findIndex((p) => p.id === pageId);
    const ahead = [doubtfulAfter(dossier, pageId)?.id, pages[at + 1]?.id];
    const all = dossier.components.flatMap((c) => c.pages);
    for (const page of all) if (ahead.includes(page.id)) prefetchPicture(queries, engine, page);
  }, [engine, queries, dossier, pageId, pages]);
}

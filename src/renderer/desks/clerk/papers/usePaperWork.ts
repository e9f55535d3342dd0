import { useCallback, useMemo, useState } from 'react';
import type { ComponentView, DossierView, PagePlace } from '../../../../contract/model.ts';
import { useTexts } from '../../../app/texts.tsx';
import { useAnnounce } from '../../../ui/announcer.tsx';
import { useNotify } from '../../../ui/notify.tsx';
import type { Copy } from '../copying/useCopy.ts';
import * as make from '../edits/edits.ts';
import { type EditState, type UndoStacks, useEdits } from '../edits/useEdits.ts';
import { focusSoon } from '../focus.ts';
import { isPdf } from '../importing/import-state.ts';
import type { Imports } from '../importing/useImports.ts';
import { blankIn, doubtfulAfter } from '../pages/doubt.ts';
import type { PageCommands } from '../pages/page-commands.ts';
import type { Selection } from '../pages/selection.ts';
import { activePages, isScannable, nextToScan, takesPapers } from '../progress.ts';
import type { Scan } from '../scanning/useScan.ts';
import { type Scanners, useScanChoice } from '../scanning/useScanChoice.ts';
import type { Documents } from '../verifying/useDocuments.ts';
import type { Tool } from './ToolRow.tsx';

/** What is kept above the dossiers, so that it goes on while the clerk looks at another one. */
export interface DeskWork {
  readonly scan: Scan;
  readonly imports: Imports;
  readonly copy: Copy;
  readonly documents: Documents;
  readonly stacks: UndoStacks;
}

/** Files that wait for a word on how they come in. */
interface AskedFiles {
  readonly componentId: string;
  readonly files: readonly File[];
}

export interface PaperWork {
  readonly dossier: DossierView;
  readonly desk: DeskWork;
  readonly scanners: Scanners;
  readonly state: EditState;
  readonly current: string | null;
  readonly currentName: string;
  readonly selection: Selection | null;
  readonly viewed: string | null;
  readonly moving: readonly string[] | null;
  readonly asked: AskedFiles | null;
  readonly tool: Exclude<Tool, 'import'> | null;
  readonly commands: PageCommands;
  setCurrent(componentId: string | null): void;
  /** By `steps` papers from the current one, to its button. */
  walk(steps: number, focus?: boolean): void;
  scanInto(componentId: string): void;
  /** Shows the next doubtful page, from `after` on; says so where there is none. */
  lookAtDoubtful(after?: string | null): void;
  setViewed(pageId: string | null): void;
  setMoving(pageIds: readonly string[] | null): void;
  moveTo(componentId: string): void;
  addFiles(componentId: string, files: readonly File[]): void;
  setAsked(asked: AskedFiles | null): void;
  setTool(tool: PaperWork['tool']): void;
  onAttachment(attachmentId: string, removed: boolean): void;
  onFacts(componentId: string, facts: ComponentView['facts']): void;
}

/** Everything a clerk does with the papers of one dossier. */
export function usePaperWork(dossier: DossierView, desk: DeskWork): PaperWork {
  const t = useTexts();
  const notify = useNotify();
  const announce = useAnnounce();
  const { scan, imports, stacks } = desk;
  const [current, setCurrent] = useState<string | null>(() => nextToScan(dossier, null));
  const [selection, setSelection] = useState<Selection | null>(null);
  const [viewed, setViewed] = useState<string | null>(null);
  const [moving, setMoving] = useState<readonly string[] | null>(null);
  const [asked, setAsked] = useState<AskedFiles | null>(null);
  const [tool, setTool] = useState<PaperWork['tool']>(null);
  const scanners = useScanChoice(dossier.id, current);
  const state = useEdits(dossier.id, stacks);
  const { edits } = state;
  const open = takesPapers(dossier);
  const { choice } = scanners;
  const running = scan.state.phase === 'running';
  const { start } = scan;

  const scanPlace = useCallback(
    (componentId: string, place: PagePlace) => {
      if (!open || running) return;
      setCurrent(componentId);
      if (!choice) {
        notify({ intent: 'warning', title: t('scan.noScanner.heading'), body: t('scan.noScanner.text') });
        return;
      }
      const { device, settings, autoColour, separate, byHand } = choice;
      start({
        dossierId: dossier.id,
        componentId,
        device,
        settings,
        autoColour,
        // One sheet that takes another's place is no stack with separators in it.
        separate: separate && place.at !== 'replace',
        place,
        sides: byHand && place.at === 'end' ? 'both' : 'one',
        backsOf: null,
      });
    },
    [open, running, choice, start, dossier.id, notify, t],
  );

  const commands = useMemo<PageCommands>(() => {
    const gone = () => setSelection(null);
    return {
      view: setViewed,
      select: setSelection,
      moveTo: (ids) => setMoving(ids),
      scanAt: (componentId, pageId, at) => scanPlace(componentId, { at, pageId }),
      restore: (ids) => void edits.run((d) => make.restorePages(d, ids), true),
      remove: (ids) => {
        gone();
        void edits.run((d) => make.removePages(d, ids));
      },
      removeBlanks: (componentId) => {
        gone();
        void edits.run((d) => {
          const component = d.components.find((c) => c.spec.id === componentId);
          const blanks = component ? blankIn(component).map((p) => p.id) : [];
          return make.removePages(d, blanks, 'blanks');
        });
      },
      drop: (ids, componentId, index) => {
        gone();
        void edits.run((d) => {
          const home = d.components.find((c) => c.spec.id === componentId);
          const stays = home && ids.every((id) => home.pages.some((p) => p.id === id));
          return make.movePages(d, ids, componentId, index, stays ? 'order' : 'move');
        });
      },
      shift: (ids, by) => void edits.run((d) => make.shiftPages(d, ids, by), true),
      split: (pageId) => {
        gone();
        void edits
          .run((d) => make.splitHere(d, pageId))
          .then((done) => {
            if (!done) announce(t('page.noNext'));
          });
      },
      merge: (componentId) => {
        gone();
        void edits
          .run((d) => make.mergeWithPrevious(d, componentId))
          .then((done) => {
            if (!done) announce(t('page.noPrevious'));
          });
      },
      turn: (ids, by) => void edits.run((d) => make.turnPages(d, ids, by), true),
    };
  }, [edits, scanPlace, announce, t]);

  const papers = dossier.components.filter(isScannable);
  return {
    dossier,
    desk,
    scanners,
    state,
    current,
    currentName: papers.find((c) => c.spec.id === current)?.spec.name ?? '',
    selection,
    viewed,
    moving,
    asked,
    tool,
    commands,
    setCurrent,
    setViewed,
    setMoving,
    setAsked,
    setTool,
    walk(steps, focus = true) {
      const at = papers.findIndex((c) => c.spec.id === current) + steps;
      const next = papers[Math.max(0, Math.min(papers.length - 1, at))]?.spec.id;
      if (next === undefined) return;
      setCurrent(next);
      if (focus) focusSoon(`[data-scan="${next}"]`);
    },
    scanInto: useCallback(
      (componentId: string) => {
        if (scan.turn?.order.dossierId === dossier.id && scan.turn.order.componentId === componentId) {
          scan.scanBacks();
        } else scanPlace(componentId, { at: 'end' });
      },
      [scan, dossier.id, scanPlace],
    ),
    lookAtDoubtful: useCallback(
      (after: string | null = null) => {
        const page = doubtfulAfter(dossier, after);
        if (page) setViewed(page.id);
        else notify({ intent: 'success', title: t('doubt.none') });
      },
      [dossier, notify, t],
    ),
    moveTo(componentId) {
      if (moving === null) return;
      const target = dossier.components.find((c) => c.spec.id === componentId);
      if (target) commands.drop(moving, componentId, activePages(target).length);
      setMoving(null);
    },
    addFiles: useCallback(
      (componentId: string, files: readonly File[]) => {
        setCurrent(componentId);
        const place = { dossierId: dossier.id, componentId };
        const pdfs = files.filter(isPdf);
        const others = files.filter((file) => !isPdf(file));
        if (others.length > 0) imports.addFiles(place, others, 'auto');
        if (pdfs.length > 0) setAsked({ componentId, files: pdfs });
      },
      [dossier.id, imports],
    ),
    onAttachment: useCallback(
      (attachmentId: string, removed: boolean) =>
        void edits.run((d) => make.setAttachmentRemoved(d, attachmentId, removed)),
      [edits],
    ),
    onFacts: useCallback(
      (componentId: string, facts: ComponentView['facts']) =>
        void edits.run((d) => make.describeComponent(d, componentId, facts), true),
      [edits],
    ),
  };
}

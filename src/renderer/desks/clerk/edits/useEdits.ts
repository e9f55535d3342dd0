import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useMemo, useRef, useState } from 'react';
import type { Client } from '../../../../contract/client.ts';
import type { ErrorShape } from '../../../../contract/errors.ts';
import type { DossierView } from '../../../../contract/model.ts';
import { keepDossier, useEngine } from '../../../app/engine.tsx';
import { shapeOf } from '../../../app/faults.ts';
import { KEYS } from '../../../app/query-keys.ts';
import { type Texts, useTexts } from '../../../app/texts.tsx';
import { useAnnounce } from '../../../ui/announcer.tsx';
import { useNotify } from '../../../ui/notify.tsx';
import { activePages } from '../progress.ts';
import type { Edit, Pair, Step } from './edits.ts';
import { did, didAgain, NOTHING_DONE, tookBack, type UndoStack } from './undo-stack.ts';

/** Stacks by dossier, kept above the dossiers so that changing between them loses none. */
export type UndoStacks = Map<string, UndoStack>;

export type MakeEdit = (dossier: DossierView) => Edit | null;

export interface Edits {
  /**
   * Does what `make` gives for the dossier as it then is; edits wait for each other. `quiet` where the screen shows
   * the outcome itself. Resolves to what was done.
   */
  run(make: MakeEdit, quiet?: boolean): Promise<Edit | null>;
  /** Resolves to what was taken back. */
  undo(quiet?: boolean): Promise<Edit | null>;
  redo(quiet?: boolean): Promise<Edit | null>;
}

export interface EditState {
  readonly edits: Edits;
  readonly stack: UndoStack;
  /** What was done, taken back or done again last, in words. */
  readonly told: string | null;
  /** The page whose picture is being made anew. */
  readonly treating: ReadonlySet<string>;
  readonly fault: ErrorShape | null;
  dismissFault(): void;
}

/** An edit in words. */
export function editWords(t: Texts, edit: Edit): string {
  return t(`edit.${edit.kind}`, { pages: edit.pages, name: edit.name });
}

async function perform(engine: Client, dossierId: string, step: Step): Promise<DossierView> {
  switch (step.do) {
    case 'remove':
      return engine.call('pages.remove', { dossierId, pageId: step.pageId });
    case 'restore':
      return engine.call('pages.restore', { dossierId, pageId: step.pageId });
    case 'move':
      return move(engine, dossierId, step);
    case 'treat':
      return engine.call('pages.treat', { dossierId, pageId: step.pageId, wish: step.wish });
    case 'confirm': {
      const { pageIds, confirmed } = step;
      return engine.call('pages.confirm', { dossierId, pageIds: [...pageIds], confirmed });
    }
    case 'describe':
      return engine.call('components.describe', {
        dossierId,
        componentId: step.componentId,
        facts: step.facts,
      });
    case 'attachment': {
      const operation = step.removed ? 'attachments.remove' : 'attachments.restore';
      return engine.call(operation, { dossierId, attachmentId: step.attachmentId });
    }
  }
}

/** A step without the pages that have meanwhile been set aside by a scan in their place; null where none is left. */
function stillPossible(step: Step, dossier: DossierView | undefined): Step | null {
  if (step.do !== 'move' || !dossier) return step;
  const live = new Set(dossier.components.flatMap(activePages).map((page) => page.id));
  const pageIds = step.pageIds.filter((id) => live.has(id));
  return pageIds.length > 0 ? { ...step, pageIds } : null;
}

/** What one command takes. */
const MOST_PAGES = 2000;

async function move(
  engine: Client,
  dossierId: string,
  { pageIds, componentId, index }: Extract<Step, { do: 'move' }>,
): Promise<DossierView> {
  let at = 0;
  for (;;) {
    const part = pageIds.slice(at, at + MOST_PAGES);
    const view = await engine.call('pages.move', {
      dossierId,
      pageIds: part,
      componentId,
      index: index + at,
    });
    at += part.length;
    if (at >= pageIds.length) return view;
  }
}

/** Everything that changes a dossier's papers goes through here, one after another, and can be taken back. */
export function useEdits(dossierId: string, stacks: UndoStacks): EditState {
  const engine = useEngine();
  const queries = useQueryClient();
  const notify = useNotify();
  const announce = useAnnounce();
  const t = useTexts();
  const [stack, setStack] = useState(() => stacks.get(dossierId) ?? NOTHING_DONE);
  const [told, setTold] = useState<string | null>(null);
  const [fault, setFault] = useState<ErrorShape | null>(null);
  const [treating, setTreating] = useState<ReadonlySet<string>>(NONE);
  const queue = useRef<Promise<unknown>>(Promise.resolve());

  const keep = useCallback(
    (change: (stack: UndoStack) => UndoStack) => {
      const next = change(stacks.get(dossierId) ?? NOTHING_DONE);
      stacks.set(dossierId, next);
      setStack(next);
    },
    [stacks, dossierId],
  );

  /** One after another; a failure of one does not keep the next from its turn. */
  const inTurn = useCallback(<T>(work: () => Promise<T>): Promise<T> => {
    const turn = queue.current.then(work);
    queue.current = turn.catch(() => undefined);
    return turn;
  }, []);

  const steps = useCallback(
    async (all: readonly Step[], onDone: () => void = () => undefined): Promise<boolean> => {
      setFault(null);
      const pages = new Set(all.flatMap((s) => (s.do === 'treat' ? [s.pageId] : [])));
      if (pages.size > 0) setTreating(pages);
      try {
        for (const step of all) {
          const possible = stillPossible(step, queries.getQueryData<DossierView>(KEYS.dossier(dossierId)));
          if (possible) keepDossier(queries, await perform(engine, dossierId, possible));
          onDone();
        }
        return true;
      } catch (error) {
        setFault(shapeOf(error));
        return false;
      } finally {
        if (pages.size > 0) setTreating(NONE);
      }
    },
    [engine, queries, dossierId],
  );

  const edits = useMemo<Edits>(() => {
    const tell = (words: string, quiet: boolean, action?: { label: string; run: () => void }) => {
      setTold(words);
      if (quiet) announce(words);
      else notify({ intent: 'info', title: words, ...(action ? { action } : {}) });
    };
    const undo = (quiet = false) =>
      inTurn(async () => {
        const last = stacks.get(dossierId)?.done.at(-1);
        if (!last) {
          announce(t('undo.nothing'));
          return null;
        }
        const back = last.pairs.toReversed().flatMap((pair) => pair.back);
        if (!(await steps(back))) return null;
        keep(tookBack);
        const again = { label: t('undo.redo'), run: () => void redo() };
        tell(t('undo.undone', { what: editWords(t, last) }), quiet, again);
        return last;
      });
    const redo = (quiet = false) =>
      inTurn(async () => {
        const last = stacks.get(dossierId)?.undone.at(-1);
        if (!last) {
          announce(t('redo.nothing'));
          return null;
        }
        if (!(await steps(last.pairs.map((pair) => pair.step)))) return null;
        keep(didAgain);
        tell(t('undo.redone', { what: editWords(t, last) }), quiet);
        return last;
      });
    return {
      undo,
      redo,
      run: (make, quiet) =>
        inTurn(async () => {
          const dossier = queries.getQueryData<DossierView>(KEYS.dossier(dossierId));
          const edit = dossier ? make(dossier) : null;
          if (!edit) return null;
          const done: Pair[] = [];
          const whole = await steps(
            edit.pairs.map((pair) => pair.step),
            () => done.push(edit.pairs[done.length]!),
          );
          if (done.length === 0) return null;
          // What was done before a failure stays done, and can be taken back.
          const kept = whole ? edit : { ...edit, pages: done.length, pairs: done };
          keep((s) => did(s, kept));
          tell(editWords(t, kept), quiet ?? false, { label: t('page.undo'), run: () => void undo() });
          return kept;
        }),
    };
  }, [announce, dossierId, inTurn, keep, notify, queries, stacks, steps, t]);

  return { edits, stack, told, treating, fault, dismissFault: useCallback(() => setFault(null), []) };
}

const NONE: ReadonlySet<string> = new Set();

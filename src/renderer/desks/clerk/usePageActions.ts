import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useMemo, useRef, useState } from 'react';
import type { ErrorShape } from '../../../contract/errors.ts';
import type { DossierView } from '../../../contract/model.ts';
import { keepDossier, useEngine } from '../../app/engine.tsx';
import { shapeOf } from '../../app/faults.ts';
import { useTexts } from '../../app/texts.tsx';
import { useAnnounce } from '../../ui/announcer.tsx';
import { useNotify } from '../../ui/notify.tsx';

export interface PageActions {
  /** Sets a page aside; `quiet` where the caller offers the way back itself. Resolves to whether it was done. */
  remove(pageId: string, quiet?: boolean): Promise<boolean>;
  restore(pageId: string): Promise<boolean>;
  /** `index` counts the pages of the target component that are not removed. */
  move(pageId: string, componentId: string, index: number): Promise<boolean>;
  /** Brings back the page that was removed last, if it still is. */
  undo(): void;
}

/** What can be done with pages; removing is never final, a removed page can be brought back. */
export function usePageActions(dossierId: string): readonly [PageActions, ErrorShape | null, () => void] {
  const engine = useEngine();
  const queries = useQueryClient();
  const notify = useNotify();
  const announce = useAnnounce();
  const t = useTexts();
  const [fault, setFault] = useState<ErrorShape | null>(null);
  const removed = useRef<string[]>([]);

  const run = useCallback(
    async (work: Promise<DossierView>): Promise<boolean> => {
      setFault(null);
      try {
        keepDossier(queries, await work);
        return true;
      } catch (error) {
        setFault(shapeOf(error));
        return false;
      }
    },
    [queries],
  );

  const actions = useMemo<PageActions>(() => {
    const restore = async (pageId: string) => {
      const done = await run(engine.call('pages.restore', { dossierId, pageId }));
      if (done) {
        removed.current = removed.current.filter((id) => id !== pageId);
        announce(t('page.restored'));
      }
      return done;
    };
    return {
      restore,
      async remove(pageId, quiet) {
        const done = await run(engine.call('pages.remove', { dossierId, pageId }));
        if (!done) return false;
        removed.current.push(pageId);
        if (quiet) announce(t('page.removed'));
        else {
          notify({
            intent: 'info',
            title: t('page.removed'),
            action: { label: t('page.undo'), run: () => void restore(pageId) },
          });
        }
        return true;
      },
      async move(pageId, componentId, index) {
        const done = await run(
          engine.call('pages.move', { dossierId, pageIds: [pageId], componentId, index }),
        );
        if (done) announce(t('page.moved'));
        return done;
      },
      undo() {
        const last = removed.current.at(-1);
        if (last !== undefined) void restore(last);
      },
    };
  }, [engine, dossierId, run, notify, announce, t]);

  return [actions, fault, useCallback(() => setFault(null), [])];
}

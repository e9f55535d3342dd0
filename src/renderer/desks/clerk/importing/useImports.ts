import { useCallback, useEffect, useMemo, useReducer, useRef } from 'react';
import type { ImportAs, InboxFile } from '../../../../contract/model.ts';
import { useEngine } from '../../../app/engine.tsx';
import { shapeOf } from '../../../app/faults.ts';
import { useTexts } from '../../../app/texts.tsx';
import { useAnnounce } from '../../../ui/announcer.tsx';
import type { Jobs } from '../scanning/jobs.ts';
import { type ImportItem, type ImportState, importReducer, importState } from './import-state.ts';
import { upload } from './upload.ts';

export interface Place {
  readonly dossierId: string;
  readonly componentId: string;
}

export interface ShownImport {
  readonly item: ImportItem;
  readonly state: ImportState;
}

export interface Imports {
  readonly shown: readonly ShownImport[];
  addFiles(place: Place, files: readonly File[], as: ImportAs): void;
  takeFromInbox(place: Place, file: InboxFile, as: ImportAs): void;
  /** Stops one that is under way, and hides one that failed. */
  dismiss(key: string): void;
  again(key: string): void;
}

interface Source {
  readonly stop: AbortController;
  readonly file: File | null;
}

/** Files under way, kept above the dossiers so that they go on while the clerk looks at another one. */
export function useImports(jobs: Jobs): Imports {
  const engine = useEngine();
  const announce = useAnnounce();
  const t = useTexts();
  const [items, dispatch] = useReducer(importReducer, NONE);
  const sources = useRef(new Map<string, Source>());
  const queue = useRef<Promise<void>>(Promise.resolve());

  const shown = useMemo(() => items.map((item) => ({ item, state: importState(item, jobs) })), [items, jobs]);
  useEffect(() => {
    const over = shown.filter(
      ({ state }) => state.phase === 'done' || (state.phase === 'failed' && state.fault.code === 'CANCELLED'),
    );
    if (over.length === 0) return;
    const done = over.findLast(({ state }) => state.phase === 'done');
    if (done?.state.phase === 'done') {
      announce(t('import.done', { name: done.item.name, pages: done.state.pages }));
    }
    for (const { item } of over) sources.current.delete(item.key);
    dispatch({ type: 'gone', keys: over.map(({ item }) => item.key) });
  }, [shown, announce, t]);

  const send = useCallback(
    (item: ImportItem) => {
      const { key, dossierId, componentId, as } = item;
      queue.current = queue.current.then(async () => {
        const source = sources.current.get(key);
        if (!source || source.stop.signal.aborted) return;
        try {
          const place = { dossierId, componentId, as };
          if (source.file === null) {
            const { scanId } = await engine.call('inbox.take', { ...place, name: item.name });
            dispatch({ type: 'accepted', key, scanId });
            return;
          }
          dispatch({ type: 'sent', key, bytes: 0 });
          const uploadId = await upload(engine, source.file, source.stop.signal, (bytes) =>
            dispatch({ type: 'sent', key, bytes }),
          );
          const { scanId } = await engine.call('imports.start', { ...place, uploadId });
          dispatch({ type: 'accepted', key, scanId });
        } catch (error) {
          dispatch({ type: 'failed', key, fault: shapeOf(error) });
        }
      });
    },
    [engine],
  );

  const add = useCallback(
    (place: Place, files: readonly { name: string; bytes: number; file: File | null }[], as: ImportAs) => {
      const added = files.map(({ name, bytes, file }): ImportItem => {
        const key = crypto.randomUUID();
        sources.current.set(key, { stop: new AbortController(), file });
        return { key, name, bytes, ...place, as, sent: null, scanId: null, fault: null };
      });
      dispatch({ type: 'added', items: added });
      for (const item of added) send(item);
    },
    [send],
  );

  const latest = useRef(shown);
  useEffect(() => {
    latest.current = shown;
  });
  return useMemo<Imports>(
    () => ({
      shown,
      addFiles: (place, files, as) =>
        add(
          place,
          files.map((file) => ({ name: file.name, bytes: file.size, file })),
          as,
        ),
      takeFromInbox: (place, { name, bytes }, as) => add(place, [{ name, bytes, file: null }], as),
      dismiss(key) {
        const found = latest.current.find(({ item }) => item.key === key);
        sources.current.get(key)?.stop.abort();
        if (found?.item.scanId && found.state.phase === 'reading') {
          engine
            .call('scans.cancel', { scanId: found.item.scanId })
            .catch((error: unknown) => dispatch({ type: 'failed', key, fault: shapeOf(error) }));
        }
        sources.current.delete(key);
        dispatch({ type: 'gone', keys: [key] });
      },
      again(key) {
        const found = latest.current.find(({ item }) => item.key === key);
        if (!found) return;
        dispatch({ type: 'again', key });
        send(found.item);
      },
    }),
    [shown, add, send, engine],
  );
}

const NONE: readonly ImportItem[] = [];

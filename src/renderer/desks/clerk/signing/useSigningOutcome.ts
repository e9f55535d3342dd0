import { useEffect, useRef } from 'react';
import { useTexts } from '../../../app/texts.tsx';
import { useAnnounce } from '../../../ui/announcer.tsx';
import { useNotify } from '../../../ui/notify.tsx';
import { focusSoon } from '../focus.ts';
import { type BatchState, dossiersOf, quarters } from './batch.ts';
import type { Signing } from './useSigning.ts';

/** Tells what became of a batch: to the eye, to the ear, and in the window's title while it is not over. */
export function useSigningOutcome(signing: Signing): void {
  const t = useTexts();
  const announce = useAnnounce();
  const notify = useNotify();
  const { batch, view, close, show } = signing;
  const told = useRef('');

  useEffect(() => {
    if (batch === null) return;
    const { state, done, total } = batch;
    const step = `${batch.batchId} ${state} ${quarters(batch)}`;
    if (told.current === step) return;
    told.current = step;
    const words = t(`sign.chip.${state}`, { done, total });
    announce(words);
    if (state === 'running') return;
    if (state === 'done' && view.at === 'batch' && dossiersOf(batch).length === 1) {
      // One dossier is gone on with at once; the result stands beside it.
      close();
      notify({ intent: 'success', title: t('sign.progress', { done, total }) });
      focusSoon('[data-next]');
    } else if (view.at === 'closed') {
      const intent = ({ done: 'success', paused: 'warning', stopped: 'error' } as const)[state];
      notify({ intent, title: words, action: { label: t('sign.chip.open'), run: show } });
    }
  }, [batch, view, close, show, announce, notify, t]);

  const title = titleOf(batch?.state ?? null);
  const words = batch && title ? t(`sign.chip.${title}`, { done: batch.done, total: batch.total }) : null;
  useEffect(() => {
    if (words === null) return;
    const before = document.title;
    document.title = t('sign.window', { state: words, app: t('app.name') });
    return () => {
      document.title = before;
    };
  }, [words, t]);
}

function titleOf(state: BatchState | null): 'running' | 'paused' | null {
  return state === 'running' || state === 'paused' ? state : null;
}

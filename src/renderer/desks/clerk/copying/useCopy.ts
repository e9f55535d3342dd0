import { useCallback, useMemo, useReducer } from 'react';
import type { EventPayload } from '../../../../contract/events.ts';
import type { Input } from '../../../../contract/operations.ts';
import { useEngine, useEngineEvent } from '../../../app/engine.tsx';
import { shapeOf } from '../../../app/faults.ts';
import { type CopyState, copyReducer, NO_COPY } from './copy-state.ts';

export interface Copy {
  readonly state: CopyState;
  start(order: Input<'copies.start'>): void;
  stop(): void;
  dismiss(): void;
}

/** The copy under way, kept above the dialog so that it may be closed meanwhile. */
export function useCopy(): Copy {
  const engine = useEngine();
  const [state, dispatch] = useReducer(copyReducer, NO_COPY);
  useEngineEvent(
    'copy.progress',
    useCallback((e: EventPayload<'copy.progress'>) => dispatch({ type: 'progress', ...e }), []),
  );
  useEngineEvent(
    'copy.finished',
    useCallback((e: EventPayload<'copy.finished'>) => dispatch({ type: 'finished', ...e }), []),
  );
  useEngineEvent(
    'copy.failed',
    useCallback((e: EventPayload<'copy.failed'>) => dispatch({ type: 'failed', ...e }), []),
  );
  const copyId = state.phase === 'running' ? state.copyId : null;
  const start = useCallback(
    (order: Input<'copies.start'>) => {
      dispatch({ type: 'asked' });
      engine.call('copies.start', order).then(
        (accepted) => dispatch({ type: 'accepted', ...accepted }),
        (error: unknown) => dispatch({ type: 'refused', fault: shapeOf(error) }),
      );
    },
    [engine],
  );
  const stop = useCallback(() => {
    if (copyId === null) return;
    dispatch({ type: 'stopping' });
    engine
      .call('copies.cancel', { copyId })
      .catch((error: unknown) => dispatch({ type: 'refused', fault: shapeOf(error) }));
  }, [engine, copyId]);
  const dismiss = useCallback(() => dispatch({ type: 'dismissed' }), []);
  return useMemo(() => ({ state, start, stop, dismiss }), [state, start, stop, dismiss]);
}

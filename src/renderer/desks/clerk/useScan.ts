import { useCallback, useReducer } from 'react';
import type { EventPayload } from '../../../contract/events.ts';
import type { ScanSettings } from '../../../contract/model.ts';
import { useEngine, useEngineEvent } from '../../app/engine.tsx';
import { shapeOf } from '../../app/faults.ts';
import { NO_SCAN, type ScanState, scanReducer } from './scan-state.ts';

export interface Scan {
  readonly state: ScanState;
  start(dossierId: string, componentId: string, device: string, settings: ScanSettings): void;
  stop(): void;
  dismiss(): void;
}

/** The scan under way, kept above the dossiers so that it goes on while the clerk looks at another one. */
export function useScan(): Scan {
  const engine = useEngine();
  const [state, dispatch] = useReducer(scanReducer, NO_SCAN);

  useEngineEvent(
    'scan.page',
    useCallback((e: EventPayload<'scan.page'>) => dispatch({ type: 'page', ...e }), []),
  );
  useEngineEvent(
    'scan.finished',
    useCallback((e: EventPayload<'scan.finished'>) => dispatch({ type: 'finished', ...e }), []),
  );
  useEngineEvent(
    'scan.failed',
    useCallback(
      (e: EventPayload<'scan.failed'>) =>
        dispatch({ type: 'failed', scanId: e.scanId, pages: e.pages, fault: e.error }),
      [],
    ),
  );

  const start = useCallback(
    (dossierId: string, componentId: string, device: string, settings: ScanSettings) => {
      dispatch({ type: 'asked', dossierId, componentId });
      engine.call('scans.start', { dossierId, componentId, device, settings }).then(
        ({ scanId }) => dispatch({ type: 'accepted', scanId }),
        (error: unknown) => dispatch({ type: 'refused', fault: shapeOf(error) }),
      );
    },
    [engine],
  );
  const scanId = state.phase === 'running' ? state.scanId : null;
  const stop = useCallback(() => {
    if (scanId === null) return;
    dispatch({ type: 'stopping' });
    engine.call('scans.cancel', { scanId }).catch((error: unknown) => {
      dispatch({ type: 'refused', fault: shapeOf(error) });
    });
  }, [engine, scanId]);
  const dismiss = useCallback(() => dispatch({ type: 'dismissed' }), []);
  return { state, start, stop, dismiss };
}

import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo, useReducer, useState } from 'react';
import { useEngine } from '../../../app/engine.tsx';
import { shapeOf } from '../../../app/faults.ts';
import type { Jobs, ScanNote } from './jobs.ts';
import { requestReducer, type ScanOrder, type ScanState, scanState } from './scan-state.ts';

/** The fronts are there; the stack is to be turned over for its backs. */
export interface Turn {
  readonly scanId: string;
  readonly order: ScanOrder;
  readonly pages: number;
}

export interface ScanNotice {
  readonly dossierId: string;
  readonly componentId: string;
  readonly note: NonNullable<ScanNote>;
}

export interface Scan {
  readonly state: ScanState;
  readonly turn: Turn | null;
  /** Something to know about the scan that ended last. */
  readonly notice: ScanNotice | null;
  start(order: ScanOrder): void;
  scanBacks(): void;
  /** The paper has no backs after all. */
  leaveBacks(): void;
  stop(): void;
  dismiss(): void;
  dismissNotice(): void;
}

/** The scan under way, kept above the dossiers so that it goes on while the clerk looks at another one. */
export function useScan(jobs: Jobs): Scan {
  const engine = useEngine();
  const queries = useQueryClient();
  const [request, dispatch] = useReducer(requestReducer, null);
  const [turn, setTurn] = useState<Turn | null>(null);
  const [notice, setNotice] = useState<ScanNotice | null>(null);
  const state = useMemo(() => scanState(request, jobs), [request, jobs]);

  useEffect(() => {
    if (state.phase !== 'finished') return;
    const { order, scanId, pages, note } = state;
    if (order.sides === 'both' && order.backsOf === null && pages > 0) setTurn({ scanId, order, pages });
    if (note) setNotice({ dossierId: order.dossierId, componentId: order.componentId, note });
    // What was scanned is how this paper is scanned from now on.
    void queries.invalidateQueries({ queryKey: ['profile'] });
  }, [state, queries]);

  const start = useCallback(
    (order: ScanOrder) => {
      dispatch({ type: 'asked', order });
      setNotice(null);
      const { sides: _, backsOf, ...input } = order;
      engine.call('scans.start', { ...input, ...(backsOf === null ? {} : { backsOf }) }).then(
        ({ scanId }) => {
          dispatch({ type: 'accepted', scanId });
          setTurn(null);
        },
        (error: unknown) => dispatch({ type: 'refused', fault: shapeOf(error) }),
      );
    },
    [engine],
  );
  const scanBacks = useCallback(() => {
    if (turn) start({ ...turn.order, place: { at: 'end' }, backsOf: turn.scanId });
  }, [turn, start]);
  const scanId = state.phase === 'running' ? state.scanId : null;
  const stop = useCallback(() => {
    if (scanId === null) return;
    dispatch({ type: 'stopping' });
    engine.call('scans.cancel', { scanId }).catch((error: unknown) => {
      dispatch({ type: 'refused', fault: shapeOf(error) });
    });
  }, [engine, scanId]);
  const dismiss = useCallback(() => dispatch({ type: 'dismissed' }), []);
  const leaveBacks = useCallback(() => setTurn(null), []);
  const dismissNotice = useCallback(() => setNotice(null), []);
  return useMemo(
    () => ({ state, turn, notice, start, scanBacks, leaveBacks, stop, dismiss, dismissNotice }),
    [state, turn, notice, start, scanBacks, leaveBacks, stop, dismiss, dismissNotice],
  );
}

import type { ErrorShape } from '../../../contract/errors.ts';

interface Job {
  readonly dossierId: string;
  readonly componentId: string;
  /** Pages that are durable and announced. */
  readonly pages: number;
}

/** The counter has one scanner at hand, so there is one scan at a time. */
export type ScanState =
  | { readonly phase: 'idle' }
  | (Job & { readonly phase: 'running'; readonly scanId: string | null; readonly stopping: boolean })
  | (Job & { readonly phase: 'finished' })
  | (Job & { readonly phase: 'failed'; readonly fault: ErrorShape });

export type ScanAction =
  | { readonly type: 'asked'; readonly dossierId: string; readonly componentId: string }
  | { readonly type: 'accepted'; readonly scanId: string }
  | { readonly type: 'refused'; readonly fault: ErrorShape }
  | {
      readonly type: 'page';
      readonly scanId: string;
      readonly dossierId: string;
      readonly componentId: string;
    }
  | { readonly type: 'stopping' }
  | { readonly type: 'finished'; readonly scanId: string; readonly pages: number }
  | { readonly type: 'failed'; readonly scanId: string; readonly pages: number; readonly fault: ErrorShape }
  | { readonly type: 'dismissed' };

export const NO_SCAN: ScanState = { phase: 'idle' };

/**
 * Folds what the engine says about a scan. Events may overtake the answer to scans.start, so a job without a
 * number takes the number of the first event that fits its place. A scan that the clerk stopped is no failure.
 */
export function scanReducer(state: ScanState, action: ScanAction): ScanState {
  if (action.type === 'asked') {
    if (state.phase === 'running') return state;
    const { dossierId, componentId } = action;
    return { phase: 'running', scanId: null, stopping: false, dossierId, componentId, pages: 0 };
  }
  if (action.type === 'dismissed') return state.phase === 'running' ? state : NO_SCAN;
  if (state.phase !== 'running') return state;
  const { dossierId, componentId, pages } = state;
  switch (action.type) {
    case 'accepted':
      return { ...state, scanId: action.scanId };
    case 'refused':
      return { phase: 'failed', dossierId, componentId, pages, fault: action.fault };
    case 'stopping':
      return { ...state, stopping: true };
    case 'page':
      if (action.dossierId !== dossierId || action.componentId !== componentId) return state;
      if (!concerns(state.scanId, action.scanId)) return state;
      return { ...state, scanId: action.scanId, pages: pages + 1 };
    case 'finished':
      if (!concerns(state.scanId, action.scanId)) return state;
      return { phase: 'finished', dossierId, componentId, pages: action.pages };
    case 'failed':
      if (!concerns(state.scanId, action.scanId)) return state;
      if (action.fault.code === 'CANCELLED') {
        return { phase: 'finished', dossierId, componentId, pages: action.pages };
      }
      return { phase: 'failed', dossierId, componentId, pages: action.pages, fault: action.fault };
  }
}

function concerns(own: string | null, other: string): boolean {
  return own === null || own === other;
}

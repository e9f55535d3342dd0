import type { ErrorShape } from '../../../../contract/errors.ts';
import type { EventPayload } from '../../../../contract/events.ts';

/** A copy under way; `early` keeps what was said of copies before this one knew its number. */
export type CopyState =
  | { readonly phase: 'idle' }
  | {
      readonly phase: 'running';
      readonly copyId: string | null;
      readonly stage: 'scanning' | 'printing';
      readonly pages: number;
      readonly stopping: boolean;
      readonly early: readonly CopyEvent[];
    }
  | { readonly phase: 'finished'; readonly pages: number; readonly copies: number }
  | { readonly phase: 'failed'; readonly fault: ErrorShape };

export type CopyEvent =
  | ({ readonly type: 'progress' } & EventPayload<'copy.progress'>)
  | ({ readonly type: 'finished' } & EventPayload<'copy.finished'>)
  | ({ readonly type: 'failed' } & EventPayload<'copy.failed'>);

export type CopyAction =
  | CopyEvent
  | { readonly type: 'asked' }
  | { readonly type: 'accepted'; readonly copyId: string }
  | { readonly type: 'refused'; readonly fault: ErrorShape }
  | { readonly type: 'stopping' }
  | { readonly type: 'dismissed' };

export const NO_COPY: CopyState = { phase: 'idle' };
const MOST_EARLY = 100;

export function copyReducer(state: CopyState, action: CopyAction): CopyState {
  if (action.type === 'asked') {
    if (state.phase === 'running') return state;
    return { phase: 'running', copyId: null, stage: 'scanning', pages: 0, stopping: false, early: [] };
  }
  if (action.type === 'dismissed') return state.phase === 'running' ? state : NO_COPY;
  if (state.phase !== 'running') return state;
  switch (action.type) {
    case 'accepted': {
      const named: CopyState = { ...state, copyId: action.copyId, early: [] };
      return state.early.reduce(copyReducer, named);
    }
    case 'refused':
      return { phase: 'failed', fault: action.fault };
    case 'stopping':
      return { ...state, stopping: true };
    default:
      if (state.copyId === null) return { ...state, early: [...state.early, action].slice(-MOST_EARLY) };
      return action.copyId === state.copyId ? told(state, action) : state;
  }
}

function told(state: Extract<CopyState, { phase: 'running' }>, event: CopyEvent): CopyState {
  switch (event.type) {
    case 'progress':
      return { ...state, stage: event.stage, pages: event.pages };
    case 'finished':
      return { phase: 'finished', pages: event.pages, copies: event.copies };
    case 'failed':
      return event.error.code === 'CANCELLED' ? NO_COPY : { phase: 'failed', fault: event.error };
  }
}

import type { ErrorShape } from '../../../../contract/errors.ts';
import type { PagePlace, ScanSettings } from '../../../../contract/model.ts';
import type { Jobs, ScanNote } from './jobs.ts';

/** What a clerk asked the scanner for. */
export interface ScanOrder {
  readonly dossierId: string;
  readonly componentId: string;
  readonly device: string;
  readonly settings: ScanSettings;
  readonly autoColour: boolean;
  readonly separate: boolean;
  readonly place: PagePlace;
  /** both = the fronts of paper that is turned by hand afterwards. */
  readonly sides: 'one' | 'both';
  /** These are the backs of that scan. */
  readonly backsOf: string | null;
}

/** The counter has one scanner at hand, so there is one scan at a time. */
export interface ScanRequest {
  readonly order: ScanOrder;
  readonly scanId: string | null;
  readonly stopping: boolean;
  readonly refused: ErrorShape | null;
}

interface Told {
  readonly order: ScanOrder;
  /** Pages that are durable and announced. */
  readonly pages: number;
}

export type ScanState =
  | { readonly phase: 'idle' }
  | (Told & { readonly phase: 'running'; readonly scanId: string | null; readonly stopping: boolean })
  | (Told & {
      readonly phase: 'finished';
      readonly scanId: string;
      readonly note: ScanNote;
      readonly components: readonly string[];
    })
  | (Told & { readonly phase: 'failed'; readonly fault: ErrorShape });

export type ScanAction =
  | { readonly type: 'asked'; readonly order: ScanOrder }
  | { readonly type: 'accepted'; readonly scanId: string }
  | { readonly type: 'refused'; readonly fault: ErrorShape }
  | { readonly type: 'stopping' }
  | { readonly type: 'dismissed' };

export const NO_SCAN: ScanState = { phase: 'idle' };

export function requestReducer(request: ScanRequest | null, action: ScanAction): ScanRequest | null {
  switch (action.type) {
    case 'asked':
      return { order: action.order, scanId: null, stopping: false, refused: null };
    case 'accepted':
      return request && { ...request, scanId: action.scanId };
    case 'refused':
      return request && { ...request, refused: action.fault };
    case 'stopping':
      return request && { ...request, stopping: true };
    case 'dismissed':
      return null;
  }
}

/** Where the scan that was asked for stands. One that the clerk stopped is no failure. */
export function scanState(request: ScanRequest | null, jobs: Jobs): ScanState {
  if (!request) return NO_SCAN;
  const { order, scanId, stopping, refused } = request;
  const job = scanId === null ? undefined : jobs.get(scanId);
  const pages = job?.end?.pages ?? job?.pages ?? 0;
  if (refused) return { phase: 'failed', order, pages, fault: refused };
  if (scanId === null || !job?.end) return { phase: 'running', order, pages, scanId, stopping };
  if (job.end.how === 'failed' && job.end.fault.code !== 'CANCELLED') {
    return { phase: 'failed', order, pages, fault: job.end.fault };
  }
  const note = job.end.how === 'finished' ? job.end.note : null;
  return { phase: 'finished', order, pages, scanId, note, components: job.components };
}

import type { ErrorShape } from '../../../../contract/errors.ts';
import type { ImportAs } from '../../../../contract/model.ts';
import type { Jobs } from '../scanning/jobs.ts';

/** A file on its way into a component. */
export interface ImportItem {
  readonly key: string;
  readonly name: string;
  readonly bytes: number;
  readonly dossierId: string;
  readonly componentId: string;
  readonly as: ImportAs;
  /** Bytes that went to the engine; null while it waits for its turn. */
  readonly sent: number | null;
  readonly scanId: string | null;
  readonly fault: ErrorShape | null;
}

export type ImportAction =
  | { readonly type: 'added'; readonly items: readonly ImportItem[] }
  | { readonly type: 'sent'; readonly key: string; readonly bytes: number }
  | { readonly type: 'accepted'; readonly key: string; readonly scanId: string }
  | { readonly type: 'failed'; readonly key: string; readonly fault: ErrorShape }
  | { readonly type: 'again'; readonly key: string }
  | { readonly type: 'gone'; readonly keys: readonly string[] };

export function importReducer(items: readonly ImportItem[], action: ImportAction): readonly ImportItem[] {
  const change = (key: string, with_: Partial<ImportItem>) =>
    items.map((item) => (item.key === key ? { ...item, ...with_ } : item));
  switch (action.type) {
    case 'added':
      return [...items, ...action.items];
    case 'sent':
      return change(action.key, { sent: action.bytes });
    case 'accepted':
      return change(action.key, { scanId: action.scanId });
    case 'failed':
      return change(action.key, { fault: action.fault });
    case 'again':
      return change(action.key, { sent: null, scanId: null, fault: null });
    case 'gone':
      return items.filter((item) => !action.keys.includes(item.key));
  }
}

export type ImportState =
  | { readonly phase: 'waiting' }
  | { readonly phase: 'sending'; readonly share: number }
  | { readonly phase: 'reading'; readonly pages: number }
  | { readonly phase: 'done'; readonly pages: number }
  | { readonly phase: 'failed'; readonly fault: ErrorShape };

export function importState(item: ImportItem, jobs: Jobs): ImportState {
  if (item.fault) return { phase: 'failed', fault: item.fault };
  if (item.scanId === null) {
    if (item.sent === null) return { phase: 'waiting' };
    return { phase: 'sending', share: item.bytes === 0 ? 1 : item.sent / item.bytes };
  }
  const job = jobs.get(item.scanId);
  if (!job?.end) return { phase: 'reading', pages: job?.pages ?? 0 };
  return job.end.how === 'finished'
    ? { phase: 'done', pages: job.end.pages }
    : { phase: 'failed', fault: job.end.fault };
}

/** A PDF is asked about: it may be an original that must stay whole, or a scan whose pages are wanted. */
export function isPdf(file: { readonly name: string; readonly type?: string }): boolean {
  return file.type === 'application/pdf' || /\.pdf$/i.test(file.name);
}

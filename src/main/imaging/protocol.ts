import type { ErrorShape } from '../../contract/errors.ts';
import type { PageJob, Processed } from './pipeline.ts';

/** Messages between the pool and a worker; one page at a time. */
export type PageRequest = PageJob;

export type PageReply =
  | { readonly ok: true; readonly page: Processed }
  | { readonly ok: false; readonly error: ErrorShape; readonly cause: string };

export type FromWorker = 'ready' | PageReply;
export type ToWorker = 'close' | PageRequest;

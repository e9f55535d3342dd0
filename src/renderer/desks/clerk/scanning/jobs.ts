import type { ErrorShape } from '../../../../contract/errors.ts';
import type { EventPayload } from '../../../../contract/events.ts';

export type ScanNote = EventPayload<'scan.finished'>['note'];

/** What the engine has said of one scan or import. */
export interface Job {
  /** Pages and kept files that are durable and announced. */
  readonly pages: number;
  /** Components that they went to, in the order of coming. */
  readonly components: readonly string[];
  readonly end:
    | null
    | { readonly how: 'finished'; readonly pages: number; readonly note: ScanNote }
    | { readonly how: 'failed'; readonly pages: number; readonly fault: ErrorShape };
}

/**
 * Jobs by number. Events may overtake the answer that names a job's number, and other screens have jobs of their
 * own: so all are folded, and whoever started one looks it up.
 */
export type Jobs = ReadonlyMap<string, Job>;

export type JobEvent =
  | { readonly type: 'came'; readonly scanId: string; readonly componentId: string }
  | { readonly type: 'finished'; readonly scanId: string; readonly pages: number; readonly note: ScanNote }
  | { readonly type: 'failed'; readonly scanId: string; readonly pages: number; readonly fault: ErrorShape };

export const NO_JOBS: Jobs = new Map();
const NEW: Job = { pages: 0, components: [], end: null };
/** Ended jobs that nobody asks about any more. */
const MOST_JOBS = 200;

export function jobsReducer(jobs: Jobs, event: JobEvent): Jobs {
  const job = jobs.get(event.scanId) ?? NEW;
  // Nothing comes behind the end of a job.
  if (job.end) return jobs;
  const next = new Map(jobs);
  next.set(event.scanId, fold(job, event));
  if (next.size > MOST_JOBS) {
    const oldest = [...next].find(([, j]) => j.end !== null)?.[0] ?? next.keys().next().value;
    if (oldest !== undefined) next.delete(oldest);
  }
  return next;
}

function fold(job: Job, event: JobEvent): Job {
  switch (event.type) {
    case 'came': {
      const known = job.components.includes(event.componentId);
      const components = known ? job.components : [...job.components, event.componentId];
      return { ...job, pages: job.pages + 1, components };
    }
    case 'finished':
      return { ...job, end: { how: 'finished', pages: event.pages, note: event.note } };
    case 'failed':
      return { ...job, end: { how: 'failed', pages: event.pages, fault: event.fault } };
  }
}

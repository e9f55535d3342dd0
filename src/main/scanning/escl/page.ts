import { CounterError } from '../../../contract/errors.ts';
import { requireWhole } from '../pages/whole.ts';
import type { RawPage } from '../port.ts';
import type { EsclResponse } from './http.ts';
import type { Run } from './job.ts';
import { abortFault, feederFault, findJob, statusOrNote } from './status.ts';

/** The page in an answer. @throws CounterError of its cause where it is empty, cut or no picture */
export async function wholePage(run: Run, answer: EsclResponse, index: number): Promise<RawPage> {
  const { body } = answer;
  if (body.length === 0) throw await emptyBodyFault(run, index);
  try {
    if (!answer.whole) throw new CounterError('PAGE_TRUNCATED', { page: index + 1, bytes: body.length });
    return { index, bytes: body, format: requireWhole(body, index), dpi: run.order.dpi };
  } catch (error) {
    throw await namedCause(run, error);
  }
}

/** Why a page was refused: what the device names, else the status of its answer. */
export async function documentRefused(run: Run, status: number): Promise<unknown> {
  if (status === 401 || status === 403)
    return new CounterError('SCANNER_DENIED', { what: 'NextDocument', status });
  const code = status >= 500 ? 'SCANNER_IO' : 'SCANNER_PROTOCOL';
  return namedCause(run, new CounterError(code, { what: 'NextDocument', status }));
}

/**
 * 200 with no byte is how devices report a jam, an open cover or a read error in mid-page; and, from an empty
 * feeder, that there was nothing to scan (then the job even says Completed).
 */
async function emptyBodyFault(run: Run, index: number): Promise<unknown> {
  const page = index + 1;
  const status = await statusOrNote(run.client, run.deps, run.signal);
  if (!status) return new CounterError('SCANNER_IO', { page, reason: 'empty-page' });
  const job = findJob(status, run.job);
  if (job?.state === 'Aborted' || job?.state === 'Canceled') return abortFault(status, job);
  const fault = run.order.source === 'platen' ? undefined : feederFault(status);
  if (fault) return fault;
  const nothing = index === 0 && run.order.source !== 'platen' && job?.state === 'Completed';
  if (nothing) return new CounterError('SCANNER_EMPTY', { state: status.adfState });
  return new CounterError('SCANNER_IO', { page, reason: 'empty-page' });
}

/** Why a page was cut: what the device names (jam, cover, cancelled at its panel), else the cut itself. */
async function namedCause(run: Run, cut: unknown): Promise<unknown> {
  const status = await statusOrNote(run.client, run.deps, run.signal);
  if (!status) return withReason(cut, 'device-gone');
  const job = findJob(status, run.job);
  const ended = job?.state === 'Aborted' || job?.state === 'Canceled';
  const fault = ended ? abortFault(status, job) : feederFault(status);
  if (fault && fault.code !== 'SCANNER_IO') return fault;
  return job ? cut : withReason(cut, 'job-lost');
}

/** A device that does not answer any more, or knows nothing of the job, has probably restarted. */
function withReason(cut: unknown, reason: string): unknown {
  if (!(cut instanceof CounterError) || cut.code !== 'PAGE_TRUNCATED') return cut;
  return new CounterError(cut.code, { ...cut.details, reason }, { cause: cut });
}

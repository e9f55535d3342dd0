import { CounterError, type ErrorCode } from '../../../contract/errors.ts';
import { pause } from '../../scanning/wait.ts';
import type { PrintProgress } from '../port.ts';
import type { IppClient, JobFacts, PrinterFacts } from './client.ts';
import type { PrintLimits } from './limits.ts';
import { blockOf, JOB_STATE } from './states.ts';

export type Outcome = { readonly kind: 'completed' } | { readonly kind: 'failed'; readonly reason: string };

/**
 * Asks for a job's state until it ends. A signal that is aborted cancels the job at the printer; `leave` leaves it there.
 *
 * @throws CounterError CANCELLED; PRINTER_UNREACHABLE and the like once the printer fails to answer `pollTries`
 *   times in a row; what blocks it (PRINTER_MEDIA_EMPTY, …) once that has lasted for `blockedMs`; PRINTER_JOB_UNCERTAIN
 *   where the printer forgot the job before it told its end
 */
export async function followJob(
  client: IppClient,
  id: number,
  limits: PrintLimits,
  now: () => number,
  signal: AbortSignal,
  onProgress: (progress: PrintProgress) => void = () => {},
  leave?: AbortSignal,
): Promise<Outcome> {
  const either = leave ? AbortSignal.any([signal, leave]) : signal;
  const stopped = () => {
    if (!signal.aborted && leave?.aborted) throw new CounterError('CANCELLED', { job: id, left: true });
    return cancel(client, id);
  };
  let failures = 0;
  let blockedSince: number | null = null;
  let sides = 0;
  let told = '';
  for (;;) {
    const seen = await look(client, id, either);
    if ('failure' in seen) {
      if (seen.failure.code === 'CANCELLED') return stopped();
      failures++;
      if (failures >= limits.pollTries) throw seen.failure;
    } else {
      failures = 0;
      const ended = endOf(seen.job);
      if (ended) return ended;
      if (!seen.job) throw new CounterError('PRINTER_JOB_UNCERTAIN', { job: id });
      const working = seen.job.sides > sides;
      sides = seen.job.sides;
      const block = blockOf(seen.printer.state, seen.printer.reasons, working);
      const progress: PrintProgress = { state: stateOf(seen.job), sides, blockedBy: block };
      const text = JSON.stringify(progress);
      if (text !== told) onProgress(progress);
      told = text;
      blockedSince = block ? (blockedSince ?? now()) : null;
      if (block && blockedSince !== null && now() - blockedSince >= limits.blockedMs)
        throw blocked(block, id);
    }
    try {
      await pause(limits.pollMs, either);
    } catch (error) {
      if (error instanceof CounterError && error.code === 'CANCELLED') return stopped();
      throw error;
    }
  }
}

function blocked(code: ErrorCode, job: number): CounterError {
  return new CounterError(code, { job });
}

async function look(
  client: IppClient,
  id: number,
  signal: AbortSignal,
): Promise<{ job: JobFacts | undefined; printer: PrinterFacts } | { failure: CounterError }> {
  try {
    const job = await client.job(id, signal);
    return { job, printer: await client.printer(signal) };
  } catch (error) {
    if (error instanceof CounterError) return { failure: error };
    throw error;
  }
}

async function cancel(client: IppClient, id: number): Promise<never> {
  await client.cancel(id, new AbortController().signal);
  throw new CounterError('CANCELLED', { job: id });
}

function endOf(job: JobFacts | undefined): Outcome | undefined {
  if (job?.state === JOB_STATE.completed) return { kind: 'completed' };
  if (job?.state !== JOB_STATE.canceled && job?.state !== JOB_STATE.aborted) return undefined;
  const fallback = job.state === JOB_STATE.canceled ? 'canceled' : 'aborted';
  return { kind: 'failed', reason: job.reasons[0] ?? fallback };
}

function stateOf(job: JobFacts): PrintProgress['state'] {
  if (job.state === JOB_STATE.processing) return 'processing';
  return job.state === JOB_STATE.stopped ? 'stopped' : 'pending';
}

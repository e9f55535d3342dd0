import { CounterError } from '../../../contract/errors.ts';
import type { ScannerDeps } from '../deps.ts';
import { requireWhole } from '../pages/whole.ts';
import type { RawPage } from '../port.ts';
import { pause, requireRunning } from '../wait.ts';
import type { EsclOrder } from './choose.ts';
import type { EsclClient } from './client.ts';
import { createJob } from './create-job.ts';
import type { EsclResponse } from './http.ts';
import { abortFault, type EsclStatus, feederFault, findJob } from './status.ts';

/** One job as its functions see it. */
interface Run {
  readonly client: EsclClient;
  readonly order: EsclOrder;
  readonly deps: ScannerDeps;
  readonly signal: AbortSignal;
  readonly job: string;
}

/** Statuses by which devices say that there is no further page: AirSane gives 409 once and 404 from then on. */
const END = [404, 409, 410];

/**
 * Runs one job and yields its pages; the job is deleted at the device however the loop ends.
 * Failures: see Scanner.scan.
 */
export async function* runJob(
  client: EsclClient,
  order: EsclOrder,
  deps: ScannerDeps,
  signal: AbortSignal,
): AsyncGenerator<RawPage, void, void> {
  const job = await createJob(client, order, deps.limits, signal);
  let gone = false;
  try {
    yield* pagesOf({ client, order, deps, signal, job });
  } catch (error) {
    gone = error instanceof CounterError && error.code === 'SCANNER_UNREACHABLE';
    throw error;
  } finally {
    if (!gone) await removeJob(client, job, deps);
  }
}

/** Whatever the device answers changes no page; a job that is already forgotten answers 404. */
async function removeJob(client: EsclClient, job: string, deps: ScannerDeps): Promise<void> {
  try {
    await client.remove(job, new AbortController().signal);
  } catch (error) {
    deps.note('escl: DELETE failed', error);
  }
}

async function* pagesOf(run: Run): AsyncGenerator<RawPage, void, void> {
  const { limits } = run.deps;
  let index = 0;
  let pending = 0;
  for (;;) {
    requireRunning(run.signal);
    const answer = await nextDocument(run);
    if (answer.status === 200) {
      yield await wholePage(run, answer, index);
      index++;
      pending = 0;
      // A platen holds one side; some devices would start a second scan if they were asked again.
      if (run.order.source === 'platen') return;
      if (index >= limits.maxPages)
        throw new CounterError('SCANNER_PROTOCOL', { what: 'endless-job', pages: index });
      if (run.client.quirks.pageGapMs) await pause(run.client.quirks.pageGapMs, run.signal);
      continue;
    }
    if (!END.includes(answer.status)) throw await documentRefused(run, answer.status);
    pending++;
    if (await isFinished(run, index, pending >= limits.pendingTries)) return;
    await pause(limits.pendingPauseMs, run.signal);
  }
}

/** Asks for the next page until the device is ready to answer. */
async function nextDocument(run: Run): Promise<EsclResponse> {
  const { limits } = run.deps;
  const notYet = [503, ...(run.client.quirks.retryStatuses ?? [])];
  for (let tries = 1; ; tries++) {
    const answer = await run.client.nextDocument(run.job, run.signal);
    if (!notYet.includes(answer.status)) return answer;
    if (tries >= limits.busyTries) {
      // For devices that say 'not yet' with 404 this is also how a job ends; the job's state decides.
      if (answer.status !== 503) return answer;
      throw new CounterError('SCANNER_BUSY', { by: 'device', what: 'NextDocument' });
    }
    if (answer.status !== 503 && (await hasEnded(run))) return answer;
    await pause(limits.busyPauseMs, run.signal);
  }
}

async function hasEnded(run: Run): Promise<boolean> {
  const status = await run.client.status(run.signal);
  const state = findJob(status, run.job)?.state ?? status.state;
  return state !== 'Pending' && state !== 'Processing';
}

async function wholePage(run: Run, answer: EsclResponse, index: number): Promise<RawPage> {
  const { body } = answer;
  if (body.length === 0) throw await emptyBodyFault(run, index);
  try {
    if (!answer.whole) throw new CounterError('PAGE_TRUNCATED', { page: index + 1, bytes: body.length });
    return { index, bytes: body, format: requireWhole(body, index), dpi: run.order.dpi };
  } catch (error) {
    throw await namedCause(run, error);
  }
}

/**
 * 200 with no byte is how devices report a jam, an open cover or a read error in mid-page; and, from an empty
 * feeder, that there was nothing to scan (then the job even says Completed).
 */
async function emptyBodyFault(run: Run, index: number): Promise<unknown> {
  const page = index + 1;
  const status = await statusAfterFault(run);
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
  const status = await statusAfterFault(run);
  if (!status) return cut;
  const job = findJob(status, run.job);
  const ended = job?.state === 'Aborted' || job?.state === 'Canceled';
  const fault = ended ? abortFault(status, job) : feederFault(status);
  return fault && fault.code !== 'SCANNER_IO' ? fault : cut;
}

/** The status after something went wrong; a second failure must not hide the first. */
async function statusAfterFault(run: Run): Promise<EsclStatus | undefined> {
  try {
    return await run.client.status(run.signal);
  } catch (error) {
    if (error instanceof CounterError && error.code === 'CANCELLED') throw error;
    run.deps.note('escl: status after a fault', error);
    return undefined;
  }
}

async function documentRefused(run: Run, status: number): Promise<unknown> {
  if (status === 401 || status === 403)
    return new CounterError('SCANNER_DENIED', { what: 'NextDocument', status });
  const code = status >= 500 ? 'SCANNER_IO' : 'SCANNER_PROTOCOL';
  return namedCause(run, new CounterError(code, { what: 'NextDocument', status }));
}

/**
 * 'No further page' is believed only when the job's state confirms it.
 *
 * @param pages whole pages so far
 * @param lastTry the device was asked often enough: a job that it still calls running is judged by its feeder
 * @returns false where the job still runs and is to be asked again
 */
async function isFinished(run: Run, pages: number, lastTry: boolean): Promise<boolean> {
  const feeder = run.order.source !== 'platen';
  const status = await run.client.status(run.signal);
  const job = findJob(status, run.job);
  const state = job?.state ?? (status.state === 'Processing' ? 'Processing' : 'Completed');
  const nothingLoaded = feeder && pages === 0 && status.adfState === 'ScannerAdfEmpty';
  if (nothingLoaded && state !== 'Pending')
    throw new CounterError('SCANNER_EMPTY', { state: status.adfState });
  if (state === 'Aborted' || state === 'Canceled') throw abortFault(status, job);
  const fault = feeder ? feederFault(status) : undefined;
  if (fault) throw fault;
  if (state === 'Pending' || state === 'Processing') {
    if (!lastTry) return false;
    // Some devices call a job running until it is deleted; an empty feeder shows that no sheet is left.
    const drained = status.adfState === 'ScannerAdfEmpty' || (status.adfState === '' && job === undefined);
    if (!drained || pages === 0) throw new CounterError('SCANNER_IO', { reason: 'job-unfinished', state });
    return true;
  }
  if (pages > 0) return true;
  throw new CounterError(feeder ? 'SCANNER_EMPTY' : 'SCANNER_IO', { state, reason: 'no-page' });
}

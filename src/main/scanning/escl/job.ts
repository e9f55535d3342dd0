import { CounterError } from '../../../contract/errors.ts';
import type { ScannerDeps } from '../deps.ts';
import type { RawPage } from '../port.ts';
import { pause, requireRunning } from '../wait.ts';
import type { EsclOrder } from './choose.ts';
import type { EsclClient } from './client.ts';
import { createJob } from './create-job.ts';
import type { EsclResponse } from './http.ts';
import { documentRefused, wholePage } from './page.ts';
import { busyPatience } from './patience.ts';
import { repeats } from './repeats.ts';
import { abortFault, feederFault, findJob, isWorking, statusOrNote } from './status.ts';

/** One job as its functions see it. */
export interface Run {
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
  for (const note of order.notes) deps.note('escl: the device gives less than asked', note);
  const job = await createJob(client, order, deps, signal);
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
    const { status } = await client.remove(job, new AbortController().signal);
    if (status >= 300 && status !== 404 && status !== 410) deps.note('escl: DELETE refused', status);
  } catch (error) {
    deps.note('escl: DELETE failed', error);
  }
}

async function* pagesOf(run: Run): AsyncGenerator<RawPage, void, void> {
  const { limits, note } = run.deps;
  if (run.client.quirks.statusBeforeFirstPage) await statusOrNote(run.client, run.deps, run.signal);
  const seen = repeats();
  let index = 0;
  let pending = 0;
  let again = 0;
  for (;;) {
    requireRunning(run.signal);
    const asked = performance.now();
    const answer = await nextDocument(run);
    if (answer.status === 200) {
      const page = await wholePage(run, answer, index);
      const known = seen.look(page.bytes, answer.headers['content-location'], index);
      if (known?.redelivered) {
        note('escl: the device gave a page once more', known.index);
        again++;
        if (again >= limits.pendingTries) throw repeating(known.index);
        await pause(limits.pendingPauseMs, run.signal);
        continue;
      }
      yield known ? { ...page, repeats: known.index } : page;
      index++;
      pending = 0;
      again = 0;
      // A platen holds one side; some devices would start a second scan if they were asked again.
      if (run.order.source === 'platen') return;
      if (index >= limits.maxPages)
        throw new CounterError('SCANNER_PROTOCOL', { what: 'endless-job', pages: index });
      await gap(run, performance.now() - asked);
      continue;
    }
    if (!END.includes(answer.status)) throw await documentRefused(run, answer.status);
    pending++;
    if (await isFinished(run, index, pending >= limits.pendingTries)) return;
    await pause(limits.pendingPauseMs, run.signal);
  }
}

/** Half of what the page took is enough of a pause, so that a fast feeder stays fast (sane-airscan does the same). */
async function gap(run: Run, tookMs: number): Promise<void> {
  const { pageGapMs } = run.client.quirks;
  if (pageGapMs !== undefined) await pause(Math.min(pageGapMs, tookMs / 2), run.signal);
}

function repeating(index: number): CounterError {
  return new CounterError('SCANNER_PROTOCOL', { what: 'repeated-page', page: index + 1 });
}

/** Asks for the next page until the device is ready to answer. */
async function nextDocument(run: Run): Promise<EsclResponse> {
  const patience = busyPatience(run.deps.limits);
  const notYet = [503, ...(run.client.quirks.retryStatuses ?? [])];
  for (;;) {
    const answer = await run.client.nextDocument(run.job, run.signal);
    if (!notYet.includes(answer.status)) return answer;
    if (answer.status !== 503 && (await hasEnded(run))) return answer;
    if (await patience.wait(answer, run.signal)) continue;
    // For devices that say 'not yet' with 404 this is also how a job ends; the job's state decides.
    if (answer.status !== 503) return answer;
    throw new CounterError('SCANNER_BUSY', { by: 'device', what: 'NextDocument' });
  }
}

async function hasEnded(run: Run): Promise<boolean> {
  const status = await run.client.status(run.signal);
  const job = findJob(status, run.job);
  return job ? job.state !== 'Pending' && job.state !== 'Processing' : !isWorking(status);
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
  const state = job?.state ?? (isWorking(status) ? 'Processing' : 'Completed');
  const empty = status.adfState === 'ScannerAdfEmpty';
  const nothingLoaded = feeder && pages === 0 && empty && !run.client.quirks.feederStateUnsure;
  if (nothingLoaded && state !== 'Pending')
    throw new CounterError('SCANNER_EMPTY', { state: status.adfState });
  if (state === 'Aborted' || state === 'Canceled') throw abortFault(status, job);
  const fault = feeder ? feederFault(status) : undefined;
  if (fault) throw fault;
  if (state === 'Pending' || state === 'Processing') {
    if (!lastTry) return false;
    // Some devices call a job running until it is deleted; an empty feeder shows that no sheet is left.
    const drained = empty || (status.adfState === '' && job === undefined);
    if (!drained || pages === 0) throw new CounterError('SCANNER_IO', { reason: 'job-unfinished', state });
    return true;
  }
  // A device that restarted has forgotten the job, but the rest of the sheets still lies in its feeder.
  const lost = feeder && pages > 0 && job === undefined && status.adfState === 'ScannerAdfLoaded';
  if (lost) throw new CounterError('SCANNER_IO', { reason: 'job-lost', state: status.adfState });
  if (pages > 0) return true;
  throw new CounterError(feeder ? 'SCANNER_EMPTY' : 'SCANNER_IO', { state, reason: 'no-page' });
}

import { CounterError } from '../../../contract/errors.ts';
import type { ScanLimits } from '../limits.ts';
import { pause, requireRunning } from '../wait.ts';
import { type EsclOrder, fallbackColorMode } from './choose.ts';
import type { EsclClient } from './client.ts';
import type { EsclResponse } from './http.ts';
import { feederFault, jobPath } from './status.ts';

/**
 * Starts a job. Waits out a busy device, and asks for grey where black and white is refused.
 *
 * @returns the job's path on the device
 * @throws CounterError SCANNER_BUSY, SCANNER_EMPTY, SCANNER_JAMMED, SCANNER_COVER_OPEN, SCANNER_UNSUPPORTED,
 *   SCANNER_DENIED, SCANNER_PROTOCOL, SCANNER_IO, CANCELLED
 */
export async function createJob(
  client: EsclClient,
  order: EsclOrder,
  limits: ScanLimits,
  signal: AbortSignal,
): Promise<string> {
  if (client.quirks.checkFeederFirst) await requireFeeder(client, order, signal);
  let asked = order;
  let busy = 0;
  for (;;) {
    requireRunning(signal);
    // Not cut by the signal: a job that was made but whose address never arrived could not be deleted.
    const answer = await client.post(asked, new AbortController().signal);
    if (answer.status === 201) return addressOf(answer, client);
    const grey = answer.status === 409 ? fallbackColorMode(asked.colorMode) : undefined;
    if (grey) {
      asked = { ...asked, colorMode: grey };
      continue;
    }
    await requireFeeder(client, order, signal);
    busy++;
    if (answer.status !== 503) throw refusal(answer.status);
    if (busy >= limits.busyTries) throw new CounterError('SCANNER_BUSY', { by: 'device' });
    await pause(limits.busyPauseMs, signal);
  }
}

function addressOf(answer: EsclResponse, client: EsclClient): string {
  const path = jobPath(answer.headers.location ?? '', client.jobsPath);
  if (answer.headers.location === undefined || path === '' || path === client.jobsPath) {
    throw new CounterError('SCANNER_PROTOCOL', { what: 'ScanJobs', reason: 'no-location' });
  }
  return path;
}

/** The feeder's state before a job, and the reason where the device refused one. */
async function requireFeeder(client: EsclClient, order: EsclOrder, signal: AbortSignal): Promise<void> {
  if (order.source === 'platen') return;
  const status = await client.status(signal);
  const fault = feederFault(status);
  if (fault) throw fault;
  if (status.adfState === 'ScannerAdfEmpty')
    throw new CounterError('SCANNER_EMPTY', { state: status.adfState });
}

function refusal(status: number): CounterError {
  if (status === 401 || status === 403)
    return new CounterError('SCANNER_DENIED', { what: 'ScanJobs', status });
  if (status >= 500) return new CounterError('SCANNER_IO', { what: 'ScanJobs', status });
  if (status >= 400) return new CounterError('SCANNER_UNSUPPORTED', { what: 'settings', status });
  return new CounterError('SCANNER_PROTOCOL', { what: 'ScanJobs', status });
}

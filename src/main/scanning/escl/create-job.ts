import { CounterError } from '../../../contract/errors.ts';
import type { ScannerDeps } from '../deps.ts';
import { requireRunning } from '../wait.ts';
import { type EsclOrder, fallbackColorMode } from './choose.ts';
import type { EsclClient } from './client.ts';
import type { EsclResponse } from './http.ts';
import { busyPatience } from './patience.ts';
import type { Quirks } from './quirks.ts';
import { type EsclStatus, feederFault, jobPath, stateFault, statusOrNote } from './status.ts';

/**
 * Starts a job. Waits out a busy device, and asks for grey where black and white is refused.
 *
 * @returns the job's path on the device
 * @throws CounterError SCANNER_BUSY, SCANNER_EMPTY, SCANNER_JAMMED, SCANNER_COVER_OPEN, SCANNER_UNSUPPORTED,
 *   SCANNER_DENIED, SCANNER_PROTOCOL, SCANNER_IO, SCANNER_UNREACHABLE, CANCELLED
 */
export async function createJob(
  client: EsclClient,
  order: EsclOrder,
  deps: ScannerDeps,
  signal: AbortSignal,
): Promise<string> {
  if (client.quirks.checkFeederFirst && order.source !== 'platen') {
    const fault = feederNotReady(await client.status(signal), client.quirks);
    if (fault) throw fault;
  }
  const patience = busyPatience(deps.limits);
  let asked = order;
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
    const status = await statusOrNote(client, deps, signal);
    const fault = status && order.source !== 'platen' ? feederNotReady(status, client.quirks) : undefined;
    if (fault) throw fault;
    if (answer.status !== 503) throw (status && stateFault(status)) ?? refusal(answer.status);
    if (await patience.wait(answer, signal)) continue;
    throw (status && stateFault(status)) ?? new CounterError('SCANNER_BUSY', { by: 'device' });
  }
}

function addressOf(answer: EsclResponse, client: EsclClient): string {
  const path = jobPath(answer.headers.location ?? '', client.jobsPath);
  if (answer.headers.location === undefined || path === '' || path === client.jobsPath) {
    throw new CounterError('SCANNER_PROTOCOL', { what: 'ScanJobs', reason: 'no-location' });
  }
  return path;
}

/** Why the feeder cannot begin a job; undefined where it says nothing against it. */
function feederNotReady(status: EsclStatus, quirks: Quirks): CounterError | undefined {
  const fault = feederFault(status);
  // An idle device whose feeder is 'processing' has nothing in it (Kyocera, as sane-airscan reads it).
  const idle = status.adfState === 'ScannerAdfProcessing' && status.state === 'Idle';
  const empty = status.adfState === 'ScannerAdfEmpty' || idle;
  if (fault || quirks.feederStateUnsure || !empty) return fault;
  return new CounterError('SCANNER_EMPTY', { state: status.adfState });
}

function refusal(status: number): CounterError {
  if (status === 401 || status === 403)
    return new CounterError('SCANNER_DENIED', { what: 'ScanJobs', status });
  if (status >= 500) return new CounterError('SCANNER_IO', { what: 'ScanJobs', status });
  if (status >= 400) return new CounterError('SCANNER_UNSUPPORTED', { what: 'settings', status });
  return new CounterError('SCANNER_PROTOCOL', { what: 'ScanJobs', status });
}

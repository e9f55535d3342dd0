import { CounterError, type ErrorCode } from '../../../contract/errors.ts';
import type { ScannerDeps } from '../deps.ts';
import type { EsclClient } from './client.ts';
import { child, children, numberAt, parseXml, textAt } from './xml.ts';

export interface EsclJob {
  readonly path: string;
  readonly state: string;
  readonly reasons: readonly string[];
  readonly imagesCompleted: number;
}

export interface EsclStatus {
  /** Idle, Processing, Testing, Stopped or Down. */
  readonly state: string;
  /** ScannerAdf…, '' where the device does not say. */
  readonly adfState: string;
  readonly jobs: readonly EsclJob[];
}

/** @throws CounterError SCANNER_PROTOCOL */
export function parseStatus(bytes: Uint8Array): EsclStatus {
  const root = parseXml(bytes, 'ScannerStatus');
  return {
    state: textAt(root, 'State'),
    // NAPS2's own server writes 'ScannedAdf…' (its issue 699).
    adfState: textAt(root, 'AdfState').replace(/^ScannedAdf/, 'ScannerAdf'),
    jobs: children(child(root, 'Jobs'), 'JobInfo').map((job) => ({
      path: jobPath(textAt(job, 'JobUri')),
      state: textAt(job, 'JobState'),
      reasons: children(child(job, 'JobStateReasons'), 'JobStateReason').map((reason) => textAt(reason)),
      imagesCompleted: numberAt(job, 'ImagesCompleted') ?? 0,
    })),
  };
}

/**
 * Only the path of a job's address: devices give relative ones, and some a host that leads nowhere (and an address
 * on another host would be a way to make this counter ask it). `parent` is the path that a relative one stands on.
 */
export function jobPath(uri: string, parent = '/'): string {
  const base = `http://device.invalid${parent}`;
  return URL.canParse(uri, base) ? new URL(uri, base).pathname.replace(/\/+$/, '') : '';
}

/** The entry of one job; the device's root may differ, the job's own name (last part) does not. */
export function findJob(status: EsclStatus, path: string): EsclJob | undefined {
  const name = lastPart(path);
  return (
    status.jobs.find((job) => job.path === path) ?? status.jobs.find((job) => lastPart(job.path) === name)
  );
}

function lastPart(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** What the feeder's state says went wrong (eSCL 2.97 AdfState); Processing, Loaded and Empty are no faults. */
const FEEDER_FAULTS: Readonly<Record<string, ErrorCode>> = {
  ScannerAdfJam: 'SCANNER_JAMMED',
  ScannerAdfMispick: 'SCANNER_JAMMED',
  ScannerAdfMultipickDetected: 'SCANNER_JAMMED',
  ScannerAdfDuplexPageTooShort: 'SCANNER_JAMMED',
  ScannerAdfDuplexPageTooLong: 'SCANNER_JAMMED',
  ScannerAdfHatchOpen: 'SCANNER_COVER_OPEN',
  // Names that devices use beside the specification's (sane-airscan).
  ScannerAdfDoorOpen: 'SCANNER_COVER_OPEN',
  ScannerAdfCoverOpen: 'SCANNER_COVER_OPEN',
  ScannerAdfInputTrayFailed: 'SCANNER_IO',
  ScannerAdfInputTrayOverloaded: 'SCANNER_JAMMED',
};

/** The same by the reasons of a job, which follow the printer vocabulary of PWG 5100.15 and RFC 8011. */
const REASON_FAULTS: readonly (readonly [RegExp, ErrorCode])[] = [
  [/jam|mispick|multipick/i, 'SCANNER_JAMMED'],
  [/cover|hatch|door/i, 'SCANNER_COVER_OPEN'],
  [/media-?empty|adf-?empty|NoMedia|InputTrayEmpty/i, 'SCANNER_EMPTY'],
  [/cancell?ed/i, 'CANCELLED'],
  [/unauthori[sz]ed|denied/i, 'SCANNER_DENIED'],
];

export function feederFault(status: EsclStatus): CounterError | undefined {
  const code = FEEDER_FAULTS[status.adfState];
  return code && new CounterError(code, { state: status.adfState });
}

/**
 * What the device's own state says after it refused something. Only then: some devices say Stopped while they wait
 * (HP's examples of eSCL do), so the state alone stops nothing.
 */
export function stateFault({ state }: EsclStatus): CounterError | undefined {
  if (state === 'Down') return new CounterError('SCANNER_UNREACHABLE', { reason: 'down', state });
  return state === 'Stopped' ? new CounterError('SCANNER_IO', { reason: 'stopped', state }) : undefined;
}

/** It is at work, or warms up (HP M630 says Testing meanwhile). */
export function isWorking({ state }: EsclStatus): boolean {
  return state === 'Processing' || state === 'Testing';
}

/** The status after something went wrong; a second failure must not hide the first. @throws CounterError CANCELLED */
export async function statusOrNote(
  client: Pick<EsclClient, 'status'>,
  deps: Pick<ScannerDeps, 'note'>,
  signal: AbortSignal,
): Promise<EsclStatus | undefined> {
  try {
    return await client.status(signal);
  } catch (error) {
    if (error instanceof CounterError && error.code === 'CANCELLED') throw error;
    deps.note('escl: status after a fault', error);
    return undefined;
  }
}

/** Why a job ended early; SCANNER_IO where the device names no cause (AirSane says Aborted and nothing else). */
export function abortFault(status: EsclStatus, job: EsclJob | undefined): CounterError {
  const feeder = feederFault(status);
  if (feeder) return feeder;
  const reasons = job?.reasons.join(' ') ?? '';
  const named = REASON_FAULTS.find(([pattern]) => pattern.test(reasons))?.[1];
  const code = named ?? (job?.state === 'Canceled' ? 'CANCELLED' : 'SCANNER_IO');
  return new CounterError(code, {
    state: (job?.state ?? status.state).slice(0, 40),
    reason: reasons.slice(0, 120),
    ...(code === 'CANCELLED' ? { by: 'device' } : {}),
  });
}

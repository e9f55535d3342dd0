import { CounterError } from '../../../contract/errors.ts';
import type { ScannerDeps } from '../deps.ts';
import { pause } from '../wait.ts';

/**
 * Ends of a question by which a device shows that it only now wakes: its network wakes before its program. Not a
 * connection that never comes about: TCP itself tries that several times, and a device that is off is no sleeper.
 */
const OF_SLEEP = new Set(['ECONNRESET', 'EPIPE', 'EHOSTUNREACH']);
const RESETS = new Set(['ECONNRESET', 'EPIPE']);

/**
 * Asks, and once more where the first try ended in a way that `worthwhile` knows. Only for questions that change
 * nothing at the device: never for a page or a new job.
 */
export async function askAgain<T>(
  ask: () => Promise<T>,
  worthwhile: (error: unknown) => boolean,
  { limits, note }: Pick<ScannerDeps, 'limits' | 'note'>,
  signal: AbortSignal,
): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (!worthwhile(error)) throw error;
    note('escl: no answer, asking once more', error);
    await pause(limits.busyPauseMs, signal);
    return ask();
  }
}

export function isOfSleep(error: unknown): boolean {
  if (error instanceof CounterError && error.code === 'SCANNER_TIMEOUT')
    return error.details.step === 'answer';
  return endedBy(error, OF_SLEEP);
}

export function isReset(error: unknown): boolean {
  return endedBy(error, RESETS);
}

function endedBy(error: unknown, reasons: ReadonlySet<string>): boolean {
  if (!(error instanceof CounterError) || error.code !== 'SCANNER_UNREACHABLE') return false;
  return reasons.has(String(error.details.reason));
}

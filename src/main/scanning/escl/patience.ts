import type { ScanLimits } from '../limits.ts';
import { pause } from '../wait.ts';
import type { EsclResponse } from './http.ts';

type BusyLimits = Pick<ScanLimits, 'busyTries' | 'busyPauseMs'>;

/** How long a busy device is waited for: a number of pauses, whether it names the time itself or not. */
export interface Patience {
  /** Waits for the next try; false where there is none left. @throws CounterError CANCELLED */
  wait(answer: EsclResponse, signal: AbortSignal): Promise<boolean>;
}

/**
 * `busyTries` tries, `busyPauseMs` apart. A device that asks for a longer time (Retry-After) gets it, at the cost of
 * as many tries as fit into it: the whole wait stays the same.
 */
export function busyPatience({ busyTries, busyPauseMs }: BusyLimits): Patience {
  let left = busyTries - 1;
  return {
    async wait(answer, signal) {
      if (left <= 0) return false;
      const asked = retryAfterMs(answer) ?? 0;
      const pauses = Math.min(left, Math.max(1, Math.ceil(asked / Math.max(1, busyPauseMs))));
      left -= pauses;
      await pause(Math.max(busyPauseMs, Math.min(asked, pauses * busyPauseMs)), signal);
      return true;
    },
  };
}

/** Asks until the answer is another than 503, as a device gives while it wakes up; or the last 503. */
export async function patiently(
  ask: () => Promise<EsclResponse>,
  limits: BusyLimits,
  signal: AbortSignal,
): Promise<EsclResponse> {
  const patience = busyPatience(limits);
  for (;;) {
    const answer = await ask();
    if (answer.status !== 503 || !(await patience.wait(answer, signal))) return answer;
  }
}

/** RFC 9110 §10.2.3, in seconds; scanners have no trustworthy clock, so its form with a date is not read. */
function retryAfterMs(answer: EsclResponse): number | undefined {
  const text = answer.headers['retry-after'] ?? '';
  return /^\d{1,6}$/.test(text) ? Number(text) * 1000 : undefined;
}

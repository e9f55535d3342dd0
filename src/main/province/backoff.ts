/** Bounds of the wait between two attempts, in milliseconds. */
export const BACKOFF_MS = { first: 1000, longest: 300_000 };

/**
 * The wait before attempt `attempt` + 1 (from 1): doubling from one second to five minutes, half of it at random, so
 * that the counters of a province do not come back all at once after an outage. `random` gives [0, 1).
 */
export function backoffMs(
  attempt: number,
  random: () => number,
  longest: number = BACKOFF_MS.longest,
): number {
  const exponent = Math.min(Math.max(attempt, 1) - 1, 30);
  const full = Math.min(BACKOFF_MS.first * 2 ** exponent, longest);
  return Math.max(BACKOFF_MS.first, Math.round(full / 2 + (random() * full) / 2));
}

/** Resolves after `ms`, or as soon as `signal` aborts; never rejects. */
export function sleep(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done, { once: true });
  });
}

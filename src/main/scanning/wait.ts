import { CounterError } from '../../contract/errors.ts';

/** Waits; an abort ends the wait at once. @throws CounterError CANCELLED */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = () => {
      clearTimeout(timer);
      reject(new CounterError('CANCELLED'));
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', onAbort);
      resolve();
    }, ms);
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
  });
}

/** @throws CounterError CANCELLED */
export function requireRunning(signal: AbortSignal): void {
  if (signal.aborted) throw new CounterError('CANCELLED');
}

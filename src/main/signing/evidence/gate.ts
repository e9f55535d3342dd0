import { CounterError } from '../../../contract/errors.ts';

/** Lets so many pieces of work run at once; the rest wait in the order in which they came. */
export interface Gate {
  /** Throws CANCELLED where `signal` ends the wait, and whatever the work throws. */
  run<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T>;
}

export function createGate(most: number): Gate {
  let running = 0;
  const waiting = new Set<() => void>();

  function enter(signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.reject(new CounterError('CANCELLED'));
    if (running < most) {
      running++;
      return Promise.resolve();
    }
    return new Promise((resolve, reject) => {
      const admit = () => {
        signal.removeEventListener('abort', leave);
        resolve();
      };
      const leave = () => {
        waiting.delete(admit);
        reject(new CounterError('CANCELLED'));
      };
      waiting.add(admit);
      signal.addEventListener('abort', leave, { once: true });
    });
  }

  function exit(): void {
    const next = waiting.values().next().value;
    if (!next) {
      running--;
      return;
    }
    waiting.delete(next);
    next();
  }

  return {
    async run(work, signal) {
      await enter(signal);
      try {
        return await work();
      } finally {
        exit();
      }
    },
  };
}

/** One piece of work at a time for each key. */
export interface KeyedGate {
  run<T>(key: string, work: () => Promise<T>, signal: AbortSignal): Promise<T>;
}

export function createKeyedGate(): KeyedGate {
  const gates = new Map<string, { readonly gate: Gate; users: number }>();
  return {
    async run(key, work, signal) {
      const entry = gates.get(key) ?? { gate: createGate(1), users: 0 };
      gates.set(key, entry);
      entry.users++;
      try {
        return await entry.gate.run(work, signal);
      } finally {
        if (--entry.users === 0) gates.delete(key);
      }
    },
  };
}

/** Waits; rejects with CANCELLED where `signal` ends it. */
export type Sleep = (ms: number, signal: AbortSignal) => Promise<void>;

export const sleepFor: Sleep = (ms, signal) =>
  new Promise((resolve, reject) => {
    if (signal.aborted) return reject(new CounterError('CANCELLED'));
    const stop = () => {
      clearTimeout(timer);
      reject(new CounterError('CANCELLED'));
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop);
      resolve();
    }, ms);
    signal.addEventListener('abort', stop, { once: true });
  });

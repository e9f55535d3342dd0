import { CounterError } from '../../contract/errors.ts';
import { DEFAULT_LIMITS, type ImportLimits } from './limits.ts';

/** What an import needs from outside; the engine makes one for all files. */
export interface ImportDeps {
  readonly limits: ImportLimits;
  /** The decoders' worker: the source under Node, its bundle in production. */
  readonly workerPath: string | URL;
  /** Decoders in WebAssembly take hundreds of megabytes: one file at a time has one, the others wait. */
  readonly gate: Gate;
}

export interface ImportOptions {
  readonly limits?: Partial<ImportLimits>;
  readonly workerPath?: string | URL;
}

export function importDeps(options: ImportOptions = {}): ImportDeps {
  return {
    limits: { ...DEFAULT_LIMITS, ...options.limits },
    workerPath: options.workerPath ?? new URL('./worker.ts', import.meta.url),
    gate: createGate(),
  };
}

export interface Gate {
  /** Resolves with the release when it is this caller's turn. @throws CounterError CANCELLED */
  enter(signal: AbortSignal): Promise<() => void>;
}

/** One at a time, in the order of asking. Who waits within the turn of another iterator of its own waits for ever. */
export function createGate(): Gate {
  const waiting: (() => void)[] = [];
  let taken = false;

  function leave(): void {
    const next = waiting.shift();
    if (next) next();
    else taken = false;
  }

  return {
    enter(signal) {
      return new Promise((resolve, reject) => {
        const cancel = () => {
          const at = waiting.indexOf(grant);
          if (at >= 0) waiting.splice(at, 1);
          reject(new CounterError('CANCELLED'));
        };
        const grant = () => {
          signal.removeEventListener('abort', cancel);
          taken = true;
          let left = false;
          resolve(() => {
            if (!left) leave();
            left = true;
          });
        };
        if (signal.aborted) return cancel();
        if (!taken) return grant();
        signal.addEventListener('abort', cancel, { once: true });
        waiting.push(grant);
      });
    },
  };
}

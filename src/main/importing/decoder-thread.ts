import { Worker } from 'node:worker_threads';
import { CounterError } from '../../contract/errors.ts';
import { keepWasmCode } from '../imaging/wasm-code.ts';
import type { ImportDeps } from './deps.ts';
import type { FromWorker, Opened, Pixels, Request } from './protocol.ts';

export interface DecoderThread {
  readonly pages: number;
  /** Pixels of one page. @throws CounterError as the decoder names it; `reason` 'timeout' where it took too long */
  page(index: number, dpi: number): Promise<Pixels>;
  /** Ends the thread and gives the turn to the next file. */
  close(): Promise<void>;
}

/** What a failure without a name of its own is called, which depends on what is being read. */
const FAILURE = { heic: 'IMAGE_UNREADABLE', pdf: 'PDF_UNREADABLE' } as const;

/** A thread for this file alone, when it is its turn. `bytes` are given away. @throws CounterError also CANCELLED */
export async function openDecoder(
  kind: 'heic' | 'pdf',
  bytes: Uint8Array,
  deps: ImportDeps,
  signal: AbortSignal,
): Promise<DecoderThread> {
  const { limits } = deps;
  const release = await deps.gate.enter(signal);
  const worker = startWorker(kind, deps, release);
  // What the decoders print goes nowhere: the command line's own output must stay readable.
  worker.stdout.resume();
  worker.stderr.resume();
  let fault: unknown;
  let started = false;
  worker.once('message', () => {
    started = true;
  });
  worker.on('error', (error) => {
    fault = error;
  });
  const gone = new Promise<void>((resolve) => worker.once('exit', () => resolve()));

  function failed(reason: string, cause?: unknown): CounterError {
    return new CounterError(FAILURE[kind], { reason }, { cause });
  }

  function ask<T>(request: Request, ms: number, transfer: ArrayBuffer[] = []): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const timer = setTimeout(() => end(() => reject(failed('timeout'))), ms);
      const onAbort = () => end(() => reject(new CounterError('CANCELLED')));
      const onExit = () =>
        end(() =>
          reject(
            started
              ? failed('worker', fault)
              : new CounterError('INTERNAL', { part: 'importing-worker' }, { cause: fault }),
          ),
        );
      const onReply = (reply: FromWorker) => {
        if (reply === 'ready') return;
        end(() => {
          if (reply.ok) return resolve(reply.value as T);
          const { code, details } = reply.error;
          const cause = new Error(reply.cause);
          const nameless = code === 'IMAGE_UNREADABLE' && kind === 'pdf';
          reject(nameless ? failed('drawing', cause) : new CounterError(code, details, { cause }));
        });
      };
      function end(then: () => void): void {
        clearTimeout(timer);
        signal.removeEventListener('abort', onAbort);
        worker.off('message', onReply);
        worker.off('exit', onExit);
        then();
      }
      worker.on('message', onReply);
      worker.on('exit', onExit);
      signal.addEventListener('abort', onAbort, { once: true });
      if (signal.aborted) onAbort();
      else worker.postMessage(request, transfer);
    });
  }

  async function close(): Promise<void> {
    await worker.terminate();
    await gone;
    release();
  }

  try {
    const { maxWasmBytes, maxDecodedBytes } = limits;
    // A copy of its own: a view into a pooled buffer would take the whole pool along.
    const own = Uint8Array.from(bytes);
    const request: Request = { ask: 'open', kind, bytes: own, maxWasmBytes, maxDecodedBytes };
    const { pages } = await ask<Opened>(request, limits.openMs, [own.buffer]);
    return { pages, page: (index, dpi) => ask<Pixels>({ ask: 'page', index, dpi }, limits.pageMs), close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** A path that Node does not take as a worker's fails at once, and must not keep the turn. */
function startWorker(kind: 'heic' | 'pdf', deps: ImportDeps, release: () => void): Worker {
  try {
    keepWasmCode();
    return new Worker(deps.workerPath, { name: `importing-${kind}`, stdout: true, stderr: true });
  } catch (cause) {
    release();
    throw new CounterError('INTERNAL', { part: 'importing-worker' }, { cause });
  }
}

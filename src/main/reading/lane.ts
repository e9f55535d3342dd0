import { Worker } from 'node:worker_threads';
import { CounterError } from '../../contract/errors.ts';
import { keepWasmCode } from '../imaging/wasm-code.ts';
import type { ReadingLimits } from './limits.ts';
import type { ReadingReply, ReadingRequest, ReadingResult, ReadingThreadData } from './protocol.ts';

interface Task {
  readonly request: ReadingRequest;
  resolve(result: ReadingResult): void;
  reject(error: unknown): void;
}

interface Thread {
  readonly worker: Worker;
  pages: number;
  gone: boolean;
}

export interface Lane {
  /** The picture's memory is given away with the call. Throws CANCELLED, READING_FAILED {reason}. */
  run(request: ReadingRequest, signal: AbortSignal): Promise<ReadingResult>;
  close(): Promise<void>;
}

/**
 * One thread, one page at a time, in the order asked. The thread starts with the first page and is ended after a
 * failure, a time-out, a cancelled page, its share of pages, too much memory, or a while without work; the next page
 * starts another. Ending it in the middle is safe: nothing runs in it but JavaScript and WebAssembly.
 */
export function createLane(
  workerPath: string | URL,
  data: ReadingThreadData,
  limits: Pick<ReadingLimits, 'timeoutMs' | 'recycleAfter' | 'maxMemory' | 'idleMs'>,
): Lane {
  const queue: Task[] = [];
  const ending = new Set<Promise<unknown>>();
  let thread: Thread | null = null;
  let current: Task | null = null;
  let watchdog: NodeJS.Timeout | undefined;
  let idle: NodeJS.Timeout | undefined;
  let closed = false;

  function launch(): Thread {
    keepWasmCode();
    const worker = new Worker(workerPath, { name: 'reading', workerData: data });
    const started: Thread = { worker, pages: 0, gone: false };
    worker.on('message', (reply: ReadingReply) => onReply(started, reply));
    worker.on('error', (cause) => onFault(started, cause));
    worker.on('exit', (code) => onFault(started, new Error(`the thread left with ${code}`)));
    return started;
  }

  /** From here on nothing that the thread still says is heard. */
  function end(): void {
    clearTimeout(watchdog);
    clearTimeout(idle);
    if (!thread) return;
    thread.gone = true;
    const exit = thread.worker.terminate();
    ending.add(exit);
    void exit.finally(() => ending.delete(exit));
    thread = null;
  }

  function settle(action: (task: Task) => void): void {
    clearTimeout(watchdog);
    const task = current;
    current = null;
    if (task) action(task);
    next();
  }

  function onReply(from: Thread, reply: ReadingReply): void {
    if (from.gone) return;
    from.pages++;
    if (!reply.ok || from.pages >= limits.recycleAfter || reply.memory > limits.maxMemory) end();
    settle((task) => {
      if (reply.ok) task.resolve(reply.result);
      else task.reject(failed(reply.reason, new Error(reply.cause)));
    });
  }

  function onFault(from: Thread, cause: unknown): void {
    if (from.gone) return;
    end();
    settle((task) => task.reject(failed('thread', cause)));
  }

  function next(): void {
    if (current || closed) return;
    const task = queue.shift();
    if (!task) {
      rest();
      return;
    }
    clearTimeout(idle);
    current = task;
    try {
      thread ??= launch();
    } catch (cause) {
      settle((lost) => lost.reject(failed('thread', cause)));
      return;
    }
    thread.worker.ref();
    const { timeoutMs } = limits;
    watchdog = setTimeout(() => {
      end();
      settle((late) => late.reject(failed('timeout', undefined, { timeoutMs })));
    }, timeoutMs);
    thread.worker.postMessage(task.request, [task.request.image.buffer as ArrayBuffer]);
  }

  function rest(): void {
    if (!thread) return;
    // A thread at rest keeps no process alive.
    thread.worker.unref();
    clearTimeout(idle);
    idle = setTimeout(end, limits.idleMs).unref();
  }

  function giveUp(task: Task, error: unknown): void {
    if (current === task) {
      end();
      settle(() => task.reject(error));
      return;
    }
    const at = queue.indexOf(task);
    if (at < 0) return;
    queue.splice(at, 1);
    task.reject(error);
  }

  return {
    run(request, signal) {
      if (closed || signal.aborted) return Promise.reject(new CounterError('CANCELLED'));
      return new Promise<ReadingResult>((resolve, reject) => {
        const stop = () => giveUp(task, new CounterError('CANCELLED'));
        const task: Task = {
          request,
          resolve(result) {
            signal.removeEventListener('abort', stop);
            resolve(result);
          },
          reject(error) {
            signal.removeEventListener('abort', stop);
            reject(error);
          },
        };
        signal.addEventListener('abort', stop, { once: true });
        queue.push(task);
        next();
      });
    },
    async close() {
      closed = true;
      for (const task of queue.splice(0)) task.reject(new CounterError('CANCELLED'));
      end();
      settle((task) => task.reject(new CounterError('CANCELLED')));
      await Promise.all(ending);
    },
  };
}

/** `reason`: start, recogniser, thread, timeout, picture, too-large. */
export function failed(
  reason: string,
  cause: unknown,
  details: Readonly<Record<string, number>> = {},
): CounterError {
  return new CounterError('READING_FAILED', { reason, ...details }, { cause });
}

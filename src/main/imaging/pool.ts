import { Worker } from 'node:worker_threads';
import { CounterError, fromErrorShape } from '../../contract/errors.ts';
import type { Processed } from './pipeline.ts';
import type { FromWorker, PageRequest } from './protocol.ts';
import { keepWasmCode } from './wasm-code.ts';

interface Task {
  readonly request: PageRequest;
  resolve(page: Processed): void;
  reject(error: CounterError): void;
}

export interface Pool {
  run(request: PageRequest): Promise<Processed>;
  close(): Promise<void>;
}

/**
 * Workers with one page each, started when there is work for them. One that dies takes its own page along
 * (IMAGE_UNREADABLE) and is replaced; a worker that cannot even start is INTERNAL.
 */
export function createPool(size: number, workerPath: string | URL): Pool {
  const queue: Task[] = [];
  const idle: Worker[] = [];
  const all = new Map<Worker, Promise<unknown>>();
  const tasks = new Map<Worker, Task>();
  const ready = new WeakSet<Worker>();
  const settled = new Set<() => void>();
  let closing: Promise<void> | undefined;

  function start(): Worker {
    keepWasmCode();
    const worker = new Worker(workerPath, { name: 'imaging' });
    all.set(worker, new Promise((resolve) => worker.once('exit', resolve)));
    let fault: unknown;
    worker.on('message', (message: FromWorker) => onMessage(worker, message));
    worker.on('error', (error) => {
      fault = error;
    });
    worker.once('exit', (code) => onGone(worker, fault ?? new Error(`worker left with ${code}`)));
    return worker;
  }

  function onMessage(worker: Worker, message: FromWorker): void {
    if (message === 'ready') {
      ready.add(worker);
      return;
    }
    const task = take(worker);
    idle.push(worker);
    // An idle worker keeps no process alive.
    worker.unref();
    if (message.ok) task?.resolve(message.page);
    else {
      const { code, details } = fromErrorShape(message.error);
      task?.reject(new CounterError(code, details, { cause: new Error(message.cause) }));
    }
    next();
  }

  function take(worker: Worker): Task | undefined {
    const task = tasks.get(worker);
    tasks.delete(worker);
    return task;
  }

  function onGone(worker: Worker, cause: unknown): void {
    all.delete(worker);
    const at = idle.indexOf(worker);
    if (at >= 0) idle.splice(at, 1);
    const dead = ready.has(worker)
      ? new CounterError('IMAGE_UNREADABLE', { reason: 'worker' }, { cause })
      : new CounterError('INTERNAL', { part: 'imaging-worker' }, { cause });
    take(worker)?.reject(dead);
    next();
  }

  function next(): void {
    for (const wake of settled) wake();
    if (closing || queue.length === 0) return;
    const worker = idle.pop() ?? (all.size < size ? start() : undefined);
    const task = worker && queue.shift();
    if (!worker || !task) return;
    worker.ref();
    tasks.set(worker, watched(worker, task));
    // A copy of its own, made only now: the caller keeps its bytes, waiting pages cost no second copy, and a view
    // into a large buffer would send all of that buffer.
    const bytes = Uint8Array.from(task.request.bytes);
    worker.postMessage({ ...task.request, bytes }, [bytes.buffer]);
    next();
  }

  function watched(worker: Worker, task: Task): Task {
    const { timeoutMs } = task.request.limits;
    const timer = setTimeout(() => {
      take(worker)?.reject(new CounterError('IMAGE_UNREADABLE', { reason: 'timeout', timeoutMs }));
      // Resolves with the exit, which 'exit' above already handles.
      void worker.terminate();
    }, timeoutMs);
    return {
      request: task.request,
      resolve(page) {
        clearTimeout(timer);
        task.resolve(page);
      },
      reject(error) {
        clearTimeout(timer);
        task.reject(error);
      },
    };
  }

  async function shut(): Promise<void> {
    for (const task of queue.splice(0)) task.reject(new CounterError('CANCELLED'));
    // Ending a thread inside native code is not safe: pages under way are finished, bounded by their time limit.
    while (tasks.size > 0)
      await new Promise<void>((resolve) => {
        settled.add(resolve);
      });
    const exits = [...all.values()];
    for (const worker of all.keys()) {
      worker.ref();
      worker.postMessage('close');
    }
    await Promise.all(exits);
  }

  return {
    run(request) {
      if (closing) return Promise.reject(new CounterError('CANCELLED'));
      return new Promise((resolve, reject) => {
        queue.push({ request, resolve, reject });
        next();
      });
    },
    close() {
      closing ??= shut();
      return closing;
    },
  };
}

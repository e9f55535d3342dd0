import { existsSync } from 'node:fs';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { CounterError } from '../../../contract/errors.ts';
import type { FileJob, FileReply, FileRequest, RowOf } from './file-thread.ts';

/** Beside this file when plain Node runs the source; a bundle of its own beside the engine's (electron.vite.config.ts). */
function threadFile(): string {
  const source = path.join(import.meta.dirname, 'file-thread.ts');
  return existsSync(source) ? source : path.join(import.meta.dirname, 'report-worker.js');
}

/**
 * Writes a report to a file's bytes in a thread of its own: a workbook of 50,000 rows is seconds of work that the
 * engine must not wait for. Throws CANCELLED when `signal` says so, INTERNAL where the thread fails.
 */
export async function writeReportFile<J extends FileJob>(
  job: J,
  rows: AsyncIterable<readonly RowOf<J>[]>,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const worker = new Worker(threadFile(), { name: 'report', workerData: job });
  try {
    const reply = new Promise<FileReply>((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', reject);
      worker.once('exit', (code) => reject(new Error(`the thread left with ${code}`)));
      signal.addEventListener('abort', () => reject(new CounterError('CANCELLED')), { once: true });
    });
    // Whoever waits for rows must not leave a failure of the thread unheard.
    reply.catch(() => undefined);
    signal.throwIfAborted();
    for await (const batch of rows) worker.postMessage(batch satisfies FileRequest);
    worker.postMessage(null satisfies FileRequest);
    const answer = await reply;
    if ('fault' in answer) throw new CounterError('INTERNAL', {}, { cause: answer.fault });
    return answer.file;
  } finally {
    await worker.terminate();
  }
}

import { parentPort } from 'node:worker_threads';
import '../../../../src/main/imaging/worker.ts';
import type { ToWorker } from '../../../../src/main/imaging/protocol.ts';

/** The real worker that also falls over on request: a page at 66 dpi ends it, one at 67 dpi throws, 68 hangs. */
parentPort?.on('message', (message: ToWorker) => {
  if (message === 'close') return;
  if (message.dpi === 66) process.exit(3);
  if (message.dpi === 67) throw new Error('fell over');
  if (message.dpi === 68) for (;;);
});

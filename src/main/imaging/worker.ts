import { type MessagePort, parentPort } from 'node:worker_threads';
import sharp from 'sharp';
import { toErrorShape } from '../../contract/errors.ts';
import { processPage } from './pipeline.ts';
import type { FromWorker, PageReply, PageRequest, ToWorker } from './protocol.ts';

// One page a worker: a second thread within a page would only take it from the page beside it. No cache: pages differ.
sharp.concurrency(1);
sharp.cache(false);

async function work(job: PageRequest): Promise<PageReply> {
  try {
    return { ok: true, page: await processPage(job) };
  } catch (error) {
    const cause = error instanceof Error ? String(error.cause ?? error) : String(error);
    return { ok: false, error: toErrorShape(error), cause };
  }
}

function serve(port: MessagePort): void {
  port.on('message', (message: ToWorker) => {
    if (message === 'close') {
      port.close();
      return;
    }
    work(message).then((reply) => {
      const page = reply.ok ? reply.page : undefined;
      port.postMessage(reply satisfies FromWorker, page?.image ? [page.image.buffer as ArrayBuffer] : []);
    });
  });
  port.postMessage('ready' satisfies FromWorker);
}

if (parentPort) serve(parentPort);

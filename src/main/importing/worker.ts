import { type MessagePort, parentPort } from 'node:worker_threads';
import { CounterError, toErrorShape } from '../../contract/errors.ts';
import type { Decoder, FromWorker, Opened, Pixels, Reply, Request } from './protocol.ts';

/** Decoders in WebAssembly, one file a worker: what a hostile file does to their memory ends with the thread. */
async function open(request: Extract<Request, { ask: 'open' }>): Promise<Decoder> {
  const { bytes, maxWasmBytes, maxDecodedBytes } = request;
  if (request.kind === 'heic') {
    const { openHeic } = await import('./heic-decoder.ts');
    return openHeic(bytes, maxWasmBytes, maxDecodedBytes);
  }
  const { openDrawing } = await import('./pdf-drawing.ts');
  return openDrawing(bytes, maxWasmBytes, maxDecodedBytes);
}

function serve(port: MessagePort): void {
  let decoder: Decoder | undefined;

  async function work(request: Request): Promise<Opened | Pixels> {
    if (request.ask === 'open') {
      decoder = await open(request);
      return { pages: decoder.pages };
    }
    if (!decoder) throw new CounterError('INTERNAL', { part: 'importing-worker' });
    return decoder.page(request.index, request.dpi);
  }

  port.on('message', (request: Request) => {
    work(request).then(
      (value) => {
        const reply: Reply = { ok: true, value };
        port.postMessage(reply, 'data' in value ? [value.data.buffer as ArrayBuffer] : []);
      },
      (error) => {
        const cause = error instanceof Error ? String(error.cause ?? error.stack ?? error) : String(error);
        const named = error instanceof CounterError;
        // What a decoder throws of its own accord (an abort, a trap) is a damaged file, not a fault of the program.
        const shape = named
          ? toErrorShape(error)
          : { code: 'IMAGE_UNREADABLE' as const, details: { reason: 'decoder' } };
        port.postMessage({ ok: false, error: shape, cause } satisfies Reply);
      },
    );
  });
  port.postMessage('ready' satisfies FromWorker);
}

if (parentPort) serve(parentPort);

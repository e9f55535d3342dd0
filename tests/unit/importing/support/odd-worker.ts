import { parentPort, workerData } from 'node:worker_threads';

/** A decoder that goes wrong as the first octet of its file says. */
if (!parentPort) throw new Error(`no thread: ${String(workerData)}`);
const port = parentPort;
port.postMessage('ready');
port.on('message', (request: { ask: string; bytes?: Uint8Array }) => {
  const what = request.bytes ? String.fromCharCode(request.bytes[0] ?? 0) : 'h';
  // An endless loop, as a decoder falls into: it hears nothing any more.
  if (what === 'l') for (;;);
  if (what === 'd') process.exit(7);
  if (what === 't') throw new Error('trap');
  // What a decoder prints must not reach the command line.
  console.log('a decoder speaks');
  if (what === 'o') port.postMessage({ ok: true, value: { pages: 1 } });
});

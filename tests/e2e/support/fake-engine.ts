import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CounterError, toErrorShape } from '../../../src/contract/errors.ts';
import { EVENTS, type EventName, type EventPayload } from '../../../src/contract/events.ts';
import { OPERATIONS, type OperationName } from '../../../src/contract/operations.ts';
import { callMessage, type FromEngine } from '../../../src/contract/wire.ts';
import { readStaticFile } from '../../../src/main/engine/static-files.ts';
import { type Behaviour, createBehaviour } from './fake-behaviour.ts';

export interface FakeEngine extends Behaviour {
  readonly url: string;
  /** Calls that came in, oldest first; PINs are in the inputs, for a test may ask where they went. */
  readonly calls: readonly { readonly operation: string; readonly input: unknown }[];
  close(): Promise<void>;
}

/**
 * Serves a built renderer under the product's content security policy, and speaks the web host's protocol
 * (GET /events, POST /call) with an engine that keeps everything in memory. Inputs and outputs pass the contract.
 */
export async function startFakeEngine(rendererDir: string): Promise<FakeEngine> {
  const streams = new Set<ServerResponse>();
  const calls: { operation: string; input: unknown }[] = [];

  function broadcast(message: FromEngine): void {
    for (const stream of streams) stream.write(`data: ${JSON.stringify(message)}\n\n`);
  }
  function emit<N extends EventName>(name: N, payload: EventPayload<N>): void {
    broadcast({ type: 'event', name, payload: EVENTS[name].parse(payload) });
  }
  const behaviour = createBehaviour(emit);

  async function answer(body: string): Promise<void> {
    const call = callMessage.parse(JSON.parse(body));
    calls.push({ operation: call.operation, input: call.input });
    try {
      if (!(call.operation in OPERATIONS)) throw new CounterError('UNKNOWN_OPERATION');
      const operation = call.operation as OperationName;
      const input = OPERATIONS[operation].input.safeParse(call.input);
      if (!input.success) throw new CounterError('BAD_REQUEST', { operation }, { cause: input.error });
      const handler = behaviour.handlers[operation] as (input: unknown) => unknown;
      const value = OPERATIONS[operation].output.parse(await handler(input.data));
      broadcast({ type: 'reply', seq: call.seq, result: { ok: true, value } });
    } catch (error) {
      if (!(error instanceof CounterError)) console.error(call.operation, error);
      broadcast({ type: 'reply', seq: call.seq, result: { ok: false, error: toErrorShape(error) } });
    }
  }

  function openStream(request: IncomingMessage, response: ServerResponse): void {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    response.write(': open\n\n');
    streams.add(response);
    request.on('close', () => streams.delete(response));
  }

  async function sendAsset(pathname: string, response: ServerResponse): Promise<void> {
    const file = await readStaticFile(rendererDir, pathname);
    response.writeHead(file.status, file.headers).end(file.body);
  }

  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    if (request.method === 'GET' && pathname === '/events') openStream(request, response);
    else if (request.method === 'POST' && pathname === '/call') {
      let body = '';
      request.setEncoding('utf8');
      request.on('data', (chunk: string) => {
        body += chunk;
      });
      request.on('end', () => {
        response.writeHead(204).end();
        void answer(body);
      });
    } else void sendAsset(pathname, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;

  return {
    ...behaviour,
    url: `http://127.0.0.1:${port}/`,
    calls,
    async close() {
      for (const stream of streams) stream.end();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

import { randomBytes, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Engine, EngineConnection } from '../main/engine/engine.ts';
import { readStaticFile } from '../main/engine/static-files.ts';

export interface WebHost {
  /** Open this once; the token in it is spent by the first visit. */
  readonly url: string;
  stop(): Promise<void>;
}

const COOKIE = 'counter';
const MAX_CALL_BYTES = 64 * 1024;

/**
 * Development only, never packaged: the renderer's build in a browser, the same engine behind it. Loopback only;
 * a one-time token buys the cookie; Host and Origin are checked so that no other page can speak to it.
 */
export async function startWebHost(parts: {
  readonly engine: Engine;
  readonly rendererRoot: string;
  readonly port?: number;
}): Promise<WebHost> {
  const token = randomBytes(24).toString('base64url');
  const session = randomBytes(24).toString('base64url');
  const streams = new Map<ServerResponse, EngineConnection>();
  let tokenSpent = false;
  let current: EngineConnection | null = null;

  const server = createServer((request, response) => {
    handle(request, response).catch(() => {
      if (!response.headersSent) response.writeHead(500);
      response.end();
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(parts.port ?? 0, '127.0.0.1', resolve);
  });
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', origin);
    if (request.headers.host !== new URL(origin).host) return refuse(response, 421);
    if (request.headers.origin && request.headers.origin !== origin) return refuse(response, 403);
    const offered = url.searchParams.get('token');
    if (url.pathname === '/' && offered !== null) return admit(offered, response);
    if (!hasSession(request)) return refuse(response, 401);
    if (request.method === 'POST' && url.pathname === '/call') return call(request, response);
    if (request.method !== 'GET') return refuse(response, 405);
    if (url.pathname === '/events') return stream(response);
    const file = await readStaticFile(parts.rendererRoot, url.pathname);
    response.writeHead(file.status, file.headers).end(file.body);
  }

  function admit(offered: string, response: ServerResponse): void {
    if (tokenSpent || !same(offered, token)) {
      refuse(response, 401);
      return;
    }
    tokenSpent = true;
    const cookie = `${COOKIE}=${session}; HttpOnly; SameSite=Strict; Path=/`;
    response.writeHead(303, { location: '/', 'set-cookie': cookie, 'cache-control': 'no-store' }).end();
  }

  function hasSession(request: IncomingMessage): boolean {
    const cookies = (request.headers.cookie ?? '').split(';').map((c) => c.trim());
    return cookies.some((c) => c.startsWith(`${COOKIE}=`) && same(c.slice(COOKIE.length + 1), session));
  }

  async function call(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of request) {
      size += (chunk as Buffer).length;
      if (size > MAX_CALL_BYTES) return refuse(response, 413);
      chunks.push(chunk as Buffer);
    }
    if (!current) return refuse(response, 409);
    let message: unknown;
    try {
      message = JSON.parse(Buffer.concat(chunks).toString('utf8'));
    } catch (error) {
      if (error instanceof SyntaxError) return refuse(response, 400);
      throw error;
    }
    current.send(message);
    response.writeHead(204).end();
  }

  /** One page at a time speaks to the engine: the newest stream gets the replies. */
  function stream(response: ServerResponse): void {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    response.write(': open\n\n');
    const connection = parts.engine.connect((message) =>
      response.write(`data: ${JSON.stringify(message)}\n\n`),
    );
    streams.set(response, connection);
    current = connection;
    response.on('close', () => {
      connection.close();
      streams.delete(response);
      if (current === connection) current = [...streams.values()].at(-1) ?? null;
    });
  }

  return {
    url: `${origin}/?token=${token}`,
    async stop() {
      for (const response of streams.keys()) response.end();
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

function refuse(response: ServerResponse, status: number): void {
  response.writeHead(status, { 'cache-control': 'no-store' }).end();
}

function same(a: string, b: string): boolean {
  const left = Buffer.from(a);
  const right = Buffer.from(b);
  return left.length === right.length && timingSafeEqual(left, right);
}

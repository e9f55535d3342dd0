import http from 'node:http';
import https from 'node:https';
import type { AddressInfo, Socket } from 'node:net';

export type Kind = 'caps' | 'post' | 'next' | 'status' | 'delete';

/** An answer as it goes over the wire. */
export interface Wire {
  readonly status: number;
  readonly reason: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  readonly framing: 'chunked' | 'length' | 'close';
  /** Only so many bytes of the body, and then the end. */
  readonly after?: { readonly bytes: number; readonly end: 'break' | 'stall' };
}

/** 'break' takes the request and breaks the connection; 'silent' never answers. */
export type Reply = Wire | 'break' | 'silent';

export interface Asked {
  readonly kind: Kind;
  readonly path: string;
  readonly host: string;
  readonly body: string;
}

export interface CorpusDevice {
  readonly port: number;
  readonly asked: Asked[];
  /** Shuts the port: the device is off. */
  shut(): Promise<void>;
}

/**
 * A device on loopback that writes its answers byte by byte: framing, letter case of headers and reason phrases are
 * those of the device it plays, which node:http would mend.
 */
export async function corpusDevice(
  reply: (kind: Kind, index: number, port: number) => Reply,
  tls?: https.ServerOptions,
): Promise<CorpusDevice> {
  const asked: Asked[] = [];
  const counts = new Map<Kind, number>();
  const sockets = new Set<Socket>();
  const listener: http.RequestListener = (request) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const kind = kindOf(request.method ?? '', request.url ?? '');
      const index = counts.get(kind) ?? 0;
      counts.set(kind, index + 1);
      const body = Buffer.concat(chunks).toString();
      asked.push({ kind, path: request.url ?? '', host: request.headers.host ?? '', body });
      const { port } = server.address() as AddressInfo;
      write(request.socket, reply(kind, index, port));
    });
  };
  const server = tls ? https.createServer(tls, listener) : http.createServer(listener);
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    // The client leaves in the middle of an answer in some cases.
    socket.on('error', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    asked,
    shut: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

function kindOf(method: string, url: string): Kind {
  if (method === 'POST') return 'post';
  if (method === 'DELETE') return 'delete';
  if (url.endsWith('/NextDocument')) return 'next';
  return url.endsWith('/ScannerStatus') ? 'status' : 'caps';
}

function write(socket: Socket, reply: Reply): void {
  if (reply === 'silent') return;
  if (reply === 'break') {
    socket.destroy();
    return;
  }
  const { body, framing, after } = reply;
  const framed = framing === 'chunked' ? { 'Transfer-Encoding': 'chunked' } : {};
  const sized = framing === 'length' ? { 'Content-Length': String(body.length) } : {};
  const headers = { ...framed, ...sized, Connection: 'close', ...reply.headers };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.write(`HTTP/1.1 ${reply.status} ${reply.reason}\r\n${lines.join('')}\r\n`);
  const sent = after ? body.subarray(0, after.bytes) : body;
  const bytes = framing === 'chunked' ? chunked(sent, after === undefined) : sent;
  if (!after) socket.end(bytes);
  else if (after.end === 'stall') socket.write(bytes);
  else socket.write(bytes, () => socket.destroy());
}

function chunked(body: Buffer, last: boolean): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; at < body.length; at += 512) {
    const part = body.subarray(at, at + 512);
    parts.push(Buffer.from(`${part.length.toString(16)}\r\n`), part, Buffer.from('\r\n'));
  }
  return Buffer.concat([...parts, Buffer.from(last ? '0\r\n\r\n' : '')]);
}

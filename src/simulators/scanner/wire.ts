import { createHash } from 'node:crypto';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { RequestRefused } from './escl-messages.ts';

const MAX_REQUEST = 64 * 1024;

export function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });
}

/** Waits; an abort only ends the waiting, every other failure is passed on. */
export async function untilAborted(work: Promise<unknown>, signal: AbortSignal): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

export function reset(res: ServerResponse): void {
  if (res.socket) res.socket.resetAndDestroy();
}

export function answer(
  res: ServerResponse,
  status: number,
  text = '',
  headers: Readonly<Record<string, string>> = {},
): ServerResponse {
  return res.writeHead(status, { 'content-type': 'text/plain', ...headers }).end(text);
}

export function answerXml(res: ServerResponse, xml: string): ServerResponse {
  return res.writeHead(200, { 'content-type': 'text/xml' }).end(xml);
}

export async function readBody(req: IncomingMessage): Promise<string> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of req as AsyncIterable<Uint8Array>) {
    length += part.length;
    if (length > MAX_REQUEST) throw new RequestRefused(400, 'request too long');
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

/** The same scanner keeps its UUID from one start to the next (version 8, RFC 9562). */
export function uuidFrom(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
}

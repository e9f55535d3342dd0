import type { IncomingMessage, ServerResponse } from 'node:http';

/** What a handler answers; the server decides whether the answer is really sent. */
export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON where present. */
  readonly json?: unknown;
}

/** Ends a request with an answer that is not a success. */
export class Refusal extends Error {
  readonly reply: Reply;
  constructor(reply: Reply) {
    super(`refused with ${reply.status}`);
    this.reply = reply;
  }
}

/** The client went away, or was cut off, before its request was whole. */
export class RequestCut extends Error {}

/** One wrong thing in what was sent: which field, and which rule it breaks. */
export interface Wrong {
  readonly truong: string;
  readonly ma: string;
}

/** error_code of docs/province-api.md. */
export const REPLY = {
  ok: '0',
  invalid: '1',
  keyConflict: '2',
  exists: '3',
  noNumbers: '4',
  fileHash: '5',
  unknown: '6',
  unauthorized: '7',
  forbidden: '8',
  failed: '9',
} as const;

export function refuse(
  status: number,
  errorCode: string,
  message: string,
  loi: readonly Wrong[] = [],
): Refusal {
  return new Refusal({ status, json: { error_code: errorCode, message, loi } });
}

/** The whole body, at most `limit` bytes (413 beyond). `onBytes` may say that the line is to be cut here. */
export async function readBody(
  request: IncomingMessage,
  limit: number,
  onBytes: (bytes: number) => boolean = () => false,
): Promise<Buffer> {
  const parts: Buffer[] = [];
  let total = 0;
  const { socket } = request;
  try {
    for await (const part of request as AsyncIterable<Buffer>) {
      if (onBytes(part.length)) {
        socket.resetAndDestroy();
        throw new RequestCut('cut by a fault');
      }
      total += part.length;
      // Read on but keep nothing: an answer sent while the client is still writing would be lost in a reset.
      if (total <= limit) parts.push(part);
      if (total > limit * 4) socket.destroy();
    }
  } catch (error) {
    throw error instanceof RequestCut ? error : new RequestCut('connection lost', { cause: error });
  }
  if (!request.complete) throw new RequestCut('connection lost');
  if (total > limit) throw refuse(413, REPLY.invalid, 'Dữ liệu vượt quá giới hạn');
  return Buffer.concat(parts);
}

export async function readJson(request: IncomingMessage, limit: number): Promise<unknown> {
  const body = await readBody(request, limit);
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch (error) {
    throw Object.assign(refuse(400, REPLY.invalid, 'Không phải JSON'), { cause: error });
  }
}

export function send(response: ServerResponse, reply: Reply): void {
  const body = reply.json === undefined ? undefined : Buffer.from(JSON.stringify(reply.json), 'utf8');
  response.writeHead(reply.status, {
    ...(body
      ? { 'content-type': 'application/json; charset=utf-8', 'content-length': String(body.length) }
      : reply.status === 204
        ? {}
        : { 'content-length': '0' }),
    'cache-control': 'no-store',
    ...reply.headers,
  });
  response.end(body);
}

/** One header as text, or '' where it is missing. */
export function header(request: IncomingMessage, name: string): string {
  const value = request.headers[name];
  return typeof value === 'string' ? value : '';
}

/** The Idempotency-Key of a request that must carry one. */
export function idempotencyKey(request: IncomingMessage): string {
  const key = header(request, 'idempotency-key');
  if (!/^[\x21-\x7e]{8,200}$/.test(key)) {
    throw refuse(400, REPLY.invalid, 'Thiếu Idempotency-Key', [
      { truong: 'Idempotency-Key', ma: 'required' },
    ]);
  }
  return key;
}

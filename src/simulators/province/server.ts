import { mkdirSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { removeLeftovers } from './durable.ts';
import { createFaults, type Fault, type FaultKind, type Faults, type Route } from './faults.ts';
import { createFiles, type FileMeta } from './files.ts';
import { REPLY, Refusal, type Reply, RequestCut, refuse, send } from './http.ts';
import { createNumbers } from './numbers.ts';
import { createRecords, type StoredRecord } from './records.ts';
import type { ProvinceClock } from './time.ts';
import { type Client, createTokens } from './tokens.ts';
import { createUploads } from './uploads.ts';

export interface ProvinceSimulatorOptions {
  /** Where it keeps all that it gets; a second start on the same folder goes on from there. */
  readonly folder: string;
  /** Default 0: any free port. */
  readonly port?: number;
  readonly clients: readonly Client[];
  /** Code of the unit by QĐ 20/2020, such as `H14.22.05`. */
  readonly unit: string;
  readonly faults?: readonly Fault[];
  readonly clock?: ProvinceClock;
  /** Life of a token in seconds; default 3600. */
  readonly tokenSeconds?: number;
}

export interface ProvinceStats {
  /** Bytes of upload bodies that arrived, kept or not. */
  readonly uploadBytesReceived: number;
  /** Bytes that were added to files. */
  readonly uploadBytesKept: number;
  readonly requests: Readonly<Record<Route, number>>;
}

export interface ProvinceControl {
  inject(fault: Fault): Promise<void>;
  /** Ends every fault and listens again. */
  clear(): Promise<void>;
  /** Faults set and not yet used up. */
  pendingFaults(): number;
  revokeTokens(): void;
  records(): readonly StoredRecord[];
  files(): readonly FileMeta[];
  stats(): ProvinceStats;
}

export interface ProvinceSimulator {
  readonly url: string;
  readonly control: ProvinceControl;
  stop(): Promise<void>;
}

/** Answers that replace the real one before anything is done. */
function earlyReply(faults: Faults, route: Route): Reply | null {
  if (faults.take('forbidden', route)) {
    return { status: 403, json: { error_code: REPLY.forbidden, message: 'Không có quyền', loi: [] } };
  }
  const failed = faults.take('failed', route);
  if (failed)
    return { status: failed.status, json: { error_code: REPLY.failed, message: 'Lỗi hệ thống', loi: [] } };
  if (faults.take('too-large', route)) {
    return { status: 413, json: { error_code: REPLY.invalid, message: 'Quá lớn', loi: [] } };
  }
  if (faults.take('redirect', route)) return { status: 302, headers: { location: '/dang-nhap' } };
  if (route === 'numbers' && faults.take('no-numbers', route)) {
    return { status: 200, json: { error_code: REPLY.noNumbers, message: 'Hết số', result: [] } };
  }
  return null;
}

/** Answers that are not even JSON; true where one was sent. */
function brokenReply(faults: Faults, route: Route, response: ServerResponse): boolean {
  if (faults.take('html', route)) {
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' });
    response.end('<!doctype html><title>Bảo trì</title><h1>Hệ thống đang bảo trì</h1>');
    return true;
  }
  if (faults.take('garbage', route)) {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end('{"error_code":"0","result":[{"MaHoSo":"');
    return true;
  }
  if (faults.take('endless', route)) {
    response.writeHead(200, { 'content-type': 'application/json' });
    const filler = Buffer.alloc(65_536, 0x20);
    const pour = () => {
      while (!response.destroyed && response.write(filler));
    };
    response.on('drain', pour);
    pour();
    return true;
  }
  return false;
}

function routeOf(request: IncomingMessage, pathname: string): Route | null {
  const call = `${request.method} ${pathname}`;
  if (call === 'POST /token') return 'token';
  if (call === 'POST /so-ho-so/khoi') return 'numbers';
  if (call === 'POST /DongBoHoSoMC') return 'record';
  if (call === 'GET /bien-nhan') return 'receipt';
  if (pathname === '/tep' || pathname.startsWith('/tep/'))
    return request.method === 'GET' ? 'file' : 'upload';
  return null;
}

async function listen(server: Server, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });
  return (server.address() as AddressInfo).port;
}

async function close(server: Server): Promise<void> {
  if (!server.listening) return;
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

/**
 * A provincial system on 127.0.0.1 with the API of docs/province-api.md. Whatever it has answered for is on disk
 * before the answer leaves, so it may be killed at any moment and started again on the same folder.
 */
export async function startProvinceSimulator(options: ProvinceSimulatorOptions): Promise<ProvinceSimulator> {
  for (const name of ['records', 'files']) mkdirSync(path.join(options.folder, name), { recursive: true });
  for (const name of ['.', 'records', 'files']) await removeLeftovers(path.join(options.folder, name));

  const faults = createFaults((options.faults ?? []).filter((f) => f.kind !== 'down'));
  const source = options.clock ?? { now: () => new Date() };
  const clock = { now: () => new Date(source.now().getTime() + faults.clockShiftMs()) };
  const tokens = createTokens(options.clients, options.tokenSeconds ?? 3600, source);
  const uploadStats = { received: 0, kept: 0 };
  const requests: Record<Route, number> = { token: 0, numbers: 0, upload: 0, file: 0, record: 0, receipt: 0 };
  const numbers = createNumbers(options.folder, options.unit, clock);
  const files = createFiles(options.folder);
  const strikesAt = (route: Route) => (kind: FaultKind) => faults.take(kind, route) !== null;
  const uploads = createUploads(files, uploadStats, faults.cutAfter, strikesAt('upload'));
  const fileInfo = createUploads(files, uploadStats, () => false, strikesAt('file'));
  const hashOf = (remoteId: string) => {
    const meta = files.get(remoteId);
    return meta?.done ? meta.sha256 : null;
  };
  const world = { unit: options.unit, now: clock.now, isIssued: numbers.isIssued, hashOf };
  const records = createRecords(options.folder, world, strikesAt('record'));

  async function perform(request: IncomingMessage, route: Route, url: URL): Promise<Reply> {
    if (route === 'token') return tokens.issue(request);
    if (faults.take('unauthorized', route)) tokens.revokeAll();
    if (!tokens.isGood(request)) throw refuse(401, REPLY.unauthorized, 'Phiên không hợp lệ');
    if (route === 'numbers') return numbers.reserve(request);
    if (route === 'record') return records.store(request);
    if (route === 'receipt') return records.receiptFor(url.searchParams.get('key') ?? '');
    return (route === 'file' ? fileInfo : uploads).handle(request, url.pathname.slice('/tep'.length));
  }

  async function answer(request: IncomingMessage, route: Route, url: URL): Promise<Reply> {
    try {
      return earlyReply(faults, route) ?? (await perform(request, route, url));
    } catch (error) {
      if (error instanceof Refusal) return error.reply;
      throw error;
    }
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://province.invalid');
    const route = routeOf(request, url.pathname);
    if (!route) return finish(request, response, { status: 404, json: { error_code: REPLY.unknown } });
    requests[route] += 1;
    const { socket } = request;
    if (faults.take('drop', route)) return void socket.resetAndDestroy();
    const slow = faults.take('slow', route);
    if (slow) await sleep(slow.delayMs, undefined, { ref: false });
    if (brokenReply(faults, route, response)) return void request.resume();
    const reply = await answer(request, route, url);
    if (reply.status < 300 && faults.take('lost-answer', route)) return void socket.resetAndDestroy();
    if (reply.status < 300 && faults.take('failed-after', route)) {
      return finish(request, response, { status: 500, json: { error_code: REPLY.failed } });
    }
    return finish(request, response, reply);
  }

  let stopped = false;
  const server = createServer((request, response) => {
    // Kept now: Node takes it off the request once the connection is lost.
    const { socket } = request;
    serve(request, response).catch((error: unknown) => {
      // What was under way when it was stopped may find its folder gone.
      if (!(error instanceof RequestCut) && !stopped) console.error(error);
      socket.destroy();
    });
  });
  // HTTP/1.1 keeps connections open; a counter that is slow between two chunks must not find them closed.
  server.keepAliveTimeout = 60_000;
  const port = await listen(server, options.port ?? 0);
  if (options.faults?.some((f) => f.kind === 'down')) await close(server);

  return {
    url: `http://127.0.0.1:${port}`,
    control: {
      async inject(fault) {
        if (fault.kind === 'down') await close(server);
        else faults.add(fault);
      },
      async clear() {
        faults.clear();
        if (!server.listening) await listen(server, port);
      },
      pendingFaults: () => faults.pending(),
      revokeTokens: () => tokens.revokeAll(),
      records: () => records.all(),
      files: () => files.all(),
      stats: () => ({
        uploadBytesReceived: uploadStats.received,
        uploadBytesKept: uploadStats.kept,
        requests: { ...requests },
      }),
    },
    stop() {
      stopped = true;
      return close(server);
    },
  };
}

/** Reads what is left of the request, then answers: an answer to a client that is still writing may be lost. */
async function finish(request: IncomingMessage, response: ServerResponse, reply: Reply): Promise<void> {
  if (!request.complete) {
    request.resume();
    await new Promise((resolve) => request.once('close', resolve).once('end', resolve));
  }
  if (!response.destroyed) send(response, request.method === 'HEAD' ? { ...reply, json: undefined } : reply);
}

import { createHash } from 'node:crypto';
import { once } from 'node:events';
import {
  createServer as createHttp,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer as createHttps } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { announce } from './announce.ts';
import { createDevice, FEEDER_CAPACITY, type Job } from './device.ts';
import { capabilitiesXml, parseScanSettings, RequestRefused, statusXml } from './escl-messages.ts';
import { createFaultBox, type Fault, type PageFault } from './faults.ts';
import { PAPER_KINDS } from './paper/generate.ts';
import { createSensor, type Paper } from './sensor.ts';

export type { Fault } from './faults.ts';
export type { Paper } from './sensor.ts';

export interface SimulatorOptions {
  /** Sheets in the feeder, ten at most. */
  readonly papers?: readonly Paper[];
  /** Without `papers`: how many generated ones, drawn from `seed`, lie in the feeder; ten by default. */
  readonly sheets?: number;
  readonly seed?: number;
  /** 0 or nothing: a free port. */
  readonly port?: number;
  /** Resolutions it advertises and takes. */
  readonly dpis?: readonly number[];
  /** Delivers no more than this, whatever it advertises. */
  readonly deliversAtMost?: number;
  readonly faults?: readonly Fault[];
  /** PEM key and certificate; the device then speaks https. */
  readonly https?: { readonly key: string; readonly cert: string };
  /** What a sheet takes to travel, before its picture starts. */
  readonly pageDelayMs?: number;
  /** A job nobody asks for is dropped after this time. */
  readonly jobIdleMs?: number;
  /** Announce it by multicast DNS on the loopback interface. */
  readonly advertise?: boolean;
  readonly name?: string;
}

export interface LogEntry {
  readonly method: string;
  readonly path: string;
  /** 0 where the connection was broken instead of answered. */
  readonly status: number;
  readonly bytes: number;
}

export interface ScannerControl {
  loadFeeder(papers: readonly Paper[]): void;
  placeOnPlaten(paper: Paper | undefined): void;
  inject(fault: Fault): void;
  /** Takes all faults away, frees the jam and shuts the cover. */
  clear(): void;
  sheetsLeft(): number;
  readonly log: readonly LogEntry[];
}

export interface ScannerSimulator {
  readonly uri: string;
  readonly port: number;
  readonly control: ScannerControl;
  stop(): Promise<void>;
}

const DPIS = [75, 100, 150, 200, 300, 400, 600] as const;
const MAX_REQUEST = 64 * 1024;
const CHUNK = 32 * 1024;
const LOG_LENGTH = 2000;

/** Ten papers like those of a day at the counter. */
export function samplePapers(seed: number, count = FEEDER_CAPACITY): Paper[] {
  const kinds = PAPER_KINDS.filter((k) => k !== 'blank' && k !== 'numbered');
  return Array.from({ length: count }, (_, i) => ({
    kind: kinds[i % kinds.length] ?? 'request',
    seed: seed * 100 + i,
  }));
}

/**
 * A simulated eSCL scanner: a real HTTP server on 127.0.0.1 with a feeder of ten sheets and a platen, faults on
 * demand. Rejects when the port is taken.
 */
export async function startScannerSimulator(options: SimulatorOptions = {}): Promise<ScannerSimulator> {
  const seed = options.seed ?? 1;
  const dpis = options.dpis ?? DPIS;
  const name = options.name ?? 'Một Cửa Simulated Scanner';
  const uuid = uuidFrom(`${name}:${seed}`);
  const device = createDevice(options.jobIdleMs ?? 60_000);
  const sensor = createSensor(options.deliversAtMost);
  const faults = createFaultBox();
  const log: LogEntry[] = [];
  const sockets = new Set<Socket>();
  const stopping = new AbortController();

  const server = options.https
    ? createHttps({ key: options.https.key, cert: options.https.cert }, onRequest)
    : createHttp(onRequest);
  // The raw connection under TLS is what a reset must hit, so connections are kept from the lower event.
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    // A broken connection is the client's or a fault's doing, and its 'close' event follows.
    socket.on('error', () => sockets.delete(socket));
    socket.on('close', () => sockets.delete(socket));
  });

  device.load(options.papers ?? samplePapers(seed, options.sheets));
  for (const fault of options.faults ?? []) inject(fault);
  await listen(server, options.port ?? 0);
  const { port } = server.address() as AddressInfo;
  const silence = options.advertise
    ? announce({ name, uuid, port, secure: options.https !== undefined })
    : undefined;

  function inject(fault: Fault): void {
    if (fault.kind === 'empty') device.load([]);
    else if (fault.kind === 'cover-open' && fault.page === undefined) device.openCover();
    else if (fault.kind === 'crash' && fault.page === undefined) goDown(undefined);
    else if (fault.kind === 'reboot' && fault.page === undefined) goDown(fault.downMs ?? 300);
    else faults.add(fault);
  }

  /** Power gone: every connection is reset, the port is shut, the jobs are forgotten. */
  function goDown(downMs: number | undefined): void {
    device.forgetJobs();
    server.close();
    for (const socket of sockets) socket.resetAndDestroy();
    if (downMs === undefined) return;
    const up = async () => {
      await sleep(downMs, undefined, { signal: stopping.signal });
      await listen(server, port);
    };
    up().catch((error: unknown) => {
      if (!stopping.signal.aborted) server.emit('error', error);
    });
  }

  function onRequest(req: IncomingMessage, res: ServerResponse): void {
    const path = new URL(req.url ?? '/', 'http://device').pathname;
    const sent = { bytes: 0 };
    res.once('close', () => {
      const status = res.writableFinished ? res.statusCode : 0;
      log.push({ method: req.method ?? '', path, status, bytes: sent.bytes });
      if (log.length > LOG_LENGTH) log.shift();
    });
    route(req, res, path, sent).catch((error: unknown) => {
      if (res.destroyed) return;
      if (error instanceof RequestRefused) answer(res, error.status, `${error.message}\n`);
      else res.destroy(error instanceof Error ? error : new Error(String(error)));
    });
  }

  async function route(req: IncomingMessage, res: ServerResponse, path: string, sent: { bytes: number }) {
    const now = Date.now();
    const [, id, document] = /^\/eSCL\/ScanJobs\/([0-9a-f-]{36})(\/NextDocument)?$/.exec(path) ?? [];
    const call = `${req.method} ${id ? `job${document ?? ''}` : path}`;
    if (call === 'GET /eSCL/ScannerCapabilities')
      return answerXml(res, capabilitiesXml(name, uuid, dpis, FEEDER_CAPACITY));
    if (call === 'GET /eSCL/ScannerStatus')
      return answerXml(res, statusXml(device.state(now), device.adfState(now), device.jobLines(now)));
    if (call === 'POST /eSCL/ScanJobs') return createJob(await readBody(req), res, now);
    const job = id ? device.job(id) : undefined;
    if (!job) return answer(res, 404);
    if (call === 'GET job/NextDocument') return nextDocument(job, res, sent);
    if (call === 'DELETE job') return deleteJob(job, res);
    return answer(res, 405);
  }

  function createJob(body: string, res: ServerResponse, now: number): ServerResponse {
    if (faults.takeBusy('job')) return answer(res, 503);
    const settings = parseScanSettings(body, dpis);
    if (settings.colorMode === 'BlackAndWhite1' && faults.lasting('refuse-bw')) return answer(res, 409);
    if (settings.source === 'feeder' && (device.blocked() || device.sheets() === 0)) return answer(res, 409);
    const job = device.startJob(settings, now);
    if (!job) return answer(res, 503);
    const host = faults.lasting('wrong-host') ? 'http://scanner.invalid:8289' : '';
    return res.writeHead(201, { location: `${host}/eSCL/ScanJobs/${job.id}` }).end();
  }

  function deleteJob(job: Job, res: ServerResponse): ServerResponse {
    device.finish(job, 'Canceled', 'JobCanceledByUser');
    // Observed on AirSane: a body on its way then ends cleanly, and its picture is cut.
    job.stopTransfer?.();
    return answer(res, 200);
  }

  async function nextDocument(
    job: Job,
    res: ServerResponse,
    sent: { bytes: number },
  ): Promise<ServerResponse> {
    if (job.state !== 'Processing') return answer(res, tellEnd(job));
    if (job.stopTransfer) return answer(res, 503);
    job.touchedAt = Date.now();
    if (faults.takeBusy('page')) return answer(res, 503);
    const fault = faults.takeForPage(job.images);
    if (fault?.kind === 'cover-open') return openInJob(job, res);
    const sheet = device.takeSheet(job);
    if (!sheet) {
      device.finish(job, 'Completed', 'JobCompletedSuccessfully');
      return answer(res, tellEnd(job));
    }
    if (fault?.kind === 'jam' && fault.body === 'none') return jamInTime(job, sheet, res);
    const transfer = new AbortController();
    job.stopTransfer = () => transfer.abort();
    try {
      const jpeg = await sensor.read(sheet, job.settings);
      if (options.pageDelayMs) await sleep(options.pageDelayMs, undefined, { signal: stopping.signal });
      if (fault) await sendBroken(job, sheet, jpeg, fault, res, sent);
      else await sendPage(job, jpeg, res, transfer.signal, sent);
      return res;
    } finally {
      job.stopTransfer = undefined;
      job.touchedAt = Date.now();
    }
  }

  function tellEnd(job: Job): number {
    const first = job.settings.source === 'feeder' && job.state === 'Completed' && !job.endTold;
    job.endTold = true;
    return first ? 409 : 404;
  }

  function openInJob(job: Job, res: ServerResponse): ServerResponse {
    device.openCover();
    device.finish(job, 'Aborted', 'ResourcesAreNotReady');
    return res.writeHead(200, { 'content-type': 'image/jpeg' }).end();
  }

  function jamInTime(job: Job, sheet: Paper, res: ServerResponse): ServerResponse {
    if (job.settings.source === 'feeder') device.putBack(sheet);
    device.jam();
    device.finish(job, 'Aborted', 'ResourcesAreNotReady');
    return answer(res, 409);
  }

  async function sendPage(
    job: Job,
    jpeg: Uint8Array,
    res: ServerResponse,
    stop: AbortSignal,
    sent: { bytes: number },
  ): Promise<void> {
    if (!(await sendBytes(jpeg, res, stop, sent))) return;
    job.images += 1;
    res.end();
    if (job.settings.source === 'platen') device.finish(job, 'Completed', 'JobCompletedSuccessfully');
  }

  /** Chunked body. False where the job was cancelled meanwhile (the body is then ended early) or the client left. */
  async function sendBytes(
    bytes: Uint8Array,
    res: ServerResponse,
    stop: AbortSignal,
    sent: { bytes: number },
  ): Promise<boolean> {
    const gone = new AbortController();
    res.once('close', () => gone.abort());
    const signal = AbortSignal.any([stop, gone.signal]);
    res.writeHead(200, { 'content-type': 'image/jpeg' });
    for (let at = 0; at < bytes.length; at += CHUNK) {
      const delay = faults.lasting('slow')?.chunkDelayMs ?? 0;
      if (delay > 0) await untilAborted(sleep(delay, undefined, { signal }), signal);
      if (stop.aborted) res.end();
      if (signal.aborted) return false;
      const chunk = bytes.subarray(at, at + CHUNK);
      sent.bytes += chunk.length;
      if (!res.write(chunk)) await untilAborted(once(res, 'drain', { signal }), signal);
    }
    return !res.destroyed;
  }

  async function sendBroken(
    job: Job,
    sheet: Paper,
    jpeg: Uint8Array,
    fault: PageFault,
    res: ServerResponse,
    sent: { bytes: number },
  ): Promise<void> {
    const never = new AbortController().signal;
    const half = jpeg.subarray(0, fault.kind === 'jam' && fault.body !== 'cut' ? 0 : jpeg.length >> 1);
    await sendBytes(half, res, never, sent);
    // The half must be on the wire before the line breaks, or the client would only see a refused request.
    await new Promise<void>((resolve) => res.write('', () => resolve()));
    if (job.settings.source === 'feeder') device.putBack(sheet);
    if (fault.kind === 'jam') {
      device.jam();
      device.finish(job, 'Aborted', 'ResourcesAreNotReady');
      res.end();
    } else if (fault.kind === 'reset') {
      device.finish(job, 'Aborted', 'ErrorsDetected');
      reset(res);
    } else goDown(fault.kind === 'reboot' ? (fault.downMs ?? 300) : undefined);
  }

  const control: ScannerControl = {
    loadFeeder: (papers) => device.load(papers),
    placeOnPlaten: (paper) => device.place(paper),
    inject,
    clear() {
      faults.clear();
      device.recover();
    },
    sheetsLeft: () => device.sheets(),
    log,
  };

  return {
    uri: `${options.https ? 'escls:https' : 'escl:http'}://127.0.0.1:${port}/eSCL`,
    port,
    control,
    async stop() {
      if (stopping.signal.aborted) return;
      stopping.abort();
      await silence?.();
      const closed = server.listening ? once(server, 'close') : undefined;
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });
}

/** Waits; an abort only ends the waiting, every other failure is passed on. */
async function untilAborted(work: Promise<unknown>, signal: AbortSignal): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

function reset(res: ServerResponse): void {
  if (res.socket) res.socket.resetAndDestroy();
}

function answer(res: ServerResponse, status: number, text = ''): ServerResponse {
  return res.writeHead(status, { 'content-type': 'text/plain' }).end(text);
}

function answerXml(res: ServerResponse, xml: string): ServerResponse {
  return res.writeHead(200, { 'content-type': 'text/xml' }).end(xml);
}

async function readBody(req: IncomingMessage): Promise<string> {
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
function uuidFrom(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
}

import { once } from 'node:events';
import { createServer as createHttp, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createHttps } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { announce } from './announce.ts';
import { createDevice, FEEDER_CAPACITY } from './device.ts';
import { type Abilities, capabilitiesXml, RequestRefused, statusXml } from './escl-messages.ts';
import { createFaultBox, type Fault } from './faults.ts';
import { createJobs } from './jobs.ts';
import { PAPER_KINDS } from './paper/generate.ts';
import { createSensor, type Paper } from './sensor.ts';
import { answer, answerXml, listen, readBody, reset, uuidFrom } from './wire.ts';

export type { Fault } from './faults.ts';
export type { Paper, Side } from './sensor.ts';

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
  /** False: a sheet-fed scanner without a glass. */
  readonly platen?: boolean;
  /** Its feeder; simplex by default. */
  readonly feeder?: Abilities['feeder'];
  /** Gives the back of a sheet before its front. */
  readonly backsFirst?: boolean;
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
  const { platen = true, feeder = 'simplex' } = options;
  const abilities: Abilities = { platen, feeder, dpis: options.dpis ?? DPIS };
  const name = options.name ?? 'Một Cửa Simulated Scanner';
  const uuid = uuidFrom(`${name}:${seed}`);
  const device = createDevice(options.jobIdleMs ?? 60_000, options.backsFirst);
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
    ? announce({ name, uuid, port, secure: options.https !== undefined, platen, feeder })
    : undefined;

  function inject(fault: Fault): void {
    if (fault.kind === 'empty') device.load([]);
    else if (fault.kind === 'cover-open' && fault.page === undefined) device.fail('ScannerAdfHatchOpen');
    else if (fault.kind === 'feeder' && fault.page === undefined) device.fail(fault.state);
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
      await wait(downMs, undefined, { signal: stopping.signal });
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

  /** True where the sleeping device broke the connection off. */
  async function asleep(res: ServerResponse): Promise<boolean> {
    const sleep = faults.takeSleep();
    if (sleep?.wakes === 'slowly') await wait(sleep.ms ?? 300, undefined, { signal: stopping.signal });
    if (sleep?.wakes !== 'by-reset') return false;
    reset(res);
    return true;
  }

  function statusNow(now: number): string {
    const state = faults.lasting('state')?.state ?? device.state(now);
    return statusXml(state, feeder === 'none' ? undefined : device.adfState(now), device.jobLines(now));
  }

  async function route(req: IncomingMessage, res: ServerResponse, path: string, sent: { bytes: number }) {
    if (await asleep(res)) return res;
    const now = Date.now();
    const [, id, document] = /^\/eSCL\/ScanJobs\/([0-9a-f-]{36})(\/NextDocument)?$/.exec(path) ?? [];
    const call = `${req.method} ${id ? `job${document ?? ''}` : path}`;
    if (call === 'GET /eSCL/ScannerCapabilities')
      return answerXml(res, capabilitiesXml(name, uuid, abilities, FEEDER_CAPACITY));
    if (call === 'GET /eSCL/ScannerStatus') return answerXml(res, statusNow(now));
    if (call === 'POST /eSCL/ScanJobs') return jobs.create(await readBody(req), res, now);
    const job = id ? device.job(id) : undefined;
    if (!job) return answer(res, 404);
    if (call === 'GET job/NextDocument') return jobs.nextDocument(job, res, sent);
    if (call === 'DELETE job') return jobs.remove(job, res);
    return answer(res, 405);
  }

  const jobs = createJobs({
    device,
    sensor,
    faults,
    abilities,
    goDown,
    pageDelayMs: options.pageDelayMs ?? 0,
    stopping: stopping.signal,
  });

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

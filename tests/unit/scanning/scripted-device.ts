import http from 'node:http';
import https from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { ScanSettings } from '../../../src/contract/model.ts';
import type { RawPage, Scanner } from '../../../src/main/scanning/index.ts';
import {
  DEFAULT_LIMITS,
  type ScanLimits,
  type ScannerDeps,
  scannerDeps,
} from '../../../src/main/scanning/index.ts';

/** One answer of a scripted device. */
export interface Answer {
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly body?: Uint8Array | string;
  /** Send this many bytes of the body, then break the connection ('cut') or say no more ('stall'). */
  readonly after?: { readonly bytes: number; readonly end: 'cut' | 'stall' };
  /** Take the request and never answer. */
  readonly silent?: boolean;
  /** Runs before the answer: an abort from the test, a state change. */
  readonly before?: () => void;
}

export interface Script {
  readonly capabilities?: Answer | readonly Answer[];
  readonly status?: Answer | readonly Answer[];
  readonly post?: Answer | readonly Answer[];
  readonly next?: Answer | readonly Answer[];
  readonly remove?: Answer | readonly Answer[];
}

export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly host: string;
  readonly body: string;
}

export const JOB = '/eSCL/ScanJobs/04c3ccf5';

/** Capabilities in the shape that the protocol gives them, for devices that differ in one thing each. */
export function capabilitiesXml(
  options: {
    model?: string;
    modes?: string[];
    dpis?: number[];
    width?: number;
    duplex?: boolean;
    formats?: string[];
  } = {},
): string {
  const {
    model = 'Example One',
    modes = ['Grayscale8', 'RGB24'],
    dpis = [150, 300, 600],
    width = 2550,
  } = options;
  const formats = (options.formats ?? ['image/jpeg', 'application/pdf']).map(
    (f) => `<pwg:DocumentFormat>${f}</pwg:DocumentFormat>`,
  );
  const resolutions = dpis.map(
    (d) =>
      `<scan:DiscreteResolution><scan:XResolution>${d}</scan:XResolution><scan:YResolution>${d}</scan:YResolution></scan:DiscreteResolution>`,
  );
  const caps = `<scan:MaxWidth>${width}</scan:MaxWidth><scan:MaxHeight>4200</scan:MaxHeight><scan:SettingProfiles><scan:SettingProfile>
    <scan:ColorModes>${modes.map((m) => `<scan:ColorMode>${m}</scan:ColorMode>`).join('')}</scan:ColorModes>
    <scan:DocumentFormats>${formats.join('')}</scan:DocumentFormats>
    <scan:SupportedResolutions><scan:DiscreteResolutions>${resolutions.join('')}</scan:DiscreteResolutions></scan:SupportedResolutions>
    </scan:SettingProfile></scan:SettingProfiles>`;
  return `<?xml version="1.0"?><scan:ScannerCapabilities xmlns:pwg="http://www.pwg.org/schemas/2010/12/sm"
    xmlns:scan="http://schemas.hp.com/imaging/escl/2011/05/03"><pwg:Version>2.63</pwg:Version>
    <pwg:MakeAndModel>${model}</pwg:MakeAndModel>
    <scan:Platen><scan:PlatenInputCaps>${caps}</scan:PlatenInputCaps></scan:Platen>
    <scan:Adf><scan:AdfSimplexInputCaps>${caps}</scan:AdfSimplexInputCaps>
    ${options.duplex ? `<scan:AdfDuplexInputCaps>${caps}</scan:AdfDuplexInputCaps>` : ''}</scan:Adf>
    </scan:ScannerCapabilities>`;
}

export function statusXml(
  options: { state?: string; adf?: string; job?: string | null; reasons?: string[]; uri?: string } = {},
): string {
  const { state = 'Idle', adf = 'ScannerAdfEmpty', job = 'Completed', reasons = [], uri = JOB } = options;
  const entry = `<scan:JobInfo><pwg:JobUri>${uri}</pwg:JobUri><pwg:JobState>${job}</pwg:JobState>
    <pwg:ImagesCompleted>1</pwg:ImagesCompleted><pwg:JobStateReasons>${reasons
      .map((r) => `<pwg:JobStateReason>${r}</pwg:JobStateReason>`)
      .join('')}</pwg:JobStateReasons></scan:JobInfo>`;
  return `<?xml version="1.0"?><scan:ScannerStatus xmlns:pwg="http://www.pwg.org/schemas/2010/12/sm"
    xmlns:scan="http://schemas.hp.com/imaging/escl/2011/05/03"><pwg:State>${state}</pwg:State>
    ${adf === '' ? '' : `<scan:AdfState>${adf}</scan:AdfState>`}<scan:Jobs>${job === null ? '' : entry}</scan:Jobs></scan:ScannerStatus>`;
}

export const xml = (body: string): Answer => ({ status: 200, headers: { 'content-type': 'text/xml' }, body });
export const created: Answer = { status: 201, headers: { location: JOB } };
export const jpeg = (body: Uint8Array): Answer => ({
  status: 200,
  headers: { 'content-type': 'image/jpeg' },
  body,
});
export const of = (status: number): Answer => ({ status });

export interface Device {
  readonly uri: string;
  readonly port: number;
  readonly seen: Seen[];
  /** Shows another certificate from now on. */
  present(identity: https.ServerOptions): void;
  /** Sees every connection before anything is read from it. */
  onConnection(listener: (socket: Socket) => void): void;
  close(): Promise<void>;
}

/** A device that gives the scripted answers in order; the last one of each kind stays. Loopback only. */
export async function scriptedDevice(script: Script, tls?: https.ServerOptions): Promise<Device> {
  const seen: Seen[] = [];
  const used = new Map<string, number>();
  const defaults: Required<Script> = {
    capabilities: xml(capabilitiesXml()),
    status: xml(statusXml()),
    post: created,
    next: of(404),
    remove: of(200),
  };
  const take = (kind: keyof Script): Answer => {
    const answers = [script[kind] ?? defaults[kind]].flat() as Answer[];
    const at = used.get(kind) ?? 0;
    used.set(kind, at + 1);
    return answers[Math.min(at, answers.length - 1)]!;
  };
  const listener: http.RequestListener = (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      seen.push({ method, path: url, host: headers.host ?? '', body: Buffer.concat(chunks).toString() });
      give(take(kindOf(method, url)), response);
    });
  };
  const server = tls ? https.createServer(tls, listener) : http.createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    uri: tls ? `escls:https://127.0.0.1:${port}/eSCL` : `escl:http://127.0.0.1:${port}/eSCL`,
    port,
    seen,
    present: (identity) => {
      if (server instanceof https.Server) server.setSecureContext(identity);
    },
    onConnection: (seenBy) => void server.prependListener('connection', seenBy),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function kindOf(method: string, url: string): keyof Script {
  if (method === 'POST') return 'post';
  if (method === 'DELETE') return 'remove';
  if (url.endsWith('/NextDocument')) return 'next';
  return url.endsWith('/ScannerStatus') ? 'status' : 'capabilities';
}

function give(answer: Answer, response: http.ServerResponse): void {
  answer.before?.();
  if (answer.silent) return;
  const body = Buffer.from(answer.body ?? '');
  response.writeHead(answer.status, answer.headers);
  if (!answer.after) {
    response.end(body);
    return;
  }
  response.write(body.subarray(0, answer.after.bytes), () => {
    if (answer.after?.end === 'cut') response.destroy();
  });
}

/** The same rules in a fraction of the time; enough of it for a machine that does other work beside. */
export const FAST: ScanLimits = {
  ...DEFAULT_LIMITS,
  connectMs: 5_000,
  statusMs: 5_000,
  firstByteMs: 5_000,
  idleMs: 5_000,
  busyTries: 3,
  busyPauseMs: 1,
  pendingTries: 3,
  pendingPauseMs: 1,
  killGraceMs: 500,
};

export function testDeps(overrides: Partial<ScannerDeps> = {}): ScannerDeps {
  return scannerDeps({ limits: FAST, ...overrides });
}

export const SETTINGS: ScanSettings = { source: 'adf', dpi: 300, mode: 'color' };

export interface Outcome {
  readonly pages: RawPage[];
  readonly error: unknown;
}

/** Runs a scan to its end and keeps both what came and how it ended. */
export async function outcome(
  scanner: Scanner,
  settings: Partial<ScanSettings> = {},
  signal: AbortSignal = new AbortController().signal,
): Promise<Outcome> {
  const pages: RawPage[] = [];
  try {
    for await (const page of scanner.scan({ ...SETTINGS, ...settings }, signal)) pages.push(page);
    return { pages, error: undefined };
  } catch (error) {
    return { pages, error };
  }
}

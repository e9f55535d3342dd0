import net from 'node:net';
import { CounterError } from '../../../contract/errors.ts';
import type { ScanSettings } from '../../../contract/model.ts';
import type { ScannerDeps } from '../deps.ts';
import { esclScanner } from '../escl/scanner.ts';
import type { FoundScanner } from '../found.ts';
import type { RawPage, Scanner } from '../port.ts';
import { makeScanFolder, removeScanFolder } from '../program/folder.ts';
import { type Program, type ProgramSpec, startProgram } from '../program/run.ts';
import { helperUri } from '../uri.ts';
import { pause, requireRunning } from '../wait.ts';
import type { HelperDevice } from './json-lines.ts';
import { programEnv } from './program-env.ts';
import type { RunningServer } from './servers.ts';
import type { Naps2ServerHelper } from './spec.ts';

/** A scanner that NAPS2 shares on this machine: eSCL on loopback, the server started where it does not run. */
export function naps2ServerScanner(at: HelperDevice, spec: Naps2ServerHelper, deps: ScannerDeps): Scanner {
  const base = baseOf(at, spec);
  const inner = esclScanner(at.uri, base, deps);
  const serve = (signal: AbortSignal) => useServer(at.helper, base, spec, deps, signal);
  return {
    uri: at.uri,
    describe: async (signal) => {
      const release = await serve(signal);
      try {
        return { ...(await inner.describe(signal)), origin: 'configured' };
      } finally {
        await release();
      }
    },
    scan: (settings, signal) => scan(inner, serve, settings, signal),
  };
}

async function* scan(
  inner: Scanner,
  serve: (signal: AbortSignal) => Promise<() => Promise<void>>,
  settings: ScanSettings,
  signal: AbortSignal,
): AsyncGenerator<RawPage, void, void> {
  const release = await serve(signal);
  try {
    yield* inner.scan(settings, signal);
  } finally {
    await release();
  }
}

/** The devices that the admin named: the server itself has no list. */
export function listNaps2Server(helper: string, spec: Naps2ServerHelper): FoundScanner[] {
  return Object.keys(spec.devices).map((name) => ({
    uri: helperUri(helper, name),
    name,
    origin: 'configured' as const,
    note: '',
    uuid: '',
  }));
}

function baseOf(at: HelperDevice, spec: Naps2ServerHelper): URL {
  const invalid = (reason: string) => new CounterError('SCANNER_URI_INVALID', { scheme: 'helper', reason });
  if (Object.keys(at.options).length > 0) throw invalid('options');
  const text = Object.hasOwn(spec.devices, at.device) ? spec.devices[at.device]! : undefined;
  if (text === undefined) throw invalid('unknown-device');
  if (!URL.canParse(text)) throw invalid('address');
  const base = new URL(text);
  const local = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/.test(base.hostname);
  if (!local || !/^https?:$/.test(base.protocol) || base.port === '') throw invalid('not-loopback');
  base.pathname = base.pathname.replace(/\/+$/, '') || '/eSCL';
  return base;
}

async function useServer(
  helper: string,
  base: URL,
  spec: Naps2ServerHelper,
  deps: ScannerDeps,
  signal: AbortSignal,
): Promise<() => Promise<void>> {
  requireRunning(signal);
  const { program } = spec;
  if (program === undefined) return async () => {};
  return deps.servers.use(helper, () => startServer(program, base, spec, deps, signal));
}

/** Nothing is started, and nothing ended, where a server already answers. */
async function startServer(
  program: string,
  base: URL,
  spec: Naps2ServerHelper,
  deps: ScannerDeps,
  signal: AbortSignal,
): Promise<RunningServer> {
  if (await answers(base)) return { stop: async () => {} };
  const folder = await makeScanFolder(deps.tempRoot, deps.note);
  const remove = () => removeScanFolder(folder, deps.note);
  try {
    const server = startProgram(serverSpec(program, spec, folder, deps), NEVER_ABORTED);
    try {
      await becomeReady(server, base, deps, signal);
    } catch (error) {
      await server.stop();
      throw error;
    }
    return { stop: () => server.stop().finally(remove) };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** It lives as long as somebody uses it, not as long as the one who started it waits. */
const NEVER_ABORTED = new AbortController().signal;
/** The longest that a timer takes: a server may be silent. */
const NEVER_MS = 2 ** 31 - 1;

function serverSpec(
  program: string,
  spec: Naps2ServerHelper,
  folder: string,
  deps: ScannerDeps,
): ProgramSpec {
  return {
    program,
    args: spec.args?.length ? spec.args : ['server'],
    env: programEnv(spec.env, folder, deps),
    cwd: folder,
    firstMs: NEVER_MS,
    idleMs: NEVER_MS,
    stderrIsLife: false,
    maxLineBytes: 0,
    killGraceMs: deps.limits.killGraceMs,
  };
}

const READY_PAUSE_MS = 100;

async function becomeReady(
  server: Program,
  base: URL,
  deps: ScannerDeps,
  signal: AbortSignal,
): Promise<void> {
  const over = { now: false };
  const ended = server.ended.finally(() => {
    over.now = true;
  });
  // Somebody else's server may answer before this one fails; then its failure is nobody's.
  ended.catch((error) => deps.note('helper server', error));
  for (let left = deps.limits.listMs; left > 0; left -= READY_PAUSE_MS) {
    if (await answers(base)) return;
    await Promise.race([pause(READY_PAUSE_MS, signal), ended]);
    if (over.now) {
      const { code, stderr } = await ended;
      const details = { reason: 'helper-ended', status: code ?? -1 };
      throw new CounterError('SCANNER_UNREACHABLE', details, { cause: new Error(stderr) });
    }
  }
  throw new CounterError('SCANNER_TIMEOUT', { step: 'helper-server' });
}

/** Whether something listens there; what it is shows the first question. */
function answers(base: URL): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect({ host: base.hostname.replace(/^\[|\]$/g, ''), port: Number(base.port) });
    const finish = (open: boolean) => {
      socket.destroy();
      resolve(open);
    };
    socket.setTimeout(1_000, () => finish(false));
    socket.once('connect', () => finish(true));
    socket.once('error', () => finish(false));
  });
}

import { type UtilityProcess, utilityProcess } from 'electron';
import { toErrorShape } from '../../contract/errors.ts';
import type { CallMessage, ReplyMessage } from '../../contract/wire.ts';
import { fromEngineProcess, type ToEngineProcess } from '../engine/process-messages.ts';
import { createChildHosts, type HostEntries } from './child-hosts.ts';
import { utilityEnvironment } from './environment.ts';
import { unwrapMasterKey } from './master-key.ts';

export interface EngineProcess {
  call(client: number, message: CallMessage): void;
  gone(client: number): void;
  /** `client` null = for every window. */
  onMessage(handler: (client: number | null, message: unknown) => void): void;
  /** The engine died: calls under way are lost, what was committed is not. */
  onDeath(handler: () => void): void;
  /** The engine answers (again): with results, or, where it cannot open its store, with that failure. */
  onSettled(handler: () => void): void;
  /** A page was loaded: an engine that is down, or that could not open, is started once more. */
  revive(): void;
  /** Lets the engine finish its write and close its store; after five seconds it is killed, which the store survives. */
  stop(): Promise<void>;
}

interface Options {
  readonly entry: string;
  readonly hostEntries: HostEntries;
  readonly dataDir: string;
  /** Folder of the files that are shipped beside the program. */
  readonly resources: string;
  readonly version: string;
}

/** After this many deaths within a minute the engine is left down: a loop would only wear the disk. */
const MAX_DEATHS_PER_MINUTE = 5;
const STOP_PATIENCE_MS = 5_000;

/** Keeps one engine running and relays for it: to the windows, and to the child hosts that it asks for. */
export function startEngineProcess(options: Options): EngineProcess {
  const onMessage: ((client: number | null, message: unknown) => void)[] = [];
  const onDeath: (() => void)[] = [];
  const onSettled: (() => void)[] = [];
  const hosts = createChildHosts({ entries: options.hostEntries, tell: (message) => send(message) });
  const deaths: number[] = [];
  let stopped: Promise<void> | null = null;
  /** Null while none runs: for good after too many deaths, or after stop. */
  let child: UtilityProcess | null = null;
  let failed = false;
  launch();

  function send(message: ToEngineProcess): void {
    child?.postMessage(message);
  }

  function launch(): void {
    const started = utilityProcess.fork(options.entry, [], {
      serviceName: 'counter-engine',
      env: utilityEnvironment(process.env),
    });
    child = started;
    failed = false;
    // What an engine that is gone still had to say is about hosts and calls that are gone with it.
    started.on('message', (raw: unknown) => child === started && handle(raw));
    started.once('exit', () => died(started));
    void firstMessage(options).then((message) => started.postMessage(message));
  }

  function died(which: UtilityProcess): void {
    if (child !== which) return;
    child = null;
    hosts.killAll();
    if (stopped) return;
    const now = Date.now();
    deaths.push(now);
    const mayLaunch = deaths.filter((at) => now - at < 60_000).length <= MAX_DEATHS_PER_MINUTE;
    for (const handler of onDeath) handler();
    if (mayLaunch) launch();
  }

  function handle(raw: unknown): void {
    const parsed = fromEngineProcess.safeParse(raw);
    if (!parsed.success) return;
    const message = parsed.data;
    switch (message.type) {
      case 'ready':
      case 'failed':
        failed = message.type === 'failed';
        for (const handler of onSettled) handler();
        return;
      case 'message':
        for (const handler of onMessage) handler(message.client, message.message);
        return;
      default:
        hosts.handle(message);
    }
  }

  function call(client: number, message: CallMessage): void {
    if (child) {
      send({ type: 'call', client, message });
      return;
    }
    const reply: ReplyMessage = {
      type: 'reply',
      seq: message.seq,
      result: { ok: false, error: { code: 'ENGINE_GONE', details: {} } },
    };
    for (const handler of onMessage) handler(client, reply);
  }

  function revive(): void {
    if (stopped || (child && !failed)) return;
    const useless = child;
    child = null;
    useless?.kill();
    launch();
  }

  function end(): Promise<void> {
    const last = child;
    if (!last) return Promise.resolve();
    return new Promise((resolve) => {
      const patience = setTimeout(() => {
        last.kill();
        // A process that even the system cannot end must not keep the program on the screen.
        setTimeout(resolve, 1_000).unref();
      }, STOP_PATIENCE_MS);
      last.once('exit', () => {
        clearTimeout(patience);
        resolve();
      });
      send({ type: 'stop' });
    });
  }

  return {
    call,
    gone: (client) => send({ type: 'gone', client }),
    onMessage: (handler) => void onMessage.push(handler),
    onDeath: (handler) => void onDeath.push(handler),
    onSettled: (handler) => void onSettled.push(handler),
    revive,
    stop() {
      stopped ??= end();
      return stopped;
    },
  };
}

/** Never rejects: an engine without its key says so to whoever calls. */
async function firstMessage({ dataDir, resources, version }: Options): Promise<ToEngineProcess> {
  try {
    return { type: 'start', dataDir, resources, version, masterKey: await unwrapMasterKey(dataDir) };
  } catch (error) {
    return { type: 'refuse', error: toErrorShape(error) };
  }
}

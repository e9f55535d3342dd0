import { type UtilityProcess, utilityProcess } from 'electron';
import { fromEngineProcess, type ToEngineProcess } from '../engine/process-messages.ts';
import { unwrapMasterKey } from './master-key.ts';

export interface EngineProcess {
  call(client: number, message: unknown): void;
  gone(client: number): void;
  /** `client` null = for every window. */
  onMessage(handler: (client: number | null, message: unknown) => void): void;
  /** The engine died: calls under way are lost, what was committed is not. */
  onDeath(handler: () => void): void;
  /** The engine answers (again). */
  onReady(handler: () => void): void;
  stop(): Promise<void>;
}

interface Options {
  readonly entry: string;
  readonly tokenHostEntry: string;
  readonly dataDir: string;
  /** Folder of the files that are shipped beside the program. */
  readonly resources: string;
  readonly version: string;
}

/** After this many deaths within a minute the engine is left down: a loop would only wear the disk. */
const MAX_DEATHS_PER_MINUTE = 5;
const STOP_PATIENCE_MS = 5_000;

/** Keeps one engine running and relays for it: to the windows, and to the token hosts that it asks for. */
export function startEngineProcess(options: Options): EngineProcess {
  const onMessage: ((client: number | null, message: unknown) => void)[] = [];
  const onDeath: (() => void)[] = [];
  const onReady: (() => void)[] = [];
  const hosts = new Map<number, UtilityProcess>();
  const deaths: number[] = [];
  let stopping = false;
  let child = launch();

  function send(message: ToEngineProcess): void {
    child.postMessage(message);
  }

  function launch(): UtilityProcess {
    const started = utilityProcess.fork(options.entry, [], { serviceName: 'counter-engine' });
    started.on('message', handle);
    started.on('exit', () => died());
    const { dataDir, resources, version } = options;
    void unwrapMasterKey(dataDir).then((masterKey) =>
      started.postMessage({ type: 'start', dataDir, resources, version, masterKey } satisfies ToEngineProcess),
    );
    return started;
  }

  function died(): void {
    for (const host of hosts.values()) host.kill();
    hosts.clear();
    if (stopping) return;
    const now = Date.now();
    deaths.push(now);
    for (const handler of onDeath) handler();
    if (deaths.filter((at) => now - at < 60_000).length <= MAX_DEATHS_PER_MINUTE) child = launch();
  }

  function launchHost(id: number): void {
    const host = utilityProcess.fork(options.tokenHostEntry, [], { serviceName: 'counter-token-host' });
    hosts.set(id, host);
    host.on('message', (message) => send({ type: 'host-message', host: id, message }));
    host.on('exit', () => {
      if (hosts.delete(id)) send({ type: 'host-exit', host: id });
    });
  }

  function handle(raw: unknown): void {
    const parsed = fromEngineProcess.safeParse(raw);
    if (!parsed.success) return;
    const message = parsed.data;
    if (message.type === 'ready') for (const handler of onReady) handler();
    if (message.type === 'message') for (const handler of onMessage) handler(message.client, message.message);
    if (message.type === 'host-launch') launchHost(message.host);
    if (message.type === 'host-message') hosts.get(message.host)?.postMessage(message.message);
    if (message.type === 'host-kill') hosts.get(message.host)?.kill();
  }

  return {
    call: (client, message) => send({ type: 'call', client, message }),
    gone: (client) => send({ type: 'gone', client }),
    onMessage: (handler) => onMessage.push(handler),
    onDeath: (handler) => onDeath.push(handler),
    onReady: (handler) => onReady.push(handler),
    stop() {
      stopping = true;
      return new Promise((resolve) => {
        const patience = setTimeout(() => child.kill(), STOP_PATIENCE_MS);
        child.once('exit', () => {
          clearTimeout(patience);
          resolve();
        });
        send({ type: 'stop' });
      });
    },
  };
}

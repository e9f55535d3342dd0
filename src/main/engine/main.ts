import path from 'node:path';
import { CounterError, type ErrorShape, fromErrorShape, toErrorShape } from '../../contract/errors.ts';
import { callMessage, type ReplyMessage } from '../../contract/wire.ts';
import type { HostChannel } from '../signing/keys/token-host/channel.ts';
import { fileKeyVault } from '../store/key-vault.ts';
import { openEngine } from './composition.ts';
import type { Engine, EngineConnection } from './engine.ts';
import { createLog } from './log.ts';
import { type FromEngineProcess, type ToEngineProcess, toEngineProcess } from './process-messages.ts';
import { bundledWorkers } from './worker-files.ts';

/** The part of Electron's `process.parentPort` that is used here. */
interface ParentPort {
  postMessage(message: FromEngineProcess): void;
  on(event: 'message', listener: (event: { data: unknown }) => void): void;
}

type Start = Extract<ToEngineProcess, { type: 'start' }>;
type HostEvent = Extract<ToEngineProcess, { type: 'host-message' | 'host-exit' }>;

/**
 * The engine in its utility process. Calls that come before it is open wait for it; where it cannot be opened
 * (another program holds the store, the key is wrong) every call is answered with that failure, so that the
 * screen can say what to do.
 */
function serve(port: ParentPort): void {
  const clients = new Map<number, EngineConnection>();
  /** Pages that left while their calls still waited for the engine to open. */
  const departed = new Set<number>();
  const tell = (message: FromEngineProcess) => port.postMessage(message);
  const hosts = createHosts(tell);
  const engine = Promise.withResolvers<Engine>();
  let begun = false;
  let stopping = false;

  async function open({ dataDir, resources, masterKey, version }: Start): Promise<Engine> {
    const log = createLog(path.join(dataDir, 'logs', 'engine.log'));
    process.on('uncaughtExceptionMonitor', (err) => log.fatal({ err }, 'engine died'));
    return openEngine({
      dataDir,
      configFile: path.join(dataDir, 'counter.json'),
      resources,
      version,
      keyVault: masterKey
        ? { masterKey: () => Promise.resolve(masterKey) }
        : fileKeyVault(path.join(dataDir, 'master.key')),
      launchTokenHost: () => hosts.launch('token'),
      launchUsbHost: () => hosts.launch('usb'),
      workers: bundledWorkers(import.meta.dirname),
      log,
    }).catch((err: unknown) => {
      log.error({ err, code: toErrorShape(err).code }, 'engine cannot open');
      throw err;
    });
  }

  function begin(message: Start | { readonly type: 'refuse'; readonly error: ErrorShape }): void {
    if (begun) return;
    begun = true;
    engine.resolve(message.type === 'start' ? open(message) : Promise.reject(fromErrorShape(message.error)));
    engine.promise.then(
      () => tell({ type: 'ready' }),
      (error: unknown) => tell({ type: 'failed', code: toErrorShape(error).code }),
    );
  }

  async function answer(client: number, message: unknown): Promise<void> {
    const call = callMessage.safeParse(message);
    if (!call.success) return;
    try {
      connectionOf(await engine.promise, client).send(call.data);
    } catch (error) {
      const result = { ok: false, error: toErrorShape(error) } as const;
      const reply: ReplyMessage = { type: 'reply', seq: call.data.seq, result };
      tell({ type: 'message', client, message: reply });
    }
  }

  function connectionOf(opened: Engine, client: number): EngineConnection {
    if (stopping || departed.has(client)) throw new CounterError('ENGINE_GONE');
    const known = clients.get(client);
    if (known) return known;
    const connection = opened.connect((message) => tell({ type: 'message', client, message }));
    clients.set(client, connection);
    return connection;
  }

  /** The exit code says whether everything was closed as it should be; the store survives either. */
  async function stop(): Promise<void> {
    if (stopping) return;
    stopping = true;
    if (!begun) process.exit(0);
    const opened = await engine.promise.catch(() => null);
    await opened?.close();
    process.exit(0);
  }

  port.on('message', ({ data }) => {
    const parsed = toEngineProcess.safeParse(data);
    if (!parsed.success) return;
    const message = parsed.data;
    switch (message.type) {
      case 'start':
      case 'refuse':
        begin(message);
        return;
      case 'call':
        void answer(message.client, message.message);
        return;
      case 'gone':
        departed.add(message.client);
        clients.get(message.client)?.close();
        clients.delete(message.client);
        return;
      case 'stop':
        void stop();
        return;
      default:
        hosts.handle(message);
    }
  });
}

/** Child hosts as the engine sees them: the shell starts them, because a utility process cannot. */
function createHosts(tell: (message: FromEngineProcess) => void): {
  readonly launch: (kind: 'token' | 'usb') => HostChannel;
  readonly handle: (event: HostEvent) => void;
} {
  const hosts = new Map<number, { message(data: unknown): void; exit(): void }>();
  let last = 0;
  return {
    launch(kind) {
      last += 1;
      const host = last;
      const onMessage: ((data: unknown) => void)[] = [];
      const onExit: (() => void)[] = [];
      hosts.set(host, {
        message: (data) => onMessage.forEach((handler) => void handler(data)),
        exit: () => onExit.forEach((handler) => void handler()),
      });
      tell({ type: 'host-launch', host, kind });
      return {
        post: (message) => tell({ type: 'host-message', host, message }),
        onMessage: (handler) => void onMessage.push(handler),
        onExit: (handler) => void onExit.push(handler),
        kill: () => tell({ type: 'host-kill', host }),
      };
    },
    handle(event) {
      const host = hosts.get(event.host);
      if (event.type === 'host-message') host?.message(event.message);
      else {
        hosts.delete(event.host);
        host?.exit();
      }
    },
  };
}

const { parentPort } = process as unknown as { parentPort?: ParentPort };
if (!parentPort) throw new Error('the engine process is started by the shell');
serve(parentPort);

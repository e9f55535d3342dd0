import path from 'node:path';
import { toErrorShape } from '../../contract/errors.ts';
import { callMessage, type ReplyMessage } from '../../contract/wire.ts';
import type { HostChannel } from '../signing/token-host/channel.ts';
import { fileKeyVault } from '../store/key-vault.ts';
import { openEngine } from './composition.ts';
import type { Engine, EngineConnection } from './engine.ts';
import { createLog } from './log.ts';
import { type FromEngineProcess, toEngineProcess } from './process-messages.ts';

/** The part of Electron's `process.parentPort` that is used here. */
interface ParentPort {
  postMessage(message: FromEngineProcess): void;
  on(event: 'message', listener: (event: { data: unknown }) => void): void;
}

interface Start {
  readonly dataDir: string;
  readonly resources: string;
  readonly masterKey: Uint8Array | null;
  readonly version: string;
}

/**
 * The engine in its utility process. Calls that come before it is open wait for it; where it cannot be opened
 * (another program holds the store, the key is wrong) every call is answered with that failure, so that the
 * screen can say what to do.
 */
function serve(port: ParentPort): void {
  const clients = new Map<number, EngineConnection>();
  const hosts = new Map<number, { message(data: unknown): void; exit(): void }>();
  let nextHost = 0;
  let opening: Promise<Engine> | null = null;

  const tell = (message: FromEngineProcess) => port.postMessage(message);

  function launchHost(): HostChannel {
    nextHost += 1;
    const host = nextHost;
    const onMessage: ((data: unknown) => void)[] = [];
    const onExit: (() => void)[] = [];
    hosts.set(host, {
      message: (data) => onMessage.forEach((handler) => void handler(data)),
      exit: () => onExit.forEach((handler) => void handler()),
    });
    tell({ type: 'host-launch', host });
    return {
      post: (message) => tell({ type: 'host-message', host, message }),
      onMessage: (handler) => void onMessage.push(handler),
      onExit: (handler) => void onExit.push(handler),
      kill: () => tell({ type: 'host-kill', host }),
    };
  }

  async function open({ dataDir, resources, masterKey, version }: Start): Promise<Engine> {
    return openEngine({
      dataDir,
      configFile: path.join(dataDir, 'counter.json'),
      resources,
      version,
      keyVault: masterKey
        ? { masterKey: () => Promise.resolve(masterKey) }
        : fileKeyVault(path.join(dataDir, 'master.key')),
      launchHost,
      imagingWorker: path.join(import.meta.dirname, 'imaging-worker.js'),
      log: createLog(path.join(dataDir, 'logs', 'engine.log')),
    });
  }

  async function answer(client: number, message: unknown): Promise<void> {
    const call = callMessage.safeParse(message);
    if (!call.success || !opening) return;
    try {
      const engine = await opening;
      const known = clients.get(client);
      const connection = known ?? engine.connect((m) => tell({ type: 'message', client, message: m }));
      if (!known) clients.set(client, connection);
      connection.send(call.data);
    } catch (error) {
      const reply: ReplyMessage = {
        type: 'reply',
        seq: call.data.seq,
        result: { ok: false, error: toErrorShape(error) },
      };
      tell({ type: 'message', client, message: reply });
    }
  }

  async function stop(): Promise<void> {
    const engine = await opening?.catch(() => null);
    await engine?.close();
    process.exit(0);
  }

  port.on('message', ({ data }) => {
    const parsed = toEngineProcess.safeParse(data);
    if (!parsed.success) return;
    const message = parsed.data;
    if (message.type === 'start') {
      opening = open(message);
      opening.then(
        () => tell({ type: 'ready' }),
        (error: unknown) => tell({ type: 'failed', code: toErrorShape(error).code }),
      );
    }
    if (message.type === 'call') void answer(message.client, message.message);
    if (message.type === 'gone') {
      clients.get(message.client)?.close();
      clients.delete(message.client);
    }
    if (message.type === 'host-message') hosts.get(message.host)?.message(message.message);
    if (message.type === 'host-exit') {
      hosts.get(message.host)?.exit();
      hosts.delete(message.host);
    }
    if (message.type === 'stop') void stop();
  });
}

const { parentPort } = process as unknown as { parentPort?: ParentPort };
if (!parentPort) throw new Error('the engine process is started by the shell');
serve(parentPort);

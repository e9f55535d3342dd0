import path from 'node:path';
import type { Client } from '../contract/client.ts';
import { createClient } from '../contract/client.ts';
import { openEngine } from '../main/engine/composition.ts';
import type { Engine } from '../main/engine/engine.ts';
import { createLog } from '../main/engine/log.ts';
import { fileKeyVault } from '../main/store/key-vault.ts';
import type { Arguments } from './command.ts';
import { RESOURCES, readProductInfo } from './product.ts';

export interface Session {
  readonly engine: Engine;
  readonly client: Client;
  close(): Promise<void>;
}

export const SESSION_OPTIONS = { data: { type: 'string' }, config: { type: 'string' } } as const;
/** The data folder may also stand in COUNTER_DATA, so that a script names it once. */
export const SESSION_USAGE = '[--data DIR] [--config F.json]';

/** The engine over a data folder, as the shell would run it, and a client that speaks to it through the contract. */
export async function openSession(args: Arguments): Promise<Session> {
  const dataDir = path.resolve(args.text('data') ?? process.env.COUNTER_DATA ?? args.required('data'));
  return openSessionIn(dataDir, args.text('config') ?? path.join(dataDir, 'counter.json'));
}

export async function openSessionIn(dataDir: string, configFile: string): Promise<Session> {
  const engine = await openEngine({
    dataDir,
    configFile,
    resources: RESOURCES,
    version: (await readProductInfo()).version,
    keyVault: fileKeyVault(path.join(dataDir, 'master.key')),
    log: createLog(path.join(dataDir, 'logs', 'engine.log')),
  });
  const client = connectClient(engine);
  return {
    engine,
    client,
    async close() {
      client.close();
      await engine.close();
    },
  };
}

/** A client in the same process: messages are copied as they would be on any border. */
export function connectClient(engine: Engine): Client {
  const handlers = new Set<(message: unknown) => void>();
  const connection = engine.connect((message) => {
    for (const handler of handlers) handler(structuredClone(message));
  });
  return createClient({
    send: (message) => connection.send(structuredClone(message)),
    onMessage(handler) {
      handlers.add(handler);
      return () => handlers.delete(handler);
    },
    onClose: (handler) => {
      connection.onClose(handler);
      return () => connection.close();
    },
  });
}

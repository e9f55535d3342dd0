import { type UtilityProcess, utilityProcess } from 'electron';
import type { FromEngineProcess, ToEngineProcess } from '../engine/process-messages.ts';
import { utilityEnvironment } from './environment.ts';

type HostMessage = Extract<FromEngineProcess, { type: `host-${string}` }>;

/** The bundle of each kind of host: what loads vendors' token modules, and what speaks to the USB. */
export type HostEntries = Readonly<Record<'token' | 'usb', string>>;

/** The child hosts of one engine. Messages pass through unread: a PIN is in them. */
export interface ChildHosts {
  handle(message: HostMessage): void;
  killAll(): void;
}

export function createChildHosts(options: {
  readonly entries: HostEntries;
  readonly tell: (message: ToEngineProcess) => void;
}): ChildHosts {
  const { entries, tell } = options;
  const hosts = new Map<number, UtilityProcess>();

  function launch(id: number, kind: keyof HostEntries): void {
    const host = utilityProcess.fork(entries[kind], [], {
      serviceName: `counter-${kind}-host`,
      env: utilityEnvironment(process.env),
      // What a vendor's module prints may hold anything, so nobody reads it.
      stdio: 'ignore',
    });
    hosts.set(id, host);
    // A new engine counts from one again: what is still heard of an old host is not about the new one.
    const isCurrent = () => hosts.get(id) === host;
    host.on('message', (message: unknown) => {
      if (isCurrent()) tell({ type: 'host-message', host: id, message });
    });
    host.once('exit', () => {
      if (!isCurrent()) return;
      hosts.delete(id);
      tell({ type: 'host-exit', host: id });
    });
  }

  return {
    handle(message) {
      if (message.type === 'host-launch') launch(message.host, message.kind);
      if (message.type === 'host-message') hosts.get(message.host)?.postMessage(message.message);
      if (message.type === 'host-kill') hosts.get(message.host)?.kill();
    },
    killAll() {
      const all = [...hosts.values()];
      hosts.clear();
      for (const host of all) host.kill();
    },
  };
}

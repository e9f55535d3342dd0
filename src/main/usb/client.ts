import { fileURLToPath } from 'node:url';
import { forkHost, type HostChannel, type LaunchHost } from '../signing/keys/token-host/channel.ts';
import type { UsbAddress } from './address.ts';
import { UsbFault } from './faults.ts';
import { type HostMessage, hostMessage, type StreamRequest } from './messages.ts';
import type { UsbConnect, UsbPresence, UsbWatch } from './port.ts';
import { deviceStream } from './stream.ts';

/** The USB of this machine behind its own process. */
export interface UsbService extends UsbWatch {
  readonly connect: UsbConnect;
}

export interface UsbServiceOptions {
  readonly launch: LaunchHost;
  /** Waits before the host is started again, one after the other; the last one from then on. */
  readonly backoffMs?: readonly number[];
  /** A host that lived for this long starts the waits from the first again. */
  readonly steadyMs?: number;
  /** How long the first list is awaited before it is called 'host-silent'. */
  readonly listMs?: number;
}

const BACKOFF_MS = [1_000, 2_000, 5_000, 15_000, 60_000] as const;
const STEADY_MS = 60_000;
const LIST_MS = 10_000;
const CLOSE_MS = 5_000;
/**
 * The longest that a host may take for an answer: a page of a slow scanner. Whoever asked gives up earlier by its
 * own time-outs; this one only sees to it that nothing waits for ever.
 */
const ANSWER_MS = 180_000;

/** Starts the USB host under plain Node. */
export function forkUsbHost(
  options: { script?: string; onLaunch?: (pid: number) => void } = {},
): HostChannel {
  const script = options.script ?? fileURLToPath(new URL('./host.ts', import.meta.url));
  return forkHost({ ...options, script });
}

interface Waiting {
  resolve(answer: Extract<HostMessage, { type: 'done' }>): void;
  reject(fault: UsbFault): void;
}

interface Host {
  readonly channel: HostChannel;
  readonly exited: Promise<void>;
  readonly startedAt: number;
  readonly waiting: Map<number, Waiting>;
  alive: boolean;
  watching: boolean;
}

/** A process that could not even be started is one that died at once. */
function launched(launch: LaunchHost): HostChannel {
  try {
    return launch();
  } catch {
    return {
      post: () => {},
      onMessage: () => {},
      onExit: (handler) => queueMicrotask(handler),
      kill: () => {},
    };
  }
}

const closed: UsbPresence = { state: 'unavailable', reason: 'closed', devices: [] };

/**
 * Nothing of the native module runs in this process. The host is started by the first question; one that dies ends
 * the streams over it by name and is started again, after a wait, while anybody watches.
 */
export function createUsb(options: UsbServiceOptions): UsbService {
  const { launch, backoffMs = BACKOFF_MS, steadyMs = STEADY_MS, listMs = LIST_MS } = options;
  const listeners = new Set<(presence: UsbPresence) => void>();
  const awaitingList = new Set<() => void>();
  let host: Host | null = null;
  let known: UsbPresence | null = null;
  /** `known` comes from the host that runs now. */
  let fresh = false;
  let deaths = 0;
  let restart: NodeJS.Timeout | undefined;
  /** The system's plug events end the host on some machines; then the list is only looked at now and then. */
  let events = true;
  let isClosed = false;
  let counter = 0;

  function tell(presence: UsbPresence): void {
    if (JSON.stringify(presence) !== JSON.stringify(known)) {
      known = presence;
      for (const listener of listeners) listener(presence);
    }
    for (const wake of awaitingList) wake();
  }

  function running(): Host {
    if (host?.alive) return host;
    clearTimeout(restart);
    restart = undefined;
    fresh = false;
    const channel = launched(launch);
    let gone = () => {};
    const exited = new Promise<void>((resolve) => {
      gone = resolve;
    });
    const started: Host = {
      channel,
      exited,
      startedAt: performance.now(),
      waiting: new Map(),
      alive: true,
      watching: false,
    };
    channel.onMessage((message) => received(started, message));
    channel.onExit(() => {
      died(started);
      gone();
    });
    host = started;
    // Whoever watches goes on watching, also where a scan was what started the new host.
    if (listeners.size > 0) watchOn(started);
    return started;
  }

  function watchOn(on: Host): void {
    if (on.watching) return;
    on.watching = true;
    on.channel.post({ op: 'watch', events });
  }

  function received(from: Host, message: unknown): void {
    const parsed = hostMessage.safeParse(message);
    if (!parsed.success) {
      // What it says cannot be told apart from nonsense any more: a new one is started.
      from.channel.kill();
      return;
    }
    if (parsed.data.type === 'presence') {
      if (from !== host || isClosed) return;
      fresh = true;
      tell(parsed.data.presence);
      return;
    }
    const waiting = from.waiting.get(parsed.data.seq);
    if (!waiting) return;
    if (parsed.data.type === 'done') waiting.resolve(parsed.data);
    else waiting.reject(new UsbFault(parsed.data.code, parsed.data.message));
  }

  function died(from: Host): void {
    from.alive = false;
    for (const waiting of from.waiting.values()) waiting.reject(new UsbFault('unavailable', 'host-crashed'));
    if (from !== host || isClosed) return;
    const lived = performance.now() - from.startedAt;
    deaths = lived >= steadyMs ? 1 : deaths + 1;
    if (from.watching && lived < steadyMs) events = false;
    tell({ state: 'unavailable', reason: 'host-crashed', devices: [] });
    if (listeners.size === 0) return;
    const wait = backoffMs[Math.min(deaths, backoffMs.length) - 1] ?? STEADY_MS;
    restart = setTimeout(watch, wait);
    restart.unref();
  }

  function watch(): void {
    if (!isClosed) watchOn(running());
  }

  function ask(on: Host, request: StreamRequest): Promise<Extract<HostMessage, { type: 'done' }>> {
    if (!on.alive) return Promise.reject(new UsbFault('unavailable', 'host-crashed'));
    return new Promise((resolve, reject) => {
      const settle = () => {
        clearTimeout(watchdog);
        on.waiting.delete(request.seq);
      };
      const watchdog = setTimeout(() => {
        on.channel.kill();
        settle();
        reject(new UsbFault('timeout', 'host-hung'));
      }, ANSWER_MS);
      on.waiting.set(request.seq, {
        resolve: (answer) => {
          settle();
          resolve(answer);
        },
        reject: (fault) => {
          settle();
          reject(fault);
        },
      });
      on.channel.post(request);
    });
  }

  return {
    async list() {
      if (isClosed) return closed;
      // A host that is to be started again is not started before its time: the list says why there is none.
      if (restart === undefined) watch();
      if (known && (restart !== undefined || fresh)) return known;
      return new Promise((resolve) => {
        const done = () => {
          clearTimeout(timer);
          awaitingList.delete(done);
          resolve(known ?? { state: 'unavailable', reason: 'host-silent', devices: [] });
        };
        const timer = setTimeout(done, listMs);
        awaitingList.add(done);
      });
    },

    onChange(listener) {
      listeners.add(listener);
      if (restart === undefined) watch();
      return () => {
        listeners.delete(listener);
      };
    },

    connect(device: UsbAddress, named) {
      const stream = ++counter;
      if (isClosed) return deviceStream(() => Promise.reject(new UsbFault('unavailable', 'closed')), named);
      const on = running();
      return deviceStream((call) => {
        const seq = ++counter;
        if (call.op === 'open') return ask(on, { seq, op: 'open', stream, device });
        if (call.op === 'write') return ask(on, { seq, op: 'write', stream, data: call.data });
        return ask(on, { seq, op: call.op, stream });
      }, named);
    },

    async close() {
      isClosed = true;
      clearTimeout(restart);
      tell(closed);
      listeners.clear();
      if (!host?.alive) return;
      host.channel.kill();
      // The host does not keep this process running, so its end is awaited by something that does.
      const patience = setTimeout(() => {}, CLOSE_MS);
      await host.exited;
      clearTimeout(patience);
    },
  };
}

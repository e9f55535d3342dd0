import path from 'node:path';
import type { z } from 'zod';
import { CounterError, fromErrorShape } from '../../../../contract/errors.ts';
import type { HostChannel, LaunchHost } from './channel.ts';
import {
  emptyResult,
  type HostCall,
  type HostRequest,
  hostReply,
  type OpenResult,
  openResult,
  type ProbeResult,
  presentResult,
  probeResult,
  signResult,
  type TokenChoice,
  type TokenReport,
} from './messages.ts';

type Op = HostRequest['op'];
type SignCall = Extract<HostCall, { op: 'sign' }>;

/** Milliseconds after which a call counts as hung. A slow card takes some 200 ms a call, a login up to seconds. */
export const HOST_PATIENCE: Readonly<Record<Op, number>> = {
  probe: 15_000,
  open: 30_000,
  sign: 20_000,
  close: 5_000,
  present: 10_000,
  end: 3_000,
};
/** Milliseconds after which another process looks whether the token of a call that stalls is still there. */
const STALL = 3_000;

export interface OpenToken extends Omit<OpenResult, 'session'> {
  /** Throws TOKEN_HOST_CRASHED where the host that was logged in is gone: open again, with the PIN. */
  sign(request: Omit<SignCall, 'op' | 'session'>): Promise<Uint8Array>;
  close(): Promise<void>;
}

/**
 * The token host as a service. Every failure is a CounterError; besides the token's own: TOKEN_HUNG with `operation`
 * and `module` after the watchdog has killed the host, TOKEN_HOST_CRASHED where it died. The next request starts a new
 * host.
 *
 * A process that was given a PIN ends with its last session: strings in it can be let go but not wiped.
 */
export interface TokenHost {
  probe(module: string): Promise<ProbeResult>;
  /** Whether the token is there now. Asks for no PIN, so it may be asked again and again; bounded like any request. */
  present(module: string, token: TokenChoice): Promise<boolean>;
  /** The PIN is tried once: one C_Login, whatever comes of it. It is copied into the message and nowhere else. */
  open(module: string, token: TokenChoice, pin: string): Promise<OpenToken>;
  /** Ends the host's process; tokens are logged out by that. */
  shutdown(): Promise<void>;
}

export interface TokenHostOptions {
  readonly launch: LaunchHost;
  readonly patience?: Partial<Record<Op | 'stall', number>>;
}

interface Waiting {
  readonly seq: number;
  settle(outcome: { readonly reply: unknown } | 'exit'): void;
}

interface Running {
  readonly channel: HostChannel;
  readonly exited: Promise<void>;
  waiting: Waiting | null;
  alive: boolean;
  /** A PIN went into this process. */
  sawPin: boolean;
  readonly sessions: Set<number>;
}

export function createTokenHost({ launch, patience }: TokenHostOptions): TokenHost {
  const limits = { ...HOST_PATIENCE, stall: STALL, ...patience };
  let running: Running | null = null;
  let queue: Promise<unknown> = Promise.resolve();
  let seq = 0;

  function host(): Running {
    if (running?.alive) return running;
    running = start(launch);
    return running;
  }

  /** One request at a time: a module is one thread, and a watchdog that waits for another's call would lie. */
  function inTurn<T>(action: () => Promise<T>): Promise<T> {
    const turn = queue.then(action);
    queue = turn.then(
      () => undefined,
      () => undefined,
    );
    return turn;
  }

  /** `module` is named where the call hangs or its host dies. */
  async function ask<S extends z.ZodType>(
    on: Running,
    call: HostCall,
    schema: S,
    module: string,
    stalled?: Stalled,
  ): Promise<z.infer<S>> {
    const about = { operation: call.op, module: path.basename(module) };
    const limit = limits[call.op];
    const reply = await exchange(on, { ...call, seq: ++seq }, { limit, about, stalled });
    const parsed = hostReply.safeParse(reply);
    if (parsed.success && !parsed.data.ok) throw fromErrorShape(parsed.data.error);
    const result = schema.safeParse(parsed.success && parsed.data.ok ? parsed.data.result : undefined);
    if (result.success) return result.data;
    on.alive = false;
    on.channel.kill();
    throw new CounterError('TOKEN_HOST_CRASHED', { ...about, reason: 'protocol' });
  }

  /** Lets a host leave its modules in order, and kills one that does not. */
  async function end(on: Running): Promise<void> {
    if (!on.alive) return;
    on.alive = false;
    on.channel.post({ op: 'end', seq: ++seq } satisfies HostRequest);
    const watchdog = setTimeout(() => on.channel.kill(), limits.end);
    await on.exited;
    clearTimeout(watchdog);
  }

  /**
   * Some modules never return when their token is pulled in the middle of a call (OpenSC 0.23 waits for a lock of its
   * own). A process of its own asks a fresh copy of the module whether the token is still there; no PIN is near it.
   */
  async function isGone(module: string, { label, serial }: TokenReport): Promise<boolean> {
    const watcher = start(launch);
    try {
      const call = { op: 'present', module, token: { label, serial } } as const;
      return !(await ask(watcher, call, presentResult, module)).present;
    } catch (error) {
      // A watcher that fails or hangs has seen nothing: the first call's own limit stands.
      if (error instanceof CounterError) return false;
      throw error;
    } finally {
      await end(watcher);
    }
  }

  async function endIfDone(on: Running): Promise<void> {
    if (on.sawPin && on.sessions.size === 0) await end(on);
  }

  async function open(module: string, token: TokenChoice, pin: string): Promise<OpenToken> {
    const on = host();
    on.sawPin = true;
    const octets = Buffer.from(pin, 'utf8');
    // Sending copies the octets at once, so the buffer is wiped while the token is still at work.
    const asked = ask(on, { op: 'open', module, token, pin: octets }, openResult, module);
    octets.fill(0);
    const { session, ...opened } = await asked.catch(async (error: unknown) => {
      await endIfDone(on);
      throw error;
    });
    on.sessions.add(session);
    return {
      ...opened,
      sign: (request) =>
        inTurn(async () => {
          if (!on.sessions.has(session))
            throw new CounterError('TOKEN_PIN_NEEDED', { reason: 'session-closed' });
          if (!on.alive)
            throw new CounterError('TOKEN_HOST_CRASHED', {
              operation: 'sign',
              module: path.basename(module),
            });
          const stalled = { after: limits.stall, isGone: () => isGone(module, opened.token) };
          const call = { op: 'sign', session, ...request } as const;
          return (await ask(on, call, signResult, module, stalled)).signature;
        }),
      close: () =>
        inTurn(async () => {
          if (!on.sessions.delete(session) || !on.alive) return;
          await ask(on, { op: 'close', session }, emptyResult, module);
          await endIfDone(on);
        }),
    };
  }

  return {
    probe: (module) => inTurn(() => ask(host(), { op: 'probe', module }, probeResult, module)),

    present: (module, token) =>
      inTurn(
        async () => (await ask(host(), { op: 'present', module, token }, presentResult, module)).present,
      ),

    open: (module, token, pin) => inTurn(() => open(module, token, pin)),

    shutdown: () =>
      inTurn(async () => {
        if (running) await end(running);
      }),
  };
}

function start(launch: LaunchHost): Running {
  const channel = launch();
  let exit = () => {};
  const exited = new Promise<void>((resolve) => {
    exit = resolve;
  });
  const running: Running = {
    ...{ channel, exited, waiting: null, alive: true, sawPin: false },
    sessions: new Set(),
  };
  channel.onMessage((reply) => {
    const waiting = running.waiting;
    // A reply that nobody waits for came too late.
    if (waiting && typeof reply === 'object' && reply && 'seq' in reply && reply.seq === waiting.seq) {
      waiting.settle({ reply });
    }
  });
  channel.onExit(() => {
    running.alive = false;
    running.waiting?.settle('exit');
    exit();
  });
  return running;
}

interface Stalled {
  readonly after: number;
  readonly isGone: () => Promise<boolean>;
}

interface Terms {
  readonly limit: number;
  readonly about: { readonly operation: string; readonly module: string };
  readonly stalled?: Stalled | undefined;
}

function exchange(on: Running, request: HostRequest, { limit, about, stalled }: Terms): Promise<unknown> {
  return new Promise((resolve, reject) => {
    let over = false;
    const finish = (action: () => void) => {
      if (over) return;
      over = true;
      clearTimeout(watchdog);
      clearTimeout(look);
      on.waiting = null;
      action();
    };
    const giveUp = (failure: unknown) => {
      if (over) return;
      on.alive = false;
      on.channel.kill();
      finish(() => reject(failure));
    };
    const watchdog = setTimeout(
      () => giveUp(new CounterError('TOKEN_HUNG', { ...about, seconds: limit / 1000 })),
      limit,
    );
    const look = stalled
      ? setTimeout(() => {
          stalled.isGone().then((gone) => {
            if (gone) giveUp(new CounterError('TOKEN_REMOVED', { ...about, reason: 'module-hung' }));
          }, giveUp);
        }, stalled.after)
      : undefined;
    on.waiting = {
      seq: request.seq,
      settle: (outcome) =>
        finish(() =>
          outcome === 'exit' ? reject(new CounterError('TOKEN_HOST_CRASHED', about)) : resolve(outcome.reply),
        ),
    };
    on.channel.post(request);
  });
}

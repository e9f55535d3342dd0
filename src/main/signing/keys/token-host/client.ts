import type { z } from 'zod';
import { CounterError, fromErrorShape } from '../../../../contract/errors.ts';
import type { HostChannel, LaunchHost } from './channel.ts';
import {
  closeResult,
  type HostCall,
  type HostRequest,
  hostReply,
  type OpenResult,
  openResult,
  type ProbeResult,
  probeResult,
  signResult,
  type TokenChoice,
} from './messages.ts';

type Op = HostRequest['op'];
type SignCall = Extract<HostCall, { op: 'sign' }>;

/** Milliseconds after which a call counts as hung. A slow card takes some 200 ms a call, a login up to seconds. */
export const HOST_PATIENCE: Readonly<Record<Op, number>> = {
  probe: 15_000,
  open: 30_000,
  sign: 20_000,
  close: 5_000,
};

export interface OpenToken extends Omit<OpenResult, 'session'> {
  /** Throws TOKEN_HOST_CRASHED where the host that was logged in is gone: open again, with the PIN. */
  sign(request: Omit<SignCall, 'op' | 'session'>): Promise<Uint8Array>;
  close(): Promise<void>;
}

/**
 * The token host as a service. Every failure is a CounterError; besides the token's own: TOKEN_HUNG after the
 * watchdog has killed the host, TOKEN_HOST_CRASHED where it died. The next request starts a new host.
 */
export interface TokenHost {
  probe(module: string): Promise<ProbeResult>;
  /** The PIN is tried once. It is copied into the message and nowhere else. */
  open(module: string, token: TokenChoice, pin: string): Promise<OpenToken>;
  /** Ends the host's process; tokens are logged out by that. */
  shutdown(): Promise<void>;
}

export interface TokenHostOptions {
  readonly launch: LaunchHost;
  readonly patience?: Partial<Record<Op, number>>;
}

interface Waiting {
  readonly seq: number;
  settle(outcome: { reply: unknown } | { failure: CounterError }): void;
}

interface Running {
  readonly channel: HostChannel;
  readonly exited: Promise<void>;
  waiting: Waiting | null;
  alive: boolean;
}

export function createTokenHost({ launch, patience }: TokenHostOptions): TokenHost {
  const limits = { ...HOST_PATIENCE, ...patience };
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

  async function ask<S extends z.ZodType>(on: Running, call: HostCall, schema: S): Promise<z.infer<S>> {
    const reply = await exchange(on, { ...call, seq: ++seq }, limits[call.op]);
    const parsed = hostReply.safeParse(reply);
    if (parsed.success && !parsed.data.ok) throw fromErrorShape(parsed.data.error);
    const result = schema.safeParse(parsed.success && parsed.data.ok ? parsed.data.result : undefined);
    if (result.success) return result.data;
    on.alive = false;
    on.channel.kill();
    throw new CounterError('TOKEN_HOST_CRASHED', { operation: call.op, reason: 'protocol' });
  }

  return {
    probe: (module) => inTurn(() => ask(host(), { op: 'probe', module }, probeResult)),

    open: (module, token, pin) =>
      inTurn(async () => {
        const on = host();
        const octets = Buffer.from(pin, 'utf8');
        // Sending copies the octets at once, so the buffer is wiped while the token is still at work.
        const asked = ask(on, { op: 'open', module, token, pin: octets }, openResult);
        octets.fill(0);
        const { session, ...opened } = await asked;
        return {
          ...opened,
          sign: (request) =>
            inTurn(async () => {
              if (!on.alive) throw new CounterError('TOKEN_HOST_CRASHED', { operation: 'sign' });
              return (await ask(on, { op: 'sign', session, ...request }, signResult)).signature;
            }),
          close: () =>
            inTurn(async () => {
              if (on.alive) await ask(on, { op: 'close', session }, closeResult);
            }),
        };
      }),

    shutdown: () =>
      inTurn(async () => {
        if (!running?.alive) return;
        running.channel.kill();
        await running.exited;
      }),
  };
}

function start(launch: LaunchHost): Running {
  const channel = launch();
  let exit = () => {};
  const exited = new Promise<void>((resolve) => {
    exit = resolve;
  });
  const running: Running = { channel, exited, waiting: null, alive: true };
  channel.onMessage((reply) => {
    const waiting = running.waiting;
    // A reply that nobody waits for came too late.
    if (waiting && typeof reply === 'object' && reply && 'seq' in reply && reply.seq === waiting.seq) {
      waiting.settle({ reply });
    }
  });
  channel.onExit(() => {
    running.alive = false;
    running.waiting?.settle({ failure: new CounterError('TOKEN_HOST_CRASHED') });
    exit();
  });
  return running;
}

function exchange(on: Running, request: HostRequest, limit: number): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const finish = (action: () => void) => {
      clearTimeout(watchdog);
      on.waiting = null;
      action();
    };
    const watchdog = setTimeout(() => {
      on.alive = false;
      on.channel.kill();
      finish(() => reject(new CounterError('TOKEN_HUNG', { operation: request.op, seconds: limit / 1000 })));
    }, limit);
    on.waiting = {
      seq: request.seq,
      settle: (outcome) =>
        finish(() => ('failure' in outcome ? reject(outcome.failure) : resolve(outcome.reply))),
    };
    on.channel.post(request);
  });
}

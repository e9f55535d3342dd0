import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { CounterError } from '../../../contract/errors.ts';

export interface ProgramSpec {
  readonly program: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
  /** Silence after which the program counts as hung: until its first sign of life, and from then on. */
  readonly firstMs: number;
  readonly idleMs: number;
  /** What standard error shows once the work is done, and how long the program may live after it. */
  readonly closing?: { readonly pattern: RegExp; readonly ms: number };
  readonly killGraceMs: number;
}

export interface ProgramEnd {
  /** Exit status; undefined where a signal ended it. */
  readonly code: number | undefined;
  readonly stderr: string;
  /** Why it was stopped from here, if it was; 'closing' = its work was done, it only did not end. */
  readonly stopped?: 'timeout' | 'closing' | 'cancelled' | 'left';
}

export interface Program {
  /** Lines of standard output as they are written; ends with the program. */
  readonly lines: AsyncIterable<string>;
  /** @throws CounterError SCANNER_TOOL_MISSING where it could not be started */
  readonly ended: Promise<ProgramEnd>;
  /** SIGTERM, then SIGKILL after the grace; returns when the program is gone. */
  stop(): Promise<void>;
}

/** What is kept of standard error: its end, where the reason stands. */
const MAX_STDERR = 16 << 10;

/**
 * Runs a scan program under a watchdog. Every byte that it writes on either output is a sign of life; without one
 * it is ended (2 of some 170 failing scans with the test back end of SANE 1.1.1 hung for ever).
 * It leads a process group of its own, so that what it started ends with it.
 */
export function startProgram(spec: ProgramSpec, signal: AbortSignal): Program {
  const child = spawn(spec.program, spec.args, {
    cwd: spec.cwd,
    env: { ...spec.env, LC_ALL: 'C' },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: process.platform !== 'win32',
    windowsHide: true,
  });
  const keep = { stderr: '', stopped: undefined as ProgramEnd['stopped'], killer: undefined as Timer };
  let watchdog: Timer;

  const terminate = (why: NonNullable<ProgramEnd['stopped']>) => {
    if (keep.stopped || hasExited(child)) return;
    keep.stopped = why;
    killGroup(child, 'SIGTERM');
    keep.killer = setTimeout(() => killGroup(child, 'SIGKILL'), spec.killGraceMs);
  };
  const alive = (ms: number) => {
    const done = spec.closing?.pattern.test(keep.stderr) ?? false;
    clearTimeout(watchdog);
    watchdog = setTimeout(() => terminate(done ? 'closing' : 'timeout'), done ? spec.closing!.ms : ms);
  };
  const onAbort = () => terminate('cancelled');

  alive(spec.firstMs);
  const lines = lineQueue();
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    alive(spec.idleMs);
    lines.push(text);
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    keep.stderr = (keep.stderr + text).slice(-MAX_STDERR);
    alive(spec.idleMs);
  });
  const ended = new Promise<ProgramEnd>((resolve, reject) => {
    child.once('error', (error: NodeJS.ErrnoException) => {
      lines.end();
      if (child.pid === undefined) reject(startFailure(spec, error));
    });
    child.once('close', (code) => {
      lines.end();
      const end = { code: code ?? undefined, stderr: keep.stderr };
      resolve(keep.stopped ? { ...end, stopped: keep.stopped } : end);
    });
  }).finally(() => {
    clearTimeout(watchdog);
    clearTimeout(keep.killer);
    signal.removeEventListener('abort', onAbort);
  });
  if (signal.aborted) onAbort();
  else signal.addEventListener('abort', onAbort, { once: true });

  return {
    lines: lines.read(),
    ended,
    stop: async () => {
      terminate('left');
      await ended;
    },
  };
}

/** Whole lines in the order of their writing; none is lost before the reader comes. */
function lineQueue() {
  const ready: string[] = [];
  let rest = '';
  let over = false;
  let wake = () => {};
  return {
    push(text: string) {
      const parts = (rest + text).split('\n');
      rest = parts.pop()!;
      ready.push(...parts);
      wake();
    },
    end() {
      over = true;
      wake();
    },
    async *read(): AsyncGenerator<string, void, void> {
      for (;;) {
        const line = ready.shift();
        if (line !== undefined) yield line;
        else if (over) return;
        else
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
      }
    },
  };
}

type Timer = NodeJS.Timeout | undefined;
type Child = ChildProcessByStdio<null, Readable, Readable>;

function hasExited(child: Child): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

function killGroup(child: Child, name: 'SIGTERM' | 'SIGKILL'): void {
  if (child.pid === undefined) return;
  if (process.platform === 'win32') {
    child.kill(name);
    return;
  }
  try {
    process.kill(-child.pid, name);
  } catch (error) {
    // ESRCH: the whole group has ended in the meantime, which is what was wanted.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function startFailure(spec: ProgramSpec, error: NodeJS.ErrnoException): CounterError {
  const program = spec.program.slice(spec.program.lastIndexOf('/') + 1);
  return new CounterError('SCANNER_TOOL_MISSING', { program, reason: error.code ?? '' }, { cause: error });
}

import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';
import { CounterError } from '../../../contract/errors.ts';
import { askToEnd, endForced, hasExited } from './kill.ts';
import { lineQueue } from './lines.ts';

export interface ProgramSpec {
  readonly program: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
  /**
   * What is written to standard input, which then stays open: its end tells the program to stop. Without it the
   * program has no standard input, and only a signal stops it.
   */
  readonly input?: string;
  /** Silence after which the program counts as hung: until its first sign of life, and from then on. */
  readonly firstMs: number;
  readonly idleMs: number;
  /** Whether standard error is a sign of life too (scanimage shows its progress there). */
  readonly stderrIsLife: boolean;
  /** What standard error shows once the work is done, and how long the program may live after it. */
  readonly closing?: { readonly pattern: RegExp; readonly ms: number };
  /** Octets of one line of standard output; 0 where nobody reads what it says. */
  readonly maxLineBytes: number;
  /** Between the closed input and SIGTERM, and between SIGTERM and SIGKILL. */
  readonly killGraceMs: number;
}

/**
 * Why a program was stopped from here: 'closing' = its work was done, it only did not end; 'left' = nobody wants its
 * pages any more; 'failed' = what it gave was refused.
 */
export type StopReason =
  | 'timeout'
  | 'closing'
  | 'cancelled'
  | 'left'
  | 'failed'
  | 'line-too-long'
  | 'folder-too-large';

export interface ProgramEnd {
  /** Exit status; undefined where a signal ended it. */
  readonly code: number | undefined;
  readonly stderr: string;
  /** Octets after the last line end of standard output. */
  readonly unfinished: number;
  readonly stopped?: StopReason;
}

export interface Program {
  /** Lines of standard output as they are written, as octets; ends with the program. */
  readonly lines: AsyncIterable<Buffer>;
  /** @throws CounterError SCANNER_TOOL_MISSING where it could not be started */
  readonly ended: Promise<ProgramEnd>;
  /** The program has said that its work is done: it may live for `ms` more. */
  windUp(ms: number): void;
  /** Ends the program; returns when it is gone. */
  stop(why?: StopReason): Promise<void>;
}

/** What is kept of standard error: its end, where the reason stands. */
const MAX_STDERR = 16 << 10;
/** Lines that wait for a slow reader before the program is made to wait too. */
const MAX_WAITING = 256;

/**
 * Runs a scan program under a watchdog. Every octet that it writes on standard output is a sign of life; without
 * one it is ended (2 of some 170 failing scans with the test back end of SANE 1.1.1 hung for ever).
 * It leads a process group of its own, so that what it started ends with it.
 *
 * @throws CounterError SCANNER_TOOL_MISSING where the file is no program
 */
export function startProgram(spec: ProgramSpec, signal: AbortSignal): Program {
  const child = start(spec);
  const { stdin, stdout, stderr } = child;
  if (!stdout || !stderr) throw new CounterError('INTERNAL', { what: 'program-pipes' });
  const lines = lineQueue(spec.maxLineBytes);
  const keep = { stderr: '', stopped: undefined as StopReason | undefined };
  let windingUp: number | undefined;
  let watchdog: NodeJS.Timeout | undefined;
  let killer: NodeJS.Timeout | undefined;

  const terminate = (why: StopReason) => {
    stdout.resume();
    if (keep.stopped || hasExited(child)) return;
    keep.stopped = why;
    clearTimeout(watchdog);
    stdin?.end();
    const force = () => endForced(child);
    const ask = () => {
      askToEnd(child);
      killer = setTimeout(force, spec.killGraceMs);
    };
    // Who hangs does not read its input either; who is cancelled may still give the device its paper back.
    if (stdin && (why === 'cancelled' || why === 'left')) killer = setTimeout(ask, spec.killGraceMs);
    else ask();
  };
  const alive = (ms: number) => {
    clearTimeout(watchdog);
    // A program that is made to wait for the reader cannot show that it lives.
    if (keep.stopped || stdout.isPaused()) return;
    if (windingUp === undefined) watchdog = setTimeout(() => terminate('timeout'), ms);
    else watchdog = setTimeout(() => terminate('closing'), windingUp);
  };
  const onAbort = () => terminate('cancelled');

  alive(spec.firstMs);
  stdin?.on('error', () => {
    // EPIPE: it ended or closed its input before it had read it all; how it ends tells why.
  });
  stdin?.write(spec.input);
  stdout.on('data', (bytes: Buffer) => {
    if (spec.maxLineBytes === 0) return;
    // What a stopped program still says is heard (a page may be whole), but not without end.
    const heard = lines.waiting() < 4 * MAX_WAITING;
    if (heard && !lines.push(bytes)) terminate('line-too-long');
    if (lines.waiting() > MAX_WAITING && !keep.stopped) stdout.pause();
    if (windingUp === undefined) alive(spec.idleMs);
  });
  stderr.setEncoding('utf8').on('data', (text: string) => {
    keep.stderr = (keep.stderr + text).slice(-MAX_STDERR);
    if (windingUp === undefined && spec.closing?.pattern.test(keep.stderr)) windingUp = spec.closing.ms;
    if (spec.stderrIsLife) alive(spec.idleMs);
  });
  const taken = () => {
    if (!stdout.isPaused() || lines.waiting() > 0) return;
    stdout.resume();
    alive(spec.idleMs);
  };
  // Somebody who left the group may hold the pipes open for ever; a slow reader's lines are waited for.
  const closePipes = () => {
    if (stdout.isPaused()) {
      killer = setTimeout(closePipes, spec.killGraceMs);
      return;
    }
    stdout.destroy();
    stderr.destroy();
  };
  const ended = new Promise<ProgramEnd>((resolve, reject) => {
    child.once('error', (error: NodeJS.ErrnoException) => {
      lines.end();
      if (child.pid === undefined) reject(startFailure(spec, error));
    });
    child.once('exit', () => {
      clearTimeout(watchdog);
      clearTimeout(killer);
      // One process a scan: what it left behind would hold the device and the pipes.
      if (process.platform !== 'win32') endForced(child);
      killer = setTimeout(closePipes, spec.killGraceMs);
    });
    child.once('close', (code) => {
      lines.end();
      const end = { code: code ?? undefined, stderr: keep.stderr, unfinished: lines.unfinished() };
      resolve(keep.stopped ? { ...end, stopped: keep.stopped } : end);
    });
  }).finally(() => {
    clearTimeout(watchdog);
    clearTimeout(killer);
    signal.removeEventListener('abort', onAbort);
  });
  if (signal.aborted) onAbort();
  else signal.addEventListener('abort', onAbort, { once: true });

  return {
    lines: lines.read(taken),
    ended,
    windUp(ms) {
      windingUp ??= ms;
      alive(ms);
    },
    stop: async (why = 'left') => {
      terminate(why);
      await ended;
    },
  };
}

function start(spec: ProgramSpec): ChildProcess {
  try {
    return spawn(spec.program, spec.args, {
      cwd: spec.cwd,
      env: { ...spec.env },
      stdio: [spec.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
      detached: process.platform !== 'win32',
      windowsHide: true,
    });
  } catch (error) {
    // Some failures are thrown at once (a file that is no program), the others come as an event.
    throw startFailure(spec, error as NodeJS.ErrnoException);
  }
}

function startFailure(spec: ProgramSpec, error: NodeJS.ErrnoException): CounterError {
  const program = path.basename(spec.program.replaceAll('\\', '/'));
  return new CounterError('SCANNER_TOOL_MISSING', { program, reason: error.code ?? '' }, { cause: error });
}

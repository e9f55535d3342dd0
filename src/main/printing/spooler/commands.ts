import { spawn } from 'node:child_process';
import { CounterError } from '../../../contract/errors.ts';
import type { SpoolerRules } from './rules.ts';

/** A job in the spooler as Win32_PrintJob tells it (CIM, Win32_PrintJob class). */
export interface SpoolerJob {
  /** `PRINTER, NUMBER`. */
  readonly name: string;
  readonly document: string;
  /** Bits: 1 paused, 2 error, 4 deleting, 8 spooling, 16 printing, 32 offline, 64 out of paper, 128 printed, … */
  readonly status: number;
  readonly pagesPrinted: number;
}

/** What is asked of the operating system's spooler; nothing of it goes through a shell. */
export interface SpoolerCommands {
  /** Returns when the file is in the spooler. @throws CounterError SPOOLER_MISSING, SPOOLER_FAILED, CANCELLED */
  print(printer: string, settings: string, file: string, signal: AbortSignal): Promise<void>;
  jobs(signal: AbortSignal): Promise<readonly SpoolerJob[]>;
  cancel(job: SpoolerJob, signal: AbortSignal): Promise<void>;
}

export interface SpoolerLimits {
  /** A program that takes longer hangs, milliseconds. */
  readonly printMs: number;
  readonly askMs: number;
  readonly maxOutputBytes: number;
}

export const SPOOLER_LIMITS: SpoolerLimits = { printMs: 120_000, askMs: 20_000, maxOutputBytes: 4 << 20 };

/**
 * The programs that an admin named. The printing one is called as SumatraPDF is: `-print-to NAME -print-settings
 * SETTINGS -silent FILE`. A program that is started by name is looked for where the system looks; one that hangs is
 * killed.
 */
export function spoolerCommands(
  rules: SpoolerRules,
  limits: SpoolerLimits = SPOOLER_LIMITS,
): SpoolerCommands {
  const ask = (command: readonly string[], signal: AbortSignal) => {
    const [program = '', ...args] = command;
    return run(program, args, limits.askMs, limits.maxOutputBytes, signal);
  };
  return {
    async print(printer, settings, file, signal) {
      const args = ['-print-to', printer, '-print-settings', settings, '-silent', file];
      await run(rules.program, args, limits.printMs, limits.maxOutputBytes, signal);
    },
    async jobs(signal) {
      return readJobs(textOf(await ask(rules.jobs, signal)));
    },
    async cancel({ name }, signal) {
      const quoted = name.replaceAll(/['\\]/g, (character) => `\\${character}`);
      await ask(
        rules.cancel.map((argument) => argument.replaceAll('{name}', () => quoted)),
        signal,
      );
    },
  };
}

function run(
  program: string,
  args: readonly string[],
  ms: number,
  maxBytes: number,
  signal: AbortSignal,
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(new CounterError('CANCELLED'));
    const child = spawn(program, args, {
      shell: false,
      windowsHide: true,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const chunks: Buffer[] = [];
    let size = 0;
    let why: CounterError | undefined;
    const end = (reason: CounterError) => {
      why ??= reason;
      child.kill('SIGKILL');
    };
    const timer = setTimeout(() => end(new CounterError('SPOOLER_FAILED', { reason: 'hangs' })), ms);
    const onAbort = () => end(new CounterError('CANCELLED'));
    signal.addEventListener('abort', onAbort, { once: true });
    const settle = (then: () => void) => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      then();
    };
    child.stdout.on('data', (chunk: Buffer) => {
      size += chunk.length;
      chunks.push(chunk);
      if (size > maxBytes) end(new CounterError('SPOOLER_FAILED', { reason: 'says-too-much' }));
    });
    child.once('error', (error: NodeJS.ErrnoException) =>
      settle(() =>
        reject(new CounterError('SPOOLER_MISSING', { reason: error.code ?? '' }, { cause: error })),
      ),
    );
    child.once('exit', (code, killedBy) => {
      // What it started may hold its output open for ever.
      child.stdout.destroy();
      settle(() => {
        if (why) reject(why);
        else if (code === 0) resolve(Buffer.concat(chunks, size));
        else reject(new CounterError('SPOOLER_FAILED', { reason: 'exit', status: code ?? String(killedBy) }));
      });
    });
  });
}

/** wmic writes UTF-16 into a pipe on some systems, the console's code page on others. */
function textOf(octets: Buffer): string {
  const utf16 = (octets[0] === 0xff && octets[1] === 0xfe) || (octets.length > 1 && octets[1] === 0);
  return octets.toString(utf16 ? 'utf16le' : 'utf8').replace(/^\ufeff/, '');
}

const MOST_JOBS = 1000;

/** Blocks of `Key=Value` (wmic's list format) or `Key : Value` (PowerShell's Format-List), an empty line between them. */
export function readJobs(text: string): SpoolerJob[] {
  const jobs: SpoolerJob[] = [];
  let fields = new Map<string, string>();
  const close = () => {
    const name = fields.get('name');
    if (name !== undefined && jobs.length < MOST_JOBS) {
      jobs.push({
        name,
        document: fields.get('document') ?? '',
        status: whole(fields.get('statusmask')),
        pagesPrinted: whole(fields.get('pagesprinted')),
      });
    }
    fields = new Map();
  };
  // wmic ends its lines with two carriage returns.
  for (const line of text.split(/\r*\n/)) {
    const field = /^(\w+)\s*[=:]\s?(.*)$/.exec(line);
    const key = field?.[1]?.toLowerCase();
    if (key === undefined || fields.has(key)) close();
    if (key !== undefined) fields.set(key, field![2]!.trimEnd());
  }
  close();
  return jobs;
}

function whole(text: string | undefined): number {
  return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : 0;
}

import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { CounterError, type ErrorCode } from '../../../contract/errors.ts';
import { pause, requireRunning } from '../../scanning/wait.ts';
import { readDocument } from '../document.ts';
import type { PrintLimits } from '../ipp/limits.ts';
import type { LedgerEntry, PrintLedger } from '../ledger.ts';
import type { Cancelled, Printer, PrintJob, PrintOptions } from '../port.ts';
import { A4, nameOfSheet, type SheetSize } from '../sheet-size.ts';
import type { SpoolerCommands, SpoolerJob } from './commands.ts';

export interface SpoolerPrinterDeps {
  readonly commands: SpoolerCommands;
  readonly ledger: PrintLedger;
  readonly limits: PrintLimits;
  /** Unix time in milliseconds. */
  readonly now: () => number;
}

/** Bits of Win32_PrintJob.StatusMask. */
const BIT = {
  paused: 1,
  error: 2,
  deleting: 4,
  printing: 16,
  offline: 32,
  paperOut: 64,
  printed: 128,
  deleted: 256,
  blocked: 512,
  person: 1024,
} as const;

const BLOCKS: readonly (readonly [number, ErrorCode])[] = [
  [BIT.paperOut, 'PRINTER_MEDIA_EMPTY'],
  [BIT.offline, 'PRINTER_UNREACHABLE'],
  [BIT.paused | BIT.error | BIT.blocked | BIT.person, 'PRINTER_STOPPED'],
];

/** Sizes that the printing program has a word for; other sheets are the printer's own setting. */
const PAPERS: Readonly<Record<string, string>> = {
  iso_a3_297x420mm: 'A3',
  iso_a4_210x297mm: 'A4',
  iso_a5_148x210mm: 'A5',
  iso_a6_105x148mm: 'A6',
  'na_letter_8.5x11in': 'letter',
};

/** A printer of the Windows spooler by its name there. Only PDFs; the program turns them into what the driver takes. */
export function spoolerPrinter(name: string, deps: SpoolerPrinterDeps): Printer {
  const uri = `spooler:${name}`;
  const { commands, ledger, limits, now } = deps;
  const remember = (key: string, state: LedgerEntry['state']) =>
    ledger.set(uri, key, { state, jobId: 0, at: now() });

  async function find(key: string, signal: AbortSignal): Promise<SpoolerJob | undefined> {
    const wanted = documentName(key);
    const jobs = await commands.jobs(signal);
    return jobs.find((job) => job.name.startsWith(`${name}, `) && job.document.includes(wanted));
  }

  /** One answer that fails is no news of the job. */
  async function look(key: string, signal: AbortSignal): Promise<SpoolerJob | undefined> {
    for (let tries = 1; ; tries++) {
      try {
        return await find(key, signal);
      } catch (error) {
        const failed = error instanceof CounterError && error.code === 'SPOOLER_FAILED';
        if (!failed || tries >= limits.pollTries) throw error;
      }
      await pause(limits.pollMs, signal);
    }
  }

  /** The program names the job by its file, so the file is called as the key is. */
  async function send(file: string, key: string, settings: string, signal: AbortSignal): Promise<void> {
    const folder = await mkdtemp(path.join(tmpdir(), 'mcc-print-'));
    try {
      const named = path.join(folder, `${documentName(key)}.pdf`);
      await copyFile(file, named);
      await commands.print(name, settings, named, signal);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  /** True where the job is in the spooler already. */
  async function isThere(key: string, signal: AbortSignal): Promise<boolean> {
    const noted = await ledger.get(uri, key);
    if (!noted || noted.state === 'failed') return false;
    if (await find(key, signal)) return true;
    // Gone from the spooler while nobody looked: printed, or deleted by somebody.
    throw new CounterError('PRINTER_JOB_UNCERTAIN', { job: 0 });
  }

  async function handOver(file: string, key: string, options: PrintOptions, signal: AbortSignal) {
    options.onProgress?.({ state: 'sending', sides: 0, blockedBy: null });
    await remember(key, 'sending');
    try {
      await send(file, key, settingsOf(options), signal);
    } catch (error) {
      if (error instanceof CounterError && error.code === 'SPOOLER_MISSING') await remember(key, 'failed');
      throw error;
    }
    await remember(key, 'sent');
  }

  async function follow(key: string, options: PrintOptions, signal: AbortSignal): Promise<void> {
    const either = options.leave ? AbortSignal.any([signal, options.leave]) : signal;
    let told = '';
    let last: SpoolerJob | undefined;
    let blockedSince: number | null = null;
    for (;;) {
      const job = await look(key, either);
      const status = (job ?? last)?.status ?? 0;
      if (!job || (status & BIT.printed) !== 0) {
        if ((status & (BIT.deleting | BIT.deleted)) === 0) return;
        await remember(key, 'failed');
        throw new CounterError('PRINTER_JOB_FAILED', { job: 0, reason: 'deleted' });
      }
      last = job;
      const block = BLOCKS.find(([bits]) => (status & bits) !== 0)?.[1] ?? null;
      const state = (status & BIT.printing) !== 0 ? 'processing' : 'pending';
      const progress = { state, sides: job.pagesPrinted, blockedBy: block } as const;
      if (JSON.stringify(progress) !== told) options.onProgress?.(progress);
      told = JSON.stringify(progress);
      blockedSince = block ? (blockedSince ?? now()) : null;
      if (block && blockedSince !== null && now() - blockedSince >= limits.blockedMs)
        throw new CounterError(block, { job: 0 });
      await pause(limits.pollMs, either);
    }
  }

  async function print(file: string, key: string, signal: AbortSignal, options: PrintOptions) {
    requireRunning(signal);
    const document = await readDocument(file);
    if (document.format !== 'application/pdf')
      throw new CounterError('PRINTER_UNSUPPORTED_FORMAT', { format: document.format });
    const job: PrintJob = { id: key, state: 'completed', pages: document.pages, target: uri };
    if ((await ledger.get(uri, key))?.state === 'completed') return job;
    if (!(await isThere(key, signal))) await handOver(file, key, options, signal);
    try {
      await follow(key, options, signal);
    } catch (error) {
      const taken = error instanceof CounterError && error.code === 'CANCELLED' && signal.aborted;
      if (taken) await cancel(key, AbortSignal.timeout(limits.answerMs));
      throw error;
    }
    await remember(key, 'completed');
    return job;
  }

  async function cancel(key: string, signal: AbortSignal): Promise<Cancelled> {
    const noted = await ledger.get(uri, key);
    if (noted?.state === 'completed') return 'completed';
    const job = await find(key, signal);
    if (!job) return !noted || noted.state === 'failed' ? 'cancelled' : 'unknown';
    await commands.cancel(job, signal);
    await remember(key, 'failed');
    return 'cancelled';
  }

  return {
    ...{ uri, cancel },
    /** Whoever cannot list its jobs cannot print there either. */
    async describe(signal) {
      const jobs = await commands.jobs(signal);
      return { name, state: jobs.some((job) => job.name.startsWith(`${name}, `)) ? 'processing' : 'idle' };
    },
    /** The spooler tells nothing of trays and sheets to a program that is not the driver: A4 is in every printer. */
    capabilities: async () => ({
      ...{ uri, sheets: [A4], custom: null, trays: [], maxCopies: 99 },
      sides: ['one-sided', 'two-sided-long-edge', 'two-sided-short-edge'],
      formats: ['application/pdf'],
    }),
    print: (file, key, signal, options = {}) => print(file, key, signal, options),
  };
}

function documentName(key: string): string {
  return `mcc-${key.replaceAll(/[^A-Za-z0-9._-]/g, '_')}`.slice(0, 120);
}

const DUPLEX = {
  'one-sided': 'simplex',
  'two-sided-long-edge': 'duplexlong',
  'two-sided-short-edge': 'duplexshort',
} as const;

/**
 * The words of SumatraPDF's -print-settings.
 * @throws CounterError PRINTER_REJECTED {reason: 'tray'} for a tray whose name would be read as more than one word
 */
export function settingsOf(options: PrintOptions): string {
  const { copies = 1, sides = 'one-sided', sheet = A4, tray = '', scaling } = options;
  if (/[,\p{Cc}]/u.test(tray)) throw new CounterError('PRINTER_REJECTED', { reason: 'tray' });
  const paper = paperOf(sheet);
  return [
    ...(copies > 1 ? [`${copies}x`] : []),
    DUPLEX[sides],
    scaling === 'fit' ? 'shrink' : 'noscale',
    ...(paper === undefined ? [] : [`paper=${paper}`]),
    ...(tray === '' ? [] : [`bin=${tray}`]),
  ].join(',');
}

function paperOf(sheet: SheetSize): string | undefined {
  const name = nameOfSheet(sheet);
  return name === undefined ? undefined : PAPERS[name];
}

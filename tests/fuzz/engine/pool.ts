import { type ChildProcess, fork } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openJournal, readJournal } from './journal.ts';
import type { Done, Job, Message, SentFinding } from './messages.ts';
import { minimised } from './minimise.ts';

export interface PoolOptions {
  readonly seed: string;
  readonly jobs: number;
  /** Executions of each target. */
  readonly plan: ReadonlyMap<string, number>;
  /** Of the processor, where the system tells them, so that a busy machine is not taken for a hang. */
  readonly hangSeconds: number;
  /** Heap of a worker; it dies above it, which is a finding. */
  readonly heapMegabytes: number;
  readonly coverage: boolean;
  /** How often a slice is started again after its worker hung or died, before the rest of it is given up. */
  readonly restarts: number;
  /** Where inputs that fail are saved; null = nowhere. */
  readonly folder: string | null;
  readonly log: (line: string) => void;
}

export interface TargetResult {
  executions: number;
  crashes: number;
  hangs: number;
  /** Megabytes. */
  peakRss: number;
  cpuSeconds: number;
  outcomes: number;
  corpus: number;
  covered: number;
  slowestMilliseconds: number;
  readonly findings: SentFinding[];
}

/** Slices are the same whatever the number of jobs, so that a seed leads to the same inputs on every machine. */
const SLICE = 200_000;
const HANG_TRIALS = 24;

interface Slice {
  readonly target: string;
  readonly seed: string;
  readonly executions: number;
}

/** Runs all slices of a plan in worker processes, so many at a time. */
export async function runPool(options: PoolOptions): Promise<ReadonlyMap<string, TargetResult>> {
  const results = new Map([...options.plan.keys()].map((name) => [name, emptyResult()]));
  const slices = [...options.plan].flatMap(([target, executions]) =>
    slicesOf(target, executions, options.seed),
  );
  const scratch = mkdtempSync(path.join(tmpdir(), 'counter-fuzz-'));
  if (options.folder) mkdirSync(options.folder, { recursive: true });
  const worker = async (number: number) => {
    for (let slice = slices.shift(); slice; slice = slices.shift()) {
      const result = results.get(slice.target)!;
      await runSlice(slice, path.join(scratch, `journal-${number}`), result, options);
      options.log(
        `${slice.target}: ${result.executions} executions, ${result.crashes} crashes, ${result.hangs} hangs`,
      );
    }
  };
  try {
    await Promise.all(Array.from({ length: options.jobs }, (_, i) => worker(i)));
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
  return results;
}

function emptyResult(): TargetResult {
  const counts = { executions: 0, crashes: 0, hangs: 0, peakRss: 0, cpuSeconds: 0 };
  return { ...counts, outcomes: 0, corpus: 0, covered: 0, slowestMilliseconds: 0, findings: [] };
}

function slicesOf(target: string, executions: number, seed: string): Slice[] {
  return Array.from({ length: Math.ceil(executions / SLICE) }, (_, i) => ({
    target,
    seed: `${seed}/${i}`,
    executions: Math.min(SLICE, executions - i * SLICE),
  }));
}

/** A worker that hangs or dies is replaced by one that goes on with other inputs. */
async function runSlice(
  slice: Slice,
  journal: string,
  result: TargetResult,
  options: PoolOptions,
): Promise<void> {
  let left = slice.executions;
  for (let restarts = 0; left > 0 && restarts <= options.restarts; restarts++) {
    const seed = restarts === 0 ? slice.seed : `${slice.seed}/again-${restarts}`;
    const job: Job = { target: slice.target, seed, executions: left, journal, coverage: options.coverage };
    const end = await runJob(job, options);
    if (end.done) {
      add(result, end.done);
      for (const finding of end.done.findings) save(finding, slice.target, seed, result, options);
      return;
    }
    const { execution, input } = readJournal(journal);
    left -= execution + 1;
    result.executions += execution + 1;
    if (end.hung) result.hangs++;
    else result.crashes++;
    const kind = end.hung ? 'hang' : 'crash';
    const key = end.hung ? 'hang' : 'process died';
    const known = result.findings.some((finding) => finding.key === key);
    const smaller = end.hung && !known ? await smallerHang(job, input, options) : input;
    save(
      { kind, key, message: end.message, input: smaller.toString('base64') },
      slice.target,
      seed,
      result,
      options,
    );
  }
}

function add(result: TargetResult, done: Done): void {
  result.executions += done.executions;
  result.crashes += done.crashes;
  result.peakRss = Math.max(result.peakRss, Math.round(done.peak / 1024));
  result.cpuSeconds += done.cpu;
  result.outcomes = Math.max(result.outcomes, done.outcomes);
  result.corpus = Math.max(result.corpus, done.corpus);
  result.covered = Math.max(result.covered, done.covered);
  result.slowestMilliseconds = Math.max(result.slowestMilliseconds, Math.round(done.slowest));
}

function save(
  finding: SentFinding,
  target: string,
  seed: string,
  result: TargetResult,
  { folder, log }: PoolOptions,
): void {
  if (result.findings.some((known) => known.key === finding.key)) return;
  result.findings.push(finding);
  log(`${target} ${finding.kind}: ${finding.message.split('\n').slice(0, 4).join(' | ')}`);
  if (!folder) return;
  const file = path.join(folder, `${target}-${finding.kind}-${result.findings.length}`);
  writeFileSync(`${file}.bin`, Buffer.from(finding.input, 'base64'));
  writeFileSync(`${file}.json`, `${JSON.stringify({ target, seed, ...finding }, null, 2)}\n`);
}

interface End {
  readonly done: Done | null;
  readonly hung: boolean;
  readonly message: string;
}

const WORKER = path.join(import.meta.dirname, 'worker.ts');
const MAX_COMPLAINT = 4000;

function start(job: Job, { heapMegabytes }: PoolOptions): ChildProcess {
  return fork(WORKER, [JSON.stringify(job)], {
    execArgv: [`--max-old-space-size=${heapMegabytes}`, '--disable-warning=ExperimentalWarning'],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
}

/** A worker that waits for ever uses no processor: it is given so many times longer. */
const PATIENCE = 20;
const TICKS_PER_SECOND = 100;

/** Seconds of the processor that a process has used (proc(5)); null where the system does not tell. */
function processorSeconds(pid: number | undefined): number | null {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'latin1')
      .replace(/^.*\) /, '')
      .split(' ');
    return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
  } catch {
    // Another system, or a process that has just ended.
    return null;
  }
}

/** Ends the worker when it has not been heard of for too long. */
function runJob(job: Job, options: PoolOptions): Promise<End> {
  const child = start(job, options);
  return new Promise((resolve) => {
    let done: Done | null = null;
    let hung = false;
    let complaint = '';
    let heard = { at: performance.now(), used: 0 };
    const watchdog = setInterval(() => {
      const silent = (performance.now() - heard.at) / 1000;
      const used = (processorSeconds(child.pid) ?? Number.POSITIVE_INFINITY) - heard.used;
      if (silent < options.hangSeconds) return;
      if (used < options.hangSeconds && silent < PATIENCE * options.hangSeconds) return;
      hung = true;
      child.kill('SIGKILL');
    }, 250);
    child.stderr?.on('data', (piece: Buffer) => {
      complaint = (complaint + piece.toString()).slice(-MAX_COMPLAINT);
    });
    child.on('message', (message: Message) => {
      heard = { at: performance.now(), used: processorSeconds(child.pid) ?? 0 };
      if (message.type === 'done') done = message;
    });
    child.on('close', (code, signal) => {
      clearInterval(watchdog);
      const how = hung ? `no word for ${options.hangSeconds} s` : `ended with ${signal ?? code}`;
      // One that was ended after its last word did all that it had to.
      resolve({ done, hung: hung && !done, message: `${how}\n${complaint}` });
    });
  });
}

/** Each trial is a process that may hang in its turn. */
function smallerHang(job: Job, input: Buffer, options: PoolOptions): Promise<Buffer> {
  const fails = async (candidate: Uint8Array) => {
    const journal = openJournal(job.journal, candidate.length);
    journal.note(candidate, 0);
    journal.close();
    return (await runJob({ ...job, replay: true, coverage: false }, options)).hung;
  };
  return minimised(input, fails, HANG_TRIALS).then((bytes) => Buffer.from(bytes));
}

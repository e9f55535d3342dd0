/**
 * Kills a running feeder job at random points, again and again, each run judging what the one before left:
 * node tests/e2e/crash/feeder-kills.ts [KILLS] [SEED]. The test suite runs a few hundred, this script ten thousand.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const LANES = 2;
/** A data folder is left for a new one after so many runs, so that their cost stays the same. */
const RUNS_A_FOLDER = 250;
/** A run is killed behind its nth page, 0 to 5, and so many milliseconds: about what a page takes. */
const MOST_PAGES = 6;
const LATEST_MS = 15;

export interface KillReport {
  readonly kills: number;
  readonly acknowledged: number;
  /** Kills before the first page, which test the start itself. */
  readonly early: number;
}

function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** One file, so that a run takes as long as its work and not as long as loading the source. */
async function bundle(into: string): Promise<string> {
  await build({
    configFile: false,
    logLevel: 'error',
    build: {
      ssr: path.join(import.meta.dirname, 'feeder-child.ts'),
      outDir: into,
      target: 'node24',
      rollupOptions: { output: { entryFileNames: 'child.mjs' } },
    },
  });
  return path.join(into, 'child.mjs');
}

export async function killFeederJobs(kills: number, seed: number): Promise<KillReport> {
  // Inside the project, so that the bundle finds its packages.
  const root = mkdtempSync(path.join(import.meta.dirname, '.kills-'));
  const work = mkdtempSync(path.join(os.tmpdir(), 'counter-kills-'));
  try {
    const child = await bundle(root);
    const lanes = Array.from({ length: LANES }, (_, lane) => {
      const share = Math.floor(kills / LANES) + (lane < kills % LANES ? 1 : 0);
      return runLane(child, work, lane, share, seeded(seed + lane));
    });
    const reports = await Promise.all(lanes);
    const sum = (of: (r: KillReport) => number) => reports.reduce((n, r) => n + of(r), 0);
    return {
      kills: sum((r) => r.kills),
      acknowledged: sum((r) => r.acknowledged),
      early: sum((r) => r.early),
    };
  } finally {
    rmSync(root, { recursive: true, force: true });
    rmSync(work, { recursive: true, force: true });
  }
}

async function runLane(
  child: string,
  work: string,
  lane: number,
  kills: number,
  chance: () => number,
): Promise<KillReport> {
  let done = 0;
  let acknowledged = 0;
  let early = 0;
  while (done < kills) {
    const folder = mkdtempSync(path.join(work, `lane${lane}-`));
    const acks = path.join(folder, 'acks');
    writeFileSync(acks, '');
    const runs = Math.min(RUNS_A_FOLDER, kills - done);
    let said = 0;
    for (let run = 1; run <= runs; run += 1) {
      await killOne(child, [folder, acks, String(run), String(run - 1)], chance);
      const now = readFileSync(acks, 'utf8').split('\n').length - 1;
      if (now === said) early += 1;
      said = now;
      done += 1;
    }
    // The last run of a folder is judged by one more.
    await killOne(child, [folder, acks, String(runs + 1), String(runs)], () => 0);
    acknowledged += said;
    rmSync(folder, { recursive: true, force: true });
  }
  return { kills: done, acknowledged, early };
}

async function killOne(child: string, args: string[], chance: () => number): Promise<void> {
  const run = fork(child, args, { stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
  const errors: Buffer[] = [];
  run.stderr!.on('data', (piece: Buffer) => errors.push(piece));
  const ended = once(run, 'exit');
  // 'ready' is the first message, once the run before was judged; a child that found a fault ends instead.
  let wait = 1 + Math.floor(chance() * MOST_PAGES);
  const after = chance() * LATEST_MS;
  run.on('message', () => {
    wait -= 1;
    if (wait === 0) setTimeout(() => run.kill('SIGKILL'), after);
  });
  const [code, signal] = (await ended) as [number | null, string | null];
  if (signal !== 'SIGKILL')
    throw new Error(`run ${args[2]} ended by itself (${code}): ${Buffer.concat(errors)}`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [kills = '10000', seed = '20261123'] = process.argv.slice(2);
  const start = Date.now();
  const report = await killFeederJobs(Number(kills), Number(seed));
  const seconds = Math.round((Date.now() - start) / 1000);
  console.log(
    `killed ${report.kills} of ${kills} feeder jobs (${report.early} before their first page), ` +
      `${report.acknowledged} pages acknowledged, 0 lost, 0 half: ${seconds} s`,
  );
}

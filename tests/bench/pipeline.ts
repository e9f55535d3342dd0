import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createImaging } from '../../src/main/imaging/index.ts';
import type { PageImage } from '../../src/main/imaging/port.ts';
import { openStore, type Store } from '../../src/main/store/index.ts';
import { fileKeyVault } from '../../src/main/store/key-vault.ts';
import { generatePaper, PAPER_KINDS } from '../../src/simulators/scanner/index.ts';
import { timePeers } from './pipeline-peers.ts';

const DPI = 300;
const PAPERS = 4;
const PAGES = 48;
/** Pages a worker before the clock starts: codecs and code readers are compiled while they are first used. */
const WARM_UP = 16;
/** As many as the engine has in the pipeline at once. */
const IN_FLIGHT = 4;
const STAGES = ['probe', 'decode', 'small', 'judge', 'lay', 'encode', 'thumbnail'] as const;

interface Run {
  readonly msASide: number;
  /** Processor time of all threads: what the wall clock would be on one core that does nothing else. */
  readonly cpuMsASide: number;
  readonly pages: readonly PageImage[];
}

async function makePapers(skewed: boolean): Promise<Uint8Array[]> {
  const papers: Uint8Array[] = [];
  for (let i = 0; i < PAPERS; i += 1) {
    const kind = PAPER_KINDS[i] ?? 'request';
    const skew = skewed ? (i % 2 === 0 ? 1.7 : -1.1) : 0;
    papers.push((await generatePaper({ seed: 40 + i, kind, dpi: DPI, skew })).jpeg);
  }
  return papers;
}

/** Checked, straightened, encoded; then kept: the page and the picture that came are encrypted and synced. */
async function run(
  store: Store,
  workers: number,
  papers: readonly Uint8Array[],
  pages: number,
): Promise<Run> {
  const imaging = createImaging({ workers });
  async function side(index: number): Promise<PageImage> {
    const bytes = papers[index % papers.length] ?? new Uint8Array();
    const page = await imaging.process({ index, bytes, format: 'jpeg', dpi: DPI });
    await keep(page.image);
    if (!page.untouched) await keep(bytes);
    await keep(page.thumbnail);
    return page;
  }
  /** Every object is another one: the vault would know the same picture again and write nothing. */
  async function keep(bytes: Uint8Array): Promise<void> {
    kept += 1;
    await store.vault.putBytes(Buffer.concat([bytes, Buffer.from(`${workers}/${kept}`)]));
  }
  let kept = 0;
  async function job(count: number): Promise<PageImage[]> {
    const done: PageImage[] = [];
    let next = 0;
    const lane = async () => {
      while (next < count) {
        next += 1;
        done.push(await side(next - 1));
      }
    };
    await Promise.all(Array.from({ length: IN_FLIGHT }, lane));
    return done;
  }
  try {
    // The first pages pay for starting the workers and loading the codecs; a day has thousands after them.
    await job(workers * WARM_UP);
    const start = performance.now();
    const cpu = process.cpuUsage();
    const done = await job(pages);
    const { user, system } = process.cpuUsage(cpu);
    const cpuMsASide = (user + system) / 1000 / pages;
    return { msASide: (performance.now() - start) / pages, cpuMsASide, pages: done };
  } finally {
    await imaging.close();
  }
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, v) => sum + v, 0) / Math.max(1, values.length);
}

const rounded = (value: number) => Math.round(value * 10) / 10;

/** Resident megabytes of a job after 100, 400 and 1,000 pages, in a process of its own. */
function memoryOfJob(): { readonly at100: number; readonly at400: number; readonly at1000: number } {
  const script = path.join(import.meta.dirname, 'pipeline-memory.ts');
  return JSON.parse(execFileSync(process.execPath, [script], { encoding: 'utf8' })) as ReturnType<
    typeof memoryOfJob
  >;
}

/**
 * Page pipeline, A4 300 dpi colour JPEG in → checked, straightened, encoded, encrypted and synced: milliseconds a side
 * at one and two workers, the stages of a side alone on one worker, bytes in and out; the same pages through Debian's
 * programs; the memory of a long job.
 */
export async function benchPipeline(): Promise<Record<string, number>> {
  const dataDir = mkdtempSync(path.join(os.tmpdir(), 'counter-bench-pages-'));
  const store = await openStore({ dataDir, keyVault: fileKeyVault(path.join(dataDir, 'master.key')) });
  try {
    return await measure(store);
  } finally {
    await store.close();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

async function measure(store: Store): Promise<Record<string, number>> {
  const figures: Record<string, number> = {};
  for (const [name, skewed] of [['straight', false] as const, ['skewed', true] as const]) {
    const papers = await makePapers(skewed);
    for (const workers of [1, 2]) {
      const { msASide, cpuMsASide, pages } = await run(store, workers, papers, PAGES);
      figures[`${name}.${workers}w.msASide`] = rounded(msASide);
      figures[`${name}.${workers}w.cpuMsASide`] = rounded(cpuMsASide);
      const turned = pages.filter((p) => !p.untouched).length;
      if (turned !== (skewed ? PAGES : 0))
        throw new Error(`${name}: ${turned} of ${PAGES} pages were turned`);
      if (workers > 1) continue;
      for (const stage of STAGES) {
        const spent = pages.flatMap((p) => p.timings[stage] ?? []);
        if (spent.length > 0) figures[`${name}.stage.${stage}Ms`] = rounded(mean(spent));
      }
      figures[`${name}.kilobytesIn`] = Math.round(mean(papers.map((p) => p.length)) / 1000);
      figures[`${name}.kilobytesOut`] = Math.round(mean(pages.map((p) => p.image.length)) / 1000);
    }
    if (!skewed) continue;
    const own = figures['skewed.2w.msASide'] ?? Number.NaN;
    const { unpaperMsASide, ocrmypdfMsASide } = await timePeers([...papers, ...papers]);
    if (unpaperMsASide !== undefined) {
      figures['peers.unpaper+img2pdf.msASide'] = rounded(unpaperMsASide);
      figures['ratio.unpaper+img2pdf (bar ≥ 7)'] = rounded(unpaperMsASide / own);
    }
    if (ocrmypdfMsASide !== undefined) {
      figures['peers.ocrmypdf.msASide'] = rounded(ocrmypdfMsASide);
      figures['ratio.ocrmypdf (bar ≥ 15)'] = rounded(ocrmypdfMsASide / own);
    }
  }
  const memory = memoryOfJob();
  figures['job.megabytesAt100'] = memory.at100;
  figures['job.megabytesAt400'] = memory.at400;
  figures['job.megabytesAt1000'] = memory.at1000;
  return figures;
}

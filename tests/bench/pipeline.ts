import { createImaging } from '../../src/main/imaging/index.ts';
import type { PageImage } from '../../src/main/imaging/port.ts';
import { generatePaper, PAPER_KINDS } from '../../src/simulators/scanner/index.ts';

const DPI = 300;
const PAPERS = 4;
const PAGES = 12;
const STAGES = ['probe', 'small', 'skew', 'encode', 'thumbnail'] as const;

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

async function run(workers: number, papers: readonly Uint8Array[], pages: number): Promise<Run> {
  const imaging = createImaging({ workers });
  const job = (count: number) =>
    Promise.all(
      Array.from({ length: count }, (_, index) =>
        imaging.process({
          index,
          bytes: papers[index % papers.length] ?? new Uint8Array(),
          format: 'jpeg',
          dpi: DPI,
        }),
      ),
    );
  try {
    // The first pages pay for starting the workers and loading the codecs; a day has thousands after them.
    await job(workers * 2);
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

/**
 * Page pipeline, A4 300 dpi colour JPEG in → straight JPEG and thumbnail out: milliseconds a side at one and two
 * workers, the stages of a side alone on one worker, and bytes in and out.
 */
export async function benchPipeline(): Promise<Record<string, number>> {
  const figures: Record<string, number> = {};
  for (const [name, skewed] of [['straight', false] as const, ['skewed', true] as const]) {
    const papers = await makePapers(skewed);
    for (const workers of [1, 2]) {
      const { msASide, cpuMsASide, pages } = await run(workers, papers, PAGES);
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
  }
  return figures;
}

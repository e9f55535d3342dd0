import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createReader, packagedReadingFiles, type ReaderOptions } from '../../src/main/reading/index.ts';
import { generateDocument, generateProse } from '../labelled/sections/ocr-documents.ts';
import { type Errors, errorsOf, percent } from '../labelled/sections/ocr-measure.ts';
import type { PrintedPage } from '../labelled/sections/ocr-pages.ts';
import { missingPeers } from '../support/peers.ts';

const CHILD = path.join(import.meta.dirname, 'reading-child.ts');
const never = new AbortController().signal;
/** Pages of the run that shows whether memory grows. */
const LONG_RUN = 60;
const MODELS = { integer: '4.0.0_best_int', standard: '4.0.0' } as const;

/**
 * Reads the same generated A4 pages with our reader, with each Vietnamese model of npm, and with Debian's
 * `tesseract -l vie`, page by page in turn. Seconds are of processor time, all threads and children: what else runs on
 * the machine does not count. `percentWrong`: letters of 100. Then 60 pages on end in a process of their own, the
 * reader's thread replaced twice: its memory after each quarter, and the most.
 */
export async function benchReading(): Promise<Record<string, number>> {
  const folder = mkdtempSync(path.join(tmpdir(), 'bench-reading-'));
  try {
    const pages = await makePages();
    return { ...(await compare(pages, folder)), ...longRun(pages[0]!, folder) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function makePages(): Promise<PrintedPage[]> {
  const pages: PrintedPage[] = [];
  for (const [i, dpi] of [300, 200, 300, 200].entries()) {
    const scan = { dpi, seed: 70 + i, skew: 0.05 * (i - 2), noise: 5 };
    pages.push(await generateProse('serif', 13, scan));
    pages.push((await generateDocument(i < 2 ? 'decision' : 'marital', 'serif', scan)).page);
  }
  return pages;
}

interface Way {
  readonly errors: Errors[];
  seconds: number;
}

async function compare(pages: readonly PrintedPage[], folder: string): Promise<Record<string, number>> {
  const { langPath } = packagedReadingFiles();
  const ways = new Map<string, { way: Way; read: (page: PrintedPage) => Promise<Errors> }>();
  const closing: (() => Promise<void>)[] = [];
  for (const [name, model] of Object.entries(MODELS)) {
    const options: ReaderOptions = {
      background: false,
      files: { langPath: path.join(path.dirname(langPath), model) },
    };
    const reader = createReader(options);
    closing.push(() => reader.close());
    const read = async (page: PrintedPage) => errorsOf(page, await reader.read(page.image, page.dpi, never));
    // The first page pays for starting; a day has hundreds after it.
    await read(pages[1]!);
    ways.set(name, { way: { errors: [], seconds: 0 }, read });
  }
  if (missingPeers(['tesseract', 'tesseract-vie']).length === 0) {
    ways.set('debian', {
      way: { errors: [], seconds: 0 },
      read: async (page) => errorsOf(page, { words: readByDebian(page, folder) }),
    });
  }
  try {
    for (const page of pages) {
      for (const { way, read } of ways.values()) {
        const start = processorSeconds();
        const errors = await read(page);
        way.seconds += processorSeconds() - start;
        way.errors.push(errors);
      }
    }
  } finally {
    for (const close of closing) await close();
  }
  const figures: Record<string, number> = {};
  for (const [name, { way }] of ways) {
    figures[`reading.${name}.secondsAPage`] = Math.round((1000 * way.seconds) / pages.length) / 1000;
    figures[`reading.${name}.percentWrong`] = percent(way.errors);
  }
  const [ours, peer] = [ways.get('integer')!.way.seconds, ways.get('debian')?.way.seconds];
  if (peer !== undefined) figures['reading.timesDebian'] = Math.round((100 * ours) / peer) / 100;
  return figures;
}

/** One core each, as ours has; what it costs to start is part of how it is used. */
function readByDebian(page: PrintedPage, folder: string) {
  const picture = path.join(folder, 'page.jpg');
  writeFileSync(picture, page.image);
  const out = path.join(folder, 'read');
  const env = { ...process.env, OMP_THREAD_LIMIT: '1' };
  const run = spawnSync('tesseract', [picture, out, '-l', 'vie', '--dpi', String(page.dpi), 'tsv'], { env });
  if (run.status !== 0) throw new Error(`tesseract failed: ${run.stderr.toString()}`);
  const rows = readFileSync(`${out}.tsv`, 'utf8')
    .trim()
    .split('\n')
    .map((line) => line.split('\t'));
  const words = rows.filter((c) => c[0] === '5' && c[11]?.trim());
  return words.map((c) => {
    const [x, y, width, height] = c.slice(6, 10).map(Number) as [number, number, number, number];
    // It gives no baseline; lines are told apart by it alone, and its own line numbers say the same.
    const first = words.find((w) => w.slice(1, 5).join() === c.slice(1, 5).join())!;
    const baseline = Number(first[7]) + Number(first[9]);
    return { text: c[11]!, x, y, width, height, baseline, confidence: 1, line: 0 };
  });
}

function processorSeconds(): number {
  const { user, system } = process.cpuUsage();
  const stat = existsSync('/proc/self/stat') ? readFileSync('/proc/self/stat', 'latin1') : '';
  // Fields 16 and 17: of children that have ended and were waited for, in hundredths.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const children = Number(fields[13] ?? 0) + Number(fields[14] ?? 0);
  return (user + system) / 1e6 + children / 100;
}

/** In a process of its own, whose memory is the reader's alone. */
function longRun(page: PrintedPage, folder: string): Record<string, number> {
  const picture = path.join(folder, 'long.jpg');
  writeFileSync(picture, page.image);
  const args = [CHILD, picture, String(page.dpi), String(LONG_RUN), String(LONG_RUN / 3)];
  const run = spawnSync(process.execPath, args, { encoding: 'utf8' });
  if (run.status !== 0) throw new Error(`reading ${LONG_RUN} pages failed: ${run.stderr}`);
  const { rssMB } = JSON.parse(run.stdout) as { rssMB: number[] };
  const figures: Record<string, number> = { 'reading.rssMB.most': Math.max(...rssMB) };
  for (let page = LONG_RUN / 4; page <= LONG_RUN; page += LONG_RUN / 4)
    figures[`reading.rssMB.after${page}`] = rssMB[page - 1]!;
  return figures;
}

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { build } from 'vite';

const CHILD = path.join(import.meta.dirname, 'pdf-child.ts');
const PROFILE = path.join(import.meta.dirname, '../../resources/icc/sRGB.icc');
const SIZES = [100, 500] as const;

/**
 * Builds PDF/A from synthetic A4 300 dpi colour JPEGs. Keys: `pdf.buildNNN.seconds` (fsync included),
 * `pdf.buildNNN.rssMB` (peak of the building process), `pdf.buildNNN.img2pdfSeconds` and `pdf.buildNNN.timesFaster`
 * where img2pdf is installed (its whole run without fsync, start of Python included); `pdf.buildNNN.text…` the same
 * with a full page of text over each picture.
 */
export async function benchPdf(): Promise<Record<string, number>> {
  const folder = mkdtempSync(path.join(tmpdir(), 'bench-pdf-'));
  try {
    const page = path.join(folder, 'page.jpg');
    writeFileSync(page, await syntheticPage());
    const child = await bundle(folder);
    const figures: Record<string, number> = { 'pdf.pageKB': Math.round(statSync(page).size / 1000) };
    for (const pages of SIZES) Object.assign(figures, measure({ folder, child, page, pages }));
    return figures;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Run {
  readonly folder: string;
  readonly child: string;
  readonly page: string;
  readonly pages: number;
}

/** As it ships: bundled JavaScript. Stripping types at run time would add 40 MB that no counter ever has. */
async function bundle(folder: string): Promise<string> {
  const outDir = path.join(folder, 'child');
  await build({
    configFile: false,
    logLevel: 'silent',
    ssr: { noExternal: true },
    build: { ssr: CHILD, outDir },
  });
  return path.join(outDir, 'pdf-child.js');
}

function measure({ folder, child, page, pages }: Run): Record<string, number> {
  const out = path.join(folder, `${pages}.pdf`);
  const plain = buildOnce(child, page, pages, out);
  const text = buildOnce(child, page, pages, out, 'text');
  const key = `pdf.build${pages}`;
  const peer = measureImg2pdf(folder, page, pages);
  return {
    [`${key}.seconds`]: plain.seconds,
    [`${key}.rssMB`]: plain.rssMB,
    [`${key}.textSeconds`]: text.seconds,
    [`${key}.textRssMB`]: text.rssMB,
    ...(peer === null
      ? {}
      : {
          [`${key}.img2pdfSeconds`]: peer,
          [`${key}.timesFaster`]: Math.round((peer / plain.seconds) * 100) / 100,
        }),
  };
}

interface Built {
  readonly seconds: number;
  readonly rssMB: number;
}

function buildOnce(
  child: string,
  page: string,
  pages: number,
  out: string,
  ...more: readonly string[]
): Built {
  const args = [child, page, String(pages), out, PROFILE, ...more];
  const run = spawnSync(process.execPath, args, { encoding: 'utf8' });
  if (run.status !== 0) throw new Error(`building ${pages} pages failed: ${run.stderr}`);
  rmSync(out);
  return JSON.parse(run.stdout) as Built;
}

function measureImg2pdf(folder: string, page: string, pages: number): number | null {
  if (spawnSync('img2pdf', ['--version']).status !== 0) return null;
  const out = path.join(folder, 'peer.pdf');
  const started = performance.now();
  const run = spawnSync('img2pdf', [...Array.from({ length: pages }, () => page), '-o', out]);
  const seconds = Math.round(performance.now() - started) / 1000;
  if (run.status !== 0) throw new Error(`img2pdf failed: ${run.stderr}`);
  rmSync(out);
  return seconds;
}

/** Noise over a light ground: some 660 kB as JPEG, as a page of print in colour. */
async function syntheticPage(): Promise<Buffer> {
  const noise = { type: 'gaussian' as const, mean: 225, sigma: 6 };
  const base = sharp({ create: { width: 2480, height: 3508, channels: 3, background: 'white', noise } });
  return base.jpeg({ quality: 80 }).toBuffer();
}

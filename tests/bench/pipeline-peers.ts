import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { missingPeers } from '../support/peers.ts';

/** Two programs at a time, as the pipeline has two workers. */
const JOBS = 2;

function run(program: string, args: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => {
      said = (said + chunk.toString()).slice(-2000);
    });
    child.once('error', reject);
    child.once('exit', (code) =>
      code === 0 ? resolve() : reject(new Error(`${program} left with ${code}: ${said}`)),
    );
  });
}

async function each<T>(items: readonly T[], work: (item: T, index: number) => Promise<void>): Promise<void> {
  let next = 0;
  const worker = async () => {
    while (next < items.length) {
      const index = next;
      next += 1;
      await work(items[index] as T, index);
    }
  };
  await Promise.all(Array.from({ length: JOBS }, worker));
}

export interface PeerTimes {
  readonly unpaperMsASide?: number;
  readonly ocrmypdfMsASide?: number;
}

/**
 * The same pages through Debian's programs on two cores: unpaper (which reads PNM) and img2pdf page by page, and
 * ocrmypdf with two jobs over one PDF of all of them. Undefined where a program is missing.
 */
export async function timePeers(jpegs: readonly Uint8Array[]): Promise<PeerTimes> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'counter-bench-pipeline-'));
  const at = (name: string) => path.join(folder, name);
  const times: { unpaperMsASide?: number; ocrmypdfMsASide?: number } = {};
  try {
    for (const [i, jpeg] of jpegs.entries()) {
      writeFileSync(at(`in${i}.jpg`), jpeg);
      const { data, info } = await sharp(jpeg).removeAlpha().raw().toBuffer({ resolveWithObject: true });
      writeFileSync(
        at(`in${i}.ppm`),
        Buffer.concat([Buffer.from(`P6 ${info.width} ${info.height} 255\n`), data]),
      );
    }
    if (missingPeers(['unpaper', 'img2pdf']).length === 0) {
      const start = performance.now();
      await each(jpegs, async (_, i) => {
        await run('unpaper', ['--overwrite', at(`in${i}.ppm`), at(`out${i}.ppm`)]);
        await run('img2pdf', [at(`out${i}.ppm`), '-o', at(`out${i}.pdf`)]);
      });
      times.unpaperMsASide = (performance.now() - start) / jpegs.length;
    }
    if (missingPeers(['ocrmypdf', 'img2pdf', 'unpaper']).length === 0) {
      await run('img2pdf', [...jpegs.map((_, i) => at(`in${i}.jpg`)), '-o', at('all.pdf')]);
      const start = performance.now();
      const options = ['--deskew', '--clean-final', '--tesseract-timeout', '0', '-j', String(JOBS)];
      await run('ocrmypdf', [...options, at('all.pdf'), at('done.pdf')]);
      times.ocrmypdfMsASide = (performance.now() - start) / jpegs.length;
    }
    return times;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

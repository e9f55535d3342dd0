import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { build } from 'vite';
import { writeScannedPdf } from '../../src/main/pdf/scanned-pdf.ts';
import { testPki } from '../support/pki.ts';

const CHILD = path.join(import.meta.dirname, 'signing-child.ts');
const RESOURCES = path.join(import.meta.dirname, '../../resources');
const BATCH = 100;
const LARGE_PAGES = 500;

/**
 * Signs by a soft RSA-3072 key, fsync included. Keys: `signing.overheadMs` (a document of a batch of 100, beyond the
 * bare operation of the key), `signing.overheadCpuMs` (the same in processor time, which a busy machine does not
 * distort), `signing.keyMs` (that operation), `signing.verifyMs` (a document of the same batch),
 * `signing.large.MB`, `.seconds`, `.rssMB` (peak of the signing process).
 */
export async function benchSigning(): Promise<Record<string, number>> {
  const folder = mkdtempSync(path.join(tmpdir(), 'bench-sign-'));
  try {
    const pki = await testPki();
    const signer = pki.signers.rsa;
    const chain = [signer.certificateFile, pki.issuingFile, pki.rootFile];
    const small = path.join(folder, 'small.pdf');
    const large = path.join(folder, 'large.pdf');
    await scanned(small, 2, await page(620, 877));
    await scanned(large, LARGE_PAGES, await page(2480, 3508));
    const child = await bundle(folder);
    const run = (input: string, count: number) => {
      const font = path.join(RESOURCES, 'fonts/LiberationSerif-Regular.ttf');
      const args = [child, input, String(count), folder, signer.keyFile, font, ...chain];
      const done = spawnSync(process.execPath, args, { encoding: 'utf8' });
      if (done.status !== 0) throw new Error(`signing failed: ${done.stderr}`);
      return JSON.parse(done.stdout) as {
        seconds: number;
        cpuMs: number;
        keyMs: number;
        verifyMs: number;
        rssMB: number;
      };
    };
    const batch = run(small, BATCH);
    const one = run(large, 1);
    return {
      'signing.overheadMs': round((batch.seconds * 1000) / BATCH - batch.keyMs),
      'signing.overheadCpuMs': round(batch.cpuMs - batch.keyMs),
      'signing.keyMs': round(batch.keyMs),
      'signing.verifyMs': round(batch.verifyMs),
      'signing.large.MB': Math.round(statSync(large).size / 1e6),
      'signing.large.seconds': round(one.seconds),
      'signing.large.rssMB': one.rssMB,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}

/** Noise over paper, coarse enough that an A4 page at 300 dpi takes about 660 kB, as real scans do. */
async function page(width: number, height: number): Promise<Buffer> {
  const noise = { type: 'gaussian', mean: 235, sigma: 9 } as const;
  return sharp({ create: { width, height, channels: 3, background: '#ffffff', noise } })
    .blur(0.9)
    .jpeg({ quality: 80 })
    .toBuffer();
}

async function scanned(file: string, count: number, jpeg: Buffer): Promise<void> {
  async function* pages() {
    for (let i = 0; i < count; i++) yield { image: jpeg, dpi: 300 };
  }
  const icc = readFileSync(path.join(RESOURCES, 'icc/sRGB.icc'));
  await writeScannedPdf({
    path: file,
    pages: pages(),
    title: 'Hồ sơ',
    createdAt: new Date(0),
    producer: 'bench',
    icc,
  });
}

/** As it ships: bundled JavaScript, in a process of its own. */
async function bundle(folder: string): Promise<string> {
  const outDir = path.join(folder, 'child');
  await build({
    configFile: false,
    logLevel: 'silent',
    ssr: { noExternal: true },
    build: { ssr: CHILD, outDir, emptyOutDir: true },
  });
  writeFileSync(path.join(outDir, 'package.json'), '{"type":"module"}');
  return path.join(outDir, 'signing-child.js');
}

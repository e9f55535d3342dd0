import { spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { afterEach, beforeEach, expect, it } from 'vitest';
import {
  type Fault,
  type ScannerSimulator,
  type SimulatorOptions,
  startScannerSimulator,
} from '../../../src/simulators/scanner/index.ts';
import { describeWithPeers } from '../../support/peers.ts';

let folder: string;
let simulator: ScannerSimulator | undefined;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'airscan-'));
  await start({});
});

/** Another device in the place of the first one. */
async function start(options: SimulatorOptions): Promise<void> {
  await simulator?.stop();
  simulator = await startScannerSimulator({ seed: 3, ...options });
  await writeFile(path.join(folder, 'dll.conf'), 'airscan\n');
  await writeFile(
    path.join(folder, 'airscan.conf'),
    `[devices]\n"Counter" = http://127.0.0.1:${simulator.port}/eSCL, eSCL\n[options]\ndiscovery = disable\n`,
  );
}

const scanned = async () => (await readdir(folder)).filter((name) => name.endsWith('.jpg')).sort();

afterEach(async () => {
  await simulator?.stop();
  simulator = undefined;
  await rm(folder, { recursive: true, force: true });
});

interface Run {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function scanimage(...args: string[]): Promise<Run> {
  return new Promise((resolve, reject) => {
    const child = spawn('scanimage', args, {
      cwd: folder,
      env: { ...process.env, SANE_CONFIG_DIR: folder },
      timeout: 50_000,
    });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (data) => (stdout += data));
    child.stderr.on('data', (data) => (stderr += data));
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, stdout, stderr }));
  });
}

const DEVICE = ['-d', 'airscan:e0:Counter'];
const A4 = ['-x', '210', '-y', '297'];

describeWithPeers(['scanimage', 'airscan'], 'a foreign eSCL client at the simulated scanner', () => {
  it('lists the device', async () => {
    const run = await scanimage('-L');
    expect(run.stdout).toContain('airscan:e0:Counter');
  });

  it('scans ten sheets from the feeder, then finds it empty', async () => {
    const run = await scanimage(
      ...DEVICE,
      ...['--source', 'ADF', '--mode', 'Color', '--resolution', '100', ...A4],
      ...['--format=jpeg', '--batch=p%02d.jpg', '--batch-print'],
    );
    expect(run, run.stderr).toMatchObject({ code: 0 });
    const pages = (await readdir(folder)).filter((name) => name.endsWith('.jpg')).sort();
    expect(pages).toHaveLength(10);
    const bytes = await Promise.all(pages.map((name) => readFile(path.join(folder, name))));
    for (const page of bytes) {
      const { width, height, channels } = await sharp(page, { failOn: 'warning' }).metadata();
      expect({ width, height, channels }).toEqual({ width: 827, height: 1169, channels: 3 });
    }
    expect(new Set(bytes.map((b) => b.toString('base64'))).size).toBe(10);
    expect(simulator!.control.sheetsLeft()).toBe(0);
    const again = await scanimage(...DEVICE, '--source', 'ADF', '--format=jpeg', '-o', 'none.jpg');
    expect(again.code).toBe(7);
  });

  it('scans the platen in gray', async () => {
    simulator!.control.placeOnPlaten({ kind: 'birth-notice', seed: 8 });
    const run = await scanimage(
      ...DEVICE,
      ...['--source', 'Flatbed', '--mode', 'Gray', '--resolution', '150', ...A4],
      ...['--format=png', '-o', 'platen.png'],
    );
    expect(run, run.stderr).toMatchObject({ code: 0 });
    const { width, height, channels } = await sharp(path.join(folder, 'platen.png')).metadata();
    expect({ width, height, channels }).toEqual({ width: 1240, height: 1754, channels: 1 });
    expect(simulator!.control.sheetsLeft()).toBe(10);
  });

  it('names the jam that the simulator plays', async () => {
    simulator!.control.inject({ kind: 'jam', page: 2, body: 'none' });
    const run = await scanimage(
      ...DEVICE,
      ...['--source', 'ADF', '--resolution', '75', '--format=jpeg', '--batch=p%02d.jpg'],
    );
    expect(run.stderr.toLowerCase()).toContain('jam');
    const pages = (await readdir(folder)).filter((name) => name.endsWith('.jpg'));
    expect(pages).toHaveLength(2);
    expect(simulator!.control.sheetsLeft()).toBe(8);
  });

  it('scans both sides of each sheet: front, back, front, back', async () => {
    const papers = [1, 2].map((seed) => ({
      kind: 'request' as const,
      seed,
      back: { kind: 'birth-notice' as const, seed: seed + 10 },
    }));
    await start({ feeder: 'duplex', papers });
    const batch = ['--resolution', '75', ...A4, '--format=jpeg', '--batch=d%02d.jpg'];
    const run = await scanimage(...DEVICE, '--source', 'ADF Duplex', ...batch);
    expect(run, run.stderr).toMatchObject({ code: 0 });
    const sides = await Promise.all((await scanned()).map((name) => readFile(path.join(folder, name))));
    expect(sides).toHaveLength(4);
    // The same sheets from one side: what was the first and the third side then are the first and the second now.
    simulator!.control.loadFeeder(papers);
    await scanimage(...DEVICE, '--source', 'ADF', ...batch.slice(0, -1), '--batch=s%02d.jpg');
    const fronts = (await scanned()).filter((name) => name.startsWith('s'));
    const seen = await Promise.all(fronts.map((name) => readFile(path.join(folder, name))));
    expect(seen.map((each) => sides.findIndex((side) => side.equals(each)))).toEqual([0, 2]);
  });

  it('offers what the device is made of', async () => {
    await start({ platen: false, feeder: 'duplex', dpis: [200, 300] });
    const { stdout } = await scanimage(...DEVICE, '--help');
    expect(stdout).toMatch(/--source ADF\|ADF Duplex \[ADF\]/);
    expect(stdout).toMatch(/--resolution 200\|300dpi/);
    expect(stdout).toMatch(/--mode.*Color\|Gray/);
  });

  // Exit codes are SANE's: 6 jammed, 7 no documents, 9 input/output. sane-airscan knows few states of a feeder and
  // takes half a picture for a whole one; our own client names the first and refuses the second.
  it.each<[string, Fault, number, number]>([
    ['a jam, 200 and no byte', { kind: 'jam', page: 1, body: 'empty' }, 9, 1],
    ['a jam, half a picture', { kind: 'jam', page: 1, body: 'cut' }, 6, 2],
    ['a jam, 409', { kind: 'jam', page: 1, body: 'none' }, 6, 1],
    ['a cover that is opened', { kind: 'cover-open', page: 1 }, 9, 1],
    ['a cover that is open', { kind: 'cover-open' }, 9, 0],
    ['two sheets at once', { kind: 'feeder', state: 'ScannerAdfMultipickDetected', page: 1 }, 9, 1],
    ['a sheet that is not drawn in', { kind: 'feeder', state: 'ScannerAdfMispick' }, 9, 0],
    ['a broken tray', { kind: 'feeder', state: 'ScannerAdfInputTrayFailed', page: 1 }, 9, 1],
    ['an empty feeder', { kind: 'empty' }, 7, 0],
    ['a picture that is cut', { kind: 'cut', page: 1 }, 0, 3],
    ['a web page for a picture', { kind: 'no-picture', as: 'html', page: 1 }, 9, 1],
    ['busy for a while', { kind: 'busy', times: 2, at: 'page' }, 0, 3],
    ['busy at the job for a while', { kind: 'busy', times: 2, at: 'job', retryAfterSeconds: 1 }, 0, 3],
    ['a connection that is reset', { kind: 'reset', page: 1 }, 9, 1],
  ])('tells of %s as a client does', async (_, fault, code, pages) => {
    await start({ sheets: 3, faults: [fault] });
    const run = await scanimage(
      ...DEVICE,
      ...['--source', 'ADF', '--resolution', '75', '--format=jpeg', '--batch=p%02d.jpg'],
    );
    expect({ code: run.code, pages: (await scanned()).length, stderr: run.stderr }).toMatchObject({
      code,
      pages,
    });
  });
});

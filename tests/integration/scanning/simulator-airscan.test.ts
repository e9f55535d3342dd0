import { spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type ScannerSimulator, startScannerSimulator } from '../../../src/simulators/scanner/index.ts';
import { describeWithPeers } from '../../support/peers.ts';

let folder: string;
let simulator: ScannerSimulator;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'airscan-'));
  simulator = await startScannerSimulator({ seed: 3 });
  await writeFile(path.join(folder, 'dll.conf'), 'airscan\n');
  await writeFile(
    path.join(folder, 'airscan.conf'),
    `[devices]\n"Counter" = http://127.0.0.1:${simulator.port}/eSCL, eSCL\n[options]\ndiscovery = disable\n`,
  );
});

afterEach(async () => {
  await simulator.stop();
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
    expect(simulator.control.sheetsLeft()).toBe(0);
    const again = await scanimage(...DEVICE, '--source', 'ADF', '--format=jpeg', '-o', 'none.jpg');
    expect(again.code).toBe(7);
  });

  it('scans the platen in gray', async () => {
    simulator.control.placeOnPlaten({ kind: 'birth-notice', seed: 8 });
    const run = await scanimage(
      ...DEVICE,
      ...['--source', 'Flatbed', '--mode', 'Gray', '--resolution', '150', ...A4],
      ...['--format=png', '-o', 'platen.png'],
    );
    expect(run, run.stderr).toMatchObject({ code: 0 });
    const { width, height, channels } = await sharp(path.join(folder, 'platen.png')).metadata();
    expect({ width, height, channels }).toEqual({ width: 1240, height: 1754, channels: 1 });
    expect(simulator.control.sheetsLeft()).toBe(10);
  });

  it('names the jam that the simulator plays', async () => {
    simulator.control.inject({ kind: 'jam', page: 2, body: 'none' });
    const run = await scanimage(
      ...DEVICE,
      ...['--source', 'ADF', '--resolution', '75', '--format=jpeg', '--batch=p%02d.jpg'],
    );
    expect(run.stderr.toLowerCase()).toContain('jam');
    const pages = (await readdir(folder)).filter((name) => name.endsWith('.jpg'));
    expect(pages).toHaveLength(2);
    expect(simulator.control.sheetsLeft()).toBe(8);
  });
});

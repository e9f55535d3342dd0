import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PDFDocument } from 'pdf-lib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openStore } from '../../../src/main/store/index.ts';
import { fileKeyVault } from '../../../src/main/store/key-vault.ts';
import { describeWithPeers } from '../../support/peers.ts';
import { type CupsServer, startCups } from './cups-server.ts';

const CHILD = path.join(import.meta.dirname, 'queue-child.ts');

/** Runs the child until it has settled everything, or kills it as soon as `killAt` says so of a line. */
function run(args: readonly string[], killAt: (line: string, count: number) => boolean): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', CHILD, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const lines: string[] = [];
    let rest = '';
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
    child.stdout.on('data', (chunk: Buffer) => {
      const parts = (rest + chunk.toString()).split('\n');
      rest = parts.pop() ?? '';
      for (const line of parts) {
        lines.push(line);
        if (killAt(line, lines.length)) child.kill('SIGKILL');
      }
    });
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      if (code === 0 || signal === 'SIGKILL') resolve(lines);
      else reject(new Error(`the queue failed: ${said}`));
    });
  });
}

describeWithPeers(['cupsd', 'cups-pdf', 'unshare'], 'a counter that is killed while it prints', () => {
  let folder: string;
  let cups: CupsServer;
  let file: string;

  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'print-kills-'));
    cups = await startCups();
    const pdf = await PDFDocument.create();
    pdf.addPage([595.276, 841.89]);
    file = path.join(folder, 'report.pdf');
    writeFileSync(file, await pdf.save());
  }, 60_000);
  afterAll(async () => {
    await cups?.stop();
    rmSync(folder, { recursive: true });
  });

  /** What the record says at the end, once all is settled. */
  async function record(at: string): Promise<readonly { id: string; state: string }[]> {
    const store = await openStore({
      dataDir: path.join(at, 'data'),
      keyVault: fileKeyVault(path.join(at, 'key')),
    });
    try {
      return store.printJobs.between('2000-01-01T00:00:00.000Z', '9999-01-01T00:00:00.000Z');
    } finally {
      await store.close();
    }
  }

  const never = () => false;

  it.each([
    ['before the first job is sent', (line: string) => line.endsWith('queued')],
    ['as a job is about to be sent', (line: string) => line.endsWith('sending')],
    ['while the printer works on it', (line: string) => line.endsWith('printing')],
    ['between two jobs', (line: string) => line.endsWith('done')],
  ])('%s, prints each job once after its restart', async (name, killAt) => {
    const at = path.join(folder, name.replaceAll(' ', '-'));
    const before = cups.papers().length;
    await run([at, cups.uri, file, '3'], killAt);
    await run([at, cups.uri], never);
    const jobs = await record(at);
    expect(jobs.map((job) => job.state)).toEqual(jobs.map(() => 'done'));
    expect(jobs.length).toBeGreaterThan(0);
    expect(cups.papers().length - before).toBe(jobs.length);
  });

  it('again and again, at every step, prints no job twice and loses none', async () => {
    const at = path.join(folder, 'again');
    const before = cups.papers().length;
    await run([at, cups.uri, file, '6'], (line) => line.endsWith('sending'));
    for (let kill = 0; kill < 6; kill++)
      await run([at, cups.uri], (_line, count) => count === 1 + (kill % 3));
    await run([at, cups.uri], never);
    const jobs = await record(at);
    expect(jobs.map((job) => job.state)).toEqual(Array(6).fill('done'));
    expect(cups.papers().length - before).toBe(6);
  });

  it('while its printer is stopped, goes on with the job that waits there', async () => {
    const at = path.join(folder, 'stopped');
    cups.admin('cupsdisable');
    const before = cups.papers().length;
    const first = await run([at, cups.uri, file, '1'], (line) => line.endsWith('blocked'));
    expect(first.at(-1)).toMatch(/blocked$/);
    cups.admin('cupsenable');
    await run([at, cups.uri], never);
    expect((await record(at)).map((job) => job.state)).toEqual(['done']);
    expect(cups.papers().length - before).toBe(1);
  });
});

import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLog } from '../../../src/main/engine/log.ts';
import { BIRTH, FORM, papers, refusal, startCounter, type TestCounter } from './support/counter.ts';

const SIZE = 24 * 1024 * 1024;

/** Why a small file system of our own cannot be had here, or null. */
function mountRefused(): string | null {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'needs root on Linux';
  const probe = mkdtempSync(path.join(os.tmpdir(), 'counter-probe-'));
  try {
    const tried = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', probe], { encoding: 'utf8' });
    if (tried.status !== 0) return `mount is not permitted: ${tried.stderr.trim()}`;
    execFileSync('umount', [probe]);
    return null;
  } finally {
    rmSync(probe, { recursive: true });
  }
}

const refused = mountRefused();

describe.skipIf(refused !== null)(`a full disk${refused ? ` [${refused}]` : ''}`, () => {
  let counter: TestCounter;
  let disk: string;
  const filler = () => path.join(disk, 'filler');

  /** Leaves so many bytes on the disk. */
  function fill(left: number): void {
    const { bavail, bsize } = statfsSync(disk);
    writeFileSync(filler(), Buffer.alloc(Math.max(0, bavail * bsize - left)));
  }
  const free = () => rmSync(filler(), { force: true });

  beforeAll(async () => {
    disk = mkdtempSync(path.join(os.tmpdir(), 'counter-disk-'));
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${SIZE}`, 'tmpfs', disk]);
    const dataDir = path.join(disk, 'data');
    // The log lies on the same disk, as it does at a counter.
    counter = await startCounter({ dataDir, log: createLog(path.join(disk, 'engine.log')) });
  });
  afterAll(async () => {
    free();
    await counter.stop();
    // Lazily: the log stays open until the process ends.
    execFileSync('umount', ['-l', disk]);
    rmSync(disk, { recursive: true });
  });

  const load = async (count: number) => counter.scanner.control.loadFeeder(await papers(count));
  const live = async (dossierId: string) =>
    (await counter.call('dossiers.get', { dossierId })).components.flatMap((c) => c.pages.map((p) => p.id));

  it('in mid-scan ends the scan by its name; the pages before it are whole, and once freed the work goes on', async () => {
    const { id } = await counter.draft();
    await load(10);
    fill(400 * 1024);
    const first = await counter.scan(id, FORM);
    expect(first.failed?.error.code).toBe('DISK_FULL');
    expect(first.failed?.pages).toBe(first.pages.length);
    expect(first.pages.length).toBeGreaterThan(0);
    expect(first.pages.length).toBeLessThan(10);
    const kept = first.pages.map((p) => p.page.id);
    expect(await live(id)).toEqual(kept);
    for (const pageId of kept) await counter.call('pages.image', { pageId, variant: 'full' });
    // Half-written objects are not left to fill the disk further.
    const incoming = readdirSync(path.join(counter.dataDir, 'vault/incoming'));
    expect(incoming.filter((name) => name.endsWith('.part'))).toEqual([]);

    free();
    await load(3);
    const second = await counter.scan(id, FORM);
    expect(second.finished?.pages).toBe(3);
    expect(await live(id)).toEqual([...kept, ...second.pages.map((p) => p.page.id)]);
  });

  it('while signing signs nothing by halves, and while receiving gives no slip', async () => {
    const { id } = await counter.draft();
    for (const componentId of [FORM, BIRTH]) {
      await load(2);
      expect((await counter.scan(id, componentId)).finished?.pages).toBe(2);
    }
    fill(16 * 1024);
    expect((await refusal(counter.sign(id))).code).toBe('DISK_FULL');
    expect(readdirSync(path.join(counter.dataDir, 'workspace'))).toEqual([]);
    free();
    const signed = await counter.sign(id);
    expect(signed.components.filter((c) => c.signature)).toHaveLength(2);

    fill(16 * 1024);
    expect((await refusal(counter.call('dossiers.receive', { dossierId: id }))).code).toBe('DISK_FULL');
    expect(await counter.call('dossiers.get', { dossierId: id })).toMatchObject({
      state: 'draft',
      code: null,
    });
    free();
    const received = await counter.call('dossiers.receive', { dossierId: id });
    expect(received.code?.kind).toBe('official');
    expect((await counter.sent(id)).delivery).toBe('sent');
  });

  it('with not a byte left still answers, refuses by name, and opens again', async () => {
    const { id } = await counter.draft();
    fill(0);
    const refusals = await Promise.all(
      Array.from({ length: 30 }, (_, i) =>
        counter.call('dossiers.discard', { dossierId: id, reason: `lý do ${i} ${'x'.repeat(400)}` }).then(
          () => 'done',
          (error: { code: string }) => error.code,
        ),
      ),
    );
    for (const code of refusals) expect(['done', 'DISK_FULL', 'DOSSIER_STATE']).toContain(code);
    expect((await counter.call('dossiers.get', { dossierId: id })).id).toBe(id);
    const diagnosis = await counter.call('diagnostics.run', {});
    expect(diagnosis.find((c) => c.name === 'disk')?.status).toBe('failed');
    free();
    await counter.restart();
    await counter.closeEngine();
    await counter.withStore((store) => expect(store.sweepReport.missing).toEqual([]));
    await counter.restart();
  });
});

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Report } from '../../../src/contract/reports.ts';
import { openStore } from '../../../src/main/store/index.ts';
import { fileKeyVault } from '../../../src/main/store/key-vault.ts';
import { runCounter } from '../../support/cli.ts';
import { makeYear } from '../../support/report-year.ts';

describe('counter report', () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'counter-cli-report-'));
  const data = path.join(folder, 'data');
  const year = makeYear(300, 3);
  const YEAR = ['--from', '2026-01-01', '--to', '2026-12-31', '--data', data];

  beforeAll(async () => {
    mkdirSync(data, { mode: 0o700 });
    const config = {
      unit: { code: 'H14.22.05', name: 'UBND xã Bảo Lâm' },
      counter: 'Q01',
      user: { name: 'an' },
    };
    writeFileSync(path.join(data, 'counter.json'), JSON.stringify(config));
    const store = await openStore({ dataDir: data, keyVault: fileKeyVault(path.join(data, 'master.key')) });
    store.transaction(() => {
      for (const row of year.facts) store.dossierFacts.save(row, []);
    });
    await store.close();
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('prints a report of what the counter keeps as JSON', async () => {
    const { status, stdout } = await runCounter(['report', '--kind', 'progress', '--by', 'field', ...YEAR]);
    expect(status).toBe(0);
    const report = JSON.parse(stdout) as Report;
    const column = report.columns.findIndex((c) => c.id === 'received');
    // The clock is the machine's: what is received later has not come yet.
    const day = (at: string) => (Date.parse(at) + 7 * 3_600_000) / 60_000;
    const [from, now] = [day('2025-12-31T17:00:00Z'), day(report.request.asOf)];
    const received = year.facts.filter(({ receivedAt: at }) => at !== null && at >= from && at <= now);
    const inYear = received.filter((d) => d.receivedAt! < day('2026-12-31T17:00:00Z'));
    expect(report.totals!.cells[column]).toBe(inYear.length);
    expect(report.unit.name).toBe('UBND xã Bảo Lâm');
  });

  it.each([
    ['xlsx', 'PK'],
    ['pdf', '%PDF-'],
    ['csv', '\ufeffSTT,Mã hồ sơ'],
  ])('writes the tracking book as %s', async (format, begins) => {
    const out = path.join(folder, `book.${format}`);
    const args = ['report', '--kind', 'tracking-book', '--format', format, '--out', out, '--json', ...YEAR];
    const { status, stdout } = await runCounter(args);
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ file: out });
    expect(readFileSync(out).toString('utf8').startsWith(begins)).toBe(true);
  });

  it.each([
    [['report', '--data', data], '--kind'],
    [['report', '--kind', 'nothing', '--data', data], '--kind'],
    [['report', '--kind', 'progress', '--from', '2026-13-01', '--data', data], '--from'],
    [['report', '--kind', 'progress', '--format', 'xlsx', '--data', data], '--out'],
    [['report', '--kind', 'progress', '--by', 'moon', '--data', data], '--by'],
  ])('%j is wrong usage', async (args, option) => {
    const { status, stderr } = await runCounter(args);
    expect(status).toBe(2);
    expect(stderr).toContain(option);
  });

  it('refuses a period that runs backwards', async () => {
    const days = ['--from', '2026-02-02', '--to', '2026-02-01', '--data', data];
    const { status, stderr } = await runCounter(['report', '--kind', 'progress', ...days]);
    expect(status).toBe(1);
    expect(stderr).toContain('BAD_REQUEST');
  });
});

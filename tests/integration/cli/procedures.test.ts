import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCounter } from '../../support/cli.ts';
import { NATIONAL_FILE, NO_NATIONAL, nationalRecord } from '../../support/national.ts';

let folder: string;
let data: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'counter-procedures-'));
  data = path.join(folder, 'data');
  mkdirSync(data, { mode: 0o700 });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function run(...args: string[]) {
  const { status, stdout, stderr } = await runCounter(['procedures', ...args, '--json']);
  return { status, stderr, json: JSON.parse(stdout || 'null') as Record<string, unknown> };
}

describe('counter procedures', () => {
  it('imports a file once, keeps versions, and says what it did', async () => {
    const file = path.join(folder, 'a.jsonl');
    writeFileSync(file, `${JSON.stringify(nationalRecord('1.000001', { LINHVUC: '' }))}\n{broken\n`);
    const first = await run('import', file, '--data', data);
    expect(first.status).toBe(0);
    expect(first.json).toMatchObject({ procedures: 1, added: 1, stored: true });
    expect((first.json.problems as { code: string }[]).map((p) => p.code)).toEqual([
      'FIELD_MISSING',
      'RECORD_UNREADABLE',
    ]);
    expect((await run('import', file, '--data', data)).json).toMatchObject({ unchanged: 1, stored: false });
    writeFileSync(file, JSON.stringify(nationalRecord('1.000001', { QUYETDINH: '9/QĐ-BTP' })));
    expect((await run('import', file, '--data', data)).json).toMatchObject({ changed: 1, stored: true });
    const { json } = await run('versions', '1.000001', '--data', data);
    expect((json.versions as { decision: string }[]).map((v) => v.decision)).toEqual([
      '9/QĐ-BTP',
      '163/QĐ-BTP',
    ]);
    const old = await run('show', '1.000001', '--version', '1', '--data', data);
    expect(old.json).toMatchObject({ procedure: { version: '163/QĐ-BTP' } });
    expect((await run('list', '--data', data)).json).toMatchObject({ procedures: [{ code: '1.000001' }] });
    expect((await run('show', '9.999999', '--data', data)).json).toMatchObject({
      error: { code: 'PROCEDURE_UNKNOWN' },
    });
  });

  it('refuses what is no catalogue and stores nothing of it', async () => {
    const file = path.join(folder, 'bad.gz');
    writeFileSync(file, Buffer.from([0x1f, 0x8b, 8, 0, 1, 2, 3]));
    const { status, json } = await run('import', file, '--data', data);
    expect([status, json.error]).toEqual([
      1,
      expect.objectContaining({ code: 'PROCEDURE_FILE_INVALID', details: { reason: 'damaged' } }),
    ]);
  });

  it('says how it is used', async () => {
    for (const args of [[], ['import'], ['search', '--data', data], ['list'], ['drop']])
      expect((await runCounter(['procedures', ...args], { env: { COUNTER_DATA: '' } })).status).toBe(2);
  });

  it.skipIf(NO_NATIONAL !== '')(
    `reads 2,642 procedures and lists what it could not read${NO_NATIONAL}`,
    async () => {
      const problems = path.join(folder, 'problems.txt');
      const { status, stdout } = await runCounter(
        ['procedures', 'import', NATIONAL_FILE, '--problems', problems],
        {
          env: { COUNTER_DATA: '' },
        },
      );
      expect(status).toBe(0);
      expect(stdout).toContain('2.642');
      expect(existsSync(problems)).toBe(true);
      const lines = readFileSync(problems, 'utf8').trim().split('\n');
      expect(lines.filter((l) => l.includes('COMPONENTS_MISSING'))).toHaveLength(51);
      expect(lines.filter((l) => l.includes('CHANNEL_MISSING'))).toHaveLength(137);
      expect(lines.filter((l) => l.includes('RESULTS_MISSING'))).toHaveLength(29);
    },
  );
});

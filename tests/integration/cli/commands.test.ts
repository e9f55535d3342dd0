import { randomUUID } from 'node:crypto';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTraining, type Training } from '../../../src/cli/training.ts';
import { generatePaper, samplePapers } from '../../../src/simulators/scanner/index.ts';
import { runCounter } from '../../support/cli.ts';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'counter-cli-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const at = (...names: string[]) => path.join(folder, ...names);

describe('counter', () => {
  it('without a command, or with an unknown one, says what there is and exits 2', async () => {
    for (const args of [[], ['scann'], ['toString']]) {
      const { status, stderr, stdout } = await runCounter(args);
      expect(status).toBe(2);
      expect(stdout).toBe('');
      for (const name of ['scan', 'assemble', 'sign', 'verify', 'intake', 'push', 'print', 'diagnose']) {
        expect(stderr).toMatch(new RegExp(`^ {2}${name} `, 'm'));
      }
    }
  });

  it('--help exits 0, in the language that is asked for', async () => {
    const vi = await runCounter(['--help']);
    const en = await runCounter(['--help'], { env: { COUNTER_LANG: 'en' } });
    expect([vi.status, en.status]).toEqual([0, 0]);
    expect(vi.stdout).toContain('Lệnh');
    expect(en.stdout).toContain('Commands');
  });
});

describe('counter assemble', () => {
  let pages: string[];

  beforeAll(async () => {
    pages = await Promise.all(
      [1, 2, 3].map(async (seed) => {
        const file = at(`page-${seed}.jpg`);
        writeFileSync(file, (await generatePaper({ seed, kind: 'request', dpi: 100 })).jpeg);
        return file;
      }),
    );
  });

  it('makes one PDF of the pages, in their order', async () => {
    const out = at('assembled.pdf');
    const { status, stdout } = await runCounter([
      'assemble',
      '--out',
      out,
      '--dpi',
      '100',
      '--json',
      ...pages,
    ]);
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ pages: 3, file: out });
    expect(readFileSync(out).subarray(0, 8).toString()).toBe('%PDF-1.7');
  });

  it.each([
    ['a page cut in the middle', (file: string) => truncateSync(file, 20_000), 'IMAGE_UNREADABLE'],
    ['an empty page', (file: string) => truncateSync(file, 0), 'IMAGE_UNSUPPORTED'],
    [
      'a text that calls itself a page',
      (file: string) => writeFileSync(file, 'not a page'),
      'IMAGE_UNSUPPORTED',
    ],
    ['a page that is not there', (file: string) => rmSync(file), 'FILE_MISSING'],
  ])('%s is refused by name and leaves no PDF', async (_what, damage, code) => {
    const bad = at('bad.jpg');
    writeFileSync(bad, readFileSync(pages[0]!));
    damage(bad);
    const out = at('never.pdf');
    const { status, stdout } = await runCounter(['assemble', '--out', out, '--json', pages[1]!, bad]);
    expect(status).toBe(1);
    expect(JSON.parse(stdout).error.code).toBe(code);
    expect(readdirSync(folder).filter((name) => name.includes('never'))).toEqual([]);
  });
});

describe('counter print to a folder', () => {
  it('puts the PDF there once, however often it is asked', async () => {
    const pdf = at('assembled.pdf');
    const tray = at('tray');
    const first = await runCounter(['print', '--printer', `file:${tray}`, '--json', pdf]);
    const second = await runCounter(['print', '--printer', `file:${tray}`, '--json', pdf]);
    expect([first.status, second.status]).toEqual([0, 0]);
    expect(JSON.parse(first.stdout).job).toMatchObject({ state: 'completed', pages: 3 });
    const [printed, ...others] = readdirSync(tray);
    expect(others).toEqual([]);
    expect(readFileSync(path.join(tray, printed!)).equals(readFileSync(pdf))).toBe(true);
  });

  it('does not print what is no PDF', async () => {
    const file = at('note.txt');
    writeFileSync(file, 'not a PDF');
    const { status, stdout } = await runCounter([
      'print',
      '--printer',
      `file:${at('tray2')}`,
      '--json',
      file,
    ]);
    expect(status).toBe(1);
    expect(JSON.parse(stdout).error.code).toBe('PDF_UNREADABLE');
  });
});

describe('counter intake, push and diagnose on simulated devices', () => {
  let training: Training;
  let scenario: string;
  const dossierId = randomUUID();

  beforeAll(async () => {
    training = await startTraining(at('training'), 0);
    training.scanner.control.loadFeeder(samplePapers(3, 2));
    scenario = at('scenario.json');
    const settings = { source: 'adf', dpi: 75, mode: 'gray' };
    writeFileSync(
      scenario,
      JSON.stringify({
        dossierId,
        procedure: '1.004873',
        card: '004190000123|085012345|Nông Thị Mẫu|05021990|Nữ|Tổ 3, Phường Thục Phán, Cao Bằng|12052022',
        scans: [{ component: 1, device: training.scanner.uri, settings, pages: 2 }],
        key: training.key,
      }),
    );
  });
  afterAll(() => training.stop());

  const data = () => ['--data', training.dataDir];
  const intake = (input: string, ...more: string[]) =>
    runCounter(['intake', '--scenario', scenario, ...data(), '--pin-stdin', '--json', ...more], { input });

  it('a wrong password stops after the scan, and the pages are kept', async () => {
    const { status, stdout } = await intake('wrong\n');
    expect(status).toBe(1);
    expect(JSON.parse(stdout).error.code).toBe('PKCS12_PASSWORD_WRONG');
    expect(training.scanner.control.sheetsLeft()).toBe(0);
  });

  it('the same scenario again goes on from there, offline, and receives the dossier', async () => {
    await training.province.control.inject({ kind: 'down' });
    const { status, stdout } = await intake(`${training.pin}\n`);
    expect(status).toBe(0);
    const { dossier } = JSON.parse(stdout);
    expect(dossier).toMatchObject({ id: dossierId, state: 'received' });
    expect(dossier.components[0].pages).toHaveLength(2);
  });

  it('push says that it still waits while the province is down, and sends when it is back', async () => {
    const waiting = await runCounter(['push', ...data(), '--json']);
    expect(waiting.status).toBe(1);
    expect(JSON.parse(waiting.stdout)).toMatchObject({ waiting: 1, sent: 0 });
    await training.province.control.clear();
    const sent = await runCounter(['push', ...data(), '--until-empty', '--json']);
    expect(sent.status).toBe(0);
    expect(JSON.parse(sent.stdout)).toMatchObject({ waiting: 0, sent: 1, needsPerson: 0 });
    expect(training.province.control.records()).toHaveLength(1);
  });

  it('running the scenario once more changes nothing and exports what there is', async () => {
    const out = at('export');
    const { status, stdout } = await intake(`${training.pin}\n`, '--out', out, '--wait-sent');
    expect(status).toBe(0);
    expect(JSON.parse(stdout).dossier.delivery).toBe('sent');
    expect(readdirSync(out).sort()).toEqual(['components', 'dossier.json', 'slip.pdf']);
    expect(training.province.control.records()).toHaveLength(1);
  });

  it('diagnose names five checks, all well', async () => {
    const { status, stdout } = await runCounter(['diagnose', ...data(), '--json']);
    const { checks } = JSON.parse(stdout) as { checks: { name: string; status: string }[] };
    expect(checks.map((c) => c.name)).toEqual(['disk', 'store', 'scanner', 'key', 'province']);
    expect(checks.map((c) => c.status)).toEqual(['ok', 'ok', 'ok', 'ok', 'ok']);
    expect(status).toBe(0);
  });

  it.each([
    ['no scenario', ['intake', '--data', 'x'], 2],
    ['a scenario that is not there', ['intake', '--scenario', '/nowhere.json', '--data', 'x'], 1],
    ['a data folder without a configuration', ['diagnose', '--data', 'x'], 1],
  ])('%s is said in words', async (_what, args, exit) => {
    const empty = at('empty');
    mkdirSync(empty, { recursive: true });
    const { status, stderr } = await runCounter(args.map((a) => (a === 'x' ? empty : a)));
    expect(status).toBe(exit);
    expect(stderr).toMatch(/\[(USAGE|FILE_MISSING)\]/);
    expect(stderr).not.toMatch(/\n\s+at /);
  });
});

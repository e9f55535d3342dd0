import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { listSaneDevices, openScanner, type ScanLimits } from '../../../src/main/scanning/index.ts';
import { image } from './images.ts';
import { FAST, outcome, SETTINGS, testDeps } from './scripted-device.ts';

let root: string;
let temp: string;

beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'counter-fake-sane-'));
  temp = path.join(root, 'temp');
  await mkdir(temp);
  await writeFile(path.join(root, 'page.jpg'), await image('jpeg'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

const OPTIONS = `case "$*" in *--all-options*) printf '    --source Flatbed|ADF [Flatbed]\\n    --mode Color [Color]\\n'; exit 0;; esac`;

/** A program in the place of scanimage; $ROOT/page.jpg is a whole page. */
async function fake(body: string, limits: Partial<ScanLimits> = {}) {
  const program = path.join(root, 'scanimage');
  await writeFile(program, `#!/bin/sh\nROOT='${root}'\n${OPTIONS}\npwd > "$ROOT/cwd"\n${body}\n`);
  await chmod(program, 0o755);
  return testDeps({
    env: { PATH: process.env.PATH, COUNTER_SCANIMAGE: program, SANE_CONFIG_DIR: '/etc/sane-of-the-test' },
    tempRoot: temp,
    limits: { ...FAST, ...limits },
  });
}

const GOOD = (n: number) => `cp "$ROOT/page.jpg" p0000${n}.jpg; echo p0000${n}.jpg`;
const run = async (body: string, limits: Partial<ScanLimits> = {}, signal?: AbortSignal) =>
  outcome(openScanner('sane:fake:0', await fake(body, limits)), {}, signal);

describe('scanimage under the watchdog', () => {
  it('gives its pages one by one and leaves nothing behind', async () => {
    const { pages, error } = await run(`${GOOD(1)}; ${GOOD(2)}`);
    expect(error).toBeUndefined();
    expect(pages.map((p) => [p.index, p.format])).toEqual([
      [0, 'jpeg'],
      [1, 'jpeg'],
    ]);
    expect(await readdir(temp)).toEqual([]);
  });

  it('gives a page before the next one is done', async () => {
    const scanner = openScanner(
      'sane:fake:0',
      await fake(`${GOOD(1)}; while [ ! -e "$ROOT/go" ]; do sleep 0.02; done; ${GOOD(2)}`),
    );
    const indexes: number[] = [];
    for await (const page of scanner.scan(SETTINGS, new AbortController().signal)) {
      indexes.push(page.index);
      await writeFile(path.join(root, 'go'), '');
    }
    expect(indexes).toEqual([0, 1]);
  });

  it('works in a folder that only its user can read, with its configuration passed on', async () => {
    await run(`ls -ld . > "$ROOT/mode"; echo "$SANE_CONFIG_DIR $LC_ALL" > "$ROOT/env"; ${GOOD(1)}`);
    expect(await readFile(path.join(root, 'mode'), 'utf8')).toMatch(/^drwx------/);
    expect(await readFile(path.join(root, 'env'), 'utf8')).toBe('/etc/sane-of-the-test C\n');
    expect(await readFile(path.join(root, 'cwd'), 'utf8')).toContain(temp);
  });

  it('that jams in mid-job names the jam, keeps the whole pages and no half page', async () => {
    const { pages, error } = await run(
      `${GOOD(1)}; ${GOOD(2)}; head -c 900 "$ROOT/page.jpg" > p00003.jpg.part; exit 6`,
    );
    expect(pages).toHaveLength(2);
    expect(error).toMatchObject({ code: 'SCANNER_JAMMED', details: { page: 3 } });
    expect(await readdir(temp)).toEqual([]);
  });

  it('that announces a cut or an empty page is not believed', async () => {
    const cut = await run(`${GOOD(1)}; head -c 900 "$ROOT/page.jpg" > p00002.jpg; echo p00002.jpg; sleep 5`);
    expect(cut).toMatchObject({
      error: { code: 'PAGE_TRUNCATED', details: { page: 2 } },
      pages: [{ index: 0 }],
    });
    const nothing = await run(': > p00001.jpg; echo p00001.jpg');
    expect(nothing).toMatchObject({ error: { code: 'PAGE_TRUNCATED' }, pages: [] });
  });

  it('that names a file elsewhere is refused', async () => {
    expect((await run('echo ../../page.jpg')).error).toMatchObject({ code: 'SCANNER_PROTOCOL' });
  });

  it('that hangs is ended, and the pages before stay', async () => {
    const { pages, error } = await run(`${GOOD(1)}; sleep 60`, { idleMs: 150 });
    expect(pages).toHaveLength(1);
    expect(error).toMatchObject({ code: 'SCANNER_TIMEOUT' });
  });

  it('that hangs after it has reported its end is judged by its report, soon', async () => {
    const report =
      "echo 'scanimage: sane_start: Document feeder jammed' >&2; echo 'Batch terminated, 1 page scanned' >&2";
    const { pages, error } = await run(`${GOOD(1)}; ${report}; sleep 60`, {
      idleMs: 3_600_000,
      closeMs: 100,
    });
    expect(pages).toHaveLength(1);
    expect(error).toMatchObject({ code: 'SCANNER_JAMMED' });
  });

  it('that ignores SIGTERM is killed, with what it started', async () => {
    const { error } = await run(
      `trap '' TERM; sleep 60 & echo $! > "$ROOT/child"; while :; do sleep 1; done`,
      {
        firstByteMs: 150,
        killGraceMs: 100,
      },
    );
    expect(error).toMatchObject({ code: 'SCANNER_TIMEOUT' });
    const child = Number(await readFile(path.join(root, 'child'), 'utf8'));
    await expect.poll(() => isRunning(child)).toBe(false);
  });

  it('that shows progress lives as long as it needs', async () => {
    const body = `for i in 1 2 3 4 5 6; do printf 'Progress: %s0%%\\r' $i >&2; sleep 0.1; done; ${GOOD(1)}`;
    expect(await run(body, { idleMs: 400, firstByteMs: 400 })).toMatchObject({
      error: undefined,
      pages: [{ index: 0 }],
    });
  });

  it('is ended when the scan is cancelled', async () => {
    const stop = new AbortController();
    const scanner = openScanner('sane:fake:0', await fake(`${GOOD(1)}; echo $$ > "$ROOT/pid"; sleep 60`));
    const seen: number[] = [];
    const scan = async () => {
      for await (const page of scanner.scan(SETTINGS, stop.signal)) {
        seen.push(page.index);
        stop.abort();
      }
    };
    await expect(scan()).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(seen).toEqual([0]);
    expect(await readdir(temp)).toEqual([]);
  });

  it('is ended when the loop is left', async () => {
    const scanner = openScanner('sane:fake:0', await fake(`echo $$ > "$ROOT/pid"; ${GOOD(1)}; sleep 60`));
    for await (const _ of scanner.scan(SETTINGS, new AbortController().signal)) break;
    expect(isRunning(Number(await readFile(path.join(root, 'pid'), 'utf8')))).toBe(false);
    expect(await readdir(temp)).toEqual([]);
  });

  it('that never runs empty is an endless job', async () => {
    const { pages, error } = await run(`${GOOD(1)}; ${GOOD(2)}`, { maxPages: 2 });
    expect(pages).toHaveLength(2);
    expect(error).toMatchObject({ code: 'SCANNER_PROTOCOL', details: { what: 'endless-job' } });
  });

  it('is SCANNER_TOOL_MISSING where it is not installed', async () => {
    const deps = testDeps({ env: { COUNTER_SCANIMAGE: path.join(root, 'none') }, tempRoot: temp });
    const signal = new AbortController().signal;
    const missing = { code: 'SCANNER_TOOL_MISSING', details: { program: 'none' } };
    await expect(openScanner('sane:x', deps).describe(signal)).rejects.toMatchObject(missing);
    await expect(listSaneDevices(deps, signal)).rejects.toMatchObject(missing);
    expect((await outcome(openScanner('sane:x', deps))).error).toMatchObject(missing);
  });

  it('makes its folder where there is none, and names a disk that refuses it', async () => {
    const deps = await fake(GOOD(1));
    const deeper = { ...deps, tempRoot: path.join(temp, 'a/b') };
    expect(await outcome(openScanner('sane:fake:0', deeper))).toMatchObject({
      error: undefined,
      pages: [{ index: 0 }],
    });
    const blocked = { ...deps, tempRoot: path.join(root, 'page.jpg') };
    expect((await outcome(openScanner('sane:fake:0', blocked))).error).toMatchObject({ code: 'DISK_FAILED' });
  });

  it('sweeps the folders of scans whose process was killed, and no other', async () => {
    const dead = path.join(temp, 'counter-scan-2147483646-abc');
    const alive = path.join(temp, `counter-scan-${process.pid}-abc`);
    for (const folder of [dead, alive, path.join(temp, 'other')]) await mkdir(folder);
    await run(GOOD(1));
    expect(existsSync(dead)).toBe(false);
    expect((await readdir(temp)).sort()).toEqual([path.basename(alive), 'other'].sort());
  });
});

/** A killed process whose parent is gone may stay as a zombie where no init reaps it. */
function isRunning(pid: number): boolean {
  const { status, stdout } = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' });
  return status === 0 && !stdout.trim().startsWith('Z');
}

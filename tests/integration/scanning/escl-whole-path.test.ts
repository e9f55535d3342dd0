import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ScanSettings } from '../../../src/contract/model.ts';
import {
  DEFAULT_LIMITS,
  listSaneDevices,
  openScanner,
  type RawPage,
  scannerDeps,
} from '../../../src/main/scanning/index.ts';
import { jpegExtent } from '../../../src/main/scanning/pages/jpeg.ts';
import {
  type Fault,
  type ScannerSimulator,
  type SimulatorOptions,
  startScannerSimulator,
} from '../../../src/simulators/scanner/index.ts';
import { describeWithPeers } from '../../support/peers.ts';

const limits = { ...DEFAULT_LIMITS, connectMs: 2_000, busyPauseMs: 20, pendingPauseMs: 20, closeMs: 2_000 };
const signal = new AbortController().signal;
let simulator: ScannerSimulator | undefined;

afterEach(async () => {
  await simulator?.stop();
  simulator = undefined;
});

async function start(options: SimulatorOptions): Promise<ScannerSimulator> {
  simulator = await startScannerSimulator(options);
  return simulator;
}

async function collect(uri: string, settings: Partial<ScanSettings> = {}, deps = scannerDeps({ limits })) {
  const pages: RawPage[] = [];
  try {
    const wanted: ScanSettings = { source: 'adf', dpi: 100, mode: 'gray', ...settings };
    for await (const page of openScanner(uri, deps).scan(wanted, signal)) pages.push(page);
    return { pages, code: undefined };
  } catch (error) {
    return { pages, code: (error as { code?: string }).code ?? String(error) };
  }
}

const allWhole = (pages: readonly RawPage[]) => pages.every((p) => jpegExtent(p.bytes) !== undefined);

describe('our eSCL client at the simulated scanner', () => {
  it('describes it and empties its feeder of ten, in order', async () => {
    const { uri, control } = await start({});
    expect((await openScanner(uri, scannerDeps()).describe(signal)).sources).toEqual(
      expect.arrayContaining(['adf', 'platen']),
    );
    const { pages, code } = await collect(uri);
    expect(code).toBeUndefined();
    expect(pages.map((p) => p.index)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(allWhole(pages)).toBe(true);
    expect(control.sheetsLeft()).toBe(0);
    expect(await collect(uri)).toEqual({ pages: [], code: 'SCANNER_EMPTY' });
  });

  it.each<[string, Fault, string, number[]]>([
    ['a jam with an empty body', { kind: 'jam', page: 2, body: 'empty' }, 'SCANNER_JAMMED', [2]],
    ['a jam with a cut picture', { kind: 'jam', page: 2, body: 'cut' }, 'SCANNER_JAMMED', [2]],
    ['a jam that is noticed in time', { kind: 'jam', page: 2, body: 'none' }, 'SCANNER_JAMMED', [2]],
    ['a cover that is opened', { kind: 'cover-open', page: 1 }, 'SCANNER_COVER_OPEN', [1]],
    ['a connection that is reset', { kind: 'reset', page: 2 }, 'PAGE_TRUNCATED', [2]],
    ['a device that never comes back', { kind: 'crash', page: 1 }, 'PAGE_TRUNCATED', [1]],
  ])('keeps the whole pages and names the cause of %s', async (_, fault, code, whole) => {
    const { uri } = await start({ sheets: 4, faults: [fault] });
    const got = await collect(uri);
    expect({ code: got.code, whole: [got.pages.length] }).toEqual({ code, whole });
    expect(allWhole(got.pages)).toBe(true);
  });

  it('waits for a busy device, follows only the path of a strange Location, takes grey for black and white', async () => {
    const faults: Fault[] = [
      { kind: 'busy', times: 2, at: 'job' },
      { kind: 'busy', times: 3, at: 'page' },
      { kind: 'wrong-host' },
      { kind: 'refuse-bw' },
    ];
    const { uri } = await start({ sheets: 2, faults });
    const { pages, code } = await collect(uri, { mode: 'bw' });
    expect({ code, pages: pages.length }).toEqual({ code: undefined, pages: 2 });
  });

  it('leaves no job behind when it is cancelled, so that the next scan goes on', async () => {
    const { uri, control } = await start({ sheets: 5 });
    for await (const _ of openScanner(uri, scannerDeps({ limits })).scan(
      { source: 'adf', dpi: 100, mode: 'gray' },
      signal,
    ))
      break;
    expect(control.log.some((entry) => entry.method === 'DELETE' && entry.status === 200)).toBe(true);
    const { pages, code } = await collect(uri);
    expect({ code, any: pages.length >= 3 }).toEqual({ code: undefined, any: true });
  });
});

describe('our eSCL client at a simulated scanner of another make', () => {
  it('takes both sides of each sheet in the order of the paper', async () => {
    const back = { kind: 'birth-notice' as const, seed: 9 };
    const papers = [
      { kind: 'request' as const, seed: 1, back },
      { kind: 'request' as const, seed: 2 },
    ];
    const { uri, control } = await start({ feeder: 'duplex', papers });
    expect((await openScanner(uri, scannerDeps()).describe(signal)).sources).toEqual([
      'adf',
      'adf-duplex',
      'platen',
    ]);
    const both = await collect(uri, { source: 'adf-duplex' });
    expect({ code: both.code, pages: both.pages.length }).toEqual({ code: undefined, pages: 4 });
    control.loadFeeder(papers);
    const fronts = await collect(uri);
    const position = (page: RawPage) =>
      both.pages.findIndex((p) => Buffer.compare(p.bytes, page.bytes) === 0);
    expect(fronts.pages.map(position)).toEqual([0, 2]);
  });

  it('keeps a front whose back jams, and finds the sheet in the feeder again', async () => {
    const { uri, control } = await start({
      feeder: 'duplex',
      sheets: 2,
      faults: [{ kind: 'jam', page: 1, body: 'cut' }],
    });
    const { pages, code } = await collect(uri, { source: 'adf-duplex' });
    expect({ code, pages: pages.length, left: control.sheetsLeft() }).toEqual({
      code: 'SCANNER_JAMMED',
      pages: 1,
      left: 2,
    });
  });

  it('says so where a device has no such section', async () => {
    const { uri } = await start({ platen: false, sheets: 1 });
    expect((await collect(uri, { source: 'platen' })).code).toBe('SCANNER_UNSUPPORTED');
    expect((await collect(uri, { source: 'adf-duplex' })).code).toBe('SCANNER_UNSUPPORTED');
    expect((await collect(uri)).pages).toHaveLength(1);
  });

  it.each<[Fault, string, number]>([
    [{ kind: 'feeder', state: 'ScannerAdfMispick', page: 1 }, 'SCANNER_JAMMED', 1],
    [{ kind: 'feeder', state: 'ScannerAdfMultipickDetected', page: 1 }, 'SCANNER_JAMMED', 1],
    [{ kind: 'feeder', state: 'ScannerAdfDuplexPageTooShort', page: 1 }, 'SCANNER_JAMMED', 1],
    [{ kind: 'feeder', state: 'ScannerAdfDuplexPageTooLong', page: 1 }, 'SCANNER_JAMMED', 1],
    [{ kind: 'feeder', state: 'ScannerAdfInputTrayOverloaded' }, 'SCANNER_JAMMED', 0],
    [{ kind: 'feeder', state: 'ScannerAdfInputTrayFailed', page: 1 }, 'SCANNER_IO', 1],
    [{ kind: 'feeder', state: 'ScannerAdfHatchOpen' }, 'SCANNER_COVER_OPEN', 0],
    [{ kind: 'cut', page: 1 }, 'PAGE_TRUNCATED', 1],
    [{ kind: 'no-picture', as: 'pdf', page: 1 }, 'SCANNER_PROTOCOL', 1],
    [{ kind: 'no-picture', as: 'html', page: 1 }, 'SCANNER_PROTOCOL', 1],
    [{ kind: 'state', state: 'Down' }, 'SCANNER_UNREACHABLE', 0],
    [{ kind: 'state', state: 'Stopped' }, 'SCANNER_IO', 0],
    [{ kind: 'reboot', page: 1, downMs: 20 }, 'PAGE_TRUNCATED', 1],
  ])('names %j: %s after %i pages', async (fault, code, pages) => {
    const { uri } = await start({ sheets: 3, faults: [fault] });
    const got = await collect(uri, {}, scannerDeps({ limits: { ...limits, busyTries: 3 } }));
    expect({ code: got.code, pages: got.pages.length, whole: allWhole(got.pages) }).toEqual({
      code,
      pages,
      whole: true,
    });
  });

  it.each<Fault>([
    { kind: 'sleep', wakes: 'by-reset' },
    { kind: 'sleep', wakes: 'slowly', ms: 600 },
    { kind: 'busy', times: 1, at: 'job', retryAfterSeconds: 1 },
    { kind: 'ignore-delete' },
  ])('loses nothing by %j', async (fault) => {
    const { uri } = await start({ sheets: 2, faults: [fault] });
    const deps = scannerDeps({ limits: { ...limits, statusMs: 300, busyTries: 100 } });
    const { pages, code } = await collect(uri, {}, deps);
    expect({ code, pages: pages.length }).toEqual({ code: undefined, pages: 2 });
  });

  it('marks a page that the device gives twice, and drops none', async () => {
    const { uri } = await start({ sheets: 2, faults: [{ kind: 'twice', page: 0 }] });
    const { pages, code } = await collect(uri);
    expect({ code, repeats: pages.map((page) => page.repeats) }).toEqual({
      code: undefined,
      repeats: [undefined, 0, undefined],
    });
  });
});

describeWithPeers(
  ['scanimage', 'airscan'],
  'our scanimage provider at an eSCL device, through sane-airscan',
  () => {
    let root: string;
    beforeAll(async () => {
      root = await mkdtemp(path.join(tmpdir(), 'counter-airscan-'));
      await mkdir(path.join(root, 'sane'));
      await writeFile(path.join(root, 'sane/dll.conf'), 'airscan\n');
    });
    afterAll(() => rm(root, { recursive: true, force: true }));

    it('finds the device under a name with blanks and scans its feeder until it is empty', async () => {
      const { port } = await start({ sheets: 3 });
      const conf = `[devices]\n"Quay 3, what?" = http://127.0.0.1:${port}/eSCL, eSCL\n[options]\ndiscovery = disable\n`;
      await writeFile(path.join(root, 'sane/airscan.conf'), conf);
      const env = { ...process.env, SANE_CONFIG_DIR: path.join(root, 'sane') };
      const deps = scannerDeps({ limits, env, tempRoot: path.join(root, 'temp') });
      const [found] = await listSaneDevices(deps, signal);
      expect(found?.uri).toMatch(/^sane:airscan:e\d+:Quay 3, what\?/);
      expect((await openScanner(found!.uri, deps).describe(signal)).sources).toEqual(
        expect.arrayContaining(['adf', 'platen']),
      );
      const { pages, code } = await collect(found!.uri, {}, deps);
      expect({ code, pages: pages.length, whole: allWhole(pages) }).toEqual({
        code: undefined,
        pages: 3,
        whole: true,
      });
      expect((await collect(found!.uri, {}, deps)).code).toBe('SCANNER_EMPTY');
      expect(await readdir(path.join(root, 'temp'))).toEqual([]);
    });
  },
);

import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ScanSettings } from '../../../src/contract/model.ts';
import {
  DEFAULT_LIMITS,
  listSaneDevices,
  openScanner,
  type RawPage,
  scannerDeps,
} from '../../../src/main/scanning/index.ts';
import { jpegExtent } from '../../../src/main/scanning/pages/jpeg.ts';
import { describeWithPeers } from '../../support/peers.ts';
import { saneTestConfig } from '../../support/sane.ts';

describeWithPeers(['scanimage'], 'a scan through scanimage and the SANE test back end', () => {
  let root: string;
  let deps: ReturnType<typeof scannerDeps>;
  const signal = new AbortController().signal;

  beforeAll(async () => {
    root = await mkdtemp(path.join(tmpdir(), 'counter-sane-'));
    await mkdir(path.join(root, 'temp'));
    const env = { ...process.env, SANE_CONFIG_DIR: saneTestConfig(root) };
    // About one in 200 failing runs of the real program hangs when it should end: here that costs two seconds.
    const limits = { ...DEFAULT_LIMITS, closeMs: 2_000, killGraceMs: 500 };
    deps = scannerDeps({ env, limits, tempRoot: path.join(root, 'temp') });
  });
  afterAll(() => rm(root, { recursive: true, force: true }));

  async function scan(uri: string, settings: Partial<ScanSettings> = {}, over: Partial<typeof deps> = {}) {
    const pages: RawPage[] = [];
    const wanted: ScanSettings = { source: 'adf', dpi: 300, mode: 'color', ...settings };
    let code: string | undefined;
    try {
      for await (const page of openScanner(uri, { ...deps, ...over }).scan(wanted, signal)) pages.push(page);
    } catch (error) {
      code = (error as { code?: string }).code ?? String(error);
    }
    return { pages, code, left: await readdir(path.join(root, 'temp')) };
  }

  it('finds the device and describes it', async () => {
    const tester = { name: 'Noname frontend-tester', origin: 'sane', note: '', uuid: '' };
    expect(await listSaneDevices(deps, signal)).toEqual([
      { uri: 'sane:test:0', ...tester },
      { uri: 'sane:test:1', ...tester },
    ]);
    expect(await openScanner('sane:test:0', deps).describe(signal)).toMatchObject({
      origin: 'sane',
      sources: ['adf', 'platen'],
      dpis: [75, 100, 150, 200, 240, 300, 400, 600, 1200],
      modes: ['color', 'gray'],
    });
  });

  it('gives ten A4 pages from the feeder', async () => {
    const { pages, code, left } = await scan('sane:test:0');
    expect(code).toBeUndefined();
    expect(pages.map((p) => p.index)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(pages.map((p) => jpegExtent(p.bytes))).toEqual(
      Array(10).fill(expect.objectContaining({ width: 2480, height: 3507 })),
    );
    expect(left).toEqual([]);
  });

  it('gives one page from the platen, in grey at 200 dpi', async () => {
    const { pages, code } = await scan('sane:test:0', { source: 'platen', dpi: 200, mode: 'gray' });
    expect(code).toBeUndefined();
    expect(pages.map((p) => [p.index, p.dpi, jpegExtent(p.bytes)?.width])).toEqual([[0, 200, 1653]]);
  });

  it('gives raw pages where that is asked for', async () => {
    const { pages } = await scan('sane:test:0', { source: 'platen', dpi: 100 }, { saneFormat: 'pnm' });
    expect(pages.map((p) => p.format)).toEqual(['pnm']);
  });

  it.each([
    ['SANE_STATUS_JAMMED', 'SCANNER_JAMMED'],
    ['SANE_STATUS_NO_DOCS', 'SCANNER_EMPTY'],
    ['SANE_STATUS_COVER_OPEN', 'SCANNER_COVER_OPEN'],
    ['SANE_STATUS_IO_ERROR', 'SCANNER_IO'],
    ['SANE_STATUS_NO_MEM', 'SCANNER_IO'],
    ['SANE_STATUS_ACCESS_DENIED', 'SCANNER_DENIED'],
    ['SANE_STATUS_DEVICE_BUSY', 'SCANNER_BUSY'],
    ['SANE_STATUS_CANCELLED', 'CANCELLED'],
    ['SANE_STATUS_UNSUPPORTED', 'SCANNER_UNSUPPORTED'],
    ['SANE_STATUS_INVAL', 'SCANNER_UNSUPPORTED'],
    ['SANE_STATUS_EOF', 'PAGE_TRUNCATED'],
  ])('names %s %s, keeps no half page and leaves no file', async (status, code) => {
    const uri = `sane:test:0?read-return-value=${status}`;
    for (const source of ['adf', 'platen'] as const) {
      expect(await scan(uri, { source, dpi: 75 })).toEqual({ pages: [], code, left: [] });
    }
  });

  it.each([
    'hand-scanner=yes',
    'three-pass=yes',
    'read-limit=yes&read-limit-size=4096',
    'non-blocking=yes',
    'select-fd=yes',
    'fuzzy-parameters=yes',
    'ppl-loss=10',
    'depth=1',
    'depth=16',
  ])('gives whole pages of a device with %s, raw or as JPEG, or names why not', async (tail) => {
    const unable: Record<string, string> = {
      'hand-scanner=yes': 'SCANNER_UNSUPPORTED',
      'three-pass=yes': 'PAGE_TRUNCATED',
    };
    // One bit a colour is more than scanimage can write.
    const mode = tail === 'depth=1' ? 'gray' : 'color';
    const settings = { source: 'platen', dpi: 75, mode } as const;
    const raw = await scan(`sane:test:0?${tail}`, settings, { saneFormat: 'pnm' });
    expect({ ...raw, pages: raw.pages.map((p) => p.format) }).toEqual({ pages: ['pnm'], left: [] });
    const { pages, code, left } = await scan(`sane:test:0?${tail}`, settings);
    const formats = pages.map((p) => p.format);
    expect({ formats, code, left }).toEqual({
      formats: tail in unable ? [] : ['jpeg'],
      code: unable[tail],
      left: [],
    });
  });

  it('refuses both sides of a device that cannot turn the sheet', async () => {
    const refused = { pages: [], code: 'SCANNER_UNSUPPORTED', left: [] };
    expect(await scan('sane:test:0', { source: 'adf-duplex', dpi: 75 })).toEqual(refused);
  });

  it.each([
    ['ADF Duplex', 'Flatbed|ADF Front|ADF Back|ADF Duplex', '--source=ADF Duplex'],
    ['a switch', 'Flatbed|ADF', '--source=ADF --duplex=yes'],
  ])('asks for both sides by %s', async (_, sources, expected) => {
    // The real program behind the names of another back end; what was asked of it is noted.
    const program = path.join(root, 'names-of-another');
    const script = `#!/bin/sh
case "$*" in *--all-options*) printf '    --source ${sources} [Flatbed]\n    --mode Gray|Color [Gray]\n${
      expected.includes('--duplex') ? '    --duplex[=(yes|no)] [inactive]\n' : ''
    }'; exit 0;; esac
asked=; for a in "$@"; do shift; case $a in
  --source=*) asked="$asked $a"; set -- "$@" '--source=Automatic Document Feeder';;
  --duplex=*) asked="$asked $a";;
  *) set -- "$@" "$a";;
esac; done
echo "$asked" > '${root}/asked'
exec scanimage "$@" --resolution=75
`;
    await writeFile(program, script);
    await chmod(program, 0o755);
    const env = { ...deps.env, COUNTER_SCANIMAGE: program };
    const { pages, code, left } = await scan('sane:test:0', { source: 'adf-duplex', dpi: 75 }, { env });
    expect({ pages: pages.length, code, left }).toEqual({ pages: 10, code: undefined, left: [] });
    expect((await readFile(path.join(root, 'asked'), 'utf8')).trim()).toBe(expected);
  });

  it('ends a device that falls silent in mid-page, and one that hangs after its fault', async () => {
    const silent = 'sane:test:0?read-delay=yes&read-delay-duration=200000';
    const limits = { ...deps.limits, firstByteMs: 150, idleMs: 30 };
    expect(await scan(silent, { dpi: 300 }, { limits })).toEqual({
      pages: [],
      code: 'SCANNER_TIMEOUT',
      left: [],
    });
    const program = path.join(root, 'hangs-after-fault');
    await writeFile(
      program,
      '#!/bin/sh\ncase "$*" in *--all-options*) exec scanimage "$@";; esac\nscanimage "$@"\nsleep 600\n',
    );
    await chmod(program, 0o755);
    const env = { ...deps.env, COUNTER_SCANIMAGE: program };
    const hung = { env, limits: { ...deps.limits, closeMs: 100 } };
    const jammed = 'sane:test:0?read-return-value=SANE_STATUS_JAMMED';
    expect(await scan(jammed, { dpi: 75 }, hung)).toEqual({ pages: [], code: 'SCANNER_JAMMED', left: [] });
  });

  it('keeps the whole pages before a jam in mid-job', async () => {
    // The back end's fault strikes at the first page only, so the real program scans four and then the feeder jams.
    const program = path.join(root, 'jam-after-four');
    const script = `#!/bin/sh
case "$*" in *--all-options*) exec scanimage "$@";; esac
scanimage "$@" --batch-count=4 || exit $?
: > p00005.jpg.part
exit 6
`;
    await writeFile(program, script);
    await chmod(program, 0o755);
    const env = { ...deps.env, COUNTER_SCANIMAGE: program };
    const { pages, code, left } = await scan('sane:test:0', { dpi: 100 }, { env });
    expect({ pages: pages.length, code, left }).toEqual({ pages: 4, code: 'SCANNER_JAMMED', left: [] });
  });

  it('is unreachable where there is no such device, and refuses options that are not its own', async () => {
    expect((await scan('sane:test:7')).code).toBe('SCANNER_UNREACHABLE');
    expect((await scan('sane:nowhere:0')).code).toBe('SCANNER_UNREACHABLE');
    expect((await scan('sane:test:0?output-file=x')).code).toBe('SCANNER_UNSUPPORTED');
  });

  it('stops a slow page when it is cancelled', async () => {
    const stop = new AbortController();
    const slow = openScanner('sane:test:0?read-delay=yes&read-delay-duration=200000', deps);
    setTimeout(() => stop.abort(), 200);
    const iterate = async () => {
      for await (const _ of slow.scan({ source: 'adf', dpi: 300, mode: 'color' }, stop.signal));
    };
    await expect(iterate()).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(await readdir(path.join(root, 'temp'))).toEqual([]);
  });
});

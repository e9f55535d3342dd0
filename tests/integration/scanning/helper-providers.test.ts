import { readdir, readFile } from 'node:fs/promises';
import net, { type AddressInfo } from 'node:net';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type HelperSpec,
  listHelperDevices,
  openScanner,
  type ScanLimits,
} from '../../../src/main/scanning/index.ts';
import { startScannerSimulator } from '../../../src/simulators/scanner/index.ts';
import { type HelperBench, helperBench, noted } from './helper-bench.ts';

let bench: HelperBench;
beforeEach(async () => {
  bench = await helperBench();
});
afterEach(() => bench.close());

const signal = new AbortController().signal;
const NOTHING_LEFT = { files: [], processes: [] };
const left = async () => ({
  files: await readdir(path.join(bench.root, 'temp')),
  processes: bench.processes(),
});

describe('a helper of JSON lines', () => {
  it('is told device, settings, options and limits, and works in a private folder', async () => {
    const uri = `helper:fake/${encodeURIComponent('wia:{6BDD}\\0001')}?driver=twain`;
    const settings = { source: 'adf-duplex', dpi: 200, mode: 'gray' } as const;
    const run = await bench.scan(bench.fake('keeps-request'), { uri, settings, limits: { maxPages: 7 } });
    expect(run).toMatchObject({ indexes: [0, 1], code: undefined, ...NOTHING_LEFT });
    expect(JSON.parse(noted(bench, 'request.json') ?? '')).toEqual({
      contract: 1,
      command: 'scan',
      device: 'wia:{6BDD}\\0001',
      settings: { ...settings, paper: { widthMm: 210, heightMm: 297 } },
      options: { driver: 'twain' },
      limits: { maxPages: 7, maxPageBytes: 256 << 20 },
    });
    const [folder, temp] = JSON.parse(noted(bench, 'where.json') ?? '');
    expect(folder).toBe(temp);
    expect(path.dirname(folder)).toBe(path.join(bench.root, 'temp'));
  });

  it('lists and describes its devices', async () => {
    const deps = bench.deps(bench.fake('list-and-describe'));
    const found = await listHelperDevices('fake', deps, signal);
    expect(found.map(({ uri, name }) => [uri, name])).toEqual([
      ['helper:fake/wia%3A%7B6BDD1FC6%7D%5C0001', 'Scanner 1'],
      ['helper:fake/M%C3%A1y%20qu%C3%A9t%20%E1%BB%9F%20qu%E1%BA%A7y%201', 'Scanner 2'],
    ]);
    expect(await openScanner(found[1]!.uri, deps).describe(signal)).toEqual({
      uri: found[1]!.uri,
      name: 'fi-8170',
      origin: 'configured',
      sources: ['adf', 'adf-duplex'],
      dpis: [100, 150, 200, 300, 400, 600],
      modes: ['color', 'gray'],
    });
    expect(await left()).toEqual(NOTHING_LEFT);
  });

  it('may have no device, but never half an answer', async () => {
    const ask = (behaviour: string, limits: Partial<ScanLimits> = {}) =>
      bench.deps(bench.fake(behaviour), limits);
    expect(await listHelperDevices('fake', ask('nothing-there'), signal)).toEqual([]);
    const describing = (behaviour: string, limits = {}) =>
      openScanner('helper:fake/x', ask(behaviour, limits)).describe(signal);
    await expect(describing('nothing-there')).rejects.toMatchObject({ details: { what: 'page-count' } });
    await expect(describing('garbage-first')).rejects.toMatchObject({ details: { what: 'line-json' } });
    await expect(describing('hang-silent', { listMs: 300 })).rejects.toMatchObject({
      code: 'SCANNER_TIMEOUT',
    });
    await expect(describing('error:UNREACHABLE')).rejects.toMatchObject({ code: 'SCANNER_UNREACHABLE' });
    await expect(listHelperDevices('fake', ask('endless-list'), signal)).rejects.toMatchObject({
      details: { what: 'endless-list' },
    });
    await expect(listHelperDevices('fake', ask('crash-at-once'), signal)).rejects.toMatchObject({
      code: 'SCANNER_IO',
    });
    expect(await left()).toEqual(NOTHING_LEFT);
  });

  it('scans one job at a time on one device', async () => {
    const deps = bench.deps(bench.fake('ends-on-closed-input'));
    const settings = { source: 'adf', dpi: 300, mode: 'color' } as const;
    const pages = openScanner('helper:fake/one', deps).scan(settings, signal)[Symbol.asyncIterator]();
    await pages.next();
    const second = openScanner('helper:fake/one', deps).scan(settings, signal)[Symbol.asyncIterator]();
    await expect(second.next()).rejects.toMatchObject({ code: 'SCANNER_BUSY' });
    await pages.return?.();
    expect(await left()).toEqual(NOTHING_LEFT);
  });

  it('gives every page however many are announced at once', async () => {
    const run = await bench.scan(bench.fake('good:300'));
    expect(run).toMatchObject({ code: undefined, ...NOTHING_LEFT });
    expect(run.indexes).toEqual(Array.from({ length: 300 }, (_, index) => index));
  });

  it('gives one page from the platen', async () => {
    const run = await bench.scan(bench.fake('good:2'), { settings: { source: 'platen' } });
    expect(run).toMatchObject({ indexes: [0], details: { what: 'endless-job' }, ...NOTHING_LEFT });
  });
});

/** A program in the place of NAPS2.Console: `scanned N` writes pages 1 to N as it would. */
const console_ = (script: string, more: Partial<HelperSpec> = {}): HelperSpec => ({
  kind: 'naps2-console',
  driver: 'wia',
  program: '/bin/sh',
  args: ['-c', `${PRELUDE}\n${script}`, 'naps2'],
  ...(more as object),
});
const PRELUDE = `printf '%s\\n' "$@" > "$FAKE_ROOT/args"
for a in "$@"; do case $a in --output=*) out=\${a#--output=};; esac; done
file() { printf '%s' "$out" | sed "s/\\$(nnnnn)/$(printf %05d $1)/"; }
scanned() { i=1; while [ $i -le $1 ]; do echo "Scanned page $i."; cp "$FAKE_PAGE" "$(file $i)"; i=$((i+1)); done; }`;

describe('NAPS2.Console as a helper', () => {
  it('is told by its documented options', async () => {
    const uri = 'helper:fake/Canon%20DR-C225?driver=twain';
    const settings = { source: 'adf-duplex', dpi: 300, mode: 'gray' } as const;
    const run = await bench.scan(console_('scanned 3'), { uri, settings });
    expect(run).toMatchObject({ indexes: [0, 1, 2], code: undefined, ...NOTHING_LEFT });
    const args = noted(bench, 'args')!.trim().split('\n');
    expect(args.slice(0, -1)).toEqual([
      ...['--noprofile', '--driver=twain', '--device=Canon DR-C225', '--source=duplex', '--dpi=300'],
      ...['--bitdepth=gray', '--pagesize=a4', '--jpegquality=90', '--force', '--verbose'],
    ]);
    expect(args.at(-1)).toMatch(/^--output=.*\/p\$\(nnnnn\)\.jpg$/);
  });

  it('writes bilevel as PNG, from the glass', async () => {
    const settings = { source: 'platen', dpi: 200, mode: 'bw' } as const;
    await bench.scan(console_('scanned 1'), { settings });
    expect(noted(bench, 'args')).toMatch(/--source=glass\n--dpi=200\n--bitdepth=bw\n[\s\S]*\.png\n$/);
  });

  const SAYS: [string, number, number, string | undefined][] = [
    ['No pages are in the feeder.', 1, 0, 'SCANNER_EMPTY'],
    ['Không trang sau nằm trong máng.', 1, 0, 'SCANNER_EMPTY'],
    ['No pages are in the feeder.', 0, 3, undefined],
    ['The scanner has a paper jam.', 1, 2, 'SCANNER_JAMMED'],
    ['Máy quét có kẹt giấy.', 1, 2, 'SCANNER_JAMMED'],
    ["The scanner's cover is open.", 1, 0, 'SCANNER_COVER_OPEN'],
    ['Nắp máy quét mở.', 1, 0, 'SCANNER_COVER_OPEN'],
    ['The selected scanner is busy.', 1, 0, 'SCANNER_BUSY'],
    ['The scanner is warming up.', 1, 0, 'SCANNER_BUSY'],
    ['The selected scanner is offline.', 0, 0, 'SCANNER_UNREACHABLE'],
    ['The selected scanner could not be found.', 1, 0, 'SCANNER_UNREACHABLE'],
    ['Máy quét chọn không thể được tìm thấy.', 1, 0, 'SCANNER_UNREACHABLE'],
    ['The selected scanner does not support using duplex. If', 1, 0, 'SCANNER_UNSUPPORTED'],
    ['The selected driver is not supported on this system.', 0, 0, 'SCANNER_TOOL_MISSING'],
    ['Communication with the scanning device was interrupted.', 1, 1, 'SCANNER_IO'],
    ['An error occurred with the scanning driver.', 1, 1, 'SCANNER_IO'],
    ['The worker process crashed. Check the Windows event viewer.', 1, 0, 'SCANNER_IO'],
    ['An unexpected error occurred.', 0, 0, 'SCANNER_IO'],
    ["You don't have permission to save files at this location.", 1, 0, 'DISK_FAILED'],
    ['Es sind keine Seiten im Einzug.', 1, 0, 'SCANNER_IO'],
    ['', 0, 0, 'SCANNER_EMPTY'],
    ['', 1, 2, 'SCANNER_IO'],
  ];
  it.each(SAYS)('that says %j, exit %i, with %i pages: %s', async (text, status, pages, code) => {
    const run = await bench.scan(console_(`scanned ${pages}; echo "${text}"; exit ${status}`));
    const indexes = Array.from({ length: pages }, (_, i) => i);
    expect(run).toMatchObject({ indexes, code, ...NOTHING_LEFT });
  });

  it('that hangs, is cut in a page or fills its folder keeps the whole pages', async () => {
    const hangs = console_(
      'said=$(scanned 2); head -c 700 "$FAKE_PAGE" > "$(file 3)"; echo "$said"; sleep 600',
    );
    expect(await bench.scan(hangs, { limits: { idleMs: 300 } })).toMatchObject({
      indexes: [0, 1],
      code: 'SCANNER_TIMEOUT',
      ...NOTHING_LEFT,
    });
    const cut = console_('scanned 2; head -c 700 "$FAKE_PAGE" > "$(file 3)"');
    expect(await bench.scan(cut)).toMatchObject({ indexes: [0, 1], code: 'PAGE_TRUNCATED', ...NOTHING_LEFT });
    const killed = console_('scanned 1; kill -9 $$');
    expect(await bench.scan(killed)).toMatchObject({ indexes: [0], code: 'SCANNER_IO', ...NOTHING_LEFT });
    const many = await bench.scan(console_('scanned 3'), { limits: { maxPages: 2 } });
    expect(many).toMatchObject({ indexes: [0, 1], details: { what: 'endless-job' }, ...NOTHING_LEFT });
  });

  it('is ended when the scan is cancelled', async () => {
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 200);
    const run = await bench.scan(console_('trap "" TERM; sleep 600 & wait'), { signal: stop.signal });
    expect(run).toMatchObject({ indexes: [], code: 'CANCELLED', ...NOTHING_LEFT });
  });

  it('takes no option but its driver from an address, and only sources that the admin named', async () => {
    const refused = { code: 'SCANNER_UNSUPPORTED', ...NOTHING_LEFT };
    for (const tail of ['output=x', 'driver=--output', 'profile=x']) {
      expect(await bench.scan(console_('scanned 1'), { uri: `helper:fake/x?${tail}` })).toMatchObject(
        refused,
      );
    }
    const simplex = console_('scanned 1', { sources: ['adf'] });
    expect(await bench.scan(simplex, { settings: { source: 'platen' } })).toMatchObject(refused);
    expect(noted(bench, 'args')).toBeUndefined();
  });

  it('lists its devices, and describes one only where it is there', async () => {
    const deps = bench.deps({
      ...console_('printf "Canon DR-C225\\r\\nMáy quét\\r\\n"', { sources: ['adf', 'platen'] }),
      env: { FAKE_ROOT: bench.root },
    });
    const found = await listHelperDevices('fake', deps, signal);
    expect(found.map((device) => device.name)).toEqual(['Canon DR-C225', 'Máy quét']);
    expect(noted(bench, 'args')).toBe('--listdevices\n--driver=wia\n');
    expect(await openScanner(found[1]!.uri, deps).describe(signal)).toMatchObject({
      name: 'Máy quét',
      sources: ['adf', 'platen'],
    });
    await expect(openScanner('helper:fake/Canon', deps).describe(signal)).rejects.toMatchObject({
      code: 'SCANNER_UNREACHABLE',
    });
    expect(await left()).toEqual(NOTHING_LEFT);
  });
});

describe('NAPS2 as a server', () => {
  const SERVER = path.resolve(import.meta.dirname, '../../support/fake-naps2-server.ts');
  const server = (port: number, how = ''): HelperSpec => ({
    kind: 'naps2-server',
    program: process.execPath,
    args: [SERVER, String(port), how],
    devices: { one: `http://127.0.0.1:${port}/eSCL` },
  });
  const starts = () => noted(bench, 'starts')?.trim().split('\n').length ?? 0;

  async function freePort(): Promise<number> {
    const probe = net.createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => probe.once('listening', resolve));
    const { port } = probe.address() as AddressInfo;
    await new Promise((resolve) => probe.close(resolve));
    return port;
  }

  it('is started for the scan, and ended with it', async () => {
    const run = await bench.scan(server(await freePort()), { settings: { dpi: 100, mode: 'gray' } });
    expect(run).toMatchObject({ indexes: [0, 1], code: undefined, ...NOTHING_LEFT });
    expect(starts()).toBe(1);
  });

  it('is started once for all who ask at a time', async () => {
    const spec = { ...server(await freePort()), env: { FAKE_ROOT: bench.root } };
    const scanner = openScanner('helper:fake/one', bench.deps(spec));
    const described = await Promise.all([scanner.describe(signal), scanner.describe(signal)]);
    expect(described.map((d) => [d.uri, d.origin])).toEqual(Array(2).fill(['helper:fake/one', 'configured']));
    expect(starts()).toBe(1);
    expect(await left()).toEqual(NOTHING_LEFT);
  });

  it('that runs already is neither started nor ended', async () => {
    const running = await startScannerSimulator({ sheets: 1, seed: 1 });
    try {
      const { port } = new URL(running.uri.slice('escl:'.length));
      const run = await bench.scan(server(Number(port)), { settings: { dpi: 100, mode: 'gray' } });
      expect(run).toMatchObject({ indexes: [0], code: undefined, ...NOTHING_LEFT });
      expect(starts()).toBe(0);
      const { program: _, ...elsewhere } = server(Number(port)) as Extract<
        HelperSpec,
        { kind: 'naps2-server' }
      >;
      const empty = await bench.scan(elsewhere, { settings: { dpi: 100 } });
      expect(empty).toMatchObject({ code: 'SCANNER_EMPTY', ...NOTHING_LEFT });
    } finally {
      await running.stop();
    }
  });

  it.each([
    ['ends', 'SCANNER_UNREACHABLE', {}],
    ['never', 'SCANNER_TIMEOUT', { listMs: 500 }],
  ])('that %s to answer is %s', async (how, code, limits) => {
    const run = await bench.scan(server(await freePort(), how), { limits });
    expect(run).toMatchObject({ indexes: [], code, ...NOTHING_LEFT });
  });

  it('that cannot be started is a missing program', async () => {
    const spec = { ...server(await freePort()), program: path.join(bench.root, 'none') };
    expect(await bench.scan(spec)).toMatchObject({ code: 'SCANNER_TOOL_MISSING', ...NOTHING_LEFT });
  });

  it('is asked on this machine alone, and for devices that the admin named', async () => {
    const at = (base: string): HelperSpec => ({ kind: 'naps2-server', devices: { one: base } });
    const refused = { code: 'SCANNER_URI_INVALID' };
    for (const base of [
      ...[
        'http://192.0.2.1:9801/eSCL',
        'http://127.0.0.1.example/eSCL',
        'ftp://127.0.0.1:1/',
        'http://127.0.0.1/eSCL',
      ],
      ...['nonsense', 'http://localhost.example:1/eSCL'],
    ]) {
      expect(await bench.scan(at(base)), base).toMatchObject(refused);
    }
    const good = at('http://127.0.0.1:9/eSCL');
    expect(await bench.scan(good, { uri: 'helper:fake/other' })).toMatchObject(refused);
    expect(await bench.scan(good, { uri: 'helper:fake/constructor' })).toMatchObject(refused);
    expect(await bench.scan(good, { uri: 'helper:fake/one?x-y=z' })).toMatchObject(refused);
    expect(await bench.scan(good)).toMatchObject({ code: 'SCANNER_UNREACHABLE' });
    const listed = await listHelperDevices('fake', bench.deps(good), signal);
    expect(listed.map((device) => device.uri)).toEqual(['helper:fake/one']);
  });
});

it('the page that reaches the counter is the file that the helper wrote', async () => {
  const deps = bench.deps({
    ...bench.fake('good:1'),
    env: { FAKE_PAGE: path.join(bench.root, 'page.jpg'), FAKE_ROOT: bench.root },
  } as HelperSpec);
  const settings = { source: 'adf', dpi: 300, mode: 'color' } as const;
  for await (const page of openScanner('helper:fake/one', deps).scan(settings, signal)) {
    expect(Buffer.from(page.bytes)).toEqual(await readFile(path.join(bench.root, 'page.jpg')));
    expect(page).toMatchObject({ index: 0, format: 'jpeg', dpi: 300 });
  }
});

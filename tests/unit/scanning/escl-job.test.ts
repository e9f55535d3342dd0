import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openScanner } from '../../../src/main/scanning/index.ts';
import { image } from './images.ts';
import {
  type Answer,
  capabilitiesXml,
  created,
  type Device,
  FAST,
  JOB,
  jpeg,
  of,
  outcome,
  type Script,
  SETTINGS,
  scriptedDevice,
  statusXml,
  testDeps,
  xml,
} from './scripted-device.ts';

let picture: Buffer;
let page: Answer;
let device: Device | undefined;

beforeAll(async () => {
  picture = await image('jpeg');
  page = jpeg(picture);
});

afterEach(async () => {
  await device?.close();
  device = undefined;
});

async function run(script: Script, settings = {}, deps = testDeps()) {
  device = await scriptedDevice(script);
  const { pages, error } = await outcome(openScanner(device.uri, deps), settings);
  const steps = device.seen.map((r) => `${r.method} ${r.path.replace(/^.*\//, '')}`);
  return { pages, error, steps, seen: device.seen, code: (error as { code?: string } | undefined)?.code };
}

const deleted = (seen: { method: string; path: string }[]) =>
  seen.filter((r) => r.method === 'DELETE').map((r) => r.path);

describe('an eSCL feeder job', () => {
  it('of three sheets ends by 409, then the state is confirmed and the job deleted', async () => {
    const { pages, error, steps } = await run({ next: [page, page, page, of(409), of(404)] });
    expect(error).toBeUndefined();
    expect(pages.map((p) => [p.index, p.format, p.dpi, p.bytes.length])).toEqual(
      [0, 1, 2].map((i) => [i, 'jpeg', 300, picture.length]),
    );
    expect(steps).toEqual([
      'GET ScannerCapabilities',
      'POST ScanJobs',
      ...Array(4).fill('GET NextDocument'),
      'GET ScannerStatus',
      'DELETE 04c3ccf5',
    ]);
  });

  it.each([
    ['relative to the root', JOB],
    ['relative to the collection', 'ScanJobs/04c3ccf5'],
    ['with a host that leads nowhere', `http://198.51.100.7:9999${JOB}`],
    ['without a scheme but with a host', `//198.51.100.7${JOB}/`],
  ])('follows only the path of a Location %s', async (_, location) => {
    const { pages, error, seen } = await run({
      post: { status: 201, headers: { location } },
      next: [page, of(404)],
    });
    expect(error).toBeUndefined();
    expect(pages).toHaveLength(1);
    expect(deleted(seen)).toEqual([JOB]);
  });

  it.each([{}, { location: '' }, { location: '/eSCL/ScanJobs' }])(
    'without an address (%j) is refused',
    async (headers) => {
      expect(await run({ post: { status: 201, headers: headers as Record<string, string> } })).toMatchObject({
        code: 'SCANNER_PROTOCOL',
        pages: [],
      });
    },
  );

  it('with an empty feeder is SCANNER_EMPTY, by 404 or by a page of no bytes in a completed job', async () => {
    expect(await run({ next: of(404) })).toMatchObject({ code: 'SCANNER_EMPTY', pages: [] });
    await device?.close();
    expect(await run({ next: jpeg(Buffer.alloc(0)) })).toMatchObject({ code: 'SCANNER_EMPTY', pages: [] });
  });

  it('that waits on 503 asks again and loses no page', async () => {
    const { pages, error, steps } = await run({ next: [of(503), of(503), page, of(503), page, of(404)] });
    expect(error).toBeUndefined();
    expect(pages).toHaveLength(2);
    expect(steps.filter((s) => s === 'GET NextDocument')).toHaveLength(6);
  });

  it('that stays busy gives up after the tries it was allowed', async () => {
    const { code, pages, steps } = await run({ next: [page, of(503)] });
    expect({ code, pages: pages.length }).toEqual({ code: 'SCANNER_BUSY', pages: 1 });
    expect(steps.filter((s) => s === 'GET NextDocument')).toHaveLength(1 + FAST.busyTries);
  });

  it('that says 404 while it still runs is asked again', async () => {
    const running = xml(statusXml({ state: 'Processing', adf: 'ScannerAdfProcessing', job: 'Processing' }));
    const { pages, error } = await run({
      next: [of(404), page, of(404), page, of(404)],
      status: [running, running, xml(statusXml())],
    });
    expect(error).toBeUndefined();
    expect(pages).toHaveLength(2);
  });

  it('that is called running for ever ends well only where the feeder is empty', async () => {
    const stuck = (adf: string) => xml(statusXml({ adf, job: 'Processing' }));
    const drained = await run({ next: [page, of(404)], status: stuck('ScannerAdfEmpty') });
    expect(drained).toMatchObject({ code: undefined, pages: [{ index: 0 }] });
    await device?.close();
    const loaded = await run({ next: [page, of(404)], status: stuck('ScannerAdfLoaded') });
    expect(loaded).toMatchObject({ code: 'SCANNER_IO', pages: [{ index: 0 }] });
  });

  it('whose device lists no jobs is judged by its state', async () => {
    const status = xml(statusXml({ job: null, adf: '' }));
    expect(await run({ next: [page, of(410)], status })).toMatchObject({
      code: undefined,
      pages: [{ index: 0 }],
    });
  });

  it('never ends on 404 alone: without a status the end is not confirmed', async () => {
    const { code, pages } = await run({ next: [page, of(404)], status: of(500) });
    expect({ code, pages: pages.length }).toEqual({ code: 'SCANNER_PROTOCOL', pages: 1 });
  });

  it('that never ends is stopped', async () => {
    const deps = testDeps({ limits: { ...FAST, maxPages: 4 } });
    const { code, pages, seen } = await run({ next: page }, {}, deps);
    expect({ code, pages: pages.length, deleted: deleted(seen) }).toEqual({
      code: 'SCANNER_PROTOCOL',
      pages: 4,
      deleted: [JOB],
    });
  });
});

describe('an eSCL platen job', () => {
  it('is one page and asks for no second', async () => {
    const { pages, error, steps } = await run({ next: page }, { source: 'platen' });
    expect(error).toBeUndefined();
    expect(pages).toHaveLength(1);
    expect(steps.filter((s) => s === 'GET NextDocument')).toHaveLength(1);
    expect(steps.at(-1)).toBe('DELETE 04c3ccf5');
  });
});

describe('a fault in mid-job keeps the whole pages and names the cause', () => {
  const aborted = (options: Parameters<typeof statusXml>[0]) =>
    xml(statusXml({ job: 'Aborted', ...options }));
  const empty = jpeg(Buffer.alloc(0));

  it.each([
    ['jam', 'SCANNER_JAMMED', { adf: 'ScannerAdfJam' }],
    ['misfeed', 'SCANNER_JAMMED', { adf: 'ScannerAdfMispick' }],
    ['two sheets at once', 'SCANNER_JAMMED', { adf: 'ScannerAdfMultipickDetected' }],
    ['open cover', 'SCANNER_COVER_OPEN', { adf: 'ScannerAdfHatchOpen' }],
    ['broken tray', 'SCANNER_IO', { adf: 'ScannerAdfInputTrayFailed' }],
    [
      'jam told only by the reasons',
      'SCANNER_JAMMED',
      { adf: 'ScannerAdfLoaded', reasons: ['media-jam-error'] },
    ],
    ['cover told only by the reasons', 'SCANNER_COVER_OPEN', { adf: '', reasons: ['cover-open'] }],
    ['cancel at the panel', 'CANCELLED', { job: 'Canceled', adf: 'ScannerAdfLoaded' }],
    // As recorded from AirSane: the job says Aborted and no more.
    ['unnamed abort', 'SCANNER_IO', { adf: 'ScannerAdfLoaded', reasons: ['ResourcesAreNotReady'] }],
  ] as const)('%s → %s', async (_, code, options) => {
    const status = aborted({ ...options, reasons: [...('reasons' in options ? options.reasons : [])] });
    for (const last of [empty, of(404), of(500)]) {
      const got = await run({ next: [page, page, last], status });
      const wanted = last.status === 500 && code === 'SCANNER_IO' ? 'SCANNER_IO' : code;
      expect({ code: got.code, pages: got.pages.length }).toEqual({ code: wanted, pages: 2 });
      if (wanted !== 'CANCELLED') expect(got.error).toMatchObject({ details: { page: 3 } });
      expect(deleted(got.seen)).toEqual([JOB]);
      await device?.close();
    }
  });

  it('a page of no bytes without a cause is a failure, also in a completed job', async () => {
    const { code, pages } = await run({ next: [page, empty, of(404)] });
    expect({ code, pages: pages.length }).toEqual({ code: 'SCANNER_IO', pages: 1 });
  });

  it('a truncated JPEG that ends cleanly is PAGE_TRUNCATED', async () => {
    const { code, pages } = await run({ next: [page, jpeg(picture.subarray(0, -40)), page] });
    expect({ code, pages: pages.length }).toEqual({ code: 'PAGE_TRUNCATED', pages: 1 });
  });

  it('a connection that breaks inside a page is PAGE_TRUNCATED', async () => {
    const cut: Answer = { ...page, after: { bytes: picture.length >> 1, end: 'cut' } };
    const { code, pages, seen } = await run({ next: [page, cut] });
    expect({ code, pages: pages.length, deleted: deleted(seen) }).toEqual({
      code: 'PAGE_TRUNCATED',
      pages: 1,
      deleted: [JOB],
    });
  });

  it('a page whose announced length never arrives is PAGE_TRUNCATED even where the picture looks whole', async () => {
    const longer: Answer = {
      ...page,
      headers: { 'content-length': String(picture.length + 100) },
      after: { bytes: picture.length, end: 'cut' },
    };
    expect((await run({ next: [longer] })).code).toBe('PAGE_TRUNCATED');
  });

  it('a device that falls silent inside a page is given up after one read time', async () => {
    const limits = { ...FAST, idleMs: 60 };
    const stalled: Answer = { ...page, after: { bytes: 200, end: 'stall' } };
    const { code, pages } = await run({ next: [page, stalled] }, {}, testDeps({ limits }));
    expect({ code, pages: pages.length }).toEqual({ code: 'PAGE_TRUNCATED', pages: 1 });
  });

  it('a device that never begins a page is SCANNER_TIMEOUT', async () => {
    const limits = { ...FAST, firstByteMs: 60 };
    const { code, pages, seen } = await run(
      { next: [page, { ...page, silent: true }] },
      {},
      testDeps({ limits }),
    );
    expect({ code, pages: pages.length, deleted: deleted(seen) }).toEqual({
      code: 'SCANNER_TIMEOUT',
      pages: 1,
      deleted: [JOB],
    });
  });

  it('a page beyond the size bound is refused', async () => {
    const limits = { ...FAST, maxPageBytes: picture.length - 1 };
    expect(await run({ next: [page] }, {}, testDeps({ limits }))).toMatchObject({
      code: 'SCANNER_PROTOCOL',
      pages: [],
    });
  });

  it('a PDF or an error page in place of a picture is refused', async () => {
    expect((await run({ next: [jpeg(Buffer.from('%PDF-1.4 and so on'))] })).code).toBe('SCANNER_PROTOCOL');
  });

  it('a device that restarts in mid-job is SCANNER_UNREACHABLE, and the pages before stay', async () => {
    device = await scriptedDevice({ next: [page] });
    const pages: number[] = [];
    const scan = async () => {
      for await (const each of openScanner(device!.uri, testDeps()).scan(
        SETTINGS,
        new AbortController().signal,
      )) {
        pages.push(each.index);
        await device!.close();
      }
    };
    await expect(scan()).rejects.toMatchObject({ code: 'SCANNER_UNREACHABLE' });
    expect(pages).toEqual([0]);
  });

  it('a DELETE that fails changes nothing and is noted', async () => {
    const notes: string[] = [];
    const deps = testDeps({ limits: { ...FAST, statusMs: 60 }, note: (what) => notes.push(what) });
    const { error, pages } = await run(
      { next: page, remove: { status: 200, silent: true } },
      { source: 'platen' },
      deps,
    );
    expect({ error, pages: pages.length, notes }).toEqual({
      error: undefined,
      pages: 1,
      notes: ['escl: DELETE failed'],
    });
  });
});

describe('a job that does not start', () => {
  it.each([
    [403, 'SCANNER_DENIED'],
    [401, 'SCANNER_DENIED'],
    [409, 'SCANNER_UNSUPPORTED'],
    [400, 'SCANNER_UNSUPPORTED'],
    [500, 'SCANNER_IO'],
    [302, 'SCANNER_PROTOCOL'],
    [503, 'SCANNER_BUSY'],
  ])('with %i → %s', async (status, code) => {
    const idle = xml(statusXml({ adf: 'ScannerAdfLoaded', job: null }));
    const got = await run({ post: of(status), status: idle });
    expect({ code: got.code, pages: got.pages.length, deleted: deleted(got.seen) }).toEqual({
      code,
      pages: 0,
      deleted: [],
    });
  });

  it.each([
    ['ScannerAdfEmpty', 'SCANNER_EMPTY'],
    ['ScannerAdfJam', 'SCANNER_JAMMED'],
    ['ScannerAdfHatchOpen', 'SCANNER_COVER_OPEN'],
  ])('because of %s is named %s', async (adf, code) => {
    expect((await run({ post: of(409), status: xml(statusXml({ adf, job: null })) })).code).toBe(code);
  });

  it('is asked for again while the device is busy', async () => {
    const status = xml(statusXml({ adf: 'ScannerAdfLoaded', job: null }));
    const { steps } = await run({ post: [of(503), created], status, next: page }, { source: 'platen' });
    expect(steps.filter((s) => s === 'POST ScanJobs')).toHaveLength(2);
  });

  it('in black and white is asked for in grey', async () => {
    const capabilities = xml(capabilitiesXml({ modes: ['BlackAndWhite1', 'Grayscale8', 'RGB24'] }));
    const { seen, pages } = await run(
      { capabilities, post: [of(409), created], next: [page, of(404)] },
      { mode: 'bw' },
    );
    const modes = seen
      .filter((r) => r.method === 'POST')
      .map((r) => /<scan:ColorMode>(\w+)</.exec(r.body)?.[1]);
    expect(modes).toEqual(['BlackAndWhite1', 'Grayscale8']);
    expect(pages).toHaveLength(1);
  });
});

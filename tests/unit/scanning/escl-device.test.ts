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
  type Seen,
  scriptedDevice,
  testDeps,
  xml,
} from './scripted-device.ts';

let page: Answer;
let device: Device | undefined;

beforeAll(async () => {
  page = jpeg(await image('jpeg'));
});

afterEach(async () => {
  await device?.close();
  device = undefined;
});

const deleted = (seen: readonly Seen[]) => seen.filter((r) => r.method === 'DELETE').map((r) => r.path);

describe('a device that cannot be described', () => {
  const signal = new AbortController().signal;

  it.each([
    [{ capabilities: of(404) }, 'SCANNER_PROTOCOL'],
    [{ capabilities: of(401) }, 'SCANNER_DENIED'],
    [{ capabilities: of(503) }, 'SCANNER_BUSY'],
    [{ capabilities: xml('<nothing/>') }, 'SCANNER_PROTOCOL'],
    [{ capabilities: xml(' '.repeat(1_100_000)) }, 'SCANNER_PROTOCOL'],
    [
      { capabilities: { ...xml(capabilitiesXml()), after: { bytes: 300, end: 'cut' as const } } },
      'SCANNER_PROTOCOL',
    ],
  ] as const)('%# → %s', async (script: Script, code) => {
    device = await scriptedDevice(script);
    await expect(openScanner(device.uri, testDeps()).describe(signal)).rejects.toMatchObject({ code });
  });

  it('is SCANNER_TIMEOUT where it takes the question and is silent', async () => {
    device = await scriptedDevice({ capabilities: { status: 200, silent: true } });
    const deps = testDeps({ limits: { ...FAST, statusMs: 60 } });
    await expect(openScanner(device.uri, deps).describe(signal)).rejects.toMatchObject({
      code: 'SCANNER_TIMEOUT',
    });
  });

  it('is SCANNER_UNREACHABLE where nobody listens', async () => {
    const gone = await scriptedDevice({});
    await gone.close();
    await expect(openScanner(gone.uri, testDeps()).describe(signal)).rejects.toMatchObject({
      code: 'SCANNER_UNREACHABLE',
    });
  });

  it('and one that can says its sources, resolutions and modes', async () => {
    device = await scriptedDevice({
      capabilities: xml(capabilitiesXml({ duplex: true, modes: ['RGB24', 'Grayscale8', 'BlackAndWhite1'] })),
    });
    expect(await openScanner(device.uri, testDeps()).describe(signal)).toEqual({
      uri: device.uri,
      name: 'Example One',
      origin: 'escl',
      sources: ['adf', 'adf-duplex', 'platen'],
      dpis: [150, 300, 600],
      modes: ['color', 'gray', 'bw'],
    });
  });
});

describe('cancelling', () => {
  it('inside a page ends the transfer, deletes the job and keeps the pages before', async () => {
    const stop = new AbortController();
    const slow: Answer = {
      ...page,
      before: () => setImmediate(() => stop.abort()),
      after: { bytes: 99, end: 'stall' },
    };
    device = await scriptedDevice({ next: [page, slow] });
    const { pages, error } = await outcome(openScanner(device.uri, testDeps()), {}, stop.signal);
    expect(error).toMatchObject({ code: 'CANCELLED' });
    expect(pages).toHaveLength(1);
    expect(deleted(device.seen)).toEqual([JOB]);
  });

  it('while a busy device is waited for ends at once', async () => {
    const stop = new AbortController();
    const busy: Answer = { status: 503, before: () => setImmediate(() => stop.abort()) };
    device = await scriptedDevice({ next: [busy] });
    const deps = testDeps({ limits: { ...FAST, busyPauseMs: 3_600_000 } });
    const { error } = await outcome(openScanner(device.uri, deps), {}, stop.signal);
    expect(error).toMatchObject({ code: 'CANCELLED' });
    expect(deleted(device.seen)).toEqual([JOB]);
  });

  it('while the job is being made leaves no job behind', async () => {
    const stop = new AbortController();
    device = await scriptedDevice({ post: { ...created, before: () => stop.abort() }, next: page });
    const { pages, error } = await outcome(openScanner(device.uri, testDeps()), {}, stop.signal);
    expect(error).toMatchObject({ code: 'CANCELLED' });
    expect(pages).toEqual([]);
    expect(deleted(device.seen)).toEqual([JOB]);
  });

  it('before the start asks the device nothing', async () => {
    device = await scriptedDevice({ next: page });
    const { error } = await outcome(openScanner(device.uri, testDeps()), {}, AbortSignal.abort());
    expect(error).toMatchObject({ code: 'CANCELLED' });
    expect(device.seen).toEqual([]);
  });

  it('by leaving the loop deletes the job too', async () => {
    device = await scriptedDevice({ next: page });
    for await (const _ of openScanner(device.uri, testDeps()).scan(SETTINGS, new AbortController().signal))
      break;
    expect(deleted(device.seen)).toEqual([JOB]);
  });
});

describe('one device', () => {
  it('takes one job at a time, and is free again after it', async () => {
    const deps = testDeps();
    device = await scriptedDevice({ next: page });
    const signal = new AbortController().signal;
    const first = openScanner(device.uri, deps).scan(SETTINGS, signal)[Symbol.asyncIterator]();
    await first.next();
    const second = await outcome(openScanner(device.uri, deps));
    expect(second.error).toMatchObject({ code: 'SCANNER_BUSY', details: { by: 'this-counter' } });
    await first.return?.();
    const third = await outcome(openScanner(device.uri, deps), { source: 'platen' });
    expect(third).toMatchObject({ error: undefined, pages: [{ index: 0 }] });
  });

  it('is one device under each of its addresses', async () => {
    const deps = testDeps();
    const capabilities = (uuid: string) =>
      xml(capabilitiesXml().replace('<scan:Platen>', `<scan:UUID>${uuid}</scan:UUID><scan:Platen>`));
    const signal = new AbortController().signal;
    for (const [uuid, code] of [
      ['8EE2D9C0-6510-588D-BBCF-4BC1FD245DDA', 'SCANNER_BUSY'],
      ['00000000-0000-0000-0000-000000000000', undefined],
    ] as const) {
      device = await scriptedDevice({ capabilities: capabilities(uuid), next: page });
      const other = await scriptedDevice({ capabilities: capabilities(uuid.toLowerCase()), next: page });
      try {
        const first = openScanner(device.uri, deps).scan(SETTINGS, signal)[Symbol.asyncIterator]();
        await first.next();
        const second = await outcome(openScanner(other.uri, deps), { source: 'platen' });
        expect((second.error as { code?: string } | undefined)?.code).toBe(code);
        await first.return?.();
        const third = await outcome(openScanner(other.uri, deps), { source: 'platen' });
        expect(third.error).toBeUndefined();
      } finally {
        await other.close();
        await device.close();
      }
    }
  });

  it('is free again after a failure', async () => {
    const deps = testDeps();
    device = await scriptedDevice({ capabilities: of(500) });
    const { uri } = device;
    expect((await outcome(openScanner(uri, deps))).error).toMatchObject({ code: 'SCANNER_PROTOCOL' });
    expect((await outcome(openScanner(uri, deps))).error).toMatchObject({ code: 'SCANNER_PROTOCOL' });
  });
});

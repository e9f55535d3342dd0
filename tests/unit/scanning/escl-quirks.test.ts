import { afterEach, describe, expect, it, vi } from 'vitest';
import { hostHeader, QUIRKS, quirksOf } from '../../../src/main/scanning/escl/quirks.ts';
import { openScanner } from '../../../src/main/scanning/index.ts';
import { image } from './images.ts';
import {
  capabilitiesXml,
  type Device,
  FAST,
  jpeg,
  of,
  outcome,
  type Script,
  scriptedDevice,
  statusXml,
  testDeps,
  xml,
} from './scripted-device.ts';

let device: Device | undefined;
afterEach(async () => {
  await device?.close();
  device = undefined;
});

async function run(model: string, script: Script, settings = {}, limits = FAST) {
  device = await scriptedDevice({ capabilities: xml(capabilitiesXml({ model })), ...script });
  return outcome(openScanner(device.uri, testDeps({ limits })), settings);
}

describe('quirks of device families', () => {
  it('each name their source', () => {
    expect(
      QUIRKS.filter((row) => row.source === '' || !(row.model || row.manufacturer || row.server)),
    ).toEqual([]);
  });

  it.each([
    ['HP LaserJet MFP M630', '', { host: 'localhost' }],
    ['HP Color LaserJet FlowMFP M578', '', { host: 'localhost' }],
    ['HP Anything', 'HP HTTP Server; HP_Compact_Server/1.1', { host: 'localhost' }],
    ['EPSON WF-4740', '', { host: 'with-port' }],
    ['Brother MFC-L2710DW', '', { pageGapMs: 1000 }],
    ['Canon MF410 Series', '', { checkFeederFirst: true }],
    ['Canon iR2625/2630', '', { maxDpi: 300 }],
    ['Xerox WorkCentre 3345', '', { checkFeederFirst: true }],
    ['Xerox B215 Multifunction Printer', '', { retryStatuses: [404, 410] }],
    ['RICOH SP C261SFNw', '', { statusBeforeFirstPage: true }],
    ['RICOH IM C3000', '', {}],
    ['FUJITSU fi-6130dj', '', { feederStateUnsure: true }],
    ['Noname frontend-tester', 'AirSane', {}],
  ])('%s (%s) → %j', (model, server, quirks) => {
    expect(quirksOf({ model, server })).toEqual(quirks);
  });

  it('are known by the maker too', () => {
    expect(quirksOf({ model: 'DS-790WN', manufacturer: 'EPSON' })).toEqual({ host: 'with-port' });
    expect(quirksOf({ model: 'DS-790WN', manufacturer: 'Epson America' })).toEqual({});
  });

  it('apply where every pattern of a row matches', () => {
    const table = [{ family: 'x', model: /A/, server: /B/, quirks: { maxDpi: 1 }, source: 's' }];
    expect(quirksOf({ model: 'A', server: 'B' }, table)).toEqual({ maxDpi: 1 });
    expect(quirksOf({ model: 'A', server: 'C' }, table)).toEqual({});
    expect(quirksOf({ model: 'A' }, table)).toEqual({});
  });

  it('wait for a Brother half the time that its page took, a second at most', async () => {
    const page = jpeg(await image('jpeg'));
    const waits: number[] = [];
    const timers = vi.spyOn(globalThis, 'setTimeout');
    // Every look at the clock is 900 ms later: so long a page seems to take.
    let now = 0;
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => (now += 900));
    try {
      const { pages } = await run('Brother MFC-L2750DW', { next: [page, of(404)] });
      expect(pages).toHaveLength(1);
      waits.push(...timers.mock.calls.map(([, ms]) => ms ?? 0));
    } finally {
      clock.mockRestore();
      timers.mockRestore();
    }
    expect(waits).toContain(450);
  });

  it('name the port in the Host header also where it is the usual one', () => {
    const base = (text: string) => new URL(text);
    expect(hostHeader({ host: 'with-port' }, base('http://10.0.0.1/eSCL'))).toBe('10.0.0.1:80');
    expect(hostHeader({ host: 'with-port' }, base('https://10.0.0.1/eSCL'))).toBe('10.0.0.1:443');
    expect(hostHeader({}, base('http://10.0.0.1/eSCL'))).toBeUndefined();
  });

  it('send Host: localhost from the first request that can know of it', async () => {
    const page = jpeg(await image('jpeg'));
    await run('HP LaserJet MFP M630', { next: page }, { source: 'platen' });
    expect(device?.seen.slice(1).map((r) => r.host)).toEqual(['localhost', 'localhost', 'localhost']);
  });

  it('ask for the capabilities again where the Server header shows the family and the answer was an error', async () => {
    const headers = { server: 'HP_Compact_Server' };
    const capabilities = [
      { status: 400, headers },
      { ...xml(capabilitiesXml()), headers },
    ];
    const { pages } = await run('', { capabilities, next: jpeg(await image('jpeg')) }, { source: 'platen' });
    expect(pages).toHaveLength(1);
    expect(device?.seen.map((r) => r.host).slice(1, 3)).toEqual(['localhost', 'localhost']);
  });

  it('wait on 404 for a Xerox B215 while its job runs, and end when the job has ended', async () => {
    const page = jpeg(await image('jpeg'));
    const running = xml(statusXml({ state: 'Processing', adf: 'ScannerAdfProcessing', job: 'Processing' }));
    const { pages, error } = await run('Xerox B215', {
      next: [of(404), of(410), page, of(404)],
      status: [running, running, xml(statusXml())],
    });
    expect(error).toBeUndefined();
    expect(pages).toHaveLength(1);
  });

  it('look at the feeder of a Canon MF410 before a job', async () => {
    const { error } = await run('Canon MF410 Series', {});
    expect(error).toMatchObject({ code: 'SCANNER_EMPTY' });
    expect(device?.seen.filter((r) => r.method === 'POST')).toEqual([]);
  });

  it('ask a Canon iR2625 for no more than 300 dpi', async () => {
    const page = jpeg(await image('jpeg'));
    const { pages } = await run('Canon iR2625/2630', { next: page }, { source: 'platen', dpi: 600 });
    expect(pages[0]?.dpi).toBe(300);
    expect(device?.seen.find((r) => r.method === 'POST')?.body).toContain('<scan:XResolution>300<');
  });
});

import { generateKeyPairSync } from 'node:crypto';
import https from 'node:https';
import forge from 'node-forge';
import sharp from 'sharp';
import { afterEach, describe, expect, it } from 'vitest';
import {
  type ScannerSimulator,
  type SimulatorOptions,
  startScannerSimulator,
} from '../../../src/simulators/scanner/index.ts';

let simulator: ScannerSimulator;
let base: string;

afterEach(() => simulator.stop());

async function start(options: SimulatorOptions = {}): Promise<void> {
  simulator = await startScannerSimulator({ seed: 1, ...options });
  base = simulator.uri.replace('escl:', '');
}

interface Ask {
  readonly source?: 'Feeder' | 'Platen';
  readonly dpi?: number;
  readonly mode?: string;
  readonly width?: number;
  readonly height?: number;
  readonly extra?: string;
}

function settings({
  source = 'Feeder',
  dpi = 75,
  mode = 'RGB24',
  width = 2480,
  height = 3508,
  extra = '',
}: Ask) {
  return `<?xml version="1.0"?><scan:ScanSettings xmlns:pwg="http://www.pwg.org/schemas/2010/12/sm" xmlns:scan="http://schemas.hp.com/imaging/escl/2011/05/03">
<pwg:ScanRegions><pwg:ScanRegion><pwg:ContentRegionUnits>escl:ThreeHundredthsOfInches</pwg:ContentRegionUnits>
<pwg:XOffset>0</pwg:XOffset><pwg:YOffset>0</pwg:YOffset><pwg:Width>${width}</pwg:Width><pwg:Height>${height}</pwg:Height></pwg:ScanRegion></pwg:ScanRegions>
<pwg:InputSource>${source}</pwg:InputSource><scan:XResolution>${dpi}</scan:XResolution><scan:YResolution>${dpi}</scan:YResolution>
<scan:ColorMode>${mode}</scan:ColorMode><pwg:DocumentFormat>image/jpeg</pwg:DocumentFormat>${extra}</scan:ScanSettings>`;
}

const post = (body: string) => fetch(`${base}/ScanJobs`, { method: 'POST', body });

async function openJob(ask: Ask = {}): Promise<string> {
  const response = await post(settings(ask));
  expect(response.status).toBe(201);
  return `${base}${response.headers.get('location')?.replace('/eSCL', '')}`;
}

async function next(job: string): Promise<{ status: number; bytes: Buffer }> {
  const response = await fetch(`${job}/NextDocument`);
  return { status: response.status, bytes: Buffer.from(await response.arrayBuffer()) };
}

const status = async () => (await fetch(`${base}/ScannerStatus`)).text();
const isWhole = (bytes: Buffer) => bytes.length > 2 && bytes.readUInt16BE(bytes.length - 2) === 0xffd9;

describe('the simulated scanner', () => {
  it('gives its sheets one by one, then 409 once and 404 for ever', async () => {
    await start({ sheets: 2 });
    const job = await openJob();
    const pages = [await next(job), await next(job)];
    for (const page of pages) {
      expect(page.status).toBe(200);
      expect(isWhole(page.bytes)).toBe(true);
    }
    expect(Buffer.compare(pages[0]!.bytes, pages[1]!.bytes)).not.toBe(0);
    expect([(await next(job)).status, (await next(job)).status, (await next(job)).status]).toEqual([
      409, 404, 404,
    ]);
    const text = await status();
    expect(text).toContain('<pwg:JobState>Completed</pwg:JobState>');
    expect(text).toContain('<pwg:ImagesCompleted>2</pwg:ImagesCompleted>');
    expect(text).toContain('ScannerAdfEmpty');
  });

  it('refuses a job on an empty feeder and a second job beside one that runs', async () => {
    await start({ sheets: 1 });
    const job = await openJob();
    expect((await post(settings({}))).status).toBe(503);
    await next(job);
    await fetch(job, { method: 'DELETE' });
    expect((await post(settings({}))).status).toBe(409);
    simulator.control.loadFeeder([{ kind: 'blank', seed: 1 }]);
    expect((await post(settings({}))).status).toBe(201);
  });

  it('takes no more than ten sheets', async () => {
    await start();
    const sheets = Array.from({ length: 11 }, (_, seed) => ({ kind: 'blank' as const, seed }));
    expect(() => simulator.control.loadFeeder(sheets)).toThrow('11 sheets');
    expect(simulator.control.sheetsLeft()).toBe(10);
  });

  it('scans the platen once a job, at the asked region and mode', async () => {
    await start();
    simulator.control.placeOnPlaten({ kind: 'birth-notice', seed: 2 });
    for (const [mode, channels] of [['RGB24', 3] as const, ['Grayscale8', 1] as const]) {
      for (const [width, pixels] of [[1240, 413] as const, [2550, 850] as const]) {
        const job = await openJob({ source: 'Platen', dpi: 100, mode, width, height: 1754 });
        const page = await next(job);
        expect(await sharp(page.bytes).metadata()).toMatchObject({ width: pixels, height: 585, channels });
        expect((await next(job)).status).toBe(404);
      }
    }
    expect(simulator.control.sheetsLeft()).toBe(10);
  });

  it.each([
    ['no XML', 'nonsense <', 400],
    ['another document', '<a/>', 400],
    ['a resolution it lacks', settings({ dpi: 5000 }), 409],
    ['a region of no size', settings({ width: 0 }), 409],
    ['a region beyond the glass', settings({ width: 9000 }), 409],
    ['an unknown colour mode', settings({ mode: 'RGB99' }), 409],
    ['a source it lacks', settings({}).replace('Feeder', 'Camera'), 409],
    ['duplex', settings({ extra: '<scan:Duplex>true</scan:Duplex>' }), 409],
    ['a number that is none', settings({}).replace('>2480<', '>wide<'), 400],
    ['too much text', ' '.repeat(70_000), 400],
  ])('refuses %s', async (_what, body, code) => {
    await start();
    expect((await post(body)).status).toBe(code);
    expect(await status()).not.toContain('Processing');
  });

  it('knows no other job, path or method', async () => {
    await start();
    expect((await fetch(`${base}/ScanJobs/0c1f0e3a-0000-4000-8000-000000000000/NextDocument`)).status).toBe(
      404,
    );
    expect((await fetch(`${base}/elsewhere`)).status).toBe(404);
    const job = await openJob();
    expect((await fetch(job, { method: 'PUT' })).status).toBe(405);
  });

  it('lets go of a job that nobody asks for any more', async () => {
    await start({ jobIdleMs: 0 });
    await openJob();
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect((await post(settings({}))).status).toBe(201);
  });
});

describe('the simulated scanner over https', () => {
  function selfSigned() {
    const { privateKey, publicKey } = generateKeyPairSync('rsa', {
      modulusLength: 2048,
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    });
    const certificate = forge.pki.createCertificate();
    certificate.publicKey = forge.pki.publicKeyFromPem(publicKey);
    certificate.serialNumber = '01';
    certificate.validity.notBefore = new Date(Date.now() - 86_400_000);
    certificate.validity.notAfter = new Date(Date.now() + 86_400_000);
    certificate.setSubject([{ name: 'commonName', value: 'Simulated scanner' }]);
    certificate.setIssuer([{ name: 'commonName', value: 'Simulated scanner' }]);
    certificate.setExtensions([{ name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] }]);
    certificate.sign(forge.pki.privateKeyFromPem(privateKey), forge.md.sha256.create());
    return { key: privateKey, cert: forge.pki.certificateToPem(certificate) };
  }

  it('shows the certificate it was given', async () => {
    const identity = selfSigned();
    await start({ https: identity });
    expect(simulator.uri).toBe(`escls:https://127.0.0.1:${simulator.port}/eSCL`);
    const url = `https://127.0.0.1:${simulator.port}/eSCL/ScannerCapabilities`;
    const code = await new Promise((resolve, reject) => {
      https
        .get(url, { ca: identity.cert, agent: false }, (res) => resolve(res.resume().statusCode))
        .on('error', reject);
    });
    expect(code).toBe(200);
  });
});

describe('faults on demand', () => {
  it.each(['empty', 'cut'] as const)(
    'a jam in mid-page: 200 and a body that is %s, then 404, the sheet still there',
    async (body) => {
      await start({ faults: [{ kind: 'jam', page: 1, body }] });
      const job = await openJob();
      expect(isWhole((await next(job)).bytes)).toBe(true);
      const jam = await next(job);
      expect(jam.status).toBe(200);
      expect(isWhole(jam.bytes)).toBe(false);
      expect(jam.bytes.length > 0).toBe(body === 'cut');
      expect((await next(job)).status).toBe(404);
      expect(await status()).toMatch(/ScannerAdfJam.*Aborted/s);
      expect((await post(settings({}))).status).toBe(409);
      simulator.control.clear();
      expect(simulator.control.sheetsLeft()).toBe(9);
      expect((await next(await openJob())).status).toBe(200);
    },
  );

  it('an open cover, before and within a job', async () => {
    await start({ faults: [{ kind: 'cover-open' }] });
    expect(await status()).toContain('ScannerAdfHatchOpen');
    expect((await post(settings({}))).status).toBe(409);
    simulator.control.clear();
    simulator.control.inject({ kind: 'cover-open', page: 0 });
    const page = await next(await openJob());
    expect([page.status, page.bytes.length]).toEqual([200, 0]);
    expect(await status()).toContain('ScannerAdfHatchOpen');
  });

  it('busy, as often as asked', async () => {
    await start({
      faults: [
        { kind: 'busy', times: 2, at: 'job' },
        { kind: 'busy', times: 1, at: 'page' },
      ],
    });
    expect([(await post(settings({}))).status, (await post(settings({}))).status]).toEqual([503, 503]);
    const job = await openJob();
    expect([(await next(job)).status, (await next(job)).status]).toEqual([503, 200]);
  });

  it('a reset half way through a page', async () => {
    await start({ faults: [{ kind: 'reset', page: 0 }] });
    const job = await openJob();
    const response = await fetch(`${job}/NextDocument`);
    expect(response.status).toBe(200);
    await expect(response.arrayBuffer()).rejects.toThrow();
    expect(await status()).toContain('Aborted');
  });

  it('a reboot in mid-job: the line breaks, the job is forgotten, the feeder is not', async () => {
    await start({ faults: [{ kind: 'reboot', page: 1, downMs: 50 }] });
    const job = await openJob();
    await next(job);
    await expect(next(job)).rejects.toThrow();
    await expect.poll(() => status().catch(() => 'down'), { timeout: 5000 }).toContain('ScannerAdfLoaded');
    expect((await next(job)).status).toBe(404);
    expect(simulator.control.sheetsLeft()).toBe(9);
  });

  it('a crash: nobody answers any more', async () => {
    await start({ faults: [{ kind: 'crash', page: 0 }] });
    const job = await openJob();
    await expect(next(job)).rejects.toThrow();
    await expect(status()).rejects.toThrow();
  });

  it('a Location that names another host', async () => {
    await start({ faults: [{ kind: 'wrong-host' }] });
    const response = await post(settings({}));
    expect(response.headers.get('location')).toMatch(/^http:\/\/scanner\.invalid:\d+\/eSCL\/ScanJobs\//);
  });

  it('black-and-white refused, gray taken', async () => {
    await start({ faults: [{ kind: 'refuse-bw' }] });
    expect((await post(settings({ mode: 'BlackAndWhite1' }))).status).toBe(409);
    expect((await post(settings({ mode: 'Grayscale8' }))).status).toBe(201);
  });

  it('a job deleted in mid-page: the body ends cleanly, the picture is cut', async () => {
    await start({ faults: [{ kind: 'slow', chunkDelayMs: 200 }], papers: [{ kind: 'request', seed: 1 }] });
    const job = await openJob({ dpi: 150 });
    const response = await fetch(`${job}/NextDocument`);
    const busy = await next(job);
    expect(busy.status).toBe(503);
    expect((await fetch(job, { method: 'DELETE' })).status).toBe(200);
    const bytes = Buffer.from(await response.arrayBuffer());
    expect(isWhole(bytes)).toBe(false);
    expect(await status()).toContain('Canceled');
  });

  it('a device that delivers less than it advertises', async () => {
    await start({ deliversAtMost: 100 });
    const page = await next(await openJob({ dpi: 200 }));
    expect(await sharp(page.bytes).metadata()).toMatchObject({ width: 827, height: 1169, density: 100 });
  });

  it('keeps a log of what was asked', async () => {
    await start();
    await next(await openJob());
    await expect
      .poll(() => simulator.control.log.map((e) => `${e.method} ${e.status}`))
      .toEqual(['POST 201', 'GET 200']);
    expect(simulator.control.log[1]?.bytes).toBeGreaterThan(10_000);
  });
});

describe('the feeder that turns its sheets', () => {
  const papers = [
    { kind: 'request' as const, seed: 1, back: { kind: 'birth-notice' as const, seed: 2 } },
    { kind: 'request' as const, seed: 3 },
  ];
  const duplex = { extra: '<scan:Duplex>true</scan:Duplex>' };

  async function sides(options: SimulatorOptions, ask: Ask): Promise<Buffer[]> {
    await start({ feeder: 'duplex', papers, ...options });
    const job = await openJob(ask);
    const found: Buffer[] = [];
    for (;;) {
      const { status, bytes } = await next(job);
      if (status !== 200) return found;
      found.push(bytes);
    }
  }

  it('gives front and back of each sheet, an empty back as an empty page', async () => {
    const both = await sides({}, duplex);
    expect(both).toHaveLength(4);
    await simulator.stop();
    const fronts = await sides({}, {});
    expect(fronts.map((front) => both.findIndex((side) => side.equals(front)))).toEqual([0, 2]);
    const { channels } = await sharp(both[3]!).stats();
    expect(channels[0]!.stdev).toBeLessThan(10);
  });

  it('may give the back first', async () => {
    const both = await sides({}, duplex);
    await simulator.stop();
    const turned = await sides({ backsFirst: true }, duplex);
    expect(turned.map((side) => both.findIndex((each) => each.equals(side)))).toEqual([1, 0, 3, 2]);
  });

  it('says so in its capabilities', async () => {
    await start({ feeder: 'duplex' });
    const text = await (await fetch(`${base}/ScannerCapabilities`)).text();
    expect(text).toContain('<scan:AdfDuplexInputCaps>');
    expect(text).toContain('<scan:AdfOption>Duplex</scan:AdfOption>');
  });

  it('puts a sheet back whole when its back jams', async () => {
    await start({ feeder: 'duplex', papers, faults: [{ kind: 'jam', page: 1, body: 'none' }] });
    const job = await openJob(duplex);
    expect((await next(job)).status).toBe(200);
    expect((await next(job)).status).toBe(409);
    expect(simulator.control.sheetsLeft()).toBe(2);
  });
});

describe('a device without a part', () => {
  it('has no section for it, refuses it and says nothing of it', async () => {
    await start({ platen: false });
    expect(await (await fetch(`${base}/ScannerCapabilities`)).text()).not.toContain('Platen');
    expect((await post(settings({ source: 'Platen' }))).status).toBe(409);
    await simulator.stop();
    await start({ feeder: 'none' });
    expect(await (await fetch(`${base}/ScannerCapabilities`)).text()).not.toContain('Adf');
    expect(await status()).not.toContain('AdfState');
    expect((await post(settings({}))).status).toBe(409);
    expect((await post(settings({ source: 'Platen' }))).status).toBe(201);
  });
});

describe('more faults on demand', () => {
  it.each([
    'ScannerAdfMispick',
    'ScannerAdfDuplexPageTooShort',
    'ScannerAdfDuplexPageTooLong',
    'ScannerAdfMultipickDetected',
    'ScannerAdfInputTrayFailed',
    'ScannerAdfInputTrayOverloaded',
  ] as const)('%s in a job and before one', async (state) => {
    await start({ sheets: 2, faults: [{ kind: 'feeder', state, page: 1 }] });
    const job = await openJob();
    await next(job);
    const page = await next(job);
    expect([page.status, page.bytes.length]).toEqual([200, 0]);
    expect(await status()).toMatch(new RegExp(`${state}.*Aborted`, 's'));
    expect((await post(settings({}))).status).toBe(409);
    simulator.control.clear();
    expect((await post(settings({}))).status).toBe(201);
  });

  it('a picture that is cut, and nothing that says why', async () => {
    await start({ sheets: 2, faults: [{ kind: 'cut', page: 0 }] });
    const job = await openJob();
    const page = await next(job);
    expect([page.status, page.bytes.length > 0, isWhole(page.bytes)]).toEqual([200, true, false]);
    expect(await status()).toContain('<pwg:JobState>Processing</pwg:JobState>');
    expect(isWhole((await next(job)).bytes)).toBe(true);
  });

  it('something that is no picture', async () => {
    await start({ sheets: 2, faults: [{ kind: 'no-picture', as: 'pdf', page: 0 }] });
    expect((await next(await openJob())).bytes.toString()).toMatch(/^%PDF-/);
  });

  it('a page given twice', async () => {
    await start({ sheets: 2, faults: [{ kind: 'twice', page: 0 }] });
    const job = await openJob();
    const [one, again, two] = [await next(job), await next(job), await next(job)];
    expect([again.bytes.equals(one.bytes), two.bytes.equals(one.bytes)]).toEqual([true, false]);
    expect((await next(job)).status).toBe(409);
  });

  it('sleep: the first question is broken off, or answered late', async () => {
    await start({ faults: [{ kind: 'sleep', wakes: 'by-reset' }] });
    await expect(status()).rejects.toThrow();
    expect(await status()).toContain('Idle');
    simulator.control.inject({ kind: 'sleep', wakes: 'slowly', ms: 10 });
    expect(await status()).toContain('Idle');
  });

  it('a state of its own, with 503 meanwhile', async () => {
    await start({ faults: [{ kind: 'state', state: 'Testing' }] });
    expect(await status()).toContain('<pwg:State>Testing</pwg:State>');
    expect((await post(settings({}))).status).toBe(503);
    simulator.control.clear();
    expect((await post(settings({}))).status).toBe(201);
  });

  it('busy with a time', async () => {
    await start({ faults: [{ kind: 'busy', times: 1, at: 'job', retryAfterSeconds: 7 }] });
    expect((await post(settings({}))).headers.get('retry-after')).toBe('7');
    expect((await post(settings({}))).headers.get('retry-after')).toBeNull();
  });

  it('DELETE without effect', async () => {
    await start({ faults: [{ kind: 'ignore-delete' }] });
    const job = await openJob();
    expect((await fetch(job, { method: 'DELETE' })).status).toBe(405);
    expect((await next(job)).status).toBe(200);
  });
});

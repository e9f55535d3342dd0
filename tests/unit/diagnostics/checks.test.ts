import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { CounterError } from '../../../src/contract/errors.ts';
import type { ScannerDevice, SigningKeyInfo } from '../../../src/contract/model.ts';
import {
  diskCheck,
  keyCheck,
  provinceCheck,
  scannerCheck,
  storeCheck,
} from '../../../src/main/diagnostics/checks.ts';
import { createDiagnostics } from '../../../src/main/diagnostics/run.ts';

const never = new AbortController().signal;
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'counter-diagnostics-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('the disk', () => {
  const GiB = 1024 ** 3;
  const withFree = (bytes: number) =>
    diskCheck(folder, async () => ({ bavail: bytes / 4096, bsize: 4096 }))(never);

  it.each([
    [50 * GiB, 'ok'],
    [1 * GiB, 'warning'],
    [0.1 * GiB, 'failed'],
    [0, 'failed'],
  ])('with %d bytes free is %s', async (bytes, status) => {
    expect(await withFree(bytes)).toEqual({ status, details: { freeMiB: Math.floor(bytes / 2 ** 20) } });
  });

  it('is measured where the folder lies', async () => {
    expect((await diskCheck(folder)(never)).details.freeMiB).toBeTypeOf('number');
  });
});

describe('the store', () => {
  const check = (missing: number, mode: number) => {
    const configFile = path.join(folder, 'counter.json');
    writeFileSync(configFile, '{}');
    chmodSync(configFile, mode);
    const count = () => ({ dossiers: 3, objects: 9 });
    return storeCheck({ count, missingObjects: () => missing, configFile })(never);
  };

  it('is ok where nothing is missing and the configuration is private', async () => {
    expect(await check(0, 0o600)).toEqual({
      status: 'ok',
      details: { dossiers: 3, objects: 9, missing: 0, configReadableByOthers: false },
    });
  });
  it.skipIf(process.platform === 'win32')(
    'warns where others can read the configuration’s secrets',
    async () => {
      expect(await check(0, 0o644)).toMatchObject({
        status: 'warning',
        details: { configReadableByOthers: true },
      });
    },
  );
  it('has failed where an object is missing', async () => {
    expect(await check(2, 0o644)).toMatchObject({ status: 'failed', details: { missing: 2 } });
  });
});

describe('the scanners', () => {
  const device = (name: string): ScannerDevice => ({
    uri: `escl:http://${name}/eSCL`,
    name,
    origin: 'configured',
    sources: ['adf'],
    dpis: [300],
    modes: ['color'],
  });
  const check = (found: string[], configured: number) =>
    scannerCheck(async () => found.map(device), configured)(never);

  it('are ok where all answer', async () => {
    expect(await check(['a', 'b'], 2)).toEqual({ status: 'ok', details: { found: 2, names: 'a, b' } });
  });
  it('warn where one of those configured does not answer, or none is configured', async () => {
    expect(await check(['a'], 2)).toMatchObject({ status: 'warning', details: { found: 1, configured: 2 } });
    expect(await check([], 0)).toMatchObject({ status: 'warning' });
  });
  it('have failed where none of those configured answers', async () => {
    expect(await check([], 1)).toEqual({ status: 'failed', details: { found: 0, configured: 1 } });
  });
});

describe('the signing keys', () => {
  const key = (pinState: SigningKeyInfo['pinState']): SigningKeyInfo => ({
    uri: 'pkcs12:a',
    label: 'a',
    kind: 'pkcs12',
    pinState,
  });
  const check = (states: SigningKeyInfo['pinState'][], configured = states.length) =>
    keyCheck(async () => states.map(key), configured)(never);

  it.each([
    [['ok', 'unknown'], 'ok'],
    [['ok', 'low'], 'warning'],
    [['final-try'], 'warning'],
    [['ok', 'locked'], 'failed'],
  ] as const)('with the PIN states %j are %s', async (states, status) => {
    expect((await check([...states])).status).toBe(status);
  });
  it('warn where one of those configured is not there', async () => {
    expect((await check(['ok'], 2)).status).toBe('warning');
  });
  it('have failed where none of those configured is there, and warn where none is configured', async () => {
    expect((await check([], 1)).status).toBe('failed');
    expect((await check([], 0)).status).toBe('warning');
  });
});

describe('the province', () => {
  let server: Server | null = null;
  afterEach(async () => {
    const open = server;
    server = null;
    open?.closeAllConnections();
    await new Promise((resolve) => (open ? open.close(resolve) : resolve(null)));
  });
  async function served(answer: RequestListener): Promise<string> {
    const started = createServer(answer);
    server = started;
    await new Promise<void>((resolve) => started.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(started.address() as AddressInfo).port}`;
  }
  const dated =
    (date: string, status = 404): RequestListener =>
    (_, response) =>
      response.writeHead(status, { date }).end();
  const now = new Date('2026-11-23T02:00:00Z');
  const check = async (answer: RequestListener) => provinceCheck(await served(answer), () => now)(never);

  it('is ok where it answers and the clocks agree', async () => {
    expect(await check(dated('Mon, 23 Nov 2026 01:59:30 GMT'))).toEqual({
      status: 'ok',
      details: { clockOffsetSeconds: 30 },
    });
  });
  it('warns where the clocks differ by more than a minute', async () => {
    expect(await check(dated('Mon, 23 Nov 2026 02:05:00 GMT'))).toEqual({
      status: 'warning',
      details: { clockOffsetSeconds: -300 },
    });
  });
  it('has failed where it answers with a fault of its own', async () => {
    expect(await check(dated('Mon, 23 Nov 2026 02:00:00 GMT', 503))).toEqual({
      status: 'failed',
      details: { code: 'PROVINCE_FAILED', status: 503 },
    });
  });
  it('has failed where nobody answers, and says how', async () => {
    const url = await served(() => undefined);
    await new Promise((resolve) => server?.close(resolve));
    expect(await provinceCheck(url, () => now)(never)).toEqual({
      status: 'failed',
      details: { code: 'PROVINCE_UNREACHABLE', reason: 'ECONNREFUSED' },
    });
  });
  it('is skipped where none is configured', async () => {
    expect(await provinceCheck(null, () => now)(never)).toEqual({
      status: 'skipped',
      details: { configured: false },
    });
  });
});

describe('a diagnosis', () => {
  it('tells of every check in its order, whatever one of them does', async () => {
    const run = createDiagnostics(
      {
        good: async () => ({ status: 'ok', details: { n: 1 } }),
        named: async () => {
          throw new CounterError('DISK_FAILED', { reason: 'EIO' });
        },
        broken: () => Promise.reject(new TypeError('secret path')),
        endless: () => new Promise(() => undefined),
      },
      20,
    );
    expect(await run()).toEqual([
      { name: 'good', status: 'ok', details: { n: 1 } },
      { name: 'named', status: 'failed', details: { reason: 'EIO', code: 'DISK_FAILED' } },
      { name: 'broken', status: 'failed', details: { code: 'INTERNAL' } },
      { name: 'endless', status: 'failed', details: { code: 'TIMEOUT' } },
    ]);
  });
});

import { generateKeyPairSync } from 'node:crypto';
import tls from 'node:tls';
import forge from 'node-forge';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { memoryPins, openScanner } from '../../../src/main/scanning/index.ts';
import { image } from './images.ts';
import {
  type Device,
  FAST,
  jpeg,
  of,
  outcome,
  SETTINGS,
  scriptedDevice,
  testDeps,
} from './scripted-device.ts';

interface Identity {
  readonly key: string;
  readonly cert: string;
}

/** A certificate as scanners make them: signed by themselves; without `address` its name matches no address. */
function selfSigned(name: string, days = 30, address?: string, issuer?: Identity): Identity {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = forge.pki.publicKeyFromPem(publicKey);
  certificate.serialNumber = '01';
  certificate.validity.notBefore = new Date(Date.now() - 60 * 86_400_000);
  certificate.validity.notAfter = new Date(Date.now() + days * 86_400_000);
  certificate.setSubject([{ name: 'commonName', value: name }]);
  certificate.setIssuer([{ name: 'commonName', value: issuer ? 'Maker of scanners' : name }]);
  if (address) certificate.setExtensions([{ name: 'subjectAltName', altNames: [{ type: 7, ip: address }] }]);
  certificate.sign(forge.pki.privateKeyFromPem(issuer?.key ?? privateKey), forge.md.sha256.create());
  return { key: privateKey, cert: forge.pki.certificateToPem(certificate) };
}

let one: Identity;
let two: Identity;
let expired: Identity;
let devices: Device[] = [];

beforeAll(() => {
  [one, two, expired] = [selfSigned('Scanner one'), selfSigned('Scanner two'), selfSigned('Scanner old', -1)];
});

afterEach(async () => {
  await Promise.all(devices.map((d) => d.close()));
  devices = [];
});

async function secureDevice(identity: Identity & { maxVersion?: 'TLSv1.2' }): Promise<Device> {
  const made = await scriptedDevice({ next: [jpeg(await image('jpeg')), of(404)] }, identity);
  devices.push(made);
  return made;
}

describe('a scanner with a certificate of its own', () => {
  it('is pinned on first use and scans', async () => {
    const device = await secureDevice(one);
    const pins = memoryPins();
    const { pages, error } = await outcome(openScanner(device.uri, testDeps({ pins })));
    expect(error).toBeUndefined();
    expect(pages).toHaveLength(1);
    const pin = await pins.get(`127.0.0.1:${device.port}`);
    expect(pin).toMatchObject({
      kind: 'certificate',
      sha256: expect.stringMatching(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/),
    });
  });

  it('is pinned over TLS 1.2, which is all that older devices speak', async () => {
    const device = await secureDevice({ ...one, maxVersion: 'TLSv1.2' });
    const { pages, error } = await outcome(openScanner(device.uri, testDeps()));
    expect({ error, pages: pages.length }).toEqual({ error: undefined, pages: 1 });
  });

  it('is pinned where its maker signed it and nobody knows the maker', async () => {
    const device = await secureDevice(selfSigned('Scanner three', 30, undefined, two));
    const { pages, error } = await outcome(openScanner(device.uri, testDeps()));
    expect({ error, pages: pages.length }).toEqual({ error: undefined, pages: 1 });
  });

  it('is known again by its pin', async () => {
    const device = await secureDevice(one);
    const pins = memoryPins();
    await openScanner(device.uri, testDeps({ pins })).describe(new AbortController().signal);
    const { error, pages } = await outcome(openScanner(device.uri, testDeps({ pins })));
    expect({ error, pages: pages.length }).toEqual({ error: undefined, pages: 1 });
  });

  it('that shows another certificate is refused, asked nothing, and its pin stays', async () => {
    const [first, other] = [await secureDevice(one), await secureDevice(two)];
    const pins = memoryPins();
    await openScanner(first.uri, testDeps({ pins })).describe(new AbortController().signal);
    const pin = (await pins.get(`127.0.0.1:${first.port}`))!;
    await pins.set(`127.0.0.1:${other.port}`, pin);
    const { error } = await outcome(openScanner(other.uri, testDeps({ pins })));
    expect(error).toMatchObject({ code: 'SCANNER_CERTIFICATE', details: { reason: 'changed' } });
    expect(other.seen).toEqual([]);
    expect(await pins.get(`127.0.0.1:${other.port}`)).toEqual(pin);
  });

  it('that an authority had vouched for may not fall back to a certificate of its own', async () => {
    const device = await secureDevice(one);
    const pins = memoryPins([[`127.0.0.1:${device.port}`, { kind: 'authority' }]]);
    const { error } = await outcome(openScanner(device.uri, testDeps({ pins })));
    expect(error).toMatchObject({ code: 'SCANNER_CERTIFICATE', details: { reason: 'untrusted' } });
    expect(device.seen).toEqual([]);
  });

  it('is refused where the policy demands a trusted one', async () => {
    const device = await secureDevice(one);
    const deps = testDeps({ requireTrustedCertificate: true });
    const { error } = await outcome(openScanner(device.uri, deps));
    expect(error).toMatchObject({ code: 'SCANNER_CERTIFICATE', details: { reason: 'untrusted' } });
    expect(device.seen).toEqual([]);
  });

  it('that has expired is refused and not pinned', async () => {
    const device = await secureDevice(expired);
    const pins = memoryPins();
    const { error } = await outcome(openScanner(device.uri, testDeps({ pins })));
    expect(error).toMatchObject({ code: 'SCANNER_CERTIFICATE', details: { reason: 'unusable' } });
    expect(await pins.get(`127.0.0.1:${device.port}`)).toBeUndefined();
    expect(device.seen).toEqual([]);
  });
});

describe('a scanner with a certificate that this machine trusts', () => {
  const machine = tls.getCACertificates('default');
  afterEach(() => tls.setDefaultCACertificates(machine));

  it('is bound to that: no certificate of its own is accepted later', async () => {
    const trusted = selfSigned('127.0.0.1', 30, '127.0.0.1');
    tls.setDefaultCACertificates([...machine, trusted.cert]);
    const device = await secureDevice(trusted);
    const pins = memoryPins();
    const { pages, error } = await outcome(openScanner(device.uri, testDeps({ pins })));
    expect({ error, pages: pages.length }).toEqual({ error: undefined, pages: 1 });
    expect(await pins.get(`127.0.0.1:${device.port}`)).toEqual({ kind: 'authority' });
    tls.setDefaultCACertificates(machine);
    expect((await outcome(openScanner(device.uri, testDeps({ pins })))).error).toMatchObject({
      code: 'SCANNER_CERTIFICATE',
      details: { reason: 'untrusted' },
    });
  });

  it('passes the policy that demands a trusted one', async () => {
    const trusted = selfSigned('127.0.0.1', 30, '127.0.0.1');
    tls.setDefaultCACertificates([...machine, trusted.cert]);
    const device = await secureDevice(trusted);
    const { pages } = await outcome(openScanner(device.uri, testDeps({ requireTrustedCertificate: true })));
    expect(pages).toHaveLength(1);
  });
});

describe('a port that does not speak TLS', () => {
  it('is refused by name', async () => {
    const plain = await scriptedDevice({});
    devices.push(plain);
    const deps = testDeps({ limits: { ...FAST, connectMs: 500 } });
    const { error } = await outcome(openScanner(`escls:https://127.0.0.1:${plain.port}/eSCL`, deps));
    expect(['SCANNER_CERTIFICATE', 'SCANNER_UNREACHABLE', 'SCANNER_PROTOCOL']).toContain(
      (error as { code: string }).code,
    );
    expect(plain.seen).toEqual([]);
  });

  it('and one where nobody listens is SCANNER_UNREACHABLE', async () => {
    const gone = await scriptedDevice({});
    await gone.close();
    const { error } = await outcome(openScanner(`escls:https://127.0.0.1:${gone.port}/eSCL`, testDeps()));
    expect(error).toMatchObject({ code: 'SCANNER_UNREACHABLE' });
  });
});

describe('a scanner whose http leads to https', () => {
  const moved = (port: number, host = '127.0.0.1', status = 301) => ({
    status,
    headers: { location: `https://${host}:${port}/eSCL/ScannerCapabilities` },
  });

  async function pair(identity: Identity, status = 301): Promise<{ plain: Device; secure: Device }> {
    const secure = await secureDevice(identity);
    const plain = await scriptedDevice({ capabilities: moved(secure.port, '127.0.0.1', status) });
    devices.push(plain);
    return { plain, secure };
  }

  it.each([301, 302, 303, 307, 308])(
    'is followed there by %i, pinned, and asked nothing more over http',
    async (status) => {
      const { plain, secure } = await pair(one, status);
      const pins = memoryPins();
      const { pages, error } = await outcome(openScanner(plain.uri, testDeps({ pins })));
      expect({ error, pages: pages.length }).toEqual({ error: undefined, pages: 1 });
      expect(plain.seen.map((each) => each.method)).toEqual(['GET']);
      expect(secure.seen.map((each) => each.method)).toEqual(['GET', 'POST', 'GET', 'GET', 'GET', 'DELETE']);
      expect((await pins.get(`127.0.0.1:${secure.port}`))?.kind).toBe('certificate');
    },
  );

  it('is refused where the certificate behind it is not the pinned one', async () => {
    const { plain, secure } = await pair(two);
    const first = await secureDevice(one);
    const pins = memoryPins();
    await openScanner(first.uri, testDeps({ pins })).describe(new AbortController().signal);
    await pins.set(`127.0.0.1:${secure.port}`, (await pins.get(`127.0.0.1:${first.port}`))!);
    const { error } = await outcome(openScanner(plain.uri, testDeps({ pins })));
    expect(error).toMatchObject({ code: 'SCANNER_CERTIFICATE', details: { reason: 'changed' } });
    expect(secure.seen).toEqual([]);
  });

  it('is not followed to another host', async () => {
    const secure = await secureDevice(one);
    const plain = await scriptedDevice({ capabilities: moved(secure.port, 'localhost') });
    devices.push(plain);
    const { error } = await outcome(openScanner(plain.uri, testDeps()));
    expect(error).toMatchObject({
      code: 'SCANNER_PROTOCOL',
      details: { what: 'redirect', reason: 'other-host' },
    });
    expect(secure.seen).toEqual([]);
  });

  it('takes its jobs over https where only those are led there', async () => {
    const secure = await secureDevice(one);
    const plain = await scriptedDevice({
      post: { status: 307, headers: { location: `https://127.0.0.1:${secure.port}/eSCL/ScanJobs` } },
    });
    devices.push(plain);
    const { pages, error } = await outcome(openScanner(plain.uri, testDeps()));
    expect({ error, pages: pages.length }).toEqual({ error: undefined, pages: 1 });
    expect(plain.seen.map((each) => each.method)).toEqual(['GET', 'POST']);
    expect(secure.seen[0]?.body).toContain('ScanSettings');
  });
});

describe('the policy that demands a trusted certificate', () => {
  it('leaves nothing to plain http', async () => {
    const plain = await scriptedDevice({ next: jpeg(await image('jpeg')) });
    devices.push(plain);
    const { error } = await outcome(openScanner(plain.uri, testDeps({ requireTrustedCertificate: true })));
    expect(error).toMatchObject({ code: 'SCANNER_CERTIFICATE', details: { reason: 'plain' } });
    expect(plain.seen).toEqual([]);
  });

  it('is not softened by a pin of before', async () => {
    const device = await secureDevice(one);
    const pins = memoryPins();
    await openScanner(device.uri, testDeps({ pins })).describe(new AbortController().signal);
    const asked = device.seen.length;
    const deps = testDeps({ pins, requireTrustedCertificate: true });
    const { error } = await outcome(openScanner(device.uri, deps));
    expect(error).toMatchObject({ code: 'SCANNER_CERTIFICATE', details: { reason: 'untrusted' } });
    expect(device.seen).toHaveLength(asked);
  });
});

describe('a certificate that changes in the middle of a job', () => {
  it('ends the job by name, and the pages before it stay', async () => {
    const page = jpeg(await image('jpeg'));
    const device = await scriptedDevice({ next: [page, page] }, one);
    devices.push(device);
    const pins = memoryPins();
    const pages: number[] = [];
    const scan = async () => {
      for await (const each of openScanner(device.uri, testDeps({ pins })).scan(
        SETTINGS,
        new AbortController().signal,
      )) {
        pages.push(each.index);
        device.present(two);
      }
    };
    await expect(scan()).rejects.toMatchObject({
      code: 'SCANNER_CERTIFICATE',
      details: { reason: 'changed' },
    });
    expect(pages).toEqual([0]);
  });
});

describe('a secure scanner that sleeps', () => {
  it('is asked twice where the first handshake is broken off', async () => {
    const device = await secureDevice(one);
    let broken = 0;
    device.onConnection((socket) => {
      if (broken++ === 0) socket.destroy();
    });
    const { pages, error } = await outcome(openScanner(device.uri, testDeps()));
    expect({ error, pages: pages.length }).toEqual({ error: undefined, pages: 1 });
  });
});

import { generateKeyPairSync } from 'node:crypto';
import forge from 'node-forge';
import { describe, expect, it } from 'vitest';
import { openScanner } from '../../../src/main/scanning/index.ts';
import { corpusDevice } from './escl-corpus/device.ts';
import type { Exchange, Profile, Situation } from './escl-corpus/format.ts';
import { EXCHANGES, PROFILES, profileNamed, SITUATIONS, situationsOf } from './escl-corpus/load.ts';
import {
  elementOf,
  type Played,
  play,
  requestsFor,
  settingsFor,
  withFamilyStatus,
} from './escl-corpus/play.ts';
import { JOB, replies } from './escl-corpus/render.ts';
import { testDeps } from './scripted-device.ts';

/** As scanners make their certificates: signed by themselves, in the name of nobody. */
const IDENTITY = (() => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = forge.pki.publicKeyFromPem(publicKey);
  certificate.serialNumber = '01';
  certificate.validity.notBefore = new Date(Date.now() - 86_400_000);
  certificate.validity.notAfter = new Date(Date.now() + 30 * 86_400_000);
  certificate.setSubject([{ name: 'commonName', value: 'scanner' }]);
  certificate.setIssuer([{ name: 'commonName', value: 'scanner' }]);
  certificate.sign(forge.pki.privateKeyFromPem(privateKey), forge.md.sha256.create());
  return { key: privateKey, cert: forge.pki.certificateToPem(certificate) };
})();

const tlsOf = (profile: Profile) => (profile.exchange.tls ? IDENTITY : undefined);

function requirePost(played: Played, facts: Readonly<Record<string, string | null>> | undefined): void {
  if (!facts) return;
  const body = played.asked.filter((each) => each.kind === 'post').at(-1)?.body ?? '';
  const found = Object.fromEntries(Object.keys(facts).map((name) => [name, elementOf(body, name)]));
  expect(found).toEqual(facts);
}

function requireOutcome(played: Played, wanted: Situation['expect']): void {
  expect(played.pages).toEqual(wanted.pages);
  if (wanted.error) expect(played.error).toMatchObject({ details: {}, ...wanted.error });
  else expect(played.error).toBeUndefined();
  requirePost(played, wanted.post);
  for (const note of wanted.notes ?? []) expect(played.notes.join('\n')).toContain(note);
}

/** Every question goes to this device, under the name it wants to be called by, and to the job that it made. */
function requireManners(played: Played, profile: Profile): void {
  const host = `127.0.0.1:${played.port}`;
  const wanted = profile.expect.host.replace('$host', host);
  for (const { kind, path, host: asked } of played.asked) {
    // The capabilities are asked for before anything is known of the device.
    if (kind !== 'caps') expect(asked).toBe(wanted);
    if (kind === 'next') expect(path).toBe(`${JOB}/NextDocument`);
    if (kind === 'delete') expect(path).toBe(JOB);
  }
  expect(played.asked.filter((each) => each.kind === 'delete').length).toBeLessThanOrEqual(1);
}

describe('the corpus', () => {
  it('has 20 profiles and 300 cases at least, each under a name of its own', () => {
    const names = [...PROFILES.flatMap((p) => situationsOf(p).map((s) => `${p.id}: ${s.name}`))];
    const orders = PROFILES.flatMap((p) => p.expect.orders);
    expect(PROFILES.length).toBeGreaterThanOrEqual(20);
    expect(names.length + orders.length + EXCHANGES.length).toBeGreaterThanOrEqual(300);
    expect(new Set(names).size).toBe(names.length);
    const standing = EXCHANGES.map((each) => `${each.file}: ${each.exchange.name}`);
    expect(new Set(standing).size).toBe(standing.length);
  });

  it('plays every situation on some profile, and on each that it names', () => {
    const played = new Set(PROFILES.flatMap((p) => situationsOf(p).map((s) => s.name)));
    expect(SITUATIONS.filter((each) => !played.has(each.name))).toEqual([]);
    const ids = new Set(PROFILES.map((p) => p.id));
    expect(SITUATIONS.flatMap((each) => each.only ?? []).filter((id) => !ids.has(id))).toEqual([]);
  });

  it('says of each profile what is known and what we wrote', () => {
    const silent = PROFILES.filter((p) => p.ours === '' && p.known.length === 0);
    expect(silent.map((p) => p.id)).toEqual([]);
    expect(PROFILES.flatMap((p) => p.known).filter((known) => known.source === '')).toEqual([]);
  });
});

describe.concurrent.each(PROFILES.map((profile) => [profile.id, profile] as const))('%s', (_, profile) => {
  const settings = { source: 'feeder' as const, dpi: 300, mode: 'color' as const };

  it('is described', async () => {
    const script = { capabilities: ['ok'], post: ['201'], next: ['404'], status: ['500'], remove: ['200'] };
    const device = await corpusDevice(replies(script, profile.exchange, profile.xml), tlsOf(profile));
    try {
      const uri = `${profile.exchange.tls ? 'escls:https' : 'escl:http'}://127.0.0.1:${device.port}/eSCL`;
      const described = await openScanner(uri, testDeps()).describe(new AbortController().signal);
      expect(described).toEqual({ uri, origin: 'escl', ...profile.expect.describe });
    } finally {
      await device.shut();
    }
  });

  it.each(
    profile.expect.orders.map(
      (order) => [`${order.ask.source} ${order.ask.dpi} ${order.ask.mode}`, order] as const,
    ),
  )('is asked rightly for %s', async (_name, order) => {
    const empty = { state: 'Idle', adf: '$empty', job: 'Completed', reasons: [], images: 1, older: [] };
    const act: Situation = {
      name: '',
      settings,
      capabilities: ['ok'],
      post: ['201'],
      next: ['page:p1', 'end'],
      status: [empty],
      remove: ['200'],
      limits: {},
      tls: false,
      needs: [],
      without: [],
      expect: {
        pages: order.error ? [] : ['p1'],
        ...(order.error ? { error: order.error } : {}),
        ...(order.post ? { post: order.post } : {}),
        ...(order.notes ? { notes: order.notes } : {}),
      },
    };
    const asked = settingsFor(order.ask, profile.expect.describe.sources);
    const whole = withFamilyStatus(act, profile, asked);
    const played = await play(whole, profile.exchange, profile.xml, asked, tlsOf(profile));
    requireOutcome(played, act.expect);
    requireManners(played, profile);
  });

  it.each(situationsOf(profile).map((each) => [each.name, each] as const))('%s', async (_name, each) => {
    const asked = settingsFor(each.settings, profile.expect.describe.sources);
    const act = withFamilyStatus(each, profile, asked);
    const played = await play(act, profile.exchange, profile.xml, asked, tlsOf(profile));
    requireOutcome(played, each.expect);
    if (each.expect.requests) {
      const wanted = requestsFor(each.expect.requests, profile, asked);
      expect(played.asked.map((request) => request.kind)).toEqual(wanted);
    }
    requireManners(played, profile);
  });
});

const PLAIN: Profile['exchange'] = {
  server: null,
  location: 'relative',
  framing: 'length',
  end: [404],
  jobs: true,
  comment: false,
  contentLocation: false,
  tls: false,
  idleAdf: 'ScannerAdfLoaded',
  emptyWord: 'ScannerAdfEmpty',
  coverWord: 'ScannerAdfHatchOpen',
  picture: 'jpg',
};

describe.concurrent.each([...new Set(EXCHANGES.map((each) => each.file))])('exchanges: %s', (file) => {
  const cases = EXCHANGES.filter((each) => each.file === file).map(({ exchange }) => exchange);
  it.each(cases.map((each) => [each.name, each] as const))('%s', async (_name, each: Exchange) => {
    const profile = each.profile === undefined ? undefined : profileNamed(each.profile);
    const dialect = profile?.exchange ?? PLAIN;
    const xml = each.xml ?? profile?.xml ?? profileNamed('airsane-test').xml;
    const sources = profile?.expect.describe.sources ?? ['adf'];
    const tls = each.tls || dialect.tls ? IDENTITY : undefined;
    const played = await play(each, dialect, xml, settingsFor(each.settings, sources), tls);
    requireOutcome(played, each.expect);
    if (each.expect.requests)
      expect(played.asked.map((request) => request.kind)).toEqual(each.expect.requests);
  });
});

import { createHash } from 'node:crypto';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { createGate, sleepFor } from '../../../src/main/signing/evidence/gate.ts';
import type { TimeStamper } from '../../../src/main/signing/evidence/port.ts';
import {
  createTimeStamper,
  type TimeStamperOptions,
} from '../../../src/main/signing/evidence/time-stamper.ts';
import { readTimeStampToken, stampsDigest } from '../../../src/main/signing/evidence/timestamp-token.ts';
import {
  type Fault,
  sha256,
  startAuthorities,
  type TestAuthorities,
  wrongImprint,
  wrongNonce,
} from '../../support/authorities.ts';
import { describeWithPeers } from '../../support/peers.ts';

const digest = sha256(Buffer.from('giá trị chữ ký'));
const never = new AbortController().signal;

describeWithPeers(['openssl'], 'a time stamp authority', () => {
  let authorities: TestAuthorities;
  let pauses: number[];
  beforeAll(async () => {
    authorities = await startAuthorities();
  });
  afterEach(() => authorities.fault('tsa', null));
  afterAll(() => authorities.close());

  function stamper(options: Partial<TimeStamperOptions> = {}): TimeStamper {
    pauses = [];
    return createTimeStamper({
      urls: [authorities.urls.tsa],
      hostMap: authorities.hostMap,
      sleep: async (ms) => {
        pauses.push(ms);
      },
      ...options,
    });
  }

  async function asked(work: () => Promise<unknown>): Promise<number> {
    const before = authorities.requests('tsa');
    await work();
    return authorities.requests('tsa') - before;
  }

  it.each(['sha256', 'sha384', 'sha512'] as const)('stamps a digest of %s', async (hash) => {
    const own = createHash(hash).update('x').digest();
    const token = await stamper().stamp(own, hash, never);
    const facts = readTimeStampToken(token);
    expect(facts.problems).toEqual([]);
    expect(stampsDigest(facts, own, hash)).toBe(true);
  });

  it.each<[string, Fault, string, Record<string, unknown>]>([
    ['stamps another imprint', { request: wrongImprint }, 'TIMESTAMP_INVALID', { reason: 'imprint' }],
    ['answers another nonce', { request: wrongNonce }, 'TIMESTAMP_INVALID', { reason: 'nonce' }],
    [
      'sends a page',
      { respond: () => Buffer.from('<html>502</html>') },
      'TIMESTAMP_INVALID',
      { reason: 'unreadable' },
    ],
    ['breaks off', { respond: (b) => b.subarray(0, 700) }, 'TIMESTAMP_INVALID', { reason: 'unreadable' }],
    ['sends nothing', { respond: () => Buffer.alloc(0) }, 'TIMESTAMP_INVALID', { reason: 'unreadable' }],
    [
      'sends a megabyte',
      { respond: () => Buffer.alloc(1 << 20) },
      'TIMESTAMP_UNREACHABLE',
      { reason: 'too-large' },
    ],
    ['fails inside', { status: 500 }, 'TIMESTAMP_UNREACHABLE', { status: 500 }],
    ['is busy', { status: 503 }, 'TIMESTAMP_UNREACHABLE', { status: 503 }],
    ['hangs up', { down: true }, 'TIMESTAMP_UNREACHABLE', { reason: 'unreachable' }],
  ])('that %s is asked three times, with growing pauses', async (_, fault, code, details) => {
    authorities.fault('tsa', fault);
    const times = await asked(() =>
      expect(stamper().stamp(digest, 'sha256', never)).rejects.toMatchObject({
        code,
        details: expect.objectContaining(details),
      }),
    );
    expect(times).toBe(3);
    expect(pauses).toEqual([2_000, 8_000]);
  });

  it.each<[string, Fault, Record<string, unknown>]>([
    ['is not at its address', { status: 404 }, { status: 404 }],
    ['forbids it', { status: 403 }, { status: 403 }],
    ['sends elsewhere', { status: 302, headers: { location: 'http://khac.test/' } }, { status: 302 }],
    ['rejects the question', { request: () => Buffer.from('30030201ff', 'hex') }, { status: 2, failure: 5 }],
  ])('that %s is asked once', async (_, fault, details) => {
    authorities.fault('tsa', fault);
    const times = await asked(() =>
      expect(stamper().stamp(digest, 'sha256', never)).rejects.toMatchObject({
        code: 'TIMESTAMP_REFUSED',
        details: expect.objectContaining(details),
      }),
    );
    expect(times).toBe(1);
  });

  it('that comes round serves', async () => {
    authorities.fault('tsa', { down: true, times: 2 });
    const times = await asked(() => stamper().stamp(digest, 'sha256', never));
    expect(times).toBe(3);
  });

  it.each(['tsaBad', 'tsaLoose'] as const)('whose certificate is %s is not believed', async (service) => {
    await expect(
      stamper({ urls: [authorities.urls[service]] }).stamp(digest, 'sha256', never),
    ).rejects.toMatchObject({ code: 'TIMESTAMP_INVALID', details: { reason: 'authority-purpose' } });
  });

  it('is passed over for the next where there is one', async () => {
    const urls = ['http://127.0.0.1:9/', authorities.urls.tsaBad, authorities.urls.tsa];
    const token = await stamper({ urls }).stamp(digest, 'sha256', never);
    expect(readTimeStampToken(token).authority?.name).toBe('Dịch vụ cấp dấu thời gian Thử Nghiệm');
  });

  it('may be this machine, where an administrator says so', async () => {
    const local = createTimeStamper({ urls: [`${authorities.origin}/tsa`] });
    expect(readTimeStampToken(await local.stamp(digest, 'sha256', never)).problems).toEqual([]);
  });

  it('needs an address', async () => {
    await expect(stamper({ urls: [] }).stamp(digest, 'sha256', never)).rejects.toMatchObject({
      code: 'TIMESTAMP_UNREACHABLE',
      details: { reason: 'no-address' },
    });
  });

  it('that stays silent beyond the limit of a try is given up', async () => {
    authorities.fault('tsa', { delayMs: 60_000 });
    const outcome = stamper({ tryMs: 50, tries: 2 }).stamp(digest, 'sha256', never);
    await expect(outcome).rejects.toMatchObject({
      code: 'TIMESTAMP_UNREACHABLE',
      details: { reason: 'timeout' },
    });
  });

  it('is left at once when nobody wants the stamp any more: on the line, in the pause and in the queue', async () => {
    const abort = new AbortController();
    authorities.fault('tsa', { delayMs: 60_000 });
    const online = stamper().stamp(digest, 'sha256', abort.signal);
    const gate = createGate(1);
    const held = gate.run(() => sleepFor(60_000, abort.signal), abort.signal);
    const queued = stamper({ gate }).stamp(digest, 'sha256', abort.signal);
    authorities.fault('tsaBad', { down: true });
    const pausing = stamper({ urls: [authorities.urls.tsaBad], sleep: sleepFor }).stamp(
      digest,
      'sha256',
      abort.signal,
    );
    setTimeout(() => abort.abort(), 300);
    for (const one of [online, held, queued, pausing]) {
      await expect(one).rejects.toMatchObject({ code: 'CANCELLED' });
    }
    authorities.fault('tsaBad', null);
    await expect(stamper().stamp(digest, 'sha256', AbortSignal.abort())).rejects.toMatchObject({
      code: 'CANCELLED',
    });
  });

  it('never has more than four questions at once, whoever asks', async () => {
    authorities.fault('tsa', { delayMs: 150 });
    const all = Array.from({ length: 12 }, () => stamper().stamp(digest, 'sha256', never));
    const tokens = await Promise.all(all);
    expect(authorities.mostAtOnce('tsa')).toBeLessThanOrEqual(4);
    expect(authorities.mostAtOnce('tsa')).toBeGreaterThan(1);
    const serials = tokens.map((t) => readTimeStampToken(t).serialHex);
    expect(new Set(serials).size).toBe(12);
  });
});

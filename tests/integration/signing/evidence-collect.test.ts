import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { readCertificate } from '../../../src/main/signing/cms/certificates.ts';
import { type EvidenceCache, folderCache, memoryCache } from '../../../src/main/signing/evidence/cache.ts';
import {
  createEvidenceSource,
  type EvidenceSourceOptions,
} from '../../../src/main/signing/evidence/collect.ts';
import type { EvidenceItems } from '../../../src/main/signing/evidence/port.ts';
import { judgeRevocation } from '../../../src/main/signing/evidence/revocation.ts';
import { type Fault, startAuthorities, type TestAuthorities } from '../../support/authorities.ts';
import { openssl } from '../../support/authority-pki.ts';
import { describeWithPeers } from '../../support/peers.ts';

const never = new AbortController().signal;
const SERVICES = ['ocsp', 'crl', 'ca'] as const;
const before = () => new Date(Date.now() - 60_000);

describeWithPeers(['openssl'], 'evidence', () => {
  let authorities: TestAuthorities;
  const folder = mkdtempSync(path.join(tmpdir(), 'evidence-'));
  beforeAll(async () => {
    authorities = await startAuthorities();
  });
  afterEach(() => {
    for (const service of SERVICES) authorities.fault(service, null);
  });
  afterAll(async () => {
    rmSync(folder, { recursive: true, force: true });
    await authorities.close();
  });

  const source = (options: Partial<EvidenceSourceOptions> = {}) =>
    createEvidenceSource({ trust: [authorities.root], hostMap: authorities.hostMap, ...options });
  const bare = (name: 'rsa' | 'ec' | 'revoked' | 'ec384') => [authorities.signers[name].certificate];
  const counts = () => SERVICES.map((s) => authorities.requests(s));
  const names = (items: EvidenceItems) => items.certificates.map((c) => readCertificate(c).name);

  it('completes a chain of one certificate, and proves each below the root by OCSP', async () => {
    const items = await source().collect({ chains: [bare('rsa')], after: before() }, never);
    expect(names(items).sort()).toEqual(
      [
        'Chứng thực cấp phát Thử Nghiệm',
        'Chứng thực gốc Thử Nghiệm',
        'Nông Thị Mẫu',
        'Trả lời OCSP Thử Nghiệm',
        'Trả lời OCSP gốc',
      ].sort(),
    );
    expect(items.ocsps).toHaveLength(2);
    expect(items.crls).toEqual([]);
    const leaf = readCertificate(authorities.signers.rsa.certificate);
    const issuer = readCertificate(authorities.issuing);
    expect(judgeRevocation(leaf, issuer, items, new Date()).status).toBe('good');
  });

  it('proves several chains, what they share once', async () => {
    const chains = [bare('rsa'), bare('ec'), [authorities.services.tsa]];
    const items = await source().collect({ chains, after: before() }, never);
    expect(items.ocsps).toHaveLength(4);
    expect(new Set(names(items)).size).toBe(items.certificates.length);
  });

  it('needs nothing for a certificate that is trusted itself', async () => {
    const [leaf] = bare('rsa');
    const items = await source({ trust: [leaf!] }).collect({ chains: [[leaf!]], after: before() }, never);
    expect(items).toEqual({ certificates: [leaf], ocsps: [], crls: [] });
  });

  it.each<[string, Fault]>([
    ['is down', { down: true }],
    ['fails', { status: 500 }],
    ['sends a page', { respond: () => Buffer.from('<html>') }],
    ['sends what is cut off', { respond: (b) => b.subarray(0, 300) }],
    ['lets another sign', { responder: 'ec' }],
  ])('takes CRLs where the OCSP responder %s', async (_, fault) => {
    authorities.fault('ocsp', fault);
    const items = await source().collect({ chains: [bare('ec')], after: before() }, never);
    expect([items.ocsps.length, items.crls.length]).toEqual([0, 2]);
  });

  it('asks a responder once more without a nonce where it cannot bear one', async () => {
    const [asked] = counts();
    authorities.fault('ocsp', { times: 2, respond: () => Buffer.from('30030a0101', 'hex') });
    const items = await source().collect({ chains: [bare('ec')], after: before() }, never);
    expect(items.ocsps).toHaveLength(2);
    expect(counts()[0]! - asked!).toBe(4);
  });

  it('does not take the answer to the question of somebody else', async () => {
    const other = await authorities.ocspResponse(authorities.signers.rsa.certificate);
    authorities.fault('ocsp', { respond: () => Buffer.from(other) });
    const items = await source().collect({ chains: [bare('ec')], after: before() }, never);
    expect([items.ocsps.length, items.crls.length]).toEqual([0, 2]);
  });

  it('proves a responder that could be revoked by the list of its issuer, never by itself', async () => {
    authorities.fault('ocsp', { responder: 'ocspChecked' });
    const request = { chains: [[...bare('ec'), authorities.issuing]], after: before() };
    const trust = [authorities.issuing];
    const items = await source({ trust }).collect(request, never);
    expect([items.ocsps.length, items.crls.length]).toEqual([1, 1]);
    expect(names(items)).toContain('Trả lời OCSP phải kiểm tra');
    authorities.fault('crl', { down: true });
    await expect(source({ trust }).collect(request, never)).rejects.toMatchObject({
      code: 'EVIDENCE_UNREACHABLE',
    });
    authorities.fault('crl', { staleDays: 30 });
    expect((await source({ trust }).collect(request, never)).crls).toEqual([]);
    authorities.fault('crl', null);
    authorities.revoke('ocspChecked');
    await expect(source({ trust }).collect(request, never)).rejects.toMatchObject({
      code: 'EVIDENCE_INCOMPLETE',
      details: { reason: 'responder-revoked' },
    });
  });

  it('names what could not be reached, and what is not there', async () => {
    authorities.fault('ocsp', { down: true });
    authorities.fault('crl', { down: true });
    await expect(source().collect({ chains: [bare('ec')], after: before() }, never)).rejects.toMatchObject({
      code: 'EVIDENCE_UNREACHABLE',
    });
    authorities.fault('crl', { staleDays: 30 });
    authorities.fault('ocsp', { respond: () => Buffer.from('30030a0106', 'hex') });
    await expect(source().collect({ chains: [bare('ec')], after: before() }, never)).rejects.toMatchObject({
      code: 'EVIDENCE_UNREACHABLE',
    });
    authorities.fault('ocsp', { responder: 'ec' });
    await expect(source().collect({ chains: [bare('ec')], after: before() }, never)).rejects.toMatchObject({
      code: 'EVIDENCE_INCOMPLETE',
      details: { reason: 'no-answer', certificate: expect.any(String) },
    });
  });

  it('names a chain that leads to nobody who is trusted, and one whose authorities cannot be reached', async () => {
    const stranger = source({ trust: [authorities.strangerRoot] });
    await expect(stranger.collect({ chains: [bare('ec')], after: before() }, never)).rejects.toMatchObject({
      code: 'EVIDENCE_INCOMPLETE',
      details: { reason: 'no-path' },
    });
    authorities.fault('ca', { status: 404 });
    await expect(source().collect({ chains: [bare('ec')], after: before() }, never)).rejects.toMatchObject({
      code: 'EVIDENCE_UNREACHABLE',
      details: { status: 404 },
    });
    await expect(
      source().collect({ chains: [[Buffer.from('x'), authorities.issuing]], after: before() }, never),
    ).rejects.toMatchObject({ code: 'EVIDENCE_INCOMPLETE', details: { reason: 'certificate-unreadable' } });
  });

  it('takes the authorities of a chain as DER, PEM or PKCS#7, and needs none where they came along or are known', async () => {
    const pem = openssl(authorities.folder, ['x509', '-in', 'issuing.pem']);
    const bundle = ['crl2pkcs7', '-nocrl', '-certfile', 'chain.pem'];
    const p7c = openssl(authorities.folder, [...bundle, '-outform', 'DER']);
    const p7b = openssl(authorities.folder, bundle);
    for (const file of [pem, p7c, p7b]) {
      authorities.fault('ca', { respond: () => file });
      expect(names(await source().collect({ chains: [bare('ec')], after: before() }, never))).toContain(
        'Chứng thực cấp phát Thử Nghiệm',
      );
    }
    authorities.fault('ca', { down: true });
    await source({ authorities: [authorities.issuing] }).collect(
      { chains: [bare('ec')], after: before() },
      never,
    );
    await source().collect({ chains: [[...bare('ec'), authorities.issuing]], after: before() }, never);
  });

  it('refuses a revoked certificate by name, and hands its answer to a judge', async () => {
    const request = { chains: [bare('revoked')], after: before() };
    await expect(source().collect(request, never)).rejects.toMatchObject({
      code: 'CERTIFICATE_REVOKED',
      details: { certificate: 'Bùi Thị Thu Hồi', reason: 'keyCompromise' },
    });
    const items = await source().collect({ ...request, revoked: 'report' }, never);
    expect(items.ocsps).toHaveLength(2);
    authorities.fault('ocsp', { down: true });
    await expect(source().collect(request, never)).rejects.toMatchObject({ code: 'CERTIFICATE_REVOKED' });
  });

  it('keeps answers until they run out, and uses those alone that are newer than was asked for', async () => {
    const caches: EvidenceCache[] = [memoryCache(), folderCache(path.join(folder, 'kept'))];
    for (const cache of caches) {
      const since = before();
      const first = await source({ cache }).collect({ chains: [bare('ec384')], after: since }, never);
      const asked = counts();
      const again = await source({ cache }).collect({ chains: [bare('ec384')], after: since }, never);
      expect(again).toEqual(first);
      expect(counts()).toEqual(asked);
      // Newer than what is kept: asked anew, the authorities of the chain excepted.
      const newer = new Date(Date.now() + 5_000);
      await source({ cache }).collect({ chains: [bare('ec384')], after: newer }, never);
      expect(counts()).toEqual([asked[0]! + 2, asked[1], asked[2]]);
      const later = () => new Date(Date.now() + 2 * 86_400_000);
      // By then neither what is kept nor what OCSP answers today is current; this week's CRLs are.
      const last = await source({ cache, now: later }).collect(
        { chains: [bare('ec384')], after: since },
        never,
      );
      expect([last.ocsps.length, last.crls.length]).toEqual([0, 2]);
      expect(counts()[0]).toBeGreaterThan(asked[0]! + 2);
    }
  });

  it('lives with a cache that was damaged, and one that cannot be written', async () => {
    const at = path.join(folder, 'damaged');
    await source({ cache: folderCache(at) }).collect({ chains: [bare('ec')], after: before() }, never);
    const files = readdirSync(at);
    expect(files.length).toBeGreaterThan(2);
    for (const file of files) writeFileSync(path.join(at, file), 'hỏng');
    const items = await source({ cache: folderCache(at) }).collect(
      { chains: [bare('ec')], after: before() },
      never,
    );
    expect(items.ocsps).toHaveLength(2);
    const warnings: unknown[] = [];
    const file = path.join(folder, 'a-file');
    writeFileSync(file, '');
    const cache = folderCache(path.join(file, 'below'));
    const warn = (error: unknown) => warnings.push(error);
    await source({ cache, warn }).collect({ chains: [bare('ec')], after: before() }, never);
    expect(warnings.length).toBeGreaterThan(0);
  });

  it('asks once for what many want at the same time', async () => {
    const [asked] = counts();
    const shared = source();
    const since = before();
    const all = Array.from({ length: 8 }, () =>
      shared.collect({ chains: [[...bare('rsa'), authorities.issuing]], after: since }, never),
    );
    await Promise.all(all);
    expect(counts()[0]! - asked!).toBe(2);
  });

  it('shares an answer that was made beforehand among those who began before it was asked for', async () => {
    const made = await authorities.ocspResponse(authorities.signers.rsa.certificate);
    authorities.fault('ocsp', { respond: () => Buffer.from(made), delayMs: 100 });
    const shared = source({ trust: [authorities.issuing] });
    const collect = () =>
      shared.collect({ chains: [bare('rsa')], after: new Date(Date.now() + 5_000) }, never);
    const [asked] = counts();
    await Promise.all(Array.from({ length: 8 }, collect));
    expect(counts()[0]! - asked!).toBe(1);
    await collect();
    expect(counts()[0]! - asked!).toBe(2);
  });

  it('ends at once when nobody wants it any more', async () => {
    authorities.fault('ocsp', { delayMs: 60_000 });
    const abort = new AbortController();
    const outcome = source().collect({ chains: [bare('ec')], after: before() }, abort.signal);
    setTimeout(() => abort.abort(), 100);
    await expect(outcome).rejects.toMatchObject({ code: 'CANCELLED' });
  });
});

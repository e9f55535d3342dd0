import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readHostMap } from '../../../../src/main/signing/evidence/hosts.ts';
import { readTrustList, trustedFor } from '../../../../src/main/signing/evidence/trust-list.ts';
import { toPem } from '../../../../src/simulators/certificates.ts';
import { type TestPki, testPki } from '../../../support/pki.ts';

const RESOURCES = path.resolve(import.meta.dirname, '../../../../resources');

describe('the trust list', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'trust-'));
  const file = path.join(folder, 'list.json');
  let pki: TestPki;
  beforeAll(async () => {
    pki = await testPki();
    mkdirSync(path.join(folder, 'certificates'));
    writeFileSync(path.join(folder, 'certificates', 'root.crt'), pki.root);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const fingerprint = (der: Uint8Array) => createHash('sha256').update(der).digest('hex');
  const entry = (more: Record<string, unknown> = {}) => ({
    name: 'Gốc Thử Nghiệm',
    sha256: fingerprint(pki.root),
    source: 'http://ca.thu-nghiem.test/root.crt',
    obtained: '2026-11-23',
    purposes: ['signer', 'timestamp'],
    ...more,
  });
  const list = async (...entries: unknown[]) => {
    writeFileSync(file, JSON.stringify({ version: 1, name: 'Thử nghiệm', entries }));
    return readTrustList(file);
  };
  const refusal = (reason: string) => ({
    code: 'TRUST_LIST_INVALID',
    details: expect.objectContaining({ reason }),
  });

  it('holds certificates in itself, beside it, and those that somebody has yet to fetch', async () => {
    const read = await list(
      entry({ file: 'certificates/root.crt' }),
      entry({
        name: 'Trung gian',
        sha256: fingerprint(pki.issuing),
        pem: toPem(pki.issuing),
        purposes: ['path'],
      }),
      entry({ name: 'Chưa có', sha256: fingerprint(pki.strangerRoot) }),
      entry({ name: 'Chưa biết', sha256: null }),
    );
    expect(read.entries.map((e) => e.certificate !== null)).toEqual([true, true, false, false]);
    expect(trustedFor(read, 'signer').map(Buffer.from)).toEqual([Buffer.from(pki.root)]);
    expect(trustedFor(read, 'timestamp')).toHaveLength(1);
    expect(trustedFor(read, 'path').map(fingerprint)).toEqual([fingerprint(pki.issuing)]);
  });

  it.each<[string, () => Record<string, unknown>, string]>([
    ['a certificate that is another', () => ({ pem: toPem(pki.strangerRoot) }), 'fingerprint'],
    ['no fingerprint to compare with', () => ({ pem: toPem(pki.root), sha256: null }), 'fingerprint-missing'],
    ['a file that is not there', () => ({ file: 'missing.crt' }), 'certificate-missing'],
    ['a file outside its folder', () => ({ file: '../root.crt' }), 'path'],
    ['a file by its whole path', () => ({ file: '/etc/passwd' }), 'path'],
    [
      'two certificates in one',
      () => ({ pem: toPem(pki.root) + toPem(pki.issuing) }),
      'certificate-unreadable',
    ],
    ['no certificate in what it carries', () => ({ pem: 'không' }), 'certificate-unreadable'],
    ['a fingerprint that is none', () => ({ sha256: 'F0' }), 'form'],
    ['a purpose that is none', () => ({ purposes: ['tls'] }), 'form'],
    ['no purpose', () => ({ purposes: [] }), 'form'],
    ['a day that is none', () => ({ obtained: '2026-02-31' }), 'form'],
    ['a key that is unknown', () => ({ trusted: true }), 'form'],
  ])('with %s is refused', async (_, more, reason) => {
    await expect(list(entry(more()))).rejects.toMatchObject(refusal(reason));
  });

  it('with one certificate twice, of no JSON, or missing is refused', async () => {
    await expect(list(entry(), entry({ name: 'Lần hai' }))).rejects.toMatchObject(refusal('duplicate'));
    writeFileSync(file, '{');
    await expect(readTrustList(file)).rejects.toMatchObject(refusal('unreadable'));
    await expect(readTrustList(path.join(folder, 'none.json'))).rejects.toMatchObject(refusal('missing'));
  });

  it('that is shipped names where each certificate comes from, and trusts none that is not at hand', async () => {
    const shipped = await readTrustList(path.join(RESOURCES, 'trust-list.json'));
    expect(shipped.entries.length).toBeGreaterThan(2);
    expect(trustedFor(shipped, 'signer')).toEqual([]);
    for (const { source, obtained } of shipped.entries) {
      expect(source).toMatch(/^https?:\/\//);
      expect(obtained).toMatch(/^2026-/);
    }
  });

  it('goes with a table of hosts that have moved', async () => {
    expect(await readHostMap(path.join(RESOURCES, 'certificate-hosts.json'))).toEqual({
      'ocsp.ca.ptc': 'ocsp.ca.gov.vn',
    });
    for (const bad of [
      '{',
      '{"version":1,"hosts":{"a.test":"http://b.test/"}}',
      '{"version":2,"hosts":{}}',
    ]) {
      writeFileSync(file, bad);
      await expect(readHostMap(file)).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
    }
  });
});

import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { signBatch } from '../../../src/cli/batch.ts';
import type { SignatureLevel } from '../../../src/contract/model.ts';
import { verifyPdf } from '../../../src/main/signing/verifying/verify.ts';
import { readStoredFile } from '../../../src/simulators/province/export.ts';
import {
  type AuthoritySignerName,
  startAuthorities,
  type TestAuthorities,
} from '../../support/authorities.ts';
import { describeWithPeers } from '../../support/peers.ts';
import { PASSWORD } from '../../support/pki.ts';
import { FORM, papers, SIMPLER_PROCEDURE, startCounter, type TestCounter } from './support/counter.ts';

describeWithPeers(['openssl'], 'raising signatures before they are sent', () => {
  let authorities: TestAuthorities;
  let counter: TestCounter;

  beforeAll(async () => {
    authorities = await startAuthorities();
  });
  afterEach(async () => {
    await counter.stop();
    for (const service of ['tsa', 'ocsp', 'crl', 'ca'] as const) authorities.fault(service, null);
  });
  afterAll(() => authorities.close());

  /** A counter that asks for a level, and a dossier received there with one document signed by `name`. */
  async function received(level: SignatureLevel, name: AuthoritySignerName = 'ec', provinceDown = false) {
    const hosts = path.join(authorities.folder, `hosts-${process.pid}.json`);
    writeFileSync(hosts, JSON.stringify({ version: 1, hosts: authorities.hostMap }));
    const key = `pkcs12:${authorities.signers[name].p12File}`;
    const signing = { level, timeStampUrls: [authorities.urls.tsa], trust: [authorities.rootFile], hosts };
    counter = await startCounter({ provinceDown, config: { keys: [key], signing } });
    const { id } = await counter.draft(SIMPLER_PROCEDURE);
    counter.scanner.control.loadFeeder(await papers(1));
    await counter.scan(id, FORM);
    await signBatch(counter.client(), { dossierIds: [id], key, pin: PASSWORD });
    await counter.call('dossiers.receive', { dossierId: id });
    return id;
  }

  async function atProvince(dossierId: string) {
    const dossier = await counter.sent(dossierId);
    const { signature } = dossier.components.find((c) => c.spec.id === FORM)!;
    const [record] = counter.province.control.records();
    const [file] = record!.record.TaiLieuNop as { TepDinhKemId: string }[];
    const copy = path.join(counter.folder, 'arrived.pdf');
    writeFileSync(copy, readStoredFile(counter.provinceFolder, file!.TepDinhKemId)!);
    // What the province holds from B-LT up proves itself: nobody is asked any more.
    const requireRevocation = signature!.level !== 'B-T';
    const report = await verifyPdf(copy, { trust: [authorities.root], policy: { requireRevocation } });
    return { signature: signature!, report };
  }

  it.each([
    ['B-T', 'rsa', 1],
    ['B-LT', 'ec', 1],
    ['B-LTA', 'ec384', 2],
  ] as const)('brings a document to %s, and the province gets that one', async (level, name, entries) => {
    const id = await received(level, name);
    const { signature, report } = await atProvince(id);
    expect(signature).toMatchObject({ level, sha256: report.sha256, bytes: report.bytes });
    expect(report.signatures).toHaveLength(entries);
    expect(report.signatures[0]).toMatchObject({ level });
    expect(report.signatures[0]!.provenTime).not.toBeNull();
    expect(report.indication).toBe('TOTAL-PASSED');
  });

  it('waits for an authority that is silent, and says so, and goes out once it is back', async () => {
    authorities.fault('tsa', { down: true });
    const id = await received('B-LT');
    const stuck = await counter.next('dossier.changed', ({ dossier }) => dossier.sendFault !== null);
    expect(stuck.dossier).toMatchObject({ state: 'received', sendFault: 'TIMESTAMP_UNREACHABLE' });
    expect(counter.province.control.files()).toEqual([]);
    authorities.fault('tsa', null);
    await counter.call('outbox.push', {});
    const { report } = await atProvince(id);
    expect(report.indication).toBe('TOTAL-PASSED');
  });

  it('keeps a time stamp that it has while the rest is missing, also over a restart', async () => {
    authorities.fault('ocsp', { down: true });
    authorities.fault('crl', { down: true });
    const id = await received('B-LT');
    const stuck = await counter.next('dossier.changed', ({ dossier }) => dossier.sendFault !== null);
    expect(stuck.dossier.sendFault).toBe('EVIDENCE_UNREACHABLE');
    expect(stuck.dossier.components.find((c) => c.spec.id === FORM)!.signature!.level).toBe('B-T');
    const stamps = authorities.requests('tsa');
    await counter.restart();
    for (const service of ['ocsp', 'crl'] as const) authorities.fault(service, null);
    await counter.call('outbox.push', {});
    const { signature } = await atProvince(id);
    expect(signature.level).toBe('B-LT');
    expect(authorities.requests('tsa')).toBe(stamps);
  });

  it('leaves a revoked certificate to a person, and sends nothing', async () => {
    await received('B-LT', 'revoked');
    expect(await counter.call('outbox.push', {})).toMatchObject({
      needsPerson: 1,
      sent: 0,
      lastFault: { code: 'CERTIFICATE_REVOKED' },
    });
    expect(counter.province.control.files()).toEqual([]);
  });
});

import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { verifyPdf } from '../../../src/main/signing/verifying/verify.ts';
import { PASSWORD, testPki } from '../../support/pki.ts';
import { FORM, papers, refusal, startCounter, type TestCounter } from './support/counter.ts';

let counter: TestCounter;
afterEach(() => counter.stop());

async function drafted(config: Readonly<Record<string, unknown>>): Promise<string> {
  counter = await startCounter({ config });
  const { id } = await counter.draft();
  counter.scanner.control.loadFeeder(await papers(2));
  await counter.scan(id, FORM);
  return id;
}

const request = (dossierId: string, keys: readonly [string, string]) => ({
  ...{ id: randomUUID(), dossierId, componentId: FORM },
  ...{ requester: 'Hoàng Văn Thử', document: 'Giấy khai sinh số 12/2001', originalCompared: true as const },
  officer: { name: 'Nông Thị Mẫu', title: ['CHỦ TỊCH'], key: keys[0], pin: PASSWORD },
  authority: { name: 'UBND xã Bảo Lâm', key: keys[1], pin: PASSWORD },
});

it('certifies the pages of a paper under two keys, in a book of its own, and leaves the dossier as it was', async () => {
  const pki = await testPki();
  const keys = [`pkcs12:${pki.signers.rsa.p12File}`, `pkcs12:${pki.signers.ec.p12File}`] as const;
  const dossierId = await drafted({ keys, certification: { volume: '01' } });
  const before = await counter.call('dossiers.get', { dossierId });
  const asked = request(dossierId, keys);
  const entry = await counter.call('certification.make', asked);
  expect(entry).toMatchObject({ number: 1, bookSign: 'SCT/BS', volume: '01', pages: 2, copies: 1 });
  expect(await counter.call('certification.make', asked)).toEqual(entry);
  expect(await counter.call('certification.list', { year: entry.year })).toEqual([entry]);
  expect(await counter.call('dossiers.get', { dossierId })).toEqual(before);
  const { base64 } = await counter.call('certification.document', { id: entry.id });
  const file = path.join(counter.folder, 'certified.pdf');
  writeFileSync(file, Buffer.from(base64, 'base64'));
  const report = await verifyPdf(file, { trust: [pki.root] });
  expect(report.signatures.map((s) => s.indication)).toEqual(['TOTAL-PASSED', 'TOTAL-PASSED']);
  const other = { ...asked, id: randomUUID(), officer: { ...asked.officer, key: 'pkcs12:/etc/passwd' } };
  expect((await refusal(counter.call('certification.make', other))).code).toBe('KEY_SOURCE_INVALID');
  expect(await counter.call('certification.list', { year: entry.year })).toHaveLength(1);
});

it('is refused by name at a counter that keeps no book', async () => {
  const dossierId = await drafted({});
  const refused = await refusal(counter.call('certification.make', request(dossierId, ['x', 'y'])));
  expect(refused).toEqual({ code: 'CONFIG_INVALID', details: { setting: 'certification' } });
});

import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Applicant } from '../../../src/contract/model.ts';
import { projectDossier } from '../../../src/main/engine/journal.ts';
import { placesSample } from '../../unit/citizens/places-sample.ts';
import {
  APPLICANT,
  FORM,
  papers,
  refusal,
  SIMPLER_PROCEDURE,
  startCounter,
  type TestCounter,
} from './support/counter.ts';

let counter: TestCounter;
beforeEach(async () => {
  counter = await startCounter();
});
afterEach(() => counter.stop());

async function receivedFrom(applicant: Applicant): Promise<string> {
  const { id } = await counter.call('dossiers.open', {
    procedureCode: SIMPLER_PROCEDURE,
    dossierId: randomUUID(),
  });
  await counter.call('dossiers.setApplicant', { dossierId: id, applicant });
  counter.scanner.control.loadFeeder(await papers(1));
  await counter.scan(id, FORM);
  await counter.sign(id);
  await counter.call('dossiers.receive', { dossierId: id });
  return id;
}

const known = (identityNumber: string, text = '', typed: Applicant | null = null) =>
  counter.call('citizens.known', { identityNumber, text, typed });

describe('a person seen before', () => {
  it('is offered by number and by words, with what differs; nobody is merged', async () => {
    await counter.draft();
    expect(await known(APPLICANT.identityNumber)).toEqual([]);
    const first = await receivedFrom(APPLICANT);
    const moved = { ...APPLICANT, address: 'Tổ 9, xã Bảo Lâm, tỉnh Cao Bằng' };
    const second = await receivedFrom(moved);
    const other = await receivedFrom({ ...APPLICANT, identityNumber: '004090000999' });

    const byNumber = await known('004 090 000 123', '', { ...moved, phone: '0987654321' });
    expect(byNumber.map((p) => [p.dossierId, p.by, p.dossiers, p.differs])).toEqual([
      [second, 'number', 2, ['phone']],
      [first, 'number', 2, ['address', 'phone']],
    ]);
    const byName = await known('', 'thu hoang');
    expect(byName.map((p) => [p.dossierId, p.by, p.dossiers])).toEqual([
      [other, 'text', 1],
      [second, 'text', 2],
    ]);
    expect((await known('004090000999', 'hoang van thu')).map((p) => [p.dossierId, p.by])).toEqual([
      [other, 'number'],
      [second, 'text'],
    ]);
    expect(await known('', 'ngoc')).toEqual([]);
  });

  it('is known again after the rows were made anew from the journal', async () => {
    const dossierId = await receivedFrom(APPLICANT);
    const before = await known(APPLICANT.identityNumber, 'hoang');
    expect(before.map((p) => p.dossierId)).toEqual([dossierId]);
    await counter.closeEngine();
    await counter.withStore((store) => {
      store.rebuild(projectDossier);
    });
    await counter.restart();
    expect(await known(APPLICANT.identityNumber, 'hoang')).toEqual(before);
  });
});

describe('addresses', () => {
  const TEXT = 'Tổ 3, Phường Thục Phán, Cao Bằng';

  async function upload(bytes: Buffer): Promise<string> {
    const { uploadId } = await counter.call('uploads.begin', { name: 'places.json', bytes: bytes.length });
    const piece = 128 * 1024;
    for (let index = 0; index * piece < bytes.length; index += 1) {
      const base64 = bytes.subarray(index * piece, (index + 1) * piece).toString('base64');
      await counter.call('uploads.chunk', { uploadId, index, base64 });
    }
    return uploadId;
  }

  it('get no codes before an admin has imported a list', async () => {
    expect((await counter.call('citizens.resolveAddress', { text: TEXT })).status).toBe('no-gazetteer');
    expect(await counter.call('citizens.communes', { text: 'thuc' })).toEqual([]);
    const asClerk = counter.call('citizens.importPlaces', { uploadId: randomUUID() });
    expect((await refusal(asClerk)).code).toBe('FORBIDDEN_ROLE');
  });

  it('are resolved from a list that was uploaded; a bad one leaves it in use', async () => {
    counter.writeConfig({ user: { name: 'Quản trị', role: 'admin' } });
    await counter.restart();
    const list = Buffer.from(JSON.stringify(placesSample()));
    const done = await counter.call('citizens.importPlaces', { uploadId: await upload(list) });
    expect(done).toEqual({ provinces: 7, communes: 7 * 196 + 3 });
    const cut = await refusal(
      counter.call('citizens.importPlaces', { uploadId: await upload(list.subarray(0, 5000)) }),
    );
    expect(cut).toEqual({ code: 'PLACES_FILE_INVALID', details: { where: 'JSON' } });
    counter.writeConfig({});
    await counter.restart();
    const resolved = await counter.call('citizens.resolveAddress', { text: TEXT });
    expect([resolved.status, resolved.text, resolved.offers[0]?.commune.province]).toEqual([
      'certain',
      TEXT,
      { code: '01', name: 'Tỉnh Cao Bằng' },
    ]);
    const [found] = await counter.call('citizens.communes', { text: 'thuc phan', province: '01' });
    expect(found?.code).toBe(resolved.offers[0]?.commune.code);
  });
});

describe('what is typed of an applicant', () => {
  it('is checked, and ethnic groups are found without diacritics', async () => {
    const checked = await counter.call('citizens.check', { phone: '+84 912 345 678', identityNumber: '1' });
    expect(checked.typed.phone).toBe('0912345678');
    expect(checked.warnings).toEqual([{ field: 'identityNumber', code: 'NUMBER_SHAPE' }]);
    const groups = await counter.call('citizens.ethnicGroups', { text: "h'mong" });
    expect(groups[0]).toMatchObject({ number: 8, name: 'HMông' });
  });
});

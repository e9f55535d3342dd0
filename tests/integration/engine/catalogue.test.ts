import { randomUUID } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import type { Amendment } from '../../../src/contract/catalogue.ts';
import { nationalRecord } from '../../support/national.ts';
import { refusal, startCounter, type TestCounter } from './support/counter.ts';

const ADMIN = { user: { name: 'Quản trị', role: 'admin' } };
const CLERK = { user: { name: 'Cán bộ', role: 'clerk' } };
const SUPERVISOR = { user: { name: 'Lãnh đạo', role: 'supervisor' } };
const A = '1.000001';
const B = '1.000002';

let counter: TestCounter | undefined;
afterEach(async () => {
  await counter?.stop();
  counter = undefined;
});

async function started(): Promise<TestCounter> {
  counter = await startCounter({ provinceDown: true, config: ADMIN });
  return counter;
}

async function as(who: object): Promise<void> {
  counter!.writeConfig(who as Record<string, unknown>);
  await counter!.restart();
}

async function importing(bytes: Uint8Array, withdrawMissing = false) {
  const { call } = counter!;
  const { uploadId } = await call('uploads.begin', { name: 'danh-muc.jsonl.gz', bytes: bytes.length });
  await call('uploads.chunk', { uploadId, index: 0, base64: Buffer.from(bytes).toString('base64') });
  return call('procedures.import', { uploadId, withdrawMissing });
}

const file = (...records: object[]) => gzipSync(records.map((r) => JSON.stringify(r)).join('\n'));
const found = async (text: string) => (await counter!.call('procedures.search', { text })).map((p) => p.code);
const amend = (code: string, amendment: Amendment) =>
  counter!.call('procedures.amend', { code, amendment, reason: 'Theo quy định của tỉnh' });

describe('the catalogue of a counter', () => {
  it('is the sample until something is imported, and then what was imported', async () => {
    await started();
    expect(await found('khai sinh')).toContain('1.001193');
    const report = await importing(file(nationalRecord(A, { LINHVUC: '' }), nationalRecord(B)));
    expect(report).toMatchObject({ procedures: 2, added: 2, changed: 0, unchanged: 0, stored: true });
    expect(report.groups).toEqual([{ code: 'FIELD_MISSING', count: 1, procedures: 1 }]);
    expect((await found('')).sort()).toEqual([A, B]);
    const { problems, last } = await counter!.call('procedures.problems', {});
    expect(problems).toEqual([{ procedure: A, code: 'FIELD_MISSING', where: 'LINHVUC', value: '' }]);
    expect(last?.actor).toBe('Quản trị');
    await counter!.restart();
    expect((await found('')).sort()).toEqual([A, B]);
  });

  it('takes the same file again without a change, and a changed procedure as a new version; a dossier keeps its own', async () => {
    await started();
    await importing(file(nationalRecord(A), nationalRecord(B)));
    const again = await importing(file(nationalRecord(A), nationalRecord(B)));
    expect(again).toMatchObject({ added: 0, changed: 0, unchanged: 2, stored: false });
    await as(CLERK);
    const dossier = await counter!.call('dossiers.open', { procedureCode: A, dossierId: randomUUID() });
    await as(ADMIN);
    const changed = await importing(file(nationalRecord(A, { QUYETDINH: '200/QĐ-BTP', TENTTHC: 'Tên mới' })));
    expect(changed).toMatchObject({ added: 0, changed: 1, unchanged: 0, withdrawn: 0, missing: 1 });
    const versions = await counter!.call('procedures.versions', { code: `${A}.000.00.00.H14` });
    expect(versions.map((v) => [v.number, v.decision, v.current])).toEqual([
      [2, '200/QĐ-BTP', true],
      [1, '163/QĐ-BTP', false],
    ]);
    expect((await counter!.call('procedures.get', { code: A, number: 1 })).version).toBe('163/QĐ-BTP');
    expect((await counter!.call('procedures.get', { code: A })).name).toBe('Tên mới');
    await as(CLERK);
    const kept = await counter!.call('dossiers.get', { dossierId: dossier.id });
    expect([kept.procedure.version, kept.procedure.name]).toEqual(['163/QĐ-BTP', dossier.procedure.name]);
  });

  it('loses a procedure only on demand, and has it back when it is in a file again', async () => {
    await started();
    await importing(file(nationalRecord(A), nationalRecord(B)));
    expect(await importing(file(nationalRecord(A)))).toMatchObject({
      missing: 1,
      withdrawn: 0,
      stored: false,
    });
    expect(await found('')).toContain(B);
    expect(await importing(file(nationalRecord(A)), true)).toMatchObject({
      missing: 0,
      withdrawn: 1,
      stored: true,
    });
    expect(await found('')).toEqual([A]);
    expect(await counter!.call('procedures.amendments', { code: B })).toMatchObject({ withdrawn: true });
    expect((await counter!.call('procedures.get', { code: B })).code).toBe(B);
    await as(CLERK);
    expect((await refusal(counter!.call('dossiers.open', { procedureCode: B }))).code).toBe(
      'PROCEDURE_UNKNOWN',
    );
    await as(ADMIN);
    expect(await importing(file(nationalRecord(B)))).toMatchObject({ changed: 1, stored: true });
    expect((await found('')).sort()).toEqual([A, B]);
  });

  it('is not touched by a file that cannot be read, and forgets what was uploaded', async () => {
    await started();
    await importing(file(nationalRecord(A)));
    for (const broken of [
      file(nationalRecord(B)).subarray(0, 50),
      Buffer.from('PK\u0003\u0004'),
      Buffer.from('{}'),
    ])
      expect((await refusal(importing(broken, true))).code).toBe('PROCEDURE_FILE_INVALID');
    expect(await found('')).toEqual([A]);
    expect((await refusal(counter!.call('procedures.import', { uploadId: randomUUID() }))).code).toBe(
      'UPLOAD_BROKEN',
    );
  });

  it('keeps the unit’s additions over the next import', async () => {
    await started();
    await importing(file(nationalRecord(A)));
    await amend(A, { do: 'fee', fee: { code: '', name: 'Phí', kind: 'fee', amount: 8000, note: 'NQ HĐND' } });
    await amend(A, { do: 'change', set: { duration: { value: 1, unit: 'working-day' } } });
    await importing(file(nationalRecord(A, { TENTTHC: 'Tên mới của thủ tục' })));
    const now = await counter!.call('procedures.get', { code: A });
    expect([now.name, now.fees.map((f) => f.amount), now.duration]).toEqual([
      'Tên mới của thủ tục',
      [8000],
      { value: 1, unit: 'working-day' },
    ]);
    const { amendments } = await counter!.call('procedures.amendments', { code: A });
    expect(amendments.map((a) => [a.amendment.do, a.actor, a.reason])).toEqual([
      ['fee', 'Quản trị', 'Theo quy định của tỉnh'],
      ['change', 'Quản trị', 'Theo quy định của tỉnh'],
    ]);
    await as(CLERK);
    const dossier = await counter!.call('dossiers.open', { procedureCode: A });
    expect(dossier.procedure.fees.map((f) => f.amount)).toEqual([8000]);
  });

  it('hides, shows and limits what the unit does not take', async () => {
    await started();
    await importing(file(nationalRecord(A), nationalRecord(B)));
    await as(SUPERVISOR);
    expect(
      await counter!.call('procedures.hide', { code: A, hidden: true, reason: 'Không nhận tại xã' }),
    ).toEqual({
      hidden: true,
    });
    expect(await found('')).toEqual([B]);
    expect((await refusal(counter!.call('dossiers.open', { procedureCode: A }))).code).toBe(
      'PROCEDURE_UNKNOWN',
    );
    await counter!.call('procedures.hide', { code: A, hidden: false, reason: 'Nhận lại' });
    await amend(A, { do: 'limit', taken: { from: null, until: '2020-12-31' } });
    const { code, details } = await refusal(counter!.call('dossiers.open', { procedureCode: A }));
    expect([code, details.until]).toEqual(['PROCEDURE_NOT_TAKEN', '2020-12-31']);
    await amend(A, { do: 'reset' });
    expect((await counter!.call('dossiers.open', { procedureCode: A })).state).toBe('draft');
  });

  it('takes a procedure of the unit’s own, also over the sample', async () => {
    await started();
    const sample = await counter!.call('procedures.get', { code: '1.001193' });
    const own = { ...sample, code: 'H14-01', name: 'Cấp thẻ chợ phiên' };
    await amend('H14-01', { do: 'add', procedure: own });
    expect((await found('the cho phien'))[0]).toBe('H14-01');
    expect((await refusal(amend('H14-01', { do: 'add', procedure: own }))).details.reason).toBe('exists');
    expect(await amend('H14-01', { do: 'reset' })).toBeNull();
    expect((await refusal(counter!.call('procedures.get', { code: 'H14-01' }))).code).toBe(
      'PROCEDURE_UNKNOWN',
    );
  });

  it('is imported by an admin and amended by those who answer for it', async () => {
    await started();
    await as(CLERK);
    for (const work of [
      counter!.call('procedures.import', { uploadId: randomUUID() }),
      counter!.call('procedures.problems', {}),
      counter!.call('procedures.hide', { code: A, hidden: true, reason: 'x' }),
      amend(A, { do: 'hide' }),
    ])
      expect((await refusal(work)).code).toBe('FORBIDDEN_ROLE');
    await as(SUPERVISOR);
    expect((await refusal(counter!.call('procedures.import', { uploadId: randomUUID() }))).code).toBe(
      'FORBIDDEN_ROLE',
    );
  });

  it('lists first what is opened most, and counts right after the projections were made anew', async () => {
    await started();
    await importing(file(nationalRecord(A), nationalRecord(B), nationalRecord('1.000003')));
    await as(CLERK);
    for (const procedureCode of [B, '1.000003', '1.000003'])
      await counter!.call('dossiers.open', { procedureCode, dossierId: randomUUID() });
    expect((await found('')).slice(0, 2)).toEqual(['1.000003', B]);
    await counter!.closeEngine();
    await counter!.withStore(async (store) => store.settings.set('projections.stale', '1'));
    await counter!.restart();
    await counter!.closeEngine();
    const usage = await counter!.withStore(async (store) => store.catalogue.usage(10));
    expect(usage.map((u) => [u.code, u.opened])).toEqual([
      ['1.000003', 2],
      [B, 1],
    ]);
  });
});

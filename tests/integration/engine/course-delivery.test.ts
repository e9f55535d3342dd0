import { randomUUID } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import type { DossierView } from '../../../src/contract/model.ts';
import { FORM, papers, startCounter, type TestCounter } from './support/counter.ts';

/** The whole life of a dossier as the province hears of it: in order, once, with the files of each step. */

let counter: TestCounter;
afterEach(() => counter.stop());

const record = () => counter.province.control.records()[0]!;
const told = () => record().record as Record<string, string & { length: number }[]>;

async function upload(bytes: Uint8Array): Promise<string> {
  const { uploadId } = await counter.call('uploads.begin', { name: 'ket-qua.pdf', bytes: bytes.length });
  await counter.call('uploads.chunk', {
    uploadId,
    index: 0,
    base64: Buffer.from(bytes).toString('base64'),
  });
  return uploadId;
}

/** From a draft to a supplement that was taken in. */
async function supplemented(dossierId: string): Promise<DossierView> {
  await counter.call('dossiers.askSupplement', {
    dossierId,
    reason: 'Tờ khai thiếu trang hai',
    items: ['Trang hai của tờ khai'],
    contact: { name: 'Nông Thị Mẫu', phone: '02063123456' },
  });
  counter.scanner.control.loadFeeder(await papers(1));
  await counter.scan(dossierId, FORM);
  await counter.sign(dossierId);
  return counter.call('dossiers.takeSupplement', { dossierId });
}

async function toTheEnd(dossierId: string): Promise<DossierView> {
  await counter.call('dossiers.forward', { dossierId, agency: 'Phòng Văn hóa - Xã hội', person: '' });
  const resultId = randomUUID();
  const slip = await counter.call('documents.read', {
    documentId: (await counter.call('dossiers.get', { dossierId })).slipDocumentId!,
  });
  await counter.call('dossiers.resultReady', {
    dossierId,
    results: [
      {
        id: resultId,
        code: 'KQ.G15.000037',
        name: 'Trích lục',
        number: '12/TL',
        issuedOn: '2026-11-23',
        validity: '',
        scope: '',
      },
    ],
    electronic: { resultId, uploadId: await upload(Buffer.from(slip.base64, 'base64')) },
  });
  return counter.call('dossiers.handOut', {
    dossierId,
    to: 'Lý Văn Thử',
    identityNumber: '',
    way: 'counter',
    proof: 'signature',
  });
}

describe('the course of a dossier at the province', () => {
  it('is told step by step as it happens', async () => {
    counter = await startCounter({ config: { user: { name: 'Nông Thị Mẫu', role: 'supervisor' } } });
    const { id } = await counter.ready('one');
    await counter.call('dossiers.receive', { dossierId: id });
    await counter.sent(id);
    expect(told().TrangThaiHoSo).toBe('2');
    const before = told().TaiLieuNop!.length;

    const asked = await supplemented(id);
    expect(asked).toMatchObject({ state: 'supplemented', delivery: 'waiting' });
    await counter.sent(id);
    expect(told().TrangThaiHoSo).toBe('2');
    expect(told().DanhSachHoSoBoSung).toMatchObject([{ TrangThaiBoSung: '1' }]);
    expect(told().TaiLieuNop).toHaveLength(before);

    const done = await toTheEnd(id);
    expect(done.state).toBe('returned');
    const sent = await counter.sent(id);
    expect(told()).toMatchObject({ TrangThaiHoSo: '10', ThongTinTra: 'Lý Văn Thử' });
    expect(told().DanhSachGiayToKetQua).toMatchObject([{ MaGiayToKetQua: 'KQ.G15.000037' }]);
    expect((told().DanhSachGiayToKetQua![0] as unknown as { GiayToId: string }).GiayToId).not.toBe('');
    expect(sent.receipt?.recordSha256).toBe(record().receipt.sha256);
    expect(sent.papers.map((p) => [p.kind, p.number])).toEqual([
      ['reception', 1],
      ['supplement-request', 1],
      ['return-receipt', null],
    ]);
  });

  it('is told in its order after days without a network, over a restart, and once each', async () => {
    counter = await startCounter({
      config: { user: { name: 'Nông Thị Mẫu', role: 'supervisor' } },
      provinceDown: true,
    });
    const { id } = await counter.ready('one');
    await counter.call('dossiers.receive', { dossierId: id });
    await supplemented(id);
    await toTheEnd(id);
    const waiting = await counter.call('outbox.status', {});
    expect(waiting).toMatchObject({ waiting: 1, sent: 0 });
    await counter.closeEngine();
    await counter.province.control.clear();
    await counter.province.control.inject({ kind: 'lost-answer', at: 'record', times: 2 });
    await counter.restart();
    for (
      let i = 0;
      i < 40 && (await counter.call('dossiers.get', { dossierId: id })).delivery !== 'sent';
      i += 1
    )
      await counter.call('outbox.push', {});
    const sent = await counter.call('dossiers.get', { dossierId: id });
    expect(sent.delivery).toBe('sent');
    expect(told().TrangThaiHoSo).toBe('10');
    // Reception under the dossier's own key, then its steps, each once, with rising places in the journal.
    const keys = [...record().earlier.map((e) => e.key), record().key];
    expect(keys[0]).toBe(id);
    const places = keys.slice(1).map((key) => Number(key.split('/')[1]));
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(new Set(keys).size).toBe(keys.length);
    expect(keys).toHaveLength(6);
  });
});

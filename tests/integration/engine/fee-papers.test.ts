import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { prepareZXingModule } from 'zxing-wasm/reader';
import type { FeeLine } from '../../../src/contract/fees.ts';
import { parseVietQr } from '../../../src/main/fees/vietqr.ts';
import { describeWithPeers } from '../../support/peers.ts';
import { codesOn, textOf } from '../slips/reading.ts';
import { startCounter, type TestCounter } from './support/counter.ts';

const FEES = {
  book: { form: '01BLP2-001', sign: 'AA/{yy}P' },
  account: { bin: '970415', number: '1234567890', name: 'UBND xã Bảo Lâm' },
};
const LINE: FeeLine = {
  ...{ code: 'P1', name: 'Bản sao trích lục', kind: 'fee', amount: 8000, quantity: 2, due: 'reception' },
  exemption: null,
};

beforeAll(async () => {
  const file = createRequire(import.meta.url).resolve('zxing-wasm/reader/zxing_reader.wasm');
  const wasmBinary = Uint8Array.from(readFileSync(file)).buffer;
  await prepareZXingModule({ overrides: { wasmBinary }, fireImmediately: true });
});

let counter: TestCounter;
beforeEach(async () => {
  counter = await startCounter({ config: { fees: FEES } });
});
afterEach(() => counter.stop());

async function paper(documentId: string): Promise<string> {
  const { base64 } = await counter.call('documents.read', { documentId });
  const file = path.join(counter.folder, `${documentId}.pdf`);
  writeFileSync(file, Buffer.from(base64, 'base64'));
  return file;
}

async function receivedWith(fees: FeeLine[]) {
  const { id } = await counter.ready('one');
  await counter.call('fees.set', { dossierId: id, fees });
  return counter.call('dossiers.receive', { dossierId: id });
}
const payable = async (file: string) =>
  (await codesOn(file, 1, 300)).map((f) => f.text).filter((text) => text.startsWith('000201'));

describeWithPeers(['pdfsig'], 'papers that ask for money', () => {
  it('the reception slip carries the code for what is due at reception, and only for that', async () => {
    const dossier = await receivedWith([LINE, { ...LINE, name: 'Lệ phí', due: 'return', amount: 50_000 }]);
    const [code, ...others] = await payable(await paper(dossier.slipDocumentId!));
    expect(others).toEqual([]);
    expect(parseVietQr(code!)).toEqual({
      bin: '970415',
      account: '1234567890',
      amount: 16_000,
      purpose: dossier.code!.value.replaceAll(/[.-]/g, ' '),
    });
  });

  it('the slip of a dossier that owes nothing yet carries none', async () => {
    const dossier = await receivedWith([{ ...LINE, due: 'return' }]);
    expect(await payable(await paper(dossier.slipDocumentId!))).toEqual([]);
  });

  it('the receipt says who paid what, under its sign and number', async () => {
    const { id: dossierId } = await receivedWith([LINE]);
    const { payments } = await counter.call('fees.pay', { dossierId, way: 'cash' });
    const { documentId, sign } = payments[0]!.receipt;
    const text = textOf(await paper(documentId!), '-raw');
    for (const part of ['Hoàng Văn Thử', LINE.name, '16.000', sign, '0000001']) expect(text).toContain(part);
  });
});

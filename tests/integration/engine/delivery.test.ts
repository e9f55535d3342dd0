import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import type { DossierView, OutboxStatus } from '../../../src/contract/model.ts';
import { readStoredFile } from '../../../src/simulators/province/export.ts';
import { startCounter, type TestCounter, UNIT } from './support/counter.ts';

let counter: TestCounter;
afterEach(() => counter.stop());

const receive = (dossierId: string) => counter.call('dossiers.receive', { dossierId });
const status = () => counter.call('outbox.status', {});
const push = () => counter.call('outbox.push', {});
const control = () => counter.province.control;

/** The province holds the dossier once, with exactly the documents that were signed. */
function expectAtProvince(dossier: DossierView): void {
  const records = control().records();
  expect(records.map((r) => r.receipt.MaHoSo)).toEqual([dossier.code?.value]);
  expect(dossier.receipt).toMatchObject({
    reference: records[0]!.receipt.maBienNhan,
    recordSha256: records[0]!.receipt.sha256,
  });
  const signed = dossier.components.flatMap((c) => (c.signature ? [c.signature.sha256] : []));
  const sent = records[0]!.record.TaiLieuNop as { TepDinhKemId: string }[];
  const hashes = sent.map(({ TepDinhKemId: id }) =>
    createHash('sha256').update(readStoredFile(counter.provinceFolder, id)!).digest('hex'),
  );
  expect(hashes).toEqual(signed);
  expect(
    control()
      .files()
      .filter((f) => f.done),
  ).toHaveLength(signed.length);
}

/** Pushes until the dossier is at the province, or `most` times. */
async function pushUntilSent(dossierId: string, most = 12): Promise<DossierView> {
  for (let i = 0; i < most; i += 1) {
    await push();
    const dossier = await counter.call('dossiers.get', { dossierId });
    if (dossier.delivery === 'sent') return dossier;
  }
  throw new Error(`not sent: ${JSON.stringify(await status())}`);
}

describe('delivery', () => {
  it('takes a received dossier to the province by itself and tells each step', async () => {
    counter = await startCounter();
    const { id } = await counter.ready();
    const seen: OutboxStatus[] = [];
    counter.client().on('outbox.changed', (s) => seen.push(s));
    await receive(id);
    const sent = await counter.sent(id);
    expectAtProvince(sent);
    expect(sent.sendFault).toBeNull();
    const done = { waiting: 0, sending: 0, sent: 1, needsPerson: 0, online: true, lastFault: null };
    expect(await status()).toEqual(done);
    const steps = seen.map((s) => `${s.waiting}/${s.sending}/${s.sent}`);
    expect(steps.slice(-3)).toEqual(['1/0/0', '0/1/0', '0/0/1']);
  });

  it('waits while the province is down, says why, and goes out once it is back', async () => {
    counter = await startCounter({ provinceDown: true });
    const { id } = await counter.ready('one');
    const faulted = counter.next('dossier.changed', ({ dossier }) => dossier.sendFault !== null);
    await receive(id);
    expect((await faulted).dossier).toMatchObject({ state: 'received', sendFault: 'PROVINCE_UNREACHABLE' });
    expect(await push()).toMatchObject({
      waiting: 1,
      sent: 0,
      online: false,
      lastFault: { code: 'PROVINCE_UNREACHABLE' },
    });
    await control().clear();
    expectAtProvince(await pushUntilSent(id));
    expect(await status()).toMatchObject({ waiting: 0, sent: 1, online: true, lastFault: null });
  });

  it('tells at once that a dossier waits, though the line rests after faults', async () => {
    counter = await startCounter({ provinceDown: true });
    const first = await counter.ready('one');
    const faulted = counter.next('outbox.changed', (s) => s.lastFault !== null);
    await receive(first.id);
    await faulted;
    const second = await counter.ready('one');
    const changed = counter.next('outbox.changed', (s) => s.waiting + s.sending === 2);
    await receive(second.id);
    expect(await changed).toMatchObject({ sent: 0, online: false });
  });

  it.each([
    ['a token that expired', { kind: 'unauthorized', at: 'upload' }],
    ['500 in the login', { kind: 'failed', at: 'token' }],
    ['500 in an upload', { kind: 'failed', at: 'upload', times: 3 }],
    ['500 to the record', { kind: 'failed', at: 'record', times: 3 }],
    ['503 to the record', { kind: 'failed', at: 'record', status: 503, times: 2 }],
    ['an upload cut in the middle', { kind: 'cut-upload', atByte: 20_000, times: 2 }],
    ['a record that was stored, its answer lost', { kind: 'lost-answer', at: 'record' }],
    ['a record that was stored, answered with 500', { kind: 'failed-after', at: 'record' }],
    ['a connection dropped at the record', { kind: 'drop', at: 'record', times: 2 }],
    ['a maintenance page', { kind: 'html', at: 'record' }],
    ['an answer that stops in the middle', { kind: 'garbage', at: 'record' }],
    ['a damaged chunk', { kind: 'damaged-chunk', at: 'upload' }],
  ] as const)('gets through %s, and the province has one record', async (_, fault) => {
    counter = await startCounter();
    const { id } = await counter.ready('one');
    await control().inject(fault);
    control().revokeTokens();
    await receive(id);
    const sent = await pushUntilSent(id);
    expect(control().pendingFaults()).toBe(0);
    expectAtProvince(sent);
    expect(await status()).toMatchObject({
      waiting: 0,
      sending: 0,
      sent: 1,
      needsPerson: 0,
      lastFault: null,
    });
  });

  it('sends only the rest of a file that was cut', async () => {
    counter = await startCounter();
    const { id, components } = await counter.ready('one');
    await control().inject({ kind: 'cut-upload', atByte: 40_000 });
    await receive(id);
    await pushUntilSent(id);
    const bytes = components.reduce((sum, c) => sum + (c.signature?.bytes ?? 0), 0);
    const { uploadBytesReceived, uploadBytesKept } = control().stats();
    expect(uploadBytesKept).toBe(bytes);
    // At most one chunk was sent twice.
    expect(uploadBytesReceived - bytes).toBeLessThanOrEqual(16 * 1024);
  });

  it.each([
    ['a record of another content under the same key', 'lying-receipt', 'PROVINCE_HASH_MISMATCH'],
    ['a refusal', 'forbidden', 'PROVINCE_FORBIDDEN'],
  ] as const)('leaves %s to a person, who may have it tried again', async (_, kind, code) => {
    counter = await startCounter();
    const { id } = await counter.ready('one');
    await control().inject({ kind, at: 'record' });
    const stuck = counter.next('outbox.changed', (s) => s.needsPerson === 1);
    await receive(id);
    expect(await stuck).toMatchObject({ waiting: 0, sending: 0, sent: 0, lastFault: { code } });
    expect((await counter.call('dossiers.get', { dossierId: id })).sendFault).toBe(code);
    // Not by itself, and not after a restart.
    await push();
    await counter.restart();
    expect(await push()).toMatchObject({ needsPerson: 1, sent: 0 });
    expect(await counter.call('outbox.retry', { dossierId: id })).toMatchObject({ needsPerson: 0 });
    expectAtProvince(await counter.sent(id));
    expect(await status()).toMatchObject({ needsPerson: 0, sent: 1, lastFault: null });
  });

  it('goes on after the engine was closed in the middle of an upload', async () => {
    counter = await startCounter();
    const { id } = await counter.ready('one');
    await control().inject({ kind: 'slow', at: 'upload', after: 1, delayMs: 60_000 });
    await receive(id);
    while (control().pendingFaults() > 0) await pause(10);
    expect(await status()).toMatchObject({ sending: 1, sent: 0 });
    await counter.restart();
    expectAtProvince(await pushUntilSent(id));
  });

  it('finds the record that the province has when the answer was lost before a restart', async () => {
    counter = await startCounter();
    const { id } = await counter.ready('one');
    await control().inject({ kind: 'lost-answer', at: 'record' });
    const faulted = counter.next('dossier.changed', ({ dossier }) => dossier.sendFault !== null);
    await receive(id);
    await faulted;
    // What an admin changes meanwhile does not make it another record.
    counter.writeConfig({ unit: { ...UNIT, name: 'UBND xã Đổi Tên' } });
    await counter.restart();
    expectAtProvince(await pushUntilSent(id));
  });

  it('asks for numbers again though the block’s size was changed between request and answer', async () => {
    counter = await startCounter({ provinceDown: true });
    await control().clear();
    await control().inject({ kind: 'lost-answer', at: 'numbers' });
    await counter.restart();
    while (control().pendingFaults() > 0) await counter.next('outbox.changed');
    counter.writeConfig({
      province: { ...configOf(counter).province, numbersInHand: 7 },
    });
    await counter.restart();
    const { id } = await counter.ready('one');
    expect((await receive(id)).code?.kind).toBe('official');
    expectAtProvince(await counter.sent(id));
  });

  it('keeps secrets and citizens out of the messages that every screen hears', async () => {
    counter = await startCounter();
    const { id } = await counter.ready('one');
    const heard: string[] = [];
    counter.client().on('outbox.changed', (s) => heard.push(JSON.stringify(s)));
    await receive(id);
    await counter.sent(id);
    expect(heard.join()).not.toMatch(/test-secret|Hoàng|004090000123/);
  });
});

function configOf(of: TestCounter): { province: Record<string, unknown> } {
  return JSON.parse(readFileSync(path.resolve(of.configFile), 'utf8')) as never;
}

import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Database } from '../../../src/main/store/database.ts';
import { vaultObjectsOf } from '../../../src/main/store/objects.ts';
import { type NewOutboxRecord, type Outbox, outboxOf } from '../../../src/main/store/outbox.ts';
import { AT, codeOf, tempDatabase } from './fixtures.ts';

const HASH = 'a'.repeat(64);
const FAULT = { code: 'PROVINCE_TIMEOUT', at: '2026-11-23T02:00:00.000Z' };
const RECEIPT = { reference: 'R-1', at: AT, recordSha256: HASH };
const LATER = '2026-11-23T03:00:00.000Z';

function record(n: number, payload: Record<string, unknown> = { MaHoSo: `H29-${n}` }): NewOutboxRecord {
  return {
    id: `o${n}`,
    dossierId: `d${n}`,
    idempotencyKey: `key-${n}`,
    payload,
    createdAt: `2026-11-23T01:00:0${n}.000Z`,
    files: [1, 2].map((f) => ({
      documentId: `doc-${f}`,
      key: `file-${n}-${f}`,
      name: `Tờ khai ${f}.pdf`,
      sha256: HASH,
      bytes: 10,
      vaultHash: HASH,
    })),
  };
}

async function filled(): Promise<{ db: Database; outbox: Outbox }> {
  const db = await tempDatabase();
  vaultObjectsOf(db).add({ hash: HASH, bytes: 10 }, AT);
  const outbox = outboxOf(db);
  for (const n of [1, 2, 3]) outbox.add(record(n));
  return { db, outbox };
}

describe('the outbox', () => {
  it('offers of one dossier only the first that is not sent, and counts the dossier once', async () => {
    const { outbox } = await filled();
    // A clock that was set back must not turn the order round.
    outbox.add({ ...record(4), dossierId: 'd1', createdAt: '2026-11-22T01:00:00.000Z' });
    outbox.add({ ...record(5), dossierId: 'd1' });
    expect(outbox.due(LATER, 10)).toEqual(['o1', 'o2', 'o3']);
    expect(outbox.counts().waiting).toBe(3);
    outbox.begin('o1');
    outbox.needsPerson('o1', FAULT);
    expect(outbox.due(LATER, 10)).toEqual(['o2', 'o3']);
    outbox.release('o1');
    outbox.begin('o1');
    outbox.sent('o1', RECEIPT);
    expect(outbox.due(LATER, 10)).toEqual(['o4', 'o2', 'o3']);
    outbox.begin('o4');
    outbox.retryAt('o4', LATER, FAULT);
    expect(outbox.due(AT, 10)).toEqual(['o2', 'o3']);
    expect(outbox.nextDueAt()).toBe(LATER);
  });

  it('keeps a record with its files and the hash of what will be sent', async () => {
    const { outbox } = await filled();
    const kept = outbox.get('o1')!;
    expect(kept).toMatchObject({
      state: 'waiting',
      attempts: 0,
      receipt: null,
      lastFault: null,
      dossierId: 'd1',
    });
    expect(kept.payload).toEqual({ MaHoSo: 'H29-1' });
    expect(kept.payloadSha256).toBe(createHash('sha256').update('{"MaHoSo":"H29-1"}').digest('hex'));
    expect(kept.files.map((f) => [f.key, f.uploadLocation, f.remoteId])).toEqual([
      ['file-1-1', null, null],
      ['file-1-2', null, null],
    ]);
    expect(outbox.ofDossier('d1')).toEqual([kept]);
    expect(outbox.get('none')).toBeUndefined();
  });

  it('takes the same record twice as once, and another payload under its key as a conflict', async () => {
    const { outbox } = await filled();
    outbox.add({ ...record(1), id: 'again' });
    expect(outbox.get('again')).toBeUndefined();
    expect(await codeOf(() => outbox.add(record(1, { MaHoSo: 'other' })))).toBe('PROVINCE_CONFLICT');
    expect(outbox.counts().waiting).toBe(3);
  });

  it('is written with the business write or not at all', async () => {
    const { db, outbox } = await filled();
    expect(() =>
      db.transaction(() => {
        outbox.add(record(4));
        throw new Error('slip failed');
      }),
    ).toThrow('slip failed');
    expect(outbox.get('o4')).toBeUndefined();
  });

  it('hands out what is due, oldest first, and holds a fault back until its time', async () => {
    const { outbox } = await filled();
    expect(outbox.due(AT, 10)).toEqual(['o1', 'o2', 'o3']);
    outbox.begin('o1');
    expect(outbox.due(AT, 10)).toEqual(['o2', 'o3']);
    outbox.retryAt('o1', LATER, FAULT);
    expect(outbox.due(AT, 10)).toEqual(['o2', 'o3']);
    expect(outbox.nextDueAt()).toBe(LATER);
    expect(outbox.due(LATER, 2)).toEqual(['o1', 'o2']);
    expect(outbox.get('o1')).toMatchObject({ attempts: 1, lastFault: FAULT });
    expect(outbox.counts()).toEqual({ waiting: 3, sending: 0, sent: 0, needsPerson: 0, lastFault: FAULT });
  });

  it('remembers how far each upload came', async () => {
    const { outbox } = await filled();
    outbox.setUpload('o1', 'doc-1', '/uploads/7');
    outbox.setRemoteId('o1', 'doc-2', 'T-9');
    expect(outbox.get('o1')!.files.map((f) => [f.uploadLocation, f.remoteId])).toEqual([
      ['/uploads/7', null],
      [null, 'T-9'],
    ]);
    expect(outbox.get('o2')!.files[0]!.uploadLocation).toBeNull();
    expect(await codeOf(() => outbox.setUpload('o1', 'doc-9', '/x'))).toBe('STORE_CONFLICT');
  });

  it('puts what was being sent at a crash back in the queue, still knowing that it may have left', async () => {
    const { outbox } = await filled();
    outbox.begin('o2');
    expect(outbox.recover()).toBe(1);
    expect(outbox.get('o2')).toMatchObject({ state: 'waiting', attempts: 1 });
    expect(outbox.recover()).toBe(0);
  });

  it('waits for a person and goes on at her word', async () => {
    const { outbox } = await filled();
    outbox.begin('o1');
    outbox.needsPerson('o1', { ...FAULT, code: 'PROVINCE_CONFLICT' });
    expect(outbox.counts()).toMatchObject({ needsPerson: 1, lastFault: { code: 'PROVINCE_CONFLICT' } });
    expect(outbox.due(LATER, 10)).not.toContain('o1');
    outbox.release('o1');
    expect(outbox.due(LATER, 10)).toContain('o1');
  });

  it('lets a payload be completed before the first attempt and never after', async () => {
    const { db, outbox } = await filled();
    outbox.amend('o1', { MaHoSo: 'official' });
    expect(outbox.get('o1')!.payload).toEqual({ MaHoSo: 'official' });
    outbox.begin('o1');
    outbox.retryAt('o1', LATER, FAULT);
    expect(await codeOf(() => outbox.amend('o1', { MaHoSo: 'late' }))).toBe('STORE_CONFLICT');
    expect(() => db.run("UPDATE outbox SET payload = '{}' WHERE id = 'o1'")).toThrow('may have left');
    expect(() => db.run("UPDATE outbox SET idempotency_key = 'k' WHERE id = 'o2'")).toThrow('may have left');
  });

  it('keeps what was sent as it was sent and drops nothing that was not', async () => {
    const { db, outbox } = await filled();
    outbox.begin('o1');
    outbox.sent('o1', RECEIPT);
    expect(outbox.get('o1')).toMatchObject({ state: 'sent', receipt: RECEIPT, lastFault: null });
    expect(() => db.run("UPDATE outbox SET receipt = '{}' WHERE id = 'o1'")).toThrow('immutable');
    expect(() => db.run("DELETE FROM outbox WHERE id = 'o2'")).toThrow('cannot be dropped');
  });

  it.each([
    ['begin twice', (o: Outbox) => [o.begin('o1'), o.begin('o1')]],
    ['sent without an attempt', (o: Outbox) => o.sent('o1', RECEIPT)],
    ['a fault without an attempt', (o: Outbox) => o.retryAt('o1', LATER, FAULT)],
    ['a release of what waits', (o: Outbox) => o.release('o1')],
    ['an unknown record', (o: Outbox) => o.begin('none')],
  ])('refuses %s', async (_, step) => {
    const { outbox } = await filled();
    expect(await codeOf(() => step(outbox))).toBe('STORE_CONFLICT');
  });
});

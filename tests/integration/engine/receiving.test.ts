import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { DossierView } from '../../../src/contract/model.ts';
import { localDay } from '../../../src/main/calendar/local-time.ts';
import { describeWithPeers } from '../../support/peers.ts';
import {
  APPLICANT,
  BIRTH,
  FORM,
  PROCEDURE,
  papers,
  refusal,
  startCounter,
  type TestCounter,
  UNIT,
} from './support/counter.ts';

let counter: TestCounter;
afterEach(() => counter.stop());

const receive = (dossierId: string) => counter.call('dossiers.receive', { dossierId });
const officialCode = (number: number) => {
  const day = localDay(new Date()).replaceAll('-', '').slice(2);
  return `${UNIT.code}-${day}-${String(number).padStart(4, '0')}`;
};
const numbersSet = () => counter.province.control.stats().requests.numbers;

/** Resolves once the day's numbers are in hand. */
async function numbersInHand(): Promise<void> {
  while (numbersSet() === 0 || !(await counter.call('outbox.status', {})).online) {
    await counter.next('outbox.changed');
  }
}

async function slipOf(dossier: DossierView): Promise<string> {
  const { base64 } = await counter.call('documents.read', { documentId: dossier.slipDocumentId! });
  const file = path.join(counter.folder, `${dossier.id}.pdf`);
  writeFileSync(file, Buffer.from(base64, 'base64'));
  return file;
}

const print = (program: string, ...args: string[]) => execFileSync(program, args, { encoding: 'utf8' });

describe('receiving a dossier', () => {
  it('names what is missing, one step after the other, and changes nothing', async () => {
    counter = await startCounter();
    const opened = await counter.call('dossiers.open', { procedureCode: PROCEDURE });
    const { id } = opened;
    expect((await refusal(receive(id))).code).toBe('APPLICANT_INCOMPLETE');
    await counter.call('dossiers.setApplicant', {
      dossierId: id,
      applicant: { ...APPLICANT, identityNumber: ' ' },
    });
    expect(await refusal(receive(id))).toMatchObject({
      code: 'APPLICANT_INCOMPLETE',
      details: { missing: 'identityNumber' },
    });
    await counter.call('dossiers.setApplicant', { dossierId: id, applicant: APPLICANT });
    expect(await refusal(receive(id))).toMatchObject({ code: 'COMPONENT_MISSING', details: { count: 2 } });
    counter.scanner.control.loadFeeder(await papers(1));
    await counter.scan(id, FORM);
    expect(await refusal(receive(id))).toMatchObject({ code: 'COMPONENT_MISSING', details: { count: 1 } });
    counter.scanner.control.loadFeeder(await papers(1));
    await counter.scan(id, BIRTH);
    expect(await refusal(receive(id))).toMatchObject({ code: 'COMPONENT_UNSIGNED', details: { count: 2 } });
    const draft = await counter.call('dossiers.get', { dossierId: id });
    expect(draft).toMatchObject({ state: 'draft', code: null, receivedAt: null, slipDocumentId: null });
    expect(await counter.call('outbox.status', {})).toMatchObject({ waiting: 0, sending: 0, sent: 0 });
  });

  it('gives the number in hand though the line is down', async () => {
    counter = await startCounter();
    await numbersInHand();
    await counter.province.control.inject({ kind: 'down' });
    const dossier = await receive((await counter.ready('one')).id);
    expect(dossier.code).toEqual({ value: officialCode(1), kind: 'official' });
    expect(numbersSet()).toBe(1);
  });

  it('asked twice, also at once, answers the same dossier and puts it into the outbox once', async () => {
    counter = await startCounter();
    const { id } = await counter.ready('one');
    const [first, second] = await Promise.all([receive(id), receive(id)]);
    const codes = new Set(
      [first, second, await receive(id)].map((d) => `${d.code?.value} ${d.slipDocumentId}`),
    );
    expect(codes.size).toBe(1);
    await counter.sent(id);
    await counter.closeEngine();
    await counter.withStore((store) => {
      expect(store.outbox.ofDossier(id)).toHaveLength(1);
      expect(store.events.of(id).filter((e) => e.type === 'received')).toHaveLength(1);
    });
  });

  it('gives two dossiers that are received at once two numbers', async () => {
    counter = await startCounter();
    const [one, other] = [await counter.ready('one'), await counter.ready('one')];
    const codes = (await Promise.all([receive(one.id), receive(other.id)])).map((d) => d.code?.value);
    expect(codes).toEqual([officialCode(1), officialCode(2)]);
  });

  it('spends no number on a slip that cannot be printed', async () => {
    counter = await startCounter();
    const { id } = await counter.ready('one');
    const withName = (name: string) =>
      counter.call('dossiers.setApplicant', { dossierId: id, applicant: { ...APPLICANT, name } });
    await withName('Hoàng 🙂 Thử');
    expect((await refusal(receive(id))).code).toBe('SLIP_TEXT_UNPRINTABLE');
    expect((await counter.call('dossiers.get', { dossierId: id })).state).toBe('draft');
    await counter.closeEngine();
    await counter.withStore((store) => {
      expect(store.numbers.next(UNIT.code, localDay(new Date()))).toBe(officialCode(1));
    });
    await counter.restart();
    await withName('Hoàng Văn Thử');
    expect((await receive(id)).code?.value).toBe(officialCode(1));
  });

  it('gives the number of the day of receipt, though it failed the day before', async () => {
    let days = 0;
    const now = () => new Date(Date.now() + days * 86_400_000);
    counter = await startCounter({ clock: { now } });
    const { id } = await counter.ready('one');
    await counter.call('dossiers.setApplicant', {
      dossierId: id,
      applicant: { ...APPLICANT, name: 'Hoàng 🙂 Thử' },
    });
    expect((await refusal(receive(id))).code).toBe('SLIP_TEXT_UNPRINTABLE');
    await counter.call('dossiers.setApplicant', { dossierId: id, applicant: APPLICANT });
    days = 1;
    const received = await receive(id);
    expect(received.code?.value).toContain(`-${localDay(now()).replaceAll('-', '').slice(2)}-`);
    expect(localDay(new Date(received.receivedAt!))).toBe(localDay(now()));
  });

  it('asks for no number beforehand where none is to be kept in hand', async () => {
    counter = await startCounter({ province: { numbersInHand: 0 } });
    const { id } = await counter.ready('one');
    expect(numbersSet()).toBe(0);
    expect((await receive(id)).code).toEqual({ value: officialCode(1), kind: 'official' });
  });

  it('takes no pages, applicant or second signature any more', async () => {
    counter = await startCounter();
    const { id, components } = await counter.ready('one');
    await receive(id);
    const pageId = components[0]!.pages[0]!.id;
    const codes = await Promise.all(
      [
        counter.call('pages.remove', { dossierId: id, pageId }),
        counter.call('pages.move', { dossierId: id, pageIds: [pageId], componentId: BIRTH, index: 0 }),
        counter.call('dossiers.setApplicant', { dossierId: id, applicant: APPLICANT }),
        counter.call('dossiers.discard', { dossierId: id, reason: 'x' }),
        counter.sign(id),
      ].map(refusal),
    );
    expect(codes.map((c) => c.code)).toEqual(Array(5).fill('DOSSIER_STATE'));
  });

  it('works without a province: a temporary code, and the dossier waits', async () => {
    counter = await startCounter({ config: { province: null } });
    const { id } = await counter.ready('one');
    const changed = counter.next('outbox.changed');
    expect((await receive(id)).code?.value).toMatch(/^TAM-Q01-\d{6}-0001$/);
    expect(await changed).toMatchObject({ waiting: 1, online: false });
    expect(await counter.call('outbox.push', {})).toMatchObject({ waiting: 1, online: false });
    await counter.restart();
    expect((await receive((await counter.ready('one')).id)).code?.value).toMatch(/^TAM-Q01-\d{6}-0002$/);
  });
});

describeWithPeers(['pdfsig'], 'the slip that is handed out', () => {
  it('is an A5 sheet with code, name and what was handed in', async () => {
    counter = await startCounter();
    const dossier = await receive((await counter.ready()).id);
    const file = await slipOf(dossier);
    expect(print('pdfinfo', file)).toMatch(/Page size:\s+419\.5\d* x 595\.2\d* pts/);
    const text = print('pdftotext', '-layout', file, '-');
    for (const words of [dossier.code!.value, APPLICANT.name, APPLICANT.identityNumber, 'Giấy chứng sinh'])
      expect(text).toContain(words);
    expect(text).not.toMatch(/tạm/i);
  });

  it('says that a code is temporary; the official one takes its place before the province hears of it', async () => {
    counter = await startCounter({ provinceDown: true });
    const { id } = await counter.ready('one');
    const received = await receive(id);
    expect(received.code?.kind).toBe('temporary');
    expect(received.code?.value).toMatch(/^TAM-Q01-\d{6}-0001$/);
    const text = print('pdftotext', '-layout', await slipOf(received), '-');
    expect(text).toContain(received.code!.value);
    expect(text).toMatch(/mã.*tạm/i);

    await counter.province.control.clear();
    const [sent] = await Promise.all([counter.sent(id), counter.call('outbox.push', {})]);
    expect(sent.code).toEqual({ value: officialCode(1), kind: 'official' });
    expect(counter.province.control.records().map((r) => r.receipt.MaHoSo)).toEqual([officialCode(1)]);
    // What was handed out stays what it was.
    expect(sent.slipDocumentId).toBe(received.slipDocumentId);
    expect(sent.receivedAt).toBe(received.receivedAt);
  });

  it('shows the dossier as it was received, though the draft changed while it was drawn', async () => {
    counter = await startCounter();
    const { id } = await counter.ready('one');
    const [received] = await Promise.all([
      receive(id),
      counter.call('dossiers.setApplicant', {
        dossierId: id,
        applicant: { ...APPLICANT, name: 'Lê Thị Sửa' },
      }),
    ]);
    expect(received.applicant?.name).toBe('Lê Thị Sửa');
    const text = print('pdftotext', '-layout', await slipOf(received), '-');
    expect(text).toContain('Lê Thị Sửa');
    expect(text).not.toContain(APPLICANT.name);
  });
});

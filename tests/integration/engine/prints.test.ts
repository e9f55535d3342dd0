import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { PDFDocument } from 'pdf-lib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { PrintJobView } from '../../../src/contract/printing.ts';
import { describeWithPeers } from '../../support/peers.ts';
import { CLERK, refusal, startCounter, type TestCounter, UNIT } from './support/counter.ts';

const ENDS = ['done', 'failed', 'cancelled', 'unsure'];

describeWithPeers(['pdftotext'], 'prints of a counter', () => {
  let counter: TestCounter;
  let slips: string;
  let others: string;
  let slip: string;
  let component: string;
  let code: string;
  let dossierId: string;

  beforeAll(async () => {
    const user = { name: CLERK, role: 'supervisor' };
    counter = await startCounter({ config: { user } });
    slips = path.join(counter.folder, 'slips');
    others = path.join(counter.folder, 'others');
    counter.writeConfig({
      printers: [`file:${others}`, `file:${slips}`],
      printing: { defaults: { slip: `file:${slips}` }, lookup: 'https://motcua.example.gov.vn' },
    });
    await counter.restart();
    dossierId = (await counter.ready('one')).id;
    const dossier = await counter.call('dossiers.receive', { dossierId });
    slip = dossier.slipDocumentId!;
    code = dossier.code!.value;
    component = dossier.components.find((c) => c.signature)!.signature!.documentId;
  }, 60_000);
  afterAll(() => counter.stop());

  type Wish = Omit<Parameters<typeof counter.call<'prints.start'>>[1], 'documentId'>;

  async function print(documentId: string, wish: Wish = {}): Promise<PrintJobView> {
    const seen: PrintJobView[] = [];
    const off = counter.client().on('print.changed', (job) => seen.push(job));
    try {
      const started = await counter.call('prints.start', { documentId, ...wish });
      const ended = () => seen.find((job) => job.id === started.id && ENDS.includes(job.state));
      await expect.poll(ended, { timeout: 20_000 }).toBeDefined();
      return ended()!;
    } finally {
      off();
    }
  }

  const fileOf = (folder: string, { id }: PrintJobView) => path.join(folder, `${id}.pdf`);
  const wordsOf = (file: string) =>
    execFileSync('pdftotext', ['-layout', file, '-'], { encoding: 'utf8' }).replace(/\s+/g, ' ');

  it('prints a slip as it is kept, at the printer for slips, and only with a reason again', async () => {
    const job = await print(slip);
    expect(job).toMatchObject({ state: 'done', kind: 'slip', firstCopy: 1, actor: CLERK, error: null });
    const kept = await counter.call('documents.read', { documentId: slip });
    expect(readFileSync(fileOf(slips, job)).equals(Buffer.from(kept.base64, 'base64'))).toBe(true);
    expect(await refusal(counter.call('prints.start', { documentId: slip }))).toEqual({
      code: 'PRINT_REASON_MISSING',
      details: { prints: 1 },
    });
    const again = await print(slip, { reason: 'Công dân làm mất giấy', copies: 2 });
    expect(again).toMatchObject({ state: 'done', firstCopy: 2, reason: 'Công dân làm mất giấy' });
    const words = wordsOf(fileOf(slips, again));
    expect(words).toContain('BẢN IN LẠI');
    expect(words).toContain('bản số 2 đến 3');
    const history = await counter.call('prints.history', { documentId: slip });
    expect(history.map((j) => [j.actor, j.copies, j.reason])).toEqual([
      [CLERK, 1, ''],
      [CLERK, 2, 'Công dân làm mất giấy'],
    ]);
    expect(readdirSync(slips)).toHaveLength(2);
  });

  it('marks the print of an electronic document with its source, and leaves the kept one as it is', async () => {
    const before = await counter.call('documents.read', { documentId: component });
    const job = await print(component, { copies: 1 });
    expect(job).toMatchObject({ state: 'done', printer: `file:${others}`, kind: 'component' });
    const words = wordsOf(fileOf(others, job));
    for (const part of ['BẢN IN TỪ BẢN ĐIỆN TỬ', code, UNIT.name, 'motcua.example.gov.vn', CLERK, 'bản số 1'])
      expect(words).toContain(part);
    expect(await counter.call('documents.read', { documentId: component })).toEqual(before);
    // The page is not made smaller for it.
    const size = async (pdf: Uint8Array) => (await PDFDocument.load(pdf)).getPage(0).getSize();
    expect(await size(readFileSync(fileOf(others, job)))).toEqual(
      await size(Buffer.from(before.base64, 'base64')),
    );
  });

  it('prints no result whose signatures were not found good, unless a person says why', async () => {
    const pdf = await PDFDocument.create();
    pdf.addPage([595.276, 841.89]);
    const bytes = Buffer.from(await pdf.save());
    const { uploadId } = await counter.call('uploads.begin', { name: 'kq.pdf', bytes: bytes.length });
    await counter.call('uploads.chunk', { uploadId, index: 0, base64: bytes.toString('base64') });
    const resultId = randomUUID();
    const about = { code: 'KQ.1', number: '12/2026', issuedOn: '2026-10-12', validity: '', scope: '' };
    const ready = await counter.call('dossiers.resultReady', {
      dossierId,
      results: [{ id: resultId, name: 'Giấy khai sinh bản điện tử', ...about }],
      electronic: { resultId, uploadId },
    });
    const result = ready.results.find((r) => r.id === resultId)!.documentId!;
    expect(await refusal(counter.call('prints.start', { documentId: result }))).toEqual({
      code: 'DOCUMENT_UNTRUSTED',
      details: { indication: 'INDETERMINATE' },
    });
    const job = await print(result, { accept: 'Đã đối chiếu với sổ gốc' });
    expect(job).toMatchObject({ state: 'done', kind: 'result', name: 'Giấy khai sinh bản điện tử' });
    expect(wordsOf(fileOf(others, job))).toContain('BẢN IN TỪ BẢN ĐIỆN TỬ: Giấy khai sinh bản điện tử');
  });

  it('lists what is under way and what was printed on a day, and knows each print', async () => {
    expect(await counter.call('prints.list', { day: null })).toEqual([]);
    const all = await counter.call('prints.history', { documentId: slip });
    const day = new Date(Date.parse(all[0]!.createdAt) + 7 * 3600_000).toISOString().slice(0, 10);
    const listed = await counter.call('prints.list', { day });
    expect(listed.map((j) => j.id)).toEqual(expect.arrayContaining(all.map((j) => j.id)));
    expect(await counter.call('prints.list', { day: '2001-01-01' })).toEqual([]);
    expect(await counter.call('prints.get', { printId: all[0]!.id })).toEqual(all[0]);
  });

  it('refuses by name what it does not know or may not do', async () => {
    const none = '99999999-9999-4999-8999-999999999999';
    const [done] = await counter.call('prints.history', { documentId: slip });
    const codes = await Promise.all(
      [
        counter.call('prints.get', { printId: none }),
        counter.call('prints.cancel', { printId: none }),
        counter.call('prints.cancel', { printId: done!.id }),
        counter.call('prints.settle', { printId: done!.id, answer: 'again' }),
        counter.call('prints.start', { documentId: none }),
        counter.call('prints.start', { documentId: component, printer: 'file:/etc' }),
        counter.call('prints.start', { documentId: component, copies: 0 }),
        counter.call('printers.capabilities', { printer: 'ipp://192.0.2.1/' }),
      ].map(async (asked) => (await refusal(asked)).code),
    );
    expect(codes).toEqual([
      ...['PRINT_UNKNOWN', 'PRINT_UNKNOWN', 'PRINT_STATE', 'PRINT_STATE', 'VAULT_OBJECT_MISSING'],
      ...['PRINTER_URI_INVALID', 'BAD_REQUEST', 'PRINTER_URI_INVALID'],
    ]);
  });

  it('keeps its record over a restart, and wants its reason still', async () => {
    const before = await counter.call('prints.history', { documentId: slip });
    await counter.restart();
    expect(await counter.call('prints.history', { documentId: slip })).toEqual(before);
    expect((await refusal(counter.call('prints.start', { documentId: slip }))).code).toBe(
      'PRINT_REASON_MISSING',
    );
  });

  it('says so where no printer is configured', async () => {
    counter.writeConfig({ printers: [] });
    await counter.restart();
    expect((await refusal(counter.call('prints.start', { documentId: component }))).code).toBe(
      'PRINTER_DEFAULT_MISSING',
    );
  });
});

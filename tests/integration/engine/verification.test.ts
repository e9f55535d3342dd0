import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { PDFDocument } from 'pdf-lib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openKeySource } from '../../../src/main/signing/keys/open.ts';
import { createTokenHost } from '../../../src/main/signing/keys/token-host/client.ts';
import { signPdf } from '../../../src/main/signing/writing/sign-pdf.ts';
import { FORM, PIN, refusal, startCounter, type TestCounter } from './support/counter.ts';

let counter: TestCounter;
let dossierId: string;
let signed: Buffer;

beforeEach(async () => {
  counter = await startCounter();
  const folder = path.join(counter.folder, 'printed');
  counter.writeConfig({ printers: [`file:${folder}`] });
  await counter.restart();
  dossierId = (await counter.draft()).id;
  signed = await signedPdf();
});
afterEach(() => counter.stop());

async function signedPdf(): Promise<Buffer> {
  const input = path.join(counter.folder, 'theirs.pdf');
  const output = path.join(counter.folder, 'theirs.signed.pdf');
  const document = await PDFDocument.create();
  document.addPage([595, 842]).drawText('Giay khai sinh');
  writeFileSync(input, await document.save({ useObjectStreams: false }));
  const tokenHost = createTokenHost({ launch: () => Promise.reject(new Error('no token')) as never });
  const key = await openKeySource(counter.key, { tokenHost, now: () => new Date() }).open(PIN);
  await signPdf({ input, output, key, appearance: { kind: 'invisible' }, at: new Date() });
  return readFileSync(output);
}

/** Somebody draws over the page in a revision of his own. */
async function tampered(): Promise<Buffer> {
  const document = await PDFDocument.load(signed, { forIncrementalUpdate: true });
  const before = document.takeSnapshot();
  const page = document.getPage(0);
  page.drawText('EVIL', { x: 50, y: 50 });
  before.markRefForSave(page.ref);
  return Buffer.concat([signed, await document.saveIncremental(before)]);
}

async function upload(bytes: Buffer): Promise<string> {
  const { uploadId } = await counter.call('uploads.begin', { name: 'theirs.pdf', bytes: bytes.length });
  await counter.call('uploads.chunk', { uploadId, index: 0, base64: bytes.toString('base64') });
  return uploadId;
}

async function take(bytes: Buffer) {
  const uploadId = await upload(bytes);
  return counter.follow(() =>
    counter.call('imports.start', { uploadId, dossierId, componentId: FORM, as: 'auto' }),
  );
}

/** The test identity as a trusted root, so that its signatures pass. */
async function trustIdentity(): Promise<void> {
  const key = await openKeySource(counter.key, { tokenHost: null as never, now: () => new Date() }).open(PIN);
  const der = Buffer.from(key.certificates.at(-1)!).toString('base64');
  const file = path.join(counter.folder, 'root.pem');
  writeFileSync(file, `-----BEGIN CERTIFICATE-----\n${der}\n-----END CERTIFICATE-----\n`);
  const printers = [`file:${path.join(counter.folder, 'printed')}`];
  counter.writeConfig({ printers, signing: { trust: [file], online: false } });
  await counter.restart();
}

describe('documents that arrive', () => {
  it('are judged when they come in, and on demand', async () => {
    await take(signed);
    const dossier = await counter.call('dossiers.get', { dossierId });
    const [attachment] = dossier.components.find((c) => c.spec.id === FORM)!.attachments;
    // Nobody here trusts their issuer: not found good, and not found bad.
    expect(attachment).toMatchObject({ signatures: 1, verdict: 'INDETERMINATE' });
    const report = await counter.call('documents.verify', { documentId: attachment!.id });
    expect(report).toMatchObject({ indication: 'INDETERMINATE', sha256: attachment!.sha256 });
    expect(report.signatures[0]).toMatchObject({
      subIndication: 'NO_CERTIFICATE_CHAIN_FOUND',
      coverage: { wholeFile: true },
    });
  });

  it('that were changed after signing are refused with the reason, and nothing of them is kept', async () => {
    const { failed, pages } = await take(await tampered());
    expect(failed!.error).toMatchObject({
      code: 'SIGNATURE_INVALID',
      details: { subIndication: 'FORMAT_FAILURE', reason: 'page-changed' },
    });
    expect(pages).toEqual([]);
    const dossier = await counter.call('dossiers.get', { dossierId });
    expect(dossier.components.flatMap((c) => c.attachments)).toEqual([]);
  });

  it('that hide their signature behind an older revision are not taken for plain papers', async () => {
    const table = signed.indexOf('\nxref') + 1;
    expect(table).toBeGreaterThan(0);
    const back = Buffer.concat([signed, Buffer.from(`startxref\n${table}\n%%EOF\n`)]);
    await take(back);
    const dossier = await counter.call('dossiers.get', { dossierId });
    const [attachment] = dossier.components.find((c) => c.spec.id === FORM)!.attachments;
    expect(attachment).toMatchObject({ signatures: 1, verdict: 'INDETERMINATE' });
    const printing = counter.call('prints.start', {
      documentId: attachment!.id,
      printer: `file:${path.join(counter.folder, 'printed')}`,
    });
    expect((await refusal(printing)).code).toBe('DOCUMENT_UNTRUSTED');
  });

  it('may be judged without being kept', async () => {
    const report = await counter.call('files.verify', { uploadId: await upload(await tampered()) });
    expect(report.indication).toBe('TOTAL-FAILED');
    expect(report.signatures[0]!.modifiedAfter.map((m) => m.what)).toContain('page-changed');
    const uploads = path.join(counter.dataDir, 'workspace', 'uploads');
    expect(readdirSync(uploads)).toEqual([]);
    const plain = Buffer.from('%PDF-1.4 and no more');
    expect((await refusal(counter.call('files.verify', { uploadId: await upload(plain) }))).code).toBe(
      'PDF_UNREADABLE',
    );
  });
});

describe('printing a kept document', () => {
  const printed = () => readdirSync(path.join(counter.folder, 'printed'));
  const print = async (documentId: string, accept = '') => {
    const ended = counter.next('print.changed', ({ state }) => ['done', 'failed', 'unsure'].includes(state));
    const printer = `file:${path.join(counter.folder, 'printed')}`;
    await counter.call('prints.start', { documentId, accept, copies: 1, printer });
    expect((await ended).state).toBe('done');
  };

  async function kept(): Promise<string> {
    await take(signed);
    const dossier = await counter.call('dossiers.get', { dossierId });
    return dossier.components.find((c) => c.spec.id === FORM)!.attachments[0]!.id;
  }

  it('wants signatures that hold, or a person’s reason, which the journal keeps', async () => {
    const documentId = await kept();
    expect(await refusal(print(documentId))).toEqual({
      code: 'DOCUMENT_UNTRUSTED',
      details: { indication: 'INDETERMINATE' },
    });
    await print(documentId, 'đã gọi điện xác nhận với nơi gửi');
    expect(printed()).toHaveLength(1);
    await counter.closeEngine();
    await counter.withStore((store) => {
      const types = store.events.of(dossierId).map((e) => e.type);
      expect(types.filter((t) => t === 'document-accepted')).toHaveLength(1);
    });
    await counter.restart();
    await trustIdentity();
    await print(documentId);
    expect(printed()).toHaveLength(2);
  });
});

import { readFileSync, writeFileSync } from 'node:fs';
import { mkdir, readdir } from 'node:fs/promises';
import path from 'node:path';
import { PDFDocument } from 'pdf-lib';
import { afterEach, describe, expect, it } from 'vitest';
import { appearanceFont } from '../../../src/main/signing/appearance/font.ts';
import { openKeySource } from '../../../src/main/signing/keys/open.ts';
import { createTokenHost } from '../../../src/main/signing/keys/token-host/client.ts';
import { signPdf } from '../../../src/main/signing/writing/sign-pdf.ts';
import { filesInTheClear } from '../../support/clear-text.ts';
import {
  BIRTH,
  FORM,
  PIN,
  papers,
  refusal,
  SHOWN,
  startCounter,
  type TestCounter,
} from './support/counter.ts';

let counter: TestCounter;
afterEach(() => counter.stop());

async function picture(): Promise<Uint8Array> {
  const [paper] = await papers(1);
  if (!paper || !('jpeg' in paper)) throw new Error('no paper');
  return paper.jpeg;
}

async function pdf(pages: number): Promise<Uint8Array> {
  const document = await PDFDocument.create();
  for (let i = 0; i < pages; i += 1) document.addPage([595, 842]).drawText(`page ${i}`);
  return document.save();
}

async function upload(name: string, bytes: Uint8Array, chunk = 20_000): Promise<string> {
  const { uploadId } = await counter.call('uploads.begin', { name, bytes: bytes.length });
  for (let at = 0; at < bytes.length; at += chunk) {
    const base64 = Buffer.from(bytes.subarray(at, at + chunk)).toString('base64');
    await counter.call('uploads.chunk', { uploadId, index: at / chunk, base64 });
  }
  return uploadId;
}

const component = async (dossierId: string, id = FORM) =>
  (await counter.call('dossiers.get', { dossierId })).components.find((c) => c.spec.id === id)!;

async function importInto(dossierId: string, name: string, bytes: Uint8Array, as: 'auto' | 'pages' = 'auto') {
  const uploadId = await upload(name, bytes);
  return counter.follow(() => counter.call('imports.start', { uploadId, dossierId, componentId: FORM, as }));
}

/** A PDF that somebody else has signed. */
async function signedPdf(folder: string): Promise<Uint8Array> {
  const input = path.join(folder, 'theirs.pdf');
  const output = path.join(folder, 'theirs.signed.pdf');
  writeFileSync(input, await pdf(2));
  const tokenHost = createTokenHost({ launch: () => Promise.reject(new Error('no token')) as never });
  const key = await openKeySource(counter.key, { tokenHost, now: () => new Date() }).open(PIN);
  const font = appearanceFont(
    readFileSync(path.join(import.meta.dirname, '../../../resources/fonts/LiberationSerif-Regular.ttf')),
  );
  await signPdf({ input, output, key, appearance: { kind: 'digitised-component' }, font, at: new Date() });
  await key.close();
  return readFileSync(output);
}

describe('a file from a screen', () => {
  it('becomes a page like one that was scanned, and leaves nothing in the clear', async () => {
    counter = await startCounter();
    const { id } = await counter.draft();
    const { finished, pages } = await importInto(id, 'Ảnh chụp.jpg', await picture());
    expect(finished?.pages).toBe(1);
    expect(pages[0]?.page.origin).toBe('import');
    const { base64 } = await counter.call('pages.image', { pageId: pages[0]!.page.id, variant: 'original' });
    expect(Buffer.compare(Buffer.from(base64, 'base64'), await picture())).toBe(0);
    expect(filesInTheClear(counter.dataDir, ['JFIF'])).toEqual([]);
  });

  it('that is a signed PDF stays byte for byte, needs no other signature and goes to the province', async () => {
    counter = await startCounter();
    const { id } = await counter.draft();
    const theirs = await signedPdf(counter.folder);
    const kept = counter.next('scan.attachment');
    const { finished } = await importInto(id, 'Quyết định.pdf', theirs);
    expect(finished?.pages).toBe(1);
    const { attachment } = await kept;
    expect(attachment).toMatchObject({ name: 'Quyết định.pdf', pages: 2, signatures: 1, signature: null });
    const read = await counter.call('documents.read', { documentId: attachment.id });
    expect(Buffer.compare(Buffer.from(read.base64, 'base64'), Buffer.from(theirs))).toBe(0);

    counter.scanner.control.loadFeeder(await papers(1));
    await counter.scan(id, BIRTH);
    const signed = await counter.sign(id);
    expect(signed.components.find((c) => c.spec.id === FORM)?.attachments[0]?.signature).toBeNull();
    await counter.call('dossiers.receive', { dossierId: id });
    await counter.sent(id);
    const files = await readdir(counter.provinceFolder, { recursive: true });
    const hashes = new Set(
      files
        .map((file) => path.join(counter.provinceFolder, file))
        .filter((file) => file.endsWith('.pdf'))
        .map((file) => readFileSync(file).toString('base64')),
    );
    expect(hashes.has(read.base64)).toBe(true);
  });

  it('that is an unsigned PDF is kept whole under the clerk’s signature, or becomes pages where asked', async () => {
    counter = await startCounter();
    const { id } = await counter.draft();
    await importInto(id, 'don.pdf', await pdf(2));
    const signed = await counter.sign(id);
    const [attachment] = signed.components.find((c) => c.spec.id === FORM)!.attachments;
    expect(attachment?.signature?.pages).toBe(2);
    expect(attachment?.signature?.documentId).not.toBe(attachment?.id);
    const { pages } = await importInto(id, 'don.pdf', await pdf(3), 'pages');
    expect(pages.map((p) => p.page.origin)).toEqual(['import', 'import', 'import']);
    const aside = await counter.call('attachments.remove', { dossierId: id, attachmentId: attachment!.id });
    expect(aside.components.find((c) => c.spec.id === FORM)?.attachments[0]?.removed).toBe(true);
  });

  it('that is damaged, unfinished or not wanted is named and changes nothing', async () => {
    counter = await startCounter();
    const { id } = await counter.draft();
    const broken = (await picture()).slice(0, 3000);
    expect((await importInto(id, 'x.jpg', broken)).failed?.error.code).toBe('IMAGE_UNREADABLE');
    expect((await importInto(id, 'x.exe', Buffer.from('MZ nothing of use'))).failed?.error.code).toBe(
      'IMAGE_UNSUPPORTED',
    );
    const { uploadId } = await counter.call('uploads.begin', { name: 'y.jpg', bytes: 100 });
    const start = { uploadId, dossierId: id, componentId: FORM };
    expect((await refusal(counter.call('imports.start', start))).code).toBe('UPLOAD_BROKEN');
    const whole = await upload('z.jpg', await picture());
    const shown = { uploadId: whole, dossierId: id, componentId: SHOWN };
    expect((await refusal(counter.call('imports.start', shown))).code).toBe('COMPONENT_UNKNOWN');
    expect((await component(id)).pages).toEqual([]);
    // Refused before it was taken: the same upload serves where it is wanted.
    const again = await counter.follow(() => counter.call('imports.start', { ...start, uploadId: whole }));
    expect(again.finished?.pages).toBe(1);
  });
});

describe('the watched folder', () => {
  it('offers what lies in it; what was taken is put away, what failed is given back', async () => {
    counter = await startCounter();
    const inbox = path.join(counter.folder, 'inbox');
    await mkdir(inbox);
    expect(await counter.call('inbox.list', {})).toEqual([]);
    counter.writeConfig({ inbox });
    await counter.restart();
    const { id } = await counter.draft();
    const changed = counter.next('inbox.changed', ({ files }) => files === 2);
    writeFileSync(path.join(inbox, 'scan 1.jpg'), await picture());
    writeFileSync(path.join(inbox, 'broken.jpg'), (await picture()).slice(0, 4000));
    await changed;
    const files = await counter.call('inbox.list', {});
    expect(files.map((f) => f.name).toSorted()).toEqual(['broken.jpg', 'scan 1.jpg']);
    const take = (name: string) =>
      counter.follow(() => counter.call('inbox.take', { name, dossierId: id, componentId: FORM }));
    expect((await take('scan 1.jpg')).finished?.pages).toBe(1);
    expect((await take('broken.jpg')).failed?.error.code).toBe('IMAGE_UNREADABLE');
    expect((await component(id)).pages).toHaveLength(1);
    expect((await readdir(inbox)).filter((name) => name.endsWith('.jpg'))).toEqual(['broken.jpg']);
    expect(await readdir(path.join(inbox, 'da-nhap'))).toContain('scan 1.jpg');
    expect(
      (await refusal(counter.call('inbox.take', { name: '../x', dossierId: id, componentId: FORM }))).code,
    ).toBe('FILE_MISSING');
  });
});

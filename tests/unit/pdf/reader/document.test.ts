import { deflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { catalogOf, readPdf } from '../../../../src/main/pdf/reader/document.ts';
import { dictOf, isName } from '../../../../src/main/pdf/reader/objects.ts';
import { firstPage, pageCount } from '../../../../src/main/pdf/reader/pages.ts';
import { type ByteSource, memorySource } from '../../../../src/main/pdf/reader/source.ts';
import { appendUpdate, makePdf, ONE_PAGE, rawPdf } from '../../signing/sign-support.ts';

const source = (text: string | Uint8Array): ByteSource =>
  memorySource(typeof text === 'string' ? Buffer.from(text, 'latin1') : text);
const open = (text: string | Uint8Array) => readPdf(source(text));
const failure = (reason: string) => expect.objectContaining({ details: expect.objectContaining({ reason }) });

/** A stream-based file by hand: object 5 packs the catalog and the pages. */
function streamFile(options: { flate?: boolean; predictor?: boolean; brokenLength?: boolean } = {}): Buffer {
  const members = ['<</Type /Catalog /Pages 2 0 R>>', '<</Type /Pages /Kids [3 0 R] /Count 1>>'];
  const head = `1 0 2 ${members[0]!.length + 1} `;
  const body = `${head}${members.join(' ')}`;
  let text = '%PDF-1.5\n';
  const pageAt = text.length;
  text += '3 0 obj\n<</Type /Page /Parent 2 0 R /MediaBox [0 0 100 100]>>\nendobj\n';
  const packAt = text.length;
  text += `5 0 obj\n<</Type /ObjStm /N 2 /First ${head.length} /Length ${body.length}>>\nstream\n${body}\nendstream\nendobj\n`;
  const xrefAt = text.length;
  const rows = [
    [0, 0, 255],
    [2, 5, 0],
    [2, 5, 1],
    [1, pageAt, 0],
    [0, 0, 0],
    [1, packAt, 0],
    [1, xrefAt, 0],
  ].map(([a, b, c]) => Buffer.from([a!, b! >> 8, b! & 255, c!]));
  let data = Buffer.concat(options.predictor ? rows.map((row, i) => upRow(row, rows[i - 1])) : rows);
  if (options.flate) data = deflateSync(data);
  const filter = options.flate ? '/Filter /FlateDecode' : '';
  const parms = options.predictor ? '/DecodeParms <</Predictor 12 /Columns 4>>' : '';
  const length = options.brokenLength ? 99_999 : data.length;
  const dict = `<</Type /XRef /Size 7 /W [1 2 1] /Root 1 0 R ${filter} ${parms} /Length ${length}>>`;
  return Buffer.concat([
    Buffer.from(`${text}6 0 obj\n${dict}\nstream\n`, 'latin1'),
    data,
    Buffer.from(`\nendstream\nendobj\nstartxref\n${xrefAt}\n%%EOF\n`),
  ]);
}

function upRow(row: Buffer, above?: Buffer): Buffer {
  return Buffer.from([2, ...row.map((byte, i) => (byte - (above?.[i] ?? 0)) & 255)]);
}

describe('document reader', () => {
  it.each(['table', 'stream'] as const)('finds the first of many pages in a file with a %s', async (kind) => {
    const document = await open(await makePdf(kind, [{ size: [300, 200] }, {}, {}]));
    expect(document.chain[0]!.kind).toBe(kind);
    const page = await firstPage(document);
    expect(page.inherited.get('MediaBox')).toEqual([0, 0, 300, 200]);
    expect(await pageCount(document)).toBe(3);
  });

  it.each([{}, { flate: true }, { flate: true, predictor: true }])(
    'reads cross-reference and object streams %j',
    async (options) => {
      const document = await open(streamFile(options));
      expect(isName((await catalogOf(document)).get('Type'), 'Catalog')).toBe(true);
      expect((await firstPage(document)).ref?.num).toBe(3);
    },
  );

  it('takes the newest version of an object and inherits what the page leaves out', async () => {
    const base = Buffer.from(rawPdf(ONE_PAGE), 'latin1');
    const update = new Map([[2, '<</Type /Pages /Kids [3 0 R] /Count 1 /Rotate 90>>']]);
    const page = await firstPage(await open(appendUpdate(base, update)));
    expect(page.inherited.get('Rotate')).toBe(90);
  });

  it('reads a handful of objects of a large file, not the file', async () => {
    const pages = Array.from({ length: 400 }, (_, i) => ({ text: `Page ${i}` }));
    const bytes = await makePdf('table', pages);
    let read = 0;
    const counting: ByteSource = {
      size: bytes.length,
      read: async (offset, length) => {
        read += Math.max(0, Math.min(length, bytes.length - offset));
        return Buffer.from(bytes.subarray(offset, offset + length));
      },
    };
    const table = 65_536 + 1200 * 20 + 4096;
    await firstPage(await readPdf(counting));
    expect(bytes.length).toBeGreaterThan(150_000);
    expect(read).toBeLessThan(table + 20_000);
  });

  it('forgives junk behind %%EOF and padded table entries', async () => {
    const text = rawPdf(ONE_PAGE);
    await expect(open(`${text}\r\n--boundary--\r\n${' '.repeat(5000)}`)).resolves.toBeDefined();
    const padded = text.replaceAll(/^0{7}(\d{3}) 00000 n /gm, '       $1 00000 n ');
    expect(padded).not.toBe(text);
    expect((await firstPage(await open(padded))).ref?.num).toBe(3);
  });

  it('names an encrypted file and one without pages', async () => {
    await expect(open(rawPdf(ONE_PAGE, '/Root 1 0 R /Encrypt 5 0 R'))).rejects.toMatchObject({
      code: 'PDF_ENCRYPTED',
    });
    const empty = await open(
      rawPdf(['<</Type /Catalog /Pages 2 0 R>>', '<</Type /Pages /Kids [] /Count 0>>']),
    );
    await expect(firstPage(empty)).rejects.toMatchObject({ code: 'PDF_NO_PAGES' });
    await expect(pageCount(empty)).rejects.toMatchObject({ code: 'PDF_NO_PAGES' });
  });
});

describe('hostile and damaged files', () => {
  const good = rawPdf(ONE_PAGE);

  it.each([
    ['nothing', '', 'header-missing'],
    ['no PDF', 'GIF89a and more', 'header-missing'],
    ['no startxref', good.replace('startxref', 'startxxxx'), 'startxref-missing'],
    ['startxref beyond the end', good.replace(/startxref\n\d+/, 'startxref\n99999999'), 'startxref-outside'],
    ['startxref into nowhere', good.replace(/startxref\n\d+/, 'startxref\n20'), 'xref-missing'],
    ['no root', rawPdf(ONE_PAGE, ''), 'root-missing'],
    ['/Prev that leads back', good.replace('/Size', `/Prev ${good.indexOf('xref\n')} /Size`), 'xref-loop'],
    ['/Prev outside', good.replace('/Size', '/Prev 99999999 /Size'), 'xref-prev'],
    ['a count that the file cannot hold', good.replace('xref\n0 1', 'xref\n0 4000000'), 'xref-table'],
  ])('%s', async (_, text, reason) => {
    await expect(open(text)).rejects.toMatchObject(failure(reason) as object);
  });

  it('a length beyond the file', async () => {
    await expect(open(streamFile({ brokenLength: true }))).rejects.toMatchObject(
      failure('xref-stream') as object,
    );
  });

  it('any cut of a file gives a named error or a document, never another failure', async () => {
    for (const bytes of [Buffer.from(good, 'latin1'), streamFile({ flate: true })]) {
      for (let end = 0; end < bytes.length; end += 7) {
        await expect(
          open(bytes.subarray(0, end))
            .then(firstPage)
            .catch((error: { code?: string }) => error.code),
        ).resolves.toSatisfy((r: unknown) => typeof r === 'object' || /^PDF_/.test(String(r)));
      }
    }
  });

  it('any flipped byte gives a named error or a document', async () => {
    const bytes = streamFile();
    for (let at = 0; at < bytes.length; at += 3) {
      const broken = Buffer.from(bytes);
      broken[at] = broken[at]! ^ 0x15;
      const result = await open(broken)
        .then(firstPage)
        .catch((error: { code?: string }) => error.code ?? String(error));
      expect(typeof result === 'object' || /^PDF_/.test(String(result))).toBe(true);
    }
  });

  it('a page tree that turns back on itself, and one without end', async () => {
    const loop = rawPdf(['<</Type /Catalog /Pages 2 0 R>>', '<</Type /Pages /Kids [2 0 R 2 0 R] /Count 9>>']);
    await expect(open(loop).then(firstPage)).rejects.toMatchObject({ code: 'PDF_NO_PAGES' });
    const deep = rawPdf([
      '<</Type /Catalog /Pages 2 0 R>>',
      ...Array.from({ length: 300 }, (_, i) => `<</Type /Pages /Kids [${i + 3} 0 R]>>`),
    ]);
    await expect(open(deep).then(firstPage)).rejects.toMatchObject({ code: 'PDF_TOO_COMPLEX' });
  });

  it('references that name each other', async () => {
    const document = await open(rawPdf(['<</Pages 2 0 R>>', '3 0 R', '2 0 R']));
    await expect(firstPage(document)).rejects.toMatchObject(failure('reference-loop') as object);
  });

  it('a cross-reference stream that unpacks to far more than it should', async () => {
    const bomb = deflateSync(Buffer.alloc(80 * 1024 * 1024));
    const head = `%PDF-1.5\n1 0 obj\n<</Type /XRef /Size 7 /W [1 2 1] /Root 1 0 R /Filter /FlateDecode /Length ${bomb.length}>>\nstream\n`;
    const file = Buffer.concat([
      Buffer.from(head),
      bomb,
      Buffer.from('\nendstream\nendobj\nstartxref\n9\n%%EOF\n'),
    ]);
    await expect(open(file)).rejects.toMatchObject({ code: 'PDF_TOO_COMPLEX' });
  });

  it('an object stream whose length stands inside itself', async () => {
    const text = streamFile()
      .toString('latin1')
      .replace(/\/Length \d\d>>\nstream\n1 0/, '/Length 1 0 R>>\nstream\n1 0');
    const at = text.lastIndexOf('6 0 obj');
    const document = await open(Buffer.from(text.replace(/startxref\n\d+/, `startxref\n${at}`), 'latin1'));
    await expect(catalogOf(document)).rejects.toMatchObject({ code: 'PDF_UNREADABLE' });
  });

  it('objects that lie about their number', async () => {
    const text = rawPdf(ONE_PAGE).replace('3 0 obj', '9 0 obj');
    await expect(open(text).then(firstPage)).rejects.toMatchObject(failure('object-mismatch') as object);
  });

  it('a catalog that is no dictionary', async () => {
    const document = await open(rawPdf(['[1 2 3]']));
    await expect(catalogOf(document)).rejects.toMatchObject(failure('catalog') as object);
    expect(dictOf(await document.load(99))).toBeNull();
  });
});

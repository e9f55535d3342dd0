import { deflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { catalogOf, earlierRevision, readPdf } from '../../../../src/main/pdf/reader/document.ts';
import { decodeStream } from '../../../../src/main/pdf/reader/filters.ts';
import { PdfDict, PdfName, type PdfStream, type PdfString } from '../../../../src/main/pdf/reader/objects.ts';
import { hexOctets, Parser } from '../../../../src/main/pdf/reader/parser.ts';
import { type ByteSource, memorySource } from '../../../../src/main/pdf/reader/source.ts';
import { newWork, type Work } from '../../../../src/main/pdf/reader/work.ts';
import { appendUpdate, ONE_PAGE, rawPdf } from '../../signing/sign-support.ts';

const latin1 = (text: string) => Buffer.from(text, 'latin1');
const parse = (text: string | Buffer) => new Parser(typeof text === 'string' ? latin1(text) : text).object();
const tooComplex = (limit: string) =>
  expect.objectContaining({ code: 'PDF_TOO_COMPLEX', details: { limit } }) as Error;
const open = (bytes: Buffer, work?: Work) => readPdf(memorySource(bytes), work);

/** Of which no more than these units are left. */
function workLeft(units: number): Work {
  const work = newWork(0);
  work.spend(256 * 1024 * 1024 - units);
  return work;
}

/** Sections that stand behind each other's comment sign, so that all share the octets which follow. */
function sharedSections(count: number, head: (prev: string) => string, rest: string | Buffer): Buffer {
  const start = '%PDF-1.5\n';
  const width = head('/Prev 0000000').length + 1;
  const heads = Array.from({ length: count }, (_, i) => {
    const next = i + 1 < count ? `/Prev ${String(start.length + width * (i + 1)).padStart(7, '0')}` : '';
    return `${head(next).padEnd(width - 1)}%`;
  });
  const body = Buffer.concat([latin1(`${start}${heads.join('')}\n`), Buffer.from(rest as Buffer)]);
  return Buffer.concat([body, latin1(`\nstartxref\n${start.length}\n%%EOF\n`)]);
}

describe('what one object may cost', () => {
  it.each([
    ['empty strings', '()'],
    ['empty arrays', '[]'],
    ['names', '/a'],
    ['numbers', '1 '],
    ['dictionaries', '<<>>'],
  ])('an array of a million %s is refused before it fills the memory', (_, item) => {
    expect(() => parse(`[${item.repeat(1_000_000)}]`)).toThrow(tooComplex('object-values'));
    expect(parse(`[${item.repeat(100_000)}]`)).toHaveLength(100_000);
  });

  it('counts anew for each object, as in the contents of a page', () => {
    const parser = new Parser(latin1('[1 2 3] '.repeat(200_000)));
    for (let i = 0; i < 200_000; i++) parser.object();
    expect(parser.nodes).toBe(800_000);
  });

  it('names are short', () => {
    expect(() => parse(`/${'#41'.repeat(2000)}`)).toThrow(tooComplex('name-bytes'));
    expect((parse(`/${'#41'.repeat(1000)}`) as PdfName).value).toBe('A'.repeat(1000));
  });

  it('a number of more than 64 characters is no other number', () => {
    expect(() => parse(`${'0'.repeat(70)}5`)).toThrow(
      expect.objectContaining({ code: 'PDF_UNREADABLE' }) as Error,
    );
    expect(parse(`${'0'.repeat(30)}5`)).toBe(5);
    for (const word of ['1e999', '1e5', '0x10', 'Infinity', 'NaN', '-', '.', '1.2.3', '1-2']) {
      expect(() => parse(word), word).toThrow(expect.objectContaining({ code: 'PDF_UNREADABLE' }) as Error);
    }
  });

  it('strings of millions of octets, with and without escapes, blanks and line ends', () => {
    const size = 8_000_000;
    expect((parse(`(${'a'.repeat(size)})`) as PdfString).bytes.length).toBe(size);
    expect((parse(`(${'\\)'.repeat(size / 2)})`) as PdfString).bytes.length).toBe(size / 2);
    expect((parse(`(${'\r\n'.repeat(size / 2)})`) as PdfString).bytes.length).toBe(size / 2);
    expect((parse(`(${'\\0'.repeat(size / 2)})`) as PdfString).bytes.length).toBe(size / 2);
    expect((parse(`<${'4 '.repeat(size / 2)}>`) as PdfString).bytes.length).toBe(size / 4);
    expect((parse(`(${'('.repeat(1_000_000)}${')'.repeat(1_000_000)})`) as PdfString).bytes.length).toBe(
      2_000_000,
    );
  });

  it.each([
    ['48 6\n5 6', 'He`'],
    ['', ''],
    ['4', '@'],
    ['4\0 1\f4\r2\t', 'AB'],
  ])('hexadecimal %j', (text, value) => {
    expect(hexOctets(latin1(text))?.toString('latin1')).toBe(value);
    expect(hexOctets(latin1(`${text}g`))).toBeNull();
  });
});

describe('what one file may cost', () => {
  it('sections that share the octets of one long dictionary', async () => {
    const body = `/Junk [${'(abcdefghijklmnopqrstuvwxyz0123456789)'.repeat(20_000)}] /Root 1 0 R>>`;
    const file = sharedSections(1000, (prev) => `xref trailer <<${prev} `, body);
    await expect(open(file, workLeft(20_000_000))).rejects.toThrow(tooComplex('work'));
  });

  it('sections that share one stream which unpacks to many megabytes', async () => {
    const data = deflateSync(Buffer.alloc(48 * 1024 * 1024));
    const rest = `/Type /XRef /W [8 8 8] /Index [0 0] /Root 1 0 R /Filter /FlateDecode /Length ${data.length}>>\nstream\n`;
    const file = sharedSections(1000, (prev) => `1 0 obj <<${prev} `, Buffer.concat([latin1(rest), data]));
    await expect(open(file, workLeft(130_000_000))).rejects.toThrow(tooComplex('work'));
    await expect(open(file, workLeft(20_000_000))).rejects.toThrow(tooComplex('work'));
  });

  it('a filter that unpacks what a filter has unpacked', async () => {
    const flate = new PdfName('FlateDecode');
    const dict = new PdfDict([['Filter', [flate, flate, flate]]]);
    const once = deflateSync(Buffer.alloc(1000));
    const thrice = deflateSync(deflateSync(once));
    let spent = 0;
    const spend = (units: number) => {
      spent += units;
    };
    const work = { ...newWork(0), spend };
    expect(await decodeStream(dict, thrice, 1 << 20, work)).toHaveLength(1000);
    expect(spent).toBeGreaterThan(1000 + once.length);
    const bomb = deflateSync(deflateSync(deflateSync(Buffer.alloc(64 << 20))));
    await expect(decodeStream(dict, bomb, 1 << 20)).rejects.toThrow(tooComplex('stream-bytes'));
  });

  it('two hundred thousand empty subsections are read in pieces, not one by one', async () => {
    const text = latin1(rawPdf(ONE_PAGE).replace('xref\n0 1', `xref\n${'0 0\n'.repeat(190_000)}0 1`));
    let reads = 0;
    const source: ByteSource = {
      size: text.length,
      read: async (offset, length) => {
        reads++;
        return text.subarray(offset, offset + length);
      },
    };
    expect(await readPdf(source)).toBeDefined();
    expect(reads).toBeLessThan(300);
    const many = latin1(rawPdf(ONE_PAGE).replace('xref\n0 1', `xref\n${'0 0\n'.repeat(210_000)}0 1`));
    await expect(open(many)).rejects.toThrow(tooComplex('xref-entries'));
  });

  it('an object stream of more members than anyone writes', async () => {
    const body = '1 0 '.repeat(400_000);
    const text = rawPdf([
      '<<>>',
      `<</Type /ObjStm /N 400000 /First 0 /Length ${body.length}>>\nstream\n${body}\nendstream`,
    ]);
    const row = (type: number, where: number) => Buffer.from([type, where >> 8, where & 255, 0]);
    const rows = Buffer.concat([row(0, 0), row(2, 2), row(1, text.indexOf('2 0 obj'))]);
    const before = latin1(text);
    const xref = `9 0 obj\n<</Type /XRef /Size 3 /W [1 2 1] /Root 1 0 R /Length ${rows.length}>>\nstream\n`;
    const file = Buffer.concat([
      before,
      latin1(xref),
      rows,
      latin1(`\nendstream\nendobj\nstartxref\n${before.length}\n%%EOF`),
    ]);
    await expect(open(file).then(catalogOf)).rejects.toThrow(tooComplex('object-stream-members'));
  });

  it('revisions of a file share what may be spent, also where a part of it is opened again', async () => {
    const base = latin1(rawPdf(ONE_PAGE));
    const work = workLeft(100_000);
    const document = await readPdf(memorySource(appendUpdate(base, new Map([[9, '(new)']]))), work);
    expect(document.work).toBe(work);
    expect(earlierRevision(document, 1).work).toBe(work);
    await expect(
      (async () => {
        for (let i = 0; i < 1000; i++) await catalogOf(earlierRevision(document, 1));
      })(),
    ).rejects.toThrow(tooComplex('work'));
  });

  it('stream data that is fetched again and again', async () => {
    const data = 'x'.repeat(1_000_000);
    const document = await open(
      latin1(rawPdf(['<<>>', `<</Length ${data.length}>>\nstream\n${data}\nendstream`])),
    );
    const stream = (await document.load(2)) as PdfStream;
    document.work.fetch(1024 ** 3);
    let fetched = 0;
    await expect(
      (async () => {
        for (; fetched < 100; fetched++) await document.rawData(stream, 1 << 20);
      })(),
    ).rejects.toThrow(tooComplex('stream-work'));
    expect(fetched).toBe(8);
  });

  it('an object that fails costs as much as one that is read', async () => {
    const text = rawPdf(['<<>>', `[${'(x)'.repeat(100_000)} what]`]);
    const document = await open(latin1(text), workLeft(12_000_000));
    const codes: string[] = [];
    for (let i = 0; i < 10; i++) {
      codes.push(await document.load(2).then(String, (error: { code: string }) => error.code));
    }
    expect(codes[0]).toBe('PDF_UNREADABLE');
    expect(codes.at(-1)).toBe('PDF_TOO_COMPLEX');
  });

  it('keeps no more of many large objects than a limit', async () => {
    const large = `[${'(0123456789)'.repeat(100_000)}]`;
    const document = await open(latin1(rawPdf(['<<>>', ...Array<string>(12).fill(large)])));
    const first = await document.load(2);
    expect(await document.load(2)).toBe(first);
    for (let num = 3; num <= 13; num++) await document.load(num);
    expect(await document.load(2)).not.toBe(first);
  });
});

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { PDFDocument, PDFName, PDFString, StandardFonts } from 'pdf-lib';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeScannedPdf } from '../../../src/main/pdf/scanned-pdf.ts';
import { generatePaper } from '../../../src/simulators/scanner/index.ts';
import { importAll, testFolder } from './support/import.ts';
import { pdfOf, type ScanOptions, scanPdf } from './support/pdf.ts';

const place = testFolder();
afterAll(place.remove);
const ICC = readFileSync(path.join(import.meta.dirname, '../../../resources/icc/sRGB.icc'));

let jpeg: Buffer;
let width: number;
let height: number;

beforeAll(async () => {
  jpeg = Buffer.from((await generatePaper({ seed: 3, kind: 'request', dpi: 100, skew: 0 })).jpeg);
  const meta = await sharp(jpeg).metadata();
  width = meta.width;
  height = meta.height;
});

const scan = (options: Partial<ScanOptions> = {}) => scanPdf({ jpeg, width, height, ...options });
const grey = (bytes: Uint8Array, w: number, h: number) =>
  sharp(bytes).resize(w, h, { fit: 'fill' }).toColourspace('b-w').raw().toBuffer();

async function meanDifference(a: Uint8Array, b: Uint8Array): Promise<number> {
  const [x, y] = await Promise.all([grey(a, 200, 280), grey(b, 200, 280)]);
  return x.reduce((sum, value, i) => sum + Math.abs(value - (y[i] ?? 0)), 0) / x.length;
}

async function textPdf(): Promise<PDFDocument> {
  const pdf = await PDFDocument.create();
  const font = await pdf.embedFont(StandardFonts.Helvetica);
  for (const text of ['First', 'Second'])
    pdf.addPage([595, 842]).drawText(text, { x: 60, y: 700, size: 40, font });
  return pdf;
}

const save = async (pdf: PDFDocument, packed = false) =>
  place.put(await pdf.save({ useObjectStreams: packed }));

describe('a scan in a PDF', () => {
  it('of our own writer gives its JPEGs back byte for byte', async () => {
    const file = path.join(place.folder, 'own.pdf');
    async function* pages() {
      yield { image: jpeg, dpi: 100 };
      yield { image: jpeg, dpi: 200 };
    }
    const facts = { title: 'a', createdAt: new Date(0), producer: 'p', icc: ICC };
    await writeScannedPdf({ path: file, pages: pages(), ...facts });
    const { pages: found, error } = await importAll(file);
    expect(error).toBeNull();
    expect(found.map(({ page, made, photo }) => [page.format, page.dpi, made, photo])).toEqual([
      ['jpeg', 100, 'own', false],
      ['jpeg', 200, 'own', false],
    ]);
    for (const { page } of found) expect(Buffer.from(page.bytes).equals(jpeg)).toBe(true);
  });

  it('is kept whole where that is asked for', async () => {
    const file = place.put(scan());
    const { documents, pages } = await importAll(file, 'whole');
    expect(pages).toHaveLength(0);
    expect(documents).toEqual([
      { kind: 'document', path: file, pages: 1, signatures: 0, bytes: scan().length },
    ]);
  });

  const w = () => (width * 72) / 100;
  const h = () => (height * 72) / 100;

  it.each([
    [
      'with a clip around the page',
      () => ({ content: `0 0 ${w()} ${h()} re W n q ${w()} 0 0 ${h()} 0 0 cm /Im0 Do Q` }),
    ],
    [
      'with marks for readers',
      () => ({ content: `/P <</MCID 0>> BDC q ${w()} 0 0 ${h()} 0 0 cm /Im0 Do Q EMC` }),
    ],
    ['placed in two steps', () => ({ content: `q ${w()} 0 0 ${h()} 0 0 cm 1 0 0 1 0 0 cm /Im0 Do Q` })],
    [
      'with a harmless graphics state',
      () => ({
        content: `/G gs q ${w()} 0 0 ${h()} 0 0 cm /Im0 Do Q`,
        resources: '/ExtGState <</G <</Type /ExtGState /ca 1 /BM /Normal>>>>',
      }),
    ],
  ] as const)('%s is taken as it is', async (_, options) => {
    const { pages } = await importAll(place.put(scan(options())));
    expect(pages.map((p) => [p.made, p.page.dpi])).toEqual([['own', 100]]);
  });

  it.each([
    ['turned by the page', () => ({ page: '/Rotate 90' }), true],
    ['mirrored', () => ({ content: `q ${-w()} 0 0 ${h()} ${w()} 0 cm /Im0 Do Q` }), false],
    ['with its colours mapped', () => ({ image: '/ColorSpace /DeviceRGB /Decode [1 0 1 0 1 0]' }), false],
    ['with a mask', () => ({ image: '/ColorSpace /DeviceRGB /Mask [0 10 0 10 0 10]' }), false],
    [
      'in a colour space of its own',
      () => ({ image: '/ColorSpace [/Lab <</WhitePoint [0.96 1 0.82]>>]' }),
      false,
    ],
  ] as const)('%s is drawn at its own resolution', async (_, options, turned) => {
    const { pages, error } = await importAll(place.put(scan(options())), 'auto');
    expect(error).toBeNull();
    expect(pages.map((p) => [p.made, p.page.dpi])).toEqual([['rendered', 150]]);
    const meta = await sharp(pages[0]!.page.bytes).metadata();
    expect(meta.width > meta.height).toBe(turned);
  });

  it.each([
    ['a picture smaller than the page', () => ({ content: `q ${w() / 2} 0 0 ${h() / 2} 0 0 cm /Im0 Do Q` })],
    ['a picture of which the page shows a part', () => ({ box: [0, 0, w() / 2, h()] as const })],
    ['two pictures', () => ({ content: `q ${w()} 0 0 ${h()} 0 0 cm /Im0 Do /Im0 Do Q` })],
    ['a line over it', () => ({ content: `q ${w()} 0 0 ${h()} 0 0 cm /Im0 Do Q 0 0 m 90 90 l S` })],
    ['words', () => ({ content: `q ${w()} 0 0 ${h()} 0 0 cm /Im0 Do Q BT /F 9 Tf (a) Tj ET` })],
    [
      'a half-transparent state',
      () => ({
        content: `/G gs q ${w()} 0 0 ${h()} 0 0 cm /Im0 Do Q`,
        resources: '/ExtGState <</G <</ca 0.5>>>>',
      }),
    ],
    ['optional content', () => ({ content: `/OC /A BDC q ${w()} 0 0 ${h()} 0 0 cm /Im0 Do Q EMC` })],
    [
      'a clip that hides a part',
      () => ({ content: `0 0 90 90 re W n q ${w()} 0 0 ${h()} 0 0 cm /Im0 Do Q` }),
    ],
    ['a note on the page', () => ({ page: '/Annots [<</Type /Annot /Subtype /Text /Rect [0 0 9 9]>>]' })],
    [
      'pixels that are not square',
      () => ({ box: [0, 0, w(), h() / 2] as const, content: `q ${w()} 0 0 ${h() / 2} 0 0 cm /Im0 Do Q` }),
    ],
    ['nothing at all', () => ({ content: '' })],
    ['contents that are no PDF syntax', () => ({ content: ')))' })],
  ])('with %s is no plain scan and is kept whole', async (_, options) => {
    const { documents, pages } = await importAll(place.put(scan(options())), 'auto');
    expect([documents.length, pages.length]).toEqual([1, 0]);
  });

  it('shows in a drawn page what its JPEG shows', async () => {
    const { pages } = await importAll(place.put(scan({ page: '/UserUnit 1' })), 'pages');
    expect(pages[0]?.made).toBe('rendered');
    expect(await meanDifference(pages[0]!.page.bytes, jpeg)).toBeLessThan(2);
  });

  it('whose JPEG would be turned by its EXIF, which PDF readers do not heed, is drawn', async () => {
    const turned = await sharp(jpeg).withMetadata({ orientation: 6 }).jpeg().toBuffer();
    const { pages } = await importAll(place.put(scan({ jpeg: turned })), 'auto');
    const meta = await sharp(pages[0]!.page.bytes).metadata();
    expect([pages[0]!.made, meta.height > meta.width]).toEqual(['rendered', true]);
  });

  it('made of a phone’s photo is told as one', async () => {
    const exif = { IFD0: { Make: 'Apple', Model: 'iPhone' }, IFD2: { FNumber: '16/10' } };
    const photo = await sharp(jpeg).jpeg().withExif(exif).toBuffer();
    const { pages } = await importAll(place.put(scan({ jpeg: photo })), 'auto');
    expect(pages.map((p) => [p.made, p.photo])).toEqual([['own', true]]);
  });

  it('on a page of a pixel a point is taken for an A4 sheet', async () => {
    const size = [width * 4, height * 4];
    const content = `q ${size[0]} 0 0 ${size[1]} 0 0 cm /Im0 Do Q`;
    const { pages } = await importAll(place.put(scan({ box: [0, 0, size[0]!, size[1]!], content })), 'auto');
    expect(pages.map((p) => [p.made, p.page.dpi])).toEqual([['own', 100]]);
  });

  it('is never half a page where its JPEG is cut', async () => {
    const cut = scan({ jpeg: jpeg.subarray(0, jpeg.length >> 1) });
    const { pages, error } = await importAll(place.put(cut), 'auto');
    expect([pages.length, error?.code, error?.details.page]).toEqual([0, 'IMAGE_UNREADABLE', 1]);
  });
});

describe('a PDF of words', () => {
  it.each([false, true])('is kept whole (object streams: %s)', async (packed) => {
    const file = await save(await textPdf(), packed);
    const { documents, error } = await importAll(file);
    expect(error).toBeNull();
    expect(documents[0]).toMatchObject({ path: file, pages: 2, signatures: 0 });
  });

  it('is drawn at 300 dpi where its pages are asked for', async () => {
    const { pages, error } = await importAll(await save(await textPdf()), 'pages');
    expect(error).toBeNull();
    expect(pages.map((p) => [p.page.index, p.page.format, p.page.dpi, p.made])).toEqual([
      [0, 'png', 300, 'rendered'],
      [1, 'png', 300, 'rendered'],
    ]);
    const meta = await sharp(pages[0]!.page.bytes).metadata();
    expect([meta.width, meta.height, meta.channels, meta.density]).toEqual([2479, 3508, 1, 300]);
    const ink = (await sharp(pages[0]!.page.bytes).stats()).channels[0]!;
    expect([ink.min, ink.max]).toEqual([0, 255]);
  });

  it('shows what was filled into its form', async () => {
    const pdf = await PDFDocument.create();
    const page = pdf.addPage([200, 100]);
    const field = pdf.getForm().createTextField('name');
    field.addToPage(page, { x: 10, y: 10, width: 180, height: 60 });
    const ink = async () => {
      const { pages } = await importAll(await save(pdf), 'pages');
      const data = await sharp(pages[0]!.page.bytes).toColourspace('b-w').raw().toBuffer();
      return data.filter((v) => v < 100).length;
    };
    const empty = await ink();
    field.setText('FILLED IN');
    expect(await ink()).toBeGreaterThan(empty + 500);
  });

  it('is refused as pages where a font for its letters is not in the file', async () => {
    const map = Buffer.from(
      '/CIDInit /ProcSet findresource begin begincmap 1 begincodespacerange <00> <ff> endcodespacerange 1 beginbfchar <41> <1EA5> endbfchar endcmap',
    );
    const file = pdfOf([
      '<</Type /Catalog /Pages 2 0 R>>',
      '<</Type /Pages /Kids [3 0 R] /Count 1>>',
      '<</Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] /Contents 4 0 R /Resources <</Font <</F 5 0 R>>>>>>',
      ['', Buffer.from('BT /F 20 Tf 10 10 Td (A) Tj ET')],
      '<</Type /Font /Subtype /TrueType /BaseFont /TimesNewRoman /ToUnicode 6 0 R>>',
      ['', map],
    ]);
    const { pages, error } = await importAll(place.put(file), 'pages');
    expect([pages.length, error?.code, error?.details.page]).toEqual([0, 'PDF_FONT_MISSING', 1]);
    expect((await importAll(place.put(file), 'auto')).documents).toHaveLength(1);
  });

  it('lowers the resolution of a plan so that it fits, and refuses one that would not be legible', async () => {
    const pdf = await PDFDocument.create();
    pdf.addPage([2384, 3370]);
    const file = await save(pdf);
    const { pages } = await importAll(file, 'pages', { limits: { maxDecodedBytes: 120_000_000 } });
    expect(pages[0]?.page.dpi).toBeGreaterThanOrEqual(150);
    expect(pages[0]?.page.dpi).toBeLessThan(200);
    const { error } = await importAll(file, 'pages', { limits: { maxDecodedBytes: 10_000_000 } });
    expect(error?.code).toBe('IMAGE_TOO_LARGE');
  });

  it('whose drawing needs more memory than the decoder may have is refused', async () => {
    const { error } = await importAll(await save(await textPdf()), 'pages', { limits: { maxWasmBytes: 1 } });
    expect([error?.code, error?.details.limit]).toEqual(['PDF_TOO_COMPLEX', 'memory']);
  });

  it('of more pages than the limit is refused', async () => {
    const { error } = await importAll(await save(await textPdf()), 'auto', { limits: { maxPages: 1 } });
    expect([error?.code, error?.details.limit]).toEqual(['PDF_TOO_COMPLEX', 'pages']);
  });
});

describe('a signed PDF', () => {
  const signature = '<</Type /Sig /Filter /Adobe.PPKLite /ByteRange [0 1 2 3] /Contents <00>>>';
  const field = '<</FT /Sig /T (s) /V 7 0 R /Type /Annot /Subtype /Widget /Rect [0 0 0 0]>>';

  it.each([
    [
      'by a field of its form',
      () => scan({ catalog: '/AcroForm <</Fields [6 0 R]>>', more: [field, signature] }),
    ],
    [
      'by a certification alone',
      () => scan({ catalog: '/Perms <</DocMDP 6 0 R>>', more: ['<</Type /Sig>>'] }),
    ],
    ['by usage rights', () => scan({ catalog: '/Perms <</UR3 6 0 R>>', more: ['<</Type /Sig>>'] })],
    ['by a signature that nothing points to any more', () => scan({ more: [signature] })],
  ] as const)('%s is kept whole although it is a scan, and never taken apart', async (_, make) => {
    const bytes = make();
    const file = place.put(bytes);
    for (const as of ['auto', 'whole'] as const) {
      const { documents, pages, error } = await importAll(file, as);
      expect([error, pages.length]).toEqual([null, 0]);
      expect(documents[0]).toMatchObject({ signatures: 1, bytes: bytes.length });
      expect(readFileSync(documents[0]!.path).equals(bytes)).toBe(true);
    }
    const { pages, error } = await importAll(file, 'pages');
    expect([pages.length, error?.code]).toEqual([0, 'PDF_SIGNED_KEPT']);
  });

  it('finds the mark of a signature across the border of two reads', async () => {
    for (const distance of [-10, -5, -1, 0]) {
      const padding = Buffer.alloc((1 << 20) + distance - scan().length, 0x20);
      const file = Buffer.concat([scan(), padding, Buffer.from('/ByteRange')]);
      // The end of the file is searched for startxref only within its last 64 kB.
      const tail = Buffer.concat([file, Buffer.from(`\nstartxref\n${startOf(scan())}\n%%EOF\n`)]);
      expect((await importAll(place.put(tail), 'pages')).error?.code).toBe('PDF_SIGNED_KEPT');
    }
  });

  it('with active content is refused both ways, and says that it is signed', async () => {
    const catalog = '/AcroForm <</Fields [6 0 R]>> /OpenAction <</S /JavaScript /JS (app.alert\\(1\\))>>';
    const { error } = await importAll(place.put(scan({ catalog, more: [field, signature] })), 'auto');
    expect({ code: error?.code, ...error?.details }).toEqual({
      code: 'PDF_ACTIVE_CONTENT',
      kinds: 'javascript',
      signed: true,
    });
  });
});

function startOf(pdf: Buffer): number {
  return Number(/startxref\n(\d+)/.exec(pdf.toString('latin1'))?.[1]);
}

describe('a PDF that acts by itself', () => {
  const words = { content: 'BT ET 0 0 9 9 re f' };
  it.each([
    ['javascript', { ...words, catalog: '/OpenAction <</S /JavaScript /JS (x)>>' }],
    [
      'javascript',
      {
        ...words,
        catalog: '/Names <</JavaScript <</Names [(a) 6 0 R]>>>>',
        more: ['<</S /JavaScript /JS (x)>>'],
      },
    ],
    ['javascript', { ...words, page: '/AA <</O <</S /Java#53cript /JS (x)>>>>' }],
    [
      'launch',
      { ...words, page: '/Annots [<</Subtype /Link /Rect [0 0 9 9] /A <</S /Launch /F (cmd.exe)>>>>]' },
    ],
    [
      'submit',
      { ...words, page: '/Annots [<</Subtype /Link /Rect [0 0 9 9] /A <</S /SubmitForm /F (http://x)>>>>]' },
    ],
    ['xfa', { ...words, catalog: '/AcroForm <</Fields [] /XFA (x)>>' }],
    ['rich-media', { ...words, page: '/Annots [<</Subtype /RichMedia /Rect [0 0 9 9]>>]' }],
    [
      'embedded-files',
      {
        ...words,
        catalog: '/Names <</EmbeddedFiles <</Names [(a) 6 0 R]>>>>',
        more: [
          '<</Type /Filespec /F (a.exe) /EF <</F 7 0 R>>>>',
          ['/Type /EmbeddedFile', Buffer.from('MZ')] as const,
        ],
      },
    ],
  ] as const)('(%s) is not kept whole; its pages may be taken', async (kinds, options) => {
    const file = place.put(scan(options));
    for (const as of ['auto', 'whole'] as const) {
      const { documents, error } = await importAll(file, as);
      expect([documents.length, error?.code, error?.details.kinds]).toEqual([0, 'PDF_ACTIVE_CONTENT', kinds]);
    }
    // Drawing takes half a second: one of them stands for all.
    if (kinds === 'launch') expect((await importAll(file, 'pages')).pages).toHaveLength(1);
  });

  it('but is nothing but a scan gives its pages, which carry nothing of it along', async () => {
    const catalog = '/OpenAction <</S /JavaScript /JS (x)>>';
    const { pages } = await importAll(place.put(scan({ catalog })), 'auto');
    expect(pages.map((p) => Buffer.from(p.page.bytes).equals(jpeg))).toEqual([true]);
  });

  it('by attachments of a library is found in object streams too', async () => {
    const pdf = await textPdf();
    await pdf.attach(Buffer.from('x'), 'a.txt');
    const { error } = await importAll(await save(pdf, true));
    expect([error?.code, error?.details.kinds]).toEqual(['PDF_ACTIVE_CONTENT', 'embedded-files']);
  });

  it('is not suspected for links to the web, headings called Movie, or its own structure', async () => {
    const pdf = await textPdf();
    pdf.catalog.set(PDFName.of('OpenAction'), pdf.context.obj({ S: 'URI', URI: PDFString.of('https://x') }));
    pdf.catalog.set(
      PDFName.of('StructTreeRoot'),
      pdf.context.obj({ K: [{ Type: 'StructElem', S: 'Movie' }] }),
    );
    expect((await importAll(await save(pdf))).documents).toHaveLength(1);
  });
});

describe('a broken PDF', () => {
  it.each([
    ['cut', () => scan().subarray(0, scan().length - 60)],
    ['header alone', () => Buffer.from('%PDF-1.7\n')],
    ['without pages', () => pdfOf(['<</Type /Catalog /Pages 2 0 R>>', '<</Type /Pages /Kids [] /Count 0>>'])],
    [
      'with a page tree that turns back',
      () => pdfOf(['<</Type /Catalog /Pages 2 0 R>>', '<</Type /Pages /Kids [2 0 R] /Count 1>>']),
    ],
  ])('(%s) is named', async (_, make) => {
    for (const as of ['auto', 'whole', 'pages'] as const) {
      const { error, documents, pages } = await importAll(place.put(make()), as);
      expect(error?.code).toMatch(/^PDF_(UNREADABLE|NO_PAGES)$/);
      expect([documents.length, pages.length]).toEqual([0, 0]);
    }
  });

  it('(encrypted) is named', async () => {
    const encrypted = pdfOf(['<</Type /Catalog /Pages 2 0 R>>'], '/Encrypt <</Filter /Standard>>');
    expect((await importAll(place.put(encrypted))).error?.code).toBe('PDF_ENCRYPTED');
  });
});

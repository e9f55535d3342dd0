import { describe, expect, it } from 'vitest';
import { CounterError } from '../../../../src/contract/errors.ts';
import { readPdf } from '../../../../src/main/pdf/reader/document.ts';
import { type PdfDict, type PdfObject, PdfRef } from '../../../../src/main/pdf/reader/objects.ts';
import { memorySource } from '../../../../src/main/pdf/reader/source.ts';
import { readAppearanceImage } from '../../../../src/main/signing/appearance/image.ts';
import type { Appearance } from '../../../../src/main/signing/appearance/layout.ts';
import type { ObjectSink } from '../../../../src/main/signing/appearance/objects.ts';
import { showAppearance } from '../../../../src/main/signing/appearance/show.ts';
import { appendUpdate, makePdf, ONE_PAGE, rawPdf } from '../sign-support.ts';
import { handPng, sealPng } from './images.ts';

const MM = 72 / 25.4;
const at = new Date('2026-08-14T02:21:05Z');
const seal = readAppearanceImage(await sealPng(), { widthMm: 36 });
const hand = readAppearanceImage(await handPng(), { widthMm: 40 });

function sink(): ObjectSink & { readonly objects: PdfObject[]; readonly streams: PdfDict[] } {
  const objects: PdfObject[] = [];
  const streams: PdfDict[] = [];
  let next = 100;
  return {
    objects,
    streams,
    allocate: () => new PdfRef(next++, 0),
    set: (_, object) => void objects.push(object),
    setStream: (_, dict) => void streams.push(dict),
  };
}

async function show(bytes: Uint8Array | string, appearance: Appearance) {
  const document = await readPdf(memorySource(Buffer.from(bytes as string, 'latin1')));
  const into = sink();
  return { ...(await showAppearance(document, into, appearance, { signer: 'Nông Thị Mẫu', at })), into };
}

async function failure(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => 'none',
    (error: unknown) => {
      if (!(error instanceof CounterError)) throw error;
      return [error.code, error.details];
    },
  );
}

/** One page with signature fields; each is a widget of its own on it. */
function signedPage(...fields: readonly (readonly [name: string, rect: string])[]): Buffer {
  const base = Buffer.from(rawPdf(ONE_PAGE), 'latin1');
  const numbers = fields.map((_, i) => 10 + i);
  const all = numbers.map((n) => `${n} 0 R`).join(' ');
  const objects = new Map<number, string>([
    [1, `<</Type /Catalog /Pages 2 0 R /AcroForm <</Fields [${all}]>>>>`],
    [3, ONE_PAGE[2].replace('/Contents', `/Annots [${all}] /Contents`)],
  ]);
  fields.forEach(([name, rect], i) => {
    objects.set(10 + i, `<</Type /Annot /Subtype /Widget /FT /Sig /T (${name}) /P 3 0 R /Rect [${rect}]>>`);
  });
  return appendUpdate(base, objects);
}

describe('what a signature shows', () => {
  it('puts a picture of its real size around the place that is named', async () => {
    const page = await makePdf('table', [{}]);
    const place = { page: 1, centreMm: [150, 200] } as const;
    const { visible, into } = await show(page, { kind: 'personal', image: hand, place });
    const [x0, y0, x1, y1] = visible!.placement.rect;
    expect(x1 - x0).toBeCloseTo(40 * MM);
    expect(y1 - y0).toBeCloseTo(16 * MM);
    expect((x0 + x1) / 2).toBeCloseTo(150 * MM);
    expect(842 - (y0 + y1) / 2).toBeCloseTo(200 * MM);
    expect(into.streams.map((d) => d.has('SMask'))).toContain(true);
  });

  it('covers the left third of the hand signature with the seal, to the point', async () => {
    const page = signedPage(['HandSignature1', '300 200 420 260']);
    const { visible } = await show(page, { kind: 'issued-document', image: seal, place: {} });
    const [x0, y0, x1, y1] = visible!.placement.rect;
    expect(x1).toBeCloseTo(300 + 120 / 3);
    expect(x1 - x0).toBeCloseTo(36 * MM);
    expect(y1 - y0).toBeCloseTo(36 * MM);
    expect((y0 + y1) / 2).toBeCloseTo(230);
    expect(y0).toBeLessThan(200);
    expect(y1).toBeGreaterThan(260);
  });

  it('takes the newest hand signature, or the field that is named', async () => {
    const page = signedPage(
      ['HandSignature1', '300 200 420 260'],
      ['Other', '100 500 190 560'],
      ['HandSignature2', '300 600 420 660'],
    );
    const rightEdge = async (place: { overField?: string }) =>
      (await show(page, { kind: 'issued-document', image: seal, place })).visible!.placement.rect[2];
    expect(await rightEdge({})).toBeCloseTo(340);
    expect(await rightEdge({ overField: 'Other' })).toBeCloseTo(130);
    expect(await failure(rightEdge({ overField: 'Nobody' }))).toEqual([
      'SIGNATURE_FIELD_UNKNOWN',
      { field: 'Nobody' },
    ]);
  });

  it('finds fields that other programs made: without /P, or with the widget as a kid', async () => {
    const base = Buffer.from(rawPdf(ONE_PAGE), 'latin1');
    const widget = '<</Type /Annot /Subtype /Widget /Rect [300 200 420 260]';
    const pdf = appendUpdate(
      base,
      new Map([
        [1, '<</Type /Catalog /Pages 2 0 R /AcroForm <</Fields [10 0 R 11 0 R 13 0 R 14 0 R]>>>>'],
        [3, ONE_PAGE[2].replace('/Contents', '/Annots [10 0 R 12 0 R] /Contents')],
        [10, `${widget} /FT /Sig /T (Plain)>>`],
        [11, '<</FT /Sig /T (Parent) /Kids [12 0 R]>>'],
        [12, `${widget} /Parent 11 0 R>>`],
        [13, `${widget} /FT /Sig /T (Nowhere)>>`],
        [14, '<</FT /Sig /T (Shapeless) /Kids []>>'],
      ]),
    );
    const over = (overField: string) =>
      show(pdf, { kind: 'issued-document', image: seal, place: { overField } });
    for (const field of ['Plain', 'Parent']) {
      expect((await over(field)).visible!.placement.rect[2]).toBeCloseTo(340);
    }
    for (const field of ['Nowhere', 'Shapeless']) {
      expect(await failure(over(field))).toEqual(['SIGNATURE_FIELD_UNKNOWN', { field }]);
    }
  });

  it('has no place for a seal where nobody has signed by hand', async () => {
    const alone = show(await makePdf('stream'), { kind: 'issued-document', image: seal, place: {} });
    expect(await failure(alone)).toEqual(['SIGNATURE_FIELD_UNKNOWN', { field: 'HandSignature' }]);
  });

  it('refuses the colour that the law does not name', async () => {
    const place = { page: 1, centreMm: [100, 100] } as const;
    const page = await makePdf('table');
    const black = readAppearanceImage(await sealPng('#101010'), { widthMm: 36 });
    for (const [appearance, wanted, found] of [
      [{ kind: 'issued-document', image: black, place }, 'red', 'other'],
      [{ kind: 'issued-document', image: hand, place }, 'red', 'blue'],
      [{ kind: 'personal', image: seal, place }, 'blue', 'red'],
    ] as const) {
      expect(await failure(show(page, appearance))).toEqual([
        'APPEARANCE_IMAGE_INVALID',
        { reason: 'colour', wanted, found },
      ]);
    }
  });

  it.each([
    { centreMm: [10, 100] },
    { centreMm: [205, 100] },
    { centreMm: [100, 5] },
    { centreMm: [100, 294] },
    { centreMm: [Number.NaN, 100] },
  ] as const)(
    'refuses a place where the seal would not be wholly on the page ($centreMm)',
    async ({ centreMm }) => {
      const appearance = { kind: 'issued-document', image: seal, place: { page: 1, centreMm } } as const;
      expect(await failure(show(await makePdf('table'), appearance))).toEqual([
        'BAD_REQUEST',
        { problem: 'place' },
      ]);
    },
  );

  it('finds any page, and says where there is none', async () => {
    const pdf = await makePdf('stream', [{}, { size: [420, 595] }, { size: [842, 1191] }]);
    const shown = async (page: number | 'last') =>
      (
        await show(pdf, { kind: 'certified-copy', signer: 'officer', place: { page, centreMm: [70, 100] } })
      ).page.inherited.get('MediaBox');
    expect(await shown(1)).toEqual([0, 0, 595, 842]);
    expect(await shown(2)).toEqual([0, 0, 420, 595]);
    expect(await shown(3)).toEqual([0, 0, 842, 1191]);
    expect(await shown('last')).toEqual([0, 0, 842, 1191]);
    for (const page of [0, -1, 4, 1.5, Number.NaN]) {
      expect(await failure(shown(page))).toEqual(['BAD_REQUEST', { problem: 'page', page }]);
    }
  });

  it('ends in a page tree that bites its tail', async () => {
    const pdf = rawPdf([
      '<</Type /Catalog /Pages 2 0 R>>',
      '<</Type /Pages /Kids [2 0 R 3 0 R 2 0 R] /Count 9>>',
      '<</Type /Pages /Kids [2 0 R] /Parent 3 0 R /Count 1>>',
    ]);
    for (const page of [2, 'last'] as const) {
      const appearance = {
        kind: 'certified-copy',
        signer: 'officer',
        place: { page, centreMm: [9, 9] },
      } as const;
      const expected = page === 'last' ? ['PDF_NO_PAGES', {}] : ['BAD_REQUEST', { problem: 'page', page }];
      expect(await failure(show(pdf, appearance))).toEqual(expected);
    }
  });

  it('shows nothing for an invisible signature, and a name where a certified copy has no picture', async () => {
    expect((await show(await makePdf('table'), { kind: 'invisible' })).visible).toBeNull();
    const place = { page: 1, centreMm: [100, 100] } as const;
    const { visible } = await show(await makePdf('table'), {
      kind: 'certified-copy',
      signer: 'authority',
      place,
    });
    expect(visible!.placement.rect[3] - visible!.placement.rect[1]).toBeCloseTo(30);
  });
});

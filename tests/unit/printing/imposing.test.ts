import { degrees, PDFDict, PDFDocument, PDFName, PDFStream, StandardFonts } from 'pdf-lib';
import { describe, expect, it } from 'vitest';
import { imposeOnHalves, sheetsOf } from '../../../src/main/printing/imposing.ts';
import { A4, A5, POINTS_PER_MM, sameSheet } from '../../../src/main/printing/sheet-size.ts';
import { inkBox, pixelsOf } from './drawn.ts';

const MM = POINTS_PER_MM;

/** A page with a filled square of 20 mm whose lower left corner lies at (x, y), millimetres as the page is seen. */
async function paper(widthMm: number, heightMm: number, turn = 0, pages = 1): Promise<Uint8Array> {
  const pdf = await PDFDocument.create();
  for (let i = 0; i < pages; i++) {
    const page = pdf.addPage([widthMm * MM, heightMm * MM]);
    page.setRotation(degrees(turn));
    page.drawRectangle({ x: 10 * MM, y: 10 * MM, width: 20 * MM, height: 20 * MM });
  }
  return pdf.save();
}

describe('A5 on A4', () => {
  it.each([
    ['upright', 148, 210, 0],
    ['across', 210, 148, 0],
    ['upright by its Rotate', 210, 148, 90],
    ['upside down', 148, 210, 180],
    ['across by its Rotate', 148, 210, 270],
  ])('keeps every length of a page that lies %s', async (_name, width, height, turn) => {
    const sheets = await imposeOnHalves(await paper(width, height, turn), 1);
    expect((await sheetsOf(sheets)).every((sheet) => sameSheet(sheet, A4))).toBe(true);
    const { boxes } = await inkBox(sheets, 0, { mostMm: 100 });
    expect(boxes.width).toBeGreaterThan(19.5);
    expect(boxes.width).toBeLessThan(20.5);
    expect(boxes.height).toBeGreaterThan(19.5);
    expect(boxes.height).toBeLessThan(20.5);
    // On the upper half, 10 mm from the page's own edges: half a millimetre is left beside 148.
    expect(boxes.bottom).toBeGreaterThan(148.5);
  });

  it('puts two pages or two copies on a sheet, and all copies of all pages once', async () => {
    const one = await PDFDocument.load(await imposeOnHalves(await paper(148, 210), 2));
    expect(one.getPageCount()).toBe(1);
    const many = await PDFDocument.load(await imposeOnHalves(await paper(148, 210, 0, 3), 3));
    expect(many.getPageCount()).toBe(5);
    // A page is in the file once, however often it is drawn.
    const copies = await imposeOnHalves(await paper(148, 210), 99);
    expect(copies.length).toBeLessThan(40_000);
  });

  it('keeps an empty page in its place', async () => {
    const pdf = await PDFDocument.create();
    pdf.addPage([148 * MM, 210 * MM]).drawRectangle({ width: 9, height: 9 });
    pdf.addPage([148 * MM, 210 * MM]);
    pdf.addPage([148 * MM, 210 * MM]).drawRectangle({ width: 9, height: 9 });
    expect((await PDFDocument.load(await imposeOnHalves(await pdf.save(), 1))).getPageCount()).toBe(2);
  });

  it('refuses what is larger than half a sheet rather than cut it', async () => {
    for (const [width, height] of [
      [210, 297],
      [150, 210],
      [148, 212],
    ] as const)
      await expect(imposeOnHalves(await paper(width, height), 1)).rejects.toMatchObject({
        code: 'PRINTER_PAPER_MISSING',
      });
  });

  it('shows the seals that stand on a page as annotations, and not the hidden ones', async () => {
    const pdf = await PDFDocument.create();
    const page = pdf.addPage([148 * MM, 210 * MM]);
    const seal = (flags: number, x: number) => {
      const form = pdf.context.register(
        pdf.context.stream('0 0 1 1 re f', { Type: 'XObject', Subtype: 'Form', BBox: [0, 0, 1, 1] }),
      );
      const rect = [x * MM, 50 * MM, (x + 30) * MM, 80 * MM];
      return pdf.context.register(
        pdf.context.obj({ Type: 'Annot', Subtype: 'Widget', F: flags, Rect: rect, AP: { N: form } }),
      );
    };
    page.node.set(PDFName.of('Annots'), pdf.context.obj([seal(4, 20), seal(6, 70), seal(0, 100)]));
    const { boxes } = await inkBox(await imposeOnHalves(await pdf.save(), 1), 0, { mostMm: 100 });
    expect(boxes.width).toBeGreaterThan(29.5);
    expect(boxes.width).toBeLessThan(30.5);
    expect(boxes.height).toBeGreaterThan(29.5);
    expect(boxes.height).toBeLessThan(30.5);
  });

  it('takes annotations of any shape without failing', async () => {
    const pdf = await PDFDocument.create();
    const page = pdf.addPage([148 * MM, 210 * MM]);
    page.drawText('x', { font: await pdf.embedFont(StandardFonts.Helvetica) });
    const stream = pdf.context.register(pdf.context.stream('f', { BBox: [0, 0, 0, 0] }));
    const odd = [
      {},
      { F: 4 },
      { F: 4, Rect: [0, 0] },
      { F: 4, Rect: [0, 0, 1, 1], AP: { N: {} } },
      { F: 4, Rect: [0, 0, 1, 1], AP: { N: stream } },
      { F: 4, Rect: ['a', 0, 1, 1], AP: { N: stream } },
      { F: 4, AS: 'On', Rect: [0, 0, 1, 1], AP: { N: { On: stream } } },
    ].map((dict) => pdf.context.obj(dict as never));
    page.node.set(PDFName.of('Annots'), pdf.context.obj([...odd, 7 as never]));
    const out = await PDFDocument.load(await imposeOnHalves(await pdf.save(), 1));
    const kinds = out.context.enumerateIndirectObjects().map(([, object]) => object);
    expect(kinds.some((object) => object instanceof PDFStream || object instanceof PDFDict)).toBe(true);
    expect(out.getPageCount()).toBe(1);
  });

  it.each([
    ['no PDF', Buffer.from('no PDF')],
    ['nothing', Buffer.alloc(0)],
    ['a cut one', Buffer.from('%PDF-1.7\n1 0 obj\n<</Type/Catalog')],
  ])('names %s', async (_name, bytes) => {
    await expect(imposeOnHalves(bytes, 1)).rejects.toMatchObject({ code: 'PDF_UNREADABLE' });
    await expect(sheetsOf(bytes)).rejects.toMatchObject({ code: 'PDF_UNREADABLE' });
  });

  it('reads sizes to a hundredth of a millimetre, whichever way a page lies', async () => {
    expect(await sheetsOf(await paper(210, 148))).toEqual([A5]);
    expect(await sheetsOf(await paper(80, 200))).toEqual([{ width: 8_000, height: 20_000 }]);
    expect((await pixelsOf(await paper(148, 210))).length).toBe(1);
  });
});

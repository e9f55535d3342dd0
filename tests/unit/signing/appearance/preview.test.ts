import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { deflateSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CounterError } from '../../../../src/contract/errors.ts';
import { readPdf } from '../../../../src/main/pdf/reader/document.ts';
import { firstPage, pageCount } from '../../../../src/main/pdf/reader/pages.ts';
import { memorySource } from '../../../../src/main/pdf/reader/source.ts';
import { previewPage } from '../../../../src/main/signing/appearance/preview.ts';
import { appendUpdate, type Folder, makePdf, newFolder, ONE_PAGE, rawPdf } from '../sign-support.ts';

const at = new Date('2026-08-14T02:21:05Z');
const CLERK = { kind: 'digitised-component' } as const;

describe('the preview of a signature', () => {
  let folder: Folder;
  beforeAll(() => {
    folder = newFolder();
  });
  afterAll(() => folder.remove());

  async function preview(bytes: Uint8Array | string): Promise<Buffer> {
    const output = folder.file('preview.pdf');
    await previewPage(folder.write('input.pdf', bytes), output, CLERK, 'Nông Thị Mẫu', at);
    return readFileSync(output);
  }

  /** The code; and nothing may be left of what was begun. */
  async function refusal(bytes: Uint8Array | string): Promise<unknown> {
    const input = folder.write('input.pdf', bytes);
    const output = folder.file('refused.pdf');
    const error = await previewPage(input, output, CLERK, 'X', at).then(
      () => null,
      (e: unknown) => e,
    );
    if (!(error instanceof CounterError)) throw error ?? new Error('it was not refused');
    expect(existsSync(output)).toBe(false);
    expect(readdirSync(folder.path).filter((name) => name.startsWith('.'))).toEqual([]);
    return [error.code, error.details.limit ?? error.details.reason];
  }

  it.each(['table', 'stream'] as const)(
    'is one page out of many, with what that page needs (%s)',
    async (kind) => {
      const many = await makePdf(
        kind,
        Array.from({ length: 60 }, (_, i) => ({ text: `Page ${i}` })),
      );
      const bytes = await preview(many);
      const document = await readPdf(memorySource(bytes));
      expect(await pageCount(document)).toBe(1);
      expect((await firstPage(document)).inherited.get('MediaBox')).toEqual([0, 0, 595, 842]);
      expect(document.trailer.get('Size')).toBeLessThan(25);
      expect(document.trailer.has('Prev')).toBe(false);
    },
  );

  it('is the same for the same page and moment', async () => {
    const page = await makePdf('stream');
    expect((await preview(page)).equals(await preview(page))).toBe(true);
  });

  it('takes the place of an older one and leaves the input as it is', async () => {
    const page = await makePdf('table');
    await preview(page);
    const bytes = await preview(await makePdf('table', [{ size: [420, 595] }]));
    const document = await readPdf(memorySource(bytes));
    expect((await firstPage(document)).inherited.get('MediaBox')).toEqual([0, 0, 420, 595]);
    expect(readFileSync(folder.file('input.pdf')).includes('Người')).toBe(false);
  });

  it('shows annotations as they look and leaves behind what they lead to', async () => {
    const base = Buffer.from(rawPdf(ONE_PAGE), 'latin1');
    const updated = appendUpdate(
      base,
      new Map([
        [3, ONE_PAGE[2].replace('/Contents', '/Annots [10 0 R 11 0 R 12 0 R null 99 0 R] /Contents')],
        [
          10,
          '<</Type /Annot /Subtype /Widget /FT /Sig /T (One) /Parent 13 0 R /P 3 0 R /Rect [10 700 90 730] /AP <</N 14 0 R>>>>',
        ],
        [11, '<</Type /Annot /Subtype /Link /Rect [0 0 5 5] /A <</S /JavaScript /JS (app.alert\\(1\\))>>>>'],
        [12, '<</Type /Annot /Subtype /Stamp /P 3 0 R>>'],
        [13, '<</T (Parent) /Kids [10 0 R] /Secret (kept out)>>'],
        [14, '<</Type /XObject /Subtype /Form /BBox [0 0 80 30] /Length 0>>\nstream\n\nendstream'],
      ]),
    );
    const text = (await preview(updated)).toString('latin1');
    expect(text).toContain('/Subtype /Widget');
    expect(text).toContain('/Subtype /Link');
    for (const gone of ['JavaScript', 'kept out', '/Parent 13', '/T (', '/FT'])
      expect(text).not.toContain(gone);
    expect(text.match(/\/Type \/Page\b/g)).toHaveLength(1);
  });

  it('comes to an end where objects name each other in a ring', async () => {
    const ring = rawPdf([
      ONE_PAGE[0],
      ONE_PAGE[1],
      '<</Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources 6 0 R>>',
      ...ONE_PAGE.slice(3),
      '<</XObject <</A 7 0 R>> /Self 6 0 R>>',
      '<</Back 6 0 R /Again [7 0 R [7 0 R]]>>',
    ]);
    const document = await readPdf(memorySource(await preview(ring)));
    expect(await pageCount(document)).toBe(1);
  });

  it('refuses a page that would take more objects than any honest one', async () => {
    const many = Array.from({ length: 20_100 }, (_, i) => `${i + 6} 0 R`).join(' ');
    const objects = Array.from({ length: 20_100 }, () => '<<>>');
    const page = `<</Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources <</All [${many}]>>>>`;
    const pdf = rawPdf([ONE_PAGE[0], ONE_PAGE[1], page, ...ONE_PAGE.slice(3), ...objects]);
    expect((await refusal(pdf)) as unknown[]).toContain('PDF_TOO_COMPLEX');
  });

  it('refuses what is no PDF, has no page or is cut', async () => {
    const page = await makePdf('stream');
    expect(await refusal('%PDF-1.7 nothing')).toContain('PDF_UNREADABLE');
    expect(await refusal(rawPdf([ONE_PAGE[0], '<</Type /Pages /Kids [] /Count 0>>']))).toContain(
      'PDF_NO_PAGES',
    );
    expect(await refusal(page.subarray(0, page.length - 200))).toContain('PDF_UNREADABLE');
    const data = deflateSync(Buffer.alloc(10));
    const long = rawPdf([...ONE_PAGE.slice(0, 3), `<</Length ${data.length + 900_000}>>\nstream\n`]);
    expect(await refusal(long)).toContain('PDF_UNREADABLE');
  });
});

import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { PDFDocument, StandardFonts } from 'pdf-lib';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { generatePaper } from '../../../src/simulators/scanner/index.ts';
import { describeWithPeers } from '../../support/peers.ts';
import { importAll, testFolder } from '../../unit/importing/support/import.ts';

describeWithPeers(['qpdf', 'img2pdf'], 'PDFs as other programs write them', () => {
  const place = testFolder();
  let jpeg: Buffer;
  let text: string;
  let made = 0;

  function run(program: string, ...args: string[]): void {
    const { status, stderr } = spawnSync(program, args, { encoding: 'utf8' });
    expect([status, stderr]).toEqual([0, '']);
  }
  function qpdf(input: string, ...args: string[]): string {
    const out = path.join(place.folder, `qpdf-${made++}.pdf`);
    run('qpdf', ...args, input, out);
    return out;
  }
  function img2pdf(...pictures: Buffer[]): string {
    const out = path.join(place.folder, `img2pdf-${made++}.pdf`);
    run('img2pdf', '--pagesize', 'A4', '--fit', 'fill', '-o', out, ...pictures.map(place.put));
    return out;
  }

  beforeAll(async () => {
    const paper = await generatePaper({ seed: 9, kind: 'request', dpi: 150, skew: 0 });
    jpeg = await sharp(paper.jpeg).resize(1240, 1754, { fit: 'fill' }).withDensity(150).jpeg().toBuffer();
    const pdf = await PDFDocument.create();
    const font = await pdf.embedFont(StandardFonts.Helvetica);
    for (let n = 0; n < 3; n++)
      pdf.addPage([595, 842]).drawText(`Page ${n}`, { x: 90, y: 400, size: 60, font });
    text = place.put(await pdf.save());
  });
  afterAll(place.remove);

  it('img2pdf: JPEGs come back byte for byte, with the resolution they were placed at', async () => {
    const { pages, error } = await importAll(img2pdf(jpeg, jpeg));
    expect(error).toBeNull();
    expect(pages.map((p) => [p.page.format, p.made, p.page.dpi])).toEqual([
      ['jpeg', 'own', 150],
      ['jpeg', 'own', 150],
    ]);
    for (const { page } of pages) expect(Buffer.from(page.bytes).equals(jpeg)).toBe(true);
  });

  it('img2pdf: a fax picture (CCITT G4) and a PNG are drawn pixel for pixel', async () => {
    const bilevel = sharp(jpeg).toColourspace('b-w').threshold(150);
    const tiff = await bilevel.clone().tiff({ compression: 'ccittfax4', bitdepth: 1 }).toBuffer();
    const png = await sharp(jpeg).toColourspace('b-w').png().toBuffer();
    const { pages, error } = await importAll(img2pdf(tiff, png));
    expect(error).toBeNull();
    expect(pages.map((p) => [p.page.format, p.made, p.page.dpi])).toEqual([
      ['png', 'rendered', 150],
      ['png', 'rendered', 150],
    ]);
    for (const [i, source] of [tiff, png].entries()) {
      const [a, b] = await Promise.all(
        [source, pages[i]!.page.bytes].map((x) =>
          sharp(x).resize(310, 438, { fit: 'fill' }).toColourspace('b-w').raw().toBuffer(),
        ),
      );
      const difference = a!.reduce((sum, value, n) => sum + Math.abs(value - b![n]!), 0) / a!.length;
      expect(difference).toBeLessThan(3);
    }
  });

  it('qpdf: object streams, a linearised file and one made anew hold the same pages', async () => {
    for (const args of [
      ['--object-streams=generate'],
      ['--linearize'],
      ['--qdf'],
      ['--stream-data=uncompress'],
    ]) {
      const { documents, error } = await importAll(qpdf(text, ...args));
      expect([error, documents[0]?.pages]).toEqual([null, 3]);
      const scans = await importAll(qpdf(img2pdf(jpeg), ...args));
      expect(scans.error).toBeNull();
      expect(Buffer.from(scans.pages[0]!.page.bytes).equals(jpeg)).toBe(true);
    }
  });

  it('qpdf: one with a password is named, and one that only forbids things too', async () => {
    for (const password of ['secret', '']) {
      const locked = qpdf(text, '--encrypt', password, 'owner', '256', '--modify=none', '--');
      for (const as of ['auto', 'pages'] as const)
        expect((await importAll(locked, as)).error?.code).toBe('PDF_ENCRYPTED');
    }
  });

  it('qpdf: pages taken out of a file, turned, or put upside down are drawn as they are shown', async () => {
    const turned = qpdf(img2pdf(jpeg), '--rotate=+90:1');
    const { pages, error } = await importAll(turned);
    expect(error).toBeNull();
    const meta = await sharp(pages[0]!.page.bytes).metadata();
    expect([pages[0]!.made, meta.width > meta.height]).toEqual(['rendered', true]);
    const one = qpdf(text, '--pages', text, '2', '--');
    expect((await importAll(one, 'pages')).pages).toHaveLength(1);
  });

  it('qpdf: an attachment is found', async () => {
    const attached = qpdf(text, '--add-attachment', place.put(Buffer.from('MZ')), '--');
    expect((await importAll(attached)).error?.details.kinds).toBe('embedded-files');
  });
});

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { writeScannedPdf } from '../../../src/main/pdf/scanned-pdf.ts';
import { describeWithPeers } from '../../support/peers.ts';

const ICC = readFileSync(path.join(import.meta.dirname, '../../../resources/icc/sRGB.icc'));

function run(program: string, ...args: string[]): string {
  const result = spawnSync(program, args, { encoding: 'utf8' });
  expect(result.stderr).toBe('');
  expect(result.status).toBe(0);
  return result.stdout;
}

/** One line a page of `pdfinfo`: [width, height] in points. */
function pageSizes(file: string): [number, number][] {
  const out = run('pdfinfo', '-f', '1', '-l', '99', file);
  return [...out.matchAll(/^Page\s+\d+ size:\s+([\d.]+) x ([\d.]+) pts/gm)].map((m) => [
    Number(m[1]),
    Number(m[2]),
  ]);
}

describeWithPeers(['qpdf', 'pdfsig', 'mutool'], 'scanned PDF before its judges', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'scanned-judges-'));
  const file = path.join(folder, 'scan.pdf');
  const jpegs: Buffer[] = [];

  beforeAll(async () => {
    const noise = { type: 'gaussian' as const, mean: 200, sigma: 30 };
    const a4 = { create: { width: 2480, height: 3507, channels: 3 as const, background: 'white', noise } };
    jpegs.push(await sharp(a4).jpeg({ quality: 40 }).toBuffer());
    jpegs.push(await sharp(a4).toColourspace('b-w').jpeg({ quality: 40 }).toBuffer());
    jpegs.push(await sharp(a4).jpeg({ quality: 40, progressive: true }).toBuffer());
    async function* pages() {
      for (const jpeg of jpegs) yield { image: jpeg, dpi: 300 };
    }
    await writeScannedPdf({
      path: file,
      pages: pages(),
      title: 'Giấy chứng nhận quyền sử dụng đất',
      createdAt: new Date('2026-11-23T01:02:03Z'),
      producer: 'Một Cửa Counter',
      icc: ICC,
    });
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('qpdf finds no error', () => {
    const out = run('qpdf', '--check', file);
    expect(out).toContain('PDF Version: 1.7');
    expect(out).toContain('No syntax or stream encoding errors found');
  });

  it('poppler reads title, dates and A4 to a millimetre', () => {
    const out = run('pdfinfo', '-isodates', file);
    expect(out).toMatch(/^Title:\s+Giấy chứng nhận quyền sử dụng đất$/m);
    expect(out).toMatch(/^CreationDate:\s+2026-11-23T(08:02:03\+07|01:02:03Z)/m);
    expect(out).toMatch(/^Metadata Stream:\s+yes$/m);
    const sizes = pageSizes(file);
    expect(sizes).toHaveLength(3);
    for (const [width, height] of sizes) {
      expect(Math.abs((width / 72) * 25.4 - 210)).toBeLessThan(1);
      expect(Math.abs((height / 72) * 25.4 - 297)).toBeLessThan(1);
    }
  });

  it('poppler finds the PDF/A-2b mark and gives the JPEGs back octet by octet', () => {
    const list = run('pdfimages', '-list', file).trim().split('\n').slice(2);
    expect(list.map((line) => line.trim().split(/\s+/)).map((c) => [c[5], c[8], c[12], c[13]])).toEqual([
      ['rgb', 'jpeg', '300', '300'],
      ['gray', 'jpeg', '300', '300'],
      ['rgb', 'jpeg', '300', '300'],
    ]);
    run('pdfimages', '-j', file, path.join(folder, 'image'));
    for (const [i, jpeg] of jpegs.entries()) {
      expect(readFileSync(path.join(folder, `image-00${i}.jpg`)).equals(jpeg)).toBe(true);
    }
    expect(run('pdfinfo', '-meta', file)).toContain('<pdfaid:part>2</pdfaid:part>');
  });

  it('mutool lists the three pictures and draws every page', () => {
    const info = run('mutool', 'info', file);
    expect(info).toContain('Pages: 3');
    expect(info.match(/\[ DCT \] 2480x3507 8bpc/g)).toHaveLength(3);
    const drawn = spawnSync('mutool', ['draw', '-r', '20', '-o', path.join(folder, 'p%d.png'), file]);
    expect(drawn.status).toBe(0);
    // Debian's mutool is built without colour management and says so.
    const said = drawn.stderr.toString().replace('warning: ICC support is not available', '');
    expect(said).not.toMatch(/error|warning/i);
  });
});

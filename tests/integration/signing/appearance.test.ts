import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { writeScannedPdf } from '../../../src/main/pdf/scanned-pdf.ts';
import { type AppearanceImage, readAppearanceImage } from '../../../src/main/signing/appearance/image.ts';
import type { Appearance } from '../../../src/main/signing/appearance/layout.ts';
import { previewPage } from '../../../src/main/signing/appearance/preview.ts';
import { certificatesFromPem } from '../../../src/main/signing/evidence/trust.ts';
import { verifyPdf } from '../../../src/main/signing/verifying/verify.ts';
import { signPdf } from '../../../src/main/signing/writing/sign-pdf.ts';
import { describeWithPeers } from '../../support/peers.ts';
import { SIGNER_NAME, type TestPki, testPki } from '../../support/pki.ts';
import { handPng, sealPng } from '../../unit/signing/appearance/images.ts';
import {
  type Folder,
  makePdf,
  newFolder,
  ONE_PAGE,
  rawPdf,
  softKey,
} from '../../unit/signing/sign-support.ts';

const root = path.resolve(import.meta.dirname, '../../..');
const DPI = 72;
const MM = DPI / 25.4;
const AGENCY = 'Ủy ban nhân dân xã Bảo Lâm, huyện Bảo Lạc, tỉnh Cao Bằng';

interface Picture {
  readonly width: number;
  readonly height: number;
  /** RGB. */
  readonly data: Buffer;
}

describeWithPeers(['pdfsig', 'qpdf', 'mutool'], 'the look of a signature', () => {
  let pki: TestPki;
  let folder: Folder;
  let seal: AppearanceImage;
  let hand: AppearanceImage;
  const at = new Date();

  beforeAll(async () => {
    pki = await testPki();
    folder = newFolder();
    seal = readAppearanceImage(await sealPng(), { widthMm: 36 });
    hand = readAppearanceImage(await handPng(), { widthMm: 40 });
  });
  afterAll(() => folder.remove());

  async function sign(input: string, appearance: Appearance): Promise<string> {
    const output = input.replace(/(\.signed)?\.pdf$/, `.${appearance.kind}.signed.pdf`);
    await signPdf({ input, output, key: softKey(pki.signers.rsa), appearance, at });
    return output;
  }

  async function decoded(picture: Buffer): Promise<Picture> {
    const { data, info } = await sharp(picture).removeAlpha().raw().toBuffer({ resolveWithObject: true });
    return { width: info.width, height: info.height, data };
  }

  async function drawn(file: string, page: number): Promise<Picture> {
    const args = ['-cropbox', '-r', String(DPI), '-f', String(page), '-l', String(page), '-png', file];
    return decoded(execFileSync('pdftoppm', args, { maxBuffer: 1 << 28 }));
  }

  /** The box of the pixels for which `is` holds. */
  function boxOf({ width, data }: Picture, is: (r: number, g: number, b: number) => boolean) {
    let [x0, y0, x1, y1] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, -1, -1];
    for (let i = 0; i < data.length; i += 3) {
      if (!is(data[i]!, data[i + 1]!, data[i + 2]!)) continue;
      const [x, y] = [(i / 3) % width, Math.floor(i / 3 / width)];
      [x0, y0, x1, y1] = [Math.min(x0, x), Math.min(y0, y), Math.max(x1, x + 1), Math.max(y1, y + 1)];
    }
    return { x0, y0, x1, y1 };
  }
  const isRed = (r: number, g: number, b: number) => r > 120 && g < 110 && b < 110;
  const isBlue = (r: number, g: number, b: number) => b > 100 && r < 110 && g < 130;

  async function expectPreviewIsResult(input: string, appearance: Appearance, page = 1): Promise<Picture> {
    const preview = input.replace(/\.pdf$/, '.preview.pdf');
    await previewPage(input, preview, appearance, SIGNER_NAME, at);
    const signed = await sign(input, appearance);
    const [before, after] = [await drawn(preview, 1), await drawn(signed, page)];
    expect([before.width, before.height]).toEqual([after.width, after.height]);
    expect(before.data.equals(after.data)).toBe(true);
    // Something is shown: the page without the signature looks another way.
    expect((await drawn(input, page)).data.equals(after.data)).toBe(false);
    return after;
  }

  /** What programs of other makes say of both files. */
  function expectSound(preview: string, signed: string): void {
    for (const file of [preview, signed]) execFileSync('qpdf', ['--check', file]);
    expect(execFileSync('pdfsig', ['-nocert', signed]).toString()).not.toMatch(
      /Signature Validation: (?!Signature is Valid)/,
    );
    expect(execFileSync('qpdf', ['--show-npages', preview]).toString().trim()).toBe('1');
    const unsigned = spawnSync('pdfsig', ['-nocert', preview]);
    expect(`${unsigned.stdout}${unsigned.stderr}`).toContain('does not contain any signatures');
  }

  async function scanned(name: string): Promise<string> {
    const jpeg = await sharp({ create: { width: 827, height: 1169, channels: 3, background: '#f4f1ea' } })
      .jpeg()
      .toBuffer();
    async function* pages() {
      yield { image: jpeg, dpi: 100 };
      yield { image: jpeg, dpi: 100 };
    }
    const icc = readFileSync(path.join(root, 'resources/icc/sRGB.icc'));
    const file = folder.file(name);
    await writeScannedPdf({ path: file, pages: pages(), title: 'Đơn', createdAt: at, producer: 'test', icc });
    return file;
  }

  it('is previewed pixel for pixel, for every kind, one on top of the other', async () => {
    let file = await scanned('kinds.pdf');
    const kinds: readonly (readonly [Appearance, number])[] = [
      [{ kind: 'digitised-component' }, 1],
      [{ kind: 'agency-copy', agency: AGENCY, form: 'trich-sao' }, 1],
      [{ kind: 'annex', document: '15/QĐ-UBND' }, 1],
      [{ kind: 'personal', image: hand, place: { page: 1, centreMm: [150, 200] } }, 1],
      [{ kind: 'issued-document', image: seal, place: {} }, 1],
      [{ kind: 'certified-copy', signer: 'officer', place: { page: 'last', centreMm: [150, 100] } }, 2],
    ];
    for (const [appearance, page] of kinds) {
      await expectPreviewIsResult(file, appearance, page);
      const preview = file.replace(/\.pdf$/, '.preview.pdf');
      file = file.replace(/(\.signed)?\.pdf$/, `.${appearance.kind}.signed.pdf`);
      expectSound(preview, file);
    }
    expect(
      execFileSync('pdfsig', ['-nocert', file])
        .toString()
        .match(/is Valid/g),
    ).toHaveLength(6);
    // For our own judge each of them is a further signature and no change to those before.
    const trust = certificatesFromPem(readFileSync(pki.rootFile, 'utf8'));
    const report = await verifyPdf(file, { trust });
    expect(report.signatures.map((s) => s.indication)).toEqual(Array(6).fill('TOTAL-PASSED'));
  });

  it('is previewed pixel for pixel on pages of every shape', async () => {
    const shapes = {
      a3: await makePdf('stream', [{ size: [842, 1191] }]),
      a5: await makePdf('table', [{ size: [420, 595] }]),
      tiny: await makePdf('table', [{ size: [120, 80] }]),
      right: await makePdf('stream', [{ rotate: 90 }]),
      over: await makePdf('table', [{ rotate: 180, crop: [40, 60, 400, 500] }]),
      left: await makePdf('table', [{ rotate: 270, crop: [40, 60, 400, 500] }]),
      unit: Buffer.from(
        rawPdf([
          ONE_PAGE[0],
          ONE_PAGE[1],
          ONE_PAGE[2].replace('/MediaBox', '/UserUnit 2 /MediaBox'),
          ...ONE_PAGE.slice(3),
        ]),
        'latin1',
      ),
    };
    for (const [name, bytes] of Object.entries(shapes)) {
      const file = folder.write(`${name}.pdf`, bytes);
      await expectPreviewIsResult(file, { kind: 'agency-copy', agency: AGENCY });
      if (name === 'tiny') continue;
      const place = { page: 1, centreMm: [80, 90] } as const;
      const picture = await expectPreviewIsResult(file, { kind: 'issued-document', image: seal, place });
      // Its real size and its place on the page as it is seen. The ring ends 0.4 mm inside the picture; poppler knows
      // no /UserUnit and draws every unit as a point.
      const scale = MM / (name === 'unit' ? 2 : 1);
      const box = boxOf(picture, isRed);
      const wanted = [80 - 17.6, 90 - 17.6, 80 + 17.6, 90 + 17.6].map((mm) => mm * scale);
      const found = [box.x0, box.y0, box.x1, box.y1];
      for (const [i, n] of found.entries()) expect(Math.abs(n - wanted[i]!)).toBeLessThanOrEqual(1.5);
    }
  });

  it('shows the red seal on the left third of the blue signature, and the page through both', async () => {
    const file = folder.write('issued.pdf', await makePdf('table', [{ text: 'Body' }]));
    const byHand = await sign(file, {
      kind: 'personal',
      image: hand,
      place: { page: 1, centreMm: [140, 200] },
    });
    const before = boxOf(await drawn(byHand, 1), isBlue);
    const both = await drawn(await sign(byHand, { kind: 'issued-document', image: seal, place: {} }), 1);
    const [blue, red] = [boxOf(both, isBlue), boxOf(both, isRed)];
    expect(blue.x1).toBe(before.x1);
    const third = (120 + 40 / 3) * MM;
    expect(Math.abs(red.x1 - (third - 0.4 * MM))).toBeLessThanOrEqual(1.5);
    expect(Math.abs((red.x1 - red.x0) / MM - 35.2)).toBeLessThan(0.5);
    // Between the rings and around them the paper is still white.
    const centre = Math.round((red.y0 + red.y1) / 2) * both.width + Math.round(red.x0 + 3.5 * MM);
    expect([...both.data.subarray(centre * 3, centre * 3 + 3)]).toEqual([255, 255, 255]);
  });

  it('has the colours of the seal in a reader of another make', async () => {
    const place = { page: 1, centreMm: [100, 100] } as const;
    const signed = await sign(await scanned('profile.pdf'), { kind: 'issued-document', image: seal, place });
    expect(execFileSync('pdfimages', ['-list', signed]).toString()).toMatch(/smask/);
    const args = ['draw', '-q', '-r', String(DPI), '-F', 'png', '-o', '-', signed, '1'];
    const { data, width } = await decoded(
      execFileSync('mutool', args, { stdio: ['ignore', 'pipe', 'ignore'] }),
    );
    const star = (Math.round(100 * MM) * width + Math.round(100 * MM)) * 3;
    const [r, g, b] = data.subarray(star, star + 3);
    expect(Math.abs(r! - 0xd0) + Math.abs(g! - 0x02) + Math.abs(b! - 0x1b)).toBeLessThan(40);
  });
});

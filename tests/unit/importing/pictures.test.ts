import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { generatePaper } from '../../../src/simulators/scanner/index.ts';
import { importAll, testFolder } from './support/import.ts';
import { bigEndianTiff, joinTiffs } from './support/tiff.ts';

const place = testFolder();
afterAll(place.remove);

/** A form at 100 dpi, as pixels. */
let paper: Buffer;
let width: number;
let height: number;

beforeAll(async () => {
  const { jpeg } = await generatePaper({ seed: 7, kind: 'request', dpi: 100, skew: 0 });
  const { data, info } = await sharp(jpeg).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  paper = data;
  width = info.width;
  height = info.height;
});

const open = () => sharp(paper, { raw: { width, height, channels: 3 } });
const greyPixels = (bytes: Uint8Array) => sharp(bytes).toColourspace('b-w').raw().toBuffer();

async function one(bytes: Uint8Array, options = {}) {
  const { pages, documents, error } = await importAll(place.put(bytes), 'auto', options);
  expect(error).toBeNull();
  expect(documents).toHaveLength(0);
  expect(pages).toHaveLength(1);
  return pages[0]!;
}

async function refused(bytes: Uint8Array, options = {}) {
  const { pages, error } = await importAll(place.put(bytes), 'auto', options);
  expect(pages).toHaveLength(0);
  return { code: error?.code, ...error?.details };
}

describe('pictures that stay as they are', () => {
  it('JPEG, with the resolution it states', async () => {
    const bytes = await open().withDensity(100).jpeg().toBuffer();
    const { page, photo, made } = await one(bytes);
    expect(Buffer.from(page.bytes).equals(bytes)).toBe(true);
    expect({ format: page.format, dpi: page.dpi, photo, made }).toEqual({
      format: 'jpeg',
      dpi: 100,
      photo: false,
      made: 'own',
    });
  });

  it('a JPEG from a phone, marked as a photo', async () => {
    const exif = { IFD0: { Make: 'samsung', Model: 'SM-A155F' }, IFD2: { FNumber: '18/10' } };
    expect((await one(await open().jpeg().withExif(exif).toBuffer())).photo).toBe(true);
  });

  it('a JPEG behind which a phone has hung more', async () => {
    const bytes = Buffer.concat([await open().jpeg().toBuffer(), Buffer.from('SEFH trailer of a phone')]);
    expect(Buffer.from((await one(bytes)).page.bytes).equals(bytes)).toBe(true);
  });

  it.each([
    ['8 bits', () => open().png()],
    ['16 bits', () => open().toColourspace('rgb16').png()],
    ['palette', () => open().png({ palette: true })],
    ['alpha', () => open().ensureAlpha(0.5).png()],
    ['interlaced', () => open().png({ progressive: true })],
  ])('PNG, %s', async (_, make) => {
    const bytes = await make().toBuffer();
    const { page, made } = await one(bytes);
    expect(Buffer.from(page.bytes).equals(bytes)).toBe(true);
    expect([page.format, made]).toEqual(['png', 'own']);
  });

  it('PNM', async () => {
    const bytes = Buffer.concat([Buffer.from(`P6\n${width} ${height}\n255\n`), paper]);
    expect((await one(bytes)).page.format).toBe('pnm');
  });

  it('a TIFF of one page', async () => {
    const bytes = await open()
      .tiff({ compression: 'lzw', xres: 100 / 25.4, yres: 100 / 25.4 })
      .toBuffer();
    const { page, made } = await one(bytes);
    expect(Buffer.from(page.bytes).equals(bytes)).toBe(true);
    expect({ format: page.format, dpi: page.dpi, made }).toEqual({ format: 'tiff', dpi: 100, made: 'own' });
  });
});

describe('pictures that are converted', () => {
  it.each([
    ['webp', () => open().webp()],
    ['avif', () => open().avif({ effort: 0 })],
  ] as const)('%s becomes a JPEG of the same size', async (_, make) => {
    const { page, made } = await one(await make().toBuffer());
    const meta = await sharp(page.bytes).metadata();
    expect([page.format, meta.format, meta.width, meta.height, made]).toEqual([
      'jpeg',
      'jpeg',
      width,
      height,
      'lossy',
    ]);
  });

  it('a turned WebP stands upright, once', async () => {
    const bytes = await open().withMetadata({ orientation: 6 }).webp().toBuffer();
    const meta = await sharp((await one(bytes)).page.bytes).metadata();
    expect([meta.width, meta.height, meta.orientation]).toEqual([height, width, undefined]);
  });
});

describe('a TIFF of several pages', () => {
  it('gives each page as it is, whatever its compression, size and colours', async () => {
    const inch = { xres: 100 / 25.4, yres: 100 / 25.4 };
    const bilevel = () => open().toColourspace('b-w').threshold(160);
    const singles = await Promise.all([
      bilevel()
        .tiff({ compression: 'ccittfax4', bitdepth: 1, ...inch })
        .toBuffer(),
      open()
        .tiff({ compression: 'lzw', ...inch })
        .toBuffer(),
      open()
        .tiff({ compression: 'jpeg', quality: 90, ...inch })
        .toBuffer(),
      open()
        .resize(300, 500, { fit: 'fill' })
        .tiff({ compression: 'deflate', ...inch })
        .toBuffer(),
      open()
        .toColourspace('b-w')
        .tiff({ compression: 'packbits', ...inch })
        .toBuffer(),
      open()
        .tiff({ compression: 'lzw', tile: true, tileWidth: 128, tileHeight: 128, ...inch })
        .toBuffer(),
    ]);
    const { pages, error } = await importAll(place.put(joinTiffs(singles)));
    expect(error).toBeNull();
    expect(pages.map((p) => [p.page.index, p.page.format, p.made])).toEqual(
      singles.map((_, i) => [i, 'png', 'lossless']),
    );
    for (const [i, single] of singles.entries())
      expect((await greyPixels(pages[i]!.page.bytes)).equals(await greyPixels(single))).toBe(true);
    expect(pages.map((p) => p.page.dpi)).toEqual([100, 100, 100, 100, 100, 100]);
  });

  it('in big-endian order, with each page’s own resolution, its thumbnails left aside', async () => {
    const grey = (w: number, h: number, dpi: number, subfile = 0) => ({
      ...{ width: w, height: h, dpi, subfile },
      data: Buffer.alloc(w * h, 200),
    });
    const file = bigEndianTiff([grey(830, 1170, 100), grey(83, 117, 10, 1), grey(1654, 2339, 200)]);
    const { pages, error } = await importAll(place.put(file));
    expect(error).toBeNull();
    const sizes = await Promise.all(pages.map((p) => sharp(p.page.bytes).metadata()));
    expect(pages.map((p, i) => [p.page.index, sizes[i]?.width, p.page.dpi])).toEqual([
      [0, 830, 100],
      [1, 1654, 200],
    ]);
  });

  it('with private tags of its scanner is read like any other', async () => {
    const data = Buffer.alloc(830 * 1170, 200);
    const file = bigEndianTiff(
      [1, 2].map(() => ({ width: 830, height: 1170, dpi: 100, data, privateTag: 65_000 })),
    );
    const { pages, error } = await importAll(place.put(file));
    expect([error, pages.length]).toEqual([null, 2]);
  });

  it('yields the good pages before it names the bad one', async () => {
    const good = await open().tiff({ compression: 'deflate' }).toBuffer();
    const bad = await open().tiff({ compression: 'deflate' }).toBuffer();
    // The strips come first in libtiff's files; the directory stays whole.
    bad.fill(0x5a, 400, 3000);
    const { pages, error } = await importAll(place.put(joinTiffs([good, bad])));
    expect(pages).toHaveLength(1);
    expect([error?.code, error?.details.page]).toEqual(['IMAGE_UNREADABLE', 2]);
  });

  it('is refused where its chain of pages turns back, or is longer than the limit', async () => {
    const tiff = await open().resize(100).tiff({ compression: 'lzw' }).toBuffer();
    const loop = Buffer.from(tiff);
    const directory = loop.readUInt32LE(4);
    loop.writeUInt32LE(directory, directory + 2 + loop.readUInt16LE(directory) * 12);
    expect(await refused(loop)).toMatchObject({ code: 'IMAGE_UNREADABLE', reason: 'directory-loop' });
    const three = joinTiffs([tiff, tiff, tiff]);
    expect(await refused(three, { limits: { maxPages: 2 } })).toMatchObject({
      code: 'IMAGE_TOO_LARGE',
      maxPages: 2,
    });
  });

  it('names a compression that is not read', async () => {
    const tiff = await open().tiff({ compression: 'lzw' }).toBuffer();
    const directory = tiff.readUInt32LE(4);
    for (let n = 0; n < tiff.readUInt16LE(directory); n++) {
      const entry = directory + 2 + n * 12;
      if (tiff.readUInt16LE(entry) === 259) tiff.writeUInt16LE(34661, entry + 8);
    }
    expect(await refused(tiff)).toMatchObject({
      code: 'IMAGE_UNSUPPORTED',
      format: 'tiff',
      compression: 34661,
    });
  });
});

describe('what is refused by name', () => {
  it.each([
    ['gif', () => open().gif().toBuffer()],
    ['bmp', async () => Buffer.from('BM6\0\0\0\0\0\0\0', 'latin1')],
    ['bigtiff', () => open().tiff({ bigtiff: true }).toBuffer()],
    ['svg', async () => Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>')],
    ['unknown', async () => Buffer.from('chỉ là chữ')],
  ] as const)('%s', async (format, make) => {
    expect(await refused(await make())).toEqual({ code: 'IMAGE_UNSUPPORTED', format });
  });

  it('a picture that is cut anywhere', async () => {
    for (const whole of [await open().jpeg().toBuffer(), await open().png().toBuffer()])
      for (const part of [0.01, 0.3, 0.7, 0.99]) {
        const { code } = await refused(whole.subarray(0, Math.floor(whole.length * part)));
        expect(code).toBe('IMAGE_UNREADABLE');
      }
  });

  it('one that promises more pixels than the limit, before it is decoded', async () => {
    const png = await open().png().toBuffer();
    png.writeUInt32BE(60_000, 16);
    png.writeUInt32BE(60_000, 20);
    expect((await refused(png)).code).toBe('IMAGE_TOO_LARGE');
    const bytes = await open().webp().toBuffer();
    expect((await refused(bytes, { limits: { maxDecodedBytes: 1000 } })).code).toBe('IMAGE_TOO_LARGE');
  });

  it('a picture that is smaller than any paper', async () => {
    expect((await refused(await open().resize(8, 8).png().toBuffer())).code).toBe('IMAGE_UNREADABLE');
  });

  it('a file above the limit, an empty one, none at all', async () => {
    expect(await refused(Buffer.alloc(1001), { limits: { maxFileBytes: 1000 } })).toEqual({
      code: 'FILE_TOO_LARGE',
      bytes: 1001,
      maxBytes: 1000,
    });
    expect((await refused(Buffer.alloc(0))).code).toBe('IMAGE_UNREADABLE');
    expect((await importAll(path.join(place.folder, 'nothing'))).error?.code).toBe('FILE_MISSING');
  });

  it('a folder, a pipe that nobody writes into, a dangling link', async () => {
    const folder = path.join(place.folder, 'folder');
    mkdirSync(folder);
    expect((await importAll(folder)).error?.code).toBe('FILE_MISSING');
    const link = path.join(place.folder, 'link');
    symlinkSync('nowhere', link);
    expect((await importAll(link)).error?.code).toBe('FILE_MISSING');
    const pipe = path.join(place.folder, 'pipe');
    if (spawnSync('mkfifo', [pipe]).status === 0)
      expect((await importAll(pipe)).error?.code).toBe('FILE_MISSING');
  });

  it('everything, once it is cancelled', async () => {
    const file = place.put(await open().png().toBuffer());
    const { error, pages } = await importAll(file, 'auto', {}, AbortSignal.abort());
    expect([error?.code, pages.length]).toEqual(['CANCELLED', 0]);
  });
});

it('leaves the file as it was', async () => {
  const bytes = await open().webp().toBuffer();
  const file = place.put(bytes);
  await importAll(file);
  expect(readFileSync(file).equals(bytes)).toBe(true);
});

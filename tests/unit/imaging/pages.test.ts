import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createImaging } from '../../../src/main/imaging/index.ts';
import type { Imaging } from '../../../src/main/imaging/port.ts';
import type { RawPage } from '../../../src/main/scanning/port.ts';
import { generatePaper } from '../../../src/simulators/scanner/index.ts';

let imaging: Imaging;
let upright: Buffer;
let askew: Buffer;

beforeAll(async () => {
  imaging = createImaging({ workers: 2 });
  upright = Buffer.from((await generatePaper({ seed: 5, kind: 'request', dpi: 100, skew: 0 })).jpeg);
  askew = Buffer.from((await generatePaper({ seed: 5, kind: 'request', dpi: 100, skew: 2.5 })).jpeg);
});

afterAll(() => imaging.close());

function page(bytes: Uint8Array, format: RawPage['format'] = 'jpeg'): RawPage {
  return { index: 0, bytes, format, dpi: 100 };
}

async function pixels(bytes: Uint8Array) {
  const { channels } = await sharp(bytes).metadata();
  return sharp(bytes)
    .toColourspace(channels === 1 ? 'b-w' : 'srgb')
    .raw()
    .toBuffer();
}

async function meanDifference(a: Uint8Array, b: Uint8Array): Promise<number> {
  const [x, y] = await Promise.all([a, b].map((jpeg) => sharp(jpeg).grayscale().raw().toBuffer()));
  if (!x || !y || x.length !== y.length) throw new Error('sizes differ');
  return x.reduce((sum, value, i) => sum + Math.abs(value - (y[i] ?? 0)), 0) / x.length;
}

describe('a page from the scanner', () => {
  it('stays byte for byte when it is an upright JPEG', async () => {
    const done = await imaging.process(page(upright));
    expect(done.untouched).toBe(true);
    expect(Buffer.compare(done.image, upright)).toBe(0);
    expect(done).toMatchObject({
      width: 827,
      height: 1169,
      dpi: 100,
      treatment: { colour: 'color', straightenedBy: 0 },
    });
  });

  it('is straightened, at its own size, when it lies askew', async () => {
    const done = await imaging.process(page(askew));
    expect(done.treatment.straightenedBy).toBeLessThan(-2.3);
    expect(done.treatment.straightenedBy).toBeGreaterThan(-2.7);
    expect(done).toMatchObject({ width: 827, height: 1169, untouched: false });
    const meta = await sharp(done.image).metadata();
    expect(meta).toMatchObject({ width: 827, height: 1169, density: 100, format: 'jpeg' });
    // Turned the right way: the straightened page is nearer to the upright original than the crooked one was.
    expect(await meanDifference(done.image, upright)).toBeLessThan(
      (await meanDifference(askew, upright)) * 0.7,
    );
    const again = await imaging.process(page(done.image));
    expect(again.treatment.straightenedBy).toBe(0);
  });

  it('fills the corners with the colour of the paper, not with black', async () => {
    const done = await imaging.process(page(askew));
    const { data, info } = await sharp(done.image).raw().toBuffer({ resolveWithObject: true });
    const corners = [0, info.width - 1, (info.height - 1) * info.width, info.height * info.width - 1];
    for (const at of corners) expect(data[at * info.channels]).toBeGreaterThan(200);
  });

  it('gives the same bytes for the same input', async () => {
    const [a, b] = await Promise.all([imaging.process(page(askew)), imaging.process(page(askew))]);
    expect(Buffer.compare(a.image, b.image)).toBe(0);
    expect(Buffer.compare(a.thumbnail, b.thumbnail)).toBe(0);
  });

  it('leaves blank sheets alone', async () => {
    const blank = await generatePaper({ seed: 3, kind: 'blank', dpi: 100, skew: 2 });
    expect((await imaging.process(page(blank.jpeg))).untouched).toBe(true);
  });

  it('comes with a small picture of itself', async () => {
    const done = await imaging.process(page(askew));
    expect(await sharp(done.thumbnail).metadata()).toMatchObject({ format: 'jpeg', width: 240, height: 339 });
  });

  it('keeps one channel as gray', async () => {
    const gray = await generatePaper({ seed: 2, kind: 'request', dpi: 100, skew: 1.5, mode: 'gray' });
    const done = await imaging.process(page(gray.jpeg));
    expect(done.treatment.colour).toBe('gray');
    expect(await sharp(done.image).metadata()).toMatchObject({ channels: 1, space: 'b-w' });
  });

  it('is turned as its EXIF orientation asks, and only once', async () => {
    const turned = await sharp(upright).rotate(90).withMetadata({ orientation: 8 }).jpeg().toBuffer();
    const done = await imaging.process(page(turned));
    expect(done).toMatchObject({ width: 827, height: 1169, untouched: false });
    expect((await sharp(done.image).metadata()).orientation).toBeUndefined();
    expect(await meanDifference(done.image, upright)).toBeLessThan(3);
  });

  it('loses what hangs behind its end, and no pixel', async () => {
    const done = await imaging.process(
      page(Buffer.concat([upright, Buffer.from('tail of a strange device')])),
    );
    expect(Buffer.compare(done.image, upright)).toBe(0);
    expect(done.untouched).toBe(false);
  });
});

describe('other formats become a plain JPEG', () => {
  const cases: readonly (readonly [string, RawPage['format'], () => Promise<Buffer>, number])[] = [
    ['PNG', 'png', () => sharp(upright).png().toBuffer(), 3],
    ['PNG with 16 bits', 'png', () => sharp(upright).toColourspace('rgb16').png().toBuffer(), 3],
    ['gray PNG', 'png', () => sharp(upright).toColourspace('b-w').png().toBuffer(), 1],
    ['TIFF with LZW', 'tiff', () => sharp(upright).tiff({ compression: 'lzw' }).toBuffer(), 3],
    ['CMYK JPEG', 'jpeg', () => sharp(upright).toColourspace('cmyk').jpeg().toBuffer(), 3],
  ];
  it.each(cases)('%s', async (_name, format, make, channels) => {
    const done = await imaging.process(page(await make(), format));
    expect(done.untouched).toBe(false);
    const meta = await sharp(done.image).metadata();
    expect(meta).toMatchObject({ format: 'jpeg', width: 827, height: 1169, channels, depth: 'uchar' });
    expect(done.treatment.colour).toBe(channels === 1 ? 'gray' : 'color');
  });

  it('but what is black and white stays so: a PNG of one bit a pixel', async () => {
    const input = sharp(upright).threshold().toColourspace('b-w');
    const g4 = await input.clone().tiff({ compression: 'ccittfax4', bitdepth: 1 }).toBuffer();
    const done = await imaging.process(page(g4, 'tiff'));
    expect(done).toMatchObject({ mime: 'image/png', width: 827, height: 1169, treatment: { colour: 'bw' } });
    // Depth, colour type, interlace (PNG, 11.2.2).
    expect([done.image[24], done.image[25], done.image[28]]).toEqual([1, 0, 0]);
    expect(Buffer.compare(await pixels(done.image), await pixels(g4))).toBe(0);
    expect(done.image.length).toBeLessThan(upright.length / 3);
  });

  it('lays transparent parts on white', async () => {
    const clear = sharp({
      create: { width: 50, height: 40, channels: 4, background: { r: 0, g: 0, b: 0, alpha: 0 } },
    });
    const done = await imaging.process(page(await clear.png().toBuffer(), 'png'));
    expect((await pixels(done.image)).every((v) => v > 250)).toBe(true);
  });

  it('reads the PNM of scanimage: bits, bytes and words, gray and colour', async () => {
    const pnm = (head: string, ...body: number[]) => Buffer.concat([Buffer.from(head), Buffer.from(body)]);
    const first = async (bytes: Buffer) => [
      ...(await pixels((await imaging.process(page(bytes, 'pnm'))).image)),
    ];
    expect(await first(pnm('P5\n# SANE data follows\n1 1\n255\n', 200))).toEqual([200]);
    expect(await first(pnm('P4 8 1\n', 0xff))).toEqual(Array(8).fill(0));
    expect(await first(pnm('P5 1 1 65535\n', 0x80, 0x00))).toEqual([128]);
    const [r = 0, g = 0, b = 0] = await first(pnm('P6 1 1 255\n', 250, 20, 20));
    expect(r).toBeGreaterThan(220);
    expect(Math.max(g, b)).toBeLessThan(50);
  });
});

describe('a page that cannot be trusted', () => {
  const refused = (bytes: Uint8Array, code: string, format: RawPage['format'] = 'jpeg') =>
    expect(imaging.process(page(bytes, format))).rejects.toMatchObject({ code });

  it('of no bytes, or of another kind', async () => {
    await refused(new Uint8Array(), 'IMAGE_UNREADABLE');
    await refused(Buffer.from('%PDF-1.7 and so on'), 'IMAGE_UNSUPPORTED');
    await refused(Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'), 'IMAGE_UNSUPPORTED');
  });

  it('cut at any tenth of its length', async () => {
    for (let i = 1; i < 10; i += 1)
      await refused(upright.subarray(0, (upright.length * i) / 10), 'IMAGE_UNREADABLE');
    await refused(upright.subarray(0, -1), 'IMAGE_UNREADABLE');
  });

  it('cut, but closed with an end marker by the device', async () => {
    for (const share of [0.3, 0.6, 0.97]) {
      const cut = upright.subarray(0, Math.floor(upright.length * share));
      await refused(Buffer.concat([cut, Buffer.from([0xff, 0xd9])]), 'IMAGE_UNREADABLE');
    }
  });

  it('cut PNG, TIFF and PNM', async () => {
    const png = await sharp(upright).png().toBuffer();
    await refused(png.subarray(0, png.length >> 1), 'IMAGE_UNREADABLE', 'png');
    const tiff = await sharp(upright).tiff({ compression: 'none' }).toBuffer();
    await refused(tiff.subarray(0, tiff.length >> 1), 'IMAGE_UNREADABLE', 'tiff');
    await refused(Buffer.from('P6 100 100 255\nshort'), 'IMAGE_UNREADABLE', 'pnm');
    await refused(Buffer.from('P6 100'), 'IMAGE_UNREADABLE', 'pnm');
    await refused(Buffer.from('P3 1 1 255 0 0 0'), 'IMAGE_UNSUPPORTED', 'pnm');
  });

  it('a bomb, before it goes off: PNG, JPEG and PNM that claim gigapixels', async () => {
    const png = await sharp({ create: { width: 8, height: 8, channels: 3, background: '#fff' } })
      .png()
      .toBuffer();
    png.writeUInt32BE(60_000, 16);
    png.writeUInt32BE(60_000, 20);
    // The header's CRC (PNG, 5.5) has to fit, or it would be refused for damage instead.
    png.writeUInt32BE(crc32(png.subarray(12, 29)), 29);
    await refused(png, 'IMAGE_TOO_LARGE', 'png');
    const jpeg = Buffer.from(upright);
    const frame = jpeg.indexOf(Buffer.from([0xff, 0xc0]));
    jpeg.writeUInt16BE(60_000, frame + 5);
    jpeg.writeUInt16BE(60_000, frame + 7);
    await refused(jpeg, 'IMAGE_TOO_LARGE');
    await refused(Buffer.from('P6 60000 60000 255\n'), 'IMAGE_TOO_LARGE', 'pnm');
  });

  it('more bytes than the limit', async () => {
    const small = createImaging({ workers: 1, limits: { maxBytes: 1000 } });
    await expect(small.process(page(upright))).rejects.toMatchObject({ code: 'IMAGE_TOO_LARGE' });
    await small.close();
  });

  it('several pages in one TIFF are not silently one', async () => {
    const two = await sharp([upright, upright], { join: { animated: true } })
      .tiff()
      .toBuffer();
    await refused(two, 'IMAGE_UNSUPPORTED', 'tiff');
  });

  it('random damage never ends in anything but a page or a named error', async () => {
    let state = 99;
    const next = (below: number) => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return state % below;
    };
    const jobs = Array.from({ length: 60 }, async () => {
      const damaged = Buffer.from(upright);
      for (let k = next(4); k >= 0; k -= 1) damaged[next(k === 0 ? 700 : damaged.length)] = next(256);
      try {
        return (await imaging.process(page(damaged))).image.length > 0 ? 'page' : 'nothing';
      } catch (error) {
        return (error as { code?: string }).code;
      }
    });
    const named = ['page', 'IMAGE_UNREADABLE', 'IMAGE_UNSUPPORTED', 'IMAGE_TOO_LARGE'];
    for (const outcome of await Promise.all(jobs)) expect(named).toContain(outcome);
  });
});

function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let k = 0; k < 8; k += 1) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return (crc ^ 0xffffffff) >>> 0;
}

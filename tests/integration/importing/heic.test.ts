import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import sharp, { type Exif } from 'sharp';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeWithPeers } from '../../support/peers.ts';
import { importAll, testFolder } from '../../unit/importing/support/import.ts';
import { turnHeic } from './support/heic.ts';

describeWithPeers(['heif-enc'], 'HEIC as phones make it', () => {
  const place = testFolder();
  const width = 400;
  const height = 300;
  let jpeg: Buffer;
  let heic: Buffer;

  /** Red in the upper left quarter, white elsewhere. */
  async function picture(exif?: Exif): Promise<Buffer> {
    const red = { create: { width: 200, height: 150, channels: 3 as const, background: '#ff0000' } };
    const image = sharp({ create: { width, height, channels: 3, background: '#ffffff' } })
      .composite([{ input: await sharp(red).png().toBuffer(), left: 0, top: 0 }])
      .jpeg({ quality: 95 });
    return (exif ? image.withExif(exif) : image).toBuffer();
  }

  function encode(...jpegs: Buffer[]): Buffer {
    const files = jpegs.map((bytes, i) => {
      const file = path.join(place.folder, `in-${i}.jpg`);
      spawnSync('cp', [place.put(bytes), file]);
      return file;
    });
    const out = path.join(place.folder, 'out.heic');
    const { status, stderr } = spawnSync('heif-enc', [...files, '-o', out], { encoding: 'utf8' });
    expect([status, stderr]).toEqual([0, '']);
    return readFileSync(out);
  }

  /** Where the red quarter is: [left or right, top or bottom]. */
  async function redAt(bytes: Uint8Array): Promise<[string, string]> {
    const { data, info } = await sharp(bytes).raw().toBuffer({ resolveWithObject: true });
    for (const [x, across] of [
      [0.25, 'left'],
      [0.75, 'right'],
    ] as const)
      for (const [y, down] of [
        [0.25, 'top'],
        [0.75, 'bottom'],
      ] as const) {
        const at = (Math.floor(info.height * y) * info.width + Math.floor(info.width * x)) * info.channels;
        if (data[at]! > 200 && data[at + 1]! < 60) return [across, down];
      }
    return ['nowhere', ''];
  }

  beforeAll(async () => {
    jpeg = await picture();
    heic = encode(jpeg);
  });
  afterAll(place.remove);

  it('becomes a JPEG with the same picture, taken for a photo when it is as large as one', async () => {
    const { pages, error } = await importAll(place.put(heic));
    expect(error).toBeNull();
    const { page, made, photo } = pages[0]!;
    const meta = await sharp(page.bytes).metadata();
    expect([page.format, meta.width, meta.height, made, photo]).toEqual([
      'jpeg',
      width,
      height,
      'lossy',
      false,
    ]);
    const [a, b] = await Promise.all([jpeg, page.bytes].map((i) => sharp(i).raw().toBuffer()));
    const difference = a!.reduce((sum, value, i) => sum + Math.abs(value - b![i]!), 0) / a!.length;
    expect(difference).toBeLessThan(2);
  });

  it('with a camera’s EXIF is a photo', async () => {
    const exif = {
      IFD0: { Make: 'Apple', Model: 'iPhone 15' },
      IFD2: { ExposureTime: '1/60', FNumber: '16/10' },
    };
    const { pages } = await importAll(place.put(encode(await picture(exif))));
    expect(pages.map((p) => p.photo)).toEqual([true]);
  });

  it.each([
    [0, ['left', 'top'], [width, height]],
    [1, ['left', 'bottom'], [height, width]],
    [2, ['right', 'bottom'], [width, height]],
    [3, ['right', 'top'], [height, width]],
  ])('turned by %i quarters stands upright, once', async (quarters, corner, size) => {
    // The EXIF of phones repeats the turn; applying both would lay the picture on its side again.
    const orientation = [1, 8, 3, 6][quarters]!;
    const exif = { IFD0: { Orientation: String(orientation) } };
    const { pages, error } = await importAll(place.put(turnHeic(encode(await picture(exif)), quarters)));
    expect(error).toBeNull();
    const meta = await sharp(pages[0]!.page.bytes).metadata();
    expect([meta.width, meta.height, meta.orientation]).toEqual([...size, undefined]);
    expect(await redAt(pages[0]!.page.bytes)).toEqual(corner);
  });

  it('of several pictures gives them all', async () => {
    const { pages, error } = await importAll(place.put(encode(jpeg, jpeg)));
    expect(error).toBeNull();
    expect(pages.map((p) => p.page.index)).toEqual([0, 1]);
    const limited = await importAll(place.put(encode(jpeg, jpeg)), 'auto', { limits: { maxPages: 1 } });
    expect([limited.pages.length, limited.error?.code]).toEqual([0, 'IMAGE_TOO_LARGE']);
  });

  it('above the limit of pixels is refused, and cut ones are named', async () => {
    const large = await importAll(place.put(heic), 'auto', { limits: { maxDecodedBytes: 1000 } });
    expect(large.error?.code).toBe('IMAGE_TOO_LARGE');
    for (const part of [0.1, 0.5, 0.9]) {
      const { error } = await importAll(place.put(heic.subarray(0, Math.floor(heic.length * part))));
      expect(error?.code).toBe('IMAGE_UNREADABLE');
    }
  });
});

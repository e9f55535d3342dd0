import { deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { CounterError } from '../../../../src/contract/errors.ts';
import { type ImageOptions, readAppearanceImage } from '../../../../src/main/signing/appearance/image.ts';
import { type Chunks, handPng, header, physical, png, pngOf, sealPng } from './images.ts';

/** A ground of nothing with a block of one colour in its middle: 32 × 32, a quarter of it filled. */
function rgba(colour: readonly [number, number, number, number]): Buffer {
  const rows = Buffer.alloc(32 * (1 + 32 * 4));
  for (let y = 8; y < 24; y++) for (let x = 8; x < 24; x++) rows.set(colour, y * 129 + 1 + x * 4);
  return rows;
}
const RED = [200, 10, 20, 255] as const;
const SMALL = { width: 32, height: 32, bits: 8, colour: 6 } as const;
/** 32 pixels over 5.4 mm are 150 dpi and a little more. */
const TINY: ImageOptions = { widthMm: 5.4 };

function reasonOf(bytes: Uint8Array, options: ImageOptions = TINY): unknown {
  try {
    readAppearanceImage(bytes, options);
    return 'none';
  } catch (error) {
    if (!(error instanceof CounterError)) throw error;
    expect(error.code).toBe('APPEARANCE_IMAGE_INVALID');
    return error.details.reason;
  }
}

/** What a decoder of another make sees, colour where something is there. */
async function judged(bytes: Uint8Array) {
  const { data } = await sharp(bytes)
    .toColourspace('srgb')
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return data;
}

async function expectSamePixels(bytes: Uint8Array, options: ImageOptions): Promise<void> {
  const image = readAppearanceImage(bytes, options);
  const right = await judged(bytes);
  expect(right.length).toBe(image.alpha.length * 4);
  for (let i = 0; i < image.alpha.length; i++) {
    if (image.alpha[i] !== right[i * 4 + 3]) throw new Error(`alpha of pixel ${i}`);
    if (image.alpha[i] === 0) continue;
    for (let c = 0; c < 3; c++) {
      if (image.colour[i * 3 + c] !== right[i * 4 + c]) throw new Error(`colour of pixel ${i}`);
    }
  }
}

describe('pictures for signatures', () => {
  it('reads RGBA with every filter as libpng does', async () => {
    await expectSamePixels(await sealPng(), { widthMm: 36 });
    await expectSamePixels(await handPng(), { widthMm: 40 });
    const raw = await sharp(await sealPng())
      .resize(200)
      .raw()
      .toBuffer();
    for (let filter = 0; filter <= 4; filter++) {
      await expectSamePixels(filtered(raw, 200, 200, 4, filter), { widthMm: 20 });
    }
  });

  it('reads palettes of 1, 2, 4 and 8 bits with tRNS, and grey with alpha', async () => {
    for (const bits of [1, 2, 4, 8]) {
      const perRow = (33 * bits + 7) >> 3;
      const rows = Buffer.alloc(32 * (1 + perRow));
      for (let y = 0; y < 32; y++)
        for (let i = 0; i < perRow; i++) rows[y * (perRow + 1) + 1 + i] = (y * 37 + i * 91) & indexMask(bits);
      const palette = Buffer.from([255, 255, 255, 210, 0, 10, 180, 20, 0, 190, 0, 0]);
      const entries = Math.min(4, 1 << bits);
      const bytes = png({ width: 33, height: 32, bits, colour: 3, rows }, [
        ['PLTE', palette.subarray(0, entries * 3)],
        ['tRNS', Buffer.from([0, 255, 128].slice(0, entries))],
      ]);
      await expectSamePixels(bytes, { widthMm: 5.4 });
      expect(readAppearanceImage(bytes, { widthMm: 5.4 }).tint).toBe('red');
    }
    const grey = Buffer.alloc(32 * 65);
    for (let y = 4; y < 20; y++) for (let x = 4; x < 28; x++) grey.set([x * 5, 200], y * 65 + 1 + x * 2);
    const bytes = png({ width: 32, height: 32, bits: 8, colour: 4, rows: grey });
    await expectSamePixels(bytes, TINY);
    expect(readAppearanceImage(bytes, TINY).tint).toBe('other');
  });

  it('takes the real size from the file, and from who knows better', async () => {
    const bytes = png({ ...SMALL, rows: rgba(RED) }, [['pHYs', physical(6000, 6000)]]);
    const image = readAppearanceImage(bytes);
    expect([image.widthMm, image.heightMm]).toEqual([32 / 6, 32 / 6]);
    expect(readAppearanceImage(bytes, { widthMm: 5.2 }).heightMm).toBeCloseTo(5.2);
    const oblong = png({ ...SMALL, rows: rgba(RED) }, [['pHYs', physical(6400, 3200)]]);
    expect(reasonOf(oblong, {})).toBe('resolution');
    expect(
      readAppearanceImage(
        await sharp(await sealPng())
          .withMetadata({ density: 508 })
          .png()
          .toBuffer(),
      ).widthMm,
    ).toBeCloseTo(36, 1);
  });

  it('tells red from blue from neither, by what is seen alone', async () => {
    expect(readAppearanceImage(await sealPng(), { widthMm: 36 }).tint).toBe('red');
    expect(readAppearanceImage(await handPng(), { widthMm: 40 }).tint).toBe('blue');
    expect(readAppearanceImage(await sealPng('#101010'), { widthMm: 36 }).tint).toBe('other');
  });

  it('keeps nothing of what lies hidden under full transparency', () => {
    const rows = rgba(RED);
    rows.set([1, 2, 3, 0], 1);
    const image = readAppearanceImage(png({ ...SMALL, rows }), TINY);
    expect(image.alpha[0]).toBe(0);
    expect([...image.colour.subarray(0, 3)]).toEqual(RED.slice(0, 3));
  });

  const good = rgba(RED);
  const opaque = Buffer.from(good).map((_, i) => (i % 129 === 0 ? 0 : 255));
  const small = (more: Chunks, pixels: Partial<typeof SMALL> = {}) =>
    png({ ...SMALL, ...pixels, rows: good }, more);
  it.each([
    ['no PNG', Buffer.from('GIF89a'), 'not-png'],
    ['nothing', Buffer.alloc(0), 'not-png'],
    ['too many octets', Buffer.concat([small([]), Buffer.alloc(2 << 20)]), 'too-large'],
    ['a cut file', small([]).subarray(0, 90), 'broken'],
    ['a wrong checksum', flip(small([]), 20), 'broken'],
    [
      'no end',
      pngOf([
        ['IHDR', header(SMALL)],
        ['IDAT', deflateSync(good)],
      ]),
      'broken',
    ],
    [
      'no data',
      pngOf([
        ['IHDR', header(SMALL)],
        ['IEND', Buffer.alloc(0)],
      ]),
      'broken',
    ],
    [
      'no header',
      pngOf([
        ['IDAT', deflateSync(good)],
        ['IEND', Buffer.alloc(0)],
      ]),
      'broken',
    ],
    ['two headers', small([['IHDR', header(SMALL)]]), 'broken'],
    ['an unknown vital chunk', small([['HACK', Buffer.alloc(3)]]), 'broken'],
    ['rows too few', png({ ...SMALL, rows: good.subarray(0, 200) }), 'broken'],
    ['rows too many', png({ ...SMALL, rows: Buffer.concat([good, good]) }), 'broken'],
    [
      'a filter that does not exist',
      png({ ...SMALL, rows: good.map((b, i) => (i === 0 ? 9 : b)) }),
      'broken',
    ],
    ['interlaced', png({ ...SMALL, interlace: 1, rows: good }), 'interlaced'],
    ['16 bits', png({ ...SMALL, bits: 16, rows: good }), 'depth'],
    ['RGB without alpha', png({ ...SMALL, colour: 2, rows: good }), 'no-alpha'],
    [
      'a palette without tRNS',
      png({ ...SMALL, colour: 3, rows: good }, [['PLTE', Buffer.alloc(6)]]),
      'no-alpha',
    ],
    [
      'a palette of 257',
      png({ ...SMALL, colour: 3, rows: Buffer.alloc(32 * 33) }, [
        ['PLTE', Buffer.alloc(771)],
        ['tRNS', Buffer.alloc(1)],
      ]),
      'broken',
    ],
    [
      'an index beyond the palette',
      png({ ...SMALL, colour: 3, rows: Buffer.alloc(32 * 33, 1) }, [
        ['PLTE', Buffer.alloc(3)],
        ['tRNS', Buffer.alloc(1)],
      ]),
      'broken',
    ],
    ['more pixels than any seal', png({ ...SMALL, width: 50_000, height: 50_000, rows: good }), 'pixels'],
    [
      'pixels beyond counting',
      png({ ...SMALL, width: 0xffffffff, height: 0xffffffff, rows: good }),
      'pixels',
    ],
    ['no pixels', png({ ...SMALL, width: 0, rows: good }), 'too-small'],
    ['a ground', png({ ...SMALL, rows: opaque }), 'not-transparent'],
    ['nothing to see', png({ ...SMALL, rows: Buffer.alloc(good.length) }), 'empty'],
  ])('refuses %s', (_, bytes, reason) => {
    expect(reasonOf(bytes)).toBe(reason);
  });

  it.each([
    ['no size', {}, 'no-size'],
    ['a size of none', { widthMm: 0 }, 'size'],
    ['a size that is no number', { widthMm: Number.NaN }, 'size'],
    ['the size of a poster', { widthMm: 400 }, 'size'],
    ['too few pixels for its size', { widthMm: 36 }, 'resolution'],
  ])('refuses %s', (_, options, reason) => {
    expect(reasonOf(small([]), options)).toBe(reason);
  });

  it('answers by name to anything whose checksums are right', () => {
    // Chunks with octets changed, cut, doubled and swapped by a generator with a seed, sealed anew.
    let state = 20_261_123;
    const random = (below: number) => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return Math.floor((state / 2 ** 32) * below);
    };
    const chunks = [
      ['IHDR', header(SMALL)],
      ['PLTE', Buffer.alloc(12, 200)],
      ['tRNS', Buffer.from([0, 255])],
      ['pHYs', physical(6000)],
      ['IDAT', deflateSync(good)],
      ['IEND', Buffer.alloc(0)],
    ] as [string, Buffer][];
    const seen = new Set<unknown>();
    for (let round = 0; round < 3000; round++) {
      const made = chunks.map(([type, body]) => [type, Buffer.from(body)] as [string, Buffer]);
      for (let change = 0; change <= random(3); change++) {
        const at = random(made.length);
        const [type, body] = made[at]!;
        const what = random(4);
        if (what === 0 && body.length > 0) body[random(body.length)] = random(256);
        if (what === 1) made[at] = [type, body.subarray(0, random(body.length + 1))];
        if (what === 2) made.splice(at, 0, [type, body]);
        if (what === 3) made.splice(random(made.length), 1);
      }
      seen.add(reasonOf(pngOf(made)));
    }
    expect(seen.size).toBeGreaterThan(6);
  });

  it('answers by name for every octet of a good file that is another', () => {
    const bytes = small([['pHYs', physical(6000)]]);
    let refused = 0;
    for (let i = 0; i < bytes.length; i++) if (reasonOf(flip(bytes, i)) !== 'none') refused++;
    // Checksums see to all of it.
    expect(refused).toBe(bytes.length);
  });
});

function indexMask(bits: number): number {
  return { 1: 0xff, 2: 0xff, 4: 0x33, 8: 0x03 }[bits]!;
}

function flip(bytes: Uint8Array, at: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[at]! ^= 0x55;
  return copy;
}

/** The same pixels with one filter on every row (ISO/IEC 15948 §9.2), written by the definition. */
function filtered(raw: Uint8Array, width: number, height: number, channels: number, type: number): Buffer {
  const row = width * channels;
  const out = Buffer.alloc(height * (row + 1));
  const at = (y: number, i: number) => (y < 0 || i < 0 ? 0 : raw[y * row + i]!);
  for (let y = 0; y < height; y++) {
    out[y * (row + 1)] = type;
    for (let i = 0; i < row; i++) {
      const [a, b, c] = [at(y, i - channels), at(y - 1, i), i < channels ? 0 : at(y - 1, i - channels)];
      const p = a + b - c;
      const distances = [Math.abs(p - a), Math.abs(p - b), Math.abs(p - c)];
      const nearest = [a, b, c][distances.indexOf(Math.min(...distances))]!;
      const guess = [0, a, b, (a + b) >> 1, nearest][type]!;
      out[y * (row + 1) + 1 + i] = at(y, i) - guess;
    }
  }
  return png({ width, height, bits: 8, colour: 6, rows: out });
}

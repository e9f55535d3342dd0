import { deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { isPng, readBilevelPng } from '../../../src/main/pdf/png.ts';
import { chunk, header, SIGNATURE } from './support/bilevel-png.ts';

/** 20 × 3: four octets a row with the filter. */
const rows = Buffer.from([0, 0xaa, 0xbb, 0xc0, 1, 1, 2, 0, 4, 9, 9, 0]);
const data = deflateSync(rows);
const END = chunk('IEND', Buffer.alloc(0));
const png = (...parts: readonly Buffer[]) => Buffer.concat([SIGNATURE, ...parts]);
const good = png(header(20, 3), chunk('pHYs', Buffer.alloc(9)), chunk('IDAT', data), END);

describe('a PNG of one bit', () => {
  it('gives its size and its data as they are, in one piece or several', () => {
    expect(isPng(good)).toBe(true);
    expect(readBilevelPng(good)).toMatchObject({ width: 20, height: 3 });
    const split = png(
      header(20, 3),
      chunk('IDAT', data.subarray(0, 5)),
      chunk('IDAT', data.subarray(5)),
      END,
    );
    expect(Buffer.concat(readBilevelPng(split).data).equals(data)).toBe(true);
  });

  it.each([
    ['is of 8 bits', png(header(20, 3, [8, 0, 0, 0, 0]), chunk('IDAT', data), END), 'png-colour'],
    ['has a palette', png(header(20, 3, [1, 3, 0, 0, 0]), chunk('IDAT', data), END), 'png-colour'],
    ['is interlaced', png(header(20, 3, [1, 0, 0, 0, 1]), chunk('IDAT', data), END), 'interlaced'],
    ['is coded otherwise', png(header(20, 3, [1, 0, 1, 0, 0]), chunk('IDAT', data), END), 'coding'],
    ['has no pixels', png(header(0, 3), chunk('IDAT', data), END), 'size'],
    [
      'is one pixel wide and mostly filter types',
      png(header(1, 100_000_000), chunk('IDAT', data), END),
      'size',
    ],
    ['claims too many pixels', png(header(0x7fffffff, 0x7fffffff), chunk('IDAT', data), END), 'size'],
    [
      'is transparent in part',
      png(header(20, 3), chunk('tRNS', Buffer.alloc(2)), chunk('IDAT', data), END),
      'chunk',
    ],
    [
      'has an unknown vital chunk',
      png(header(20, 3), chunk('XXXX', data), chunk('IDAT', data), END),
      'chunk',
    ],
    ['is another kind of file', Buffer.from('GIF89a'), 'not-png'],
  ])('is refused where it %s', (_what, bytes, reason) => {
    expect(() => readBilevelPng(bytes)).toThrow(
      expect.objectContaining({ code: 'IMAGE_UNSUPPORTED', details: { reason } }),
    );
  });

  const flipped = Buffer.from(good);
  flipped[flipped.length - 20]! ^= 1;
  it.each([
    ['lacks its header', png(chunk('IDAT', data), END), 'no-header'],
    ['lacks its end', png(header(20, 3), chunk('IDAT', data)), 'cut'],
    ['goes on after its end', Buffer.concat([good, chunk('IDAT', data)]), 'after-end'],
    ['has octets after its end', Buffer.concat([good, Buffer.from('x')]), 'cut'],
    [
      'has data in two places',
      png(header(20, 3), chunk('IDAT', data), chunk('tEXt', data), chunk('IDAT', data), END),
      'data-apart',
    ],
    ['has a flipped bit', flipped, 'checksum'],
    ['has too few rows', png(header(20, 4), chunk('IDAT', data), END), 'rows'],
    ['has too many rows', png(header(20, 2), chunk('IDAT', data), END), 'data'],
    ['holds no zlib stream', png(header(20, 3), chunk('IDAT', rows), END), 'data'],
    ['has no data', png(header(20, 3), END), 'data'],
    [
      'has octets after its data',
      png(header(20, 3), chunk('IDAT', Buffer.concat([data, data])), END),
      'after-data',
    ],
    [
      'has a filter that is none',
      png(header(20, 3), chunk('IDAT', deflateSync(Buffer.alloc(12, 7))), END),
      'filter',
    ],
    ['has a name of no letters', png(header(20, 3), chunk('\u0001\u0002\u0003\u0004', data), END), 'chunk'],
  ])('is unreadable where it %s', (_what, bytes, reason) => {
    expect(() => readBilevelPng(bytes)).toThrow(
      expect.objectContaining({ code: 'IMAGE_UNREADABLE', details: { reason } }),
    );
  });

  it('is refused at whatever octet it is cut', () => {
    for (let length = 0; length < good.length; length++)
      expect(() => readBilevelPng(good.subarray(0, length))).toThrow();
  });

  it('is refused where a library wrote eight bits', async () => {
    const grey = await sharp({ create: { width: 9, height: 9, channels: 3, background: 'white' } })
      .toColourspace('b-w')
      .png()
      .toBuffer();
    expect(() => readBilevelPng(grey)).toThrow(expect.objectContaining({ code: 'IMAGE_UNSUPPORTED' }));
  });
});

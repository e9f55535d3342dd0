import { beforeAll, describe, expect, it } from 'vitest';
import { CounterError } from '../../../src/contract/errors.ts';
import { jpegExtent } from '../../../src/main/scanning/pages/jpeg.ts';
import { requireWhole } from '../../../src/main/scanning/pages/whole.ts';
import { image, pnm } from './images.ts';

function verdict(bytes: Uint8Array): string {
  try {
    return requireWhole(bytes, 0);
  } catch (error) {
    return error instanceof CounterError ? error.code : String(error);
  }
}

describe('a page counts as whole', () => {
  let pictures: Record<'jpeg' | 'png' | 'tiff' | 'pnm', Buffer>;
  beforeAll(async () => {
    pictures = {
      jpeg: await image('jpeg'),
      png: await image('png'),
      tiff: await image('tiff'),
      pnm: pnm(6, 64, 64),
    };
  });

  it.each(['jpeg', 'png', 'tiff', 'pnm'] as const)('when a %s has all its bytes', (format) => {
    expect(verdict(pictures[format])).toBe(format);
  });

  it.each(['jpeg', 'png', 'pnm'] as const)('never when a %s was cut at any byte', (format) => {
    const all = pictures[format];
    const accepted: number[] = [];
    for (let size = 0; size < all.length; size++) {
      const code = verdict(all.subarray(0, size));
      if (code !== 'PAGE_TRUNCATED' && code !== 'SCANNER_PROTOCOL') accepted.push(size);
    }
    expect(accepted).toEqual([]);
  });

  it('never when a TIFF lost the end of its strips', () => {
    expect(verdict(pictures.tiff.subarray(0, pictures.tiff.length >> 1))).toBe('PAGE_TRUNCATED');
  });

  it('when a device pads the end with zeros', () => {
    expect(verdict(Buffer.concat([pictures.jpeg, Buffer.alloc(512)]))).toBe('jpeg');
  });

  it('not when a cut JPEG happens to end like a whole one', () => {
    // A thumbnail in APP1 brings its own EOI; the image around it is cut.
    const app = Buffer.concat([Buffer.from([0xff, 0xe1, 0, 0]), pictures.jpeg]);
    app.writeUInt16BE(app.length - 2, 2);
    const cut = Buffer.concat([pictures.jpeg.subarray(0, 2), app]);
    expect(cut.subarray(-2)).toEqual(Buffer.from([0xff, 0xd9]));
    expect(verdict(cut)).toBe('PAGE_TRUNCATED');
  });

  it('not when only headers came: SOI, frame and EOI without a scan', () => {
    const frame = [0xff, 0xc0, 0, 11, 8, 0, 64, 0, 64, 1, 1, 0x11, 0];
    expect(verdict(Buffer.from([0xff, 0xd8, ...frame, 0xff, 0xd9]))).toBe('PAGE_TRUNCATED');
  });

  it('not when it is smaller than any side of paper', async () => {
    expect(verdict(await image('jpeg', 4, 4))).toBe('PAGE_TRUNCATED');
  });

  it('not when it is no picture', () => {
    expect(verdict(Buffer.from('%PDF-1.7 ...'))).toBe('SCANNER_PROTOCOL');
    expect(verdict(Buffer.from('<html>Sorry</html>'))).toBe('SCANNER_PROTOCOL');
  });

  it('in every kind of PNM, with comments in the header', () => {
    expect(verdict(pnm(4, 65, 64))).toBe('pnm');
    expect(verdict(pnm(5, 64, 64))).toBe('pnm');
    expect(verdict(pnm(6, 64, 64, 65535))).toBe('pnm');
    expect(verdict(Buffer.from('P6 1e9 1e9 255\n'))).toBe('PAGE_TRUNCATED');
    expect(verdict(Buffer.from('P6\n99999 99999\n255\n'))).toBe('PAGE_TRUNCATED');
  });

  it('and its size in pixels is read from the frame', async () => {
    const bytes = await image('jpeg', 200, 300);
    expect(jpegExtent(bytes)).toEqual({ width: 200, height: 300, end: bytes.length });
  });
});

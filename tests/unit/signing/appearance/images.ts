import { crc32, deflateSync } from 'node:zlib';
import sharp from 'sharp';

export type Chunks = readonly (readonly [type: string, body: Uint8Array])[];

export function pngOf(chunks: Chunks): Buffer {
  const parts = chunks.map(([type, body]) => {
    const named = Buffer.concat([Buffer.from(type, 'latin1'), body]);
    const frame = Buffer.alloc(8);
    frame.writeUInt32BE(body.length, 0);
    frame.writeUInt32BE(crc32(named), 4);
    return Buffer.concat([frame.subarray(0, 4), named, frame.subarray(4)]);
  });
  return Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), ...parts]);
}

export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly bits: number;
  readonly colour: number;
  readonly interlace?: number;
  /** Each with its filter octet in front. */
  readonly rows: Uint8Array;
}

export function header({ width, height, bits, colour, interlace = 0 }: Omit<Pixels, 'rows'>): Buffer {
  const body = Buffer.alloc(13);
  body.writeUInt32BE(width, 0);
  body.writeUInt32BE(height, 4);
  body.set([bits, colour, 0, 0, interlace], 8);
  return body;
}

/** Pixels a metre. */
export function physical(x: number, y = x, unit = 1): Buffer {
  const body = Buffer.alloc(9);
  body.writeUInt32BE(x, 0);
  body.writeUInt32BE(y, 4);
  body[8] = unit;
  return body;
}

export function png(pixels: Pixels, more: Chunks = []): Buffer {
  return pngOf([
    ['IHDR', header(pixels)],
    ...more,
    ['IDAT', deflateSync(pixels.rows)],
    ['IEND', Buffer.alloc(0)],
  ]);
}

const svg = (width: number, height: number, body: string) =>
  Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${body}</svg>`);

/** A round seal of 36 mm at about 508 dpi; black in place of red for the tests of colour. */
export function sealPng(colour = '#d0021b'): Promise<Buffer> {
  const ring = (r: number, w: number) =>
    `<circle cx="360" cy="360" r="${r}" fill="none" stroke="${colour}" stroke-width="${w}"/>`;
  const star = '360,200 400,320 520,320 424,392 460,512 360,440 260,512 296,392 200,320 320,320';
  const body = `${ring(345, 14)}${ring(230, 8)}<polygon points="${star}" fill="${colour}"/>`;
  return sharp(svg(720, 720, body))
    .png()
    .toBuffer();
}

/** A hand signature, two and a half times as wide as high. */
export function handPng(): Promise<Buffer> {
  const d = 'M40 250 C 150 20, 230 20, 220 200 S 330 320, 420 120 S 560 20, 560 220 S 700 320, 860 120';
  const path = `<path d="${d}" fill="none" stroke="#1440b0" stroke-width="14" stroke-linecap="round"/>`;
  return sharp(svg(900, 360, path))
    .png()
    .toBuffer();
}

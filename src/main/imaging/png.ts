import { crc32, deflateSync } from 'node:zlib';
import type { Grey } from './raster.ts';

const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
const METRES_AN_INCH = 0.0254;

function chunk(type: string, body: Uint8Array): Uint8Array {
  const whole = Buffer.alloc(body.length + 12);
  whole.writeUInt32BE(body.length, 0);
  whole.write(type, 4, 'latin1');
  whole.set(body, 8);
  whole.writeUInt32BE(crc32(whole.subarray(4, body.length + 8)), body.length + 8);
  return whole;
}

/** Each row: its filter (0 = none), then eight pixels a byte, the leftmost highest; 1 is white (PNG, 7.2). */
function packed({ data, width, height }: Grey, blackBelow: number): Uint8Array {
  const stride = 1 + Math.ceil(width / 8);
  const rows = new Uint8Array(stride * height);
  for (let y = 0; y < height; y += 1) {
    let p = y * width;
    let o = y * stride + 1;
    for (let x = 0; x < width; x += 8, o += 1) {
      const many = Math.min(8, width - x);
      let byte = 0;
      for (let k = 0; k < many; k += 1, p += 1)
        byte = (byte << 1) | ((data[p] as number) >= blackBelow ? 1 : 0);
      rows[o] = byte << (8 - many);
    }
  }
  return rows;
}

/** A greyscale PNG of one bit a pixel, not interlaced, with its resolution (W3C PNG, 11.2.2 and 11.3.5.3). */
export function encodeBilevelPng(grey: Grey, dpi: number, blackBelow = 128): Uint8Array {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(grey.width, 0);
  header.writeUInt32BE(grey.height, 4);
  header[8] = 1;
  const density = Buffer.alloc(9);
  const perMetre = Math.round(dpi / METRES_AN_INCH);
  density.writeUInt32BE(perMetre, 0);
  density.writeUInt32BE(perMetre, 4);
  density[8] = 1;
  const parts = [
    SIGNATURE,
    chunk('IHDR', header),
    chunk('pHYs', density),
    chunk('IDAT', deflateSync(packed(grey, blackBelow), { level: 6 })),
    chunk('IEND', new Uint8Array()),
  ];
  // Memory of its own: small Buffers share theirs, which no other thread may be given.
  return Uint8Array.from(Buffer.concat(parts));
}

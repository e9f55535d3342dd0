import { CounterError } from '../../contract/errors.ts';

export interface PnmOutline {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
  /** 'bit' = one bit a pixel, 1 is black. */
  readonly sample: 'bit' | 'byte' | 'word';
  readonly maximum: number;
  readonly dataAt: number;
}

export interface RawPixels {
  /** 8 bits a channel, interleaved. */
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
}

const HEADER_MOST = 4096;
const isSpace = (byte: number) => byte === 0x20 || (byte >= 0x09 && byte <= 0x0d);

function unreadable(reason: string): CounterError {
  return new CounterError('IMAGE_UNREADABLE', { reason });
}

/** Header of a binary PBM, PGM or PPM (Netpbm formats P4, P5, P6), which is what scanimage writes. */
export function outlinePnm(bytes: Uint8Array): PnmOutline {
  const kind = bytes[1];
  if (kind !== 0x34 && kind !== 0x35 && kind !== 0x36)
    throw new CounterError('IMAGE_UNSUPPORTED', { format: 'pnm', reason: 'not-binary' });
  let at = 2;

  function number(): number {
    for (;;) {
      const byte = bytes[at];
      if (byte === undefined || at > HEADER_MOST) throw unreadable('header');
      if (byte === 0x23) while (at < bytes.length && bytes[at] !== 0x0a) at += 1;
      else if (isSpace(byte)) at += 1;
      else break;
    }
    let digits = '';
    for (
      let byte = bytes[at] ?? 0;
      byte >= 0x30 && byte <= 0x39 && digits.length < 8;
      byte = bytes[at] ?? 0
    ) {
      digits += String.fromCharCode(byte);
      at += 1;
    }
    if (digits === '' || !isSpace(bytes[at] ?? 0)) throw unreadable('header');
    return Number(digits);
  }

  const width = number();
  const height = number();
  const maximum = kind === 0x34 ? 1 : number();
  if (width === 0 || height === 0 || maximum === 0 || maximum > 65535) throw unreadable('header');
  const sample = kind === 0x34 ? 'bit' : maximum > 255 ? 'word' : 'byte';
  return { width, height, maximum, sample, channels: kind === 0x36 ? 3 : 1, dataAt: at + 1 };
}

function bytesNeeded(o: PnmOutline): number {
  if (o.sample === 'bit') return Math.ceil(o.width / 8) * o.height;
  return o.width * o.height * o.channels * (o.sample === 'word' ? 2 : 1);
}

/** Pixels at 8 bits. A body shorter than the header promises is IMAGE_UNREADABLE: never a page that ends in gray. */
export function decodePnm(bytes: Uint8Array, o: PnmOutline): RawPixels {
  const body = bytes.subarray(o.dataAt, o.dataAt + bytesNeeded(o));
  if (body.length < bytesNeeded(o)) throw unreadable('truncated');
  const { width, height, channels } = o;
  if (o.sample === 'byte' && o.maximum === 255) return { data: body, width, height, channels };
  const data = new Uint8Array(width * height * channels);
  if (o.sample === 'bit') {
    const stride = Math.ceil(width / 8);
    for (let y = 0; y < height; y += 1)
      for (let x = 0; x < width; x += 1) {
        const bit = ((body[y * stride + (x >> 3)] ?? 0) >> (7 - (x & 7))) & 1;
        data[y * width + x] = bit === 1 ? 0 : 255;
      }
    return { data, width, height, channels };
  }
  const step = o.sample === 'word' ? 2 : 1;
  for (let i = 0; i < data.length; i += 1) {
    const value = step === 2 ? ((body[2 * i] ?? 0) << 8) | (body[2 * i + 1] ?? 0) : (body[i] ?? 0);
    data[i] = Math.round((Math.min(value, o.maximum) * 255) / o.maximum);
  }
  return { data, width, height, channels };
}

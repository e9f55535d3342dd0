import sharp, { type Sharp } from 'sharp';
import { CounterError } from '../../contract/errors.ts';
import { withDensity } from './jpeg.ts';
import type { ImagingLimits } from './limits.ts';
import { decodePnm, type RawPixels } from './pnm.ts';
import { mayStayAsItIs, type Probe, probe } from './probe.ts';
import { measureSkew } from './skew.ts';

export interface Processed {
  /** Undefined = the first `inputLength` bytes of the input are the page. */
  readonly jpeg: Uint8Array | undefined;
  readonly inputLength: number;
  readonly thumbnail: Uint8Array;
  readonly width: number;
  readonly height: number;
  readonly colour: 'color' | 'gray';
  readonly straightenedBy: number;
  readonly timings: Readonly<Record<string, number>>;
}

/**
 * Below this a page is left alone: 0.2° is 0.7 mm over the width of A4, which nobody sees, and twice the error of
 * the measurement, while turning costs a second JPEG generation.
 */
export const LEAST_TURN_DEGREES = 0.2;
const THUMBNAIL_WIDTH = 240;
/**
 * 4:2:0 as the scanners themselves send; 4:4:4 costs 40 % more time and 10 % more bytes on scanned forms. Optimised
 * Huffman tables save 6 % of the bytes and more than double the time of encoding.
 */
const JPEG = { quality: 80, chromaSubsampling: '4:2:0', optimiseCoding: false } as const;

interface Small extends RawPixels {
  readonly background: { readonly r: number; readonly g: number; readonly b: number };
}

/** Opens the input afresh for one pass. A decoder's warning counts as failure: a half-grey page is never kept. */
type Open = () => Sharp;

function opener(bytes: Uint8Array, found: Probe, limits: ImagingLimits): Open {
  const space = found.grey ? 'b-w' : 'srgb';
  if (found.format === 'pnm') {
    const { data, width, height, channels } = decodePnm(bytes, found.outline);
    return () => sharp(data, { raw: { width, height, channels } }).toColourspace(space);
  }
  const options = { failOn: 'warning', limitInputPixels: limits.maxPixels } as const;
  return () => sharp(bytes, options).autoOrient().flatten({ background: '#ffffff' }).toColourspace(space);
}

/** A power of two that brings the long side to 800…1600 pixels: JPEG decoders shrink by it almost for nothing. */
function shrinkFor(longSide: number): number {
  return Math.min(8, 2 ** Math.max(0, Math.floor(Math.log2(longSide / 800))));
}

function medianOf(histogram: Uint32Array, total: number): number {
  let seen = 0;
  for (let v = 0; v < 256; v += 1) {
    seen += histogram[v] ?? 0;
    if (seen * 2 >= total) return v;
  }
  return 255;
}

/** Colour of the paper at the picture's border: median of a ring 4 % wide, which neither print nor shadow moves. */
function borderColour(pixels: RawPixels): Small['background'] {
  const { data, width, height, channels } = pixels;
  const ring = Math.max(1, Math.round(Math.min(width, height) * 0.04));
  const medians = Array.from({ length: channels }, (_, c) => {
    const histogram = new Uint32Array(256);
    let total = 0;
    for (let y = 0; y < height; y += 1) {
      const whole = y < ring || y >= height - ring;
      for (
        let x = 0;
        x < width;
        x += !whole && x === ring - 1 && width > 2 * ring ? width - 2 * ring + 1 : 1
      ) {
        const value = data[(y * width + x) * channels + c] ?? 0;
        histogram[value] = (histogram[value] ?? 0) + 1;
        total += 1;
      }
    }
    return medianOf(histogram, total);
  });
  const [r = 255, g = r, b = r] = medians;
  return { r, g, b };
}

async function decodeSmall(open: Open, width: number, height: number): Promise<Small> {
  const shrink = shrinkFor(Math.max(width, height));
  const small = shrink === 1 ? open() : open().resize({ width: Math.max(1, Math.ceil(width / shrink)) });
  const { data, info } = await small.raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true });
  const pixels: RawPixels = {
    data,
    width: info.width,
    height: info.height,
    channels: info.channels === 1 ? 1 : 3,
  };
  return { ...pixels, background: borderColour(pixels) };
}

/** Luma by ITU-R BT.601 in 8-bit fixed point. */
function greyOf({ data, channels }: RawPixels): Uint8Array {
  if (channels === 1) return data;
  const grey = new Uint8Array(data.length / 3);
  for (let i = 0, j = 0; i < grey.length; i += 1, j += 3)
    grey[i] = (77 * (data[j] ?? 0) + 150 * (data[j + 1] ?? 0) + 29 * (data[j + 2] ?? 0)) >> 8;
  return grey;
}

/** Turns and cuts back to the size before; very long strips lose what no longer fits. */
function turned(image: Sharp, by: number, size: { width: number; height: number }, small: Small): Sharp {
  if (by === 0) return image;
  const a = (Math.abs(by) * Math.PI) / 180;
  const outerWidth = Math.round(size.width * Math.cos(a) + size.height * Math.sin(a));
  const outerHeight = Math.round(size.width * Math.sin(a) + size.height * Math.cos(a));
  const width = Math.min(size.width, outerWidth);
  const height = Math.min(size.height, outerHeight);
  return image.rotate(by, { background: small.background }).extract({
    left: (outerWidth - width) >> 1,
    top: (outerHeight - height) >> 1,
    width,
    height,
  });
}

/** From the small picture; shrunk first, since turning few pixels is cheap, and in two passes, to keep that order. */
async function makeThumbnail(small: Small, by: number): Promise<Uint8Array> {
  const { channels } = small;
  const open = ({ data, width, height }: RawPixels) =>
    sharp(data, { raw: { width, height, channels } }).toColourspace(channels === 1 ? 'b-w' : 'srgb');
  const { data, info } = await open(small)
    .resize({ width: THUMBNAIL_WIDTH })
    .raw()
    .toBuffer({ resolveWithObject: true });
  const tiny = { data, width: info.width, height: info.height, channels };
  return turned(open(tiny), by, tiny, small).jpeg({ quality: 70 }).toBuffer();
}

/** The upright size, with EXIF's quarter turns applied. */
async function uprightSize(bytes: Uint8Array, found: Probe): Promise<{ width: number; height: number }> {
  if (found.format === 'pnm') return found.outline;
  const meta = await sharp(bytes, { limitInputPixels: false }).metadata();
  return meta.autoOrient ?? meta;
}

function asCounterError(error: unknown): CounterError {
  if (error instanceof CounterError) return error;
  if (error instanceof Error && /pixel limit/.test(error.message))
    return new CounterError('IMAGE_TOO_LARGE', {}, { cause: error });
  return new CounterError('IMAGE_UNREADABLE', { reason: 'decoder' }, { cause: error });
}

/**
 * One page: probe → small picture → skew → straight JPEG (or the input itself) → thumbnail. The same input gives
 * the same bytes. Throws IMAGE_UNREADABLE, IMAGE_TOO_LARGE or IMAGE_UNSUPPORTED.
 */
export async function processPage(bytes: Uint8Array, dpi: number, limits: ImagingLimits): Promise<Processed> {
  const timings: Record<string, number> = {};
  async function timed<T>(stage: string, work: () => T | Promise<T>): Promise<T> {
    const start = performance.now();
    const result = await work();
    timings[stage] = performance.now() - start;
    return result;
  }
  try {
    const found = await timed('probe', () => probe(bytes, limits));
    const size = await uprightSize(bytes, found);
    const open = opener(bytes, found, limits);
    const small = await timed('small', () => decodeSmall(open, size.width, size.height));
    const skew = await timed('skew', () => measureSkew({ ...small, data: greyOf(small) }));
    const by = Math.abs(skew.degrees) < LEAST_TURN_DEGREES ? 0 : -skew.degrees;
    const keep = by === 0 && mayStayAsItIs(found);
    const full = keep
      ? undefined
      : await timed('encode', () =>
          turned(open(), by, size, small).jpeg(JPEG).toBuffer({ resolveWithObject: true }),
        );
    const thumbnail = await timed('thumbnail', () => makeThumbnail(small, by));
    return {
      jpeg: full ? withDensity(full.data, dpi) : undefined,
      inputLength: found.format === 'jpeg' ? found.outline.end : bytes.length,
      thumbnail: withDensity(thumbnail, Math.max(1, (dpi * THUMBNAIL_WIDTH) / size.width)),
      width: full?.info.width ?? size.width,
      height: full?.info.height ?? size.height,
      colour: found.grey ? 'gray' : 'color',
      straightenedBy: by,
      timings,
    };
  } catch (error) {
    throw asCounterError(error);
  }
}

import sharp, { type Sharp } from 'sharp';
import { CounterError, type ErrorDetails } from '../../contract/errors.ts';
import { withDensity } from '../imaging/jpeg.ts';
import type { RawPage } from '../scanning/port.ts';
import { decodeFailure } from './decode-failure.ts';
import type { ImportLimits } from './limits.ts';
import type { PixelSize } from './paper.ts';

/** Half an inch at 50 dpi, as for scanned pages. */
const LEAST_SIDE = 16;
/** A written page at 300 dpi packs to 1–4 MB without loss; what is larger is a photograph or noise. */
const MOST_PNG_BYTES = 8_000_000;
const JPEG = { quality: 92, chromaSubsampling: '4:4:4' } as const;
/** Level 3 packs printed pages within 5 % of level 6 in a third of the time. */
const PNG = { compressionLevel: 3 } as const;

/** @throws CounterError IMAGE_UNREADABLE for less than any paper has, IMAGE_TOO_LARGE for more than the limit */
export function checkPixels(size: PixelSize, limits: ImportLimits, details: ErrorDetails = {}): void {
  const { width, height } = size;
  if (!(width >= LEAST_SIDE && height >= LEAST_SIDE)) {
    throw new CounterError('IMAGE_UNREADABLE', { ...details, reason: 'no-size' });
  }
  if (width * height * 3 > limits.maxDecodedBytes) {
    throw new CounterError('IMAGE_TOO_LARGE', { ...details, width, height });
  }
}

/** Opens encoded bytes with the limits on; a decoder's warning counts as failure: no half-grey page is kept. */
export function openPicture(bytes: Uint8Array, limits: ImportLimits, page = 0): Sharp {
  const limitInputPixels = Math.floor(limits.maxDecodedBytes / 3);
  const seconds = Math.max(1, Math.ceil(limits.pageMs / 1000));
  return sharp(bytes, { failOn: 'warning', limitInputPixels, page }).timeout({ seconds });
}

export interface Packed {
  readonly bytes: Uint8Array;
  readonly format: RawPage['format'];
  readonly made: 'lossless' | 'lossy';
}

/** 'photo' makes a JPEG at once; otherwise PNG, unless that grows beyond what pages take. Upright, on white. */
export async function pack(
  open: () => Sharp,
  kind: 'photo' | 'page',
  grey: boolean,
  dpi: number,
): Promise<Packed> {
  const image = () =>
    open()
      .autoOrient()
      .flatten({ background: '#ffffff' })
      .toColourspace(grey ? 'b-w' : 'srgb');
  try {
    if (kind === 'page') {
      const png = await image().withDensity(dpi).png(PNG).toBuffer();
      if (png.length <= MOST_PNG_BYTES) return { bytes: png, format: 'png', made: 'lossless' };
    }
    return { bytes: withDensity(await image().jpeg(JPEG).toBuffer(), dpi), format: 'jpeg', made: 'lossy' };
  } catch (error) {
    throw decodeFailure(error, {});
  }
}

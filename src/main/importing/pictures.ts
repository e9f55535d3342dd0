import type { Metadata } from 'sharp';
import { CounterError } from '../../contract/errors.ts';
import { outlineJpeg } from '../imaging/jpeg.ts';
import { pngExtent } from '../scanning/pages/png.ts';
import { pnmExtent } from '../scanning/pages/pnm.ts';
import { decodeFailure } from './decode-failure.ts';
import { type ExifFacts, readExif } from './exif.ts';
import type { ImportLimits } from './limits.ts';
import { dpiOf } from './paper.ts';
import { isPhoto } from './photo.ts';
import { checkPixels, openPicture, pack } from './pixels.ts';
import type { Imported } from './port.ts';

type Page = Extract<Imported, { kind: 'page' }>;

/** What the header of one picture says, read by the decoder without decoding it. */
export async function metadataOf(
  bytes: Uint8Array,
  limits: ImportLimits,
  format: string,
  page = 0,
): Promise<Metadata> {
  try {
    return await openPicture(bytes, limits, page).metadata();
  } catch (error) {
    throw decodeFailure(error, { format });
  }
}

export function exifOf(meta: Metadata | undefined): ExifFacts {
  return readExif(meta?.exif);
}

/** JPEG, PNG and PNM stay byte for byte: the pipeline reads them as they are. */
export async function importPicture(
  bytes: Uint8Array,
  format: 'jpeg' | 'png' | 'pnm',
  limits: ImportLimits,
): Promise<Page> {
  const size = requireWhole(bytes, format);
  checkPixels(size, limits, { format });
  // sharp's prebuilt binary reads no PNM; its header has been read above.
  const meta = format === 'pnm' ? undefined : await metadataOf(bytes, limits, format);
  const density = meta?.density;
  return {
    kind: 'page',
    page: { index: 0, bytes, format, dpi: dpiOf(size, density) },
    photo: isPhoto({ ...size, format, density, exif: exifOf(meta) }),
    made: 'own',
  };
}

/** From its first marker or chunk to its last: a picture that is cut is never a page. */
function requireWhole(
  bytes: Uint8Array,
  format: 'jpeg' | 'png' | 'pnm',
): { readonly width: number; readonly height: number } {
  if (format === 'jpeg') {
    const { width, height, precision } = outlineJpeg(bytes);
    if (precision !== 8) throw new CounterError('IMAGE_UNSUPPORTED', { format, precision });
    return { width, height };
  }
  const extent = format === 'png' ? pngExtent(bytes) : pnmExtent(bytes);
  if (!extent) throw new CounterError('IMAGE_UNREADABLE', { format, reason: 'truncated' });
  return { width: extent.width, height: extent.height };
}

/** WebP and AVIF, which no reader downstream takes: made a JPEG, upright. Of a moving picture the first frame. */
export async function importConverted(
  bytes: Uint8Array,
  format: 'webp' | 'avif',
  limits: ImportLimits,
): Promise<Page> {
  const meta = await metadataOf(bytes, limits, format);
  const size = { width: meta.width, height: meta.pageHeight ?? meta.height };
  checkPixels(size, limits, { format });
  const dpi = dpiOf(size, meta.density);
  const packed = await pack(() => openPicture(bytes, limits), 'photo', false, dpi);
  return {
    kind: 'page',
    page: { index: 0, bytes: packed.bytes, format: packed.format, dpi },
    photo: isPhoto({ ...size, format, density: meta.density, exif: exifOf(meta) }),
    made: packed.made,
  };
}

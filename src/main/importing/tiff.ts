import { CounterError } from '../../contract/errors.ts';
import { decodeFailure } from './decode-failure.ts';
import type { ImportLimits } from './limits.ts';
import { dpiOf } from './paper.ts';
import { isPhoto } from './photo.ts';
import { exifOf, metadataOf } from './pictures.ts';
import { checkPixels, openPicture, pack } from './pixels.ts';
import type { Imported } from './port.ts';
import { type TiffDirectory, tiffDirectories } from './tiff-directories.ts';

/**
 * Compressions that the decoder reads: none, CCITT (RLE, G3, G4), LZW, JPEG, Deflate (both numbers), PackBits.
 * Old-style JPEG (6), JBIG (34661) and others are named to the person.
 */
const READ: readonly number[] = [1, 2, 3, 4, 5, 7, 8, 32773, 32946];

/**
 * The pages of a TIFF, one decoded at a time. A file of one page stays byte for byte; of several, each becomes a
 * PNG (a JPEG where that grows too large), because a page is a file of its own further on. Thumbnails are no pages.
 */
export async function* importTiff(
  bytes: Uint8Array,
  limits: ImportLimits,
  requireRunning: () => void,
): AsyncGenerator<Imported, void, void> {
  // As many thumbnails as pages, and one more to know that there are too many.
  const all = tiffDirectories(bytes, limits.maxPages * 2 + 1);
  const pages = all.filter((d) => !d.reduced);
  const taken = pages.length > 0 ? pages : all.slice(0, 1);
  if (taken.length > limits.maxPages)
    throw new CounterError('IMAGE_TOO_LARGE', { format: 'tiff', maxPages: limits.maxPages });
  for (const [index, directory] of taken.entries()) {
    requireRunning();
    yield await importDirectory(bytes, directory, index, all.length === 1, limits);
  }
}

async function importDirectory(
  bytes: Uint8Array,
  directory: TiffDirectory,
  index: number,
  alone: boolean,
  limits: ImportLimits,
): Promise<Imported> {
  const { compression, position } = directory;
  const details = { format: 'tiff', page: index + 1 };
  if (!READ.includes(compression)) throw new CounterError('IMAGE_UNSUPPORTED', { ...details, compression });
  checkPixels(directory, limits, details);
  try {
    const meta = await metadataOf(bytes, limits, 'tiff', position);
    const size = { width: meta.width, height: meta.height };
    checkPixels(size, limits, details);
    const dpi = dpiOf(size, meta.density);
    const photo = isPhoto({ ...size, format: 'tiff', density: meta.density, exif: exifOf(meta) });
    if (alone) return { kind: 'page', page: { index, bytes, format: 'tiff', dpi }, photo, made: 'own' };
    const grey = meta.space === 'b-w' || meta.space === 'grey16';
    const packed = await pack(() => openPicture(bytes, limits, position), 'page', grey, dpi);
    return {
      kind: 'page',
      page: { index, bytes: packed.bytes, format: packed.format, dpi },
      photo,
      made: packed.made,
    };
  } catch (error) {
    const named = decodeFailure(error, details);
    throw new CounterError(named.code, { ...named.details, ...details }, { cause: named.cause ?? named });
  }
}

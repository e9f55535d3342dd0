import sharp, { type Metadata } from 'sharp';
import { CounterError } from '../../contract/errors.ts';
import { openDecoder } from './decoder-thread.ts';
import type { ImportDeps } from './deps.ts';
import { readExif } from './exif.ts';
import { dpiOf } from './paper.ts';
import { isPhoto } from './photo.ts';
import { metadataOf } from './pictures.ts';
import { checkPixels, pack } from './pixels.ts';
import type { Imported } from './port.ts';

/**
 * Every picture of a HEIC file that stands for itself, in the file's order, as a JPEG. Phones put one into a file;
 * where there are more, leaving one out would be leaving a page out.
 */
export async function* importHeic(
  bytes: Uint8Array,
  deps: ImportDeps,
  signal: AbortSignal,
): AsyncGenerator<Imported, void, void> {
  const { limits } = deps;
  const exif = readExif((await headerOf(bytes, deps))?.exif);
  const decoder = await openDecoder('heic', bytes, deps, signal);
  try {
    if (decoder.pages > limits.maxPages)
      throw new CounterError('IMAGE_TOO_LARGE', { format: 'heic', maxPages: limits.maxPages });
    for (let index = 0; index < decoder.pages; index++) {
      const { data, width, height, channels } = await decoder.page(index, 0);
      checkPixels({ width, height }, limits, { format: 'heic', page: index + 1 });
      const dpi = dpiOf({ width, height }, undefined);
      const open = () => sharp(data, { raw: { width, height, channels } });
      const packed = await pack(open, 'photo', false, dpi);
      const photo = isPhoto({ width, height, format: 'heic', density: undefined, exif });
      const page = { index, bytes: packed.bytes, format: packed.format, dpi };
      yield { kind: 'page', page, photo, made: packed.made };
    }
  } finally {
    await decoder.close();
  }
}

/** sharp's binary has no HEVC but reads the boxes, and with them the EXIF; where it cannot, libheif judges the file. */
async function headerOf(bytes: Uint8Array, deps: ImportDeps): Promise<Metadata | undefined> {
  try {
    return await metadataOf(bytes, deps.limits, 'heic');
  } catch (error) {
    if (error instanceof CounterError && error.code === 'IMAGE_UNREADABLE') return undefined;
    throw error;
  }
}

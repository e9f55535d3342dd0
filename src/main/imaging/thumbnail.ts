import sharp from 'sharp';
import { withDensity } from './jpeg.ts';
import type { RawPixels } from './raster.ts';

const WIDTH = 240;

/** A small JPEG of a picture that is small already. */
export async function makeThumbnail(small: RawPixels, dpi: number): Promise<Uint8Array> {
  const { data, width, height, channels } = small;
  const jpeg = await sharp(data, { raw: { width, height, channels } })
    .toColourspace(channels === 1 ? 'b-w' : 'srgb')
    .resize({ width: WIDTH })
    .jpeg({ quality: 70 })
    .toBuffer();
  return withDensity(jpeg, Math.max(1, (dpi * WIDTH) / width));
}

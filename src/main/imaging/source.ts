import sharp from 'sharp';
import type { ImagingLimits } from './limits.ts';
import { decodePnm } from './pnm.ts';
import type { Probe } from './probe.ts';
import type { RawPixels } from './raster.ts';

/**
 * The whole picture, upright by its EXIF orientation, on white where it is transparent. It is decoded once: a third
 * of a page's time. A decoder's warning counts as failure: a half-grey page is never kept.
 */
export async function decode(bytes: Uint8Array, found: Probe, limits: ImagingLimits): Promise<RawPixels> {
  if (found.format === 'pnm') return decodePnm(bytes, found.outline);
  const { data, info } = await sharp(bytes, { failOn: 'warning', limitInputPixels: limits.maxPixels })
    .autoOrient()
    .flatten({ background: '#ffffff' })
    .toColourspace(found.grey ? 'b-w' : 'srgb')
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height, channels: info.channels === 1 ? 1 : 3 };
}

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

/** A picture `shrink` (a power of two) times smaller, each pixel the mean of those that it stands for. */
export async function shrunk(pixels: RawPixels, shrink: number): Promise<RawPixels> {
  if (shrink === 1) return pixels;
  const { data, width, height, channels } = pixels;
  const size = {
    width: Math.max(1, Math.floor(width / shrink)),
    height: Math.max(1, Math.floor(height / shrink)),
  };
  const small = await sharp(data, { raw: { width, height, channels } })
    .extract({
      left: 0,
      top: 0,
      width: Math.min(width, size.width * shrink),
      height: Math.min(height, size.height * shrink),
    })
    .toColourspace(channels === 1 ? 'b-w' : 'srgb')
    .resize({ ...size, fit: 'fill', kernel: 'linear' })
    .raw()
    .toBuffer();
  return { data: small, ...size, channels };
}

import { evenOut, type LightMap, lightMap } from './light.ts';
import type { ImagingOrder } from './port.ts';
import type { RawPixels } from './raster.ts';

/** What is done to the pixels of a page that is laid out already; found on its small picture. */
export interface Retouch {
  readonly light: LightMap | undefined;
}

export function planRetouch(small: RawPixels, { wish, photo }: ImagingOrder): Retouch {
  const light = wish?.light ?? photo === true;
  return { light: light ? lightMap(small) : undefined };
}

/** Changes `pixels` in place. */
export function retouched(pixels: RawPixels, { light }: Retouch): RawPixels {
  if (light) evenOut(pixels, light);
  return pixels;
}

import { type EdgeMap, fillEdges, findEdges } from './edges.ts';
import { evenOut, type LightMap, lightMap } from './light.ts';
import type { ImagingOrder } from './port.ts';
import type { RawPixels } from './raster.ts';

/** What is done to the pixels of a page that is laid out already; found on its small picture. */
export interface Retouch {
  readonly light: LightMap | undefined;
  readonly edges: EdgeMap | undefined;
}

/** Light is evened out on photos, edges are filled where they are certain, unless the order says otherwise. */
export function planRetouch(small: RawPixels, dpi: number, { wish, photo }: ImagingOrder): Retouch {
  const light = (wish?.light ?? photo === true) ? lightMap(small) : undefined;
  const edges =
    wish?.edges === false || (wish?.edges === undefined && photo) ? undefined : findEdges(small, dpi);
  return { light, edges: edges?.certain || wish?.edges ? edges : undefined };
}

/** Changes `pixels` in place. */
export function retouched(pixels: RawPixels, { light, edges }: Retouch): RawPixels {
  // Filled first: the fill has the brightness that the paper has there before it is evened out.
  if (edges) fillEdges(pixels, edges);
  if (light) evenOut(pixels, light);
  return pixels;
}

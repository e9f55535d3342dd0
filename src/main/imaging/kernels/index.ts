import { createKernels } from './kernels.ts';

/** Weights of a fraction of a pixel. */
export const WEIGHT_BITS = 8;
export const WEIGHT = 1 << WEIGHT_BITS;

/**
 * Plain bilinear weights soften print by half a pixel. Drawn towards the nearer neighbour (the smooth step
 * 3t² − 2t³) they keep strokes as dark as they were and move an edge by less than a tenth of a pixel.
 */
export const WEIGHTS = Uint16Array.from({ length: WEIGHT }, (_, i) => {
  const t = i / WEIGHT;
  return Math.round(WEIGHT * (3 * t * t - 2 * t * t * t));
});

/** Of this worker, for the one page that it has in hand. */
export const kernels = createKernels(WEIGHTS);

import { availableParallelism } from 'node:os';
import { CounterError } from '../../contract/errors.ts';
import { DEFAULT_LIMITS, type ImagingLimits } from './limits.ts';
import { createPool } from './pool.ts';
import type { Imaging } from './port.ts';

export { DEFAULT_LIMITS, type ImagingLimits } from './limits.ts';

export interface ImagingOptions {
  /** Pages at work at the same time; by default the cores, two at most. */
  readonly workers?: number;
  /** The worker's file: the source under Node, its bundle in production. */
  readonly workerPath?: string | URL;
  readonly limits?: Partial<ImagingLimits>;
}

/** The page pipeline in worker threads. Pages may be given all at once; each promise answers for its own page. */
export function createImaging(options: ImagingOptions = {}): Imaging {
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const size = Math.max(1, options.workers ?? Math.min(2, availableParallelism()));
  const pool = createPool(size, options.workerPath ?? new URL('./worker.ts', import.meta.url));
  return {
    async process(page, order = {}) {
      const { bytes, dpi } = page;
      if (bytes.length > limits.maxBytes)
        throw new CounterError('IMAGE_TOO_LARGE', { bytes: bytes.length, maxBytes: limits.maxBytes });
      const start = performance.now();
      const { image, inputLength, timings, ...done } = await pool.run({ bytes, dpi, order, limits });
      return {
        ...done,
        image: image ?? (inputLength === bytes.length ? bytes : bytes.slice(0, inputLength)),
        untouched: image === undefined && inputLength === bytes.length,
        timings: { ...timings, total: performance.now() - start },
      };
    },
    close: () => pool.close(),
  };
}

/** What a page may cost at most; checked before anything is decoded. */
export interface ImagingLimits {
  readonly maxBytes: number;
  readonly maxPixels: number;
  /** A page that takes longer is given up and its worker replaced. */
  readonly timeoutMs: number;
}

/** A3 at 600 dpi is 70 megapixels; its raw colour 16-bit form 420 MB no counter scanner sends. */
export const DEFAULT_LIMITS: ImagingLimits = {
  maxBytes: 200_000_000,
  maxPixels: 120_000_000,
  timeoutMs: 60_000,
};

/** What a page may cost at most; checked before anything is decoded. */
export interface ImagingLimits {
  readonly maxBytes: number;
  readonly maxPixels: number;
  /** A page that takes longer is given up and its worker replaced. */
  readonly timeoutMs: number;
  /** What an encoded page may weigh before its quality is lowered: A4 at 300 dpi has 8.7 megapixels. */
  readonly bytesPerMegapixel: number;
  /** The same for the device's own file before it is written anew. */
  readonly ownBytesPerMegapixel: number;
  /** Small pictures are not worth squeezing. */
  readonly leastBudget: number;
}

/** A3 at 600 dpi is 70 megapixels; its raw colour 16-bit form 420 MB no counter scanner sends. */
export const DEFAULT_LIMITS: ImagingLimits = {
  maxBytes: 200_000_000,
  maxPixels: 120_000_000,
  timeoutMs: 60_000,
  bytesPerMegapixel: 115_000,
  ownBytesPerMegapixel: 300_000,
  leastBudget: 200_000,
};

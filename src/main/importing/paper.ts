/** A resolution below or above these is no scanner's; 72 and 96 are what programs write that know none. */
const LEAST_DPI = 50;
const MOST_DPI = 2400;
/** Sides of papers in inches: a card (54 × 86 mm) to A3 (297 × 420 mm) with a margin. */
const SHORT_SIDE = { least: 1.9, most: 12.5 };
const LONG_SIDE = { least: 2.8, most: 18 };
const A4 = { short: 8.27, long: 11.69 };

export interface PixelSize {
  readonly width: number;
  readonly height: number;
}

function sides({ width, height }: PixelSize): { short: number; long: number } {
  return { short: Math.min(width, height), long: Math.max(width, height) };
}

/** Whether a picture of that size at that resolution would be a paper that comes over a counter. */
export function isPaperAt(size: PixelSize, dpi: number): boolean {
  if (!(dpi >= LEAST_DPI && dpi <= MOST_DPI)) return false;
  const { short, long } = sides(size);
  const [shortIn, longIn] = [short / dpi, long / dpi];
  return (
    shortIn >= SHORT_SIDE.least &&
    shortIn <= SHORT_SIDE.most &&
    longIn >= LONG_SIDE.least &&
    longIn <= LONG_SIDE.most
  );
}

/** Dots an inch if the whole picture were an A4 sheet: the larger by which it would just fill one. */
export function dpiAsA4(size: PixelSize): number {
  const { short, long } = sides(size);
  return Math.max(LEAST_DPI, Math.round(Math.max(short / A4.short, long / A4.long)));
}

/** What the file says where that makes a plausible paper, else the estimate that it is an A4 sheet. */
export function dpiOf(size: PixelSize, stated: number | undefined): number {
  return stated !== undefined && isPaperAt(size, stated) ? Math.round(stated) : dpiAsA4(size);
}

/** Proportions of papers: A-series, US letter and legal, the ID-1 card (ISO/IEC 7810). */
const PAPER_ASPECTS = [Math.SQRT2, 11 / 8.5, 14 / 8.5, 85.6 / 53.98];

export function hasPaperAspect(size: PixelSize): boolean {
  const { short, long } = sides(size);
  return PAPER_ASPECTS.some((aspect) => Math.abs(long / short / aspect - 1) < 0.012);
}

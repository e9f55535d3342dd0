import sharp from 'sharp';
import { CounterError } from '../../contract/errors.ts';
import { packagedReadingFiles, type ReadingFiles } from './files.ts';
import { createLane, failed } from './lane.ts';
import { DEFAULT_READING_LIMITS, type ReadingLimits } from './limits.ts';
import type { PageReader } from './port.ts';
import { pageText } from './words.ts';

export { packagedReadingFiles, type ReadingFiles } from './files.ts';
export { DEFAULT_READING_LIMITS, type ReadingLimits } from './limits.ts';

export interface ReaderOptions {
  /** The thread's file: the source under Node, its bundle in production. */
  readonly workerPath?: string | URL;
  /** What is left out is taken from the npm packages. */
  readonly files?: Partial<ReadingFiles>;
  readonly limits?: Partial<ReadingLimits>;
  /** False where somebody waits for the text. By default reading gives way to everything else on the machine. */
  readonly background?: boolean;
}

/** Dots an inch that Vietnamese is read at: more costs time and gains nothing. */
const READ_DPI = 300;
/** Above this a picture is made smaller before it is read. */
const READ_DPI_MOST = 330;
/** Below this the marks on the letters are lost unless the picture is made larger. */
const READ_DPI_LEAST = 180;
/**
 * Pixels of the longer side for the question which way up: A4 at 200 dpi. At 100 dpi four of twenty pages that were
 * measured came out wrong, at 150 dpi all right with a margin of 7 to 16, at 200 dpi with 12 to 19 in the same time.
 */
const ORIENTATION_PIXELS = 2338;
/** Tesseract's margin at which the confidence is 1 − 1/e; wrong answers measured up to 3.3 (0.42), right ones from 7 (0.69). */
const MARGIN_UNIT = 6;

/** Reads Vietnamese print, one page at a time, in a thread of its own; nothing is fetched and nothing written. */
export function createReader(options: ReaderOptions = {}): PageReader {
  const limits = { ...DEFAULT_READING_LIMITS, ...options.limits };
  const files = { ...packagedReadingFiles(), ...options.files };
  const workerPath = options.workerPath ?? new URL('./worker.ts', import.meta.url);
  const lane = createLane(workerPath, { ...files, background: options.background ?? true }, limits);

  return {
    async read(image, dpi, signal) {
      if (!(dpi > 0)) throw failed('picture', undefined, { dpi });
      const scale =
        dpi > READ_DPI_MOST ? READ_DPI / dpi : dpi < READ_DPI_LEAST ? Math.min(3, READ_DPI / dpi) : 1;
      const grey = await toGrey(image, limits, signal, () => scale);
      const result = await lane.run({ kind: 'read', image: grey.pgm, dpi: dpi * scale }, signal);
      if (result.kind !== 'read') throw failed('thread', undefined);
      return pageText(result.words, grey.scale, grey.width, grey.height);
    },
    async orientation(image, signal) {
      const grey = await toGrey(image, limits, signal, (width, height) =>
        Math.min(1, ORIENTATION_PIXELS / Math.max(width, height)),
      );
      const result = await lane.run({ kind: 'orientation', image: grey.pgm }, signal);
      if (result.kind !== 'orientation') throw failed('thread', undefined);
      return { turn: result.turn, confidence: 1 - Math.exp(-result.margin / MARGIN_UNIT) };
    },
    close: () => lane.close(),
  };
}

interface GreyPicture {
  /** Binary PGM: what the core takes without a codec of its own. */
  readonly pgm: Uint8Array;
  /** Pixels of the picture that was given. */
  readonly width: number;
  readonly height: number;
  readonly scale: number;
}

async function toGrey(
  image: Uint8Array,
  limits: ReadingLimits,
  signal: AbortSignal,
  scaleOf: (width: number, height: number) => number,
): Promise<GreyPicture> {
  const going = () => {
    if (signal.aborted) throw new CounterError('CANCELLED');
  };
  going();
  if (image.length > limits.maxBytes) throw failed('too-large', undefined, { bytes: image.length });
  try {
    // Its header alone: a bound there would not say what was too large.
    const { width, height, format } = await sharp(image, { limitInputPixels: false }).metadata();
    if (format !== 'jpeg' && format !== 'png') throw failed('picture', undefined);
    if (width * height > limits.maxPixels) throw failed('too-large', undefined, { pixels: width * height });
    const wanted = scaleOf(width, height);
    const pixels = { width: Math.round(width * wanted), height: Math.round(height * wanted) };
    if (pixels.width * pixels.height > limits.maxPixels)
      throw failed('too-large', undefined, { pixels: pixels.width * pixels.height });
    going();
    const { data, info } = await sharp(image, { limitInputPixels: limits.maxPixels, sequentialRead: true })
      .flatten({ background: 'white' })
      .resize({ ...pixels, fit: 'fill' })
      .toColourspace('b-w')
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    going();
    if (info.channels !== 1) throw failed('picture', undefined, { channels: info.channels });
    const head = Buffer.from(`P5\n${info.width} ${info.height}\n255\n`, 'latin1');
    const pgm = new Uint8Array(head.length + data.length);
    pgm.set(head);
    pgm.set(data, head.length);
    return { pgm, width, height, scale: info.width / width };
  } catch (error) {
    if (error instanceof CounterError) throw error;
    throw failed('picture', error);
  }
}

import type { ExifFacts } from './exif.ts';
import { hasPaperAspect, isPaperAt, type PixelSize } from './paper.ts';

export interface PictureFacts extends PixelSize {
  readonly format: 'jpeg' | 'png' | 'tiff' | 'pnm' | 'webp' | 'avif' | 'heic';
  /** Dots an inch as the file states them. */
  readonly density: number | undefined;
  readonly exif: ExifFacts;
}

/** Programs and devices that hand over flat, cut pages: scanners, and phone applications that straighten by themselves. */
const SCANNER_WORDS =
  /scan|naps2|vuescan|paperport|paperstream|kodak capture|fi-\d{4}|image ?runner|mfp|deskjet|officejet|laserjet|workforce|imageclass|office lens|microsoft lens|genius scan|turboscan/i;
/** Formats that cameras and messengers write. */
const CAMERA_FORMATS: readonly PictureFacts['format'][] = ['jpeg', 'webp', 'avif', 'heic'];
/** Proportions of sensors and of what phones cut from them. */
const SENSOR_ASPECTS = [1, 4 / 3, 3 / 2, 16 / 9, 18.5 / 9, 19.5 / 9, 20 / 9];
/** Phones made no smaller pictures since 2005; messengers shrink theirs to 1280 × 960 and above. */
const LEAST_PIXELS = 1_000_000;

/**
 * Whether a picture is a photo of a paper. What a scanner's name or a plausible resolution says goes before the
 * guess: a scan taken for a photo would have its perspective 'corrected' for nothing, a photo taken for a scan is
 * only less handsome, and either can be changed by hand.
 */
export function isPhoto(facts: PictureFacts): boolean {
  const { exif, format, density } = facts;
  if (SCANNER_WORDS.test(`${exif.make} ${exif.model} ${exif.software}`)) return false;
  if (exif.exposed) return true;
  if (!CAMERA_FORMATS.includes(format) || facts.width * facts.height < LEAST_PIXELS) return false;
  // HEIC comes from phones alone, whose messengers take the EXIF away.
  if (format === 'heic') return true;
  const saysPaper = density !== undefined && density > 96 && isPaperAt(facts, density);
  if (saysPaper || hasPaperAspect(facts)) return false;
  if (exif.make !== '' && exif.model !== '') return true;
  return hasSensorAspect(facts);
}

function hasSensorAspect({ width, height }: PixelSize): boolean {
  const aspect = Math.max(width, height) / Math.min(width, height);
  return SENSOR_ASPECTS.some((a) => Math.abs(aspect / a - 1) < 0.01);
}

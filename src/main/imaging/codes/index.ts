import type { Barcode, Quad } from '../../../contract/model.ts';
import { findBarFields } from './bars.ts';
import { findFinders } from './finders.ts';
import { measureLevels } from './levels.ts';
import { readBarField } from './linear.ts';
import type { GreyPicture, Spot } from './picture.ts';
import { qrRegions, readQrRegion } from './qr.ts';

export type { GreyPicture };

/** What a page may hold at most; a sheet of labels has some thirty. */
const MOST_CODES = 64;
const LEAST_SIDE = 32;

/**
 * QR codes, Code 128, Code 39 and Patch T on a page, at any angle, dark on light (QR also light on dark). `corners`
 * are fractions of the picture, clockwise from the code's own top left.
 *
 * A survey at sparse points comes first: without a finder pattern or a field of parallel bars no reader is asked. The
 * page should have at least 2.8 pixels a module; 200 dpi give a citizen card's QR as much.
 */
export async function findCodes(picture: GreyPicture): Promise<Barcode[]> {
  const { width, height } = picture;
  const longSide = Math.max(width, height);
  if (Math.min(width, height) < LEAST_SIDE) return [];
  const levels = measureLevels(picture);
  const finders = findFinders(picture, levels, longSide > 2800 ? 4 : longSide > 1500 ? 3 : 1);
  const fields = findBarFields(picture, longSide > 2800 ? 32 : 24);

  const found: Barcode[] = [];
  const add = (format: Barcode['format'], text: string, spots: readonly [Spot, Spot, Spot, Spot]) => {
    const corners = spots.map(({ x, y }) => ({ x: x / width, y: y / height })) as Quad;
    const twin = found.some(
      (f) => f.format === format && f.text === text && distance(f.corners, corners) < 0.02,
    );
    if (!twin && found.length < MOST_CODES) found.push({ format, text, corners });
  };
  for (const region of qrRegions(finders)) {
    for (const code of await readQrRegion(picture, region)) add('qr', code.text, code.corners);
  }
  for (const field of fields) {
    for (const code of await readBarField(picture, field)) add(code.format, code.text, code.corners);
  }
  return found;
}

/** Between the centres. */
function distance(a: Quad, b: Quad): number {
  const centre = (q: Quad, key: 'x' | 'y') => (q[0][key] + q[1][key] + q[2][key] + q[3][key]) / 4;
  return Math.hypot(centre(a, 'x') - centre(b, 'x'), centre(a, 'y') - centre(b, 'y'));
}

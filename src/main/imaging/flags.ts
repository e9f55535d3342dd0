import type { PageFlag } from '../../contract/model.ts';
import { blobsOf } from './hull.ts';
import { type PaperLevels, paperRow } from './paper.ts';
import { borderColour, type Grey, histogramOf, quantile, type RawPixels } from './raster.ts';

/** Paper this dark hides pencil and stamps; paper this bright with ink this light has lost them. */
const DARK_PAPER = 130;
const BRIGHT_PAPER = 235;
const LIGHT_INK = 0.62;
const LEAST_REAL_DPI = 200;

/**
 * Width of print's edges in millimetres: sharp scans have 0.2 to 0.4, optics with a blur of 0.3 mm 0.5 to 0.58, with
 * 0.4 mm, where small print is lost, 0.63 and more.
 */
const BLURRED_FROM_MM = 0.6;
const LEAST_EDGES = 60;

/**
 * Steepest step of an edge as a share of its height, over the sharper edges of the page; undefined where there are
 * too few to say.
 */
export function sharpnessOf({ data, width, height }: Grey): number | undefined {
  const shares = new Uint32Array(101);
  let count = 0;
  const reach = 5;
  const rim = Math.round(Math.min(width, height) * 0.03);
  for (let y = rim; y < height - rim; y += 5)
    for (let x = rim + reach; x < width - rim - reach; x += 1) {
      const at = y * width + x;
      const step = Math.abs((data[at + 1] as number) - (data[at] as number));
      if (step < 8) continue;
      // Only the steepest place of its edge counts.
      if (Math.abs((data[at] as number) - (data[at - 1] as number)) >= step) continue;
      if (Math.abs((data[at + 2] as number) - (data[at + 1] as number)) > step) continue;
      let low = 255;
      let high = 0;
      for (let k = -reach; k <= reach + 1; k += 1) {
        const v = data[at + k] as number;
        if (v < low) low = v;
        if (v > high) high = v;
      }
      if (high - low < 50) continue;
      const share = Math.round((100 * step) / (high - low));
      shares[share] = (shares[share] as number) + 1;
      count += 1;
    }
  return count < LEAST_EDGES ? undefined : quantile(shares, 0.75) / 100;
}

export function isBlurred(reading: Grey, dpi: number): boolean {
  const sharpness = sharpnessOf(reading);
  return sharpness !== undefined && 25.4 / dpi / sharpness > BLURRED_FROM_MM;
}

/** Brightness: dark paper, or print so light that it fades away. */
export function lightFlags(grey: Grey, paper: PaperLevels, dpi: number): PageFlag[] {
  const { data, width, height } = grey;
  const histogram = histogramOf(data, 2);
  const paperTone = quantile(histogram, 0.8);
  if (paperTone < DARK_PAPER) return ['too-dark'];
  // Faded print is told on bright paper only; what is darker needs no look at its ink.
  if (paperTone <= BRIGHT_PAPER) return [];
  const row = new Float32Array(width);
  const shares = new Uint32Array(256);
  let marks = 0;
  const rim = Math.round((4 * dpi) / 25.4);
  for (let y = rim; y < height - rim; y += 1) {
    paperRow(paper, y, row);
    for (let x = rim; x < width - rim; x += 1) {
      const share = (data[y * width + x] as number) / Math.max(1, row[x] as number);
      if (share > 0.93) continue;
      marks += 1;
      const bin = Math.round(share * 255);
      shares[bin] = (shares[bin] as number) + 1;
    }
  }
  if (marks < 0.002 * width * height) return [];
  // The darkest fiftieth of all marks.
  return quantile(shares, 0.02) > LIGHT_INK * 255 ? ['too-light'] : [];
}

/**
 * Print that runs over the picture's edge: on one side several strokes of ink touch the outermost line and go on
 * inwards. A dark lid, a shadow or a scan edge is one long stroke and does not count.
 */
export function isCutOff(grey: Grey, paper: PaperLevels, dpi: number): boolean {
  const { data, width, height } = grey;
  const mm = dpi / 25.4;
  const row = new Float32Array(width);
  const mask = new Int32Array(width * height);
  const depth = Math.max(4, Math.round(12 * mm));
  for (let y = 0; y < height; y += 1) {
    paperRow(paper, y, row);
    const whole = y < depth || y >= height - depth;
    for (let x = 0; x < width; x += 1) {
      if (!whole && x === depth) x = width - depth;
      if ((data[y * width + x] as number) < 0.66 * (row[x] as number)) mask[y * width + x] = 1;
    }
  }
  const touching = { left: 0, right: 0, top: 0, bottom: 0 };
  for (const b of blobsOf({ data: mask, width, height })) {
    const w = b.right - b.left + 1;
    const h = b.bottom - b.top + 1;
    // A letter or a stroke: a few millimetres along the edge, and it reaches inwards.
    if (b.left <= 1 && h < 9 * mm && w > 1 * mm) touching.left += 1;
    if (b.right >= width - 2 && h < 9 * mm && w > 1 * mm) touching.right += 1;
    if (b.top <= 1 && w < 9 * mm && h > 1 * mm) touching.top += 1;
    if (b.bottom >= height - 2 && w < 9 * mm && h > 1 * mm) touching.bottom += 1;
  }
  return Math.max(touching.left, touching.right, touching.top, touching.bottom) >= 3;
}

/** A blob of skin colour, 8 mm wide at least, that comes in from an edge and does not run along it. */
export function hasFingers(small: RawPixels, dpi: number): boolean {
  const { data, width, height, channels } = small;
  if (channels === 1) return false;
  const mm = dpi / 25.4;
  const [pr, pg, pb] = borderColour(small);
  const paperCr = 0.5 * pr - 0.419 * pg - 0.081 * pb;
  const isSkin = (j: number) => {
    const r = data[j] as number;
    const g = data[j + 1] as number;
    const b = data[j + 2] as number;
    // Skin in YCbCr: Cb −51…−1, Cr 5…45 about grey (Chai and Ngan 1999, widened), and redder than the paper.
    if (r <= 70 || r <= b) return false;
    const cb = -0.169 * r - 0.331 * g + 0.5 * b;
    const cr = 0.5 * r - 0.419 * g - 0.081 * b;
    return cb < -4 && cb > -51 && cr > 7 && cr < 45 && cr > paperCr + 6;
  };
  let atBorder = 0;
  for (let x = 0; x < width; x += 1)
    if (isSkin(3 * (width + x)) || isSkin(3 * ((height - 2) * width + x))) atBorder += 1;
  for (let y = 0; y < height; y += 1)
    if (isSkin(3 * (y * width + 1)) || isSkin(3 * (y * width + width - 2))) atBorder += 1;
  if (height < 3 || atBorder < 5 * mm) return false;
  const mask = new Int32Array(width * height);
  for (let i = 0; i < width * height; i += 1) if (isSkin(3 * i)) mask[i] = 1;
  return blobsOf({ data: mask, width, height }).some((blob) => {
    const w = blob.right - blob.left + 1;
    const h = blob.bottom - blob.top + 1;
    if (Math.min(w, h) < 7 * mm || blob.area < 90 * mm * mm || blob.area < 0.45 * w * h) return false;
    const sideways = blob.left <= 2 || blob.right >= width - 3;
    const upright = blob.top <= 2 || blob.bottom >= height - 3;
    return (sideways && h < 60 * mm && h < 0.4 * height) || (upright && w < 60 * mm && w < 0.4 * width);
  });
}

export function isLowDpi(dpi: number): boolean {
  // Estimates and rounding: 199 is no less than 200.
  return dpi < LEAST_REAL_DPI * 0.97;
}

import sharp from 'sharp';
import type { ColorMode, JobSettings, Region } from './escl-messages.ts';
import { UNITS_PER_INCH } from './escl-messages.ts';
import { BED, encodeJpeg, type PaperKind, type PaperPixels, renderPaper } from './paper/generate.ts';

/** One side: a generated paper, or a ready JPEG that is delivered as it is whatever is asked. */
export type Side =
  | { readonly kind: PaperKind; readonly seed: number; readonly skew?: number }
  | { readonly jpeg: Uint8Array };

/** A sheet to be scanned: its front, and its back where that is not empty. */
export type Paper = Side & { readonly back?: Side };

/** Front and back. */
export function sidesOf(paper: Paper): Side[] {
  const { back, ...front } = paper;
  const seed = 'seed' in front ? front.seed : 0;
  return [front, back ?? { kind: 'blank', seed, skew: 0 }];
}

/** The scanner's eye: a paper on the glass, seen at the asked resolution, mode and region. */
export interface Sensor {
  read(paper: Side, settings: JobSettings): Promise<Uint8Array>;
}

const MODES: Readonly<Record<ColorMode, 'color' | 'gray' | 'bw'>> = {
  RGB24: 'color',
  Grayscale8: 'gray',
  BlackAndWhite1: 'bw',
};
const KEPT = 40;

async function cut(pixels: PaperPixels, region: Region, dpi: number): Promise<PaperPixels> {
  const px = (units: number) => Math.round((units * dpi) / UNITS_PER_INCH);
  const width = Math.max(1, px(region.width));
  const height = Math.max(1, px(region.height));
  const left = px(region.x);
  const top = px(region.y);
  if (left === 0 && top === 0 && width === pixels.width && height === pixels.height) return pixels;
  const { channels } = pixels;
  const background = channels === 1 ? { r: BED.g, g: BED.g, b: BED.g } : BED;
  // Sheets narrower than the glass: the white lid shows beside them.
  const onGlass = sharp(pixels.data, {
    raw: { width: pixels.width, height: pixels.height, channels },
  }).extend({
    right: Math.max(0, left + width - pixels.width),
    bottom: Math.max(0, top + height - pixels.height),
    background,
  });
  // Without the colour space one channel would leave as three.
  const space = channels === 1 ? 'b-w' : 'srgb';
  const wide = await onGlass.toColourspace(space).raw().toBuffer({ resolveWithObject: true });
  const raw = { width: wide.info.width, height: wide.info.height, channels: wide.info.channels };
  const { data, info } = await sharp(wide.data, { raw })
    .extract({ left, top, width, height })
    .toColourspace(space)
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { ...pixels, data, width: info.width, height: info.height };
}

/** `deliversAtMost`: a device that advertises more than it does (read of Canon iR2625: no more than 300). */
export function createSensor(deliversAtMost = Number.POSITIVE_INFINITY): Sensor {
  const seen = new Map<string, Promise<Uint8Array>>();

  async function look(
    paper: Exclude<Side, { jpeg: Uint8Array }>,
    settings: JobSettings,
  ): Promise<Uint8Array> {
    const dpi = Math.min(settings.dpi, deliversAtMost);
    const pixels = await renderPaper({ ...paper, dpi, mode: MODES[settings.colorMode] });
    return encodeJpeg(await cut(pixels, settings.region, dpi), dpi);
  }

  return {
    read(paper, settings) {
      if ('jpeg' in paper) return Promise.resolve(paper.jpeg);
      const { dpi, colorMode, region } = settings;
      const key = JSON.stringify([paper, dpi, colorMode, region]);
      const known = seen.get(key);
      if (known) return known;
      const reading = look(paper, settings);
      seen.set(key, reading);
      // A failed reading goes to whoever asked; only a good one is kept.
      reading.then(undefined, () => seen.delete(key));
      if (seen.size > KEPT) seen.delete(seen.keys().next().value ?? '');
      return reading;
    },
  };
}

import type { ColourMode, PageFindings, PageFlag, PageTreatment, Quad } from '../../contract/model.ts';
import { findCodes } from './codes/index.ts';
import { neededMode } from './colour.ts';
import { hasFingers, isBlurred, isCutOff, isLowDpi, lightFlags } from './flags.ts';
import { measureInk } from './ink.ts';
import { measureOrientation, SURE_ORIENTATION } from './orientation.ts';
import { inkCell, paperLevels } from './paper.ts';
import { findPaperInPhoto, flattened } from './photo.ts';
import type { ImagingOrder } from './port.ts';
import { borderColour, type Colour, greyOf, greyPixels, type RawPixels } from './raster.ts';
import { cropLayout, type Layout, laidOut, layoutOf, scaledLayout } from './render.ts';
import { findSheet } from './sheet.ts';
import { LEAST_CONFIDENCE, measureSkew } from './skew.ts';
import type { Views } from './views.ts';

/** Less ink is a stamp, a signature or a note: nothing from which to tell which way up it lies. */
const LEAST_TEXT_PPM = 4000;

/**
 * Below this a page is left alone: 0.2° is 0.7 mm over the width of A4, which nobody sees, and twice the error of
 * the measurement, while turning costs a second JPEG generation.
 */
export const LEAST_TURN_DEGREES = 0.2;

export interface Evidence {
  readonly full: RawPixels;
  readonly views: Views;
  readonly order: ImagingOrder;
  /** Dots an inch of `full`. */
  readonly dpi: number;
  /** Mode of the input. */
  readonly mode: ColourMode;
}

export interface Judgement {
  /** Light and edges are decided on the picture that is laid out. */
  readonly treatment: Omit<PageTreatment, 'light' | 'edges'>;
  readonly findings: PageFindings;
  readonly layout: Layout;
  readonly dpi: number;
  /** Colour of what turning adds in the corners. */
  readonly paper: Colour;
}

/** What is known of a page's place in its picture. */
interface Place {
  readonly crop: Quad | null;
  readonly layout: Layout;
  readonly dpi: number;
  /** A photo in which no sheet was found for certain. */
  readonly lost: boolean;
}

function placeOf({ full, views, order, dpi }: Evidence): Place {
  const scale = views.small.width / full.width;
  const whole = (lost: boolean): Place => ({ crop: null, layout: cropLayout(null, full), dpi, lost });
  const asked = order.wish?.crop;
  if (asked === null) return whole(false);
  if (asked) {
    // The person's corners, with the shape that a sheet seen from there has.
    const flat = order.photo ? flattened(asked, views.small, scale) : undefined;
    return { crop: asked, layout: cropLayout(asked, full, flat?.size), dpi: flat?.dpi ?? dpi, lost: false };
  }
  if (!order.photo) {
    const crop = findSheet(views.small, views.grey, dpi * scale);
    return { ...whole(false), crop, layout: cropLayout(crop, full) };
  }
  const sheet = findPaperInPhoto(views.small, views.grey, scale);
  if (!sheet) return whole(true);
  return {
    crop: sheet.quad,
    layout: cropLayout(sheet.quad, full, sheet.size),
    dpi: sheet.dpi ?? dpi,
    lost: false,
  };
}

/** Everything that is decided about a page, from its small pictures; `wish` goes before each step by itself. */
export async function judge(evidence: Evidence): Promise<Judgement> {
  const { full, views, order, mode } = evidence;
  const { wish = {} } = order;
  const scale = views.small.width / full.width;
  const readingScale = views.reading.width / full.width;
  const place = placeOf(evidence);
  const small = laidOut(views.small, scaledLayout(place.layout, scale), borderColour(views.small));
  const grey = small === views.small ? views.grey : greyOf(small);
  const smallDpi = place.dpi * scale;
  const paper = borderColour(small);
  const tone = greyTone(paper);

  const levels = paperLevels(grey, inkCell(smallDpi));
  const skew = measureSkew(grey);
  const leans = Math.abs(skew.degrees) >= LEAST_TURN_DEGREES ? 0 - skew.degrees : 0;
  const straightenedBy = wish.straightenedBy ?? leans;

  const upright = layoutOf(place.layout, { turn: 0, straightenedBy: leans });
  const reading = laidOut(greyPixels(views.reading), scaledLayout(upright, readingScale), tone);
  const ink = measureInk(grey, levels, reading, smallDpi);
  const hasText = !ink.blank && skew.confidence >= LEAST_CONFIDENCE && ink.ppm >= LEAST_TEXT_PPM;
  const orientation = hasText ? measureOrientation(reading) : { turn: 0 as const, confidence: 0 };
  const sure = orientation.confidence >= SURE_ORIENTATION;
  const turn = wish.turn ?? (sure ? orientation.turn : 0);

  const needs = neededMode(small, reading, smallDpi, mode);
  const colour = wish.colour ?? (order.autoColour ? needs : mode);

  const flags: PageFlag[] = [];
  if (ink.blank) flags.push('blank');
  if (!ink.blank && mode !== 'bw' && isBlurred(reading, place.dpi * readingScale)) flags.push('blurred');
  if (isCutOff(grey, levels, smallDpi)) flags.push('cut-off');
  flags.push(...lightFlags(grey, levels, smallDpi));
  if (wish.straightenedBy === undefined && (skew.beyond || place.lost)) flags.push('skewed');
  if (hasFingers(small, smallDpi)) flags.push('fingers');
  if (isLowDpi(place.dpi)) flags.push('low-dpi');
  if (hasText && !sure && wish.turn === undefined) flags.push('orientation-unsure');

  return {
    treatment: { crop: place.crop, turn, straightenedBy, colour },
    findings: { flags, ink: ink.ppm, orientation, needs, codes: await findCodes(greyOf(full)) },
    layout: layoutOf(place.layout, { turn, straightenedBy }),
    dpi: Math.round(place.dpi),
    paper,
  };
}

function greyTone([r, g, b]: Colour): Colour {
  const tone = (77 * r + 150 * g + 29 * b) >> 8;
  return [tone, tone, tone];
}

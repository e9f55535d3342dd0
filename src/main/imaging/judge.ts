import type { ColourMode, PageFindings, PageFlag, PageTreatment } from '../../contract/model.ts';
import { findCodes } from './codes/index.ts';
import type { ImagingOrder } from './port.ts';
import { borderColour, type Colour, greyOf, type RawPixels } from './raster.ts';
import { cropLayout, type Layout, laidOut, layoutOf, scaledLayout } from './render.ts';
import { measureSkew } from './skew.ts';
import type { Views } from './views.ts';

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

export async function judge({ full, views, order, dpi, mode }: Evidence): Promise<Judgement> {
  const { wish = {} } = order;
  const scale = views.small.width / full.width;
  const crop = wish.crop === undefined ? null : wish.crop;
  const cropped = cropLayout(crop, full);
  const flat = laidOut(views.small, scaledLayout(cropped, scale), borderColour(views.small));
  const grey = greyOf(flat);
  const paper = borderColour(flat);

  const skew = measureSkew(grey);
  const askew = Math.abs(skew.degrees) >= LEAST_TURN_DEGREES;
  const straightenedBy = wish.straightenedBy ?? (askew ? 0 - skew.degrees : 0);
  const turn = wish.turn ?? 0;
  const codes = await findCodes(greyOf(full));
  const flags: PageFlag[] = [];
  return {
    treatment: { crop, turn, straightenedBy, colour: wish.colour ?? mode },
    findings: {
      flags,
      ink: Math.round(skew.inkPpm),
      orientation: { turn: 0, confidence: 0 },
      needs: mode,
      codes,
    },
    layout: layoutOf(cropped, { turn, straightenedBy }),
    dpi,
    paper,
  };
}

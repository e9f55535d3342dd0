import { PdfDict, PdfName, type PdfRef } from '../../pdf/reader/objects.ts';
import type { Appearance } from '../appearance/layout.ts';
import { MATRICES, type Rectangle } from '../appearance/place.ts';
import { contentOf, type Showing } from '../appearance/show.ts';
import type { Update } from './update.ts';

export interface Look extends Showing {
  readonly appearance: Appearance;
}

const UPRIGHT = { rect: [0, 0, 0, 0], matrix: [1, 0, 0, 1, 0, 0], rotate: 0 } as const;
/**
 * The form XObject for a prepared field's box: what the appearance would show in its own place, upright on its page,
 * in its own size where the box has room for it and made smaller, never distorted, where it has not.
 * Throws APPEARANCE_IMAGE_INVALID {reason: colour}.
 */
export async function lookInBox(
  update: Update,
  look: Look,
  rect: Rectangle,
  rotate: 0 | 90 | 180 | 270,
): Promise<PdfRef> {
  const [across, up] = [rect[2] - rect[0], rect[3] - rect[1]];
  const [width, height] = rotate % 180 === 0 ? [across, up] : [up, across];
  const content = await contentOf(look.appearance, look);
  const outer = update.allocate();
  const dict = new PdfDict([
    ['Type', new PdfName('XObject')],
    ['Subtype', new PdfName('Form')],
    ['BBox', [0, 0, width, height]],
    ['Matrix', MATRICES[rotate]],
  ]);
  if (!content) {
    // PDF/A wants an appearance on every widget that has an area (ISO 19005-2 §6.3.3), even where nothing is shown.
    update.setStream(outer, dict, new Uint8Array());
    return outer;
  }
  const scale = Math.min(1, width / content.width, height / content.height);
  const [left, bottom] = [(width - content.width * scale) / 2, (height - content.height * scale) / 2];
  const numbers = [scale, 0, 0, scale, left, bottom].map((n) => n.toFixed(4)).join(' ');
  const resources = new PdfDict([['XObject', new PdfDict([['Look', content.draw(update, UPRIGHT)]])]]);
  update.setStream(
    outer,
    dict.with({ Resources: resources }),
    Buffer.from(`q\n${numbers} cm\n/Look Do\nQ\n`),
  );
  return outer;
}

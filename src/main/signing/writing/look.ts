import texts from '../../../../resources/texts/signature-appearances.json' with { type: 'json' };
import { CounterError } from '../../../contract/errors.ts';
import { PdfDict, PdfName, type PdfRef } from '../../pdf/reader/objects.ts';
import { type AppearanceFont, shippedFont } from '../appearance/font.ts';
import type { AppearanceImage } from '../appearance/image.ts';
import { type Appearance, layOut, type TextKind } from '../appearance/layout.ts';
import { addAppearance, addPicture } from '../appearance/objects.ts';
import type { Rectangle } from '../appearance/place.ts';
import type { Update } from './update.ts';

export interface Look {
  readonly appearance: Appearance;
  /** The name in the signer's certificate. */
  readonly signer: string;
  readonly at: Date;
  readonly font?: AppearanceFont;
}

interface Drawn {
  readonly form: PdfRef;
  readonly width: number;
  readonly height: number;
}

const POINTS_PER_MM = 72 / 25.4;
const UPRIGHT = { rect: [0, 0, 0, 0], matrix: [1, 0, 0, 1, 0, 0], rotate: 0 } as const;
const MATRICES = {
  0: [1, 0, 0, 1, 0, 0],
  90: [0, 1, -1, 0, 0, 0],
  180: [-1, 0, 0, -1, 0, 0],
  270: [0, -1, 1, 0, 0, 0],
} as const;

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
  const drawn = await draw(update, look);
  const outer = update.allocate();
  const dict = new PdfDict([
    ['Type', new PdfName('XObject')],
    ['Subtype', new PdfName('Form')],
    ['BBox', [0, 0, width, height]],
    ['Matrix', MATRICES[rotate]],
  ]);
  if (!drawn) {
    // PDF/A wants an appearance on every widget that has an area (ISO 19005-2 §6.3.3), even where nothing is shown.
    update.setStream(outer, dict, new Uint8Array());
    return outer;
  }
  const scale = Math.min(1, width / drawn.width, height / drawn.height);
  const [left, bottom] = [(width - drawn.width * scale) / 2, (height - drawn.height * scale) / 2];
  const numbers = [scale, 0, 0, scale, left, bottom].map((n) => n.toFixed(4)).join(' ');
  const resources = new PdfDict([['XObject', new PdfDict([['Look', drawn.form]])]]);
  update.setStream(
    outer,
    dict.with({ Resources: resources }),
    Buffer.from(`q\n${numbers} cm\n/Look Do\nQ\n`),
  );
  return outer;
}

async function draw(update: Update, { appearance, signer, at, font }: Look): Promise<Drawn | null> {
  const text = async (kind: TextKind, name: string, word?: string): Promise<Drawn> => {
    const face = font ?? (await shippedFont());
    const block = layOut(kind, face, name, at, word === undefined ? {} : { word });
    return { form: addAppearance(update, block, UPRIGHT, face), width: block.width, height: block.height };
  };
  switch (appearance.kind) {
    case 'invisible':
      return null;
    case 'digitised-component':
      return text(appearance.kind, appearance.name || signer);
    case 'agency-copy':
      return text(appearance.kind, appearance.agency, appearance.form);
    case 'annex':
      return text(appearance.kind, appearance.document);
    case 'personal':
    case 'issued-document':
      return picture(update, appearance.image, texts[appearance.kind].tint);
    case 'certified-copy':
      if (appearance.image) return picture(update, appearance.image, null);
      return text(appearance.kind, appearance.name ?? signer, appearance.signer);
  }
}

function picture(update: Update, image: AppearanceImage, tint: string | null): Drawn {
  if (tint !== null && image.tint !== tint) {
    throw new CounterError('APPEARANCE_IMAGE_INVALID', { reason: 'colour', wanted: tint, found: image.tint });
  }
  const size = { width: image.widthMm * POINTS_PER_MM, height: image.heightMm * POINTS_PER_MM };
  return { form: addPicture(update, image, size, UPRIGHT), ...size };
}

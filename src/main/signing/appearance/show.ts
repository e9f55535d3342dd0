import texts from '../../../../resources/texts/signature-appearances.json' with { type: 'json' };
import { CounterError } from '../../../contract/errors.ts';
import { arrayAt, catalogOf, lookUp, type PdfDocument } from '../../pdf/reader/document.ts';
import { dictOf, PdfDict, type PdfObject, PdfRef, textOf } from '../../pdf/reader/objects.ts';
import { firstPage, type PdfPage } from '../../pdf/reader/pages.ts';
import { type AppearanceFont, shippedFont } from './font.ts';
import type { AppearanceImage } from './image.ts';
import {
  type Appearance,
  type ExplicitPlace,
  FIELD_NAMES,
  type LayOutOptions,
  layOut,
  type OverHandSignature,
  type TextKind,
} from './layout.ts';
import { addAppearance, addPicture, type ObjectSink } from './objects.ts';
import { pageAt, pageOf } from './page-tree.ts';
import { type Placement, place, placeAround, rectangleOf, seen, viewOf } from './place.ts';

export interface Showing {
  /** The name in the signer's certificate, shown where the appearance names nobody else. */
  readonly signer: string;
  readonly at: Date;
  /** The shipped one unless given. */
  readonly font?: AppearanceFont;
}

export interface Shown {
  /** The page that the signature's field belongs to. */
  readonly page: PdfPage;
  /** Null where the signature shows nothing. */
  readonly visible: { readonly placement: Placement; readonly form: PdfRef } | null;
}

const POINTS_PER_MM = 72 / 25.4;
const MAX_FIELDS = 5000;
const HAND_SIGNATURE = new RegExp(`^(${FIELD_NAMES.personal}|${FIELD_NAMES['certified-copy']})\\d+$`);

/**
 * Draws what a signature shows: finds its page and place in `document` and adds its objects to `sink`. Signing and
 * preview both go through here, so that what is approved is what is signed.
 *
 * Throws PDF_NO_PAGES; SIGNATURE_FIELD_UNKNOWN {field} where the hand signature to put a seal on is not there;
 * APPEARANCE_IMAGE_INVALID with `reason` colour (not the law's) or outside-page.
 */
export async function showAppearance(
  document: PdfDocument,
  sink: ObjectSink,
  appearance: Appearance,
  showing: Showing,
): Promise<Shown> {
  switch (appearance.kind) {
    case 'invisible':
      return { page: await firstPage(document), visible: null };
    case 'digitised-component':
      return inCorner(document, sink, appearance.kind, appearance.name || showing.signer, showing);
    case 'agency-copy':
      return inCorner(document, sink, appearance.kind, appearance.agency, showing, appearance.form);
    case 'annex':
      return inCorner(document, sink, appearance.kind, appearance.document, showing);
    case 'personal':
    case 'issued-document':
      assertTint(appearance.image, texts[appearance.kind].tint);
      return picture(document, sink, appearance.image, appearance.place);
    case 'certified-copy': {
      const { image, place: where, signer: word, name = showing.signer } = appearance;
      if (image) return picture(document, sink, image, where);
      return text(document, sink, where, 'certified-copy', name, showing, word);
    }
  }
}

async function inCorner(
  document: PdfDocument,
  sink: ObjectSink,
  kind: TextKind,
  name: string,
  showing: Showing,
  word?: string,
): Promise<Shown> {
  const font = showing.font ?? (await shippedFont());
  const page = await firstPage(document);
  const options = { pageWidth: (await viewOf(document, page)).width, ...wordOption(word) };
  const block = layOut(kind, font, name, showing.at, options);
  const placement = await place(document, page, block);
  return { page, visible: { placement, form: addAppearance(sink, block, placement, font) } };
}

async function text(
  document: PdfDocument,
  sink: ObjectSink,
  where: ExplicitPlace | OverHandSignature,
  kind: TextKind,
  name: string,
  showing: Showing,
  word: string,
): Promise<Shown> {
  const font = showing.font ?? (await shippedFont());
  const block = layOut(kind, font, name, showing.at, wordOption(word));
  const { page, placement } = await placed(document, block, where);
  return { page, visible: { placement, form: addAppearance(sink, block, placement, font) } };
}

async function picture(
  document: PdfDocument,
  sink: ObjectSink,
  image: AppearanceImage,
  where: ExplicitPlace | OverHandSignature,
): Promise<Shown> {
  const size = { width: image.widthMm * POINTS_PER_MM, height: image.heightMm * POINTS_PER_MM };
  const { page, placement } = await placed(document, size, where);
  return { page, visible: { placement, form: addPicture(sink, image, size, placement) } };
}

function wordOption(word: string | undefined): LayOutOptions {
  return word === undefined ? {} : { word };
}

function assertTint(image: AppearanceImage, tint: string): void {
  if (image.tint === tint) return;
  throw new CounterError('APPEARANCE_IMAGE_INVALID', { reason: 'colour', wanted: tint, found: image.tint });
}

async function placed(
  document: PdfDocument,
  size: { readonly width: number; readonly height: number },
  where: ExplicitPlace | OverHandSignature,
): Promise<{ page: PdfPage; placement: Placement }> {
  const { page, centre } =
    'page' in where ? await explicitCentre(document, where) : await sealCentre(document, where, size.width);
  const placement = placeAround(await viewOf(document, page), size, centre);
  if (!placement) throw new CounterError('APPEARANCE_IMAGE_INVALID', { reason: 'outside-page' });
  return { page, placement };
}

type Centred = { readonly page: PdfPage; readonly centre: readonly [number, number] };

async function explicitCentre(document: PdfDocument, { page, centreMm }: ExplicitPlace): Promise<Centred> {
  const [x, y] = centreMm;
  return { page: await pageAt(document, page), centre: [x * POINTS_PER_MM, y * POINTS_PER_MM] };
}

/** The seal's right edge stands at the end of the signature's left third, its middle at the signature's. */
async function sealCentre(
  document: PdfDocument,
  { overField }: OverHandSignature,
  width: number,
): Promise<Centred> {
  const widget = await signatureWidget(document, overField);
  const ref = widget?.get('P');
  const page = ref instanceof PdfRef ? await pageOf(document, ref) : null;
  const rect = widget && (await rectangleOf(document, widget.get('Rect')));
  if (!page || !rect) {
    throw new CounterError('SIGNATURE_FIELD_UNKNOWN', { field: overField ?? FIELD_NAMES.personal });
  }
  const [left, top, right, bottom] = seen(await viewOf(document, page), rect);
  const third = left + (right - left) * texts['issued-document'].overlap;
  return { page, centre: [third - width / 2, (top + bottom) / 2] };
}

/** The field of that name, or the newest hand signature; fields that are their own widgets, as ours all are. */
async function signatureWidget(document: PdfDocument, field: string | undefined): Promise<PdfDict | null> {
  const form = dictOf(await lookUp(document, await catalogOf(document), 'AcroForm'));
  const fields: readonly PdfObject[] = (form && (await arrayAt(document, form, 'Fields'))) ?? [];
  let found: PdfDict | null = null;
  for (const item of fields.slice(0, MAX_FIELDS)) {
    const dict = await document.resolve(item);
    if (!(dict instanceof PdfDict)) continue;
    const name = textOf(await lookUp(document, dict, 'T')) ?? '';
    const wanted = field === undefined ? HAND_SIGNATURE.test(name) : name === field;
    if (wanted) found = dict;
  }
  return found;
}

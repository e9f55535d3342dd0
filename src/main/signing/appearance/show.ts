import texts from '../../../../resources/texts/signature-appearances.json' with { type: 'json' };
import { CounterError } from '../../../contract/errors.ts';
import { arrayAt, catalogOf, lookUp, type PdfDocument } from '../../pdf/reader/document.ts';
import { dictOf, textOf as nameOf, PdfDict, type PdfObject, PdfRef } from '../../pdf/reader/objects.ts';
import { firstPage, type PdfPage } from '../../pdf/reader/pages.ts';
import { type AppearanceFont, shippedFont } from './font.ts';
import type { AppearanceImage } from './image.ts';
import {
  type Appearance,
  type AppearanceBlock,
  type ExplicitPlace,
  FIELD_NAMES,
  layOut,
  type OverHandSignature,
  type TextKind,
} from './layout.ts';
import { addAppearance, addPicture, type ObjectSink } from './objects.ts';
import { pageAt, pageOf, pagesOf } from './page-tree.ts';
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
 * APPEARANCE_IMAGE_INVALID {reason: 'colour'} where it is not the law's; BAD_REQUEST {problem: 'page' | 'place'} where
 * there is no such page, or not all of it would be on it.
 */
export async function showAppearance(
  document: PdfDocument,
  sink: ObjectSink,
  appearance: Appearance,
  showing: Showing,
): Promise<Shown> {
  const where = 'place' in appearance ? appearance.place : null;
  if (where) {
    const content = (await contentOf(appearance, showing))!;
    const { page, placement } = await placed(document, content, where);
    return { page, visible: { placement, form: content.draw(sink, placement) } };
  }
  const page = await firstPage(document);
  const { width } = await viewOf(document, page);
  const content = await contentOf(appearance, showing, width);
  if (!content?.block) return { page, visible: null };
  const placement = await place(document, page, content.block);
  return { page, visible: { placement, form: content.draw(sink, placement) } };
}

/** What an appearance shows, wherever it is put; points. */
export interface Content {
  readonly width: number;
  readonly height: number;
  /** Null for a picture. */
  readonly block: AppearanceBlock | null;
  /** Adds the form XObject. */
  draw(sink: ObjectSink, placement: Placement): PdfRef;
}

/** Null for an invisible one. Throws APPEARANCE_IMAGE_INVALID {reason: 'colour'}. */
export async function contentOf(
  appearance: Appearance,
  showing: Showing,
  pageWidth?: number,
): Promise<Content | null> {
  const { signer } = showing;
  const text = (kind: TextKind, name: string, word?: string) => textOf(kind, name, showing, pageWidth, word);
  switch (appearance.kind) {
    case 'invisible':
      return null;
    case 'digitised-component':
    case 'counter-form':
      return text(appearance.kind, appearance.name || signer);
    case 'agency-copy':
      return text(appearance.kind, appearance.agency, appearance.form);
    case 'annex':
      return text(appearance.kind, appearance.document);
    case 'personal':
    case 'issued-document':
      assertTint(appearance.image, texts[appearance.kind].tint);
      return pictureOf(appearance.image);
    case 'certified-copy':
      if (appearance.image) return pictureOf(appearance.image);
      return text(appearance.kind, appearance.name ?? signer, appearance.signer);
  }
}

async function textOf(
  kind: TextKind,
  name: string,
  { at, font }: Showing,
  pageWidth: number | undefined,
  word: string | undefined,
): Promise<Content> {
  const face = font ?? (await shippedFont());
  const options = { ...(word !== undefined && { word }), ...(pageWidth !== undefined && { pageWidth }) };
  const block = layOut(kind, face, name, at, options);
  const { width, height } = block;
  return { width, height, block, draw: (sink, placement) => addAppearance(sink, block, placement, face) };
}

function pictureOf(image: AppearanceImage): Content {
  const size = { width: image.widthMm * POINTS_PER_MM, height: image.heightMm * POINTS_PER_MM };
  return { ...size, block: null, draw: (sink, placement) => addPicture(sink, image, size, placement) };
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
  if (!placement) throw new CounterError('BAD_REQUEST', { problem: 'place' });
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
  const field = overField ?? FIELD_NAMES.personal;
  const widget = await signatureWidget(document, overField);
  const rect = widget && (await rectangleOf(document, widget.dict.get('Rect')));
  const page = widget && (await pageOfWidget(document, widget));
  if (!page || !rect) throw new CounterError('SIGNATURE_FIELD_UNKNOWN', { field });
  const [left, top, right, bottom] = seen(await viewOf(document, page), rect);
  const third = left + (right - left) * texts['issued-document'].overlap;
  return { page, centre: [third - width / 2, (top + bottom) / 2] };
}

interface Widget {
  readonly dict: PdfDict;
  /** Null where it is written straight into the form. */
  readonly ref: PdfRef | null;
}

/** Where the field of that name shows, or the newest hand signature. */
async function signatureWidget(document: PdfDocument, field: string | undefined): Promise<Widget | null> {
  const form = dictOf(await lookUp(document, await catalogOf(document), 'AcroForm'));
  const fields: readonly PdfObject[] = (form && (await arrayAt(document, form, 'Fields'))) ?? [];
  let found: PdfObject = null;
  for (const item of fields.slice(0, MAX_FIELDS)) {
    const dict = await document.resolve(item);
    if (!(dict instanceof PdfDict)) continue;
    const name = nameOf(await lookUp(document, dict, 'T')) ?? '';
    const wanted = field === undefined ? HAND_SIGNATURE.test(name) : name === field;
    // A field is its own widget, as ours all are, or has one as its kid.
    if (wanted) found = dict.has('Rect') ? item : ((await arrayAt(document, dict, 'Kids'))?.[0] ?? null);
  }
  const dict = await document.resolve(found);
  return dict instanceof PdfDict ? { dict, ref: found instanceof PdfRef ? found : null } : null;
}

/** By the widget's /P, which is optional (ISO 32000-1 table 164), or by the page that lists it. */
async function pageOfWidget(document: PdfDocument, { dict, ref }: Widget): Promise<PdfPage | null> {
  const stated = dict.get('P');
  if (stated instanceof PdfRef) return pageOf(document, stated);
  if (!ref) return null;
  for await (const page of pagesOf(document)) {
    const listed = (await arrayAt(document, page.dict, 'Annots')) ?? [];
    if (listed.some((item) => item instanceof PdfRef && item.num === ref.num)) return page;
  }
  return null;
}

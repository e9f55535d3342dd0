import { CounterError } from '../../../contract/errors.ts';
import { arrayAt, catalogOf, lookUp, type PdfDocument } from '../../pdf/reader/document.ts';
import {
  dictOf,
  integerOf,
  isName,
  PdfDict,
  PdfName,
  type PdfObject,
  PdfRef,
  PdfTooComplex,
  PdfUnreadable,
} from '../../pdf/reader/objects.ts';
import { pageOf } from '../appearance/page-tree.ts';
import { type Rectangle, rectangleOf, viewOf } from '../appearance/place.ts';
import { signatureFields } from '../verifying/find.ts';
import { markSigned } from './field.ts';
import type { Update } from './update.ts';

/** A signature field that waits for its signature. */
export interface PreparedField {
  /** Fully qualified. */
  readonly name: string;
  readonly ref: PdfRef;
  readonly dict: PdfDict;
  /** Where it shows, the field itself among them where it is its own widget; none where it shows nowhere. */
  readonly widgets: readonly PreparedWidget[];
}

export interface PreparedWidget {
  readonly ref: PdfRef;
  readonly dict: PdfDict;
  /** Null where it has no area: an invisible signature. */
  readonly rect: Rectangle | null;
  /** How the page that it stands on is turned. */
  readonly rotate: 0 | 90 | 180 | 270;
}

const MAX_WIDGETS = 64;
const MAX_PAGES = 20_000;
/** ReadOnly of the field flags (ISO 32000-1 table 221). */
const READ_ONLY = 1;

/**
 * The empty signature field of that name. Throws SIGNATURE_FIELD_UNKNOWN {field} where there is none or it is signed,
 * PDF_CHANGES_FORBIDDEN {reason: field-read-only} where it may not be filled.
 */
export async function preparedField(document: PdfDocument, name: string): Promise<PreparedField> {
  for (const { ref, field, name: found } of await signatureFields(document)) {
    if (found !== name || dictOf(await lookUp(document, field, 'V'))) continue;
    const kids = await kidsOf(document, field);
    // A field whose kids have names of their own is a group, not a field to sign.
    if (kids.some((kid) => kid.dict.has('T'))) continue;
    if (!ref) throw new PdfUnreadable('field-not-indirect');
    if ((integerOf(await lookUp(document, field, 'Ff')) ?? 0) & READ_ONLY) {
      throw new CounterError('PDF_CHANGES_FORBIDDEN', { reason: 'field-read-only', field: name });
    }
    const parts = [{ ref, dict: field }, ...kids].filter(({ dict }) => isWidget(dict));
    const widgets: PreparedWidget[] = [];
    for (const part of parts) {
      const rect = await rectangleOf(document, part.dict.get('Rect'));
      widgets.push({ ...part, rect, rotate: rect ? await rotationAt(document, part) : 0 });
    }
    return { name, ref, dict: field, widgets };
  }
  throw new CounterError('SIGNATURE_FIELD_UNKNOWN', { field: name });
}

/** Signs the field: its value, and what its widgets show (`look` gives a form XObject, null = nothing). */
export async function fillField(
  document: PdfDocument,
  update: Update,
  field: PreparedField,
  signature: PdfRef,
  look: (widget: PreparedWidget) => Promise<PdfRef | null>,
): Promise<void> {
  update.change(field.ref.num, field.dict, { V: signature });
  for (const widget of field.widgets) {
    const form = widget.rect ? await look(widget) : null;
    if (form) update.change(widget.ref.num, widget.dict, { AP: new PdfDict([['N', form]]), AS: null });
  }
  await markSigned(document, update);
}

/**
 * The reference that the field's /Lock asks for (ISO 32000-1 §12.7.4.5, §12.8.2.4): the same words as transform
 * parameters of FieldMDP. Null where the field locks nothing.
 */
export async function lockReference(document: PdfDocument, field: PreparedField): Promise<PdfDict | null> {
  const lock = dictOf(await lookUp(document, field.dict, 'Lock'));
  const action = lock && (await lookUp(document, lock, 'Action'));
  if (!lock || !(action instanceof PdfName)) return null;
  const names: PdfObject[] = [];
  for (const item of (await arrayAt(document, lock, 'Fields')) ?? [])
    names.push(await document.resolve(item));
  const parameters = new PdfDict([
    ['Type', new PdfName('TransformParams')],
    ['V', new PdfName('1.2')],
    ['Action', action],
    ...(action.value === 'All' ? [] : ([['Fields', names]] as const)),
  ]);
  return new PdfDict([
    ['Type', new PdfName('SigRef')],
    ['TransformMethod', new PdfName('FieldMDP')],
    ['TransformParams', parameters],
    ['Data', document.trailer.get('Root')],
  ]);
}

function isWidget(dict: PdfDict): boolean {
  return isName(dict.get('Subtype'), 'Widget') || dict.has('Rect');
}

async function kidsOf(
  document: PdfDocument,
  field: PdfDict,
): Promise<{ readonly ref: PdfRef; readonly dict: PdfDict }[]> {
  const kids: { ref: PdfRef; dict: PdfDict }[] = [];
  for (const kid of (await arrayAt(document, field, 'Kids')) ?? []) {
    const dict = await document.resolve(kid);
    if (kid instanceof PdfRef && dict instanceof PdfDict) kids.push({ ref: kid, dict });
    if (kids.length > MAX_WIDGETS) throw new PdfTooComplex('widgets');
  }
  return kids;
}

async function rotationAt(
  document: PdfDocument,
  widget: { readonly ref: PdfRef; readonly dict: PdfDict },
): Promise<PreparedWidget['rotate']> {
  const stated = widget.dict.get('P');
  const ref = stated instanceof PdfRef ? stated : await pageWith(document, widget.ref);
  const page = ref && (await pageOf(document, ref));
  return page ? (await viewOf(document, page)).rotate : 0;
}

/** The page whose annotations hold the widget, for widgets that do not say (/P is optional). */
async function pageWith(document: PdfDocument, widget: PdfRef): Promise<PdfRef | null> {
  const waiting: PdfObject[] = [(await catalogOf(document)).get('Pages')];
  const seen = new Set<number>();
  while (waiting.length > 0) {
    const next = waiting.pop()!;
    if (!(next instanceof PdfRef) || seen.has(next.num) || seen.size >= MAX_PAGES) continue;
    seen.add(next.num);
    const node = dictOf(await document.resolve(next));
    if (!node) continue;
    const annotations = (await arrayAt(document, node, 'Annots')) ?? [];
    if (annotations.some((a) => a instanceof PdfRef && a.num === widget.num)) return next;
    waiting.push(...((await arrayAt(document, node, 'Kids')) ?? []).slice(0, MAX_PAGES));
  }
  return null;
}

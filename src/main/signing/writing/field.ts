import { CounterError } from '../../../contract/errors.ts';
import { arrayAt, catalogOf, lookUp, type PdfDocument } from '../../pdf/reader/document.ts';
import {
  dictOf,
  integerOf,
  isArray,
  isName,
  PdfDict,
  PdfName,
  type PdfObject,
  PdfRef,
  PdfUnreadable,
  textOf,
  textString,
} from '../../pdf/reader/objects.ts';
import type { PdfPage } from '../../pdf/reader/pages.ts';
import type { AppearanceKind } from '../appearance/layout.ts';
import type { Placement } from '../appearance/place.ts';
import type { Update } from './update.ts';

/** Print and Locked (ISO 32000-1 table 165): PDF/A wants the first, the second keeps the box where it stands. */
const WIDGET_FLAGS = 4 + 128;
/** SignaturesExist and AppendOnly (table 219). */
const SIG_FLAGS = 3;
const MAX_FIELDS = 5000;
const FIELD_NAMES: Readonly<Record<AppearanceKind, string>> = {
  'digitised-component': 'DigitisedComponent',
  'agency-copy': 'AgencyCopy',
  invisible: 'Signature',
};

/**
 * A certified document (DocMDP) allows at most changes to what it held when it was certified; a further field is
 * none of these at any level. Throws PDF_CHANGES_FORBIDDEN with the level in `permission`.
 */
export async function refuseCertified(document: PdfDocument): Promise<void> {
  const permission = await docMdpLevel(document);
  if (permission !== null) {
    throw new CounterError('PDF_CHANGES_FORBIDDEN', { reason: 'certified', permission });
  }
}

/** Level 1, 2 or 3 of a certification (ISO 32000-1 §12.8.2.2), null where there is none. */
export async function docMdpLevel(document: PdfDocument): Promise<number | null> {
  const permissions = dictOf(await lookUp(document, await catalogOf(document), 'Perms'));
  const signature = permissions && dictOf(await lookUp(document, permissions, 'DocMDP'));
  if (!signature) return null;
  for (const item of (await arrayAt(document, signature, 'Reference')) ?? []) {
    const reference = dictOf(await document.resolve(item));
    if (!reference || !isName(await lookUp(document, reference, 'TransformMethod'), 'DocMDP')) continue;
    const params = dictOf(await lookUp(document, reference, 'TransformParams'));
    return (params && integerOf(await lookUp(document, params, 'P'))) ?? 2;
  }
  return 2;
}

export interface FieldRequest {
  readonly kind: AppearanceKind;
  /** The signature dictionary that the field will name. */
  readonly signature: PdfRef;
  /** Null for a field that shows nothing. */
  readonly visible: { readonly placement: Placement; readonly form: PdfRef } | null;
}

/** Adds the field, which is its own widget, to the form and to the page. Returns its name. */
export async function addField(
  document: PdfDocument,
  update: Update,
  page: PdfPage,
  request: FieldRequest,
): Promise<string> {
  if (!page.ref) throw new PdfUnreadable('page-not-indirect');
  const field = update.allocate();
  const form = await formOf(document);
  const fieldName = await freeName(document, form.fields, FIELD_NAMES[request.kind]);
  const { visible } = request;
  const widget = new PdfDict([
    ['Type', new PdfName('Annot')],
    ['Subtype', new PdfName('Widget')],
    ['FT', new PdfName('Sig')],
    ['T', textString(fieldName)],
    ['V', request.signature],
    ['F', WIDGET_FLAGS],
    ['P', page.ref],
    ['Rect', visible ? visible.placement.rect : [0, 0, 0, 0]],
    ...(visible ? ([['AP', new PdfDict([['N', visible.form]])]] as const) : []),
    ...(visible?.placement.rotate ? ([['MK', new PdfDict([['R', visible.placement.rotate]])]] as const) : []),
  ]);
  update.set(field, widget);
  addToForm(document, update, form, field);
  await addToPage(document, update, page, page.ref, field);
  return fieldName;
}

interface FormFacts {
  readonly catalog: PdfDict;
  /** Where the form is an object of its own. */
  readonly ref: PdfRef | null;
  readonly dict: PdfDict;
  /** Where /Fields is an object of its own. */
  readonly fieldsRef: PdfRef | null;
  readonly fields: readonly PdfObject[];
}

async function formOf(document: PdfDocument): Promise<FormFacts> {
  const catalog = await catalogOf(document);
  const entry = catalog.get('AcroForm');
  const found = await document.resolve(entry);
  const dict = found instanceof PdfDict ? found : new PdfDict();
  const fields = await lookUp(document, dict, 'Fields');
  const fieldsEntry = dict.get('Fields');
  return {
    catalog,
    ref: entry instanceof PdfRef && found instanceof PdfDict ? entry : null,
    dict,
    fieldsRef: fieldsEntry instanceof PdfRef && isArray(fields) ? fieldsEntry : null,
    fields: isArray(fields) ? fields : [],
  };
}

/** Merges the field into the form at the deepest object of its own, so that as little as possible is rewritten. */
function addToForm(document: PdfDocument, update: Update, form: FormFacts, field: PdfRef): void {
  const fields = [...form.fields, field];
  const flags = (integerOf(form.dict.get('SigFlags')) ?? 0) | SIG_FLAGS;
  if (form.fieldsRef) update.set(update.refTo(form.fieldsRef.num), fields);
  const dict = form.dict.with({ SigFlags: flags, ...(form.fieldsRef ? {} : { Fields: fields }) });
  if (form.fieldsRef && form.dict.get('SigFlags') === flags) return;
  if (form.ref) {
    update.set(update.refTo(form.ref.num), dict);
    return;
  }
  const root = document.trailer.get('Root') as PdfRef;
  const isNew = form.dict.entries.size === 0;
  const added = isNew ? update.allocate() : null;
  if (added) update.set(added, dict);
  update.set(update.refTo(root.num), form.catalog.with({ AcroForm: added ?? dict }));
}

async function addToPage(
  document: PdfDocument,
  update: Update,
  page: PdfPage,
  ref: PdfRef,
  field: PdfRef,
): Promise<void> {
  const entry = page.dict.get('Annots');
  const annotations = await document.resolve(entry);
  if (entry instanceof PdfRef && isArray(annotations)) {
    update.set(update.refTo(entry.num), [...annotations, field]);
    return;
  }
  const before = isArray(annotations) ? annotations : [];
  update.set(update.refTo(ref.num), page.dict.with({ Annots: [...before, field] }));
}

async function freeName(
  document: PdfDocument,
  fields: readonly PdfObject[],
  prefix: string,
): Promise<string> {
  const taken = new Set<string>();
  for (const item of fields.slice(0, MAX_FIELDS)) {
    const field = dictOf(await document.resolve(item));
    const name = field && textOf(await lookUp(document, field, 'T'));
    if (name) taken.add(name);
  }
  // Beyond the fields that were looked at, a number above their count cannot have been met by chance.
  let number = fields.length > MAX_FIELDS ? fields.length + 1 : 1;
  while (taken.has(`${prefix}${number}`)) number++;
  return `${prefix}${number}`;
}

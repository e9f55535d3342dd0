import { catalogOf, lookUp, type PdfDocument } from '../../pdf/reader/document.ts';
import {
  dictOf,
  integerOf,
  isArray,
  PdfDict,
  PdfName,
  type PdfObject,
  PdfRef,
  PdfUnreadable,
  textOf,
  textString,
} from '../../pdf/reader/objects.ts';
import type { PdfPage } from '../../pdf/reader/pages.ts';
import type { Placement } from '../appearance/place.ts';
import { changeCatalog } from './catalog.ts';
import type { Update } from './update.ts';

/** Print and Locked (ISO 32000-1 table 165): PDF/A wants the first, the second keeps the box where it stands. */
const WIDGET_FLAGS = 4 + 128;
/** SignaturesExist and AppendOnly (table 219). */
const SIG_FLAGS = 3;
const MAX_FIELDS = 5000;
export interface FieldRequest {
  readonly name: string;
  /** The signature dictionary that the field will name. */
  readonly signature: PdfRef;
  /** Null for a field that shows nothing. */
  readonly visible: { readonly placement: Placement; readonly form: PdfRef } | null;
}

/** Adds the field, which is its own widget, to the form and to the page. */
export async function addField(
  document: PdfDocument,
  update: Update,
  page: PdfPage,
  request: FieldRequest,
): Promise<void> {
  if (!page.ref) throw new PdfUnreadable('page-not-indirect');
  const field = update.allocate();
  const form = await formOf(document);
  const { visible } = request;
  const widget = new PdfDict([
    ['Type', new PdfName('Annot')],
    ['Subtype', new PdfName('Widget')],
    ['FT', new PdfName('Sig')],
    ['T', textString(request.name)],
    ['V', request.signature],
    ['F', WIDGET_FLAGS],
    ['P', page.ref],
    ['Rect', visible ? visible.placement.rect : [0, 0, 0, 0]],
    ...(visible ? ([['AP', new PdfDict([['N', visible.form]])]] as const) : []),
    ...(visible?.placement.rotate ? ([['MK', new PdfDict([['R', visible.placement.rotate]])]] as const) : []),
  ]);
  update.set(field, widget);
  growForm(document, update, form, [field]);
  await addToPage(document, update, page, page.ref, field);
}

/** Says in the form that there are signatures, as a field that is signed makes it. */
export async function markSigned(document: PdfDocument, update: Update): Promise<void> {
  growForm(document, update, await formOf(document), []);
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

/** Merges fields into the form at the deepest object of its own, so that as little as possible is rewritten. */
function growForm(document: PdfDocument, update: Update, form: FormFacts, added: readonly PdfRef[]): void {
  const fields = [...form.fields, ...added];
  const flags = (integerOf(form.dict.get('SigFlags')) ?? 0) | SIG_FLAGS;
  if (form.fieldsRef && added.length > 0) update.set(update.refTo(form.fieldsRef.num), fields);
  const changes = {
    ...(form.dict.get('SigFlags') === flags ? {} : { SigFlags: flags }),
    ...(form.fieldsRef || added.length === 0 ? {} : { Fields: fields }),
  };
  if (Object.keys(changes).length === 0) return;
  if (form.ref) {
    update.change(form.ref.num, form.dict, changes);
    return;
  }
  const dict = form.dict.with(changes);
  const isNew = form.dict.entries.size === 0;
  const own = isNew ? update.allocate() : null;
  if (own) update.set(own, dict);
  changeCatalog(document, update, form.catalog, { AcroForm: own ?? dict });
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
  update.change(ref.num, page.dict, { Annots: [...before, field] });
}

/** A name that no field of the form has: the prefix and a number. */
export async function freeName(document: PdfDocument, prefix: string): Promise<string> {
  const { fields } = await formOf(document);
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

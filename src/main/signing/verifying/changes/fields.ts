import { catalogOf, lookUp, type PdfDocument } from '../../../pdf/reader/document.ts';
import {
  dictOf,
  integerOf,
  isArray,
  PdfDict,
  PdfName,
  type PdfObject,
  PdfRef,
  PdfString,
  PdfTooComplex,
  textOf,
} from '../../../pdf/reader/objects.ts';

/** A field of the form with what it inherits (ISO 32000-1 §12.7.3.1), and the widgets that show it. */
export interface FormField {
  /** Fully qualified. */
  readonly name: string;
  readonly ref: PdfRef | null;
  /** /FT: Tx, Ch, Btn, Sig; '' where none is said. */
  readonly type: string;
  /** /Ff. */
  readonly flags: number;
  /** Resolved; null where it was never filled. */
  readonly value: PdfObject;
  /** Itself and those of its kids that are widgets and nothing else. */
  readonly parts: PdfRef[];
}

const MAX_FIELDS = 20_000;
const MAX_DEPTH = 32;

interface Inherited {
  readonly name: string;
  readonly type: string;
  readonly flags: number;
  readonly value: PdfObject;
  readonly owner: FormField | null;
}

/** All fields of a document's form; a tree that turns back on itself ends at the turn. Throws PDF_TOO_COMPLEX. */
export async function formFields(document: PdfDocument): Promise<FormField[]> {
  const form = dictOf(await lookUp(document, await catalogOf(document), 'AcroForm'));
  const roots = form && (await lookUp(document, form, 'Fields'));
  const seen = new Set<number>();
  const found: FormField[] = [];
  let left = MAX_FIELDS;

  async function visit(object: PdfObject, above: Inherited, depth: number): Promise<void> {
    if (--left < 0 || depth > MAX_DEPTH) throw new PdfTooComplex('fields');
    const ref = object instanceof PdfRef ? object : null;
    if (ref && seen.has(ref.num)) return;
    if (ref) seen.add(ref.num);
    const dict = await document.resolve(object);
    if (!(dict instanceof PdfDict)) return;
    const own = textOf(await lookUp(document, dict, 'T'));
    const type = await lookUp(document, dict, 'FT');
    const here: Omit<Inherited, 'owner'> = {
      name: own === null ? above.name : above.name === '' ? own : `${above.name}.${own}`,
      type: type instanceof PdfName ? type.value : above.type,
      flags: integerOf(await lookUp(document, dict, 'Ff')) ?? above.flags,
      value: dict.has('V') ? await lookUp(document, dict, 'V') : above.value,
    };
    let owner = above.owner;
    if (own !== null || !owner) {
      owner = { ...here, ref, parts: ref ? [ref] : [] };
      found.push(owner);
    } else if (ref) owner.parts.push(ref);
    const kids = await lookUp(document, dict, 'Kids');
    for (const kid of isArray(kids) ? kids : []) await visit(kid, { ...here, owner }, depth + 1);
  }

  const top: Inherited = { name: '', type: '', flags: 0, value: null, owner: null };
  for (const root of isArray(roots) ? roots : []) await visit(root, top, 0);
  return found;
}

/** Whether a field stood empty: what a person may still fill in. */
export function isEmptyValue(value: PdfObject): boolean {
  if (value === null) return true;
  if (value instanceof PdfString) return (textOf(value) ?? '') === '';
  if (value instanceof PdfName) return value.value === 'Off' || value.value === '';
  return isArray(value) && value.length === 0;
}

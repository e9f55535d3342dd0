import { arrayAt, lookUp } from '../../../pdf/reader/document.ts';
import { dictOf, isName, PdfDict, type PdfObject, PdfRef } from '../../../pdf/reader/objects.ts';
import { signatureFields } from '../find.ts';
import type { Comparison } from './comparison.ts';
import { differingKeys, sameObject } from './equal.ts';
import { reach } from './references.ts';

const FORM_KEYS = ['Fields', 'SigFlags'];
/** A form that a signature brings with it may also hold what Acrobat puts there by default. */
const NEW_FORM_KEYS = [...FORM_KEYS, 'DR', 'DA'];
/** Keys that may lead to a field or widget; '' is an array that is an object of its own. */
const FIELD_HOLDERS = ['', 'AcroForm', 'Fields', 'Annots', 'Kids', 'Parent', 'Obj', 'K'];
const FILLED_KEYS = ['V', 'AP', 'F', 'M', 'MK'];

/** The interactive form: it may gain signature fields, and its empty ones may be signed. */
export async function explainForm(comparison: Comparison): Promise<void> {
  const { catalog, before, after, changed, added, explained, owners, found } = comparison;
  const a = dictOf(await lookUp(before, catalog.a, 'AcroForm'));
  const b = dictOf(await lookUp(after, catalog.b, 'AcroForm'));
  if (!b) {
    if (a) found.push({ what: 'form-changed' });
    return;
  }
  const allowed = a ? FORM_KEYS : NEW_FORM_KEYS;
  for (const key of differingKeys(a ?? new PdfDict(), b)) {
    if (key === 'DR' && a) await explainResources(comparison, a.get('DR'), b.get('DR'));
    else if (!allowed.includes(key)) found.push({ what: 'form-changed', key });
  }
  const entry = catalog.b.get('AcroForm');
  if (entry instanceof PdfRef) {
    if (changed.has(entry.num) && sameObject(entry, catalog.a.get('AcroForm'))) {
      explained.add(entry.num);
      owners.set(entry.num, (r) => r.holder === catalog.num && r.key === 'AcroForm');
    }
    if (added.has(entry.num)) explained.add(entry.num);
  }
  const formNum = entry instanceof PdfRef ? entry.num : -1;
  const list = b.get('Fields');
  if (list instanceof PdfRef) {
    if (added.has(list.num)) explained.add(list.num);
    if (changed.has(list.num) && a && sameObject(list, a.get('Fields'))) {
      explained.add(list.num);
      owners.set(
        list.num,
        (r) =>
          (r.holder === formNum && r.key === 'Fields') || (r.holder === catalog.num && r.key === 'AcroForm'),
      );
    }
  }
  if (!a) for (const n of await reach(after, [b.get('DR')], (x) => added.has(x))) explained.add(n);
  await explainFields(
    comparison,
    (a && (await arrayAt(before, a, 'Fields'))) ?? [],
    await arrayAt(after, b, 'Fields'),
  );
}

/** The form's resources may gain names, as Acrobat adds its fonts; a name that was there keeps its meaning. */
async function explainResources(comparison: Comparison, aEntry: PdfObject, bEntry: PdfObject): Promise<void> {
  const { before, after, added, explained, found } = comparison;
  const a = dictOf(await before.resolve(aEntry)) ?? new PdfDict();
  const b = dictOf(await after.resolve(bEntry)) ?? new PdfDict();
  for (const key of differingKeys(a, b)) {
    const inA = await lookUp(before, a, key);
    const inB = await lookUp(after, b, key);
    const grows = inA === null || (inA instanceof PdfDict && inB instanceof PdfDict);
    const lost =
      inA instanceof PdfDict && inB instanceof PdfDict && differingKeys(inA, inB).some((k) => inA.has(k));
    if (!grows || lost) found.push({ what: 'form-changed', key: 'DR' });
  }
  for (const num of await reach(after, [bEntry], (n) => added.has(n))) explained.add(num);
}

async function explainFields(
  comparison: Comparison,
  a: readonly PdfObject[],
  b: readonly PdfObject[] | null,
): Promise<void> {
  const { before, added, found } = comparison;
  const kept = new Set((b ?? []).map((f) => (f instanceof PdfRef ? f.num : -1)));
  for (const field of a) {
    if (field instanceof PdfRef ? !kept.has(field.num) : !(b ?? []).some((f) => sameObject(f, field))) {
      found.push({ what: 'field-changed', ...(field instanceof PdfRef ? { object: field.num } : {}) });
    }
  }
  const old = new Set(a.map((f) => (f instanceof PdfRef ? f.num : -1)));
  for (const field of b ?? []) {
    if (!(field instanceof PdfRef)) {
      if (!a.some((f) => sameObject(f, field))) found.push({ what: 'field-changed' });
    } else if (!old.has(field.num)) {
      if (added.has(field.num)) await explainNewField(comparison, field);
      else found.push({ what: 'field-changed', object: field.num });
    }
  }
  for (const { ref, field } of await signatureFields(before)) {
    if (ref && !(await lookUp(before, field, 'V'))) await explainFilling(comparison, ref, field);
  }
}

/** A further signature field, with its widgets, its signature and its appearance: all of them new objects. */
async function explainNewField(
  { after, added, explained, widgets, found }: Comparison,
  ref: PdfRef,
): Promise<void> {
  const field = await after.load(ref.num);
  if (!(field instanceof PdfDict) || !isName(await lookUp(after, field, 'FT'), 'Sig')) {
    found.push({ what: 'field-changed', object: ref.num });
    return;
  }
  for (const num of await reach(after, [ref], (n) => added.has(n))) explained.add(num);
  widgets.add(ref.num);
  for (const kid of (await arrayAt(after, field, 'Kids')) ?? []) {
    if (kid instanceof PdfRef && added.has(kid.num)) widgets.add(kid.num);
  }
}

/** An empty signature field that was signed: its value and its look are new, the rest is as it was. */
async function explainFilling(comparison: Comparison, ref: PdfRef, field: PdfDict): Promise<void> {
  const { before, after, changed, added, explained } = comparison;
  const parts = [ref, ...((await arrayAt(before, field, 'Kids')) ?? [])];
  for (const part of parts) {
    if (!(part instanceof PdfRef) || !changed.has(part.num)) continue;
    const a = dictOf(await before.load(part.num));
    const b = dictOf(await after.load(part.num));
    if (!a || !b) continue;
    for (const key of differingKeys(a, b)) {
      if (!FILLED_KEYS.includes(key)) comparison.found.push({ what: 'field-changed', object: part.num, key });
    }
    explained.add(part.num);
    // Named as a resource or anything else that is drawn, its /V or /AP would be a picture on a page.
    comparison.owners.set(part.num, (r) => FIELD_HOLDERS.includes(r.key));
    const looks = [b.get('V'), b.get('AP'), b.get('MK')];
    for (const num of await reach(after, looks, (n) => added.has(n))) explained.add(num);
    await explainRedrawing(comparison, part.num, a.get('AP'), b.get('AP'));
  }
}

/**
 * An empty field's look, written over where it stood: its /AP dictionary and the streams named there, where nothing
 * but that field showed them.
 */
async function explainRedrawing(
  comparison: Comparison,
  field: number,
  look: PdfObject,
  newLook: PdfObject,
): Promise<void> {
  const { before, after, changed, added, explained, owners } = comparison;
  const dict = dictOf(await before.resolve(look));
  const holder = look instanceof PdfRef ? look.num : field;
  const own = new Set<number>(look instanceof PdfRef ? [look.num] : []);
  for (const state of dict?.entries.values() ?? []) {
    const streams = state instanceof PdfDict ? [...state.entries.values()] : [state];
    for (const stream of streams) if (stream instanceof PdfRef) own.add(stream.num);
  }
  for (const num of own) {
    if (changed.has(num)) explained.add(num);
    owners.set(num, (r) => (r.holder === field && r.key === 'AP') || (num !== holder && r.holder === holder));
  }
  const parts = await reach(after, [newLook], (n) => added.has(n) || own.has(n));
  for (const num of parts) if (added.has(num)) explained.add(num);
}

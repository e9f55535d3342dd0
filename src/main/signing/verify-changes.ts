import { arrayAt, catalogOf, lookUp, type PdfDocument } from '../pdf/reader/document.ts';
import {
  dictOf,
  isArray,
  isName,
  PdfDict,
  type PdfObject,
  PdfRef,
  PdfStream,
  PdfTooComplex,
} from '../pdf/reader/objects.ts';
import { findEntry, numbersOf } from '../pdf/reader/xref.ts';
import { differingKeys, sameAcross, sameObject } from './verify-equal.ts';
import { signatureFields } from './verify-find.ts';
import { type Referrer, reach, referrersOf } from './verify-references.ts';

/** A change after signing that is neither a further signature nor what belongs to one. */
export interface Modification {
  readonly what:
    | 'revision-chain-broken'
    | 'root-replaced'
    | 'catalog-changed'
    | 'form-changed'
    | 'field-changed'
    | 'page-changed'
    | 'annotation-removed'
    | 'object-changed'
    | 'object-added'
    | 'object-removed'
    | 'object-reused';
  /** Number of the object, where there is one. */
  readonly object?: number;
  /** The dictionary's key that differs. */
  readonly key?: string;
}

const MAX_TOUCHED = 200_000;
const MAX_NAMED = 100;
/** Judged on their own below, or without any effect on what is shown. */
const CATALOG_KEYS = ['AcroForm', 'DSS', 'Extensions', 'Version', 'Metadata'];
const FORM_KEYS = ['Fields', 'SigFlags'];
/** A form that a signature brings with it may also hold what Acrobat puts there by default. */
const NEW_FORM_KEYS = [...FORM_KEYS, 'DR', 'DA'];
const FILLED_KEYS = ['V', 'AP', 'F', 'M', 'MK'];
const DSS_KEYS = ['Type', 'VRI', 'Certs', 'OCSPs', 'CRLs'];

/** What is known while two revisions are compared. */
interface Comparison {
  readonly before: PdfDocument;
  readonly after: PdfDocument;
  readonly catalog: { readonly num: number; readonly a: PdfDict; readonly b: PdfDict };
  readonly changed: ReadonlySet<number>;
  readonly added: ReadonlySet<number>;
  /** Changes that are explained. */
  readonly explained: Set<number>;
  /** Who alone may have named an explained, changed object in the signed revision. */
  readonly owners: Map<number, (referrer: Referrer) => boolean>;
  /** New widgets of signature fields: the only annotations that a page may gain. */
  readonly widgets: Set<number>;
  readonly found: Modification[];
}

/**
 * Names every change between a signed revision and the file as it is now that is not a further signature, filling
 * of an empty signature field, validation data (/DSS), or document information. Empty = nothing was tampered with.
 * Throws PDF_TOO_COMPLEX, PDF_UNREADABLE.
 */
export async function changesSince(
  before: PdfDocument,
  after: PdfDocument,
): Promise<readonly Modification[]> {
  const signedAt = before.chain[0]!.at;
  const known = after.chain.findIndex((section) => section.at === signedAt);
  if (known < 0) return [{ what: 'revision-chain-broken' }];
  if (!sameObject(before.trailer.get('Root'), after.trailer.get('Root'))) return [{ what: 'root-replaced' }];
  const comparison = await touchedObjects(before, after, known);
  await explainContainers(comparison, known);
  await explainCatalog(comparison);
  await explainForm(comparison);
  await explainPages(comparison);
  await explainInformation(comparison);
  nameUnexplained(comparison);
  await nameReused(comparison);
  return comparison.found.slice(0, MAX_NAMED);
}

async function touchedObjects(before: PdfDocument, after: PdfDocument, known: number): Promise<Comparison> {
  const numbers = new Set<number>();
  for (const section of after.chain.slice(0, known)) {
    for (const num of numbersOf(section)) numbers.add(num);
    if (numbers.size > MAX_TOUCHED) throw new PdfTooComplex('revision-objects');
  }
  const changed = new Set<number>();
  const added = new Set<number>();
  const found: Modification[] = [];
  for (const num of numbers) {
    const a = await before.load(num);
    const b = await after.load(num);
    if (a === null && b !== null) added.add(num);
    else if (a !== null && b === null) found.push({ what: 'object-removed', object: num });
    else if (!(await sameAcross(before, a, after, b))) changed.add(num);
  }
  const num = (before.trailer.get('Root') as PdfRef).num;
  const catalog = { num, a: await catalogOf(before), b: await catalogOf(after) };
  return {
    before,
    after,
    catalog,
    changed,
    added,
    explained: new Set(),
    owners: new Map(),
    widgets: new Set(),
    found,
  };
}

/** Cross-reference streams and object streams of the later revisions carry objects and show nothing. */
async function explainContainers({ after, added, explained }: Comparison, known: number): Promise<void> {
  for (const section of after.chain.slice(0, known)) {
    for (const own of [section.objectNumber, section.hybrid?.objectNumber]) {
      if (own && added.has(own)) explained.add(own);
    }
    for (const num of numbersOf(section)) {
      const entry = findEntry(after.chain, num);
      if (entry?.type === 'packed' && added.has(entry.container)) explained.add(entry.container);
    }
  }
}

async function explainCatalog(comparison: Comparison): Promise<void> {
  const { catalog, changed, explained, owners, found } = comparison;
  for (const key of differingKeys(catalog.a, catalog.b)) {
    if (!CATALOG_KEYS.includes(key)) found.push({ what: 'catalog-changed', object: catalog.num, key });
  }
  if (changed.has(catalog.num)) {
    explained.add(catalog.num);
    owners.set(catalog.num, (r) => r.holder === 0 && r.key === 'Root');
  }
  await explainMetadata(comparison);
  await explainExtensions(comparison);
  await explainDss(comparison);
}

async function explainMetadata({
  catalog,
  after,
  changed,
  added,
  explained,
  owners,
}: Comparison): Promise<void> {
  const entry = catalog.b.get('Metadata');
  const stream = await after.resolve(entry);
  if (!(entry instanceof PdfRef) || !(stream instanceof PdfStream)) return;
  if (!isName(stream.dict.get('Type'), 'Metadata')) return;
  if (added.has(entry.num)) explained.add(entry.num);
  // A stream that was the document's metadata before and is nothing else may be brought up to date.
  if (changed.has(entry.num) && sameObject(entry, catalog.a.get('Metadata'))) {
    explained.add(entry.num);
    owners.set(entry.num, (r) => r.holder === catalog.num && r.key === 'Metadata');
  }
}

async function explainExtensions({ catalog, after, added, explained }: Comparison): Promise<void> {
  for (const num of await reach(after, [catalog.b.get('Extensions')], (n) => added.has(n)))
    explained.add(num);
}

async function explainDss(comparison: Comparison): Promise<void> {
  const { catalog, before, after, changed, added, explained, owners, found } = comparison;
  const store = dictOf(await lookUp(after, catalog.b, 'DSS'));
  if (!store) {
    if (catalog.a.has('DSS')) found.push({ what: 'catalog-changed', object: catalog.num, key: 'DSS' });
    return;
  }
  for (const key of store.entries.keys()) {
    if (!DSS_KEYS.includes(key)) found.push({ what: 'catalog-changed', object: catalog.num, key: 'DSS' });
  }
  const old = await reach(before, [catalog.a.get('DSS')], () => true);
  for (const num of await reach(
    after,
    [catalog.b.get('DSS')],
    (n) => added.has(n) || changed.has(n) || old.has(n),
  )) {
    if (added.has(num)) explained.add(num);
    // Its lists may grow; a certificate, a CRL or anything else that is a stream may not change.
    const grows = changed.has(num) && old.has(num) && !((await before.load(num)) instanceof PdfStream);
    if (!grows) continue;
    explained.add(num);
    owners.set(num, (r) => old.has(r.holder) || (r.holder === catalog.num && r.key === 'DSS'));
  }
}

async function explainForm(comparison: Comparison): Promise<void> {
  const { catalog, before, after, changed, added, explained, owners, found } = comparison;
  const a = dictOf(await lookUp(before, catalog.a, 'AcroForm'));
  const b = dictOf(await lookUp(after, catalog.b, 'AcroForm'));
  if (!b) {
    if (a) found.push({ what: 'form-changed' });
    return;
  }
  const allowed = a ? FORM_KEYS : NEW_FORM_KEYS;
  for (const key of differingKeys(a ?? new PdfDict(), b)) {
    if (!allowed.includes(key)) found.push({ what: 'form-changed', key });
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
    const looks = [b.get('V'), b.get('AP'), b.get('MK')];
    for (const num of await reach(after, looks, (n) => added.has(n))) explained.add(num);
  }
}

/** Pages, and lists of annotations that are objects of their own: they may gain widgets of new signatures only. */
async function explainPages(comparison: Comparison): Promise<void> {
  const { before, after, changed, explained, owners, widgets, found } = comparison;
  for (const num of changed) {
    const a = dictOf(await before.load(num));
    const b = dictOf(await after.load(num));
    if (!a || !b || explained.has(num) || !isName(a.get('Type'), 'Page')) continue;
    for (const key of differingKeys(a, b)) {
      if (key !== 'Annots') found.push({ what: 'page-changed', object: num, key });
    }
    explained.add(num);
    await compareAnnotations(comparison, num, a.get('Annots'), b.get('Annots'));
  }
  for (const num of widgets) {
    const page = dictOf(await after.load(num))?.get('P');
    const dict = page instanceof PdfRef ? dictOf(await before.load(page.num)) : null;
    const list = dict?.get('Annots');
    if (!(page instanceof PdfRef) || !dict || !(list instanceof PdfRef) || !changed.has(list.num)) continue;
    if (explained.has(list.num) || !isName(dict.get('Type'), 'Page')) continue;
    explained.add(list.num);
    owners.set(list.num, (r) => r.holder === page.num && r.key === 'Annots');
    await compareAnnotations(comparison, page.num, list, list);
  }
}

async function compareAnnotations(
  { before, after, added, explained, widgets, found }: Comparison,
  page: number,
  aEntry: PdfObject,
  bEntry: PdfObject,
): Promise<void> {
  const a = await before.resolve(aEntry);
  const b = await after.resolve(bEntry);
  const aItems = isArray(a) ? a : [];
  const bItems = isArray(b) ? b : [];
  if (bEntry instanceof PdfRef && added.has(bEntry.num)) explained.add(bEntry.num);
  const kept = new Set(bItems.map((item) => (item instanceof PdfRef ? item.num : -1)));
  const had = new Set(aItems.map((item) => (item instanceof PdfRef ? item.num : -1)));
  for (const item of aItems) {
    const there =
      item instanceof PdfRef ? kept.has(item.num) : bItems.some((other) => sameObject(other, item));
    if (!there) found.push({ what: 'annotation-removed', object: page });
  }
  for (const item of bItems) {
    const fine =
      item instanceof PdfRef
        ? had.has(item.num) || widgets.has(item.num)
        : aItems.some((other) => sameObject(other, item));
    if (!fine) found.push({ what: 'page-changed', object: page, key: 'Annots' });
  }
}

/** The document information dictionary shows nothing on a page; many writers date it anew with each save. */
async function explainInformation({
  before,
  after,
  changed,
  added,
  explained,
  owners,
}: Comparison): Promise<void> {
  const entry = after.trailer.get('Info');
  if (!(entry instanceof PdfRef)) return;
  const dict = await after.load(entry.num);
  if (!(dict instanceof PdfDict) || [...dict.entries.values()].some((v) => v instanceof PdfRef)) return;
  if (added.has(entry.num)) explained.add(entry.num);
  if (changed.has(entry.num) && sameObject(entry, before.trailer.get('Info'))) {
    explained.add(entry.num);
    owners.set(entry.num, (r) => r.holder === 0 && r.key === 'Info');
  }
}

function nameUnexplained({ changed, added, explained, found }: Comparison): void {
  for (const num of changed) if (!explained.has(num)) found.push({ what: 'object-changed', object: num });
  for (const num of added) if (!explained.has(num)) found.push({ what: 'object-added', object: num });
}

/** New objects that the signed revision already named, and changed ones that it used elsewhere too. */
async function nameReused({ before, added, explained, owners, found }: Comparison): Promise<void> {
  const watched = new Set([...owners.keys(), ...[...added].filter((num) => explained.has(num))]);
  if (watched.size === 0) return;
  for (const [num, referrers] of await referrersOf(before, watched)) {
    const owner = owners.get(num);
    if (!owner || !referrers.every(owner)) found.push({ what: 'object-reused', object: num });
  }
}

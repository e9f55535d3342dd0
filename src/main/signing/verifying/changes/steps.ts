import { catalogOf, earlierRevision, lookUp, type PdfDocument } from '../../../pdf/reader/document.ts';
import {
  dictOf,
  isArray,
  isName,
  PdfDict,
  type PdfObject,
  PdfRef,
  PdfStream,
  PdfTooComplex,
} from '../../../pdf/reader/objects.ts';
import { findEntry, numbersOf } from '../../../pdf/reader/xref.ts';
import type { Comparison, Modification } from './comparison.ts';
import { differingKeys, sameAcross, sameObject } from './equal.ts';
import { explainForm } from './form.ts';
import { reach, referrersOf } from './references.ts';

const MAX_TOUCHED = 200_000;
const MAX_NAMED = 100;
/** Revisions after a signature; a document that was signed and stamped by dozens has fewer. */
const MAX_STEPS = 128;
/** Judged on their own below, or without any effect on what is shown. */
const CATALOG_KEYS = ['AcroForm', 'DSS', 'Extensions', 'Version', 'Metadata'];
const DSS_KEYS = ['Type', 'VRI', 'Certs', 'OCSPs', 'CRLs'];

/** What happened to a document after one of its revisions. */
export interface Changes {
  /** Neither a further signature nor what belongs to one; none = nothing was tampered with. */
  readonly found: readonly Modification[];
  /** Names of prepared fields that were filled, which is lawful. */
  readonly filled: readonly string[];
}

/** What was changed since a signed revision, as coverage found it: its source ends where the signature's range does. */
export type ChangesSince = (revision: PdfDocument) => Promise<Changes>;

/**
 * Names every change after a signed revision that is not a further signature, filling of an empty signature field,
 * validation data (/DSS) or document information; none = nothing was tampered with. Revisions are compared step by
 * step, so that what a later one leaves behind of an earlier one is judged where it was new; each step once.
 * The result throws PDF_TOO_COMPLEX, PDF_UNREADABLE.
 */
export function changesIn(document: PdfDocument): ChangesSince {
  const steps = new Map<number, Promise<readonly Modification[]>>();
  const step = (newer: number) => {
    const known = steps.get(newer) ?? changesOfStep(document, newer);
    steps.set(newer, known);
    return known;
  };
  return async (revision) => {
    const signed = document.chain.findIndex((section) => section.at === revision.chain[0]!.at);
    if (signed < 0) return { found: [{ what: 'revision-chain-broken' }], filled: [] };
    if (signed > MAX_STEPS) throw new PdfTooComplex('revisions');
    const found: Modification[] = [];
    for (let newer = signed - 1; newer >= 0; newer--) found.push(...(await step(newer)));
    return { found: found.slice(0, MAX_NAMED), filled: [] };
  };
}

async function changesOfStep(document: PdfDocument, newer: number): Promise<readonly Modification[]> {
  const before = earlierRevision(document, newer + 1);
  const after = earlierRevision(document, newer);
  if (!sameObject(before.trailer.get('Root'), after.trailer.get('Root'))) return [{ what: 'root-replaced' }];
  const comparison = await touchedObjects(before, after);
  await explainContainers(comparison);
  await explainCatalog(comparison);
  await explainForm(comparison);
  await explainPages(comparison);
  await explainInformation(comparison);
  await nameUnexplained(comparison);
  await nameReused(comparison);
  return comparison.found;
}

async function touchedObjects(before: PdfDocument, after: PdfDocument): Promise<Comparison> {
  const numbers = new Set<number>();
  for (const num of numbersOf(after.chain[0]!)) {
    numbers.add(num);
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

/** The cross-reference stream and the object streams of the later revision carry objects and show nothing. */
async function explainContainers({ after, added, explained }: Comparison): Promise<void> {
  const section = after.chain[0]!;
  for (const own of [section.objectNumber, section.hybrid?.objectNumber]) {
    if (own && added.has(own)) explained.add(own);
  }
  for (const num of numbersOf(section)) {
    const entry = findEntry(after.chain, num);
    if (entry?.type === 'packed' && added.has(entry.container)) explained.add(entry.container);
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

/** Which extensions of PDF a file uses (ISO 32000-1 §7.12); it shows nothing. */
async function explainExtensions({
  catalog,
  after,
  added,
  changed,
  explained,
  owners,
}: Comparison): Promise<void> {
  const entry = catalog.b.get('Extensions');
  for (const num of await reach(after, [entry], (n) => added.has(n))) explained.add(num);
  if (entry instanceof PdfRef && changed.has(entry.num) && sameObject(entry, catalog.a.get('Extensions'))) {
    explained.add(entry.num);
    owners.set(entry.num, (r) => r.holder === catalog.num && r.key === 'Extensions');
  }
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
  for (const num of await reach(after, [catalog.b.get('DSS')], () => true))
    if (added.has(num)) explained.add(num);
  // The lists may grow where they stood; certificates, OCSP answers and CRLs are streams and may not change. Lists
  // that did not change are watched as well, or a page that poses as one could vouch for its own content.
  const lists = await dssLists(before, catalog.a);
  for (const num of lists) {
    if (changed.has(num)) explained.add(num);
    owners.set(num, (r) => lists.has(r.holder) || (r.holder === catalog.num && r.key === 'DSS'));
  }
}

/** Numbers of the dictionaries and arrays that make up a /DSS (ISO 32000-2 §12.8.4.3), down to the lists of /VRI. */
async function dssLists(document: PdfDocument, catalog: PdfDict): Promise<Set<number>> {
  const lists = new Set<number>();
  const walk = async (object: PdfObject, depth: number): Promise<void> => {
    const value = await document.resolve(object);
    if (!(value instanceof PdfDict) && !isArray(value)) return;
    if (object instanceof PdfRef) lists.add(object.num);
    if (depth === 0 || !(value instanceof PdfDict)) return;
    for (const [key, item] of value.entries)
      if (depth < 3 || DSS_KEYS.includes(key)) await walk(item, depth - 1);
  };
  // /DSS → /VRI → one signature's dictionary → its lists.
  await walk(catalog.get('DSS'), 3);
  return lists;
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

/** An added object that nothing leads to shows nothing: a later step that makes use of it is judged itself. */
async function nameUnexplained({
  before,
  after,
  changed,
  added,
  explained,
  found,
}: Comparison): Promise<void> {
  for (const num of changed) {
    if (explained.has(num)) continue;
    const isField = dictOf(await before.load(num))?.has('FT') ?? false;
    found.push({ what: isField ? 'field-changed' : 'object-changed', object: num });
  }
  const unexplained = new Set([...added].filter((num) => !explained.has(num)));
  if (unexplained.size === 0) return;
  for (const num of (await referrersOf(after, unexplained)).keys())
    found.push({ what: 'object-added', object: num });
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

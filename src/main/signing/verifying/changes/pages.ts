import { lookUp } from '../../../pdf/reader/document.ts';
import { isArray, isName, PdfDict, PdfName, type PdfObject, PdfRef } from '../../../pdf/reader/objects.ts';
import type { Comparison } from './comparison.ts';
import { differingKeys, sameObject } from './equal.ts';
import { reach } from './references.ts';

/**
 * Comments that a certification at level 3 lets in: notes that the reader draws by itself, beside what was signed.
 * Anything with a look of its own could lie over the text ("evil annotations"), and what acts is no comment.
 */
const COMMENTS = ['Text', 'Popup'];
const COMMENT_KEYS = [
  ...['Type', 'Subtype', 'Rect', 'Contents', 'T', 'M', 'CreationDate', 'NM', 'C', 'F', 'P', 'Name', 'Open'],
  ...['Popup', 'Parent', 'Subj', 'CA', 'IRT', 'RT', 'State', 'StateModel', 'RC'],
];

/** Pages, and lists of annotations that are objects of their own: they may gain widgets of new signatures only. */
export async function explainPages(comparison: Comparison): Promise<void> {
  const { before, after, changed, explained, owners, widgets, found } = comparison;
  const placed = new Set<number>();
  for (const num of changed) {
    const a = await before.load(num);
    const b = await after.load(num);
    // A stream that calls itself a page is none: its data would change with it.
    if (!(a instanceof PdfDict) || !(b instanceof PdfDict)) continue;
    if (explained.has(num) || !isName(a.get('Type'), 'Page')) continue;
    for (const key of differingKeys(a, b)) {
      if (key !== 'Annots') found.push({ what: 'page-changed', object: num, key });
    }
    explained.add(num);
    await compareAnnotations(comparison, num, a.get('Annots'), b.get('Annots'), placed);
  }
  for (const num of widgets) {
    const widget = await after.load(num);
    const page = widget instanceof PdfDict ? widget.get('P') : null;
    const dict = page instanceof PdfRef ? await before.load(page.num) : null;
    if (!(page instanceof PdfRef) || !(dict instanceof PdfDict)) continue;
    const list = dict.get('Annots');
    if (!(list instanceof PdfRef) || !changed.has(list.num)) continue;
    if (explained.has(list.num) || !isName(dict.get('Type'), 'Page')) continue;
    explained.add(list.num);
    owners.set(list.num, (r) => r.holder === page.num && r.key === 'Annots');
    await compareAnnotations(comparison, page.num, list, list, placed);
  }
}

async function compareAnnotations(
  comparison: Comparison,
  page: number,
  aEntry: PdfObject,
  bEntry: PdfObject,
  placed: Set<number>,
): Promise<void> {
  const { before, after, added, explained, found } = comparison;
  const a = await before.resolve(aEntry);
  const b = await after.resolve(bEntry);
  const aItems = isArray(a) ? a : [];
  const bItems = isArray(b) ? b : [];
  if (b !== null && !isArray(b)) found.push({ what: 'page-changed', object: page, key: 'Annots' });
  if (bEntry instanceof PdfRef && added.has(bEntry.num)) explained.add(bEntry.num);
  const had = counted(aItems);
  const kept: PdfObject[] = [];
  for (const item of bItems) {
    const key = textFor(item);
    const left = had.get(key) ?? 0;
    if (left > 0) {
      had.set(key, left - 1);
      kept.push(item);
    } else await judgeNew(comparison, page, item, placed);
  }
  if ([...had.values()].some((left) => left > 0)) found.push({ what: 'annotation-removed', object: page });
  else if (!sameObject(kept, aItems)) found.push({ what: 'annotation-moved', object: page });
}

function counted(items: readonly PdfObject[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const item of items) counts.set(textFor(item), (counts.get(textFor(item)) ?? 0) + 1);
  return counts;
}

/** The same text for annotations that are the same; `sameObject` decides on their order afterwards. */
function textFor(item: PdfObject): string {
  return item instanceof PdfRef ? `${item.num} ${item.gen}` : JSON.stringify(item, plain);
}

function plain(_key: string, value: unknown): unknown {
  return value instanceof Map ? [...value] : value instanceof Uint8Array ? [...value] : value;
}

async function judgeNew(
  { after, added, widgets, explained, permissions, found }: Comparison,
  page: number,
  item: PdfObject,
  placed: Set<number>,
): Promise<void> {
  if (item instanceof PdfRef && widgets.has(item.num) && !placed.has(item.num)) {
    placed.add(item.num);
    const widget = await after.load(item.num);
    const own = widget instanceof PdfDict ? widget.get('P') : null;
    // Readers look for the page of a widget by its own word as well as by the page's list.
    if (own === null || (own instanceof PdfRef && own.num === page)) return;
  }
  const annotation = await after.resolve(item);
  const isNew = !(item instanceof PdfRef) || added.has(item.num);
  if (permissions.level === 3 && isNew && annotation instanceof PdfDict && isComment(annotation)) {
    const popup = await lookUp(after, annotation, 'Popup');
    if (popup === null || (popup instanceof PdfDict && isComment(popup))) {
      const parts = [item, annotation.get('Popup')];
      for (const num of await reach(after, parts, (n) => added.has(n))) explained.add(num);
      return;
    }
  }
  found.push({ what: 'annotation-added', object: page });
}

function isComment(dict: PdfDict): boolean {
  const subtype = dict.get('Subtype');
  if (!(subtype instanceof PdfName) || !COMMENTS.includes(subtype.value)) return false;
  return [...dict.entries.keys()].every((key) => COMMENT_KEYS.includes(key));
}

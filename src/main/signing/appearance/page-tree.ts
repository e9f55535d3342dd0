import { CounterError } from '../../../contract/errors.ts';
import { catalogOf, type PdfDocument } from '../../pdf/reader/document.ts';
import { isArray, isName, PdfDict, type PdfObject, PdfRef, PdfTooComplex } from '../../pdf/reader/objects.ts';
import { firstPage, type PdfPage } from '../../pdf/reader/pages.ts';

const INHERITABLE = ['MediaBox', 'CropBox', 'Rotate', 'Resources'];
const MAX_DEPTH = 64;
const MAX_NODES = 20_000;

/**
 * A page by its number from 1, or the last one. Counts leaves and believes no /Count. Throws BAD_REQUEST
 * {problem: 'page'} where the document has no such page, PDF_NO_PAGES where it has none, PDF_TOO_COMPLEX beyond what any honest page tree takes.
 */
export async function pageAt(document: PdfDocument, number: number | 'last'): Promise<PdfPage> {
  if (number === 1) return firstPage(document);
  const backwards = number === 'last';
  if (backwards || (Number.isInteger(number) && number > 0)) {
    let left = backwards ? 1 : number;
    for await (const page of pagesOf(document, backwards)) if (--left === 0) return page;
  }
  if (backwards) throw new CounterError('PDF_NO_PAGES');
  throw new CounterError('BAD_REQUEST', { problem: 'page', page: number });
}

/** Every page, from the first or from the last; a tree that turns back on itself has none beyond the turn. */
export async function* pagesOf(document: PdfDocument, backwards = false): AsyncGenerator<PdfPage> {
  const seen = new Set<number>();
  let nodes = 0;

  async function* descend(
    object: PdfObject,
    inherited: ReadonlyMap<string, PdfObject>,
    depth: number,
  ): AsyncGenerator<PdfPage> {
    if (++nodes > MAX_NODES || depth > MAX_DEPTH) throw new PdfTooComplex('page-tree');
    const ref = object instanceof PdfRef ? object : null;
    if (ref && seen.has(ref.num)) return;
    if (ref) seen.add(ref.num);
    const dict = await document.resolve(object);
    if (!(dict instanceof PdfDict)) return;
    const all = withOwn(inherited, dict);
    const kids = await document.resolve(dict.get('Kids'));
    if (isArray(kids)) {
      for (const kid of backwards ? kids.toReversed() : kids) yield* descend(kid, all, depth + 1);
    } else if (!isName(dict.get('Type'), 'Pages')) yield { ref, dict, inherited: all };
  }

  yield* descend((await catalogOf(document)).get('Pages'), new Map(), 0);
}

/** The page that an object is, with what it inherits by its /Parent entries; null where it is none. */
export async function pageOf(document: PdfDocument, ref: PdfRef): Promise<PdfPage | null> {
  const dict = await document.resolve(ref);
  if (!(dict instanceof PdfDict) || !isName(await document.resolve(dict.get('Type')), 'Page')) return null;
  const line: PdfDict[] = [dict];
  for (let depth = 0; depth < MAX_DEPTH; depth++) {
    const parent = await document.resolve(line[0]!.get('Parent'));
    if (!(parent instanceof PdfDict)) break;
    line.unshift(parent);
  }
  return { ref, dict, inherited: line.reduce(withOwn, new Map<string, PdfObject>()) };
}

function withOwn(inherited: ReadonlyMap<string, PdfObject>, dict: PdfDict): Map<string, PdfObject> {
  const all = new Map(inherited);
  for (const key of INHERITABLE) if (dict.has(key)) all.set(key, dict.get(key));
  return all;
}

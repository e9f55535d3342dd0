import { CounterError } from '../../../contract/errors.ts';
import { catalogOf, lookUp, type PdfDocument } from './document.ts';
import {
  dictOf,
  integerOf,
  isArray,
  isName,
  PdfDict,
  type PdfObject,
  PdfRef,
  PdfTooComplex,
} from './objects.ts';

export interface PdfPage {
  /** Null where the page is written straight into its parent's /Kids. */
  readonly ref: PdfRef | null;
  readonly dict: PdfDict;
  /** MediaBox, CropBox, Rotate and Resources with what is inherited (ISO 32000-1 §7.7.3.4). */
  readonly inherited: ReadonlyMap<string, PdfObject>;
}

const INHERITABLE = ['MediaBox', 'CropBox', 'Rotate', 'Resources'];
const MAX_DEPTH = 64;
const MAX_NODES = 20_000;

/**
 * The first page, found by walking down the first branches of the page tree. Throws PDF_NO_PAGES where there is
 * none; a tree that turns back on itself counts as having none beyond the turn.
 */
export async function firstPage(document: PdfDocument): Promise<PdfPage> {
  const pages = (await catalogOf(document)).get('Pages');
  const seen = new Set<number>();
  let nodes = 0;

  async function descend(
    object: PdfObject,
    inherited: ReadonlyMap<string, PdfObject>,
    depth: number,
  ): Promise<PdfPage | null> {
    if (++nodes > MAX_NODES || depth > MAX_DEPTH) throw new PdfTooComplex('page-tree');
    const ref = object instanceof PdfRef ? object : null;
    if (ref && seen.has(ref.num)) return null;
    if (ref) seen.add(ref.num);
    const dict = await document.resolve(object);
    if (!(dict instanceof PdfDict)) return null;
    const all = new Map(inherited);
    for (const key of INHERITABLE) if (dict.has(key)) all.set(key, dict.get(key));
    const kids = await document.resolve(dict.get('Kids'));
    if (!isArray(kids)) return isName(dict.get('Type'), 'Pages') ? null : { ref, dict, inherited: all };
    for (const kid of kids) {
      const page = await descend(kid, all, depth + 1);
      if (page) return page;
    }
    return null;
  }

  const page = await descend(pages, new Map(), 0);
  if (!page) throw new CounterError('PDF_NO_PAGES');
  return page;
}

/** The number of pages that the page tree's root states. Throws PDF_NO_PAGES where it states none. */
export async function pageCount(document: PdfDocument): Promise<number> {
  const pages = dictOf(await lookUp(document, await catalogOf(document), 'Pages'));
  const count = pages && integerOf(await lookUp(document, pages, 'Count'));
  if (!count || count < 0) throw new CounterError('PDF_NO_PAGES');
  return count;
}

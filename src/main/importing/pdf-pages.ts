import { CounterError } from '../../contract/errors.ts';
import { catalogOf, type PdfDocument } from '../pdf/reader/document.ts';
import {
  isArray,
  isName,
  PdfDict,
  type PdfObject,
  PdfRef,
  PdfTooComplex,
  PdfUnreadable,
} from '../pdf/reader/objects.ts';
import type { PdfPage } from '../pdf/reader/pages.ts';

const INHERITABLE = ['MediaBox', 'CropBox', 'Rotate', 'Resources'];
const MAX_DEPTH = 64;
const MAX_NODES = 20_000;

/**
 * All pages in their order (ISO 32000-1 §7.7.3), whatever /Count says. Throws PDF_NO_PAGES, PDF_TOO_COMPLEX with
 * limit 'pages' above `most`, PDF_UNREADABLE where the tree turns back on itself: readers would not agree on it.
 */
export async function allPages(document: PdfDocument, most: number): Promise<PdfPage[]> {
  const found: PdfPage[] = [];
  const seen = new Set<number>();
  let nodes = 0;

  async function descend(
    object: PdfObject,
    inherited: ReadonlyMap<string, PdfObject>,
    depth: number,
  ): Promise<void> {
    if (++nodes > MAX_NODES || depth > MAX_DEPTH) throw new PdfTooComplex('page-tree');
    const ref = object instanceof PdfRef ? object : null;
    if (ref && seen.has(ref.num)) throw new PdfUnreadable('page-tree-loop', { object: ref.num });
    if (ref) seen.add(ref.num);
    const dict = await document.resolve(object);
    if (!(dict instanceof PdfDict)) throw new PdfUnreadable('page-tree', ref ? { object: ref.num } : {});
    const all = new Map(inherited);
    for (const key of INHERITABLE) if (dict.has(key)) all.set(key, dict.get(key));
    const kids = await document.resolve(dict.get('Kids'));
    if (isArray(kids)) {
      for (const kid of kids) await descend(kid, all, depth + 1);
      return;
    }
    if (isName(dict.get('Type'), 'Pages')) return;
    if (found.length >= most) throw new CounterError('PDF_TOO_COMPLEX', { limit: 'pages', most });
    found.push({ ref, dict, inherited: all });
  }

  await descend((await catalogOf(document)).get('Pages'), new Map(), 0);
  if (found.length === 0) throw new CounterError('PDF_NO_PAGES');
  return found;
}

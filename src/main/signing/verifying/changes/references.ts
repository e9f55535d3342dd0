import type { PdfDocument } from '../../../pdf/reader/document.ts';
import {
  isArray,
  PdfDict,
  type PdfObject,
  PdfRef,
  PdfStream,
  PdfTooComplex,
} from '../../../pdf/reader/objects.ts';

const MAX_OBJECTS = 200_000;

/** Who names an object: the number of the holder (0 = the trailer) and the key of the holder's dictionary. */
export interface Referrer {
  readonly holder: number;
  readonly key: string;
}

/**
 * Walks all that the document's trailer leads to and notes who names the `watched` objects. An object that the
 * signed revision named without having it, or used in two places, could be given a second meaning later.
 */
export async function referrersOf(
  document: PdfDocument,
  watched: ReadonlySet<number>,
): Promise<ReadonlyMap<number, readonly Referrer[]>> {
  const found = new Map<number, Referrer[]>();
  const seen = new Set<number>([0]);
  const queue: number[] = [];

  function note(object: PdfObject, holder: number, key: string): void {
    if (object instanceof PdfRef) {
      if (watched.has(object.num)) found.set(object.num, [...(found.get(object.num) ?? []), { holder, key }]);
      if (seen.has(object.num)) return;
      seen.add(object.num);
      if (seen.size > MAX_OBJECTS) throw new PdfTooComplex('revision-objects');
      queue.push(object.num);
    } else if (isArray(object)) {
      for (const item of object) note(item, holder, key);
    } else if (object instanceof PdfDict) {
      for (const [own, value] of object.entries) note(value, holder, key === '' ? own : key);
    } else if (object instanceof PdfStream) note(object.dict, holder, key);
  }

  for (const [key, value] of document.trailer.entries) note(value, 0, key);
  for (let num = queue.pop(); num !== undefined; num = queue.pop()) note(await document.load(num), num, '');
  return found;
}

/** Numbers of objects that a value leads to through objects that `enter` lets in. */
export async function reach(
  document: PdfDocument,
  from: readonly PdfObject[],
  enter: (num: number) => boolean,
): Promise<Set<number>> {
  const seen = new Set<number>();
  const queue: PdfObject[] = [...from];
  for (let object = queue.pop(); object !== undefined; object = queue.pop()) {
    if (object instanceof PdfRef) {
      if (seen.has(object.num) || !enter(object.num)) continue;
      seen.add(object.num);
      if (seen.size > MAX_OBJECTS) throw new PdfTooComplex('revision-objects');
      queue.push(await document.load(object.num));
    } else if (isArray(object)) queue.push(...object);
    else if (object instanceof PdfDict) queue.push(...object.entries.values());
    else if (object instanceof PdfStream) queue.push(...object.dict.entries.values());
  }
  return seen;
}

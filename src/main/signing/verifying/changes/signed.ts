import { lookUp } from '../../../pdf/reader/document.ts';
import { isArray, PdfDict, type PdfObject, PdfRef, PdfString } from '../../../pdf/reader/objects.ts';
import type { Comparison } from './comparison.ts';

/**
 * Whether a field's new value is a signature over the very revision that brings it: a new dictionary, whose range
 * runs from the first octet to this revision's %%EOF. Whether it holds is judged with that signature itself.
 */
export async function signsThisRevision(
  { after, added, end }: Comparison,
  entry: PdfObject,
): Promise<boolean> {
  if (entry instanceof PdfRef && !added.has(entry.num)) return false;
  const signature = await after.resolve(entry);
  if (!(signature instanceof PdfDict)) return false;
  const range = await lookUp(after, signature, 'ByteRange');
  const contents = await lookUp(after, signature, 'Contents');
  if (!isArray(range) || range.length !== 4 || !(contents instanceof PdfString)) return false;
  const [start, , from, length] = range;
  if (start !== 0 || typeof from !== 'number' || typeof length !== 'number') return false;
  // A lone CR behind %%EOF was the file's end until the next revision began with an LF.
  return from + length >= end.marker && from + length <= end.end;
}

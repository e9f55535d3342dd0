import { lookUp } from '../../../pdf/reader/document.ts';
import { isArray, PdfDict, type PdfObject, PdfRef, PdfString } from '../../../pdf/reader/objects.ts';
import type { Comparison } from './comparison.ts';

/**
 * Whether a field's new value is a signature over the very revision that brings it: a new dictionary, whose range
 * runs from the first octet to this revision's %%EOF around its own contents. Whether it holds is judged with that
 * signature itself.
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
  const [start, first, from, length] = range;
  if (start !== 0 || typeof first !== 'number' || typeof from !== 'number' || typeof length !== 'number') {
    return false;
  }
  // A lone CR behind %%EOF was the file's end until the next revision began with an LF.
  if (from + length < end.marker || from + length > end.end) return false;
  // The gap is the string itself, and what it holds begins as a CMS or a token does.
  if (contents.bytes[0] !== 0x30 || from - first !== contents.bytes.length * 2 + 2) return false;
  const edges = [await after.source.read(first, 1), await after.source.read(from - 1, 1)];
  return edges.map((edge) => edge.toString('latin1')).join('') === '<>';
}

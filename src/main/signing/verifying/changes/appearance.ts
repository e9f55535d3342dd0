import { lookUp, type PdfDocument } from '../../../pdf/reader/document.ts';
import { decodeStream } from '../../../pdf/reader/filters.ts';
import {
  isName,
  PdfDict,
  type PdfObject,
  PdfRef,
  PdfStream,
  PdfUnreadable,
} from '../../../pdf/reader/objects.ts';
import type { Comparison } from './comparison.ts';
import { reach } from './references.ts';

const STATES = ['N', 'R', 'D'];
const MAX_STATES = 1000;
const MAX_BLANK_BYTES = 4096;
/** Data from another file, pages of other files, prepress and PostScript (ISO 32000-1 tables 5, 95, 96). */
const FROM_OUTSIDE = ['F', 'FFilter', 'FDecodeParms', 'Ref', 'OPI', 'PS', 'Level1', 'Subtype2'];

/** The streams that an appearance dictionary leads to; null where it is not made as it should be. */
export async function appearanceStreams(
  document: PdfDocument,
  look: PdfObject,
): Promise<readonly { readonly ref: PdfRef | null; readonly stream: PdfStream }[] | null> {
  const dict = await document.resolve(look);
  if (dict === null) return [];
  if (!(dict instanceof PdfDict)) return null;
  const streams: { ref: PdfRef | null; stream: PdfStream }[] = [];
  for (const [key, entry] of dict.entries) {
    if (!STATES.includes(key)) return null;
    const value = await document.resolve(entry);
    const items = value instanceof PdfDict ? [...value.entries.values()] : [entry];
    if (items.length > MAX_STATES) return null;
    for (const item of items) {
      const stream = await document.resolve(item);
      if (stream === null) continue;
      if (!(stream instanceof PdfStream) || !isName(stream.dict.get('Subtype'), 'Form')) return null;
      streams.push({ ref: item instanceof PdfRef ? item : null, stream });
    }
  }
  return streams;
}

/** Explains what a new look brings with it; names it where it is none, or takes something from outside. */
export async function explainLook(
  comparison: Comparison,
  widget: number,
  look: PdfObject,
  enter: (num: number) => boolean = () => false,
): Promise<void> {
  const { after, added, explained, found } = comparison;
  const streams = await appearanceStreams(after, look);
  let sound = streams !== null;
  for (const num of await reach(after, [look], (n) => added.has(n) || enter(n))) {
    if (added.has(num)) explained.add(num);
    const object = await after.load(num);
    if (object instanceof PdfStream && FROM_OUTSIDE.some((key) => object.dict.has(key))) sound = false;
  }
  if (!sound) found.push({ what: 'appearance-invalid', object: widget });
}

/** Whether a look paints nothing: what an unsigned field may show. */
export async function isBlank(document: PdfDocument, look: PdfObject): Promise<boolean> {
  const streams = await appearanceStreams(document, look);
  if (!streams) return false;
  for (const { stream } of streams) {
    try {
      const raw = await document.rawData(stream, MAX_BLANK_BYTES);
      const data = await decodeStream(stream.dict, raw, MAX_BLANK_BYTES, document.work);
      if (!/^[\sqQ]*$/.test(Buffer.from(data).toString('latin1'))) return false;
    } catch (error) {
      if (error instanceof PdfUnreadable) return false;
      throw error;
    }
  }
  return true;
}

/** Flags of a widget (ISO 32000-1 table 165): only those that hide nothing may come: Print, Locked, LockedContents. */
const HARMLESS_FLAGS = 4 | 128 | 512;
const NEVER_SHOWN = 2 | 32;

export function flagsHarmless(before: PdfObject, after: PdfObject): boolean {
  const [a, b] = [before ?? 0, after ?? 0];
  return typeof a === 'number' && typeof b === 'number' && (b & a) === a && (b & ~a & ~HARMLESS_FLAGS) === 0;
}

/** Whether a widget takes no room on its page. */
export async function isInvisible(document: PdfDocument, widget: PdfDict): Promise<boolean> {
  const flags = await lookUp(document, widget, 'F');
  if (typeof flags === 'number' && (flags & NEVER_SHOWN) !== 0) return true;
  const rect = await lookUp(document, widget, 'Rect');
  if (rect === null) return true;
  if (!Array.isArray(rect) || rect.length !== 4) return false;
  const sides: number[] = [];
  for (const side of rect) {
    const value = await document.resolve(side);
    if (typeof value !== 'number') return false;
    sides.push(value);
  }
  return sides[0] === sides[2] || sides[1] === sides[3];
}

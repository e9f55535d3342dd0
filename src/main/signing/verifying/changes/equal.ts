import { createHash } from 'node:crypto';
import type { PdfDocument } from '../../../pdf/reader/document.ts';
import {
  isArray,
  PdfDict,
  PdfName,
  type PdfObject,
  PdfRef,
  PdfStream,
  PdfString,
} from '../../../pdf/reader/objects.ts';

const MAX_STREAM_BYTES = 256 * 1024 * 1024;

/** Whether two objects say the same; references are the same where they name the same object. */
export function sameObject(a: PdfObject, b: PdfObject): boolean {
  if (a === b) return true;
  if (a instanceof PdfName) return b instanceof PdfName && a.value === b.value;
  if (a instanceof PdfString) return b instanceof PdfString && Buffer.compare(a.bytes, b.bytes) === 0;
  if (a instanceof PdfRef) return b instanceof PdfRef && a.num === b.num && a.gen === b.gen;
  if (isArray(a)) return isArray(b) && a.length === b.length && a.every((item, i) => sameObject(item, b[i]!));
  if (a instanceof PdfDict) return b instanceof PdfDict && differingKeys(a, b).length === 0;
  return false;
}

/** Keys whose values differ, or that only one of the two has. */
export function differingKeys(a: PdfDict, b: PdfDict): string[] {
  const keys = new Set([...a.entries.keys(), ...b.entries.keys()]);
  return [...keys].filter((key) => !a.has(key) || !b.has(key) || !sameObject(a.get(key), b.get(key)));
}

/** As `sameObject`, across two revisions and with the data of streams. */
export async function sameAcross(
  before: PdfDocument,
  a: PdfObject,
  after: PdfDocument,
  b: PdfObject,
): Promise<boolean> {
  if (!(a instanceof PdfStream) || !(b instanceof PdfStream)) return sameObject(a, b);
  if (!sameObject(a.dict, b.dict)) return false;
  return (await digestOf(before, a)) === (await digestOf(after, b));
}

async function digestOf(document: PdfDocument, stream: PdfStream): Promise<string> {
  return createHash('sha256')
    .update(await document.rawData(stream, MAX_STREAM_BYTES))
    .digest('hex');
}

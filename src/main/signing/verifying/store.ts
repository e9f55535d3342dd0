import { createHash } from 'node:crypto';
import { catalogOf, lookUp, type PdfDocument } from '../../pdf/reader/document.ts';
import { decodeStream } from '../../pdf/reader/filters.ts';
import {
  dictOf,
  isArray,
  type PdfDict,
  PdfRef,
  PdfStream,
  PdfTooComplex,
  PdfUnreadable,
} from '../../pdf/reader/objects.ts';

/** One certificate, OCSP answer or CRL of a document's security store (/DSS, ISO 32000-2 §12.8.4.3). */
export interface StoredItem {
  /** DER, as it stands; what it says is judged elsewhere. */
  readonly der: Uint8Array;
  /** Offset behind its last octet in the file: a time stamp that covers it proves that it existed. */
  readonly end: number;
}

export interface SecurityStore {
  readonly certificates: readonly StoredItem[];
  readonly ocsps: readonly StoredItem[];
  readonly crls: readonly StoredItem[];
}

const EMPTY: SecurityStore = { certificates: [], ocsps: [], crls: [] };
const MAX_ITEMS = 2048;
const MAX_ITEM_BYTES = 16 << 20;
const MAX_BYTES = 96 << 20;
const MAX_VRI = 4096;

/**
 * The newest store: the lists at its top and those of every signature (/VRI), each item once. Items that cannot be
 * read are left out, as if they were not there. Throws PDF_TOO_COMPLEX {limit: dss}.
 */
export async function readSecurityStore(document: PdfDocument): Promise<SecurityStore> {
  const store = dictOf(await lookUp(document, await catalogOf(document), 'DSS'));
  if (!store) return EMPTY;
  const dictionaries = [store, ...(await signatureDictionaries(document, store))];
  let items = MAX_ITEMS;
  let bytes = MAX_BYTES;

  async function read(kind: string, shortKind: string): Promise<StoredItem[]> {
    const found = new Map<string, StoredItem>();
    for (const num of await numbersIn(document, dictionaries, [kind, shortKind])) {
      if (--items < 0) throw new PdfTooComplex('dss');
      const item = await orNull(() => readItem(document, num));
      if (!item) continue;
      bytes -= item.der.length;
      if (bytes < 0) throw new PdfTooComplex('dss');
      const digest = createHash('sha256').update(item.der).digest('hex');
      const known = found.get(digest);
      if (!known || known.end > item.end) found.set(digest, item);
    }
    return [...found.values()];
  }

  return {
    certificates: await read('Certs', 'Cert'),
    ocsps: await read('OCSPs', 'OCSP'),
    crls: await read('CRLs', 'CRL'),
  };
}

/** Items are streams, and those are objects of their own: the numbers that the lists name, each once. */
async function numbersIn(
  document: PdfDocument,
  dictionaries: readonly PdfDict[],
  keys: readonly [atTop: string, ofSignature: string],
): Promise<Set<number>> {
  const numbers = new Set<number>();
  for (const [i, dictionary] of dictionaries.entries()) {
    const list = await orNull(() => lookUp(document, dictionary, keys[i === 0 ? 0 : 1]));
    for (const entry of isArray(list) ? list : []) if (entry instanceof PdfRef) numbers.add(entry.num);
  }
  return numbers;
}

async function signatureDictionaries(document: PdfDocument, store: PdfDict): Promise<PdfDict[]> {
  const vri = dictOf(await orNull(() => lookUp(document, store, 'VRI')));
  const found: PdfDict[] = [];
  for (const entry of vri?.entries.values() ?? []) {
    const dict = dictOf(await orNull(() => document.resolve(entry)));
    if (dict) found.push(dict);
    if (found.length >= MAX_VRI) throw new PdfTooComplex('dss');
  }
  return found;
}

async function readItem(document: PdfDocument, num: number): Promise<StoredItem | null> {
  const stream = await document.load(num);
  if (!(stream instanceof PdfStream)) return null;
  const raw = await document.rawData(stream, MAX_ITEM_BYTES);
  const der = await decodeStream(stream.dict, raw, MAX_ITEM_BYTES);
  return { der: Uint8Array.from(der), end: stream.dataAt + raw.length };
}

/** A damaged part of the store is no evidence, and no reason to judge nothing else. */
async function orNull<T>(read: () => Promise<T>): Promise<T | null> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof PdfUnreadable) return null;
    throw error;
  }
}

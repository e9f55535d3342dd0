import { createHash } from 'node:crypto';
import { arrayAt, catalogOf, lookUp, type PdfDocument } from '../../pdf/reader/document.ts';
import { decodeStream } from '../../pdf/reader/filters.ts';
import {
  dictOf,
  isArray,
  PdfDict,
  PdfName,
  type PdfObject,
  PdfRef,
  PdfStream,
  PdfTooComplex,
  PdfUnreadable,
} from '../../pdf/reader/objects.ts';
import type { EvidenceItems } from '../evidence/port.ts';
import { changeCatalog } from './catalog.ts';
import type { Update } from './update.ts';

/** What proves one signature or time stamp; `key` is `vriKey` of its /Contents. */
export interface StoreAddition {
  readonly key: string;
  readonly items: EvidenceItems;
}

const KINDS = [
  { list: 'Certs', own: 'Cert', items: 'certificates' },
  { list: 'OCSPs', own: 'OCSP', items: 'ocsps' },
  { list: 'CRLs', own: 'CRL', items: 'crls' },
] as const;
const MAX_ITEMS = 4096;
const MAX_ITEM_BYTES = 16 << 20;
const MAX_BYTES = 128 << 20;

/**
 * The name under /VRI: SHA-1 over the octets of /Contents as they stand, padding included, in upper-case hexadecimal
 * (ISO 32000-2 §12.8.4.4). It is an address, not a protection.
 */
export function vriKey(contents: Uint8Array): string {
  return createHash('sha1').update(contents).digest('hex').toUpperCase();
}

/** Keys of the signatures that the document's security store speaks of. */
export async function storedKeys(document: PdfDocument): Promise<ReadonlySet<string>> {
  const store = dictOf(await lookUp(document, await catalogOf(document), 'DSS'));
  const vri = store && dictOf(await lookUp(document, store, 'VRI'));
  return new Set(vri?.entries.keys() ?? []);
}

/**
 * Adds validation data to the document's security store (/DSS, ISO 32000-2 §12.8.4.3): what is there stays, what is
 * there already is not written twice, lists grow at the deepest object of their own. False where nothing was added.
 * Throws PDF_TOO_COMPLEX {limit: dss}.
 */
export async function addToStore(
  document: PdfDocument,
  update: Update,
  additions: readonly StoreAddition[],
): Promise<boolean> {
  const catalog = await catalogOf(document);
  const entry = catalog.get('DSS');
  const store = dictOf(await document.resolve(entry)) ?? new PdfDict([['Type', new PdfName('DSS')]]);
  const pool = await openPool(document, update, store);
  const grown: Record<string, PdfObject> = {};
  const vri = dictOf(await lookUp(document, store, 'VRI')) ?? new PdfDict();
  const vriChanges: Record<string, PdfObject> = {};
  for (const { key, items } of additions) {
    const old = dictOf(await lookUp(document, vri, key)) ?? new PdfDict();
    const changes: Record<string, PdfObject> = {};
    for (const kind of KINDS) {
      const refs = items[kind.items].map((der) => pool.refTo(kind.list, der));
      const value = await grow(document, update, old, kind.own, refs);
      if (value !== null) changes[kind.own] = value;
    }
    const held = vri.get(key);
    if (Object.keys(changes).length === 0 && vri.has(key)) continue;
    if (held instanceof PdfRef) update.change(held.num, old, changes);
    else vriChanges[key] = old.with(changes);
  }
  for (const { list } of KINDS) {
    const value = await grow(document, update, store, list, pool.added(list));
    if (value !== null) grown[list] = value;
  }
  const vriEntry = store.get('VRI');
  if (Object.keys(vriChanges).length > 0) {
    if (vriEntry instanceof PdfRef) update.change(vriEntry.num, vri, vriChanges);
    else grown.VRI = vri.with(vriChanges);
  }
  if (Object.keys(grown).length > 0) {
    if (entry instanceof PdfRef) update.change(entry.num, store, grown);
    else changeCatalog(document, update, catalog, { DSS: newStore(update, entry, store.with(grown)) });
  }
  return !update.isEmpty();
}

/** A new store is an object of its own; one that stands in the catalog stays there. */
function newStore(update: Update, entry: PdfObject, store: PdfDict): PdfObject {
  if (entry instanceof PdfDict) return store;
  const ref = update.allocate();
  update.set(ref, store);
  return ref;
}

/** What to put under `key` so that it also names `refs`; null where the holder needs no change. */
async function grow(
  document: PdfDocument,
  update: Update,
  holder: PdfDict,
  key: string,
  refs: readonly PdfRef[],
): Promise<PdfObject> {
  const entry = holder.get(key);
  const old = await document.resolve(entry);
  const list = isArray(old) ? old : [];
  const had = new Set(list.map((item) => (item instanceof PdfRef ? item.num : -1)));
  const more = refs.filter((ref, i) => !had.has(ref.num) && refs.findIndex((r) => r.num === ref.num) === i);
  if (more.length === 0) return null;
  if (!(entry instanceof PdfRef) || !isArray(old)) return [...list, ...more];
  update.set(update.refTo(entry.num), [...list, ...more]);
  return null;
}

interface Pool {
  /** The stream that holds these octets, an old one or one that is added. */
  refTo(list: string, der: Uint8Array): PdfRef;
  added(list: string): readonly PdfRef[];
}

async function openPool(document: PdfDocument, update: Update, store: PdfDict): Promise<Pool> {
  const known = new Map<string, PdfRef>();
  const added = new Map<string, PdfRef[]>();
  const keyOf = (list: string, der: Uint8Array) =>
    `${list} ${createHash('sha256').update(der).digest('hex')}`;
  let [items, bytes] = [MAX_ITEMS, MAX_BYTES];
  for (const { list } of KINDS) {
    for (const item of (await arrayAt(document, store, list)) ?? []) {
      if (--items < 0) throw new PdfTooComplex('dss');
      const der = item instanceof PdfRef ? await storedOctets(document, item) : null;
      if (!der) continue;
      bytes -= der.length;
      if (bytes < 0) throw new PdfTooComplex('dss');
      known.set(keyOf(list, der), item as PdfRef);
    }
  }
  return {
    refTo(list, der) {
      const key = keyOf(list, der);
      const found = known.get(key);
      if (found) return found;
      const ref = update.allocate();
      update.setStream(ref, new PdfDict(), der);
      known.set(key, ref);
      added.set(list, [...(added.get(list) ?? []), ref]);
      return ref;
    },
    added: (list) => added.get(list) ?? [],
  };
}

/** Null where it cannot be read: it stays where it is, and counts for nothing. */
async function storedOctets(document: PdfDocument, ref: PdfRef): Promise<Uint8Array | null> {
  try {
    const stream = await document.resolve(ref);
    if (!(stream instanceof PdfStream)) return null;
    const raw = await document.rawData(stream, MAX_ITEM_BYTES);
    return await decodeStream(stream.dict, raw, MAX_ITEM_BYTES);
  } catch (error) {
    if (error instanceof PdfUnreadable) return null;
    throw error;
  }
}

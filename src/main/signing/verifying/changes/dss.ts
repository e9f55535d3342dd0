import { CounterError } from '../../../../contract/errors.ts';
import type { PdfDocument } from '../../../pdf/reader/document.ts';
import { decodeStream } from '../../../pdf/reader/filters.ts';
import {
  dictOf,
  isArray,
  isName,
  PdfDict,
  type PdfObject,
  PdfRef,
  PdfStream,
} from '../../../pdf/reader/objects.ts';
import type { Comparison } from './comparison.ts';
import { topTags } from './der.ts';

/** Which kind of evidence each list holds (ISO 32000-2 §12.8.4.3, tables 261 and 262). */
const LISTS: Readonly<Record<string, Kind>> = { Certs: 'certificate', OCSPs: 'ocsp', CRLs: 'crl' };
const VRI_LISTS: Readonly<Record<string, Kind>> = { Cert: 'certificate', OCSP: 'ocsp', CRL: 'crl' };
type Kind = 'certificate' | 'ocsp' | 'crl' | 'token';

/** The tags of the outermost elements: enough to tell a page's content from evidence. */
const SHAPES: Readonly<Record<Kind, readonly number[]>> = {
  certificate: [0x30, 0x30, 0x03],
  crl: [0x30, 0x30, 0x03],
  ocsp: [0x0a, 0xa0],
  token: [0x06, 0xa0],
};
const MAX_ITEMS = 10_000;
const MAX_BYTES = 64 * 1024 * 1024;

/** Items of evidence by the number of their stream. */
type Items = Map<number, Kind>;

/** The document security store: it may gain evidence, and evidence only. */
export async function explainDss(comparison: Comparison): Promise<void> {
  const { catalog, before, after, changed, added, explained, owners, found } = comparison;
  if (!catalog.b.has('DSS')) {
    if (catalog.a.has('DSS')) found.push({ what: 'dss-changed' });
    return;
  }
  const a = await contentsOf(before, catalog.a);
  const b = await contentsOf(after, catalog.b);
  if (!b.sound && a.sound) found.push({ what: 'dss-invalid', object: catalog.num });
  for (const [num, kind] of b.items) {
    if (a.items.has(num) && !changed.has(num)) continue;
    if (!(await isEvidence(after, num, kind))) found.push({ what: 'dss-invalid', object: num });
    if (added.has(num)) explained.add(num);
  }
  if (![...a.items.keys()].every((num) => b.items.has(num))) found.push({ what: 'dss-changed' });
  for (const num of b.lists) if (added.has(num)) explained.add(num);
  // The lists may grow where they stood; certificates, OCSP answers and CRLs are streams and may not change. Lists
  // that did not change are watched as well, or a page that poses as one could vouch for its own content.
  for (const num of a.lists) {
    if (changed.has(num) && b.lists.has(num)) explained.add(num);
    owners.set(num, (r) => a.lists.has(r.holder) || (r.holder === catalog.num && r.key === 'DSS'));
  }
}

interface Contents {
  /** Numbers of the dictionaries and arrays that make it up, where they are objects of their own. */
  readonly lists: ReadonlySet<number>;
  readonly items: Items;
  /** Nothing in it but what belongs there. */
  readonly sound: boolean;
}

async function contentsOf(document: PdfDocument, catalog: PdfDict): Promise<Contents> {
  const lists = new Set<number>();
  const items: Items = new Map();
  let sound = true;

  async function opened(object: PdfObject): Promise<PdfObject> {
    const value = await document.resolve(object);
    const holds = value instanceof PdfDict || isArray(value);
    if (object instanceof PdfRef && holds) lists.add(object.num);
    return value;
  }

  async function list(object: PdfObject, kind: Kind): Promise<void> {
    const value = await opened(object);
    if (!isArray(value)) {
      sound = false;
      return;
    }
    for (const item of value) one(item, kind);
  }

  function one(item: PdfObject, kind: Kind): void {
    if (items.size >= MAX_ITEMS || !(item instanceof PdfRef)) sound = false;
    else if (items.has(item.num) && items.get(item.num) !== kind) sound = false;
    else items.set(item.num, kind);
  }

  const store = await opened(catalog.get('DSS'));
  if (store === null) return { lists, items, sound };
  if (!(store instanceof PdfDict)) return { lists, items, sound: false };
  for (const [key, entry] of store.entries) {
    if (LISTS[key]) await list(entry, LISTS[key]);
    else if (key === 'VRI') await readVri(await opened(entry));
    else if (key !== 'Type' || !isName(entry, 'DSS')) sound = false;
  }
  return { lists, items, sound };

  async function readVri(vri: PdfObject): Promise<void> {
    if (!(vri instanceof PdfDict)) {
      sound = false;
      return;
    }
    for (const [key, entry] of vri.entries) {
      if (key === 'Type') continue;
      const one = await opened(entry);
      // The key is the SHA-1 of the signature's /Contents in hexadecimal.
      if (!(one instanceof PdfDict) || !/^[0-9A-Fa-f]{40}$/.test(key)) sound = false;
      else await readOne(one);
    }
  }

  async function readOne(vri: PdfDict): Promise<void> {
    for (const [key, entry] of vri.entries) {
      if (VRI_LISTS[key]) await list(entry, VRI_LISTS[key]);
      else if (key === 'TS') one(entry, 'token');
      else if (!['Type', 'TU'].includes(key)) sound = false;
    }
  }
}

async function isEvidence(document: PdfDocument, num: number, kind: Kind): Promise<boolean> {
  const stream = await document.load(num);
  if (!(stream instanceof PdfStream)) return false;
  const type = dictOf(stream)?.get('Type') ?? null;
  if (stream.dict.has('Subtype') || stream.dict.has('F') || isName(type, 'ObjStm') || isName(type, 'XRef')) {
    return false;
  }
  try {
    const raw = await document.rawData(stream, MAX_BYTES);
    const tags = topTags(await decodeStream(stream.dict, raw, MAX_BYTES, document.work));
    const shape = SHAPES[kind];
    if (kind === 'ocsp' && tags?.length === 1) return tags[0] === 0x0a;
    return tags !== null && tags.length === shape.length && tags.every((tag, i) => tag === shape[i]);
  } catch (error) {
    if (error instanceof CounterError && error.code === 'PDF_UNREADABLE') return false;
    throw error;
  }
}

import { CounterError } from '../../../contract/errors.ts';
import { decodeStream } from './filters.ts';
import {
  integerOf,
  isArray,
  isName,
  PdfDict,
  type PdfObject,
  PdfRef,
  PdfStream,
  PdfTooComplex,
  PdfUnreadable,
} from './objects.ts';
import { Parser } from './parser.ts';
import type { ByteSource } from './source.ts';
import { readWindow } from './window.ts';
import { LOAD_UNITS, NODE_UNITS, newWork, SECTION_UNITS, type Work } from './work.ts';
import { dataStart, findEntry, readXrefChain, type XrefChain } from './xref.ts';

/** A document (or a revision of one) whose objects are read from the file only when they are asked for. */
export interface PdfDocument {
  readonly source: ByteSource;
  readonly chain: XrefChain;
  /** Of the newest section. */
  readonly trailer: PdfDict;
  /** The object of that number; null where it is free or nowhere. */
  load(num: number): Promise<PdfObject>;
  /** Follows references until something else is found. */
  resolve(object: PdfObject): Promise<PdfObject>;
  /** Data of a stream as it stands in the file. Throws PDF_TOO_COMPLEX above `maxBytes`. */
  rawData(stream: PdfStream, maxBytes: number): Promise<Uint8Array>;
  /** What reading may still cost; shared by all revisions of the file. */
  readonly work: Work;
}

const MAX_REFERENCE_STEPS = 32;
const MAX_OBJECT_STREAM_BYTES = 64 * 1024 * 1024;
/** Members of one object stream; writers put a hundred or two into each. */
const MAX_MEMBERS = 262_144;
/** Octets, and values at some of them each, that are kept of objects and of object streams for when they are asked again. */
const KEPT_OBJECTS = 48 * 1024 * 1024;
const KEPT_CONTAINERS = 32 * 1024 * 1024;
const KEPT_NODE = 96;

interface Container {
  readonly bytes: Uint8Array;
  readonly offsets: ReadonlyMap<number, number>;
}

/**
 * Reads the cross-reference sections and nothing else. Throws PDF_ENCRYPTED, PDF_UNREADABLE with `reason`,
 * or PDF_TOO_COMPLEX with `limit`. Where the same file is read more than once, as for a part of it that was signed,
 * its `work` is to be handed on, so that it does not start anew.
 */
export async function readPdf(source: ByteSource, work: Work = newWork(source.size)): Promise<PdfDocument> {
  const head = await source.read(0, 1024);
  if (head.indexOf('%PDF-') < 0) throw new PdfUnreadable('header-missing');
  const chain = await readXrefChain(source, work);
  const trailer = chain[0]!.trailer;
  if (chain.some((section) => section.trailer.has('Encrypt'))) throw new CounterError('PDF_ENCRYPTED');
  if (!(trailer.get('Root') instanceof PdfRef)) throw new PdfUnreadable('root-missing');
  return documentOver(source, chain, trailer, work);
}

/** The same file as it was `newer` cross-reference sections ago; 0 is the document itself. */
export function earlierRevision(document: PdfDocument, newer: number): PdfDocument {
  const chain = document.chain.slice(newer);
  return documentOver(document.source, chain, chain[0]!.trailer, document.work);
}

function documentOver(source: ByteSource, chain: XrefChain, trailer: PdfDict, work: Work): PdfDocument {
  const objects = keeper<PdfObject>(KEPT_OBJECTS);
  const containers = keeper<Container>(KEPT_CONTAINERS);

  async function load(num: number): Promise<PdfObject> {
    const kept = objects.get(num);
    if (kept !== undefined) return kept;
    work.spend(LOAD_UNITS + SECTION_UNITS * chain.length);
    const entry = findEntry(chain, num);
    if (entry?.type === 'plain') return loadPlain(num, entry.offset);
    if (entry?.type === 'packed') return loadPacked(num, entry.container);
    return null;
  }

  async function loadPlain(num: number, offset: number): Promise<PdfObject> {
    if (offset >= source.size) throw new PdfUnreadable('object-outside', { object: num });
    const parse = (parser: Parser) => ({
      object: parseIndirect(parser, num, offset),
      weight: weightOf(parser, 0),
    });
    const { object, weight } = await readWindow(source, offset, parse, work);
    objects.keep(num, object, weight);
    return object;
  }

  async function loadPacked(num: number, container: number): Promise<PdfObject> {
    const { bytes, offsets } = containers.get(container) ?? (await openContainer(container));
    const at = offsets.get(num);
    if (at === undefined) throw new PdfUnreadable('object-mismatch', { object: num });
    const parser = new Parser(bytes, at);
    try {
      const object = parser.object();
      objects.keep(num, object, weightOf(parser, at));
      return object;
    } finally {
      work.spend(parser.pos - at + NODE_UNITS * parser.nodes);
    }
  }

  async function openContainer(num: number): Promise<Container> {
    const entry = findEntry(chain, num);
    // An object stream in an object stream is forbidden (§7.5.7) and would let this recurse.
    const stream = entry?.type === 'plain' ? await loadPlain(num, entry.offset) : null;
    if (!(stream instanceof PdfStream) || !isName(stream.dict.get('Type'), 'ObjStm')) {
      throw new PdfUnreadable('object-stream', { object: num });
    }
    const raw = await rawData(stream, MAX_OBJECT_STREAM_BYTES);
    const bytes = await decodeStream(stream.dict, raw, MAX_OBJECT_STREAM_BYTES, work);
    work.spend(bytes.length);
    const container = { bytes, offsets: containerOffsets(stream.dict, bytes, num) };
    containers.keep(num, container, bytes.length + KEPT_NODE * container.offsets.size);
    return container;
  }

  async function rawData(stream: PdfStream, maxBytes: number): Promise<Uint8Array> {
    const length = await lengthOf(stream.dict.get('Length'));
    if (length > maxBytes) throw new PdfTooComplex('stream-bytes');
    if (stream.dataAt + length > source.size) throw new PdfUnreadable('stream-length');
    work.fetch(length);
    return source.read(stream.dataAt, length);
  }

  /** An indirect length must be a plain object: one inside the very stream it measures could never be found. */
  async function lengthOf(object: PdfObject): Promise<number> {
    const entry = object instanceof PdfRef ? findEntry(chain, object.num) : null;
    const value =
      object instanceof PdfRef && entry?.type === 'plain'
        ? await loadPlain(object.num, entry.offset)
        : object;
    const length = integerOf(value);
    if (length === null || length < 0) throw new PdfUnreadable('stream-length');
    return length;
  }

  async function resolve(object: PdfObject): Promise<PdfObject> {
    let current = object;
    for (let step = 0; current instanceof PdfRef; step++) {
      if (step >= MAX_REFERENCE_STEPS) throw new PdfUnreadable('reference-loop');
      current = await load(current.num);
    }
    return current;
  }

  return { source, chain, trailer, load, resolve, rawData, work };
}

/** What an object takes in memory, roughly; its octets alone would say nothing of an array of empty strings. */
function weightOf(parser: Parser, from: number): number {
  return parser.pos - from + KEPT_NODE * parser.nodes;
}

interface Keeper<T> {
  get(key: number): T | undefined;
  keep(key: number, value: T, weight: number): void;
}

/** Remembers values up to a weight in all, and forgets those first that came first. */
function keeper<T>(limit: number): Keeper<T> {
  const kept = new Map<number, { readonly value: T; readonly weight: number }>();
  let sum = 0;
  function drop(key: number): void {
    sum -= kept.get(key)?.weight ?? 0;
    kept.delete(key);
  }
  return {
    get: (key) => kept.get(key)?.value,
    keep(key, value, weight) {
      drop(key);
      for (const oldest of kept.keys()) {
        if (sum + weight <= limit) break;
        drop(oldest);
      }
      kept.set(key, { value, weight });
      sum += weight;
    },
  };
}

function parseIndirect(parser: Parser, num: number, offset: number): PdfObject {
  const found = parser.integer();
  const gen = parser.integer();
  if (gen === null || !parser.takes('obj')) throw new PdfUnreadable('object-missing', { object: num });
  if (found !== num) throw new PdfUnreadable('object-mismatch', { object: num });
  if (parser.takes('endobj')) return null;
  const object = parser.object();
  if (!(object instanceof PdfDict) || !parser.takes('stream')) return object;
  return new PdfStream(object, offset + dataStart(parser));
}

function containerOffsets(dict: PdfDict, bytes: Uint8Array, num: number): ReadonlyMap<number, number> {
  const count = integerOf(dict.get('N'));
  const first = integerOf(dict.get('First'));
  if (count !== null && count > MAX_MEMBERS) throw new PdfTooComplex('object-stream-members');
  // Each pair takes four bytes at least: a count that the data cannot hold is a lie.
  if (count === null || first === null || count < 0 || first < 0 || count * 4 > bytes.length + 4) {
    throw new PdfUnreadable('object-stream', { object: num });
  }
  const offsets = new Map<number, number>();
  const parser = new Parser(bytes);
  for (let i = 0; i < count; i++) {
    const member = parser.integer();
    const at = parser.integer();
    if (member === null || at === null || first + at > bytes.length) {
      throw new PdfUnreadable('object-stream', { object: num });
    }
    offsets.set(member, first + at);
  }
  return offsets;
}

/** The catalog, which must be a dictionary. */
export async function catalogOf(document: PdfDocument): Promise<PdfDict> {
  const catalog = await document.resolve(document.trailer.get('Root'));
  if (!(catalog instanceof PdfDict)) throw new PdfUnreadable('catalog');
  return catalog;
}

/** A value that a dictionary holds directly or by reference. */
export async function lookUp(document: PdfDocument, dict: PdfDict, key: string): Promise<PdfObject> {
  return document.resolve(dict.get(key));
}

export async function arrayAt(
  document: PdfDocument,
  dict: PdfDict,
  key: string,
): Promise<readonly PdfObject[] | null> {
  const value = await lookUp(document, dict, key);
  return isArray(value) ? value : null;
}

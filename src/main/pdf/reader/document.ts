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
}

const MAX_REFERENCE_STEPS = 32;
const MAX_OBJECT_STREAM_BYTES = 64 * 1024 * 1024;
/** Bytes that may be parsed or unpacked in all while one document is open; stops files made to waste time. */
const WORK = 1024 * 1024 * 1024;
const KEPT_OBJECTS = 4096;
const KEPT_CONTAINERS = 4;

interface Container {
  readonly bytes: Uint8Array;
  readonly offsets: ReadonlyMap<number, number>;
}

/**
 * Reads the cross-reference sections and nothing else. Throws PDF_ENCRYPTED, PDF_UNREADABLE with `reason`,
 * or PDF_TOO_COMPLEX with `limit`.
 */
export async function readPdf(source: ByteSource): Promise<PdfDocument> {
  const head = await source.read(0, 1024);
  if (head.indexOf('%PDF-') < 0) throw new PdfUnreadable('header-missing');
  const chain = await readXrefChain(source);
  const trailer = chain[0]!.trailer;
  if (chain.some((section) => section.trailer.has('Encrypt'))) throw new CounterError('PDF_ENCRYPTED');
  if (!(trailer.get('Root') instanceof PdfRef)) throw new PdfUnreadable('root-missing');
  return documentOver(source, chain, trailer);
}

/** The same file as it was `newer` cross-reference sections ago; 0 is the document itself. */
export function earlierRevision(document: PdfDocument, newer: number): PdfDocument {
  const chain = document.chain.slice(newer);
  return documentOver(document.source, chain, chain[0]!.trailer);
}

function documentOver(source: ByteSource, chain: XrefChain, trailer: PdfDict): PdfDocument {
  const objects = new Map<number, PdfObject>();
  const containers = new Map<number, Container>();
  let work = WORK;

  function spend(bytes: number): void {
    work -= bytes;
    if (work < 0) throw new PdfTooComplex('work');
  }

  async function load(num: number): Promise<PdfObject> {
    const kept = objects.get(num);
    if (kept !== undefined) return kept;
    const entry = findEntry(chain, num);
    let object: PdfObject = null;
    if (entry?.type === 'plain') object = await loadPlain(num, entry.offset);
    else if (entry?.type === 'packed') object = await loadPacked(num, entry.container);
    keep(objects, num, object, KEPT_OBJECTS);
    return object;
  }

  async function loadPlain(num: number, offset: number): Promise<PdfObject> {
    if (offset >= source.size) throw new PdfUnreadable('object-outside', { object: num });
    return readWindow(source, offset, (parser) => parseIndirect(parser, num, offset), spend);
  }

  async function loadPacked(num: number, container: number): Promise<PdfObject> {
    const { bytes, offsets } = containers.get(container) ?? (await openContainer(container));
    const at = offsets.get(num);
    if (at === undefined) throw new PdfUnreadable('object-mismatch', { object: num });
    const parser = new Parser(bytes, at);
    const object = parser.object();
    spend(parser.pos - at);
    return object;
  }

  async function openContainer(num: number): Promise<Container> {
    const entry = findEntry(chain, num);
    // An object stream in an object stream is forbidden (§7.5.7) and would let this recurse.
    const stream = entry?.type === 'plain' ? await loadPlain(num, entry.offset) : null;
    if (!(stream instanceof PdfStream) || !isName(stream.dict.get('Type'), 'ObjStm')) {
      throw new PdfUnreadable('object-stream', { object: num });
    }
    const raw = await rawData(stream, MAX_OBJECT_STREAM_BYTES);
    const bytes = await decodeStream(stream.dict, raw, MAX_OBJECT_STREAM_BYTES);
    spend(bytes.length);
    const container = { bytes, offsets: containerOffsets(stream.dict, bytes, num) };
    keep(containers, num, container, KEPT_CONTAINERS);
    return container;
  }

  async function rawData(stream: PdfStream, maxBytes: number): Promise<Uint8Array> {
    const length = await lengthOf(stream.dict.get('Length'));
    if (length > maxBytes) throw new PdfTooComplex('stream-bytes');
    if (stream.dataAt + length > source.size) throw new PdfUnreadable('stream-length');
    spend(length);
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

  return { source, chain, trailer, load, resolve, rawData };
}

function keep<T>(map: Map<number, T>, key: number, value: T, limit: number): void {
  if (map.size >= limit) map.delete(map.keys().next().value!);
  map.set(key, value);
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
  // Each pair takes four bytes at least, which bounds the loop by what was unpacked.
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

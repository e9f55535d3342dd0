import { decodeStream } from './filters.ts';
import { integerOf, isName, PdfDict, PdfTooComplex, PdfUnreadable } from './objects.ts';
import { Parser } from './parser.ts';
import type { ByteSource } from './source.ts';
import { readWindow } from './window.ts';
import { LOAD_UNITS, type Work } from './work.ts';
import {
  newRange,
  readClassicEntries,
  readStreamEntries,
  XrefColumns,
  type XrefEntry,
  type XrefRange,
} from './xref-entries.ts';

/** One cross-reference section: what one revision of the file says of its objects. */
export interface XrefSection {
  /** Offset of its first byte; in a well-made file this is what startxref or /Prev says. */
  readonly at: number;
  readonly kind: 'table' | 'stream';
  readonly trailer: PdfDict;
  readonly entries: XrefColumns;
  /** The stream that a hybrid table names in /XRefStm (§7.5.8.4). */
  readonly hybrid: XrefSection | null;
  /** Number of the object that holds a cross-reference stream, else null. */
  readonly objectNumber: number | null;
}

/** Newest first. */
export type XrefChain = readonly XrefSection[];

const TAIL = 65_536;
/** A table is read in pieces of this size: subsections may be a few octets each. */
const PIECE = 8192;
const MAX_SECTIONS = 1024;
const MAX_SUBSECTIONS = 200_000;
/** All entries of all sections together: 34 MB as they are kept, twice that while they are put in order. */
const MAX_ENTRIES = 2_000_000;
const MAX_STREAM_BYTES = 64 * 1024 * 1024;

/** Where the newest section starts. What a mail gateway or a disk left behind %%EOF is passed over, up to 64 kB. */
export async function findStartXref(source: ByteSource): Promise<number> {
  const from = Math.max(0, source.size - TAIL);
  const tail = await source.read(from, TAIL);
  const at = tail.lastIndexOf('startxref');
  if (at < 0) throw new PdfUnreadable('startxref-missing');
  const value = new Parser(tail, at + 9).integer();
  if (value === null) throw new PdfUnreadable('startxref-missing');
  if (value >= source.size) throw new PdfUnreadable('startxref-outside', { at: value });
  return value;
}

/**
 * Reads all sections from the newest back. A loop in /Prev, too many sections or entries are refused; sections that
 * share their octets, as by a comment that hides one from the other, cost what they would cost apart.
 */
export async function readXrefChain(source: ByteSource, work: Work): Promise<XrefChain> {
  const budget = { entries: MAX_ENTRIES, subsections: MAX_SUBSECTIONS, work };
  const chain: XrefSection[] = [];
  const seen = new Set<number>();
  let at: number | null = await findStartXref(source);
  while (at !== null) {
    if (seen.has(at)) throw new PdfUnreadable('xref-loop', { at });
    if (chain.length >= MAX_SECTIONS) throw new PdfTooComplex('xref-sections');
    seen.add(at);
    const section: XrefSection = await readSection(source, at, budget, seen);
    chain.push(section);
    at = prevOf(section.trailer, source);
  }
  return chain;
}

function prevOf(trailer: PdfDict, source: ByteSource): number | null {
  if (!trailer.has('Prev')) return null;
  const prev = integerOf(trailer.get('Prev'));
  if (prev === null || prev < 0 || prev >= source.size) throw new PdfUnreadable('xref-prev');
  return prev;
}

interface Budget {
  entries: number;
  subsections: number;
  readonly work: Work;
}

async function readSection(
  source: ByteSource,
  at: number,
  budget: Budget,
  seen: Set<number>,
): Promise<XrefSection> {
  const head = new Parser(await source.read(at, 64));
  if (head.takes('xref')) return readTable(source, at, at + head.pos, budget, seen);
  return readXrefStream(source, at, budget);
}

async function readTable(
  source: ByteSource,
  at: number,
  from: number,
  budget: Budget,
  seen: Set<number>,
): Promise<XrefSection> {
  const ranges: XrefRange[] = [];
  const piece = pieces(source);
  let pos = from;
  for (;;) {
    const head = new Parser(await piece(pos, 128));
    if (head.takes('trailer')) {
      pos += head.pos;
      break;
    }
    const start = head.integer();
    const count = head.integer();
    if (start === null || count === null) throw new PdfUnreadable('xref-table', { at: pos });
    const data = pos + head.pos;
    // 18 bytes is the least an entry can take: a count that the file cannot hold is not worth an allocation.
    if (count * 18 > source.size - data) throw new PdfUnreadable('xref-table', { at: pos });
    spend(budget, count);
    const range = newRange(start, count);
    pos = data + readClassicEntries(range, await piece(data, count * 20 + 1024));
    ranges.push(range);
  }
  const trailer = await readWindow(source, pos, (parser) => parser.object(), budget.work);
  if (!(trailer instanceof PdfDict)) throw new PdfUnreadable('trailer');
  const hybrid = await readHybrid(source, trailer, budget, seen);
  return { at, kind: 'table', trailer, entries: new XrefColumns(ranges), hybrid, objectNumber: null };
}

/** Parts of a file that follow each other, out of one piece as long as it reaches. */
function pieces(source: ByteSource): (at: number, length: number) => Promise<Buffer> {
  let base = 0;
  let held: Buffer = Buffer.alloc(0);
  return async (at, length) => {
    const end = base + held.length;
    const there = at >= base && at <= end && (at + length <= end || (end === source.size && held.length > 0));
    if (!there) {
      base = at;
      held = await source.read(at, Math.max(length, PIECE));
    }
    return held.subarray(at - base, at - base + length);
  };
}

async function readHybrid(
  source: ByteSource,
  trailer: PdfDict,
  budget: Budget,
  seen: Set<number>,
): Promise<XrefSection | null> {
  const at = integerOf(trailer.get('XRefStm'));
  if (at === null) return null;
  if (at < 0 || at >= source.size || seen.has(at)) throw new PdfUnreadable('xref-hybrid');
  seen.add(at);
  return readXrefStream(source, at, budget);
}

async function readXrefStream(source: ByteSource, at: number, budget: Budget): Promise<XrefSection> {
  const parse = (parser: Parser) => {
    const num = parser.integer();
    const gen = parser.integer();
    if (num === null || gen === null || !parser.takes('obj')) throw new PdfUnreadable('xref-missing', { at });
    const dict = parser.object();
    if (!(dict instanceof PdfDict) || !isName(dict.get('Type'), 'XRef') || !parser.takes('stream')) {
      throw new PdfUnreadable('xref-missing', { at });
    }
    return { num, dict, dataAt: at + dataStart(parser) };
  };
  const { num, dict, dataAt } = await readWindow(source, at, parse, budget.work);
  const length = integerOf(dict.get('Length'));
  if (length === null || length < 0 || length > MAX_STREAM_BYTES || dataAt + length > source.size) {
    throw new PdfUnreadable('xref-stream', { at });
  }
  budget.work.fetch(length);
  const raw = await source.read(dataAt, length);
  const data = await decodeStream(dict, raw, MAX_STREAM_BYTES, budget.work);
  const entries = new XrefColumns(readStreamEntries(dict, data, (count) => spend(budget, count)));
  return { at, kind: 'stream', trailer: dict, entries, hybrid: null, objectNumber: num };
}

/** Position after the end-of-line that follows the keyword `stream` (§7.3.8.1), a lone CR being forgiven. */
export function dataStart(parser: Parser): number {
  const { bytes, pos } = parser;
  if (pos + 1 >= bytes.length) parser.touchedEnd = true;
  if (bytes[pos] === 13) return bytes[pos + 1] === 10 ? pos + 2 : pos + 1;
  return bytes[pos] === 10 ? pos + 1 : pos;
}

function spend(budget: Budget, entries: number): void {
  budget.entries -= entries;
  budget.subsections -= 1;
  budget.work.spend(LOAD_UNITS + entries);
  if (budget.entries < 0 || budget.subsections < 0) throw new PdfTooComplex('xref-entries');
}

/** What the chain says of an object, the newest word first; null where no section names it. */
export function findEntry(chain: XrefChain, num: number): XrefEntry | null {
  for (const section of chain) {
    const entry = entryOf(section, num);
    if (entry) return entry;
  }
  return null;
}

/** In a hybrid section an object that the table calls free may be given by the stream (§7.5.8.4). */
function entryOf(section: XrefSection, num: number): XrefEntry | null {
  const own = section.entries.find(num);
  if (own && own.type !== 'free') return own;
  return section.hybrid?.entries.find(num) ?? own;
}

/** Numbers that a section speaks of, in use or free. */
export function* numbersOf(section: XrefSection): Generator<number> {
  yield* section.entries.numbers;
  if (section.hybrid) yield* section.hybrid.entries.numbers;
}

export function highestNumber(chain: XrefChain): number {
  let highest = 0;
  for (const section of chain) {
    for (const columns of [section.entries, section.hybrid?.entries]) {
      highest = Math.max(highest, columns?.numbers.at(-1) ?? 0);
    }
  }
  return highest;
}

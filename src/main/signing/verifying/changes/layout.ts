import type { PdfDocument } from '../../../pdf/reader/document.ts';
import { integerOf, PdfDict, type PdfObject, PdfRef } from '../../../pdf/reader/objects.ts';
import { isWhite, Parser } from '../../../pdf/reader/parser.ts';
import { type ByteSource, firstBytes } from '../../../pdf/reader/source.ts';
import { readWindow } from '../../../pdf/reader/window.ts';
import { dataStart, findEntry, type XrefSection } from '../../../pdf/reader/xref.ts';
import type { Modification, RevisionEnd } from './comparison.ts';

/** An appended revision as it lies in the file. */
export interface Layout {
  readonly end: RevisionEnd;
  /** Numbers of the objects that lie in it. */
  readonly objects: ReadonlySet<number>;
  readonly found: readonly Modification[];
}

const MAX_OBJECTS = 200_000;
/** Readers look for startxref in so many last octets (ISO 32000-1 annex H, note 18); beyond, they repair. */
const TAIL = 1024;
const MAX_COMMENT = 256;
const GAP_WINDOW = 4096;
const ROW = 20;

/**
 * Walks a revision from its first octet: objects that its cross-reference section names, each exactly where it says,
 * then the section, startxref and %%EOF, with white space and short comments between. So a reader that repairs the
 * file instead of following its tables meets the same objects, and nothing lies there that only some readers find.
 */
export async function layoutOf(document: PdfDocument, newer: number, from: number): Promise<Layout> {
  const section = document.chain[newer]!;
  const objects = new Set<number>();
  const fail = (what: Modification['what'], object?: number): Layout => ({
    end: { marker: from, end: from },
    objects,
    found: [object === undefined ? { what } : { what, object }],
  });
  if (section.hybrid) return fail('xref-hybrid');
  let pos = from;
  for (;;) {
    const start = await skipBlank(document.source, pos);
    if (start === null) return fail('bytes-unaccounted');
    if (section.kind === 'table' && start === section.at) break;
    const object = await objectAt(document, newer, start);
    if (!object) return fail(start === section.at ? 'xref-malformed' : 'bytes-unaccounted');
    const entry = section.entries.find(object.num);
    const own = section.kind === 'stream' && start === section.at;
    const named = entry?.type === 'plain' && (await isBlankTo(document.source, pos, entry.offset, start));
    // A cross-reference stream need not name itself.
    if (!named && !(own && (entry === null || entry.type === 'free'))) {
      return fail('bytes-unaccounted', object.num);
    }
    if (named && entry.gen !== object.gen) return fail('object-generation', object.num);
    if (object.repeatedKeys > 0) return fail('keys-repeated', object.num);
    objects.add(object.num);
    if (objects.size > MAX_OBJECTS) return fail('bytes-unaccounted', object.num);
    pos = object.end;
    if (own) break;
  }
  if (section.kind === 'table') {
    const behind = await behindTable(document, section);
    if (behind === null) return fail('xref-malformed');
    pos = behind;
  }
  const end = await endOf(document.source, pos, section);
  if (!end) return fail('xref-malformed');
  if (newer === 0 && !(await endsThere(document.source, end))) return fail('bytes-unaccounted');
  return { end, objects, found: sizeProblems(document, newer) };
}

/** Position of the next octet that is no white space and no comment; null where a comment says too much. */
async function skipBlank(source: ByteSource, from: number): Promise<number | null> {
  for (let pos = from; ; ) {
    const bytes = await source.read(pos, GAP_WINDOW);
    let i = 0;
    while (i < bytes.length && isWhite(bytes[i])) i++;
    if (i === bytes.length && bytes.length === GAP_WINDOW) {
      pos += i;
      continue;
    }
    if (bytes[i] !== 0x25) return pos + i;
    const line = (await source.read(pos + i, MAX_COMMENT)).toString('latin1');
    const length = line.search(/[\r\n]/);
    if (length < 0 || /^%(PDF-|%EOF)/.test(line)) return null;
    pos += i + length;
  }
}

/** Whether an entry points to its object, or to white space right in front of it, as some writers do. */
async function isBlankTo(source: ByteSource, from: number, offset: number, start: number): Promise<boolean> {
  if (offset < from || offset > start || start - offset > MAX_COMMENT) return false;
  return (await source.read(offset, start - offset)).every((byte) => isWhite(byte));
}

interface Lying {
  readonly num: number;
  readonly gen: number;
  readonly end: number;
  readonly repeatedKeys: number;
}

async function objectAt(document: PdfDocument, newer: number, at: number): Promise<Lying | null> {
  const { source, work } = document;
  const head = await readWindow(source, at, (parser) => headAt(parser, at), work);
  if (!head?.stream) return head;
  const length = await lengthOf(document, newer, head.stream.get('Length'));
  if (length === null || head.end + length > source.size) return null;
  const end = head.end + length;
  const behind = await readWindow(
    source,
    end,
    (parser) => (parser.takes('endstream') && parser.takes('endobj') ? parser.pos : null),
    work,
  );
  return behind === null ? null : { ...head, end: end + behind };
}

/** An object up to its endobj, or a stream's dictionary up to where its data starts. */
function headAt(parser: Parser, at: number): (Lying & { readonly stream: PdfDict | null }) | null {
  const num = parser.integer();
  const gen = parser.integer();
  if (num === null || gen === null || !parser.takes('obj')) return null;
  if (parser.takes('endobj')) return { num, gen, end: at + parser.pos, repeatedKeys: 0, stream: null };
  const object = parser.object();
  const { repeatedKeys } = parser;
  if (object instanceof PdfDict && parser.takes('stream')) {
    return { num, gen, end: at + dataStart(parser), repeatedKeys, stream: object };
  }
  return parser.takes('endobj') ? { num, gen, end: at + parser.pos, repeatedKeys, stream: null } : null;
}

async function lengthOf(document: PdfDocument, newer: number, value: PdfObject): Promise<number | null> {
  let length = integerOf(value);
  if (value instanceof PdfRef) {
    const entry = findEntry(document.chain.slice(newer), value.num);
    if (entry?.type !== 'plain') return null;
    length = await readWindow(
      document.source,
      entry.offset,
      (parser) =>
        parser.integer() === value.num && parser.integer() !== null && parser.takes('obj')
          ? parser.integer()
          : null,
      document.work,
    );
  }
  return length !== null && length >= 0 ? length : null;
}

/** Position behind the trailer of a table that is written to the letter (§7.5.4), else null. */
async function behindTable({ source, work }: PdfDocument, section: XrefSection): Promise<number | null> {
  const first = /^xref[ ]*(\r\n|\n|\r)/.exec((await source.read(section.at, 64)).toString('latin1'));
  if (!first) return null;
  let pos = section.at + first[0].length;
  for (;;) {
    const head = (await source.read(pos, 64)).toString('latin1');
    const trailer = /^\s*trailer/.exec(head);
    if (trailer) {
      pos += trailer[0].length;
      break;
    }
    const subsection = /^\d+ (\d+)[ ]*(\r\n|\n|\r)/.exec(head);
    if (!subsection) return null;
    pos += subsection[0].length;
    const rows = await source.read(pos, Number(subsection[1]) * ROW);
    for (let i = 0; i < rows.length; i += ROW) if (!isRow(rows, i)) return null;
    pos += rows.length;
  }
  return readWindow(
    source,
    pos,
    (parser) => (parser.object() instanceof PdfDict && parser.repeatedKeys === 0 ? pos + parser.pos : null),
    work,
  );
}

function isRow(rows: Buffer, at: number): boolean {
  return /^\d{10} \d{5} [nf](\r\n| \n| \r)$/.test(rows.toString('latin1', at, at + ROW));
}

/** Where startxref names this section and %%EOF follows, the ends of the revision. */
async function endOf(source: ByteSource, from: number, section: XrefSection): Promise<RevisionEnd | null> {
  const start = await skipBlank(source, from);
  if (start === null) return null;
  const parser = new Parser(await source.read(start, 128));
  if (!parser.takes('startxref') || parser.integer() !== section.at) return null;
  const rest = /^\s*%%EOF(\r\n|\n|\r)?/.exec(parser.bytes.toString('latin1', parser.pos));
  if (!rest) return null;
  const end = start + parser.pos + rest[0].length;
  return { end, marker: end - (rest[1]?.length ?? 0) };
}

async function endsThere(source: ByteSource, { marker }: RevisionEnd): Promise<boolean> {
  // 32 octets lie between the first letter of startxref and the end of %%EOF at most.
  if (source.size - marker > TAIL - 32) return false;
  return (await source.read(marker, TAIL)).every((byte) => isWhite(byte));
}

/** Whether nothing but some white space lies behind a signed revision that no section follows. */
export async function endsWith(source: ByteSource, end: number): Promise<boolean> {
  return endsThere(source, { marker: end, end });
}

/** Readers take objects from /Size on for missing (§7.5.5): a smaller one would hide what was signed. */
function sizeProblems({ chain }: PdfDocument, newer: number): Modification[] {
  const { trailer, entries } = chain[newer]!;
  const size = integerOf(trailer.get('Size'));
  const before = integerOf(chain[newer + 1]?.trailer.get('Size') ?? null) ?? 0;
  const highest = entries.numbers.at(-1) ?? 0;
  return size === null || size < before || size <= highest ? [{ what: 'xref-malformed', key: 'Size' }] : [];
}

/** The document as it was before that section: what lies behind its end did not exist. */
export function bounded(document: PdfDocument, end: number): PdfDocument {
  return { ...document, source: firstBytes(document.source, end) };
}

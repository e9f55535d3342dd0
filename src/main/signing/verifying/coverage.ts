import { CounterError } from '../../../contract/errors.ts';
import {
  arrayAt,
  catalogOf,
  earlierRevision,
  lookUp,
  type PdfDocument,
  readPdf,
} from '../../pdf/reader/document.ts';
import { dictOf, PdfDict, PdfRef } from '../../pdf/reader/objects.ts';
import { type ByteSource, firstBytes } from '../../pdf/reader/source.ts';
import { findStartXref, numbersOf, type XrefSection } from '../../pdf/reader/xref.ts';
import { byteRangeOf, type FoundSignature, findSignaturesIn } from './find.ts';

export interface Coverage {
  /** Offset behind the last covered octet. */
  readonly end: number;
  /** Octets that follow; 0 where the signature covers the whole file. */
  readonly bytesAfter: number;
  readonly wholeFile: boolean;
}

export type CoverageProblem =
  | 'byte-range-missing'
  | 'byte-range-malformed'
  | 'byte-range-outside'
  | 'contents-missing'
  | 'gap-not-contents'
  | 'not-a-revision'
  | 'object-outside-revision'
  | 'signature-not-in-revision';

export interface Covered {
  readonly coverage: Coverage | null;
  readonly problem: CoverageProblem | null;
  /** The signed revision, where something follows it that must be compared with it. */
  readonly revision: PdfDocument | null;
}

/** Judges one signature's coverage after the other; what they share is read once. */
export type CoverageOf = (signature: FoundSignature) => Promise<Covered>;

const MAX_GAP = 8 * 1024 * 1024;
const KEY_WINDOW = 64;
/**
 * Revisions that are no part of the document's own chain, and fields that do not hang in the form by themselves,
 * each cost a reading of their own: sound files have none, or few.
 */
const MAX_LONG_WAYS = 32;
const MAX_PARENTS = 32;

/**
 * Checks that a ByteRange covers a whole revision but for the signature's own /Contents: from the first octet,
 * with one gap that is exactly the hexadecimal string, to the %%EOF of that revision. Anything looser lets content
 * in that no hash sees (signature wrapping, ISO 32000-2 §12.8.1). The result throws PDF_TOO_COMPLEX.
 */
export function coverageIn(document: PdfDocument): CoverageOf {
  const { source } = document;
  const reach = farthestOffsets(document);
  let longWays = MAX_LONG_WAYS;

  return async (signature) => {
    const range = signature.byteRange;
    if (!range) return refused('byte-range-missing');
    if (!signature.contents) return refused('contents-missing');
    const [start, first, second, last] = range as [number, number, number, number];
    if (range.length !== 4 || start !== 0 || first <= 0 || second <= first || last <= 0) {
      return refused('byte-range-malformed');
    }
    const end = second + last;
    if (end > source.size) return refused('byte-range-outside');
    const coverage = { end, bytesAfter: source.size - end, wholeFile: end === source.size };
    if (!(await gapIsContents(source, first, second, signature.contents))) {
      return refused('gap-not-contents', coverage);
    }
    if (!(await endsLikeAFile(source, end))) return refused('not-a-revision', coverage);
    try {
      const part = firstBytes(source, end);
      const newest = await findStartXref(part);
      const index = document.chain.findIndex((section) => section.at === newest);
      if (index < 0 && --longWays < 0) return refused('not-a-revision', coverage);
      // What lies behind the signed end was not there when it was signed: its objects are none of this revision's.
      if (index >= 0 && reach[index]! >= end) return refused('object-outside-revision', coverage);
      const revision =
        index < 0 ? await readPdf(part) : earlierRevision({ ...document, source: part }, index);
      const held =
        (await holdsAtItsPlace(revision, signature)) ||
        (--longWays >= 0 && (await holdsSomewhere(revision, signature)));
      if (!held) return refused('signature-not-in-revision', coverage);
      return { coverage, problem: null, revision: coverage.wholeFile ? null : revision };
    } catch (error) {
      if (error instanceof CounterError && error.code === 'PDF_UNREADABLE') {
        return refused('not-a-revision', coverage);
      }
      throw error;
    }
  };
}

function refused(problem: CoverageProblem, coverage: Coverage | null = null): Covered {
  return { coverage, problem, revision: null };
}

async function gapIsContents(
  source: ByteSource,
  from: number,
  to: number,
  contents: Uint8Array,
): Promise<boolean> {
  if (to - from > MAX_GAP || (to - from) % 2 !== 0) return false;
  const before = (await source.read(Math.max(0, from - KEY_WINDOW), Math.min(from, KEY_WINDOW))).toString(
    'latin1',
  );
  // The very string behind the key, without white space: it would be more that no hash sees.
  if (!/\/Contents[\0\t\n\f\r ]*$/.test(before)) return false;
  const gap = (await source.read(from, to - from)).toString('latin1');
  if (!/^<[0-9A-Fa-f]*>$/.test(gap)) return false;
  return Buffer.from(gap.slice(1, -1), 'hex').equals(contents);
}

async function endsLikeAFile(source: ByteSource, end: number): Promise<boolean> {
  const from = Math.max(0, end - 32);
  return /%%EOF[\r\n\t ]*$/.test((await source.read(from, end - from)).toString('latin1'));
}

/** For each section the highest offset that it and those before it name. */
function farthestOffsets({ chain }: PdfDocument): number[] {
  const reach: number[] = new Array<number>(chain.length).fill(0);
  for (let i = chain.length - 1; i >= 0; i--) {
    reach[i] = Math.max(reach[i + 1] ?? 0, farthest(chain[i]!));
  }
  return reach;
}

function farthest(section: XrefSection): number {
  let highest = Math.max(section.at, section.hybrid?.at ?? 0);
  for (const num of numbersOf(section)) {
    for (const columns of [section.entries, section.hybrid?.entries]) {
      const entry = columns?.find(num);
      if (entry?.type === 'plain' && entry.offset > highest) highest = entry.offset;
    }
  }
  return highest;
}

/** Whether the field hangs in the revision's own form and holds this signature: no walk through all the others. */
async function holdsAtItsPlace(
  revision: PdfDocument,
  { field, ref, byteRange }: FoundSignature,
): Promise<boolean> {
  if (!field || !ref) return false;
  let at = dictOf(await revision.load(field.num));
  const value = at?.get('V');
  const signature = dictOf(await revision.load(ref.num));
  if (!(value instanceof PdfRef) || value.num !== ref.num || !signature) return false;
  if (JSON.stringify(await byteRangeOf(revision, signature)) !== JSON.stringify(byteRange)) return false;
  let top = field.num;
  for (let depth = 0; depth < MAX_PARENTS; depth++) {
    const parent = at?.get('Parent');
    if (!(parent instanceof PdfRef)) break;
    top = parent.num;
    at = dictOf(await revision.load(top));
  }
  const form = await lookUp(revision, await catalogOf(revision), 'AcroForm');
  const roots = form instanceof PdfDict ? await arrayAt(revision, form, 'Fields') : null;
  return roots?.some((root) => root instanceof PdfRef && root.num === top) ?? false;
}

async function holdsSomewhere(revision: PdfDocument, signature: FoundSignature): Promise<boolean> {
  const inside = await findSignaturesIn(revision);
  return inside.some(
    (other) =>
      other.fieldName === signature.fieldName &&
      other.ref?.num === signature.ref?.num &&
      JSON.stringify(other.byteRange) === JSON.stringify(signature.byteRange),
  );
}

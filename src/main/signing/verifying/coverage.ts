import { CounterError } from '../../../contract/errors.ts';
import { type PdfDocument, readPdf } from '../../pdf/reader/document.ts';
import { type ByteSource, firstBytes } from '../../pdf/reader/source.ts';
import { type FoundSignature, findSignaturesIn } from './find.ts';

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
  | 'signature-not-in-revision';

export interface Covered {
  readonly coverage: Coverage | null;
  readonly problem: CoverageProblem | null;
  /** The signed revision, where something follows it that must be compared with it. */
  readonly revision: PdfDocument | null;
}

const MAX_GAP = 8 * 1024 * 1024;

/**
 * Checks that a ByteRange covers a whole revision but for the signature's own /Contents: from the first octet,
 * with one gap that is exactly the hexadecimal string, to the %%EOF of that revision. Anything looser lets content
 * in that no hash sees (signature wrapping, ISO 32000-2 §12.8.1).
 */
export async function coverageOf(source: ByteSource, signature: FoundSignature): Promise<Covered> {
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
  return checkRevision(source, signature, coverage);
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
  if (to - from > MAX_GAP) return false;
  const gap = (await source.read(from, to - from)).toString('latin1');
  if (!/^<[0-9A-Fa-f\s]*>$/.test(gap)) return false;
  return Buffer.from(gap.slice(1, -1).replace(/\s+/g, ''), 'hex').equals(contents);
}

/** The covered part must be a PDF by itself, ending with its %%EOF, that holds this very signature. */
async function checkRevision(
  source: ByteSource,
  signature: FoundSignature,
  coverage: Coverage,
): Promise<Covered> {
  const part = firstBytes(source, coverage.end);
  const tail = (await part.read(Math.max(0, part.size - 32), 32)).toString('latin1');
  if (!/%%EOF[\r\n\t ]*$/.test(tail)) return refused('not-a-revision', coverage);
  try {
    const revision = await readPdf(part);
    const inside = await findSignaturesIn(revision);
    if (!inside.some((other) => sameSignature(other, signature))) {
      return refused('signature-not-in-revision', coverage);
    }
    return { coverage, problem: null, revision: coverage.wholeFile ? null : revision };
  } catch (error) {
    if (error instanceof CounterError && error.code === 'PDF_UNREADABLE') {
      return refused('not-a-revision', coverage);
    }
    throw error;
  }
}

function sameSignature(a: FoundSignature, b: FoundSignature): boolean {
  return (
    a.fieldName === b.fieldName &&
    a.ref?.num === b.ref?.num &&
    JSON.stringify(a.byteRange) === JSON.stringify(b.byteRange)
  );
}

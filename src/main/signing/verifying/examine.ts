import { CounterError } from '../../../contract/errors.ts';
import type { PdfDocument } from '../../pdf/reader/document.ts';
import { type CmsVerdict, verifyCms } from '../cms/build.ts';
import { readTimeStampToken, stampsDigest, type TimeStampFacts } from '../evidence/timestamp-token.ts';
import { type Changes, changesIn } from './changes/steps.ts';
import { type Covered, coverageIn } from './coverage.ts';
import type { FoundSignature } from './find.ts';
import type { RangeHasher } from './hashing.ts';
import { judgeToken } from './timestamps.ts';
import { failed, judgeCms, judgeKind, open, type Verdict } from './verdict.ts';

/** What a signature says by itself: what it covers, whether it fits, what happened to the document afterwards. */
export interface Examined {
  readonly signature: FoundSignature;
  readonly covered: Covered;
  /** Null where it is a time stamp, or cannot be read. */
  readonly cms: CmsVerdict | null;
  /** Null where it is no document time stamp, or cannot be read. */
  readonly token: TimeStampFacts | null;
  readonly changes: Changes;
  /** Whether signature and document fit each other; null where they do. */
  readonly integrity: Verdict | null;
  /** What was changed afterwards; null where that does no harm. */
  readonly alteration: Verdict | null;
}

const NO_CHANGES: Changes = { found: [], filled: [] };

/** Examines all signatures in the order of what they cover, so that the file is hashed once for all. Throws CANCELLED. */
export async function examine(
  document: PdfDocument,
  signatures: readonly FoundSignature[],
  hasher: RangeHasher,
  signal: AbortSignal,
): Promise<Examined[]> {
  const coverageOf = coverageIn(document);
  const changesSince = changesIn(document);
  const examined: Examined[] = [];
  for (const signature of signatures) {
    if (signal.aborted) throw new CounterError('CANCELLED');
    const covered = await coverageOf(signature);
    const compared = covered.revision
      ? await compare(covered.revision, changesSince)
      : { changes: NO_CHANGES, alteration: null };
    examined.push({ signature, covered, ...(await read(signature, covered, hasher)), ...compared });
  }
  return examined;
}

type Content = Pick<Examined, 'cms' | 'token' | 'integrity'>;

async function read(signature: FoundSignature, covered: Covered, hasher: RangeHasher): Promise<Content> {
  const none = { cms: null, token: null };
  if (covered.problem) return { ...none, integrity: failed('FORMAT_FAILURE', covered.problem) };
  const kind = judgeKind(signature);
  if (kind) return { ...none, integrity: kind };
  return signature.type === 'signature' ? readCms(signature, hasher) : readStamp(signature, hasher);
}

async function readCms({ contents, byteRange }: FoundSignature, hasher: RangeHasher): Promise<Content> {
  try {
    // The path is judged later, at the time that is proven by then.
    const nobody = { trust: [], at: new Date(0) };
    const cms = await verifyCms(contents!, (hash) => hasher.digest(byteRange!, hash), nobody);
    return { cms, token: null, integrity: judgeCms(cms) };
  } catch (error) {
    if (error instanceof CounterError && error.code === 'SIGNATURE_UNREADABLE') {
      return { cms: null, token: null, integrity: failed('FORMAT_FAILURE', 'cms-unreadable') };
    }
    throw error;
  }
}

/** A document time stamp's token stands where a signature's CMS does, and is over the ByteRange (ISO 32000-2 §12.8.5). */
async function readStamp({ contents, byteRange }: FoundSignature, hasher: RangeHasher): Promise<Content> {
  let token: TimeStampFacts;
  try {
    token = readTimeStampToken(contents!);
  } catch (error) {
    if (error instanceof CounterError && error.code === 'TIMESTAMP_INVALID') {
      return { cms: null, token: null, integrity: failed('FORMAT_FAILURE', 'timestamp-unreadable') };
    }
    throw error;
  }
  const { hash } = token;
  const fits = hash !== 'unsupported' && stampsDigest(token, await hasher.digest(byteRange!, hash), hash);
  return { cms: null, token, integrity: judgeToken(token, fits) };
}

type Compared = Pick<Examined, 'changes' | 'alteration'>;

/** Compares the signed revision with the file; one that cannot be compared is no proof of anything. */
async function compare(
  revision: PdfDocument,
  changesSince: (revision: PdfDocument) => Promise<Changes>,
): Promise<Compared> {
  try {
    const changes = await changesSince(revision);
    const words = [...new Set(changes.found.map((c) => c.what))];
    return { changes, alteration: words.length > 0 ? failed('FORMAT_FAILURE', ...words) : null };
  } catch (error) {
    if (error instanceof CounterError && ['PDF_UNREADABLE', 'PDF_TOO_COMPLEX'].includes(error.code)) {
      return { changes: NO_CHANGES, alteration: open('SIG_CONSTRAINTS_FAILURE', 'changes-unknown') };
    }
    throw error;
  }
}

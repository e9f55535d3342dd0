import { catalogOf, earlierRevision, lookUp, type PdfDocument, readPdf } from '../../pdf/reader/document.ts';
import {
  dictOf,
  integerOf,
  isArray,
  isName,
  PdfDict,
  PdfName,
  type PdfObject,
  PdfRef,
  PdfString,
  PdfTooComplex,
  PdfUnreadable,
  textOf,
} from '../../pdf/reader/objects.ts';
import type { ByteSource } from '../../pdf/reader/source.ts';
import { numbersOf } from '../../pdf/reader/xref.ts';

/** A signature as the form says it, not yet judged. */
export interface FoundSignature {
  readonly fieldName: string;
  readonly field: PdfRef | null;
  /** Null where the dictionary stands in the field itself. */
  readonly ref: PdfRef | null;
  readonly type: 'signature' | 'document-timestamp';
  readonly subFilter: string;
  /** Null where it is no array of whole numbers. */
  readonly byteRange: readonly number[] | null;
  /** The CMS with the padding of its hole; null where there is no string. */
  readonly contents: Uint8Array | null;
  /** /M as it stands, the signer's own claim of the time. */
  readonly claimedTime: string | null;
  readonly reason: string | null;
  readonly location: string | null;
  /** The DocMDP level that the signature sets for all that follows (ISO 32000-2 §12.8.2.2); null = it sets none. */
  readonly certifies: 1 | 2 | 3 | null;
}

/** More than any paper bears; a file made to keep a verifier busy has more. */
const MAX_SIGNATURES = 1000;
const MAX_FIELDS = 20_000;
/** Revisions that are looked through for signatures that later ones no longer show. */
const MAX_WALKS = 64;
const MAX_OWN_OBJECTS = 10_000;
const MAX_DEPTH = 32;
const MAX_REFERENCES = 16;

/** All signature fields that hold a signature, in the order of what they cover. */
export async function findSignatures(source: ByteSource): Promise<FoundSignature[]> {
  return findSignaturesIn(await readPdf(source));
}

export async function findSignaturesIn(document: PdfDocument): Promise<FoundSignature[]> {
  const found: FoundSignature[] = [];
  for (const { ref, field, name } of await signatureFields(document)) {
    const entry = field.get('V');
    const dict = dictOf(await document.resolve(entry));
    if (dict) found.push(await describe(document, dict, entry, ref, name));
    if (found.length > MAX_SIGNATURES) throw new PdfTooComplex('signatures');
  }
  return inOrder(found);
}

function inOrder(found: FoundSignature[]): FoundSignature[] {
  const end = ({ byteRange: r }: FoundSignature) => (r && r.length === 4 ? r[2]! + r[3]! : Number.MAX_VALUE);
  return found.sort((a, b) => end(a) - end(b));
}

/**
 * As `findSignaturesIn`, with those that only an earlier revision carries: who took a signature out of the form, or
 * the form out of the catalog, has changed a signed document, and is to be told so.
 */
export async function findEverySignature(document: PdfDocument): Promise<FoundSignature[]> {
  const found = await findSignaturesIn(document);
  const sayings = new Set(found.map(sayingOf));
  const known = new Set(found.map(({ byteRange }) => JSON.stringify(byteRange)));
  let walks = MAX_WALKS;
  let unexplained = false;
  // From the oldest: what brought in a signature that the document no longer shows is looked through, and all after it.
  for (let newer = document.chain.length - 1; newer > 0; newer--) {
    // The main section of a linearised file names no catalog by itself.
    if (!(document.chain[newer]!.trailer.get('Root') instanceof PdfRef)) continue;
    unexplained ||= await bringsUnknown(document, newer, known);
    if (!unexplained) continue;
    if (--walks < 0) throw new PdfTooComplex('revisions');
    for (const signature of await signaturesOf(earlierRevision(document, newer))) {
      if (sayings.has(sayingOf(signature))) continue;
      sayings.add(sayingOf(signature));
      found.push(signature);
      if (found.length > MAX_SIGNATURES) throw new PdfTooComplex('signatures');
    }
  }
  return inOrder(found);
}

/**
 * Whether a revision brought in a /ByteRange that no signature of the document has, looking at its own objects alone:
 * a file that was signed many times is not walked as many times. One of too many objects may bring in anything.
 */
async function bringsUnknown(
  document: PdfDocument,
  newer: number,
  known: ReadonlySet<string>,
): Promise<boolean> {
  const revision = earlierRevision(document, newer);
  let left = MAX_OWN_OBJECTS;
  for (const num of numbersOf(document.chain[newer]!)) {
    if (--left < 0) return true;
    const dict = dictOf(await revision.load(num).catch(unreadable));
    for (const holder of [dict, dictOf(dict?.get('V') ?? null)]) {
      if (!holder?.has('ByteRange')) continue;
      const range = await byteRangeOf(revision, holder).catch(unreadable);
      if (!known.has(JSON.stringify(range))) return true;
    }
  }
  return false;
}

function unreadable(error: unknown): null {
  if (error instanceof PdfUnreadable) return null;
  throw error;
}

const sayingOf = ({ fieldName, byteRange }: FoundSignature): string => JSON.stringify([fieldName, byteRange]);

/** A revision that no reader could open carried no signature that anybody saw. */
async function signaturesOf(revision: PdfDocument): Promise<FoundSignature[]> {
  try {
    return await findSignaturesIn(revision);
  } catch (error) {
    if (error instanceof PdfUnreadable) return [];
    throw error;
  }
}

export interface SignatureField {
  readonly ref: PdfRef | null;
  readonly field: PdfDict;
  /** Fully qualified (ISO 32000-1 §12.7.3.2). */
  readonly name: string;
}

/** Walks the field tree once; a tree that turns back on itself ends at the turn. */
export async function signatureFields(document: PdfDocument): Promise<SignatureField[]> {
  const form = dictOf(await lookUp(document, await catalogOf(document), 'AcroForm'));
  const roots = form && (await lookUp(document, form, 'Fields'));
  const seen = new Set<number>();
  const found: SignatureField[] = [];
  let left = MAX_FIELDS;

  async function visit(object: PdfObject, parentName: string, type: PdfObject, depth: number): Promise<void> {
    if (--left < 0 || depth > MAX_DEPTH) throw new PdfTooComplex('fields');
    const ref = object instanceof PdfRef ? object : null;
    if (ref && seen.has(ref.num)) return;
    if (ref) seen.add(ref.num);
    const field = await document.resolve(object);
    if (!(field instanceof PdfDict)) return;
    const own = textOf(await lookUp(document, field, 'T'));
    const name = own === null ? parentName : parentName === '' ? own : `${parentName}.${own}`;
    const fieldType = (await lookUp(document, field, 'FT')) ?? type;
    if (isName(fieldType, 'Sig') && (own !== null || field.has('V'))) found.push({ ref, field, name });
    const kids = await lookUp(document, field, 'Kids');
    for (const kid of isArray(kids) ? kids : []) await visit(kid, name, fieldType, depth + 1);
  }

  for (const root of isArray(roots) ? roots : []) await visit(root, '', null, 0);
  return found;
}

async function describe(
  document: PdfDocument,
  dict: PdfDict,
  entry: PdfObject,
  field: PdfRef | null,
  fieldName: string,
): Promise<FoundSignature> {
  const contents = await lookUp(document, dict, 'Contents');
  const subFilter = await lookUp(document, dict, 'SubFilter');
  const isStamp = isName(await lookUp(document, dict, 'Type'), 'DocTimeStamp');
  return {
    fieldName,
    field,
    ref: entry instanceof PdfRef ? entry : null,
    type: isStamp ? 'document-timestamp' : 'signature',
    subFilter: subFilter instanceof PdfName ? subFilter.value : '',
    byteRange: await byteRangeOf(document, dict),
    contents: contents instanceof PdfString ? contents.bytes : null,
    claimedTime: textOf(await lookUp(document, dict, 'M')),
    reason: textOf(await lookUp(document, dict, 'Reason')),
    location: textOf(await lookUp(document, dict, 'Location')),
    certifies: await certificationOf(document, dict),
  };
}

/** Null where it is no array of whole numbers. */
export async function byteRangeOf(document: PdfDocument, dict: PdfDict): Promise<readonly number[] | null> {
  const range = await lookUp(document, dict, 'ByteRange');
  const numbers = isArray(range) && range.length <= 64 ? range.map(integerOf) : null;
  return numbers?.every((n) => n !== null) ? (numbers as number[]) : null;
}

/** /P is 2 unless it is said otherwise (ISO 32000-2 table 257); what cannot be understood allows the least. */
async function certificationOf(document: PdfDocument, dict: PdfDict): Promise<1 | 2 | 3 | null> {
  const references = await lookUp(document, dict, 'Reference');
  for (const entry of isArray(references) ? references.slice(0, MAX_REFERENCES) : []) {
    const reference = dictOf(await document.resolve(entry));
    if (!reference || !isName(await lookUp(document, reference, 'TransformMethod'), 'DocMDP')) continue;
    const parameters = dictOf(await lookUp(document, reference, 'TransformParams'));
    const level = parameters?.has('P') ? integerOf(await lookUp(document, parameters, 'P')) : 2;
    return level === 2 || level === 3 ? level : 1;
  }
  return null;
}

import type { FileHandle } from 'node:fs/promises';
import { CounterError } from '../../../contract/errors.ts';
import type { SignatureLevel } from '../../../contract/model.ts';
import { onDisk } from '../../pdf/output-file.ts';
import { type PdfDocument, readPdf } from '../../pdf/reader/document.ts';
import { firstPage } from '../../pdf/reader/pages.ts';
import { handleSource } from '../../pdf/reader/source.ts';
import { tryReadCertificate } from '../cms/certificates.ts';
import type { EvidenceItems, EvidenceSource, TimeStamper } from '../evidence/port.ts';
import { LEAST_HOLE, lacksNewline, sealed } from './append.ts';
import { timeStampBody } from './dictionary.ts';
import { onDraft, writeAt } from './draft.ts';
import { addToStore, type StoreAddition, storedKeys, vriKey } from './dss.ts';
import { addField, freeName } from './field.ts';
import type { KnownPrefix } from './hash.ts';
import { assertGoesOn, stampedCms, stampOver } from './stamp.ts';
import {
  archiveStamp,
  endOf,
  isProven,
  neededToProve,
  proofOf,
  readStanding,
  type Standing,
  type StandingSignature,
  unstamped,
} from './standing.ts';
import { newUpdate } from './update.ts';

export interface RaiseRequest {
  /** Path of the signed PDF; it is never written to. */
  readonly input: string;
  /** Path of the raised PDF; what is there is replaced, whole and at once. May be the input's. */
  readonly output: string;
  readonly to: SignatureLevel;
  readonly timeStamper: TimeStamper;
  readonly evidence: EvidenceSource;
  /** The clock: a signature whose certificate has run out gains nothing by a time stamp. */
  readonly now: () => Date;
  readonly signal: AbortSignal;
  /** With B-LTA: proves the last document time stamp and puts a new one over everything, before the old one ages. */
  readonly renew?: boolean;
}

export interface RaiseResult {
  /** Of the output, lower-case hexadecimal. */
  readonly sha256: string;
  readonly bytes: number;
  /** Of the newest signature, as far as the file carries it; at least what was asked for. */
  readonly level: SignatureLevel;
  /** Fields of earlier signatures whose certificates could not be proven: they stay as they are. */
  readonly unproven: readonly string[];
}

const FIELD_PREFIX = 'DocTimeStamp';
/** A token without certificates, by a small key: with less room none is asked for in vain. */
const LEAST_TOKEN = 1024;

/**
 * Raises the newest signature of a PDF on the ladder of ETSI EN 319 142-1 §6, B-T (time stamp), B-LT (validation
 * data), B-LTA (document time stamp over all of it), by as many steps as are missing; what is reached already is left
 * as it is. Everything is appended but one thing: a time stamp goes into the newest signature's own CMS where nothing
 * follows it and its /Contents, which no hash covers, has the room.
 *
 * All of it is allowed on certified documents, whatever their level (ISO 32000-2 table 257).
 *
 * Throws FILE_MISSING, PDF_UNREADABLE, PDF_ENCRYPTED, PDF_NO_PAGES, PDF_TOO_COMPLEX, SIGNATURE_NONE,
 * SIGNATURE_INVALID {field, reason} (a broken signature is not built upon), CERTIFICATE_EXPIRED,
 * SIGNATURE_TOO_LARGE, SIGNATURE_SELF_CHECK_FAILED, DISK_FULL, DISK_FAILED, CANCELLED, and what the time stamper and
 * the evidence source throw. Nothing is left behind then, and the output is what it was.
 */
export async function raisePdf(request: RaiseRequest): Promise<RaiseResult> {
  return onDraft(request.input, request.output, async (handle) => {
    const source = await handleSource(handle);
    const document = await readPdf(source);
    await firstPage(document);
    const before = await onDisk(() => readStanding(document));
    const climbed = await climb(handle, before, request);
    assertGoesOn(request.signal);
    const { standing, unproven, changed } = climbed;
    const level = await levelOf(standing);
    if (LADDER.indexOf(level) < LADDER.indexOf(request.to)) throw failed('level');
    await onDisk(() => handle.sync());
    const result = {
      sha256: standing.whole.copy().digest('hex'),
      bytes: standing.document.source.size,
      level,
      unproven,
    };
    return { result, changed };
  });
}

interface Climbed {
  readonly standing: Standing;
  readonly unproven: readonly string[];
  readonly changed: boolean;
}

const UNPROVABLE = ['EVIDENCE_INCOMPLETE', 'CERTIFICATE_REVOKED', 'CERTIFICATE_UNTRUSTED'];
const LADDER: readonly SignatureLevel[] = ['B-B', 'B-T', 'B-LT', 'B-LTA'];

async function climb(handle: FileHandle, from: Standing, request: RaiseRequest): Promise<Climbed> {
  const wanted = LADDER.indexOf(request.to);
  const renew = request.renew === true && request.to === 'B-LTA';
  let standing = from;
  let unproven: readonly string[] = [];
  if (wanted >= 1 && unstamped(standing).length > 0) standing = await addTime(handle, standing, request);
  // What is reached before anything is renewed: a first archive time stamp is not renewed in the same breath.
  const archived = wanted >= 3 ? await archiveStamp(standing) : null;
  if (wanted >= 2 && (!(await isProven(standing)) || (renew && archived))) {
    const proven = await addEvidence(handle, standing, request);
    standing = proven.standing;
    unproven = proven.unproven;
  }
  if (wanted >= 3 && (!(await archiveStamp(standing)) || (renew && archived))) {
    standing = await addDocumentStamp(handle, standing, request);
  }
  return { standing, unproven, changed: standing !== from };
}

async function levelOf(standing: Standing): Promise<SignatureLevel> {
  if (!proofOf(standing.newest, standing.signatures)) return 'B-B';
  if (!(await isProven(standing))) return 'B-T';
  return (await archiveStamp(standing)) ? 'B-LTA' : 'B-LT';
}

/** In the newest signature's own CMS where it is the only one without, nothing follows it and there is room. */
async function addTime(handle: FileHandle, standing: Standing, request: RaiseRequest): Promise<Standing> {
  const { newest, document } = standing;
  const waiting = unstamped(standing);
  const [signer] = newest.certificates;
  const notAfter = signer && tryReadCertificate(signer)?.notAfter;
  if (waiting.includes(newest) && notAfter && request.now() > notAfter) {
    throw new CounterError('CERTIFICATE_EXPIRED', { notAfter: notAfter.toISOString() });
  }
  const alone = waiting.every((s) => s === newest);
  const bare = trimmed(newest.contents);
  const room = (newest.range[2] - newest.range[1] - 2) >> 1;
  const fits = room - bare.length >= LEAST_TOKEN;
  if (alone && fits && newest.growable && endOf(newest) === document.source.size) {
    const cms = await stampedCms(bare, request.timeStamper, request.signal);
    if (cms.length <= room) return putInPlace(handle, standing, cms, room);
  }
  return addDocumentStamp(handle, standing, request);
}

/** DER without the zeroes of its hole: the length says where it ends. */
function trimmed(contents: Uint8Array): Uint8Array {
  const first = contents[1] ?? 0;
  if (first <= 0x80) return contents;
  const octets = first & 0x7f;
  const length = contents.subarray(2, 2 + octets).reduce((sum, octet) => sum * 256 + octet, 0);
  return contents.subarray(0, 2 + octets + length);
}

async function putInPlace(
  handle: FileHandle,
  standing: Standing,
  cms: Uint8Array,
  room: number,
): Promise<Standing> {
  const { newest, beforeHole } = standing;
  const contents = Buffer.concat([cms, Buffer.alloc(room - cms.length)]);
  const hole = Buffer.from(`<${contents.toString('hex')}>`, 'latin1');
  await onDisk(() => writeAt(handle, hole, newest.range[1]));
  const source = await handleSource(handle);
  const behind = await onDisk(() => source.read(newest.range[2], newest.range[3]));
  const hash = beforeHole.copy().update(hole).update(behind);
  await assertWritten(source, newest.range[1], hole);
  return readAgain(source, standing, { hash, at: source.size });
}

async function addEvidence(
  handle: FileHandle,
  standing: Standing,
  request: RaiseRequest,
): Promise<{ readonly standing: Standing; readonly unproven: readonly string[] }> {
  const known = await storedKeys(standing.document);
  const last = standing.signatures.at(-1)!;
  const needed = [...neededToProve(standing), ...(request.renew ? [last] : [])];
  const additions: StoreAddition[] = [];
  const unproven: string[] = [];
  for (const signature of standing.signatures) {
    const key = vriKey(signature.contents);
    if (known.has(key)) continue;
    const items = await evidenceFor(signature, standing, needed, request);
    if (items) additions.push({ key, items });
    else unproven.push(signature.fieldName);
  }
  const update = newUpdate(standing.document);
  if (!(await addToStore(standing.document, update, additions))) return { standing, unproven };
  const { source } = standing.document;
  const { bytes } = update.render(source.size, await lacksNewline(source));
  return { standing: await append(handle, standing, bytes), unproven };
}

/**
 * What proves a signature, or a document time stamp, at the time of its own stamp. Null where it cannot be proven and
 * the newest signature does not hang on it: a stranger's certificate must not keep this one from its level.
 */
async function evidenceFor(
  signature: StandingSignature,
  standing: Standing,
  needed: readonly StandingSignature[],
  { evidence, signal, now }: RaiseRequest,
): Promise<EvidenceItems | null> {
  assertGoesOn(signal);
  const proof = proofOf(signature, standing.signatures);
  const chains = [signature.certificates];
  if (proof && signature.type === 'signature') chains.push(proof.certificates);
  try {
    if (chains.some((chain) => chain.length === 0)) {
      throw new CounterError('EVIDENCE_INCOMPLETE', { certificate: signature.fieldName });
    }
    return await evidence.collect({ chains, after: proof?.genTime ?? now() }, signal);
  } catch (error) {
    const lacking = error instanceof CounterError && UNPROVABLE.includes(error.code);
    if (lacking && !needed.includes(signature)) return null;
    throw error;
  }
}

/** A document time stamp (ETSI EN 319 142-1 §5.4.3) over all that the file holds, in an invisible field of its own. */
async function addDocumentStamp(
  handle: FileHandle,
  standing: Standing,
  { timeStamper, signal }: RaiseRequest,
): Promise<Standing> {
  const { document } = standing;
  const page = await firstPage(document);
  const name = await freeName(document, FIELD_PREFIX);
  const { tail } = await sealed(
    document,
    standing.whole,
    LEAST_HOLE,
    async (hole) => {
      const update = newUpdate(document);
      const signature = update.allocate();
      await addField(document, update, page, { name, signature, visible: null });
      return { update, signature, body: timeStampBody(hole) };
    },
    (digest) => stampOver(digest, timeStamper, signal),
  );
  return append(handle, standing, tail);
}

async function append(handle: FileHandle, standing: Standing, tail: Buffer): Promise<Standing> {
  const at = standing.document.source.size;
  await onDisk(() => writeAt(handle, tail, at));
  const source = await handleSource(handle);
  await assertWritten(source, at, tail);
  return readAgain(source, standing, { hash: standing.whole, at });
}

/** What the disk gives back is what was written. */
async function assertWritten(source: PdfDocument['source'], at: number, octets: Buffer): Promise<void> {
  const back = await onDisk(() => source.read(at, octets.length));
  if (!octets.equals(back)) throw failed('read-back');
}

/**
 * The file after a step, read back from the disk and judged as before: all that was there still stands, and what is
 * new holds. Throws SIGNATURE_SELF_CHECK_FAILED with `reason`.
 */
async function readAgain(
  source: PdfDocument['source'],
  standing: Standing,
  prefix: KnownPrefix,
): Promise<Standing> {
  try {
    const after = await readStanding(await readPdf(source), { standing, prefix });
    const lost = standing.signatures.some(
      (s) => !after.signatures.some((t) => t.range.every((n, i) => n === s.range[i])),
    );
    if (lost) throw failed('signature-lost');
    return after;
  } catch (cause) {
    if (!(cause instanceof CounterError) || !['SIGNATURE_INVALID', 'PDF_UNREADABLE'].includes(cause.code)) {
      throw cause;
    }
    throw new CounterError('SIGNATURE_SELF_CHECK_FAILED', { ...cause.details }, { cause });
  }
}

function failed(reason: string): CounterError {
  return new CounterError('SIGNATURE_SELF_CHECK_FAILED', { reason });
}

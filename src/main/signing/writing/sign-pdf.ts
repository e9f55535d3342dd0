import { createHash, type Hash, randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { chmod, copyFile, type FileHandle, open, readdir, rename, stat, unlink } from 'node:fs/promises';
import path from 'node:path';
import { CounterError } from '../../../contract/errors.ts';
import { diskError, nodeDisk, onDisk } from '../../pdf/output-file.ts';
import { type PdfDocument, readPdf } from '../../pdf/reader/document.ts';
import { firstPage } from '../../pdf/reader/pages.ts';
import { type ByteSource, handleSource } from '../../pdf/reader/source.ts';
import { type AppearanceFont, loadAppearanceFont, shippedFontPath } from '../appearance/font.ts';
import { type Appearance, layOut } from '../appearance/layout.ts';
import { addAppearance } from '../appearance/objects.ts';
import { place } from '../appearance/place.ts';
import { buildDetachedCms, hashOf } from '../cms/build.ts';
import { type CertificateFacts, tryReadCertificate } from '../cms/certificates.ts';
import type { SigningKey } from '../port.ts';
import { byteRangeText, signatureBody } from './dictionary.ts';
import { addField, refuseCertified } from './field.ts';
import { hashPart } from './hash.ts';
import { selfCheck } from './self-check.ts';
import { newUpdate } from './update.ts';

export interface SignRequest {
  /** Path of the PDF to sign; it is never written to. */
  readonly input: string;
  /** Path of the signed PDF; what is there is replaced, whole and at once. May be the input's. */
  readonly output: string;
  readonly key: SigningKey;
  readonly appearance: Appearance;
  /** For what is shown; the shipped one unless given. Load it once for a batch: its subsets are kept. */
  readonly font?: AppearanceFont;
  readonly at: Date;
  readonly reason?: string;
  readonly location?: string;
  readonly contact?: string;
  /** Octets reserved for the CMS; measured from the certificates unless given. Too small a hole is made larger. */
  readonly holeBytes?: number;
}

export interface SignResult {
  /** Of the signed file, lower-case hexadecimal. */
  readonly sha256: string;
  readonly bytes: number;
  readonly fieldName: string;
  readonly signedAt: Date;
  /** The name in the signer's certificate. */
  readonly signer: string;
}

/** 32 k hexadecimal digits, the least that the government's practice asks for. */
const LEAST_HOLE = 16_384;
const MOST_HOLE = 1 << 20;
const ATTEMPTS = 3;
const SUFFIX = '.signing';
/** Above this a file's own blocks go to the disk while it is hashed, so that the last fsync is short. */
const EARLY_SYNC_BYTES = 4 << 20;

/**
 * Adds a PAdES B-B signature (ETSI EN 319 142-1) as an incremental update: earlier signatures stay valid, the input
 * stays as it is, only the few objects that the update touches are read. The output appears whole or not at all.
 *
 * Throws FILE_MISSING, PDF_UNREADABLE, PDF_ENCRYPTED, PDF_NO_PAGES, PDF_TOO_COMPLEX, PDF_CHANGES_FORBIDDEN (the
 * document is certified), CERTIFICATE_EXPIRED, CERTIFICATE_NOT_YET_VALID, CERTIFICATE_MISMATCH, SIGNATURE_TOO_LARGE,
 * SIGNATURE_SELF_CHECK_FAILED, DISK_FULL, DISK_FAILED, and whatever the key throws.
 */
export async function signPdf(request: SignRequest): Promise<SignResult> {
  const signer = signerOf(request.key, request.at);
  const folder = path.dirname(request.output);
  const draft = path.join(folder, `.${path.basename(request.output)}.${randomUUID()}${SUFFIX}`);
  try {
    await copyForWriting(request.input, draft);
    const result = await signInPlace(draft, request, signer);
    await onDisk(() => rename(draft, request.output));
    await onDisk(() => nodeDisk.syncFolder(folder));
    return result;
  } catch (error) {
    await unlink(draft).catch((cause: unknown) => {
      if (!hasErrno(cause, 'ENOENT')) throw new AggregateError([error, cause]);
    });
    throw error;
  }
}

/** Removes what signings that were killed left in a folder; returns the names. None may be running there. */
export async function removeUnfinishedSignings(folder: string): Promise<string[]> {
  const left = (await readdir(folder)).filter((name) => name.startsWith('.') && name.endsWith(SUFFIX));
  for (const name of left) await unlink(path.join(folder, name));
  return left;
}

function signerOf(key: SigningKey, at: Date): CertificateFacts {
  const signer = key.certificates[0] ? tryReadCertificate(key.certificates[0]) : null;
  if (!signer) throw new CounterError('CERTIFICATE_MISMATCH', { reason: 'certificate-unreadable' });
  if (at > signer.notAfter) {
    throw new CounterError('CERTIFICATE_EXPIRED', { notAfter: signer.notAfter.toISOString() });
  }
  if (at < signer.notBefore) {
    throw new CounterError('CERTIFICATE_NOT_YET_VALID', { notBefore: signer.notBefore.toISOString() });
  }
  return signer;
}

async function copyForWriting(input: string, draft: string): Promise<void> {
  try {
    const { mode } = await stat(input);
    await copyFile(input, draft, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL);
    if ((mode & 0o600) !== 0o600) await chmod(draft, (mode & 0o777) | 0o600);
  } catch (cause) {
    if (hasErrno(cause, 'ENOENT')) throw new CounterError('FILE_MISSING', {}, { cause });
    throw diskError(cause);
  }
}

async function signInPlace(
  draft: string,
  request: SignRequest,
  signer: CertificateFacts,
): Promise<SignResult> {
  const handle = await onDisk(() => open(draft, 'r+'));
  try {
    const source = await handleSource(handle);
    const document = await readPdf(source);
    await refuseCertified(document);
    await firstPage(document);
    const early = source.size > EARLY_SYNC_BYTES ? settled(handle.datasync()) : null;
    const base = await onDisk(() => hashBase(source, request.key));
    const signed = await appendSignature(document, base, request, signer);
    await onDisk(() => writeAt(handle, signed.tail, source.size));
    await early;
    await onDisk(() => handle.sync());
    const whole = await handleSource(handle);
    await selfCheck(whole, source.size, signed.range, base.signed.copy(), hashOf(request.key.algorithm));
    return {
      sha256: base.file.update(signed.tail).digest('hex'),
      bytes: whole.size,
      fieldName: signed.fieldName,
      signedAt: request.at,
      signer: signer.name,
    };
  } finally {
    await handle.close();
  }
}

/** States of the hashes after the base's last octet; both go on from there over the appended part. */
interface BaseHashes {
  readonly signed: Hash;
  readonly file: Hash;
}

async function hashBase(source: ByteSource, key: SigningKey): Promise<BaseHashes> {
  const name = hashOf(key.algorithm);
  const signed = createHash(name);
  const others = name === 'sha256' ? [] : [createHash('sha256')];
  await hashPart(source, 0, source.size, [signed, ...others]);
  return { signed, file: others[0] ?? signed.copy() };
}

interface Signed {
  /** All that is appended, with the CMS in its place. */
  readonly tail: Buffer;
  readonly range: readonly [number, number, number, number];
  readonly fieldName: string;
}

/** Makes the update and signs it; where the CMS outgrows its hole, once more with a larger one. */
async function appendSignature(
  document: PdfDocument,
  base: BaseHashes,
  request: SignRequest,
  signer: CertificateFacts,
): Promise<Signed> {
  let hole = request.holeBytes ?? holeFor(request.key);
  for (let attempt = 0; attempt < ATTEMPTS && hole <= MOST_HOLE; attempt++) {
    const update = await renderUpdate(document, request, signer, hole);
    const { tail, range, fieldName } = update;
    const from = document.source.size;
    const hash = base.signed.copy().update(tail.subarray(0, range[1] - from));
    const messageDigest = hash.update(tail.subarray(range[2] - from)).digest();
    const cms = await buildDetachedCms({
      key: request.key,
      messageDigest,
      hash: hashOf(request.key.algorithm),
    });
    if (cms.length <= hole) {
      tail.write(Buffer.from(cms).toString('hex'), range[1] - from + 1, 'latin1');
      return { tail, range, fieldName };
    }
    hole = cms.length + 1024;
  }
  throw new CounterError('SIGNATURE_TOO_LARGE', { bytes: hole });
}

/** Certificates, twice the longest signature in use, attributes: what a B-B CMS takes, with room to spare. */
function holeFor(key: SigningKey): number {
  const certificates = key.certificates.reduce((sum, c) => sum + c.length, 0);
  return Math.max(LEAST_HOLE, certificates + 4096);
}

async function renderUpdate(
  document: PdfDocument,
  request: SignRequest,
  signer: CertificateFacts,
  hole: number,
): Promise<Signed> {
  const { source } = document;
  const update = newUpdate(document);
  const page = await firstPage(document);
  const signature = update.allocate();
  const { appearance } = request;
  let visible = null;
  if (appearance.kind !== 'invisible') {
    const font = request.font ?? (await shippedFont());
    const block = layOut(appearance.kind, font, shownName(appearance, signer), request.at);
    const placement = await place(document, page, block);
    visible = { placement, form: addAppearance(update, block, placement, font) };
  }
  const fieldName = await addField(document, update, page, { kind: appearance.kind, signature, visible });
  const { body, rangeAt, holeFrom, holeTo } = signatureBody({ ...request, name: signer.name }, hole);
  update.setRaw(signature, body);

  const last = await source.read(source.size - 1, 1);
  const { bytes, at } = update.render(source.size, last[0] !== 10);
  const bodyAt = at.get(signature.num)!;
  const end = source.size + bytes.length;
  const range = [0, bodyAt + holeFrom, bodyAt + holeTo, end - bodyAt - holeTo] as const;
  bytes.write(byteRangeText(range), bodyAt - source.size + rangeAt, 'latin1');
  return { tail: bytes, range, fieldName };
}

function shownName(appearance: Appearance, signer: CertificateFacts): string {
  if (appearance.kind === 'agency-copy') return appearance.agency;
  return (appearance.kind === 'digitised-component' && appearance.name) || signer.name;
}

let shipped: Promise<AppearanceFont> | null = null;

/** Read once: it is a constant of the installation, not a state. */
function shippedFont(): Promise<AppearanceFont> {
  shipped ??= loadAppearanceFont(shippedFontPath());
  return shipped;
}

async function writeAt(handle: FileHandle, bytes: Buffer, at: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, at + done);
    if (bytesWritten === 0) throw Object.assign(new Error('nothing was written'), { code: 'EIO' });
    done += bytesWritten;
  }
}

/** Waits without failing: the sync that closes the work reports what this one met. */
function settled(work: Promise<void>): Promise<unknown> {
  return work.catch((error: unknown) => error);
}

function hasErrno(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

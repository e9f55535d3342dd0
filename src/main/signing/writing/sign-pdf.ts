import { createHash, type Hash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { CounterError } from '../../../contract/errors.ts';
import { onDisk } from '../../pdf/output-file.ts';
import { type PdfDocument, readPdf } from '../../pdf/reader/document.ts';
import type { PdfDict } from '../../pdf/reader/objects.ts';
import { firstPage } from '../../pdf/reader/pages.ts';
import { type ByteSource, handleSource } from '../../pdf/reader/source.ts';
import type { AppearanceFont } from '../appearance/font.ts';
import { type Appearance, FIELD_NAMES } from '../appearance/layout.ts';
import { showAppearance } from '../appearance/show.ts';
import { buildDetachedCms, hashOf } from '../cms/build.ts';
import { type CertificateFacts, tryReadCertificate } from '../cms/certificates.ts';
import type { TimeStamper } from '../evidence/port.ts';
import type { SigningKey } from '../port.ts';
import { permissionsOf } from '../verifying/changes/permissions.ts';
import { LEAST_HOLE, sealed, type Unsealed } from './append.ts';
import { certification, declareExtension } from './catalog.ts';
import { signatureBody } from './dictionary.ts';
import { onDraft, writeAt } from './draft.ts';
import { addField, freeName } from './field.ts';
import { hashPart } from './hash.ts';
import { lookInBox } from './look.ts';
import { refuseCertifying, refuseFilling, refuseNewField } from './permissions.ts';
import { fillField, lockReference, type PreparedField, preparedField } from './prepared-field.ts';
import { meetSeedValue } from './seed-value.ts';
import { selfCheck } from './self-check.ts';
import { assertGoesOn, stampedCms } from './stamp.ts';
import { newUpdate } from './update.ts';

export { removeUnfinishedSignings } from './draft.ts';

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
  /** Stamps the signature at once (B-T); without it the signature is B-B and is raised later. */
  readonly timeStamper?: TimeStamper;
  /** Gives up before anything is put in the output's place; matters where time stamps are waited for. */
  readonly signal?: AbortSignal;
  /** Fully qualified name of an empty signature field that the document's author prepared; a new one unless given. */
  readonly field?: string;
  /** Certifies the document: 1 = no changes, 2 = filling and signing, 3 = also annotations (DocMDP). */
  readonly certify?: 1 | 2 | 3;
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
  readonly level: 'B-B' | 'B-T';
}

/** A time stamp token with its authority's chain, as it is to fit beside the signature, then or later. */
const STAMP_ROOM = 10_240;
/** Above this a file's own blocks go to the disk while it is hashed, so that the last fsync is short. */
const EARLY_SYNC_BYTES = 4 << 20;

/**
 * Adds a PAdES signature (ETSI EN 319 142-1), B-B or with a time stamp B-T, as an incremental update: earlier
 * signatures stay valid, the input stays as it is, only the few objects that the update touches are read. The output
 * appears whole or not at all.
 *
 * Throws FILE_MISSING, PDF_UNREADABLE, PDF_ENCRYPTED, PDF_NO_PAGES, PDF_TOO_COMPLEX, PDF_CHANGES_FORBIDDEN with
 * `reason`, SIGNATURE_FIELD_UNKNOWN, SIGNATURE_FIELD_DEMANDS, APPEARANCE_IMAGE_INVALID, CERTIFICATE_EXPIRED,
 * CERTIFICATE_NOT_YET_VALID, CERTIFICATE_MISMATCH, SIGNATURE_TOO_LARGE, SIGNATURE_SELF_CHECK_FAILED, DISK_FULL,
 * DISK_FAILED, CANCELLED, and whatever the key and the time stamper throw.
 */
export async function signPdf(request: SignRequest): Promise<SignResult> {
  const signer = signerOf(request.key, request.at);
  return onDraft(request.input, request.output, async (handle) => {
    return { result: await signInPlace(handle, request, signer), changed: true };
  });
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

async function signInPlace(
  handle: FileHandle,
  request: SignRequest,
  signer: CertificateFacts,
): Promise<SignResult> {
  const source = await handleSource(handle);
  const document = await readPdf(source);
  const target = await targetOf(document, request);
  await firstPage(document);
  const early = source.size > EARLY_SYNC_BYTES ? settled(handle.datasync()) : null;
  const base = await onDisk(() => hashBase(source, request.key));
  const make = (hole: number) => signatureUpdate(document, request, target, signer, hole);
  const { tail, range } = await sealed(document, base.signed, holeFor(request), make, (digest) =>
    cmsOver(digest, request),
  );
  await onDisk(() => writeAt(handle, tail, source.size));
  await early;
  await onDisk(() => handle.sync());
  const whole = await handleSource(handle);
  await selfCheck(whole, source.size, range, base.signed.copy(), hashOf(request.key.algorithm));
  assertGoesOn(request.signal);
  return {
    sha256: base.file.update(tail).digest('hex'),
    bytes: whole.size,
    fieldName: target.name,
    signedAt: request.at,
    signer: signer.name,
    level: request.timeStamper ? 'B-T' : 'B-B',
  };
}

/** Where the signature goes; `prepared` is null for a field that is to be made. */
interface Target {
  readonly name: string;
  readonly prepared: PreparedField | null;
}

/** Chooses the field and holds what is wanted against what the document allows. */
async function targetOf(document: PdfDocument, request: SignRequest): Promise<Target> {
  const permissions = await permissionsOf(document);
  if (request.certify) await refuseCertifying(document, permissions);
  if (request.field === undefined) {
    const name = await freeName(document, FIELD_NAMES[request.appearance.kind]);
    refuseNewField(permissions, name);
    return { name, prepared: null };
  }
  const prepared = await preparedField(document, request.field);
  refuseFilling(permissions, prepared.name);
  await meetSeedValue(document, prepared, {
    hash: hashOf(request.key.algorithm),
    reason: request.reason || null,
    certify: request.certify ?? null,
    stamped: request.timeStamper !== undefined,
    certificates: request.key.certificates,
  });
  return { name: prepared.name, prepared };
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

/** The CMS over the document's digest, with its time stamp where one is wanted. */
async function cmsOver(
  messageDigest: Uint8Array,
  { key, timeStamper, signal }: SignRequest,
): Promise<Uint8Array> {
  assertGoesOn(signal);
  const cms = await buildDetachedCms({ key, messageDigest, hash: hashOf(key.algorithm) });
  if (!timeStamper) return cms;
  return stampedCms(cms, timeStamper, signal ?? new AbortController().signal);
}

/** Certificates, the longest signature in use, attributes, and the time stamp that belongs there sooner or later. */
function holeFor({ key, holeBytes }: SignRequest): number {
  const certificates = key.certificates.reduce((sum, c) => sum + c.length, 0);
  return holeBytes ?? Math.max(LEAST_HOLE, certificates + 4096 + STAMP_ROOM);
}

async function signatureUpdate(
  document: PdfDocument,
  request: SignRequest,
  { name, prepared }: Target,
  signer: CertificateFacts,
  hole: number,
): Promise<Unsealed> {
  const update = newUpdate(document);
  const signature = update.allocate();
  const { appearance, at, font } = request;
  const showing = { signer: signer.name, at, ...(font && { font }) };
  const references: PdfDict[] = [];
  if (prepared) {
    const look = { appearance, ...showing };
    await fillField(document, update, prepared, signature, (widget) =>
      lookInBox(update, look, widget.rect!, widget.rotate),
    );
    const lock = await lockReference(document, prepared);
    if (lock) references.push(lock);
  } else {
    const { page, visible } = await showAppearance(document, update, appearance, showing);
    await addField(document, update, page, { name, signature, visible });
  }
  if (request.certify) references.push(await certification(document, update, signature, request.certify));
  await declareExtension(document, update);
  const body = signatureBody({ ...request, name: signer.name, references }, hole);
  return { update, signature, body };
}

/** Waits without failing: the sync that closes the work reports what this one met. */
function settled(work: Promise<void>): Promise<unknown> {
  return work.catch((error: unknown) => error);
}

import { createHash } from 'node:crypto';
import { CounterError } from '../../../contract/errors.ts';
import { type PdfDocument, readPdf } from '../../pdf/reader/document.ts';
import { firstPage } from '../../pdf/reader/pages.ts';
import { type ByteSource, firstBytes, withFile } from '../../pdf/reader/source.ts';
import { type CmsVerdict, verifyCms } from '../cms/build.ts';
import { hashPart, hashRanges } from '../writing/hash.ts';
import type { Modification } from './changes/comparison.ts';
import { type Changes, type ChangesSince, changesIn } from './changes/steps.ts';
import { type Coverage, coverageOf } from './coverage.ts';
import { type FoundSignature, findSignaturesIn } from './find.ts';
import { conclude, type Indication, type SubIndication } from './verdict.ts';

export interface VerifyOptions {
  /** DER certificates that are trusted as they are. */
  readonly trust: readonly Uint8Array[];
  /** The time at which validity is judged; now unless given. */
  readonly at?: Date;
}

export interface SignatureReport {
  readonly fieldName: string;
  readonly type: FoundSignature['type'];
  readonly subFilter: string;
  /** ETSI EN 319 102-1 §5.1.3. */
  readonly indication: Indication;
  readonly subIndication: SubIndication | null;
  /** Stable words for what led to an indication other than TOTAL-PASSED. */
  readonly reasons: readonly string[];
  /** Name in the certificate; '' where there is none. */
  readonly signer: string;
  /** DER; null where the CMS carries none. */
  readonly signerCertificate: Uint8Array | null;
  /** Lower-case hexadecimal SHA-256 of the certificate, '' where there is none. */
  readonly signerFingerprint: string;
  readonly algorithm: string;
  readonly hash: string;
  readonly chain: CmsVerdict['chain']['status'] | 'unknown';
  /** Nobody was asked whether the certificate was revoked: that belongs to the higher levels. */
  readonly revocation: 'unknown';
  /** /M: what the signer's clock said, proven by nobody. */
  readonly claimedTime: string | null;
  readonly hasTimestamp: boolean;
  readonly reason: string | null;
  readonly location: string | null;
  readonly coverage: Coverage | null;
  /** What was changed after this signature and is neither a further signature nor what belongs to one. */
  readonly modifiedAfter: readonly Modification[];
  /** Names of prepared fields that were filled afterwards, which is lawful. */
  readonly filledAfter: readonly string[];
}

export interface VerifyReport {
  readonly bytes: number;
  readonly sha256: string;
  /** Cross-reference sections: 1 for a file that nothing was appended to (2 where it is linearised). */
  readonly revisions: number;
  readonly judgedAt: Date;
  /** In the order of what they cover, the earliest first. */
  readonly signatures: readonly SignatureReport[];
}

/**
 * Judges every signature of a PDF: integrity, signer, chain, coverage, and what changed afterwards.
 * Throws FILE_MISSING, PDF_UNREADABLE, PDF_ENCRYPTED, PDF_NO_PAGES, PDF_TOO_COMPLEX; whatever is wrong with one
 * signature is in its report.
 */
export async function verifyPdf(path: string, options: VerifyOptions): Promise<VerifyReport> {
  return withFile(path, (source) => verifySource(source, options));
}

export async function verifySource(source: ByteSource, options: VerifyOptions): Promise<VerifyReport> {
  const document = await readPdf(source);
  await firstPage(document);
  const judgedAt = options.at ?? new Date();
  const hash = createHash('sha256');
  await hashPart(source, 0, source.size, [hash]);
  const changes = changesIn(document);
  const signatures: SignatureReport[] = [];
  for (const signature of await findSignaturesIn(document)) {
    signatures.push(await judge(source, changes, signature, { trust: options.trust, at: judgedAt }));
  }
  return {
    bytes: source.size,
    sha256: hash.digest('hex'),
    revisions: document.chain.length,
    judgedAt,
    signatures,
  };
}

async function judge(
  source: ByteSource,
  changesSince: ChangesSince,
  signature: FoundSignature,
  trust: { readonly trust: readonly Uint8Array[]; readonly at: Date },
): Promise<SignatureReport> {
  const covered = await coverageOf(source, signature);
  const cms = covered.problem === null ? await judgeCms(source, signature, trust) : null;
  const changes = covered.revision
    ? await compare(covered.revision, changesSince)
    : { found: [], filled: [], failed: null };
  const verdict = conclude({
    signature,
    problem: covered.problem,
    cms: cms instanceof CounterError ? null : cms,
    cmsUnreadable: cms instanceof CounterError,
    changes: changes.found,
    changesUnknown: changes.failed,
  });
  const good = cms instanceof CounterError ? null : cms;
  return {
    fieldName: signature.fieldName,
    type: signature.type,
    subFilter: signature.subFilter,
    ...verdict,
    signer: good?.signerName ?? '',
    signerCertificate: good?.signerCertificate ?? null,
    signerFingerprint: good?.signerCertificate
      ? createHash('sha256').update(good.signerCertificate).digest('hex')
      : '',
    algorithm: good?.signatureAlgorithm ?? '',
    hash: good?.hash ?? '',
    chain: good?.chain.status ?? 'unknown',
    revocation: 'unknown',
    claimedTime: signature.claimedTime,
    hasTimestamp: good?.timeStampToken != null,
    reason: signature.reason,
    location: signature.location,
    coverage: covered.coverage,
    modifiedAfter: changes.found,
    filledAfter: changes.filled,
  };
}

async function judgeCms(
  source: ByteSource,
  { byteRange, contents }: FoundSignature,
  trust: { readonly trust: readonly Uint8Array[]; readonly at: Date },
): Promise<CmsVerdict | CounterError> {
  try {
    return await verifyCms(contents!, (name) => hashRanges(source, byteRange!, name), trust);
  } catch (error) {
    if (error instanceof CounterError && error.code === 'SIGNATURE_UNREADABLE') return error;
    throw error;
  }
}

/** Compares the signed revision with the file; a file that cannot be compared is no proof of anything. */
async function compare(
  revision: PdfDocument,
  changesSince: ChangesSince,
): Promise<Changes & { failed: string | null }> {
  try {
    return { ...(await changesSince(revision)), failed: null };
  } catch (error) {
    if (error instanceof CounterError && ['PDF_UNREADABLE', 'PDF_TOO_COMPLEX'].includes(error.code)) {
      return { found: [], filled: [], failed: error.code };
    }
    throw error;
  }
}

/** The document as it was when the signature was made, for showing or saving what was really signed. */
export function signedRevision(source: ByteSource, coverage: Coverage): ByteSource {
  return firstBytes(source, coverage.end);
}

import type {
  SignatureReport,
  TimeStampSummary,
  VerificationReport,
} from '../../../contract/verification.ts';
import { type PdfDocument, readPdf } from '../../pdf/reader/document.ts';
import { firstPage } from '../../pdf/reader/pages.ts';
import { type ByteSource, withFile } from '../../pdf/reader/source.ts';
import { type CertificateFacts, tryReadCertificate } from '../cms/certificates.ts';
import type { EvidenceSource } from '../evidence/port.ts';
import { archivedRevocation } from './archival.ts';
import { asking } from './asking.ts';
import { summarise } from './certificate-summary.ts';
import { type Examined, examine } from './examine.ts';
import { findEverySignature } from './find.ts';
import { rangeHasher } from './hashing.ts';
import { levelOf } from './level.ts';
import { judgePath, type PathContext, type PathVerdict, type TimeFrame } from './path.ts';
import { newProofs, type Proofs } from './poe.ts';
import { DEFAULT_POLICY, type ValidationPolicy } from './policy.ts';
import { revocationFinder } from './revocation.ts';
import { type RevocationIndex, revocationIndex } from './revocation-index.ts';
import { readSecurityStore, type SecurityStore } from './store.ts';
import { type JudgedStamp, judgeSignatureStamps, judgeStamp, summariseStamp } from './timestamps.ts';
import { judgeConstraints, open, PASSED, type Verdict, worstOf } from './verdict.ts';

export interface VerifyOptions {
  /** DER certificates that are trusted as they are. */
  readonly trust: readonly Uint8Array[];
  /** Those that time stamp authorities are trusted by; `trust` unless given. */
  readonly timestampTrust?: readonly Uint8Array[];
  /** Certificates that may complete paths and are not trusted by themselves. */
  readonly authorities?: readonly Uint8Array[];
  /** The time of the check; now unless given. */
  readonly at?: Date;
  /** Whom to ask where the file's own revocation data cannot tell; absent = offline. */
  readonly evidence?: EvidenceSource;
  /** What is asked beyond the defaults. `requireRevocation` is true online, false offline unless given. */
  readonly policy?: Partial<ValidationPolicy>;
  readonly signal?: AbortSignal;
}

/**
 * Judges every signature and time stamp of a PDF by ETSI EN 319 102-1: integrity, coverage, what changed afterwards,
 * path, revocation, and the times that time stamps prove. Throws FILE_MISSING, PDF_UNREADABLE, PDF_ENCRYPTED,
 * PDF_NO_PAGES, PDF_TOO_COMPLEX, CANCELLED; whatever is wrong with one signature is in its report.
 */
export async function verifyPdf(path: string, options: VerifyOptions): Promise<VerificationReport> {
  return withFile(path, (source) => verifySource(source, options));
}

export async function verifySource(source: ByteSource, options: VerifyOptions): Promise<VerificationReport> {
  const document = await readPdf(source);
  await firstPage(document);
  const now = options.at ?? new Date();
  const hasher = rangeHasher(source);
  const signal = options.signal ?? new AbortController().signal;
  const examined = await examine(document, await findEverySignature(document), hasher, signal);
  const sha256 = await hasher.whole();
  const session = await openSession(document, examined, now, { ...options, signal });
  const stamps = await judgeDocumentStamps(examined, session);
  const signatures: SignatureReport[] = [];
  for (const one of examined) {
    signatures.push(
      one.signature.type === 'signature'
        ? await signatureReport(one, stamps, session)
        : stampReport(one, stamps, session),
    );
  }
  return {
    indication: worstOf(signatures.map((s) => s.indication)),
    sha256,
    bytes: source.size,
    revisions: document.chain.length,
    judgedAt: now.toISOString(),
    policy: {
      anchors: [...new Set([...session.signing.anchors, ...session.stamping.anchors].map((c) => c.name))],
      revocation: options.evidence ? 'online' : 'offline',
    },
    signatures,
  };
}

/** What the judging of one file shares. */
interface Session {
  readonly now: Date;
  readonly size: number;
  readonly proofs: Proofs;
  readonly index: RevocationIndex;
  readonly signing: PathContext;
  readonly stamping: PathContext;
}

/** Document time stamps by what they cover, each judged. */
type DocumentStamps = ReadonlyMap<Examined, JudgedStamp>;

async function openSession(
  document: PdfDocument,
  examined: readonly Examined[],
  now: Date,
  options: VerifyOptions & { readonly signal: AbortSignal },
): Promise<Session> {
  const store = await readSecurityStore(document);
  const pool = poolOf(examined, store, options.authorities ?? []);
  const policy: ValidationPolicy = {
    ...DEFAULT_POLICY,
    requireRevocation: options.evidence !== undefined,
    ...options.policy,
  };
  const proofs = newProofs();
  const index = revocationIndex(pool);
  index.add('ocsps', store.ocsps);
  index.add('crls', store.crls);
  for (const { covered, cms, token, signature } of examined) {
    const end = covered.coverage?.end ?? document.source.size;
    const carried = cms ?? token;
    const archived = cms && signature.contents ? archivedRevocation(signature.contents) : null;
    const at = (ders: readonly Uint8Array[] = []) => ders.map((der) => ({ der, end }));
    index.add('ocsps', [...at(carried?.ocsps), ...at(archived?.ocsps)]);
    index.add('crls', [...at(carried?.crls), ...at(archived?.crls)]);
  }
  const ask = options.evidence ? asking(options.evidence, index, options.signal) : null;
  const revocation = revocationFinder({ index, proofs, strict: policy.requireRevocation, ask });
  const context = (trust: readonly Uint8Array[]): PathContext => ({
    anchors: trust.map(tryReadCertificate).filter((c) => c !== null),
    pool,
    policy,
    revocation,
    ask,
  });
  return {
    now,
    size: document.source.size,
    proofs,
    index,
    signing: context(options.trust),
    stamping: context(options.timestampTrust ?? options.trust),
  };
}

/** Every certificate that the file carries or the options give, once. */
function poolOf(
  examined: readonly Examined[],
  store: SecurityStore,
  authorities: readonly Uint8Array[],
): CertificateFacts[] {
  const carried = examined.flatMap(({ cms, token }) => [
    ...(cms?.certificates ?? []).map(tryReadCertificate),
    ...(token?.certificates ?? []),
  ]);
  const loose = [...store.certificates.map((c) => c.der), ...authorities];
  const all = [...carried, ...loose.map(tryReadCertificate)];
  return [...new Map(all.filter((c) => c !== null).map((c) => [c.fingerprint, c])).values()];
}

/**
 * From the newest to the oldest: each is judged at the time that the newer ones prove for it, and proves its own for
 * all it covers, so that one whose authority has expired still stands behind a newer one (EN 319 102-1 §5.6.3).
 */
async function judgeDocumentStamps(examined: readonly Examined[], session: Session): Promise<DocumentStamps> {
  const stamps = new Map<Examined, JudgedStamp>();
  for (const one of [...examined].reverse()) {
    const { token, covered, integrity } = one;
    if (!token || !covered.coverage) continue;
    const { end } = covered.coverage;
    const frame = { now: session.now, proven: session.proofs.earliest(end), notBefore: null };
    const judged = await judgeStamp(token, integrity, frame, session.stamping);
    stamps.set(one, judged);
    // What was changed in the document afterwards takes nothing away from what the token proves.
    if (judged.verdict === PASSED) session.proofs.add({ at: token.genTime, end });
  }
  return stamps;
}

async function signatureReport(
  one: Examined,
  stamps: DocumentStamps,
  session: Session,
): Promise<SignatureReport> {
  const { cms, covered, integrity, alteration, signature } = one;
  const end = covered.coverage?.end ?? session.size;
  const signer = cms?.signerCertificate ? tryReadCertificate(cms.signerCertificate) : null;
  const base = { ...commonPart(one), signer: signer ? summarise(signer) : null };
  if (!cms || !signer || integrity) {
    const verdict = integrity ?? open('NO_SIGNING_CERTIFICATE_FOUND', 'signer-certificate-missing');
    return {
      ...base,
      ...verdictPart(verdict),
      ...pathPart(null),
      timeStamps: [],
      level: null,
      provenTime: null,
    };
  }
  const byDocument = session.proofs.earliest(end);
  const frame: TimeFrame = {
    now: session.now,
    proven: byDocument,
    notBefore: session.proofs.latestWithin(end),
  };
  const own = await judgeSignatureStamps(cms.timeStampTokens, cms.signature, frame, session.stamping);
  const times = own.filter((s) => s.verdict === PASSED).map((s) => s.facts.genTime);
  const proven = earliest([...times, ...(byDocument ? [byDocument] : [])]);
  const path = await judgePath(signer, 'signature', { ...frame, proven }, session.signing);
  const order = own.find((s) => s.verdict.subIndication === 'TIMESTAMP_ORDER_FAILURE')?.verdict ?? null;
  const constraints = judgeConstraints(cms, signature.subFilter, session.signing.policy);
  const verdict = alteration ?? constraints ?? order ?? path.verdict ?? PASSED;
  return {
    ...base,
    ...verdictPart(verdict),
    ...pathPart(path),
    level: levelOf({
      subFilter: signature.subFilter,
      hasSignatureStamp: cms.timeStampTokens.length > 0,
      end,
      size: session.size,
      stampEnds: [...stamps.keys()].map((s) => s.covered.coverage!.end),
      paths: [path, ...own.flatMap((s) => (s.path ? [s.path] : []))],
      index: session.index,
      // What it carries does not depend on what of it still holds.
      at: earliest(stampTimes(own, end, stamps)) ?? session.now,
    }),
    provenTime: proven?.toISOString() ?? null,
    timeStamps: [...own.map((s) => summariseStamp('signature', s)), ...covering(end, stamps)],
  };
}

/** Times of all stamps on a signature or over it, whatever they are worth. */
function stampTimes(own: readonly JudgedStamp[], end: number, stamps: DocumentStamps): Date[] {
  const over = [...stamps].filter(([{ covered }]) => covered.coverage!.end > end);
  return [...own, ...over.map(([, judged]) => judged)].map((s) => s.facts.genTime);
}

function stampReport(one: Examined, stamps: DocumentStamps, session: Session): SignatureReport {
  const judged = stamps.get(one);
  const end = one.covered.coverage?.end ?? session.size;
  const verdict = one.integrity ?? one.alteration ?? judged?.verdict ?? PASSED;
  const authority = one.token?.authority;
  return {
    ...commonPart(one),
    ...verdictPart(verdict),
    ...pathPart(judged?.path ?? null),
    signer: authority ? summarise(authority) : null,
    level: null,
    provenTime: session.proofs.earliest(end)?.toISOString() ?? null,
    timeStamps: judged ? [summariseStamp('document', judged), ...covering(end, stamps)] : [],
  };
}

type CommonKeys =
  | ('fieldName' | 'type' | 'subFilter' | 'algorithm' | 'hash' | 'claimedTime' | 'reason' | 'location')
  | ('coverage' | 'certifies' | 'modifiedAfter' | 'filledAfter');

function commonPart({
  signature,
  cms,
  token,
  covered,
  changes,
}: Examined): Pick<SignatureReport, CommonKeys> {
  const { type, certifies } = signature;
  return {
    fieldName: shortened(signature.fieldName),
    type,
    subFilter: shortened(signature.subFilter),
    algorithm: (cms ?? token)?.signatureAlgorithm ?? '',
    hash: (cms ?? token)?.hash ?? '',
    claimedTime: orNull(signature.claimedTime),
    reason: orNull(signature.reason),
    location: orNull(signature.location),
    coverage: covered.coverage,
    certifies,
    modifiedAfter: [...changes.found],
    filledAfter: [...changes.filled],
  };
}

/** Texts are a stranger's, and may be as long as the file. */
const MAX_TEXT = 1000;
const shortened = (text: string): string => text.slice(0, MAX_TEXT);
const orNull = (text: string | null): string | null => (text === null ? null : shortened(text));

function verdictPart({ indication, subIndication, reasons }: Verdict) {
  return { indication, subIndication, reasons: [...reasons] };
}

function pathPart(path: PathVerdict | null): Pick<SignatureReport, 'chain' | 'revocation' | 'revokedAt'> {
  return {
    chain: path?.chain ?? 'unknown',
    revocation: path?.revocation ?? 'not-checked',
    revokedAt: path?.revokedAt?.toISOString() ?? null,
  };
}

/** A file renewed for decades has some; more need not be told with each signature. */
const MAX_SHOWN = 16;

/** Document time stamps that cover more than `end`, the oldest first. */
function covering(end: number, stamps: DocumentStamps): TimeStampSummary[] {
  return [...stamps]
    .filter(([{ covered }]) => covered.coverage!.end > end)
    .reverse()
    .slice(0, MAX_SHOWN)
    .map(([, judged]) => summariseStamp('document', judged));
}

function earliest(times: readonly Date[]): Date | null {
  return times.length > 0 ? new Date(Math.min(...times.map((t) => t.getTime()))) : null;
}

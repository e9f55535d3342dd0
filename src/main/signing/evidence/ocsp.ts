import { createHash } from 'node:crypto';
import {
  Asn1Error,
  type Asn1Node,
  context,
  DER_NULL,
  equalOctets,
  expect,
  expectOid,
  isContext,
  isUniversal,
  objectIdentifier,
  octetString,
  octetsOf,
  readAsn1,
  sequence,
  TAG,
} from '../cms/asn1.ts';
import {
  type CertificateFacts,
  criticalExcept,
  issuedBy,
  KEY_USAGE,
  readExtensions,
  tryReadCertificate,
} from '../cms/certificates.ts';
import { nameKey, readTime } from '../cms/names.ts';
import type { Hash } from '../cms/oids.ts';
import { servesPurpose } from '../cms/paths.ts';
import { checkSignature, hashByOid, readScheme, type SignatureScheme } from '../cms/signature.ts';

const OID = {
  basic: '1.3.6.1.5.5.7.48.1.1',
  nonce: '1.3.6.1.5.5.7.48.1.2',
  archiveCutoff: '1.3.6.1.5.5.7.48.1.6',
  sha1: '1.3.14.3.2.26',
} as const;
const MAX_SINGLES = 256;
const MAX_CERTIFICATES = 16;

/** CRLReason (RFC 5280 §5.3.1), by number. */
export const REVOCATION_REASONS = [
  'unspecified',
  'keyCompromise',
  'cACompromise',
  'affiliationChanged',
  'superseded',
  'cessationOfOperation',
  'certificateHold',
  'unspecified', // 7 is not used
  'removeFromCRL',
  'privilegeWithdrawn',
  'aACompromise',
] as const;
export type RevocationReason = (typeof REVOCATION_REASONS)[number];

/** OCSPResponseStatus (RFC 6960 §4.2.1). */
const STATUS: Readonly<Record<number, OcspStatus>> = {
  0: 'successful',
  1: 'malformed-request',
  2: 'internal-error',
  3: 'try-later',
  5: 'sig-required',
  6: 'unauthorized',
};
export type OcspStatus =
  | 'successful'
  | 'malformed-request'
  | 'internal-error'
  | 'try-later'
  | 'sig-required'
  | 'unauthorized';

export interface OcspSingle {
  /** Hash of the certificate's identification; null = one that is not known. */
  readonly hash: Hash | 'sha1' | null;
  readonly issuerNameHash: Uint8Array;
  readonly issuerKeyHash: Uint8Array;
  /** The INTEGER as it came. */
  readonly serial: Uint8Array;
  readonly status: 'good' | 'revoked' | 'unknown';
  readonly revokedAt: Date | null;
  readonly reason: RevocationReason | null;
  readonly thisUpdate: Date;
  readonly nextUpdate: Date | null;
  /** The responder still knows of certificates that expired after this time (RFC 6960 §4.4.4). */
  readonly archiveCutoff: Date | null;
  readonly criticalUnknown: readonly string[];
}

export interface OcspFacts {
  readonly status: OcspStatus;
  /** null unless `status` is 'successful'. */
  readonly basic: OcspBasic | null;
}

/** BasicOCSPResponse (RFC 6960 §4.2.1). */
export interface OcspBasic {
  readonly producedAt: Date;
  /** Name of the responder, comparable with `subjectKey`; else the SHA-1 of its key. */
  readonly responder: { readonly nameKey: string } | { readonly keyHash: Uint8Array };
  readonly singles: readonly OcspSingle[];
  /** Lower-case hexadecimal of the nonce's octets; null where there is none. */
  readonly nonce: string | null;
  readonly certificates: readonly CertificateFacts[];
  readonly criticalUnknown: readonly string[];
  readonly scheme: SignatureScheme;
  /** The signed octets. */
  readonly signed: Uint8Array;
  readonly signature: Uint8Array;
}

/**
 * An OCSPRequest for one certificate (RFC 6960 §4.1.1). Its identification uses SHA-1, which is no signature here and
 * is what responders in the field look up by.
 */
export function buildOcspRequest(
  subject: Pick<CertificateFacts, 'issuer' | 'serial'>,
  issuer: Pick<CertificateFacts, 'publicKeyBits'>,
  nonce: Uint8Array | null,
): Uint8Array {
  const id = sequence(
    sequence(objectIdentifier(OID.sha1), DER_NULL),
    octetString(sha1(subject.issuer)),
    octetString(sha1(issuer.publicKeyBits)),
    subject.serial,
  );
  const list = sequence(sequence(id));
  if (!nonce) return sequence(sequence(list));
  const extension = sequence(objectIdentifier(OID.nonce), octetString(octetString(nonce)));
  return sequence(sequence(list, context(2, sequence(extension))));
}

/** Throws Asn1Error where the octets are no OCSPResponse. */
export function readOcspResponse(response: Uint8Array): OcspFacts {
  const [code, bytes] = expect(readAsn1(response), TAG.sequence).children;
  if (!isUniversal(code, 10) || code.content.length !== 1) throw new Asn1Error('response status');
  const status = STATUS[code.content[0]!];
  if (!status) throw new Asn1Error('response status');
  if (status !== 'successful') return { status, basic: null };
  const [type, value] = expect(bytes?.children[0], TAG.sequence).children;
  if (expectOid(type) !== OID.basic) throw new Asn1Error('response type');
  return { status, basic: readBasic(octetsOf(expect(value, TAG.octets))) };
}

/** As `readOcspResponse`, null where the octets are none. */
export function tryReadOcspResponse(response: Uint8Array): OcspFacts | null {
  try {
    return readOcspResponse(response);
  } catch (error) {
    if (error instanceof Asn1Error) return null;
    throw error;
  }
}

function readBasic(octets: Uint8Array): OcspBasic {
  const [data, algorithm, signature, certificates] = expect(readAsn1(octets), TAG.sequence).children;
  const fields = [...expect(data, TAG.sequence).children];
  if (isContext(fields[0], 0)) fields.shift();
  const [responder, producedAt, singles, extensions] = fields;
  const found = readExtensions(isContext(extensions, 1) ? extensions.children[0] : undefined);
  const nonce = found.get(OID.nonce)?.value;
  return {
    producedAt: readTime(producedAt),
    responder: readResponder(responder),
    singles: expect(singles, TAG.sequence).children.slice(0, MAX_SINGLES).map(readSingle),
    nonce: nonce ? nonceHex(nonce) : null,
    certificates: (certificates?.children[0]?.children ?? [])
      .slice(0, MAX_CERTIFICATES)
      .map((c) => tryReadCertificate(c.raw))
      .filter((c) => c !== null),
    criticalUnknown: criticalExcept(found, [OID.nonce]),
    scheme: readScheme(algorithm),
    signed: data!.raw,
    signature: expect(signature, TAG.bits).content.subarray(1),
  };
}

/** RFC 8954 wraps the nonce in an OCTET STRING; older responders put its octets bare. */
function nonceHex(value: Uint8Array): string {
  const bare = Buffer.from(value);
  const wrapped = bare[0] === 0x04 && bare[1] === bare.length - 2 ? bare.subarray(2) : bare;
  return wrapped.toString('hex');
}

function readResponder(node: Asn1Node | undefined): OcspBasic['responder'] {
  const tag = node?.cls === 'context' ? node.tag : null;
  const inner = node?.children[0];
  if (tag === 1) return { nameKey: nameKey(expect(inner, TAG.sequence)) };
  if (tag === 2) return { keyHash: octetsOf(expect(inner, TAG.octets)) };
  throw new Asn1Error('responder');
}

function readSingle(node: Asn1Node): OcspSingle {
  const [id, status, thisUpdate, ...rest] = expect(node, TAG.sequence).children;
  const [algorithm, nameHash, keyHash, serial] = expect(id, TAG.sequence).children;
  const next = rest.find((n) => isContext(n, 0))?.children[0];
  const extensions = readExtensions(rest.find((n) => isContext(n, 1))?.children[0]);
  const cutoff = extensions.get(OID.archiveCutoff)?.value;
  const oid = expectOid(expect(algorithm, TAG.sequence).children[0]);
  return {
    hash: oid === OID.sha1 ? 'sha1' : hashByOid(oid),
    issuerNameHash: octetsOf(expect(nameHash, TAG.octets)),
    issuerKeyHash: octetsOf(expect(keyHash, TAG.octets)),
    serial: expect(serial, TAG.integer).raw,
    ...readStatus(status),
    thisUpdate: readTime(thisUpdate),
    nextUpdate: next ? readTime(next) : null,
    archiveCutoff: cutoff ? readTime(readAsn1(cutoff)) : null,
    criticalUnknown: criticalExcept(extensions, [OID.archiveCutoff]),
  };
}

function readStatus(node: Asn1Node | undefined): Pick<OcspSingle, 'status' | 'revokedAt' | 'reason'> {
  const tag = node?.cls === 'context' ? node.tag : null;
  if (tag === 0) return { status: 'good', revokedAt: null, reason: null };
  if (tag === 2) return { status: 'unknown', revokedAt: null, reason: null };
  if (tag !== 1) throw new Asn1Error('certificate status');
  const [time, reason] = node?.children ?? [];
  const code = isContext(reason, 0) ? reason.children[0] : undefined;
  return { status: 'revoked', revokedAt: readTime(time), reason: reasonOf(code) };
}

/** The word for a CRLReason (an ENUMERATED), 'unspecified' where there is none. */
export function reasonOf(code: Asn1Node | undefined): RevocationReason {
  if (!code) return 'unspecified';
  const word =
    isUniversal(code, 10) && code.content.length === 1 ? REVOCATION_REASONS[code.content[0]!] : undefined;
  if (!word) throw new Asn1Error('revocation reason');
  return word;
}

export type OcspProblem =
  | 'no-answer-for-it'
  | 'responder-certificate-missing'
  | 'responder-not-authorised'
  | 'responder-not-valid-then'
  | 'signature-wrong'
  | 'algorithm-unsupported'
  | 'critical-extension';

export type OcspJudgement =
  | { readonly ok: true; readonly single: OcspSingle; readonly responder: CertificateFacts }
  | { readonly ok: false; readonly problem: OcspProblem };

/**
 * Whether an answer speaks of `subject`, and comes from somebody who may say so: the issuer itself, or one whom the
 * issuer certified for OCSPSigning (RFC 6960 §4.2.2.2). How old it may be is the caller's affair.
 */
export function judgeOcsp(
  basic: OcspBasic,
  subject: CertificateFacts,
  issuer: CertificateFacts,
  others: readonly CertificateFacts[] = [],
): OcspJudgement {
  const single = basic.singles.find((s) => answersFor(s, subject, issuer));
  if (!single) return { ok: false, problem: 'no-answer-for-it' };
  if (basic.criticalUnknown.length > 0 || single.criticalUnknown.length > 0) {
    return { ok: false, problem: 'critical-extension' };
  }
  const named = [issuer, ...basic.certificates, ...others].filter((c) => isResponder(c, basic));
  if (named.length === 0) return { ok: false, problem: 'responder-certificate-missing' };
  let problem: OcspProblem = 'responder-not-authorised';
  for (const responder of named) {
    const outcome = judgeResponder(basic, responder, issuer);
    if (outcome === null) return { ok: true, single, responder };
    problem = outcome;
  }
  return { ok: false, problem };
}

function judgeResponder(
  basic: OcspBasic,
  responder: CertificateFacts,
  issuer: CertificateFacts,
): OcspProblem | null {
  if (!equalOctets(responder.der, issuer.der) && !delegated(responder, issuer))
    return 'responder-not-authorised';
  if (basic.producedAt < responder.notBefore || basic.producedAt > responder.notAfter) {
    return 'responder-not-valid-then';
  }
  const outcome = checkSignature({
    key: responder.x509.publicKey,
    scheme: basic.scheme,
    data: basic.signed,
    signature: basic.signature,
  });
  if (outcome === 'good') return null;
  return outcome === 'bad' ? 'signature-wrong' : 'algorithm-unsupported';
}

function delegated(responder: CertificateFacts, issuer: CertificateFacts): boolean {
  if (!servesPurpose(responder, 'ocsp') || responder.criticalUnknown.length > 0) return false;
  if (responder.keyUsage && !responder.keyUsage[KEY_USAGE.digitalSignature]) return false;
  return issuedBy(responder, issuer);
}

function isResponder(certificate: CertificateFacts, { responder }: OcspBasic): boolean {
  if ('nameKey' in responder) return certificate.subjectKey === responder.nameKey;
  return equalOctets(sha1(certificate.publicKeyBits), responder.keyHash);
}

function answersFor(single: OcspSingle, subject: CertificateFacts, issuer: CertificateFacts): boolean {
  if (!single.hash || !equalOctets(single.serial, subject.serial)) return false;
  const hashOf = (data: Uint8Array) => createHash(single.hash!).update(data).digest();
  return (
    equalOctets(single.issuerKeyHash, hashOf(issuer.publicKeyBits)) &&
    [subject.issuer, issuer.subject].some((name) => equalOctets(single.issuerNameHash, hashOf(name)))
  );
}

function sha1(data: Uint8Array): Uint8Array {
  return createHash('sha1').update(data).digest();
}

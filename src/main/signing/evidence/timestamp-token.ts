import { createHash } from 'node:crypto';
import { CounterError } from '../../../contract/errors.ts';
import {
  Asn1Error,
  type Asn1Node,
  DER_NULL,
  der,
  equalOctets,
  expect,
  expectOid,
  expectSmallInteger,
  isContext,
  isUniversal,
  objectIdentifier,
  octetString,
  octetsOf,
  readAsn1,
  sequence,
  TAG,
  unsignedInteger,
} from '../cms/asn1.ts';
import { type CertificateFacts, criticalExcept, integerHex, readExtensions } from '../cms/certificates.ts';
import { readTime } from '../cms/names.ts';
import { CMS_OID, HASHES, type Hash } from '../cms/oids.ts';
import { servesPurpose } from '../cms/paths.ts';
import { hashByOid } from '../cms/signature.ts';
import { readSignedData } from '../cms/signed-data.ts';
import { type CmsProblem, judgeSignedData } from '../cms/verify.ts';

/** Stable words for what makes a time stamp worthless. */
export type TimeStampProblem =
  | Lowercase<CmsProblem>
  | 'digest-wrong'
  | 'signature-wrong'
  | 'signing-certificate-absent'
  | 'authority-purpose'
  | 'authority-not-valid-then'
  | 'imprint-hash'
  | 'imprint-length'
  | 'critical-extension'
  | 'version';

/** What a time stamp token says (RFC 3161 §2.4.2). */
export interface TimeStampFacts {
  readonly genTime: Date;
  /** Milliseconds to either side of genTime; null where the authority names none. */
  readonly accuracyMs: number | null;
  /** Hash of the imprint. */
  readonly hash: Hash | 'unsupported';
  readonly imprint: Uint8Array;
  readonly policy: string;
  readonly serialHex: string;
  /** Lower-case hexadecimal without leading zero octets; null where the request had none. */
  readonly nonce: string | null;
  readonly certificates: readonly CertificateFacts[];
  /** CRLs and OCSP responses that the token carries, DER. */
  readonly crls: readonly Uint8Array[];
  readonly ocsps: readonly Uint8Array[];
  /** The certificate that signed; null where it is not at hand. Its chain is judged by `judgeChain`. */
  readonly authority: CertificateFacts | null;
  readonly signatureAlgorithm: string;
  /** Empty where the token holds in itself: form, signature, purpose and validity of its certificate. */
  readonly problems: readonly TimeStampProblem[];
}

/**
 * Reads a TimeStampToken and judges it in itself: CMS over the attached TSTInfo, signing certificate, signature, and
 * that the authority may stamp and do nothing else (RFC 3161 §2.3). `others` are certificates at hand, for a token
 * that does not carry its authority's.
 * Throws TIMESTAMP_INVALID {reason: 'unreadable'} where the octets are no token.
 */
export function readTimeStampToken(
  token: Uint8Array,
  others: readonly CertificateFacts[] = [],
): TimeStampFacts {
  try {
    return read(token, others);
  } catch (cause) {
    if (!(cause instanceof Asn1Error)) throw cause;
    throw new CounterError('TIMESTAMP_INVALID', { reason: 'unreadable' }, { cause });
  }
}

/** Whether the token stamps these octets. */
export function stampsData(facts: TimeStampFacts, data: Uint8Array): boolean {
  if (facts.hash === 'unsupported') return false;
  return equalOctets(createHash(facts.hash).update(data).digest(), facts.imprint);
}

/** Whether the token stamps this digest of this hash. */
export function stampsDigest(facts: TimeStampFacts, digest: Uint8Array, hash: Hash): boolean {
  return facts.hash === hash && equalOctets(digest, facts.imprint);
}

function read(token: Uint8Array, others: readonly CertificateFacts[]): TimeStampFacts {
  const data = readSignedData(token, others);
  if (!data.content) throw new Asn1Error('no TSTInfo');
  const info = readInfo(data.content);
  const judged = judgeSignedData(data, null, { type: CMS_OID.timeStampInfo });
  const problems: TimeStampProblem[] = judged.problems.map((p) => p.toLowerCase() as Lowercase<CmsProblem>);
  if (!judged.digestOk) problems.push('digest-wrong');
  if (!judged.signatureOk) problems.push('signature-wrong');
  if (judged.signingCertificate === 'absent') problems.push('signing-certificate-absent');
  const authority = data.signer;
  if (authority) problems.push(...authorityProblems(authority, info.facts.genTime));
  return {
    ...info.facts,
    certificates: data.certificates,
    crls: data.crls,
    ocsps: data.ocsps,
    authority,
    signatureAlgorithm: data.scheme.name,
    problems: [...problems, ...info.problems],
  };
}

function authorityProblems(authority: CertificateFacts, at: Date): TimeStampProblem[] {
  const problems: TimeStampProblem[] = [];
  if (!servesPurpose(authority, 'time-stamp')) problems.push('authority-purpose');
  if (at < authority.notBefore || at > authority.notAfter) problems.push('authority-not-valid-then');
  return problems;
}

type InfoFacts = Pick<
  TimeStampFacts,
  'genTime' | 'accuracyMs' | 'hash' | 'imprint' | 'policy' | 'serialHex' | 'nonce'
>;

function readInfo(content: Uint8Array): { facts: InfoFacts; problems: TimeStampProblem[] } {
  const [version, policy, imprint, serial, time, ...rest] = expect(readAsn1(content), TAG.sequence).children;
  const [algorithm, hashed] = expect(imprint, TAG.sequence).children;
  const hash = hashByOid(expectOid(expect(algorithm, TAG.sequence).children[0])) ?? 'unsupported';
  const digest = octetsOf(expect(hashed, TAG.octets));
  if (time?.tag !== 24) throw new Asn1Error('genTime');
  const accuracy = isUniversal(rest[0], TAG.sequence) ? rest.shift() : undefined;
  const nonce = rest.find((n) => isUniversal(n, TAG.integer));
  const problems: TimeStampProblem[] = [];
  if (expectSmallInteger(version) !== 1) problems.push('version');
  if (hash === 'unsupported') problems.push('imprint-hash');
  else if (digest.length !== HASHES[hash].length) problems.push('imprint-length');
  if (hasCriticalExtension(rest.find((n) => isContext(n, 1)))) problems.push('critical-extension');
  return {
    facts: {
      genTime: readTime(time, { fractions: true }),
      accuracyMs: accuracy ? readAccuracy(accuracy) : null,
      hash,
      imprint: digest,
      policy: expectOid(policy),
      serialHex: integerHex(expect(serial, TAG.integer)),
      nonce: nonce ? integerHex(nonce) : null,
    },
    problems,
  };
}

/** Extensions are [1] IMPLICIT: the tag stands in the place of the SEQUENCE's. */
function hasCriticalExtension(extensions: Asn1Node | undefined): boolean {
  return extensions !== undefined && criticalExcept(readExtensions(extensions), []).length > 0;
}

/** Seconds, [0] milliseconds, [1] microseconds; the last rounded up. */
function readAccuracy(node: Asn1Node): number {
  const seconds = node.children.find((c) => isUniversal(c, TAG.integer));
  const small = (tag: number) => {
    const field = node.children.find((c) => isContext(c, tag));
    return field ? field.content.reduce((sum, octet) => sum * 256 + octet, 0) : 0;
  };
  const [millis, micros] = [small(0), small(1)];
  if (millis > 999 || micros > 999) throw new Asn1Error('accuracy');
  return (seconds ? expectSmallInteger(seconds) : 0) * 1000 + millis + (micros > 0 ? 1 : 0);
}

export interface TimeStampQuery {
  readonly digest: Uint8Array;
  readonly hash: Hash;
  /** Unsigned, big-endian. */
  readonly nonce: Uint8Array;
}

/** TimeStampReq (RFC 3161 §2.4.1) without a policy, asking for the authority's certificate. */
export function buildTimeStampQuery({ digest, hash, nonce }: TimeStampQuery): Uint8Array {
  return sequence(
    unsignedInteger(Uint8Array.of(1)),
    sequence(sequence(objectIdentifier(HASHES[hash].oid), DER_NULL), octetString(digest)),
    unsignedInteger(nonce),
    der(0x01, Uint8Array.of(0xff)),
  );
}

export interface TimeStampResponse {
  /** PKIStatus (RFC 3161 §2.4.2): 0 granted, 1 granted with modifications, 2 rejected, 3 waiting … */
  readonly status: number;
  /** The first bit set of PKIFailureInfo, or null. */
  readonly failure: number | null;
  /** DER of the token; null where none came. */
  readonly token: Uint8Array | null;
}

/** Reads a TimeStampResp. Throws TIMESTAMP_INVALID {reason: 'unreadable'}. */
export function readTimeStampResponse(response: Uint8Array): TimeStampResponse {
  try {
    const [info, token] = expect(readAsn1(response), TAG.sequence).children;
    const [status, ...rest] = expect(info, TAG.sequence).children;
    const bits = rest.find((n) => isUniversal(n, TAG.bits))?.content.subarray(1);
    return {
      status: expectSmallInteger(status),
      failure: bits ? firstBit(bits) : null,
      token: token ? expect(token, TAG.sequence).raw : null,
    };
  } catch (cause) {
    if (!(cause instanceof Asn1Error)) throw cause;
    throw new CounterError('TIMESTAMP_INVALID', { reason: 'unreadable' }, { cause });
  }
}

function firstBit(bits: Uint8Array): number | null {
  const octet = bits.findIndex((b) => b !== 0);
  return octet < 0 ? null : octet * 8 + Math.clz32(bits[octet]!) - 24;
}

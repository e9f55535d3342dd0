import { createHash } from 'node:crypto';
import { CounterError } from '../../../contract/errors.ts';
import type { SignatureAlgorithm, SigningKey } from '../port.ts';
import {
  Asn1Error,
  type Asn1Node,
  context,
  DER_NULL,
  der,
  equalOctets,
  expect,
  expectOid,
  isContext,
  objectIdentifier,
  octetString,
  octetsOf,
  readAsn1,
  sequence,
  setOf,
  TAG,
  unsignedInteger,
} from './asn1.ts';
import { type CertificateFacts, tryReadCertificate } from './certificates.ts';
import { CMS_OID, HASHES, type Hash } from './oids.ts';

export type { ChainVerdict } from './certificates.ts';
export { CMS_OID, HASHES, type Hash } from './oids.ts';
export { type CmsProblem, type CmsTrust, type CmsVerdict, verifyCms } from './verify.ts';

interface AlgorithmFacts {
  readonly hash: Hash;
  /** AlgorithmIdentifier of the signature, DER. */
  readonly identifier: Uint8Array;
}

const MGF1 = '1.2.840.113549.1.1.8';
const RSASSA_PSS = '1.2.840.113549.1.1.10';
/** RFC 4055 §5 demands NULL parameters of RSA; RFC 5758 §3.2 forbids any of ECDSA. */
const RSA_OIDS = {
  sha256: '1.2.840.113549.1.1.11',
  sha384: '1.2.840.113549.1.1.12',
  sha512: '1.2.840.113549.1.1.13',
} as const;
const ECDSA_OIDS = {
  sha256: '1.2.840.10045.4.3.2',
  sha384: '1.2.840.10045.4.3.3',
  sha512: '1.2.840.10045.4.3.4',
} as const;

const ALGORITHMS: Readonly<Record<SignatureAlgorithm, AlgorithmFacts>> = {
  'rsa-pkcs1-sha256': rsaPkcs1('sha256'),
  'rsa-pkcs1-sha384': rsaPkcs1('sha384'),
  'rsa-pkcs1-sha512': rsaPkcs1('sha512'),
  'rsa-pss-sha256': rsaPss('sha256'),
  'rsa-pss-sha384': rsaPss('sha384'),
  'rsa-pss-sha512': rsaPss('sha512'),
  'ecdsa-sha256': ecdsa('sha256'),
  'ecdsa-sha384': ecdsa('sha384'),
  'ecdsa-sha512': ecdsa('sha512'),
};

function rsaPkcs1(hash: Hash): AlgorithmFacts {
  return { hash, identifier: sequence(objectIdentifier(RSA_OIDS[hash]), DER_NULL) };
}

function ecdsa(hash: Hash): AlgorithmFacts {
  return { hash, identifier: sequence(objectIdentifier(ECDSA_OIDS[hash])) };
}

/**
 * RFC 4055 §3.1: the hash with NULL parameters (§2.1), MGF1 over the same hash, a salt as long as the hash; the
 * trailer field has its default, which DER leaves out. RFC 8933 wants the SignerInfo's hash to be this one.
 */
function rsaPss(hash: Hash): AlgorithmFacts {
  const { oid, length } = HASHES[hash];
  const hashIdentifier = sequence(objectIdentifier(oid), DER_NULL);
  const parameters = sequence(
    context(0, hashIdentifier),
    context(1, sequence(objectIdentifier(MGF1), hashIdentifier)),
    context(2, unsignedInteger(Uint8Array.of(length))),
  );
  return { hash, identifier: sequence(objectIdentifier(RSASSA_PSS), parameters) };
}

/** The hash that goes with a key's algorithm: the document must be hashed with it. */
export function hashOf(algorithm: SignatureAlgorithm): Hash {
  return ALGORITHMS[algorithm].hash;
}

export interface CmsRequest {
  readonly key: SigningKey;
  /** Hash over the signed octets, made with `hash`. */
  readonly messageDigest: Uint8Array;
  readonly hash: Hash;
}

/**
 * A detached CMS SignedData as PAdES baseline wants it (RFC 5652, ETSI EN 319 122-1 and 319 142-1): DER, version 1,
 * signed attributes contentType, messageDigest and signing-certificate-v2, no signingTime, all certificates of the key.
 *
 * Throws KEY_UNSUPPORTED where `hash` is not the one of the key's algorithm, CERTIFICATE_MISMATCH where the key has no
 * readable certificate, and whatever the key throws.
 */
export async function buildDetachedCms({ key, messageDigest, hash }: CmsRequest): Promise<Uint8Array> {
  const algorithm = ALGORITHMS[key.algorithm];
  if (algorithm.hash !== hash || messageDigest.length !== HASHES[hash].length) {
    throw new CounterError('KEY_UNSUPPORTED', {
      algorithm: key.algorithm,
      hash,
      digestOctets: messageDigest.length,
    });
  }
  const signer = key.certificates[0] ? tryReadCertificate(key.certificates[0]) : null;
  if (!signer) throw new CounterError('CERTIFICATE_MISMATCH', { reason: 'certificate-unreadable' });

  const attributes = [
    attribute(CMS_OID.contentType, objectIdentifier(CMS_OID.data)),
    attribute(CMS_OID.messageDigest, octetString(messageDigest)),
    attribute(CMS_OID.signingCertificateV2, signingCertificateV2(signer)),
  ];
  // Signed as SET OF (0x31), carried as [0] IMPLICIT (0xa0): RFC 5652 §5.4.
  const signature = await key.sign(setOf(0x31, attributes));

  const digestAlgorithm = sequence(objectIdentifier(HASHES[hash].oid));
  const signerInfo = sequence(
    unsignedInteger(Uint8Array.of(1)),
    sequence(signer.issuer, signer.serial),
    digestAlgorithm,
    setOf(0xa0, attributes),
    algorithm.identifier,
    octetString(signature),
  );
  const signedData = sequence(
    unsignedInteger(Uint8Array.of(1)),
    der(0x31, digestAlgorithm),
    sequence(objectIdentifier(CMS_OID.data)),
    setOf(0xa0, unique(key.certificates)),
    der(0x31, signerInfo),
  );
  return sequence(objectIdentifier(CMS_OID.signedData), context(0, signedData));
}

function attribute(oid: string, value: Uint8Array): Uint8Array {
  return sequence(objectIdentifier(oid), der(0x31, value));
}

/** RFC 5035 §4: SHA-256 is the default, and DER leaves defaults out; issuerSerial is included. */
function signingCertificateV2(signer: CertificateFacts): Uint8Array {
  const hash = createHash('sha256').update(signer.der).digest();
  const issuerSerial = sequence(sequence(context(4, signer.issuer)), signer.serial);
  return sequence(sequence(sequence(octetString(hash), issuerSerial)));
}

function unique(certificates: readonly Uint8Array[]): Uint8Array[] {
  return certificates.filter((c, i) => certificates.findIndex((other) => equalOctets(other, c)) === i);
}

/** id-aa-signatureTimeStampToken (RFC 3161 appendix A). */
const SIGNATURE_TIME_STAMP = '1.2.840.113549.1.9.16.2.14';

/** A CMS with one signer in its parts, each as it came. */
interface CmsParts {
  /** Version, digest algorithms, content and certificates of the SignedData. */
  readonly before: readonly Uint8Array[];
  /** Version, signer, hash, signed attributes, algorithm and signature of the SignerInfo. */
  readonly signer: readonly Uint8Array[];
  readonly signature: Uint8Array;
  readonly unsigned: readonly Asn1Node[];
}

/** What a signature time stamp is over: the signature's own octets (EN 319 122-1 §5.3). Throws SIGNATURE_UNREADABLE. */
export function signatureValueOf(cms: Uint8Array): Uint8Array {
  return takeApart(cms).signature;
}

/** Tokens among the unsigned attributes, DER. Throws SIGNATURE_UNREADABLE. */
export function signatureTimeStampsOf(cms: Uint8Array): Uint8Array[] {
  const stamps = takeApart(cms).unsigned.filter((a) => a.children[0]?.oid === SIGNATURE_TIME_STAMP);
  return stamps.flatMap((a) => a.children[1]?.children ?? []).map((token) => token.raw);
}

/**
 * The CMS with a time stamp token among the unsigned attributes of its one signer. Every element is carried over as
 * it came; only the lengths around it and the set of unsigned attributes are new. Throws SIGNATURE_UNREADABLE.
 */
export function withSignatureTimeStamp(cms: Uint8Array, token: Uint8Array): Uint8Array {
  const { before, signer, unsigned } = takeApart(cms);
  const attributes = [...unsigned.map((a) => a.raw), attribute(SIGNATURE_TIME_STAMP, token)];
  const signerInfo = sequence(...signer, setOf(0xa1, attributes));
  const signedData = sequence(...before, der(0x31, signerInfo));
  return sequence(objectIdentifier(CMS_OID.signedData), context(0, signedData));
}

function takeApart(cms: Uint8Array): CmsParts {
  try {
    const [type, wrapper] = expect(readAsn1(cms), TAG.sequence).children;
    if (expectOid(type) !== CMS_OID.signedData) throw new Asn1Error('no SignedData');
    const parts = expect(wrapper?.children[0], TAG.sequence).children;
    const infos = expect(parts.at(-1), TAG.set).children;
    if (infos.length !== 1) throw new Asn1Error('signers not one');
    const fields = [...expect(infos[0], TAG.sequence).children];
    const unsigned = isContext(fields.at(-1), 1) ? fields.pop()! : null;
    return {
      before: parts.slice(0, -1).map((part) => part.raw),
      signer: fields.map((field) => field.raw),
      signature: octetsOf(expect(fields.at(-1), TAG.octets)),
      unsigned: unsigned?.children ?? [],
    };
  } catch (cause) {
    if (cause instanceof Asn1Error) throw new CounterError('SIGNATURE_UNREADABLE', {}, { cause });
    throw cause;
  }
}

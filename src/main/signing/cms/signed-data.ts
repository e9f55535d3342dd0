import {
  Asn1Error,
  type Asn1Node,
  equalOctets,
  expect,
  expectOid,
  expectSmallInteger,
  isContext,
  octetsOf,
  readAsn1,
  TAG,
} from './asn1.ts';
import { type CertificateFacts, tryReadCertificate } from './certificates.ts';
import { nameKey } from './names.ts';
import { CMS_OID, type Hash } from './oids.ts';
import { hashByOid, readScheme, type SignatureScheme } from './signature.ts';

/** A SignedData as it was read (RFC 5652 §5); nothing in it is judged. */
export interface SignedData {
  /** eContentType. */
  readonly contentType: string;
  /** Octets of eContent; null where it is detached. */
  readonly content: Uint8Array | null;
  readonly certificates: readonly CertificateFacts[];
  /** CRLs (DER) that it carries along. */
  readonly crls: readonly Uint8Array[];
  /** OCSPResponses (DER) that it carries along (RFC 5940). */
  readonly ocsps: readonly Uint8Array[];
  readonly signers: number;
  /** Certificate that the first SignerInfo names. */
  readonly signer: CertificateFacts | null;
  readonly hash: Hash | 'unsupported';
  readonly scheme: SignatureScheme;
  readonly signature: Uint8Array;
  /** The [0] IMPLICIT element as it came, or null. */
  readonly signedAttributes: Asn1Node | null;
  /** Time stamp tokens (DER) among the unsigned attributes. */
  readonly timeStampTokens: readonly Uint8Array[];
}

const MAX_CERTIFICATES = 64;
const MAX_REVOCATION = 64;
const MAX_TOKENS = 16;
const OCSP_RESPONSE = '1.3.6.1.5.5.7.16.2';

/**
 * Throws Asn1Error where the octets are no SignedData. The signer is looked for among what it carries, then among
 * `others`: a time stamp's authority need not come along.
 */
export function readSignedData(cms: Uint8Array, others: readonly CertificateFacts[] = []): SignedData {
  const [type, wrapper] = expect(readAsn1(cms), TAG.sequence).children;
  if (expectOid(type) !== CMS_OID.signedData) throw new Asn1Error('no SignedData');
  const fields = expect(wrapper?.children[0], TAG.sequence).children;
  const encapsulated = expect(fields[2], TAG.sequence).children;
  const [, content] = encapsulated;
  const certificates = (fields.find((n) => isContext(n, 0))?.children ?? [])
    .slice(0, MAX_CERTIFICATES)
    .map((n) => tryReadCertificate(n.raw))
    .filter((c) => c !== null);
  const infos = expect(fields.at(-1), TAG.set).children;
  const [version, sid, digestAlgorithm, ...rest] = expect(infos[0], TAG.sequence).children;
  expectSmallInteger(version);
  const signedAttributes = isContext(rest[0], 0) ? rest.shift()! : null;
  const [algorithm, signature, unsigned] = rest;
  return {
    contentType: expectOid(encapsulated[0]),
    content: content ? octetsOf(expect(content.children[0], TAG.octets)) : null,
    certificates,
    ...revocationOf(fields.find((n) => isContext(n, 1))?.children ?? []),
    signers: infos.length,
    signer: findSigner(sid, [...certificates, ...others]),
    hash: hashByOid(expectOid(expect(digestAlgorithm, TAG.sequence).children[0])) ?? 'unsupported',
    scheme: readScheme(algorithm),
    signature: octetsOf(expect(signature, TAG.octets)),
    signedAttributes,
    timeStampTokens: isContext(unsigned, 1)
      ? valuesOf(unsigned, CMS_OID.timeStampToken)
          .slice(0, MAX_TOKENS)
          .map((n) => n.raw)
      : [],
  };
}

/** Certificates of a SignedData without signers (certs-only, .p7c; RFC 5652 §5.1), DER. Throws Asn1Error. */
export function certificatesOnly(cms: Uint8Array): Uint8Array[] {
  const [type, wrapper] = expect(readAsn1(cms), TAG.sequence).children;
  if (expectOid(type) !== CMS_OID.signedData) throw new Asn1Error('no SignedData');
  const fields = expect(wrapper?.children[0], TAG.sequence).children;
  const list = fields.find((n) => isContext(n, 0))?.children ?? [];
  return list.slice(0, MAX_CERTIFICATES).map((n) => n.raw);
}

/** RevocationInfoChoices (RFC 5652 §10.2.1): CertificateList, or [1] another format. */
function revocationOf(choices: readonly Asn1Node[]): Pick<SignedData, 'crls' | 'ocsps'> {
  const taken = choices.slice(0, MAX_REVOCATION);
  const others = taken.filter((c) => isContext(c, 1) && c.children[0]?.oid === OCSP_RESPONSE);
  return {
    crls: taken.filter((c) => c.cls === 'universal' && c.tag === TAG.sequence).map((c) => c.raw),
    ocsps: others.flatMap((c) => (c.children[1] ? [c.children[1].raw] : [])),
  };
}

/** SignerIdentifier: issuer and serial number, or [0] subjectKeyIdentifier (RFC 5652 §5.3). */
function findSigner(
  sid: Asn1Node | undefined,
  certificates: readonly CertificateFacts[],
): CertificateFacts | null {
  if (isContext(sid, 0)) {
    const keyId = octetsOf(sid);
    return certificates.find((c) => c.subjectKeyId && equalOctets(c.subjectKeyId, keyId)) ?? null;
  }
  const [issuer, serial] = expect(sid, TAG.sequence).children;
  if (!issuer || !serial) throw new Asn1Error('signer identifier');
  const key = nameKey(issuer);
  return certificates.find((c) => c.issuerKey === key && equalOctets(c.serial, serial.raw)) ?? null;
}

/** All values of all attributes of this type. */
export function valuesOf(attributes: Asn1Node, oid: string): Asn1Node[] {
  return attributes.children
    .filter((a) => a.children[0]?.oid === oid)
    .flatMap((a) => a.children[1]?.children ?? []);
}

/** The one value of the one attribute of this type; null where there is none, or more (RFC 5652 §11). */
export function singleValue(attributes: Asn1Node, oid: string): Asn1Node | null {
  const matching = attributes.children.filter((a) => a.children[0]?.oid === oid);
  const values = matching[0]?.children[1]?.children ?? [];
  return matching.length === 1 && values.length === 1 ? values[0]! : null;
}

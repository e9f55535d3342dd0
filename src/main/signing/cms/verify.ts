import { constants, createHash, type KeyObject, verify } from 'node:crypto';
import { CounterError } from '../../../contract/errors.ts';
import {
  Asn1Error,
  type Asn1Node,
  concat,
  equalOctets,
  expect,
  expectOid,
  expectSmallInteger,
  isContext,
  isUniversal,
  octetsOf,
  readAsn1,
  TAG,
} from './asn1.ts';
import {
  type CertificateFacts,
  type ChainVerdict,
  judgeChain,
  KEY_USAGE,
  tryReadCertificate,
} from './certificates.ts';
import { CMS_OID, HASHES, type Hash } from './oids.ts';

export type CmsProblem =
  | 'CONTENT_NOT_DETACHED'
  | 'CONTENT_TYPE_WRONG'
  | 'SIGNERS_NOT_ONE'
  | 'SIGNER_CERTIFICATE_MISSING'
  | 'ATTRIBUTES_MISSING'
  | 'ATTRIBUTES_INVALID'
  | 'HASH_UNSUPPORTED'
  | 'ALGORITHM_UNSUPPORTED'
  | 'KEY_USAGE'
  | 'SIGNING_CERTIFICATE_WRONG';

export interface CmsVerdict {
  /** The messageDigest attribute equals the hash over the document. */
  readonly digestOk: boolean;
  /** The signer's key made the signature over the signed attributes. */
  readonly signatureOk: boolean;
  /** contentType is id-data, messageDigest matches and the signing-certificate attribute names the signer's. */
  readonly signedAttributesOk: boolean;
  /** 'v1' is the SHA-1 form of RFC 2634; 'absent' is lawful in /adbe.pkcs7.detached only. */
  readonly signingCertificate: 'v2' | 'v1' | 'absent' | 'wrong';
  readonly hash: Hash | 'unsupported';
  /** Dotted OID's usual name, else the OID. */
  readonly signatureAlgorithm: string;
  readonly signerName: string;
  /** DER; null where the CMS does not carry the signer's certificate. */
  readonly signerCertificate: Uint8Array | null;
  /** All certificates that the CMS carries, DER. */
  readonly certificates: readonly Uint8Array[];
  readonly chain: ChainVerdict;
  /** RFC 3161 token among the unsigned attributes, DER; not judged here. */
  readonly timeStampToken: Uint8Array | null;
  readonly problems: readonly CmsProblem[];
}

export interface CmsTrust {
  /** DER of the certificates that are trusted as they are. */
  readonly trust: readonly Uint8Array[];
  readonly at: Date;
  /** DER of further certificates that may complete a path. */
  readonly extra?: readonly Uint8Array[];
}

const TIME_STAMP_TOKEN = '1.2.840.113549.1.9.16.2.14';
const MAX_CERTIFICATES = 64;

/**
 * Judges a detached CMS. `digestOf` is called at most once, with the hash that the signer chose.
 * Throws SIGNATURE_UNREADABLE where the octets are no SignedData, and whatever `digestOf` throws.
 */
export async function verifyCms(
  cms: Uint8Array,
  digestOf: (hash: Hash) => Promise<Uint8Array>,
  trust: CmsTrust,
): Promise<CmsVerdict> {
  const parsed = readable(() => parse(cms));
  const judged = readable(() => judgeAttributes(parsed));
  const digest = judged.hash === 'unsupported' ? null : await digestOf(judged.hash);
  const digestOk =
    digest !== null && judged.messageDigest !== null && equalOctets(digest, judged.messageDigest);
  const signer = parsed.signer;
  const signature = signer ? readable(() => checkSignature(parsed, signer)) : 'none';
  if (signature === 'unsupported') judged.problems.push('ALGORITHM_UNSUPPORTED');
  const anchors = trust.trust.map(tryReadCertificate).filter((c) => c !== null);
  const extra = (trust.extra ?? [])
    .slice(0, MAX_CERTIFICATES)
    .map(tryReadCertificate)
    .filter((c) => c !== null);
  return {
    digestOk,
    signatureOk: signature === 'good',
    signedAttributesOk: judged.contentTypeOk && digestOk && ['v1', 'v2'].includes(judged.signingCertificate),
    signingCertificate: judged.signingCertificate,
    hash: judged.hash,
    signatureAlgorithm: SIGNATURE_NAMES[parsed.signatureOid] ?? parsed.signatureOid,
    signerName: signer?.name ?? '',
    signerCertificate: signer?.der ?? null,
    certificates: parsed.certificates.map((c) => c.der),
    chain: signer
      ? judgeChain(signer, { trust: anchors, others: [...parsed.certificates, ...extra], at: trust.at })
      : { status: 'no-path', path: [], revocation: 'unknown' },
    timeStampToken: parsed.timeStampToken,
    problems: judged.problems,
  };
}

function readable<T>(read: () => T): T {
  try {
    return read();
  } catch (cause) {
    if (cause instanceof Asn1Error) throw new CounterError('SIGNATURE_UNREADABLE', {}, { cause });
    throw cause;
  }
}

interface ParsedCms {
  readonly certificates: readonly CertificateFacts[];
  readonly signer: CertificateFacts | null;
  readonly hash: Hash | 'unsupported';
  readonly signatureOid: string;
  readonly signatureParameters: Asn1Node | undefined;
  readonly signature: Uint8Array;
  /** The [0] IMPLICIT element as it came, or null. */
  readonly signedAttributes: Asn1Node | null;
  readonly timeStampToken: Uint8Array | null;
  readonly problems: readonly CmsProblem[];
}

function parse(cms: Uint8Array): ParsedCms {
  const [type, wrapper] = expect(readAsn1(cms), TAG.sequence).children;
  if (expectOid(type) !== CMS_OID.signedData) throw new Asn1Error('no SignedData');
  const signedData = expect(wrapper?.children[0], TAG.sequence).children;
  const encapsulated = expect(signedData[2], TAG.sequence).children;
  const certificates = (signedData.find((n) => isContext(n, 0))?.children ?? [])
    .slice(0, MAX_CERTIFICATES)
    .map((n) => tryReadCertificate(n.raw))
    .filter((c) => c !== null);
  const infos = expect(signedData.at(-1), TAG.set).children;
  const [version, sid, digestAlgorithm, ...rest] = expect(infos[0], TAG.sequence).children;
  expectSmallInteger(version);
  const signedAttributes = isContext(rest[0], 0) ? rest.shift()! : null;
  const [algorithm, signature, unsigned] = rest;
  const signer = findSigner(sid, certificates);

  const problems: CmsProblem[] = [];
  if (infos.length !== 1) problems.push('SIGNERS_NOT_ONE');
  if (encapsulated.length !== 1) problems.push('CONTENT_NOT_DETACHED');
  if (expectOid(encapsulated[0]) !== CMS_OID.data) problems.push('CONTENT_TYPE_WRONG');
  if (!signer) problems.push('SIGNER_CERTIFICATE_MISSING');
  if (signer && !maySign(signer)) problems.push('KEY_USAGE');
  return {
    certificates,
    signer,
    hash: hashByOid(expectOid(expect(digestAlgorithm, TAG.sequence).children[0])),
    signatureOid: expectOid(expect(algorithm, TAG.sequence).children[0]),
    signatureParameters: algorithm?.children[1],
    signature: octetsOf(expect(signature, TAG.octets)),
    signedAttributes,
    timeStampToken: isContext(unsigned, 1) ? (singleValue(unsigned, TIME_STAMP_TOKEN)?.raw ?? null) : null,
    problems,
  };
}

function hashByOid(oid: string): Hash | 'unsupported' {
  return (Object.keys(HASHES) as Hash[]).find((h) => HASHES[h].oid === oid) ?? 'unsupported';
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
  return (
    certificates.find((c) => equalOctets(c.issuer, issuer.raw) && equalOctets(c.serial, serial.raw)) ?? null
  );
}

function maySign({ keyUsage }: CertificateFacts): boolean {
  return !keyUsage || keyUsage[KEY_USAGE.digitalSignature]! || keyUsage[KEY_USAGE.nonRepudiation]!;
}

interface JudgedAttributes {
  readonly hash: Hash | 'unsupported';
  readonly messageDigest: Uint8Array | null;
  readonly contentTypeOk: boolean;
  readonly signingCertificate: CmsVerdict['signingCertificate'];
  readonly problems: CmsProblem[];
}

function judgeAttributes(parsed: ParsedCms): JudgedAttributes {
  const problems = [...parsed.problems];
  if (parsed.hash === 'unsupported') problems.push('HASH_UNSUPPORTED');
  if (!parsed.signedAttributes) {
    problems.push('ATTRIBUTES_MISSING');
    return {
      hash: parsed.hash,
      messageDigest: null,
      contentTypeOk: false,
      signingCertificate: 'absent',
      problems,
    };
  }
  const attributes = parsed.signedAttributes;
  const contentType = singleValue(attributes, CMS_OID.contentType);
  const digest = singleValue(attributes, CMS_OID.messageDigest);
  const contentTypeOk = contentType?.oid === CMS_OID.data && !problems.includes('CONTENT_TYPE_WRONG');
  if (!contentTypeOk || !digest) problems.push('ATTRIBUTES_INVALID');
  const signingCertificate = judgeSigningCertificate(attributes, parsed.signer);
  if (signingCertificate === 'wrong') problems.push('SIGNING_CERTIFICATE_WRONG');
  return {
    hash: parsed.hash,
    messageDigest: digest ? octetsOf(expect(digest, TAG.octets)) : null,
    contentTypeOk,
    signingCertificate,
    problems,
  };
}

/** The one value of the one attribute of this type; null where there is none, or more (RFC 5652 §11). */
function singleValue(attributes: Asn1Node, oid: string): Asn1Node | null {
  const matching = attributes.children.filter((a) => a.children[0]?.oid === oid);
  const values = matching[0]?.children[1]?.children ?? [];
  return matching.length === 1 && values.length === 1 ? values[0]! : null;
}

function judgeSigningCertificate(
  attributes: Asn1Node,
  signer: CertificateFacts | null,
): CmsVerdict['signingCertificate'] {
  const has = (oid: string) => attributes.children.some((a) => a.children[0]?.oid === oid);
  if (has(CMS_OID.signingCertificateV2)) {
    return matchesV2(singleValue(attributes, CMS_OID.signingCertificateV2), signer) ? 'v2' : 'wrong';
  }
  if (!has(CMS_OID.signingCertificate)) return 'absent';
  const id = singleValue(attributes, CMS_OID.signingCertificate)?.children[0]?.children[0];
  return id && signer && matchesId('sha1', id.children[0], id.children[1], signer) ? 'v1' : 'wrong';
}

function matchesV2(value: Asn1Node | null, signer: CertificateFacts | null): boolean {
  const id = value?.children[0]?.children[0];
  if (!id || !signer) return false;
  const parts = [...id.children];
  let hash: Hash | 'unsupported' = 'sha256';
  if (isUniversal(parts[0], TAG.sequence)) hash = hashByOid(expectOid(parts.shift()!.children[0]));
  return hash !== 'unsupported' && matchesId(hash, parts[0], parts[1], signer);
}

function matchesId(
  hash: Hash | 'sha1',
  certHash: Asn1Node | undefined,
  issuerSerial: Asn1Node | undefined,
  signer: CertificateFacts,
): boolean {
  if (!isUniversal(certHash, TAG.octets)) return false;
  if (!equalOctets(createHash(hash).update(signer.der).digest(), octetsOf(certHash))) return false;
  if (!issuerSerial) return true;
  const [names, serial] = expect(issuerSerial, TAG.sequence).children;
  const name = names?.children.find((n) => isContext(n, 4))?.children[0];
  return !!name && !!serial && equalOctets(name.raw, signer.issuer) && equalOctets(serial.raw, signer.serial);
}

const SIGNATURE_NAMES: Readonly<Record<string, string>> = {
  '1.2.840.113549.1.1.1': 'rsaEncryption',
  '1.2.840.113549.1.1.10': 'RSASSA-PSS',
  '1.2.840.113549.1.1.11': 'sha256WithRSAEncryption',
  '1.2.840.113549.1.1.12': 'sha384WithRSAEncryption',
  '1.2.840.113549.1.1.13': 'sha512WithRSAEncryption',
  '1.2.840.10045.4.3.2': 'ecdsa-with-SHA256',
  '1.2.840.10045.4.3.3': 'ecdsa-with-SHA384',
  '1.2.840.10045.4.3.4': 'ecdsa-with-SHA512',
  '1.3.101.112': 'Ed25519',
};
/** Algorithms that name their hash: it must be the SignerInfo's, or one could be swapped under the other. */
const BOUND_HASH: Readonly<Record<string, Hash>> = {
  '1.2.840.113549.1.1.11': 'sha256',
  '1.2.840.113549.1.1.12': 'sha384',
  '1.2.840.113549.1.1.13': 'sha512',
  '1.2.840.10045.4.3.2': 'sha256',
  '1.2.840.10045.4.3.3': 'sha384',
  '1.2.840.10045.4.3.4': 'sha512',
  '1.3.101.112': 'sha512', // RFC 8419 §3.1
};

function checkSignature(
  parsed: ParsedCms,
  signer: CertificateFacts,
): 'good' | 'bad' | 'unsupported' | 'none' {
  if (!parsed.signedAttributes || parsed.hash === 'unsupported') return 'none';
  const scheme = SIGNATURE_NAMES[parsed.signatureOid];
  if (!scheme) return 'unsupported';
  const bound = BOUND_HASH[parsed.signatureOid];
  if (bound && bound !== parsed.hash) return 'bad';
  const key = signer.x509.publicKey;
  if (!keyFits(key, scheme)) return 'bad';
  const raw = parsed.signedAttributes.raw;
  const data = concat([Uint8Array.of(0x31), raw.subarray(1)]);
  if (scheme === 'Ed25519') return verify(null, data, key, parsed.signature) ? 'good' : 'bad';
  if (scheme === 'RSASSA-PSS') {
    const saltLength = pssSaltLength(parsed.signatureParameters, parsed.hash);
    if (saltLength === null) return 'unsupported';
    const options = { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength };
    return verify(parsed.hash, data, options, parsed.signature) ? 'good' : 'bad';
  }
  return verify(parsed.hash, data, key, parsed.signature) ? 'good' : 'bad';
}

function keyFits(key: KeyObject, scheme: string): boolean {
  if (scheme === 'Ed25519') return key.asymmetricKeyType === 'ed25519';
  if (scheme.startsWith('ecdsa')) return key.asymmetricKeyType === 'ec';
  if (scheme === 'RSASSA-PSS') return ['rsa', 'rsa-pss'].includes(key.asymmetricKeyType ?? '');
  return key.asymmetricKeyType === 'rsa';
}

/** RFC 4055 §3.1; null where hash and mask hash are not the SignerInfo's, which nobody needs. */
function pssSaltLength(parameters: Asn1Node | undefined, hash: Hash): number | null {
  const fields = parameters?.children ?? [];
  const hashField = fields.find((f) => isContext(f, 0))?.children[0]?.children[0]?.oid;
  const maskField = fields.find((f) => isContext(f, 1))?.children[0]?.children[1]?.children[0]?.oid;
  if (hashField !== HASHES[hash].oid || maskField !== HASHES[hash].oid) return null;
  const salt = fields.find((f) => isContext(f, 2))?.children[0];
  return salt ? expectSmallInteger(salt) : 20;
}

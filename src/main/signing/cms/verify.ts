import { createHash } from 'node:crypto';
import { CounterError } from '../../../contract/errors.ts';
import {
  Asn1Error,
  type Asn1Node,
  concat,
  equalOctets,
  expect,
  expectOid,
  isContext,
  isUniversal,
  octetsOf,
  TAG,
} from './asn1.ts';
import {
  type CertificateFacts,
  type ChainVerdict,
  judgeChain,
  KEY_USAGE,
  tryReadCertificate,
} from './certificates.ts';
import { nameKey } from './names.ts';
import { CMS_OID, type Hash } from './oids.ts';
import { checkSignature, hashByOid, strongKey } from './signature.ts';
import { readSignedData, type SignedData, singleValue } from './signed-data.ts';

export type CmsProblem =
  | 'CONTENT_NOT_DETACHED'
  | 'CONTENT_MISSING'
  | 'CONTENT_TYPE_WRONG'
  | 'SIGNERS_NOT_ONE'
  | 'SIGNER_CERTIFICATE_MISSING'
  | 'ATTRIBUTES_MISSING'
  | 'ATTRIBUTES_INVALID'
  | 'HASH_UNSUPPORTED'
  | 'ALGORITHM_UNSUPPORTED'
  /** RSA below 2048 bits, or a curve below 256 or without a name. */
  | 'KEY_TOO_WEAK'
  | 'KEY_USAGE'
  | 'SIGNING_CERTIFICATE_WRONG';

/** How a CMS stands to its content and its signer; who the signer is to us is the chain's affair. */
export interface CmsJudgement {
  /** The messageDigest attribute equals the hash over the content. */
  readonly digestOk: boolean;
  /** The signer's key made the signature over the signed attributes. */
  readonly signatureOk: boolean;
  /** contentType is the expected one, messageDigest matches and the signing-certificate attribute names the signer's. */
  readonly signedAttributesOk: boolean;
  /** 'v1' is the SHA-1 form of RFC 2634; 'absent' is lawful in /adbe.pkcs7.detached only. */
  readonly signingCertificate: 'v2' | 'v1' | 'absent' | 'wrong';
  readonly problems: readonly CmsProblem[];
}

export interface CmsVerdict extends CmsJudgement {
  readonly hash: Hash | 'unsupported';
  /** Dotted OID's usual name, else the OID. */
  readonly signatureAlgorithm: string;
  /** The signature value: what a signature time stamp is over. */
  readonly signature: Uint8Array;
  readonly signerName: string;
  /** DER; null where the CMS does not carry the signer's certificate. */
  readonly signerCertificate: Uint8Array | null;
  /** All certificates that the CMS carries, DER. */
  readonly certificates: readonly Uint8Array[];
  /** CRLs and OCSP responses that the CMS carries, DER. */
  readonly crls: readonly Uint8Array[];
  readonly ocsps: readonly Uint8Array[];
  readonly chain: ChainVerdict;
  /** RFC 3161 tokens among the unsigned attributes, DER; not judged here. */
  readonly timeStampTokens: readonly Uint8Array[];
  /** The first of `timeStampTokens`, or null. */
  readonly timeStampToken: Uint8Array | null;
}

export interface CmsTrust {
  /** DER of the certificates that are trusted as they are. */
  readonly trust: readonly Uint8Array[];
  readonly at: Date;
  /** DER of further certificates that may complete a path. */
  readonly extra?: readonly Uint8Array[];
}

const MAX_EXTRA = 256;

/**
 * Judges a detached CMS. `digestOf` is called at most once, with the hash that the signer chose.
 * Throws SIGNATURE_UNREADABLE where the octets are no SignedData, and whatever `digestOf` throws.
 */
export async function verifyCms(
  cms: Uint8Array,
  digestOf: (hash: Hash) => Promise<Uint8Array>,
  trust: CmsTrust,
): Promise<CmsVerdict> {
  const data = readable(() => readSignedData(cms));
  const digest = data.hash === 'unsupported' ? null : await digestOf(data.hash);
  const judgement = readable(() => judgeSignedData(data, digest, 'detached'));
  const anchors = trust.trust.map(tryReadCertificate).filter((c) => c !== null);
  const extra = (trust.extra ?? [])
    .slice(0, MAX_EXTRA)
    .map(tryReadCertificate)
    .filter((c) => c !== null);
  const { signer } = data;
  return {
    ...judgement,
    hash: data.hash,
    signatureAlgorithm: data.scheme.name,
    signature: data.signature,
    signerName: signer?.name ?? '',
    signerCertificate: signer?.der ?? null,
    certificates: data.certificates.map((c) => c.der),
    crls: data.crls,
    ocsps: data.ocsps,
    chain: signer
      ? judgeChain(signer, { trust: anchors, others: [...data.certificates, ...extra], at: trust.at })
      : { status: 'no-path', path: [], revocation: 'unknown' },
    timeStampTokens: data.timeStampTokens,
    timeStampToken: data.timeStampTokens[0] ?? null,
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

/**
 * Judges what was read. `content` says what it has to be: 'detached' id-data whose digest is `digest`, or attached
 * content of a type (its digest is taken from the content itself where `digest` is null). Throws Asn1Error.
 */
export function judgeSignedData(
  data: SignedData,
  digest: Uint8Array | null,
  content: 'detached' | { readonly type: string },
): CmsJudgement {
  const wanted = content === 'detached' ? CMS_OID.data : content.type;
  const problems = shapeProblems(data, content, wanted);
  const attributes = data.signedAttributes;
  const actual = digest ?? digestOfContent(data);
  const declared = attributes ? singleValue(attributes, CMS_OID.messageDigest) : null;
  const digestOk =
    !!declared && actual !== null && equalOctets(actual, octetsOf(expect(declared, TAG.octets)));
  const typeOk =
    !!attributes &&
    singleValue(attributes, CMS_OID.contentType)?.oid === wanted &&
    data.contentType === wanted;
  const signingCertificate = attributes ? judgeSigningCertificate(attributes, data.signer) : 'absent';
  if (!attributes) problems.push('ATTRIBUTES_MISSING');
  else if (!typeOk || !declared) problems.push('ATTRIBUTES_INVALID');
  if (signingCertificate === 'wrong') problems.push('SIGNING_CERTIFICATE_WRONG');
  const outcome = checkAttributes(data);
  if (outcome === 'unsupported') problems.push('ALGORITHM_UNSUPPORTED');
  return {
    digestOk,
    signatureOk: outcome === 'good',
    signedAttributesOk: typeOk && digestOk && ['v1', 'v2'].includes(signingCertificate),
    signingCertificate,
    problems,
  };
}

function shapeProblems(
  data: SignedData,
  content: 'detached' | { readonly type: string },
  wanted: string,
): CmsProblem[] {
  const { signer } = data;
  const problems: CmsProblem[] = [];
  if (data.signers !== 1) problems.push('SIGNERS_NOT_ONE');
  if (content === 'detached' && data.content) problems.push('CONTENT_NOT_DETACHED');
  if (content !== 'detached' && !data.content) problems.push('CONTENT_MISSING');
  if (data.contentType !== wanted) problems.push('CONTENT_TYPE_WRONG');
  if (!signer) problems.push('SIGNER_CERTIFICATE_MISSING');
  if (signer && !maySign(signer)) problems.push('KEY_USAGE');
  if (signer && !strongKey(signer.x509.publicKey)) problems.push('KEY_TOO_WEAK');
  if (data.hash === 'unsupported') problems.push('HASH_UNSUPPORTED');
  return problems;
}

function maySign({ keyUsage }: CertificateFacts): boolean {
  return !keyUsage || keyUsage[KEY_USAGE.digitalSignature]! || keyUsage[KEY_USAGE.nonRepudiation]!;
}

function digestOfContent({ content, hash }: SignedData): Uint8Array | null {
  return content && hash !== 'unsupported' ? createHash(hash).update(content).digest() : null;
}

/** The signature over the signed attributes, which are signed as SET OF (RFC 5652 §5.4). */
function checkAttributes(data: SignedData): 'good' | 'bad' | 'unsupported' | 'none' {
  const { signer, signedAttributes, hash, scheme, signature } = data;
  if (!signer || !signedAttributes || hash === 'unsupported') return 'none';
  if (!strongKey(signer.x509.publicKey)) return 'none';
  const octets = concat([Uint8Array.of(0x31), signedAttributes.raw.subarray(1)]);
  return checkSignature({ key: signer.x509.publicKey, scheme, hash, data: octets, signature });
}

function judgeSigningCertificate(
  attributes: Asn1Node,
  signer: CertificateFacts | null,
): CmsJudgement['signingCertificate'] {
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
  let hash: Hash | null = 'sha256';
  if (isUniversal(parts[0], TAG.sequence)) hash = hashByOid(expectOid(parts.shift()!.children[0]));
  return hash !== null && matchesId(hash, parts[0], parts[1], signer);
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
  return !!name && !!serial && nameKey(name) === signer.issuerKey && equalOctets(serial.raw, signer.serial);
}

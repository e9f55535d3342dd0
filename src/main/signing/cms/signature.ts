import { constants, type KeyObject, verify } from 'node:crypto';
import { Asn1Error, type Asn1Node, expectSmallInteger, isContext, isUniversal, TAG } from './asn1.ts';
import { HASHES, type Hash } from './oids.ts';

export type SignatureOutcome = 'good' | 'bad' | 'unsupported';

/** What an AlgorithmIdentifier says about a signature. */
export interface SignatureScheme {
  readonly oid: string;
  /** Usual name, else the OID. */
  readonly name: string;
  /** The hash that the identifier itself fixes; null where the SignerInfo names it (plain rsaEncryption). */
  readonly hash: Hash | null;
  /** Octets of a PSS salt; null for what is no PSS. */
  readonly saltLength: number | null;
  readonly kind: 'rsa' | 'pss' | 'ecdsa' | 'ed25519' | 'ed448' | 'unsupported';
}

const RSA = '1.2.840.113549.1.1';
const ECDSA = '1.2.840.10045.4.3';
const PSS_OID = `${RSA}.10`;
const SCHEMES: Readonly<Record<string, Pick<SignatureScheme, 'name' | 'hash' | 'kind'>>> = {
  [`${RSA}.1`]: { name: 'rsaEncryption', hash: null, kind: 'rsa' },
  [PSS_OID]: { name: 'RSASSA-PSS', hash: null, kind: 'pss' },
  [`${RSA}.11`]: { name: 'sha256WithRSAEncryption', hash: 'sha256', kind: 'rsa' },
  [`${RSA}.12`]: { name: 'sha384WithRSAEncryption', hash: 'sha384', kind: 'rsa' },
  [`${RSA}.13`]: { name: 'sha512WithRSAEncryption', hash: 'sha512', kind: 'rsa' },
  [`${ECDSA}.2`]: { name: 'ecdsa-with-SHA256', hash: 'sha256', kind: 'ecdsa' },
  [`${ECDSA}.3`]: { name: 'ecdsa-with-SHA384', hash: 'sha384', kind: 'ecdsa' },
  [`${ECDSA}.4`]: { name: 'ecdsa-with-SHA512', hash: 'sha512', kind: 'ecdsa' },
  '1.3.101.112': { name: 'Ed25519', hash: 'sha512', kind: 'ed25519' }, // hash: RFC 8419 §3.1
  '1.3.101.113': { name: 'Ed448', hash: null, kind: 'ed448' },
};

/** Curves of 256 bits and more (TT 15/2025/TT-BKHCN Annex I); a key that describes a curve of its own has no name. */
const CURVES: readonly string[] = [
  'prime256v1',
  'secp384r1',
  'secp521r1',
  'brainpoolP256r1',
  'brainpoolP384r1',
  'brainpoolP512r1',
];
const MIN_RSA_BITS = 2048;
const MAX_RSA_BITS = 16_384;

export function hashByOid(oid: string): Hash | null {
  return (Object.keys(HASHES) as Hash[]).find((h) => HASHES[h].oid === oid) ?? null;
}

/** Reads an AlgorithmIdentifier (RFC 5280 §4.1.1.2). Throws Asn1Error where it is none. */
export function readScheme(algorithm: Asn1Node | undefined): SignatureScheme {
  const oid = isUniversal(algorithm, TAG.sequence) ? algorithm.children[0]?.oid : undefined;
  if (!oid) throw new Asn1Error('algorithm identifier');
  const known = SCHEMES[oid];
  if (!known) return { oid, name: oid, hash: null, saltLength: null, kind: 'unsupported' };
  if (known.kind !== 'pss') return { oid, ...known, saltLength: null };
  const pss = readPss(algorithm?.children[1]);
  return { oid, name: known.name, kind: pss ? 'pss' : 'unsupported', hash: null, saltLength: null, ...pss };
}

/**
 * RSASSA-PSS-params (RFC 4055 §3.1). null where the mask's hash is another than the message's, or one is SHA-1 (the
 * default that DER leaves out): nobody may use them any more.
 */
function readPss(parameters: Asn1Node | undefined): { hash: Hash; saltLength: number } | null {
  const fields = parameters?.children ?? [];
  const field = (tag: number) => fields.find((f) => isContext(f, tag))?.children[0];
  const hash = hashByOid(field(0)?.children[0]?.oid ?? '');
  const mask = field(1)?.children;
  const maskHash = hashByOid(mask?.[1]?.children[0]?.oid ?? '');
  if (!hash || maskHash !== hash || mask?.[0]?.oid !== `${RSA}.8`) return null;
  const trailer = field(3);
  if (trailer && expectSmallInteger(trailer) !== 1) return null;
  const salt = field(2);
  return { hash, saltLength: salt ? expectSmallInteger(salt) : 20 };
}

/** Whether a key is large enough to bind anybody (RSA from 2048 bits, curves from 256). */
export function strongKey(key: KeyObject): boolean {
  const bits = key.asymmetricKeyDetails?.modulusLength;
  if (key.asymmetricKeyType === 'rsa' || key.asymmetricKeyType === 'rsa-pss') {
    return bits !== undefined && bits >= MIN_RSA_BITS && bits <= MAX_RSA_BITS;
  }
  if (key.asymmetricKeyType === 'ec') return CURVES.includes(key.asymmetricKeyDetails?.namedCurve ?? '');
  return key.asymmetricKeyType === 'ed25519' || key.asymmetricKeyType === 'ed448';
}

export interface SignedOctets {
  readonly key: KeyObject;
  readonly scheme: SignatureScheme;
  /** Stands in where the scheme fixes no hash; with one that is fixed it has to agree. */
  readonly hash?: Hash;
  readonly data: Uint8Array;
  readonly signature: Uint8Array;
}

/** Checks one signature. A hash that the scheme does not allow is 'bad': it could have been swapped. */
export function checkSignature({ key, scheme, hash, data, signature }: SignedOctets): SignatureOutcome {
  if (scheme.kind === 'unsupported') return 'unsupported';
  if (scheme.hash && hash && scheme.hash !== hash) return 'bad';
  if (!keyFits(key, scheme)) return 'bad';
  if (!strongKey(key)) return 'unsupported';
  if (scheme.kind === 'ed25519' || scheme.kind === 'ed448') {
    return verify(null, data, key, signature) ? 'good' : 'bad';
  }
  const digest = scheme.hash ?? hash;
  if (!digest) return 'unsupported';
  if (scheme.kind !== 'pss') return verify(digest, data, key, signature) ? 'good' : 'bad';
  const options = { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: scheme.saltLength ?? 20 };
  return verifyPss(digest, data, options, signature) ? 'good' : 'bad';
}

type PssOptions = { readonly key: KeyObject; readonly padding: number; readonly saltLength: number };

/** A salt that the key has no room for, or that the key's own parameters forbid, makes OpenSSL throw. */
function verifyPss(hash: Hash, data: Uint8Array, options: PssOptions, signature: Uint8Array): boolean {
  const octets = Math.ceil((options.key.asymmetricKeyDetails?.modulusLength ?? 0) / 8);
  if (options.saltLength > octets - HASHES[hash].length - 2) return false;
  const own = options.key.asymmetricKeyDetails;
  if (own?.hashAlgorithm && own.hashAlgorithm !== hash) return false;
  if (own?.saltLength !== undefined && options.saltLength < own.saltLength) return false;
  return verify(hash, data, options, signature);
}

function keyFits(key: KeyObject, { kind }: SignatureScheme): boolean {
  const type = key.asymmetricKeyType ?? '';
  if (kind === 'ecdsa') return type === 'ec';
  if (kind === 'pss') return type === 'rsa' || type === 'rsa-pss';
  return type === kind;
}

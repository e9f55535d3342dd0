import { createDecipheriv, createHash, createHmac, pbkdf2Sync, timingSafeEqual } from 'node:crypto';
import forge from 'node-forge';
import { CounterError } from '../../../contract/errors.ts';
import {
  Asn1Error,
  type Asn1Node,
  concat,
  expect,
  expectOid,
  expectSmallInteger,
  isContext,
  isUniversal,
  octetsOf,
  readAsn1,
  TAG,
} from '../cms/asn1.ts';

/** What a PKCS#12 file holds: private keys as PKCS#8 and certificates, both DER, in the file's order. */
export interface Pkcs12Contents {
  readonly keys: readonly Uint8Array[];
  readonly certificates: readonly Uint8Array[];
}

/**
 * Key derivation is made slow on purpose; a hostile file must not make it endless, nor many bags in one. So many rounds of
 * PBKDF2 are made for one file; a round of the older derivation, which is computed here, costs as much as eight.
 */
const MAX_ROUNDS = 2_400_000;
const LEGACY_COST = 8;
const MAX_DEPTH_OF_SAFES = 4;

const OID = {
  data: '1.2.840.113549.1.7.1',
  encryptedData: '1.2.840.113549.1.7.6',
  keyBag: '1.2.840.113549.1.12.10.1.1',
  shroudedKeyBag: '1.2.840.113549.1.12.10.1.2',
  certificateBag: '1.2.840.113549.1.12.10.1.3',
  safeContentsBag: '1.2.840.113549.1.12.10.1.6',
  x509: '1.2.840.113549.1.9.22.1',
  pbes2: '1.2.840.113549.1.5.13',
  pbkdf2: '1.2.840.113549.1.5.12',
} as const;

const MAC_HASHES: Readonly<Record<string, string>> = {
  '1.3.14.3.2.26': 'sha1',
  '2.16.840.1.101.3.4.2.1': 'sha256',
  '2.16.840.1.101.3.4.2.2': 'sha384',
  '2.16.840.1.101.3.4.2.3': 'sha512',
};
const PBKDF2_HASHES: Readonly<Record<string, string>> = {
  '1.2.840.113549.2.7': 'sha1',
  '1.2.840.113549.2.9': 'sha256',
  '1.2.840.113549.2.10': 'sha384',
  '1.2.840.113549.2.11': 'sha512',
};
const CIPHERS: Readonly<Record<string, { readonly name: string; readonly key: number }>> = {
  '1.2.840.113549.3.7': { name: 'des-ede3-cbc', key: 24 },
  '2.16.840.1.101.3.4.1.2': { name: 'aes-128-cbc', key: 16 },
  '2.16.840.1.101.3.4.1.22': { name: 'aes-192-cbc', key: 24 },
  '2.16.840.1.101.3.4.1.42': { name: 'aes-256-cbc', key: 32 },
};
/** RFC 7292 appendix C: still what older Windows and CA software writes. Key sizes in octets. */
const LEGACY: Readonly<Record<string, { readonly kind: '3des' | 'rc2'; readonly key: number }>> = {
  '1.2.840.113549.1.12.1.3': { kind: '3des', key: 24 },
  '1.2.840.113549.1.12.1.4': { kind: '3des', key: 16 },
  '1.2.840.113549.1.12.1.5': { kind: 'rc2', key: 16 },
  '1.2.840.113549.1.12.1.6': { kind: 'rc2', key: 5 },
};

/** A decryption that gave no sensible padding: with no MAC to ask, the password is what is wrong. */
class DecryptionError extends Error {}

/**
 * Opens a PKCS#12 file in password mode (RFC 7292).
 * Throws PKCS12_PASSWORD_WRONG, or PKCS12_UNREADABLE with the reason in its details.
 */
export function readPkcs12(bytes: Uint8Array, password: string): Pkcs12Contents {
  try {
    return readPfx(bytes, { password, rounds: MAX_ROUNDS });
  } catch (cause) {
    if (cause instanceof CounterError) throw cause;
    if (cause instanceof DecryptionError) throw new CounterError('PKCS12_PASSWORD_WRONG', {}, { cause });
    if (cause instanceof Asn1Error)
      throw new CounterError('PKCS12_UNREADABLE', { reason: cause.message }, { cause });
    throw new CounterError('PKCS12_UNREADABLE', { reason: 'internal' }, { cause });
  }
}

function readPfx(bytes: Uint8Array, opening: Opening): Pkcs12Contents {
  const [version, authSafe, mac] = expect(readAsn1(bytes), TAG.sequence).children;
  if (expectSmallInteger(version) !== 3) throw new Asn1Error('version');
  const safe = dataOf(authSafe);
  if (mac) checkMac(mac, safe, opening);
  const contents = { keys: [] as Uint8Array[], certificates: [] as Uint8Array[] };
  for (const info of expect(readAsn1(safe), TAG.sequence).children) {
    const [type, value] = expect(info, TAG.sequence).children;
    const plain = expectOid(type) === OID.encryptedData ? decryptData(value, opening) : dataOf(info);
    collect(readAfterDecryption(plain), opening, contents, 0);
  }
  return contents;
}

/** Contents of a ContentInfo of type data. */
function dataOf(info: Asn1Node | undefined): Uint8Array {
  const [type, value] = expect(info, TAG.sequence).children;
  if (expectOid(type) !== OID.data || !isContext(value, 0)) throw new Asn1Error('not in password mode');
  return octetsOf(expect(value.children[0], TAG.octets));
}

function readAfterDecryption(plain: Uint8Array): Asn1Node {
  try {
    return readAsn1(plain);
  } catch (cause) {
    throw new DecryptionError('no structure after decryption', { cause });
  }
}

function decryptData(value: Asn1Node | undefined, opening: Opening): Uint8Array {
  const [, content] = expect(value?.children[0], TAG.sequence).children;
  const [, algorithm, octets] = expect(content, TAG.sequence).children;
  if (!isContext(octets, 0)) throw new Asn1Error('encrypted content missing');
  return decrypt(expect(algorithm, TAG.sequence), octetsOf(octets), opening);
}

interface Collected {
  readonly keys: Uint8Array[];
  readonly certificates: Uint8Array[];
}

function collect(safeContents: Asn1Node, opening: Opening, found: Collected, depth: number): void {
  if (depth > MAX_DEPTH_OF_SAFES) throw new Asn1Error('nested too deep');
  for (const bag of expect(safeContents, TAG.sequence).children) {
    const [type, wrapper] = expect(bag, TAG.sequence).children;
    const value = expect(wrapper?.children[0], TAG.sequence);
    const kind = expectOid(type);
    if (kind === OID.keyBag) found.keys.push(value.raw);
    if (kind === OID.shroudedKeyBag) {
      const [algorithm, octets] = value.children;
      const plain = decrypt(expect(algorithm, TAG.sequence), octetsOf(expect(octets, TAG.octets)), opening);
      found.keys.push(readAfterDecryption(plain).raw);
    }
    if (kind === OID.certificateBag && value.children[0]?.oid === OID.x509) {
      found.certificates.push(octetsOf(expect(value.children[1]?.children[0], TAG.octets)));
    }
    if (kind === OID.safeContentsBag) collect(value, opening, found, depth + 1);
  }
}

function checkMac(mac: Asn1Node, safe: Uint8Array, opening: Opening): void {
  const [digestInfo, salt, iterations] = expect(mac, TAG.sequence).children;
  const [algorithm, expected] = expect(digestInfo, TAG.sequence).children;
  const hash = MAC_HASHES[expectOid(expect(algorithm, TAG.sequence).children[0])];
  if (!hash) throw new Asn1Error('MAC algorithm');
  const length = createHash(hash).digest().length;
  const key = deriveLegacyKey({
    password: opening.password,
    salt: octetsOf(expect(salt, TAG.octets)),
    iterations: iterations ? iterationsOf(iterations, opening, LEGACY_COST) : 1,
    purpose: 3,
    length,
    hash,
  });
  const actual = createHmac(hash, key).update(safe).digest();
  const wanted = octetsOf(expect(expected, TAG.octets));
  if (actual.length !== wanted.length || !timingSafeEqual(actual, wanted)) {
    throw new CounterError('PKCS12_PASSWORD_WRONG');
  }
}

/** What opens a file: the password, and the rounds that it may still cost. */
interface Opening {
  readonly password: string;
  rounds: number;
}

function iterationsOf(node: Asn1Node | undefined, opening: Opening, cost: number): number {
  const count = expectSmallInteger(node);
  opening.rounds -= count * cost;
  if (count < 1 || opening.rounds < 0) throw new Asn1Error('iteration count');
  return count;
}

function decrypt(algorithm: Asn1Node, octets: Uint8Array, opening: Opening): Uint8Array {
  const [oid, parameters] = algorithm.children;
  const id = expectOid(oid);
  const legacy = LEGACY[id];
  if (legacy) return decryptLegacy(legacy, parameters, octets, opening);
  if (id !== OID.pbes2) throw new Asn1Error('encryption algorithm');
  const [kdf, scheme] = expect(parameters, TAG.sequence).children;
  const [kdfOid, kdfParameters] = expect(kdf, TAG.sequence).children;
  if (expectOid(kdfOid) !== OID.pbkdf2) throw new Asn1Error('key derivation');
  const [schemeOid, iv] = expect(scheme, TAG.sequence).children;
  const cipher = CIPHERS[expectOid(schemeOid)];
  if (!cipher) throw new Asn1Error('cipher');
  const [salt, iterations, ...rest] = expect(kdfParameters, TAG.sequence).children;
  const prf = rest.find((n) => isUniversal(n, TAG.sequence));
  const hash = prf ? PBKDF2_HASHES[expectOid(prf.children[0])] : 'sha1';
  if (!hash) throw new Asn1Error('key derivation hash');
  // RFC 8018 leaves the password's octets open; every writer met so far uses UTF-8.
  const secret = Buffer.from(opening.password, 'utf8');
  const rounds = iterationsOf(iterations, opening, 1);
  const key = pbkdf2Sync(secret, octetsOf(expect(salt, TAG.octets)), rounds, cipher.key, hash);
  secret.fill(0);
  return finishCipher(cipher.name, key, octetsOf(expect(iv, TAG.octets)), octets);
}

function decryptLegacy(
  { kind, key: length }: { readonly kind: '3des' | 'rc2'; readonly key: number },
  parameters: Asn1Node | undefined,
  octets: Uint8Array,
  opening: Opening,
): Uint8Array {
  const [salt, iterations] = expect(parameters, TAG.sequence).children;
  const base = {
    password: opening.password,
    salt: octetsOf(expect(salt, TAG.octets)),
    // The key and the initial vector.
    iterations: iterationsOf(iterations, opening, 2 * LEGACY_COST),
    hash: 'sha1',
  };
  const key = deriveLegacyKey({ ...base, purpose: 1, length });
  const iv = deriveLegacyKey({ ...base, purpose: 2, length: 8 });
  if (kind === 'rc2') return decryptRc2(key, iv, octets);
  // Two-key 3DES is three-key with the first key again.
  const whole = length === 16 ? concat([key, key.subarray(0, 8)]) : key;
  return finishCipher('des-ede3-cbc', whole, iv, octets);
}

function finishCipher(name: string, key: Uint8Array, iv: Uint8Array, octets: Uint8Array): Uint8Array {
  try {
    const cipher = createDecipheriv(name, key, iv);
    return concat([cipher.update(octets), cipher.final()]);
  } catch (cause) {
    throw new DecryptionError('padding', { cause });
  }
}

/** OpenSSL 3 keeps RC2 in its legacy provider, which is not at hand: forge has it. */
function decryptRc2(key: Uint8Array, iv: Uint8Array, octets: Uint8Array): Uint8Array {
  const binary = (value: Uint8Array) => Buffer.from(value).toString('binary');
  const cipher = forge.rc2.createDecryptionCipher(binary(key), key.length * 8);
  cipher.start(binary(iv));
  cipher.update(forge.util.createBuffer(binary(octets)));
  if (!cipher.finish()) throw new DecryptionError('padding');
  return Uint8Array.from(Buffer.from(cipher.output.getBytes(), 'binary'));
}

interface LegacyDerivation {
  readonly password: string;
  readonly salt: Uint8Array;
  readonly iterations: number;
  /** 1 key, 2 initial vector, 3 MAC key. */
  readonly purpose: 1 | 2 | 3;
  readonly length: number;
  readonly hash: string;
}

/** RFC 7292 appendix B.2; the password as a BMPString with its closing zero (B.1). */
function deriveLegacyKey({
  password,
  salt,
  iterations,
  purpose,
  length,
  hash,
}: LegacyDerivation): Uint8Array {
  const block = hash === 'sha384' || hash === 'sha512' ? 128 : 64;
  const diversifier = new Uint8Array(block).fill(purpose);
  const text = Buffer.from(`${password}\0`, 'utf16le').swap16();
  const repeated = repeatTo(text, block);
  const input = concat([repeatTo(salt, block), repeated]);
  for (const copy of [text, repeated]) copy.fill(0);
  const out: Uint8Array[] = [];
  for (let made = 0; made < length; ) {
    let digest: Uint8Array = createHash(hash).update(diversifier).update(input).digest();
    for (let i = 1; i < iterations; i++) digest = createHash(hash).update(digest).digest();
    out.push(digest);
    made += digest.length;
    addToBlocks(input, repeatTo(digest, block).subarray(0, block));
  }
  input.fill(0);
  return concat(out).subarray(0, length);
}

function repeatTo(value: Uint8Array, block: number): Uint8Array {
  const length = block * Math.ceil(value.length / block);
  return Uint8Array.from({ length }, (_, i) => value[i % value.length]!);
}

/** Each block of `input` += `addend` + 1, modulo 2^(8·block). */
function addToBlocks(input: Uint8Array, addend: Uint8Array): void {
  for (let start = 0; start < input.length; start += addend.length) {
    let carry = 1;
    for (let i = addend.length - 1; i >= 0; i--) {
      carry += input[start + i]! + addend[i]!;
      input[start + i] = carry & 0xff;
      carry >>= 8;
    }
  }
}

import {
  createHash,
  createHmac,
  createPublicKey,
  generateKeyPair,
  type KeyObject,
  randomBytes,
  sign,
  X509Certificate,
} from 'node:crypto';
import { promisify } from 'node:util';
import * as asn1 from 'asn1js';
import forge from 'node-forge';
import * as pkijs from 'pkijs';

/**
 * Test certificates made from npm packages alone: for the demo, the training mode and the tests. Nothing here is
 * trusted by anybody but who is handed the root.
 */
export interface TestName {
  readonly commonName: string;
  readonly organisation?: string;
}

export type TestKeyType = 'rsa-2048' | 'rsa-3072' | 'ec-p256' | 'ec-p384';

export interface TestAuthority {
  readonly name: TestName;
  readonly key: KeyObject;
  /** DER. */
  readonly certificate: Uint8Array;
}

export interface CertificateRequest {
  readonly subject: TestName;
  readonly publicKey: KeyObject;
  /** null = signed by `selfKey`. */
  readonly issuer: TestAuthority | null;
  readonly selfKey?: KeyObject;
  readonly role: 'root' | 'issuing' | 'signer';
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** Replaces the role's keyUsage; bits as in RFC 5280 §4.2.1.3, first = digitalSignature = 0x80. */
  readonly keyUsage?: number;
}

export interface TestIdentity {
  readonly rootPem: string;
  /** The signer's certificate, the issuing authority's, the root's. */
  readonly chainPem: string;
  readonly certificates: readonly Uint8Array[];
  readonly privateKey: KeyObject;
  readonly p12: Uint8Array;
}

export interface TestIdentityRequest {
  readonly commonName: string;
  readonly organisation?: string;
  readonly keyType?: TestKeyType;
  readonly notBefore?: Date;
  /** Days of validity, 365 unless given. */
  readonly days?: number;
  readonly password: string;
}

const DAY = 86_400_000;
const ROLE_KEY_USAGE = { root: 0x06, issuing: 0x06, signer: 0xc0 } as const;

/** A fresh root, an issuing authority and a signer, the signer's key packed as PKCS#12 (AES-256, SHA-256). */
export async function issueTestIdentity(request: TestIdentityRequest): Promise<TestIdentity> {
  const notBefore = request.notBefore ?? new Date(Date.now() - 60_000);
  const notAfter = new Date(notBefore.getTime() + (request.days ?? 365) * DAY);
  const keyType = request.keyType ?? 'rsa-3072';
  const root = await issueAuthority('Test Root CA', null, { notBefore, notAfter, keyType });
  const issuing = await issueAuthority('Test Issuing CA', root, { notBefore, notAfter, keyType });
  const pair = await newKeyPair(keyType);
  const leaf = issueCertificate({
    subject: {
      commonName: request.commonName,
      ...(request.organisation ? { organisation: request.organisation } : {}),
    },
    publicKey: pair.publicKey,
    issuer: issuing,
    role: 'signer',
    notBefore,
    notAfter,
  });
  const certificates = [leaf, issuing.certificate, root.certificate];
  return {
    rootPem: toPem(root.certificate),
    chainPem: certificates.map(toPem).join(''),
    certificates,
    privateKey: pair.privateKey,
    p12: packPkcs12({ key: pair.privateKey, certificates, password: request.password }),
  };
}

export async function issueAuthority(
  commonName: string,
  issuer: TestAuthority | null,
  validity: { readonly notBefore: Date; readonly notAfter: Date; readonly keyType: TestKeyType },
): Promise<TestAuthority> {
  const pair = await newKeyPair(validity.keyType);
  const name = { commonName, organisation: 'Một Cửa Counter (thử nghiệm)' };
  const certificate = issueCertificate({
    subject: name,
    publicKey: pair.publicKey,
    issuer,
    ...(issuer ? {} : { selfKey: pair.privateKey }),
    role: issuer ? 'issuing' : 'root',
    notBefore: validity.notBefore,
    notAfter: validity.notAfter,
  });
  return { name, key: pair.privateKey, certificate };
}

const generate = promisify(generateKeyPair);

export async function newKeyPair(
  type: TestKeyType,
): Promise<{ publicKey: KeyObject; privateKey: KeyObject }> {
  if (type === 'ec-p256') return generate('ec', { namedCurve: 'P-256' });
  if (type === 'ec-p384') return generate('ec', { namedCurve: 'P-384' });
  return generate('rsa', { modulusLength: type === 'rsa-2048' ? 2048 : 3072 });
}

/** One X.509 v3 certificate, DER, with UTF8String names (RFC 5280 §4.1.2.4). */
export function issueCertificate(request: CertificateRequest): Uint8Array {
  const signingKey = request.issuer?.key ?? request.selfKey;
  if (!signingKey) throw new TypeError('a self-signed certificate needs selfKey');
  const signature = signatureFor(signingKey);
  const certificate = new pkijs.Certificate();
  certificate.version = 2;
  certificate.serialNumber = new asn1.Integer({ valueHex: positiveSerial() });
  certificate.signature = signature.identifier;
  certificate.signatureAlgorithm = signature.identifier;
  certificate.issuer = distinguishedName(request.issuer?.name ?? request.subject);
  certificate.subject = distinguishedName(request.subject);
  certificate.notBefore = new pkijs.Time({ value: request.notBefore });
  certificate.notAfter = new pkijs.Time({ value: request.notAfter });
  certificate.subjectPublicKeyInfo = new pkijs.PublicKeyInfo({ schema: schemaOf(spki(request.publicKey)) });
  certificate.extensions = extensionsFor(request, signingKey);
  const tbs = new Uint8Array(certificate.encodeTBS().toBER());
  certificate.tbsView = tbs;
  const value = sign(signature.hash, tbs, signingKey);
  certificate.signatureValue = new asn1.BitString({ valueHex: Uint8Array.from(value).buffer });
  return new Uint8Array(certificate.toSchema().toBER());
}

function extensionsFor(request: CertificateRequest, signingKey: KeyObject): pkijs.Extension[] {
  const bits = request.keyUsage ?? ROLE_KEY_USAGE[request.role];
  // DER: no trailing zero bits (X.690 §11.2.2).
  const unusedBits = 31 - Math.clz32(bits & -bits);
  const usage = new asn1.BitString({ valueHex: Uint8Array.of(bits).buffer, unusedBits });
  const constraints = new pkijs.BasicConstraints({
    cA: request.role !== 'signer',
    ...(request.role === 'issuing' ? { pathLenConstraint: 0 } : {}),
  });
  const keyId = new asn1.OctetString({ valueHex: keyIdentifier(request.publicKey) });
  const authority = new pkijs.AuthorityKeyIdentifier({
    keyIdentifier: new asn1.OctetString({ valueHex: keyIdentifier(createPublicKey(signingKey)) }),
  });
  const extension = (extnID: string, critical: boolean, value: { toBER(): ArrayBuffer }) =>
    new pkijs.Extension({ extnID, critical, extnValue: value.toBER() });
  return [
    extension('2.5.29.19', true, constraints.toSchema()),
    extension('2.5.29.15', true, usage),
    extension('2.5.29.14', false, keyId),
    extension('2.5.29.35', false, authority.toSchema()),
  ];
}

/** One attribute an RDN, as every authority writes names; pkijs by itself would put them all into one. */
function distinguishedName({ commonName, organisation }: TestName): pkijs.RelativeDistinguishedNames {
  const rdn = (type: string, value: string) =>
    new asn1.Set({
      value: [
        new asn1.Sequence({
          value: [new asn1.ObjectIdentifier({ value: type }), new asn1.Utf8String({ value })],
        }),
      ],
    });
  const name = new asn1.Sequence({
    value: [
      rdn('2.5.4.6', 'VN'),
      ...(organisation ? [rdn('2.5.4.10', organisation)] : []),
      rdn('2.5.4.3', commonName),
    ],
  });
  const parsed = asn1.fromBER(name.toBER(false)).result;
  return new pkijs.RelativeDistinguishedNames({ schema: parsed });
}

function signatureFor(key: KeyObject): { hash: string; identifier: pkijs.AlgorithmIdentifier } {
  if (key.asymmetricKeyType === 'rsa') {
    const identifier = new pkijs.AlgorithmIdentifier({
      algorithmId: '1.2.840.113549.1.1.11',
      algorithmParams: new asn1.Null(),
    });
    return { hash: 'sha256', identifier };
  }
  const wide = key.asymmetricKeyDetails?.namedCurve === 'secp384r1';
  const algorithmId = wide ? '1.2.840.10045.4.3.3' : '1.2.840.10045.4.3.2';
  return { hash: wide ? 'sha384' : 'sha256', identifier: new pkijs.AlgorithmIdentifier({ algorithmId }) };
}

/** 16 random octets, positive and without a leading zero. */
function positiveSerial(): ArrayBuffer {
  const serial = Uint8Array.from(randomBytes(16));
  serial[0] = (serial[0]! & 0x7f) | 0x40;
  return serial.buffer;
}

function spki(key: KeyObject): Uint8Array {
  return key.export({ type: 'spki', format: 'der' });
}

/** SHA-1 of the subjectPublicKey bits: RFC 5280 §4.2.1.2, method 1; a name, not a safeguard. */
function keyIdentifier(key: KeyObject): ArrayBuffer {
  const info = new pkijs.PublicKeyInfo({ schema: schemaOf(spki(key)) });
  return Uint8Array.from(createHash('sha1').update(info.subjectPublicKey.valueBlock.valueHexView).digest())
    .buffer;
}

function schemaOf(der: Uint8Array): asn1.AsnType {
  return asn1.fromBER(Uint8Array.from(der)).result;
}

export function toPem(certificate: Uint8Array): string {
  return new X509Certificate(certificate).toString();
}

export interface Pkcs12Request {
  readonly key: KeyObject;
  /** DER, the key's own first. */
  readonly certificates: readonly Uint8Array[];
  readonly password: string;
}

const OID = {
  data: '1.2.840.113549.1.7.1',
  shroudedKey: '1.2.840.113549.1.12.10.1.2',
  certificateBag: '1.2.840.113549.1.12.10.1.3',
  x509: '1.2.840.113549.1.9.22.1',
  localKeyId: '1.2.840.113549.1.9.21',
  sha256: '2.16.840.1.101.3.4.2.1',
} as const;
const MAC_ITERATIONS = 2048;

/**
 * A PKCS#12 file (RFC 7292): the key under PBES2 with AES-256 and PBKDF2-HMAC-SHA-256, the certificates in the clear,
 * the whole under an HMAC-SHA-256. Forge alone would write an HMAC-SHA-1 and take no EC key, so it gives the key
 * derivation and the rest is put together here.
 */
export function packPkcs12({ key, certificates, password }: Pkcs12Request): Uint8Array {
  const shrouded = key.export({ type: 'pkcs8', format: 'der', cipher: 'aes-256-cbc', passphrase: password });
  const keyId = createHash('sha1').update(certificates[0]!).digest();
  const certificateBags = certificates.map((der, i) =>
    bag(OID.certificateBag, seq(oid(OID.x509), explicit(octets(der))), i === 0 ? keyId : null),
  );
  const safes = [seq(...certificateBags), seq(bag(OID.shroudedKey, schemaOf(shrouded), keyId))];
  const authSafe = new Uint8Array(seq(...safes.map(dataContent)).toBER());
  const salt = randomBytes(16);
  const macKey = forge.pkcs12.generateKey(
    password,
    forge.util.createBuffer(salt.toString('binary')),
    3,
    MAC_ITERATIONS,
    32,
    forge.md.sha256.create(),
  );
  const mac = createHmac('sha256', Buffer.from(macKey.getBytes(), 'binary')).update(authSafe).digest();
  const pfx = seq(
    new asn1.Integer({ value: 3 }),
    seq(oid(OID.data), explicit(octets(authSafe))),
    seq(
      seq(seq(oid(OID.sha256), new asn1.Null()), octets(mac)),
      octets(salt),
      new asn1.Integer({ value: MAC_ITERATIONS }),
    ),
  );
  return new Uint8Array(pfx.toBER());
}

function bag(type: string, value: asn1.AsnType, keyId: Uint8Array | null): asn1.AsnType {
  const attributes = keyId
    ? [new asn1.Set({ value: [seq(oid(OID.localKeyId), new asn1.Set({ value: [octets(keyId)] }))] })]
    : [];
  return seq(oid(type), explicit(value), ...attributes);
}

function dataContent(safe: asn1.AsnType): asn1.AsnType {
  return seq(oid(OID.data), explicit(octets(new Uint8Array(safe.toBER()))));
}

const seq = (...value: asn1.AsnType[]) => new asn1.Sequence({ value });
const oid = (value: string) => new asn1.ObjectIdentifier({ value });
const octets = (value: Uint8Array) => new asn1.OctetString({ valueHex: Uint8Array.from(value).buffer });
const explicit = (value: asn1.AsnType) =>
  new asn1.Constructed({ idBlock: { tagClass: 3, tagNumber: 0 }, value: [value] });

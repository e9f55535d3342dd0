import { createHash, X509Certificate } from 'node:crypto';
import {
  Asn1Error,
  type Asn1Node,
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
import { nameKey, namePartsOf, namesMailbox, readTime, shown, urisOf } from './names.ts';
import { EXTENSION } from './oids.ts';
import { readScheme, type SignatureScheme } from './signature.ts';

export { KEY_USAGE } from './oids.ts';
export {
  type ChainInput,
  type ChainPurpose,
  type ChainVerdict,
  issuedBy,
  judgeChain,
  orderChain,
} from './paths.ts';

export interface ExtendedKeyUsage {
  readonly critical: boolean;
  readonly purposes: readonly string[];
}

/** What a certificate says (RFC 5280 §4.1); `issuer`, `subject` and `serial` are the original DER elements. */
export interface CertificateFacts {
  readonly der: Uint8Array;
  readonly x509: X509Certificate;
  readonly issuer: Uint8Array;
  readonly subject: Uint8Array;
  readonly serial: Uint8Array;
  /** Contents of the subjectPublicKey BIT STRING: what key hashes of OCSP are over (RFC 6960 §4.1.1). */
  readonly publicKeyBits: Uint8Array;
  /** Equal for names that RFC 5280 §7.1 calls equal, however they are encoded. */
  readonly issuerKey: string;
  readonly subjectKey: string;
  /** How its issuer signed it. */
  readonly scheme: SignatureScheme;
  /** Common name of the subject, else its organisation, else its whole name in X.509 notation. */
  readonly name: string;
  /** Organisation of the subject; '' where it names none. */
  readonly organisation: string;
  /** Common name of the issuer, else its organisation; '' where it has neither. */
  readonly issuerName: string;
  /** Lower-case hexadecimal, two digits an octet, without leading zero octets. */
  readonly serialHex: string;
  /** SHA-256 of the DER, lower-case hexadecimal. */
  readonly fingerprint: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly isCa: boolean;
  /** Intermediate certificates allowed below this one; null = no limit. */
  readonly pathLength: number | null;
  /** Bits of keyUsage in the order of RFC 5280 §4.2.1.3; null where the extension is absent. */
  readonly keyUsage: readonly boolean[] | null;
  /** null where the extension is absent. */
  readonly extendedKeyUsage: ExtendedKeyUsage | null;
  readonly subjectKeyId: Uint8Array | null;
  readonly authorityKeyId: Uint8Array | null;
  /** Addresses of OCSP responders (authorityInfoAccess). */
  readonly ocspUrls: readonly string[];
  /** Addresses of the issuer's certificates (authorityInfoAccess). */
  readonly issuerUrls: readonly string[];
  /** Addresses of CRLs (cRLDistributionPoints without a cRLIssuer of their own). */
  readonly crlUrls: readonly string[];
  /** id-pkix-ocsp-nocheck: nobody needs to ask whether this responder was revoked (RFC 6960 §4.2.2.2.1). */
  readonly ocspNoCheck: boolean;
  readonly policies: readonly string[];
  /** Value of the nameConstraints extension. */
  readonly nameConstraints: Asn1Node | null;
  /** General names of subjectAltName, and whether the subject names a mailbox: what name constraints speak of. */
  readonly alternativeNames: readonly Asn1Node[];
  readonly subjectNode: Asn1Node;
  readonly namesMailbox: boolean;
  readonly criticalUnknown: readonly string[];
}

/** Extensions that may be critical without harm to a signature's path. */
const UNDERSTOOD: readonly string[] = [
  EXTENSION.subjectKeyId,
  EXTENSION.keyUsage,
  EXTENSION.basicConstraints,
  EXTENSION.subjectAltName,
  EXTENSION.nameConstraints,
  EXTENSION.crlDistributionPoints,
  EXTENSION.certificatePolicies,
  EXTENSION.authorityKeyId,
  EXTENSION.extendedKeyUsage,
];
const ACCESS = { ocsp: '1.3.6.1.5.5.7.48.1', issuers: '1.3.6.1.5.5.7.48.2' } as const;
const NO_CHECK = '1.3.6.1.5.5.7.48.1.5';
/** Addresses, policies and names that one certificate may list; real ones have a handful. */
const MAX_LISTED = 64;

/** Throws Asn1Error on anything that is no certificate. */
export function readCertificate(der: Uint8Array): CertificateFacts {
  const root = expect(readAsn1(der), TAG.sequence);
  const [tbs, algorithm] = root.children;
  const fields = [...expect(tbs, TAG.sequence).children];
  if (isContext(fields[0], 0)) fields.shift();
  const [serial, signed, issuer, validity, subject, publicKey] = fields;
  const times = expect(validity, TAG.sequence).children;
  const extensions = readExtensions(fields.find((f) => isContext(f, 3))?.children[0]);
  const inside = (oid: string) => {
    const value = extensions.get(oid)?.value;
    return value ? readAsn1(value) : undefined;
  };
  const scheme = readScheme(algorithm);
  // The algorithm outside is covered by no signature: it has to be the one inside (RFC 5280 §4.1.1.2).
  if (!equalOctets(expect(signed, TAG.sequence).raw, algorithm!.raw)) {
    throw new Asn1Error('two signature algorithms');
  }
  const x509 = parseX509(root.raw);
  const names = namePartsOf(expect(subject, TAG.sequence));
  const issuerNames = namePartsOf(expect(issuer, TAG.sequence));
  const subjectNode = expect(subject, TAG.sequence);
  const access = (inside(EXTENSION.authorityInfoAccess)?.children ?? []).slice(0, MAX_LISTED);
  const addresses = (method: string) =>
    urisOf(access.filter((a) => a.children[0]?.oid === method).flatMap((a) => a.children.slice(1, 2)));
  return {
    der: root.raw,
    x509,
    issuer: expect(issuer, TAG.sequence).raw,
    subject: subjectNode.raw,
    serial: expect(serial, TAG.integer).raw,
    publicKeyBits: expect(expect(publicKey, TAG.sequence).children[1], TAG.bits).content.subarray(1),
    issuerKey: nameKey(expect(issuer, TAG.sequence)),
    subjectKey: nameKey(subjectNode),
    scheme,
    name: names.commonName || names.organisation || shown(subjectText(x509)),
    organisation: names.organisation,
    issuerName: issuerNames.commonName || issuerNames.organisation,
    serialHex: integerHex(expect(serial, TAG.integer)),
    fingerprint: createHash('sha256').update(root.raw).digest('hex'),
    notBefore: readTime(times[0]),
    notAfter: readTime(times[1]),
    ...readBasicConstraints(inside(EXTENSION.basicConstraints)),
    keyUsage: readKeyUsage(inside(EXTENSION.keyUsage)),
    extendedKeyUsage: readExtendedKeyUsage(
      inside(EXTENSION.extendedKeyUsage),
      extensions.get(EXTENSION.extendedKeyUsage)?.critical ?? false,
    ),
    subjectKeyId: readKeyId(inside(EXTENSION.subjectKeyId)),
    authorityKeyId: readKeyId(inside(EXTENSION.authorityKeyId)?.children.find((c) => isContext(c, 0))),
    ocspUrls: addresses(ACCESS.ocsp),
    issuerUrls: addresses(ACCESS.issuers),
    crlUrls: readCrlUrls(inside(EXTENSION.crlDistributionPoints)),
    ocspNoCheck: extensions.has(NO_CHECK),
    policies: (inside(EXTENSION.certificatePolicies)?.children ?? [])
      .slice(0, MAX_LISTED)
      .map((p) => p.children[0]?.oid ?? ''),
    nameConstraints: inside(EXTENSION.nameConstraints) ?? null,
    alternativeNames: inside(EXTENSION.subjectAltName)?.children ?? [],
    subjectNode,
    namesMailbox: namesMailbox(subjectNode),
    criticalUnknown: criticalExcept(extensions, UNDERSTOOD),
  };
}

/** As `readCertificate`, null where the octets are no certificate. */
export function tryReadCertificate(der: Uint8Array): CertificateFacts | null {
  try {
    return readCertificate(der);
  } catch (error) {
    if (error instanceof Asn1Error) return null;
    throw error;
  }
}

/** The whole name in X.509 notation. Node says nothing, against its own types, where the name is empty. */
function subjectText({ subject }: { readonly subject: string | undefined }): string {
  return (subject ?? '').replaceAll('\n', ', ');
}

function parseX509(der: Uint8Array): X509Certificate {
  try {
    const certificate = new X509Certificate(der);
    void certificate.publicKey; // a key that cannot be read shows here, not at first use
    return certificate;
  } catch (cause) {
    throw new Asn1Error('certificate unreadable', { cause });
  }
}

export interface ExtensionValue {
  readonly critical: boolean;
  readonly value: Uint8Array;
}

/** Extensions (RFC 5280 §4.1.2.9), of certificates, CRLs, OCSP answers alike; none of them twice. */
export function readExtensions(list: Asn1Node | undefined): Map<string, ExtensionValue> {
  const found = new Map<string, ExtensionValue>();
  for (const extension of list?.children ?? []) {
    const [oid, ...rest] = expect(extension, TAG.sequence).children;
    const id = expectOid(oid);
    if (found.has(id)) throw new Asn1Error('extension given twice');
    const critical = isUniversal(rest[0], 1) && rest[0].content[0] !== 0;
    found.set(id, { critical, value: octetsOf(expect(rest.at(-1), TAG.octets)) });
  }
  return found;
}

/** OIDs of the critical extensions that are not among `understood`. */
export function criticalExcept(
  extensions: ReadonlyMap<string, ExtensionValue>,
  understood: readonly string[],
): string[] {
  return [...extensions].filter(([id, e]) => e.critical && !understood.includes(id)).map(([id]) => id);
}

/** An INTEGER as lower-case hexadecimal, two digits an octet, without leading zero octets. */
export function integerHex(node: Asn1Node): string {
  return Buffer.from(node.content)
    .toString('hex')
    .replace(/^(?:00)+(?=..)/, '');
}

function readBasicConstraints(value: Asn1Node | undefined): { isCa: boolean; pathLength: number | null } {
  if (!value) return { isCa: false, pathLength: null };
  const parts = expect(value, TAG.sequence).children;
  const length = parts.find((p) => isUniversal(p, TAG.integer));
  return {
    isCa: parts.some((p) => isUniversal(p, 1) && p.content[0] !== 0),
    pathLength: length ? expectSmallInteger(length) : null,
  };
}

function readKeyUsage(value: Asn1Node | undefined): boolean[] | null {
  if (!value) return null;
  const bits = expect(value, TAG.bits).content.subarray(1);
  return Array.from({ length: 9 }, (_, i) => ((bits[i >> 3] ?? 0) & (0x80 >> (i & 7))) !== 0);
}

function readExtendedKeyUsage(value: Asn1Node | undefined, critical: boolean): ExtendedKeyUsage | null {
  if (!value) return null;
  return { critical, purposes: expect(value, TAG.sequence).children.map(expectOid) };
}

function readKeyId(value: Asn1Node | undefined): Uint8Array | null {
  return value ? octetsOf(value) : null;
}

/** Points whose CRL another authority issues are left out: such CRLs are not understood. */
function readCrlUrls(value: Asn1Node | undefined): string[] {
  const points = (value?.children ?? [])
    .slice(0, MAX_LISTED)
    .filter((p) => !p.children.some((c) => isContext(c, 2)));
  return points.flatMap((p) => {
    const name = p.children.find((c) => isContext(c, 0))?.children.find((c) => isContext(c, 0));
    return urisOf(name?.children ?? []);
  });
}

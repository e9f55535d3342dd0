import { X509Certificate } from 'node:crypto';
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

/** What a certificate says (RFC 5280 §4.1); `issuer`, `subject` and `serial` are the original DER elements. */
export interface CertificateFacts {
  readonly der: Uint8Array;
  readonly x509: X509Certificate;
  readonly issuer: Uint8Array;
  readonly subject: Uint8Array;
  readonly serial: Uint8Array;
  readonly signatureOid: string;
  /** Common name of the subject, else its organisation, else its whole name in X.509 notation. */
  readonly name: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly isCa: boolean;
  /** Intermediate certificates allowed below this one; null = no limit. */
  readonly pathLength: number | null;
  /** Bits of keyUsage in the order of RFC 5280 §4.2.1.3; null where the extension is absent. */
  readonly keyUsage: readonly boolean[] | null;
  readonly subjectKeyId: Uint8Array | null;
  readonly criticalUnknown: readonly string[];
}

export const KEY_USAGE = { digitalSignature: 0, nonRepudiation: 1, keyCertSign: 5 } as const;

const EXTENSION = {
  subjectKeyId: '2.5.29.14',
  keyUsage: '2.5.29.15',
  basicConstraints: '2.5.29.19',
} as const;
/** Extensions that may be critical without harm to a signature's path; name constraints are not among them. */
const UNDERSTOOD: readonly string[] = [
  ...Object.values(EXTENSION),
  '2.5.29.17', // subjectAltName
  '2.5.29.31', // cRLDistributionPoints
  '2.5.29.32', // certificatePolicies
  '2.5.29.35', // authorityKeyIdentifier
  '2.5.29.37', // extendedKeyUsage
];
const COMMON_NAME = '2.5.4.3';
const ORGANISATION = '2.5.4.10';

/** Throws Asn1Error on anything that is no certificate. */
export function readCertificate(der: Uint8Array): CertificateFacts {
  const root = expect(readAsn1(der), TAG.sequence);
  const [tbs, algorithm] = root.children;
  const fields = [...expect(tbs, TAG.sequence).children];
  if (isContext(fields[0], 0)) fields.shift();
  const [serial, , issuer, validity, subject] = fields;
  const times = expect(validity, TAG.sequence).children;
  const x509 = parseX509(root.raw);
  const extensions = readExtensions(fields.find((f) => isContext(f, 3)));
  const basic = extensions.get(EXTENSION.basicConstraints);
  return {
    der: root.raw,
    x509,
    issuer: expect(issuer, TAG.sequence).raw,
    subject: expect(subject, TAG.sequence).raw,
    serial: expect(serial, TAG.integer).raw,
    signatureOid: expectOid(expect(algorithm, TAG.sequence).children[0]),
    name: displayName(expect(subject, TAG.sequence), x509),
    notBefore: readTime(times[0]),
    notAfter: readTime(times[1]),
    ...readBasicConstraints(basic?.value),
    keyUsage: readKeyUsage(extensions.get(EXTENSION.keyUsage)?.value),
    subjectKeyId: readKeyId(extensions.get(EXTENSION.subjectKeyId)?.value),
    criticalUnknown: [...extensions]
      .filter(([id, e]) => e.critical && !UNDERSTOOD.includes(id))
      .map(([id]) => id),
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

function parseX509(der: Uint8Array): X509Certificate {
  try {
    const certificate = new X509Certificate(der);
    void certificate.publicKey; // a key that cannot be read shows here, not at first use
    return certificate;
  } catch (cause) {
    throw new Asn1Error('certificate unreadable', { cause });
  }
}

interface ExtensionValue {
  readonly critical: boolean;
  readonly value: Uint8Array;
}

function readExtensions(wrapper: Asn1Node | undefined): Map<string, ExtensionValue> {
  const found = new Map<string, ExtensionValue>();
  for (const extension of wrapper?.children[0]?.children ?? []) {
    const [oid, ...rest] = expect(extension, TAG.sequence).children;
    const id = expectOid(oid);
    if (found.has(id)) throw new Asn1Error('extension given twice');
    const critical = isUniversal(rest[0], 1) && rest[0].content[0] !== 0;
    found.set(id, { critical, value: octetsOf(expect(rest.at(-1), TAG.octets)) });
  }
  return found;
}

function readBasicConstraints(value: Uint8Array | undefined): { isCa: boolean; pathLength: number | null } {
  if (!value) return { isCa: false, pathLength: null };
  const parts = expect(readAsn1(value), TAG.sequence).children;
  const length = parts.find((p) => isUniversal(p, TAG.integer));
  return {
    isCa: parts.some((p) => isUniversal(p, 1) && p.content[0] !== 0),
    pathLength: length ? expectSmallInteger(length) : null,
  };
}

function readKeyUsage(value: Uint8Array | undefined): boolean[] | null {
  if (!value) return null;
  const bits = expect(readAsn1(value), TAG.bits).content.subarray(1);
  return Array.from({ length: 9 }, (_, i) => ((bits[i >> 3] ?? 0) & (0x80 >> (i & 7))) !== 0);
}

function readKeyId(value: Uint8Array | undefined): Uint8Array | null {
  return value ? octetsOf(expect(readAsn1(value), TAG.octets)) : null;
}

function readTime(node: Asn1Node | undefined): Date {
  const text = Buffer.from(node?.content ?? []).toString('latin1');
  const match = /^(\d{2}|\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})Z$/.exec(text);
  if (!match || !node || (node.tag !== 23 && node.tag !== 24)) throw new Asn1Error('time unreadable');
  const [year, month, date, hour, minute, second] = match.slice(1).map(Number) as [
    number,
    ...[number, number, number, number, number],
  ];
  // UTCTime: years 50…99 are of the last century (RFC 5280 §4.1.2.5.1).
  const full = node.tag === 24 ? year : year + (year >= 50 ? 1900 : 2000);
  return new Date(Date.UTC(full, month - 1, date, hour, minute, second));
}

function displayName(subject: Asn1Node, x509: X509Certificate): string {
  const found = new Map<string, string>();
  for (const pair of subject.children.flatMap((rdn) => rdn.children)) {
    const [oid, value] = pair.children;
    if (oid?.oid && value) found.set(oid.oid, readText(value));
  }
  const name = found.get(COMMON_NAME) ?? found.get(ORGANISATION) ?? x509.subject.replaceAll('\n', ', ');
  // A name is shown and printed: control and direction-changing characters are no part of it.
  return name.replace(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu, ' ').trim();
}

function readText(node: Asn1Node): string {
  const octets = Buffer.from(node.content);
  if (node.tag === 30)
    return octets
      .subarray(0, octets.length & ~1)
      .swap16()
      .toString('utf16le');
  return octets.toString(node.tag === 20 ? 'latin1' : 'utf8');
}

/** How a certificate stands to the trusted ones at a time; revocation is judged elsewhere. */
export interface ChainVerdict {
  readonly status: 'trusted' | 'no-path' | 'expired' | 'not-yet-valid' | 'constraint-violated';
  /** DER, the signer's first, the trusted one last where there is a path; else as far as it went. */
  readonly path: readonly Uint8Array[];
  /** Nobody was asked: OCSP and CRL belong to the higher levels. */
  readonly revocation: 'unknown';
}

export interface ChainInput {
  readonly trust: readonly CertificateFacts[];
  readonly others: readonly CertificateFacts[];
  readonly at: Date;
}

const MAX_PATH = 8;
/** Signature checks that one path search may cost: cross-signed rings must not make it grow without end. */
const MAX_CHECKS = 256;

/**
 * Finds a path to a trusted certificate (RFC 5280 §6.1 without policies and name constraints): signatures, names,
 * validity at `at`, basicConstraints, keyCertSign, path length. Of several paths a trusted one wins.
 */
export function judgeChain(signer: CertificateFacts, { trust, others, at }: ChainInput): ChainVerdict {
  let checks = 0;
  let best: ChainVerdict = { status: 'no-path', path: [signer.der], revocation: 'unknown' };

  const visit = (path: readonly CertificateFacts[]): boolean => {
    const last = path.at(-1)!;
    if (trust.some((t) => equalOctets(t.der, last.der))) {
      const status = judgePath(path, at);
      if (best.status === 'no-path' || status === 'trusted') best = verdict(status, path);
      return status === 'trusted';
    }
    if (best.status === 'no-path' && path.length > best.path.length) best = verdict('no-path', path);
    if (path.length >= MAX_PATH) return false;
    for (const issuer of [...trust, ...others]) {
      if (!equalOctets(issuer.subject, last.issuer) || path.includes(issuer)) continue;
      if (++checks > MAX_CHECKS) return false;
      if (issued(issuer, last) && visit([...path, issuer])) return true;
    }
    return false;
  };
  visit([signer]);
  return best;
}

function verdict(status: ChainVerdict['status'], path: readonly CertificateFacts[]): ChainVerdict {
  return { status, path: path.map((c) => c.der), revocation: 'unknown' };
}

/** Signature algorithms that may bind a certificate; SHA-1 and MD5 no longer do. */
const STRONG_SIGNATURES: readonly string[] = [
  '1.2.840.113549.1.1.10', // RSASSA-PSS
  '1.2.840.113549.1.1.11', // sha256WithRSAEncryption
  '1.2.840.113549.1.1.12',
  '1.2.840.113549.1.1.13',
  '1.2.840.10045.4.3.2', // ecdsa-with-SHA256
  '1.2.840.10045.4.3.3',
  '1.2.840.10045.4.3.4',
  '1.3.101.112', // Ed25519
  '1.3.101.113', // Ed448
];

function issued(issuer: CertificateFacts, subject: CertificateFacts): boolean {
  if (!STRONG_SIGNATURES.includes(subject.signatureOid)) return false;
  return subject.x509.verify(issuer.x509.publicKey);
}

function judgePath(path: readonly CertificateFacts[], at: Date): ChainVerdict['status'] {
  for (const [index, certificate] of path.entries()) {
    if (at < certificate.notBefore) return 'not-yet-valid';
    if (at > certificate.notAfter) return 'expired';
    if (certificate.criticalUnknown.length > 0) return 'constraint-violated';
    if (index > 0 && !mayIssue(certificate, index - 1)) return 'constraint-violated';
  }
  return 'trusted';
}

function mayIssue(issuer: CertificateFacts, intermediatesBelow: number): boolean {
  if (!issuer.isCa) return false;
  if (issuer.keyUsage && !issuer.keyUsage[KEY_USAGE.keyCertSign]) return false;
  return issuer.pathLength === null || intermediatesBelow <= issuer.pathLength;
}

/** The certificates that lead up from `leaf`, nearest first; what belongs to no step is left out. */
export function orderChain(leaf: CertificateFacts, pool: readonly CertificateFacts[]): CertificateFacts[] {
  const ordered = [leaf];
  while (ordered.length < MAX_PATH) {
    const last = ordered.at(-1)!;
    if (equalOctets(last.issuer, last.subject)) break;
    const next = pool.find(
      (c) =>
        !ordered.includes(c) && equalOctets(c.subject, last.issuer) && last.x509.verify(c.x509.publicKey),
    );
    if (!next) break;
    ordered.push(next);
  }
  return ordered;
}

import { type Asn1Node, equalOctets, isContext } from './asn1.ts';
import type { CertificateFacts } from './certificates.ts';
import { nameKeys } from './names.ts';
import { KEY_USAGE, PURPOSE } from './oids.ts';
import { type SignatureScheme, strongKey } from './signature.ts';

/** How a certificate stands to the trusted ones at a time; revocation is judged elsewhere. */
export interface ChainVerdict {
  readonly status: 'trusted' | 'no-path' | 'expired' | 'not-yet-valid' | 'constraint-violated';
  /** DER, the signer's first, the trusted one last where there is a path; else as far as it went. */
  readonly path: readonly Uint8Array[];
  /** Revocation is judged elsewhere (`judgeRevocation`), of every certificate of the path. */
  readonly revocation: 'unknown';
}

/** What the first certificate of a path is used for. */
export type ChainPurpose = 'signature' | 'time-stamp' | 'ocsp';

export interface ChainInput {
  readonly trust: readonly CertificateFacts[];
  readonly others: readonly CertificateFacts[];
  readonly at: Date;
  /** 'signature' unless told. */
  readonly purpose?: ChainPurpose;
}

const MAX_PATH = 8;
/** Signature checks that one path search may cost: cross-signed rings must not make it grow without end. */
const MAX_CHECKS = 256;

/**
 * Finds a path to a trusted certificate (RFC 5280 §6.1 without policies): signatures, names, validity at `at`,
 * basicConstraints, keyCertSign, path length, name constraints, purposes. Of several paths a trusted one wins.
 */
export function judgeChain(
  signer: CertificateFacts,
  { trust, others, at, purpose = 'signature' }: ChainInput,
): ChainVerdict {
  let checks = 0;
  let best: ChainVerdict = { status: 'no-path', path: [signer.der], revocation: 'unknown' };

  const visit = (path: readonly CertificateFacts[]): boolean => {
    const last = path.at(-1)!;
    if (trust.some((t) => equalOctets(t.der, last.der))) {
      const status = judgePath(path, at, purpose);
      if (best.status === 'no-path' || status === 'trusted') best = verdict(status, path);
      return status === 'trusted';
    }
    if (best.status === 'no-path' && path.length > best.path.length) best = verdict('no-path', path);
    if (path.length >= MAX_PATH) return false;
    for (const issuer of [...trust, ...others]) {
      if (issuer.subjectKey !== last.issuerKey || path.some((c) => equalOctets(c.der, issuer.der))) continue;
      if (++checks > MAX_CHECKS) return false;
      if (issuedBy(last, issuer) && visit([...path, issuer])) return true;
    }
    return false;
  };
  visit([signer]);
  return best;
}

function verdict(status: ChainVerdict['status'], path: readonly CertificateFacts[]): ChainVerdict {
  return { status, path: path.map((c) => c.der), revocation: 'unknown' };
}

/** SHA-1 and MD5 bind no certificate any more, nor does an algorithm that names no hash. */
function bindsCertificates({ kind, hash }: SignatureScheme): boolean {
  if (kind === 'unsupported') return false;
  return hash !== null || kind === 'ed25519' || kind === 'ed448';
}

/** Whether `issuer` issued `subject`: the name and the signature, nothing about whether it was allowed to. */
export function issuedBy(subject: CertificateFacts, issuer: CertificateFacts): boolean {
  if (issuer.subjectKey !== subject.issuerKey) return false;
  if (!bindsCertificates(subject.scheme) || !strongKey(issuer.x509.publicKey)) return false;
  return subject.x509.verify(issuer.x509.publicKey);
}

function judgePath(
  path: readonly CertificateFacts[],
  at: Date,
  purpose: ChainPurpose,
): ChainVerdict['status'] {
  for (const [index, certificate] of path.entries()) {
    if (at < certificate.notBefore) return 'not-yet-valid';
    if (at > certificate.notAfter) return 'expired';
    if (certificate.criticalUnknown.length > 0) return 'constraint-violated';
    if (index > 0 && !mayIssue(certificate, path.slice(0, index))) return 'constraint-violated';
    if (index > 0 && !allowsPurpose(certificate, purpose)) return 'constraint-violated';
  }
  return servesPurpose(path[0]!, purpose) ? 'trusted' : 'constraint-violated';
}

function mayIssue(issuer: CertificateFacts, below: readonly CertificateFacts[]): boolean {
  if (!issuer.isCa) return false;
  if (issuer.keyUsage && !issuer.keyUsage[KEY_USAGE.keyCertSign]) return false;
  // Self-issued certificates below (a key changed) do not count (RFC 5280 §6.1.4 l).
  const intermediates = below.slice(1).filter((c) => c.subjectKey !== c.issuerKey).length;
  if (issuer.pathLength !== null && intermediates > issuer.pathLength) return false;
  return !issuer.nameConstraints || below.every((c) => satisfiesNames(c, issuer.nameConstraints!));
}

/** An authority's extendedKeyUsage narrows what is below it, as every validator in use holds. */
function allowsPurpose({ extendedKeyUsage }: CertificateFacts, purpose: ChainPurpose): boolean {
  if (!extendedKeyUsage || purpose === 'signature') return true;
  const wanted = purpose === 'ocsp' ? PURPOSE.ocspSigning : PURPOSE.timeStamping;
  return extendedKeyUsage.purposes.some((p) => p === wanted || p === PURPOSE.any);
}

/** RFC 3161 §2.3: critical, and timeStamping alone. RFC 6960 §4.2.2.2: OCSPSigning among others. */
export function servesPurpose({ extendedKeyUsage: usage }: CertificateFacts, purpose: ChainPurpose): boolean {
  if (purpose === 'signature') return true;
  if (purpose === 'ocsp') return usage?.purposes.includes(PURPOSE.ocspSigning) ?? false;
  return !!usage?.critical && usage.purposes.length === 1 && usage.purposes[0] === PURPOSE.timeStamping;
}

const DIRECTORY_NAME = 4;
const MAILBOX = 1;

/**
 * RFC 5280 §4.2.1.10 for directory names. A constraint on names of another form (mailboxes, hosts, addresses) is
 * refused where the certificate bears such a name, whatever it says: nobody's signature depends on one.
 */
function satisfiesNames(certificate: CertificateFacts, constraints: Asn1Node): boolean {
  const permitted = subtrees(constraints, 0);
  const excluded = subtrees(constraints, 1);
  for (const base of [...permitted, ...excluded]) {
    if (isContext(base, DIRECTORY_NAME) && base.children.length === 1) continue;
    if (certificate.alternativeNames.some((n) => isContext(n, base.tag))) return false;
    if (isContext(base, DIRECTORY_NAME) || (isContext(base, MAILBOX) && certificate.namesMailbox))
      return false;
  }
  const isDirectory = (base: Asn1Node) => isContext(base, DIRECTORY_NAME);
  const names = [
    ...(certificate.subjectNode.children.length > 0 ? [certificate.subjectNode] : []),
    ...certificate.alternativeNames.filter(isDirectory).flatMap((n) => n.children),
  ].map(nameKeys);
  const within = (name: readonly string[], base: Asn1Node) => startsWith(name, nameKeys(base.children[0]!));
  const allowed = permitted.filter(isDirectory);
  return names.every(
    (name) =>
      (allowed.length === 0 || allowed.some((base) => within(name, base))) &&
      !excluded.filter(isDirectory).some((base) => within(name, base)),
  );
}

/** Bases of the permitted [0] or excluded [1] subtrees. */
function subtrees(constraints: Asn1Node, tag: number): Asn1Node[] {
  const list = constraints.children.find((c) => isContext(c, tag))?.children ?? [];
  return list.flatMap((subtree) => subtree.children.slice(0, 1));
}

function startsWith(name: readonly string[], base: readonly string[]): boolean {
  return base.every((rdn, i) => name[i] === rdn);
}

/** The certificates that lead up from `leaf`, nearest first; what belongs to no step is left out. */
export function orderChain(leaf: CertificateFacts, pool: readonly CertificateFacts[]): CertificateFacts[] {
  const ordered = [leaf];
  while (ordered.length < MAX_PATH) {
    const last = ordered.at(-1)!;
    if (last.issuerKey === last.subjectKey) break;
    const next = pool.find(
      (c) => !ordered.includes(c) && c.subjectKey === last.issuerKey && last.x509.verify(c.x509.publicKey),
    );
    if (!next) break;
    ordered.push(next);
  }
  return ordered;
}

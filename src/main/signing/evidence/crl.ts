import { Asn1Error, type Asn1Node, equalOctets, expect, isContext, readAsn1, TAG } from '../cms/asn1.ts';
import {
  type CertificateFacts,
  criticalExcept,
  integerHex,
  KEY_USAGE,
  readExtensions,
} from '../cms/certificates.ts';
import { nameKey, readTime, urisOf } from '../cms/names.ts';
import { EXTENSION } from '../cms/oids.ts';
import { checkSignature, readScheme, type SignatureScheme } from '../cms/signature.ts';
import { type RevocationReason, reasonOf } from './ocsp.ts';

/** A million entries take some 35 MB. */
const MAX_CRL_BYTES = 64 << 20;

export interface CrlScope {
  readonly kind: 'all' | 'user-only' | 'authority-only' | 'not-understood';
  /** Addresses of the distribution point that it stands for; null = it names none. */
  readonly addresses: readonly string[] | null;
}

export interface CrlEntry {
  readonly revokedAt: Date;
  readonly reason: RevocationReason;
  readonly criticalUnknown: readonly string[];
}

/** A CertificateList (RFC 5280 §5.1). Its entries stay octets: they are searched, never turned into objects. */
export interface CrlFacts {
  readonly issuerKey: string;
  readonly thisUpdate: Date;
  readonly nextUpdate: Date | null;
  /** Lower-case hexadecimal; null where there is none. */
  readonly number: string | null;
  readonly scope: CrlScope;
  /** Entries of certificates that expired after this time are kept (X.509 expiredCertsOnCRL); null = not said. */
  readonly keepsExpiredFrom: Date | null;
  readonly criticalUnknown: readonly string[];
  readonly scheme: SignatureScheme;
  /** The signed octets. */
  readonly signed: Uint8Array;
  readonly signature: Uint8Array;
  /** The entries' octets, one SEQUENCE after another. */
  readonly entries: Uint8Array;
}

interface Element {
  readonly tag: number;
  readonly start: number;
  readonly contentStart: number;
  readonly end: number;
}

/** The element at `at` in DER; nothing is copied. */
function elementAt(octets: Uint8Array, at: number, end: number): Element {
  const tag = octets[at];
  const first = octets[at + 1];
  if (tag === undefined || first === undefined || (tag & 0x1f) === 0x1f)
    throw new Asn1Error('element cut off');
  let contentStart = at + 2;
  let length = first;
  if (first >= 0x80) {
    const count = first & 0x7f;
    if (count === 0 || count > 4 || contentStart + count > end) throw new Asn1Error('length');
    length = 0;
    for (let i = 0; i < count; i++) length = length * 256 + octets[contentStart + i]!;
    contentStart += count;
  }
  if (contentStart + length > end) throw new Asn1Error('element cut off');
  return { tag, start: at, contentStart, end: contentStart + length };
}

function childrenOf(octets: Uint8Array, parent: Element, most: number): Element[] {
  const found: Element[] = [];
  for (let at = parent.contentStart; at < parent.end; ) {
    const next = elementAt(octets, at, parent.end);
    found.push(next);
    if (found.length > most) throw new Asn1Error('too many elements');
    at = next.end;
  }
  return found;
}

/** Throws Asn1Error where the octets are no CertificateList in DER. */
export function readCrl(crl: Uint8Array): CrlFacts {
  if (crl.length > MAX_CRL_BYTES) throw new Asn1Error('too large');
  const root = elementAt(crl, 0, crl.length);
  if (root.tag !== 0x30 || root.end !== crl.length) throw new Asn1Error('no CRL');
  const [tbs, algorithm, signature] = childrenOf(crl, root, 3);
  if (tbs?.tag !== 0x30 || !algorithm || signature?.tag !== 0x03) throw new Asn1Error('no CRL');
  const node = (element: Element | undefined): Asn1Node => {
    if (!element) throw new Asn1Error('CRL cut off');
    return readAsn1(crl.subarray(element.start, element.end));
  };
  const fields = childrenOf(crl, tbs, 8);
  if (fields[0]?.tag === 0x02) fields.shift();
  const [inner, issuer, thisUpdate, ...rest] = fields;
  const next = rest[0] && (rest[0].tag === 0x17 || rest[0].tag === 0x18) ? rest.shift() : undefined;
  const entries = rest[0]?.tag === 0x30 ? rest.shift() : undefined;
  const extensions = readExtensions(rest[0]?.tag === 0xa0 ? node(rest[0]).children[0] : undefined);
  const value = (oid: string) => {
    const found = extensions.get(oid)?.value;
    return found ? readAsn1(found) : undefined;
  };
  const number = value(EXTENSION.crlNumber);
  const keeps = value(EXTENSION.expiredCertsOnCrl);
  // The algorithm outside is covered by no signature: it has to be the one inside (RFC 5280 §5.1.1.2).
  if (!equalOctets(node(inner).raw, node(algorithm).raw)) throw new Asn1Error('two signature algorithms');
  return {
    issuerKey: nameKey(expect(node(issuer), TAG.sequence)),
    thisUpdate: readTime(node(thisUpdate)),
    nextUpdate: next ? readTime(node(next)) : null,
    number: number ? integerHex(expect(number, TAG.integer)) : null,
    scope: readScope(value(EXTENSION.issuingDistributionPoint)),
    keepsExpiredFrom: keeps ? readTime(keeps) : null,
    criticalUnknown: criticalExcept(extensions, [
      EXTENSION.issuingDistributionPoint,
      EXTENSION.authorityKeyId,
    ]),
    scheme: readScheme(node(algorithm)),
    signed: crl.subarray(tbs.start, tbs.end),
    signature: crl.subarray(signature.contentStart + 1, signature.end),
    entries: entries ? crl.subarray(entries.contentStart, entries.end) : new Uint8Array(),
  };
}

/** As `readCrl`, null where the octets are none. */
export function tryReadCrl(crl: Uint8Array): CrlFacts | null {
  try {
    return readCrl(crl);
  } catch (error) {
    if (error instanceof Asn1Error) return null;
    throw error;
  }
}

/** issuingDistributionPoint (RFC 5280 §5.2.5). Indirect, partial by reason and attribute lists are not understood. */
function readScope(point: Asn1Node | undefined): CrlScope {
  if (!point) return { kind: 'all', addresses: null };
  const flag = (tag: number) => {
    const field = point.children.find((c) => isContext(c, tag));
    return field !== undefined && field.content[0] !== 0;
  };
  const name = point.children.find((c) => isContext(c, 0))?.children[0];
  const addresses = isContext(name, 0) ? urisOf(name.children) : null;
  const partial = point.children.some((c) => isContext(c, 3)) || flag(4) || flag(5);
  if (partial || (name && !isContext(name, 0)) || (flag(1) && flag(2)))
    return { kind: 'not-understood', addresses };
  return { kind: flag(1) ? 'user-only' : flag(2) ? 'authority-only' : 'all', addresses };
}

/**
 * The entry for a serial number (an INTEGER element), in one pass over the octets; null where there is none. Of
 * several the earliest revocation counts. Throws Asn1Error where the entries are malformed up to their end.
 */
export function findInCrl({ entries }: Pick<CrlFacts, 'entries'>, serial: Uint8Array): CrlEntry | null {
  const wanted = withoutZeros(serial, elementAt(serial, 0, serial.length));
  let found: CrlEntry | null = null;
  for (let at = 0; at < entries.length; ) {
    const entry = elementAt(entries, at, entries.length);
    const number = elementAt(entries, entry.contentStart, entry.end);
    if (entry.tag !== 0x30 || number.tag !== 0x02) throw new Asn1Error('CRL entry');
    if (sameNumber(entries, number, wanted)) {
      const next = readEntry(entries.subarray(entry.start, entry.end));
      if (!found || next.revokedAt < found.revokedAt) found = next;
    }
    at = entry.end;
  }
  return found;
}

function withoutZeros(octets: Uint8Array, { contentStart, end }: Element): Uint8Array {
  let start = contentStart;
  while (start < end - 1 && octets[start] === 0) start++;
  return octets.subarray(start, end);
}

function sameNumber(octets: Uint8Array, number: Element, wanted: Uint8Array): boolean {
  let start = number.contentStart;
  while (start < number.end - 1 && octets[start] === 0) start++;
  if (number.end - start !== wanted.length) return false;
  for (let i = 0; i < wanted.length; i++) {
    if (octets[start + i] !== wanted[i]) return false;
  }
  return true;
}

function readEntry(octets: Uint8Array): CrlEntry {
  const [, time, extensions] = expect(readAsn1(octets), TAG.sequence).children;
  const found = readExtensions(extensions);
  const reason = found.get(EXTENSION.reasonCode)?.value;
  return {
    revokedAt: readTime(time),
    reason: reasonOf(reason ? readAsn1(reason) : undefined),
    criticalUnknown: criticalExcept(found, [EXTENSION.reasonCode, EXTENSION.invalidityDate]),
  };
}

export type CrlProblem =
  | 'other-issuer'
  | 'issuer-may-not-sign'
  | 'scope-not-understood'
  | 'out-of-scope'
  | 'critical-extension'
  | 'signature-wrong'
  | 'algorithm-unsupported'
  | 'unreadable';

export type CrlJudgement =
  | { readonly ok: true /** null = not revoked */; readonly entry: CrlEntry | null }
  | { readonly ok: false; readonly problem: CrlProblem };

/**
 * Whether a CRL speaks of `subject` and is its issuer's (RFC 5280 §6.3.3 for complete CRLs of the issuer itself), and
 * what it says. How old it may be is the caller's affair.
 */
export function judgeCrl(crl: CrlFacts, subject: CertificateFacts, issuer: CertificateFacts): CrlJudgement {
  const problem = scopeProblem(crl, subject, issuer) ?? signatureProblem(crl, issuer);
  if (problem) return { ok: false, problem };
  try {
    const entry = findInCrl(crl, subject.serial);
    if (entry && entry.criticalUnknown.length > 0) return { ok: false, problem: 'critical-extension' };
    return { ok: true, entry: entry?.reason === 'removeFromCRL' ? null : entry };
  } catch (error) {
    if (error instanceof Asn1Error) return { ok: false, problem: 'unreadable' };
    throw error;
  }
}

function scopeProblem(crl: CrlFacts, subject: CertificateFacts, issuer: CertificateFacts): CrlProblem | null {
  if (crl.issuerKey !== issuer.subjectKey || crl.issuerKey !== subject.issuerKey) return 'other-issuer';
  if (issuer.keyUsage && !issuer.keyUsage[KEY_USAGE.crlSign]) return 'issuer-may-not-sign';
  if (crl.criticalUnknown.length > 0) return 'critical-extension';
  const { kind, addresses } = crl.scope;
  if (kind === 'not-understood') return 'scope-not-understood';
  if ((kind === 'user-only' && subject.isCa) || (kind === 'authority-only' && !subject.isCa))
    return 'out-of-scope';
  if (addresses && !addresses.some((a) => subject.crlUrls.includes(a))) return 'out-of-scope';
  return null;
}

function signatureProblem(
  { scheme, signed, signature }: CrlFacts,
  issuer: CertificateFacts,
): CrlProblem | null {
  const outcome = checkSignature({ key: issuer.x509.publicKey, scheme, data: signed, signature });
  if (outcome === 'good') return null;
  return outcome === 'bad' ? 'signature-wrong' : 'algorithm-unsupported';
}

/**
 * DER in and out. Out: octets are composed, so that what a hash depends on (certificates, names, serial numbers) is
 * carried over as it came and never encoded anew. In: a BER reader of our own (X.690 §8.1) for input from strangers;
 * depth, count and size are bounded, its time is linear in the octets, and it throws Asn1Error and nothing else.
 */
import { ObjectIdentifier } from 'asn1js';

export class Asn1Error extends Error {
  override readonly name = 'Asn1Error';
}

/** One element as it was read; `raw` includes tag and length and is the original octets. */
export interface Asn1Node {
  readonly cls: 'universal' | 'application' | 'context' | 'private';
  readonly tag: number;
  readonly constructed: boolean;
  readonly raw: Uint8Array;
  readonly content: Uint8Array;
  readonly children: readonly Asn1Node[];
  readonly oid: string | null;
}

export const TAG = { integer: 2, bits: 3, octets: 4, null: 5, oid: 6, sequence: 16, set: 17 } as const;

export interface Asn1Limits {
  readonly bytes: number;
  /** Elements inside elements. */
  readonly depth: number;
  /** Elements in all; each costs some 400 octets of memory. */
  readonly nodes: number;
}

/** Limits for input from strangers: a CMS with a long chain, time stamps and revocation data stays far below. */
export const ASN1_LIMITS: Asn1Limits = { bytes: 8 << 20, depth: 48, nodes: 60_000 };
const CLASSES = ['universal', 'application', 'context', 'private'] as const;
/** Septets of a long tag number, octets of a length, octets of an object identifier that are believed. */
const MAX_TAG_SEPTETS = 4;
const MAX_LENGTH_OCTETS = 8;
const MAX_OID_OCTETS = 128;

/**
 * Reads one element. Octets after it must be zero (the padding of a PDF's /Contents). The nodes are views of a copy,
 * so that `bytes` may be reused. Throws Asn1Error only.
 */
export function readAsn1(bytes: Uint8Array, limits: Asn1Limits = ASN1_LIMITS): Asn1Node {
  if (bytes.length > limits.bytes) throw new Asn1Error('too large');
  const octets = new Uint8Array(bytes);
  const { node, end } = readElement(octets, 0, octets.length, { limits, left: limits.nodes }, 0);
  for (let i = end; i < octets.length; i++) {
    if (octets[i] !== 0) throw new Asn1Error('trailing octets');
  }
  return node;
}

interface Reading {
  readonly limits: Asn1Limits;
  left: number;
}

interface Read {
  readonly node: Asn1Node;
  readonly end: number;
}

/** Recurses once a level, and levels are bounded; each octet of a header is looked at once. */
function readElement(octets: Uint8Array, at: number, end: number, reading: Reading, depth: number): Read {
  if (depth > reading.limits.depth) throw new Asn1Error('nested too deep');
  if (--reading.left < 0) throw new Asn1Error('too many elements');
  const { cls, constructed, tag, start, length } = readHeader(octets, at, end);
  const children: Asn1Node[] = [];
  let pos = start;
  let contentEnd = start + length;
  let next = contentEnd;
  if (length < 0) {
    // Indefinite (X.690 §8.1.3.6): elements up to an end-of-contents, which is two zero octets.
    for (;;) {
      if (pos + 2 > end) throw new Asn1Error('no end of contents');
      if (octets[pos] === 0 && octets[pos + 1] === 0) break;
      const inner = readElement(octets, pos, end, reading, depth + 1);
      children.push(inner.node);
      pos = inner.end;
    }
    contentEnd = pos;
    next = pos + 2;
  } else if (constructed) {
    while (pos < contentEnd) {
      const inner = readElement(octets, pos, contentEnd, reading, depth + 1);
      children.push(inner.node);
      pos = inner.end;
    }
  }
  const content = octets.subarray(start, contentEnd);
  const isOid = cls === 0 && tag === TAG.oid && !constructed;
  const node: Asn1Node = {
    cls: CLASSES[cls]!,
    tag,
    constructed,
    raw: octets.subarray(at, next),
    content,
    children,
    oid: isOid ? oidText(content) : null,
  };
  return { node, end: next };
}

interface Header {
  /** Index into CLASSES. */
  readonly cls: number;
  readonly constructed: boolean;
  readonly tag: number;
  readonly start: number;
  /** -1 where it is indefinite. */
  readonly length: number;
}

function readHeader(octets: Uint8Array, at: number, end: number): Header {
  let pos = at;
  const next = () => {
    if (pos >= end) throw new Asn1Error('cut');
    return octets[pos++]!;
  };
  const identifier = next();
  const constructed = (identifier & 0x20) !== 0;
  let tag = identifier & 0x1f;
  if (tag === 0x1f) {
    tag = 0;
    for (let i = 0, more = true; more; i++) {
      if (i === MAX_TAG_SEPTETS) throw new Asn1Error('tag too large');
      const octet = next();
      tag = tag * 128 + (octet & 0x7f);
      more = octet > 0x7f;
    }
  }
  const length = readLength(next, constructed);
  if (length > end - pos) throw new Asn1Error('length');
  return { cls: identifier >> 6, constructed, tag, start: pos, length };
}

function readLength(next: () => number, constructed: boolean): number {
  const first = next();
  if (first < 0x80) return first;
  if (first === 0x80) {
    if (!constructed) throw new Asn1Error('indefinite length of a primitive');
    return -1;
  }
  const octets = first & 0x7f;
  if (octets > MAX_LENGTH_OCTETS) throw new Asn1Error('length');
  let length = 0;
  for (let i = 0; i < octets; i++) length = length * 256 + next();
  return length;
}

/** Dotted notation; null for what is no object identifier, or one with padded arcs (X.690 §8.19.2). */
function oidText(content: Uint8Array): string | null {
  if (content.length === 0 || content.length > MAX_OID_OCTETS || content.at(-1)! > 0x7f) return null;
  const arcs: (number | bigint)[] = [];
  let arc: number | bigint = 0;
  let fresh = true;
  for (const octet of content) {
    if (fresh && octet === 0x80) return null;
    const septet = octet & 0x7f;
    if (typeof arc === 'number' && arc < 2 ** 45) arc = arc * 128 + septet;
    else arc = BigInt(arc) * 128n + BigInt(septet);
    fresh = octet < 0x80;
    if (!fresh) continue;
    if (arcs.length === 0) {
      const root: number = arc < 40 ? 0 : arc < 80 ? 1 : 2;
      arcs.push(root);
      arc = typeof arc === 'number' ? arc - 40 * root : arc - BigInt(40 * root);
    }
    arcs.push(arc);
    arc = 0;
  }
  return arcs.join('.');
}

export function isUniversal(node: Asn1Node | undefined, tag: number): node is Asn1Node {
  return node?.cls === 'universal' && node.tag === tag;
}

export function isContext(node: Asn1Node | undefined, tag: number): node is Asn1Node {
  return node?.cls === 'context' && node.tag === tag;
}

/** The element, which must be universal with this tag. */
export function expect(node: Asn1Node | undefined, tag: number): Asn1Node {
  if (!isUniversal(node, tag)) throw new Asn1Error(`expected tag ${tag}`);
  return node;
}

export function expectOid(node: Asn1Node | undefined): string {
  if (!node?.oid) throw new Asn1Error('expected an object identifier');
  return node.oid;
}

/** A non-negative INTEGER below 2^31. */
export function expectSmallInteger(node: Asn1Node | undefined): number {
  const { content } = expect(node, TAG.integer);
  if (content.length === 0 || content.length > 5 || content[0]! > 0x7f)
    throw new Asn1Error('number too large');
  const value = content.reduce((sum, octet) => sum * 256 + octet, 0);
  if (value > 0x7fffffff) throw new Asn1Error('number too large');
  return value;
}

/** Contents of an OCTET STRING, also of a BER one in pieces, which are joined once however deep they lie. */
export function octetsOf(node: Asn1Node): Uint8Array {
  if (!node.constructed) return node.content;
  const pieces: Uint8Array[] = [];
  const gather = (part: Asn1Node): void => {
    if (part.constructed) part.children.forEach(gather);
    else pieces.push(part.content);
  };
  gather(node);
  return concat(pieces);
}

/** One element from an identifier octet and its contents. */
export function der(identifier: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const length = parts.reduce((sum, p) => sum + p.length, 0);
  return concat([Uint8Array.from([identifier, ...lengthOctets(length)]), ...parts]);
}

function lengthOctets(length: number): number[] {
  if (length < 0x80) return [length];
  const octets: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) octets.unshift(rest % 256);
  return [0x80 | octets.length, ...octets];
}

export const sequence = (...parts: readonly Uint8Array[]): Uint8Array => der(0x30, ...parts);
export const octetString = (value: Uint8Array): Uint8Array => der(0x04, value);
/** Constructed, context-specific: EXPLICIT around an element, or IMPLICIT over a constructed one's contents. */
export const context = (tag: number, ...parts: readonly Uint8Array[]): Uint8Array =>
  der(0xa0 | tag, ...parts);
export const DER_NULL = Uint8Array.of(0x05, 0x00);

export function objectIdentifier(oid: string): Uint8Array {
  return new Uint8Array(new ObjectIdentifier({ value: oid }).toBER());
}

/** DER INTEGER of an unsigned big-endian number. */
export function unsignedInteger(value: Uint8Array): Uint8Array {
  let start = 0;
  while (start < value.length - 1 && value[start] === 0) start++;
  const trimmed = value.length === 0 ? Uint8Array.of(0) : value.subarray(start);
  return trimmed[0]! > 0x7f ? der(0x02, Uint8Array.of(0), trimmed) : der(0x02, trimmed);
}

/** SET OF in DER: the elements in ascending order of their encodings (X.690 §11.6). */
export function setOf(identifier: number, elements: readonly Uint8Array[]): Uint8Array {
  return der(identifier, ...[...elements].sort(compareOctets));
}

export function compareOctets(a: Uint8Array, b: Uint8Array): number {
  return Buffer.compare(a, b);
}

export function equalOctets(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}

export function concat(parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(Buffer.concat(parts));
}

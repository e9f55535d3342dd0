/**
 * DER in and out. Out: octets are composed, so that what a hash depends on (certificates, names, serial numbers) is
 * carried over as it came and never encoded anew. In: asn1js reads, within limits on depth, count and size.
 */
import { type BaseBlock, fromBER, ObjectIdentifier } from 'asn1js';

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

/** Limits for input from strangers: a CMS with a long chain, time stamps and revocation data stays far below. */
const LIMITS = { bytes: 8 << 20, maxDepth: 48, maxNodes: 60_000 } as const;
const CLASSES = ['universal', 'application', 'context', 'private'] as const;

/** Reads one element. Octets after it must be zero (the padding of a PDF's /Contents). Throws Asn1Error only. */
export function readAsn1(bytes: Uint8Array): Asn1Node {
  if (bytes.length > LIMITS.bytes) throw new Asn1Error('too large');
  const { result, offset } = decode(bytes);
  if (offset <= 0 || result.error) throw new Asn1Error(result.error || 'unreadable');
  for (let i = offset; i < bytes.length; i++) {
    if (bytes[i] !== 0) throw new Asn1Error('trailing octets');
  }
  return wrap(result);
}

function decode(bytes: Uint8Array): { result: BaseBlock; offset: number } {
  try {
    // A copy in an ArrayBuffer of its own: small Buffers share one with strangers.
    return fromBER(Uint8Array.from(bytes), {
      maxDepth: LIMITS.maxDepth,
      maxNodes: LIMITS.maxNodes,
      maxContentLength: LIMITS.bytes,
      parseEmbedded: false,
    });
  } catch (cause) {
    throw new Asn1Error('unreadable', { cause });
  }
}

function wrap(block: BaseBlock): Asn1Node {
  const raw = block.valueBeforeDecodeView;
  const inner = (block.valueBlock as { value?: unknown }).value;
  return {
    cls: CLASSES[block.idBlock.tagClass - 1] ?? 'private',
    tag: block.idBlock.tagNumber,
    constructed: block.idBlock.isConstructed,
    raw,
    content: raw.subarray(block.idBlock.blockLength + block.lenBlock.blockLength),
    children: block.idBlock.isConstructed && Array.isArray(inner) ? (inner as BaseBlock[]).map(wrap) : [],
    oid: block instanceof ObjectIdentifier ? block.valueBlock.toString() : null,
  };
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

/** Contents of an OCTET STRING, also of a BER one in pieces. */
export function octetsOf(node: Asn1Node): Uint8Array {
  return node.constructed ? concat(node.children.map(octetsOf)) : node.content;
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

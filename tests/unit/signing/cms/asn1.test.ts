import { ObjectIdentifier } from 'asn1js';
import { describe, expect, it } from 'vitest';
import {
  ASN1_LIMITS,
  Asn1Error,
  type Asn1Node,
  concat,
  der,
  objectIdentifier,
  octetsOf,
  readAsn1,
  sequence,
} from '../../../../src/main/signing/cms/asn1.ts';

const bytes = (...octets: number[]) => Uint8Array.from(octets);
const refusal = (octets: Uint8Array): string => {
  try {
    readAsn1(octets);
  } catch (error) {
    if (error instanceof Asn1Error) return error.message;
    throw error;
  }
  return 'read';
};

/** `unit` over and over in one SEQUENCE, up to the size that is read at all. */
function filled(...unit: number[]): Uint8Array {
  const count = Math.floor((ASN1_LIMITS.bytes - 8) / unit.length);
  return der(0x30, Buffer.alloc(count * unit.length, Buffer.from(unit)));
}

describe('reading ASN.1', () => {
  it('gives header, contents and children as they came, and forgives zeros behind them', () => {
    const inner = bytes(0x02, 0x01, 0x05);
    const node = readAsn1(concat([sequence(inner, bytes(0xbf, 0x81, 0x02, 0x00)), new Uint8Array(9)]));
    expect(node).toMatchObject({ cls: 'universal', tag: 16, constructed: true, oid: null });
    expect([...node.raw]).toEqual([0x30, 7, 2, 1, 5, 0xbf, 0x81, 2, 0]);
    expect(node.children.map((c) => [c.cls, c.tag, c.constructed])).toEqual([
      ['universal', 2, false],
      ['context', 130, true],
    ]);
    expect([...node.children[0]!.raw]).toEqual([...inner]);
  });

  it('reads indefinite lengths, and joins an octet string that comes in pieces of pieces', () => {
    const node = readAsn1(
      bytes(0x30, 0x80, 0x24, 0x80, 0x04, 0x01, 0x61, 0x24, 0x03, 0x04, 0x01, 0x62, 0, 0, 0, 0),
    );
    expect(Buffer.from(octetsOf(node.children[0]!)).toString()).toBe('ab');
    expect(node.children[0]!.raw.length).toBe(12);
    expect(node.raw.length).toBe(16);
  });

  it('does not follow what is written into the octets afterwards', () => {
    const octets = sequence(bytes(0x02, 0x01, 0x05));
    const node = readAsn1(octets);
    octets.fill(0);
    expect(node.children[0]!.content[0]).toBe(5);
  });

  it.each([
    '0.0',
    '1.39.1',
    '2.5.4.3',
    '2.999.3',
    '1.2.840.113549.1.9.16.2.47',
    '2.16.840.1.101.3.4.2.1',
    '1.3.6.1.4.1.4294967295.1',
  ])('names %s as OpenSSL and asn1js do', (oid) => {
    expect(new ObjectIdentifier({ value: oid }).valueBlock.toString()).toBe(oid);
    expect(readAsn1(objectIdentifier(oid)).oid).toBe(oid);
  });

  it('keeps arcs beyond 2^53 apart, and does not name padded or unfinished ones', () => {
    const arc = (last: number) => bytes(0x06, 11, 0x2a, ...Array<number>(9).fill(0xff), last);
    expect(readAsn1(arc(0x7f)).oid).toBe(`1.2.${2n ** 70n - 1n}`);
    expect(readAsn1(arc(0x7e)).oid).toBe(`1.2.${2n ** 70n - 2n}`);
    expect(readAsn1(bytes(0x06, 2, 0x80, 0x01)).oid).toBeNull();
    expect(readAsn1(bytes(0x06, 2, 0x2a, 0x81)).oid).toBeNull();
    expect(readAsn1(bytes(0x06, 0)).oid).toBeNull();
  });

  it.each([
    ['nothing', []],
    ['a lone identifier', [0x30]],
    ['a length beyond the end', [0x30, 0x03, 0x02, 0x01]],
    ['a length cut short', [0x30, 0x84, 0x00, 0x00]],
    ['the reserved length', [0x30, 0xff, 0x00]],
    ['a length of nine octets', [0x04, 0x89, 0, 0, 0, 0, 0, 0, 0, 0, 0]],
    ['a length of 2^64 - 1', [0x04, 0x88, 255, 255, 255, 255, 255, 255, 255, 255]],
    ['an indefinite primitive', [0x04, 0x80, 0, 0]],
    ['no end of contents', [0x30, 0x80, 0x05, 0x00, 0x00]],
    ['a child beyond its parent', [0x30, 0x02, 0x04, 0x01, 0x61]],
    ['a tag number without end', [0x9f, 0xff, 0xff, 0xff, 0xff, 0x7f]],
    ['more behind it', [0x05, 0x00, 0x01]],
  ])('refuses %s', (_, octets) => {
    expect(refusal(bytes(...octets))).not.toBe('read');
  });

  it.each([
    ['nulls', filled(5, 0), 'too many elements'],
    ['empty object identifiers', filled(6, 0), 'too many elements'],
    ['open sequences', Buffer.alloc(ASN1_LIMITS.bytes, Buffer.from([0x30, 0x80])), 'nested too deep'],
    [
      'octet strings in pieces',
      Buffer.alloc(ASN1_LIMITS.bytes, Buffer.from([0x24, 0x80])),
      'nested too deep',
    ],
    ['one long tag', Buffer.alloc(ASN1_LIMITS.bytes, 0xff), 'tag too large'],
    ['an octet too many', new Uint8Array(ASN1_LIMITS.bytes + 1), 'too large'],
  ])('stays within its limits in 8 MB of %s', (_, octets, message) => {
    expect(refusal(octets)).toBe(message);
  });

  it('takes as much depth and as many elements as its limits say, and no more', () => {
    const nested = (depth: number) => {
      let node: Uint8Array = bytes(5, 0);
      for (let i = 0; i < depth; i++) node = sequence(node);
      return node;
    };
    expect(refusal(nested(ASN1_LIMITS.depth))).toBe('read');
    expect(refusal(nested(ASN1_LIMITS.depth + 1))).toBe('nested too deep');
    const limits = { ...ASN1_LIMITS, nodes: 3 };
    expect(readAsn1(sequence(bytes(5, 0), bytes(5, 0)), limits).children).toHaveLength(2);
    expect(() => readAsn1(sequence(bytes(5, 0), bytes(5, 0), bytes(5, 0)), limits)).toThrow(Asn1Error);
  });

  it('joins the pieces of 8 MB at the greatest depth once, not once a level', () => {
    let octets: Uint8Array = der(0x04, new Uint8Array(ASN1_LIMITS.bytes - 512));
    for (let i = 0; i < ASN1_LIMITS.depth; i++) octets = der(0x24, octets);
    const node: Asn1Node = readAsn1(octets);
    expect(octetsOf(node).length).toBe(ASN1_LIMITS.bytes - 512);
  });
});

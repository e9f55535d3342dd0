import { describe, expect, it } from 'vitest';
import {
  type PdfDict,
  PdfName,
  type PdfObject,
  PdfRef,
  type PdfString,
  textOf,
  textString,
} from '../../../../src/main/pdf/reader/objects.ts';
import { Parser } from '../../../../src/main/pdf/reader/parser.ts';
import { serialize } from '../../../../src/main/pdf/reader/serialize.ts';

const parse = (text: string): PdfObject => new Parser(Buffer.from(text, 'latin1')).object();

describe('object parser', () => {
  it.each([
    ['null', null],
    ['true', true],
    ['-17', -17],
    ['+.5', 0.5],
    ['34.', 34],
    ['--3', -3],
  ])('reads %s', (text, value) => {
    expect(parse(text)).toBe(value);
  });

  it('tells a reference from two numbers', () => {
    const array = parse('[1 0 R 1 0 2 0 R 7]') as readonly PdfObject[];
    expect(array).toEqual([new PdfRef(1, 0), 1, 0, new PdfRef(2, 0), 7]);
  });

  it('reads names with escapes, strings with nesting, escapes and line ends, and hexadecimal of odd length', () => {
    expect(parse('/A#20B#2f')).toEqual(new PdfName('A B/'));
    const string = parse('(a(b)\\)\\053\\\r\nc\r\nd\\q)') as PdfString;
    expect(Buffer.from(string.bytes).toString('latin1')).toBe('a(b))+c\ndq');
    expect(Buffer.from((parse('<48 6\n5 6>') as PdfString).bytes).toString('latin1')).toBe('He`');
  });

  it('passes over comments and takes keys with null for absent', () => {
    const dict = parse('<</A % [ << (\n 1/B null/C[]>>') as PdfDict;
    expect([...dict.entries]).toEqual([
      ['A', 1],
      ['C', []],
    ]);
  });

  it.each(['<</A 1', '[1 2', '(open', '<48', '<</A>>', '<<1 2>>', '<4G>', 'what', ''])(
    'names the damage in %j',
    (text) => {
      expect(() => parse(text)).toThrow(expect.objectContaining({ code: 'PDF_UNREADABLE' }) as Error);
    },
  );

  it('refuses nesting that would exhaust the stack', () => {
    expect(() => parse('['.repeat(200_000))).toThrow(
      expect.objectContaining({ details: { reason: 'nesting-too-deep' } }) as Error,
    );
    expect(() => parse('<</A'.repeat(200_000))).toThrow(
      expect.objectContaining({ details: { reason: 'nesting-too-deep' } }) as Error,
    );
  });

  it('writes what it reads', () => {
    const text = '<</A#20B [1 -0.5 true (x\\)\\\\) <00ff> 3 0 R null] /D <</E /F>>>>';
    expect(parse(serialize(parse(text)))).toEqual(parse(text));
    expect(serialize(0.000_000_1)).toBe('0');
    expect(serialize(1e21)).not.toContain('e');
  });

  it('carries Vietnamese text strings there and back', () => {
    expect(textOf(parse(serialize(textString('Ủy ban nhân dân xã'))))).toBe('Ủy ban nhân dân xã');
    expect(textOf(parse(serialize(textString('Plain (text)'))))).toBe('Plain (text)');
  });
});

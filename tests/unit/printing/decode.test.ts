import { describe, expect, it } from 'vitest';
import { CounterError } from '../../../src/contract/errors.ts';
import { decodeResponse } from '../../../src/main/printing/ipp/decode.ts';
import { encodeRequest } from '../../../src/main/printing/ipp/encode.ts';
import { GROUP, groupOf, rangeOf, TAG, textsOf } from '../../../src/main/printing/ipp/message.ts';
import { answer, group, int, value } from './ipp-octets.ts';

const range = (lower: number, upper: number) => {
  const octets = Buffer.alloc(8);
  octets.writeInt32BE(lower);
  octets.writeInt32BE(upper, 4);
  return octets;
};

const collection = [
  value(TAG.beginCollection, 'media-col-default', ''),
  value(TAG.memberName, '', 'media-size'),
  value(TAG.beginCollection, '', ''),
  value(TAG.memberName, '', 'x-dimension'),
  int('', 21000),
  value(TAG.endCollection, '', ''),
  value(TAG.endCollection, '', ''),
];

const GOOD = answer(
  0,
  7,
  group(
    GROUP.printer,
    value(TAG.keyword, 'sides-supported', 'one-sided'),
    value(TAG.keyword, '', 'two-sided-long-edge'),
    value(TAG.range, 'copies-supported', range(1, 99)),
    value(TAG.textWithLanguage, 'printer-info', Buffer.from('\0\u0002vi\0\u0007Máy in')),
    value(TAG.boolean, 'printer-is-accepting-jobs', Buffer.from([1])),
    value(TAG.noValue, 'printer-message-from-operator', ''),
    ...collection,
    int('printer-state', 3, TAG.enum),
    value(0x7f, 'of-a-tag-of-tomorrow', 'abc'),
    value(TAG.keyword, 'sides-supported', 'a doubled attribute'),
  ),
);

describe('an answer in IPP', () => {
  it('is read, and what follows a collection too', () => {
    const response = decodeResponse(GOOD);
    const printer = groupOf(response, GROUP.printer);
    expect([response.status, response.requestId]).toEqual([0, 7]);
    expect(textsOf(printer, 'sides-supported')).toEqual(['one-sided', 'two-sided-long-edge']);
    expect(rangeOf(printer, 'copies-supported')).toEqual({ lower: 1, upper: 99 });
    expect(Object.fromEntries(printer.attributes)).toMatchObject({
      'printer-info': ['Máy in'],
      'printer-is-accepting-jobs': [true],
      'printer-message-from-operator': [null],
      'media-col-default': [null],
      'printer-state': [3],
      'of-a-tag-of-tomorrow': [null],
    });
  });

  it.each(Array.from({ length: GOOD.length }, (_, length) => length))(
    'that is cut after %i octets is refused by name',
    (length) => {
      expect(() => decodeResponse(GOOD.subarray(0, length))).toThrow(
        expect.objectContaining({ code: 'PRINTER_PROTOCOL' }),
      );
    },
  );

  it.each([
    ['of another protocol', Buffer.from('HTTP/1.1 400 Bad Request\r\n')],
    ['with a delimiter of no group', Buffer.from('0200000000000001' + '00' + '03', 'hex')],
    ['whose first value has no name', answer(0, 1, group(GROUP.printer, int('', 5)))],
    ['with a short number', answer(0, 1, group(GROUP.printer, value(TAG.integer, 'a', 'abc')))],
    ['with a long flag', answer(0, 1, group(GROUP.printer, value(TAG.boolean, 'a', 'ab')))],
    ['with a short range', answer(0, 1, group(GROUP.printer, value(TAG.range, 'a', 'abcd')))],
    [
      'with a language that is cut',
      answer(0, 1, group(GROUP.printer, value(TAG.textWithLanguage, 'a', '\0'))),
    ],
    [
      'with a collection without end',
      answer(0, 1, group(GROUP.printer, value(TAG.beginCollection, 'a', ''))),
    ],
    [
      'with collections without bottom',
      answer(
        0,
        1,
        group(
          GROUP.printer,
          value(TAG.beginCollection, 'a', ''),
          ...Array.from({ length: 5000 }, () => value(TAG.beginCollection, '', '')),
        ),
      ),
    ],
    ['with too many groups', answer(0, 1, ...Array.from({ length: 3000 }, () => group(GROUP.job)))],
    [
      'with too many values',
      answer(0, 1, group(GROUP.job, int('a', 1), ...Array.from({ length: 60_000 }, () => int('', 1)))),
    ],
  ])('%s is refused by name', (_name, octets) => {
    expect(() => decodeResponse(octets)).toThrow(expect.objectContaining({ code: 'PRINTER_PROTOCOL' }));
  });

  it('is read or refused by name, and nothing else, however its octets are turned over', () => {
    // A small generator with a fixed seed, so that a failure comes again (Numerical Recipes' constants).
    let state = 12345;
    const next = (below: number) => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return state % below;
    };
    const outcomes = new Set<string>();
    for (let round = 0; round < 3000; round++) {
      const octets = Buffer.from(GOOD);
      for (let hit = 0; hit <= next(4); hit++) octets[next(octets.length)] = next(256);
      try {
        decodeResponse(octets);
        outcomes.add('read');
      } catch (error) {
        if (!(error instanceof CounterError)) throw error;
        outcomes.add(error.code);
      }
    }
    expect([...outcomes].sort()).toEqual(['PRINTER_PROTOCOL', 'read']);
  });

  it('keeps a text bounded and on one line', () => {
    const octets = answer(0, 1, group(GROUP.printer, value(TAG.text, 'a', `x\n${'y'.repeat(60_000)}`)));
    const [text] = textsOf(groupOf(decodeResponse(octets), GROUP.printer), 'a');
    expect([text!.length, text!.slice(0, 3)]).toEqual([4096, 'x y']);
  });
});

describe('a request in IPP', () => {
  it('says its charset and language first and has the octets of the standard', () => {
    const octets = encodeRequest({
      version: '2.0',
      operation: 0x0002,
      requestId: 0x01020304,
      operationFields: [{ name: 'printer-uri', tag: TAG.uri, values: ['ipp://p/'] }],
      jobFields: [
        { name: 'copies', tag: TAG.integer, values: [2] },
        { name: 'k', tag: TAG.keyword, values: ['a', 'bc'] },
      ],
    });
    const expected = Buffer.concat([
      Buffer.from('0200000201020304', 'hex'),
      Buffer.from([GROUP.operation]),
      value(TAG.charset, 'attributes-charset', 'utf-8'),
      value(TAG.naturalLanguage, 'attributes-natural-language', 'vi'),
      value(TAG.uri, 'printer-uri', 'ipp://p/'),
      Buffer.from([GROUP.job]),
      int('copies', 2),
      value(TAG.keyword, 'k', 'a'),
      value(TAG.keyword, '', 'bc'),
      Buffer.from([GROUP.end]),
    ]);
    expect(octets.equals(expected)).toBe(true);
  });
});

import { describe, expect, it } from 'vitest';
import {
  dongInDigits,
  dongInWords,
  MOST_IN_WORDS,
  numberInWords,
} from '../../../src/main/slips/amount-in-words.ts';

describe('a number in words', () => {
  it.each([
    [0, 'không'],
    [1, 'một'],
    [4, 'bốn'],
    [5, 'năm'],
    [10, 'mười'],
    [11, 'mười một'],
    [15, 'mười lăm'],
    [20, 'hai mươi'],
    [21, 'hai mươi mốt'],
    [24, 'hai mươi bốn'],
    [55, 'năm mươi lăm'],
    [91, 'chín mươi mốt'],
    [100, 'một trăm'],
    [101, 'một trăm linh một'],
    [105, 'một trăm linh năm'],
    [110, 'một trăm mười'],
    [111, 'một trăm mười một'],
    [115, 'một trăm mười lăm'],
    [121, 'một trăm hai mươi mốt'],
    [1_000, 'một nghìn'],
    [1_001, 'một nghìn không trăm linh một'],
    [1_010, 'một nghìn không trăm mười'],
    [8_000, 'tám nghìn'],
    [15_000, 'mười lăm nghìn'],
    [21_005, 'hai mươi mốt nghìn không trăm linh năm'],
    [100_000, 'một trăm nghìn'],
    [1_000_000, 'một triệu'],
    [1_000_005, 'một triệu không trăm linh năm'],
    [1_005_000, 'một triệu không trăm linh năm nghìn'],
    [1_205_015, 'một triệu hai trăm linh năm nghìn không trăm mười lăm'],
    [1_234_567, 'một triệu hai trăm ba mươi bốn nghìn năm trăm sáu mươi bảy'],
    [1_000_000_000, 'một tỷ'],
    [1_000_000_001, 'một tỷ không trăm linh một'],
    [10_000_000_000, 'mười tỷ'],
    [1_005_000_000_000, 'một nghìn không trăm linh năm tỷ'],
    [
      MOST_IN_WORDS,
      'chín trăm chín mươi chín nghìn chín trăm chín mươi chín tỷ ' +
        'chín trăm chín mươi chín triệu chín trăm chín mươi chín nghìn chín trăm chín mươi chín',
    ],
  ])('%i is %s', (value, words) => {
    expect(numberInWords(value)).toBe(words);
  });

  it('is refused where it is no whole number, negative or beyond what has a name', () => {
    for (const value of [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, MOST_IN_WORDS + 1, 2 ** 60]) {
      expect(() => numberInWords(value)).toThrow(RangeError);
    }
  });

  it('follows the southern style where the unit asks for it', () => {
    expect(numberInWords(2_105, { gap: 'lẻ', thousand: 'ngàn' })).toBe('hai ngàn một trăm lẻ năm');
  });

  it('reads back as the same number, for every number to 20,000 and 100,000 of all sizes', () => {
    for (let value = 0; value <= 20_000; value++) expect(readBack(numberInWords(value))).toBe(value);
    const next = sequence(20_260_203);
    for (let i = 0; i < 100_000; i++) {
      const size = 1 + Math.floor(next() * 15);
      // Every fourth number has zeros in its middle, where groups are skipped.
      const raw = Math.floor(next() * 10 ** size);
      const value = i % 4 === 0 ? raw - (raw % 10 ** Math.floor(size / 2)) + Math.floor(next() * 10) : raw;
      const words = numberInWords(value);
      if (readBack(words) !== value) throw new Error(`${value} was said as ${words}`);
    }
  });
});

describe('an amount of money', () => {
  it('begins with a large letter and names đồng', () => {
    expect(dongInWords(0)).toBe('Không đồng');
    expect(dongInWords(5_000)).toBe('Năm nghìn đồng');
    expect(dongInWords(1_500_000)).toBe('Một triệu năm trăm nghìn đồng');
  });

  it('is written with points between thousands', () => {
    expect([0, 7, 999, 1000, 15_000, 1_234_567].map(dongInDigits)).toEqual([
      '0',
      '7',
      '999',
      '1.000',
      '15.000',
      '1.234.567',
    ]);
  });
});

/** A reader of number words that shares nothing with the writer: each word moves a running sum. */
function readBack(words: string): number {
  const ONES: Record<string, number> = {
    không: 0,
    một: 1,
    mốt: 1,
    hai: 2,
    ba: 3,
    bốn: 4,
    năm: 5,
    lăm: 5,
    sáu: 6,
    bảy: 7,
    tám: 8,
    chín: 9,
  };
  let billions = 0;
  let total = 0;
  let group = 0;
  let digit = 0;
  for (const word of words.split(' ')) {
    if (word in ONES) digit = ONES[word]!;
    else if (word === 'mười') digit = 10;
    else if (word === 'linh') continue;
    else if (word === 'mươi') {
      group += digit * 10;
      digit = 0;
      continue;
    } else if (word === 'trăm') {
      group += digit * 100;
      digit = 0;
      continue;
    } else if (word === 'nghìn' || word === 'triệu') {
      total += (group + digit) * (word === 'nghìn' ? 1000 : 1_000_000);
      group = 0;
      digit = 0;
      continue;
    } else if (word === 'tỷ') {
      billions = total + group + digit;
      total = 0;
      group = 0;
      digit = 0;
      continue;
    } else throw new Error(`unknown word ${word}`);
    if (word === 'mười') {
      group += 10;
      digit = 0;
    }
  }
  return billions * 1_000_000_000 + total + group + digit;
}

/** Pseudo-random numbers of 0 … 1, the same in every run. */
function sequence(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

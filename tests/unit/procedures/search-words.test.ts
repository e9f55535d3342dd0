import { describe, expect, it } from 'vitest';
import {
  cutApart,
  knownWord,
  type Lexicon,
  likenessTo,
  slipCost,
  withoutTypingMarks,
} from '../../../src/main/procedures/search-words.ts';

/** Cost by the plain recurrence over all prefixes, without the short cuts of the one under test. */
function slowCost(a: string, b: string): number {
  const memo = new Map<string, number>();
  const cost = (i: number, j: number): number => {
    if (i === 0) return j;
    if (j === 0) return i;
    const key = `${i},${j}`;
    const known = memo.get(key);
    if (known !== undefined) return known;
    const options = [
      cost(i - 1, j) + 1,
      cost(i, j - 1) + 1,
      cost(i - 1, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1),
    ];
    if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
      options.push(cost(i - 2, j - 2) + 1);
    const least = Math.min(...options);
    memo.set(key, least);
    return least;
  };
  return cost(a.length, b.length);
}

function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) & 0x7fffffff;
    return state / 0x7fffffff;
  };
}

describe('the cost of slips', () => {
  it('is never more than plain edit distance, nothing only for the same word, and the same both ways for one letter', () => {
    const next = random(7);
    const word = () =>
      Array.from({ length: 1 + Math.floor(next() * 6) }, () => 'abdkhns'[Math.floor(next() * 7)]).join('');
    for (let i = 0; i < 20_000; i += 1) {
      const a = word();
      const b = word();
      const cost = slipCost(a, b, 99);
      expect(cost).toBeLessThanOrEqual(slowCost(a, b));
      expect(cost).toBeGreaterThanOrEqual(0.5 * slowCost(a, b) - 1e-9);
      expect(cost === 0).toBe(a === b);
    }
  });

  it('gives up beyond its limit', () => {
    expect(slipCost('khaisinh', 'xxxxxxxx', 1)).toBeGreaterThan(1);
  });

  it('is less for swapped letters, neighbouring keys and what sounds alike than for any other letter', () => {
    const any = slipCost('ket', 'kqt', 9);
    for (const [a, b] of [
      ['kte', 'ket'],
      ['ketr', 'kett'],
      ['sinh', 'xinh'],
    ] as const) {
      expect(slipCost(a, b, 9)).toBeLessThan(any);
    }
  });
});

describe('typing programs that were off', () => {
  it.each([
    ['ddangs', 'dang'],
    ['ddawng', 'dang'],
    ['nguyeenx', 'nguyen'],
    ['kys', 'ky'],
    ['thuwowngf', 'thuong'],
    ['giaays', 'giay'],
    ['chuwngs', 'chung'],
    ['hoonj', 'hon'],
    ['d9a8ng', 'dang'],
    ['ky1', 'ky'],
    ['khai', 'khai'],
    ['sinh', 'sinh'],
    ['xac', 'xac'],
    ['1', '1'],
    ['', ''],
  ])('%s was meant to be %s', (typed, word) => {
    expect(withoutTypingMarks(typed)).toBe(word);
  });
});

describe('likeness', () => {
  const like = (typed: string, word: string, isLast = true) => likenessTo(typed, isLast)(knownWord(word));
  it.each([
    ['khai', 'khai', 'khoi'],
    ['ki', 'ky', 'ke'],
    ['khia', 'khai', 'khon'],
    ['thuogn', 'thuong', 'thung'],
    ['kh', 'khai', 'ket'],
    ['hom', 'hon', 'han'],
  ])('%s is more %s than %s', (typed, near, far) => {
    expect(like(typed, near)).toBeGreaterThan(like(typed, far));
  });
  it('finds nothing alike in unlike words', () => {
    for (const [a, b] of [
      ['xyz', 'khai'],
      ['qz', 'dat'],
      ['2026', '2025'],
    ] as const)
      expect(like(a, b)).toBe(0);
  });
});

describe('words run together', () => {
  const names = ['dang ky ket hon', 'ke khai thue', 'thon ban', 'dang ky khai sinh'];
  const words = new Set(names.flatMap((n) => n.split(' ')));
  const lexicon: Lexicon = {
    has: (word) => words.has(word),
    follows: (a, b) => names.some((n) => ` ${n} `.includes(` ${a} ${b} `)),
  };
  it.each([
    ['kethon', ['ket', 'hon']],
    ['dangkykethon', ['dang', 'ky', 'ket', 'hon']],
    ['khaisinh', ['khai', 'sinh']],
    ['khai', null],
    ['khaix', null],
    ['a'.repeat(5000), null],
  ])('%s is %j', (run, expected) => {
    expect(cutApart(run, lexicon)).toEqual(expected);
  });
});

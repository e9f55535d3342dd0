/** A small generator (mulberry32), so that a seed gives the same cases everywhere. */
export interface Random {
  /** A whole number from 0 up to, without, n. */
  below(n: number): number;
  between(from: number, to: number): number;
  chance(of: number): boolean;
  pick<T>(list: readonly T[]): T;
}

export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (n: number) => Math.floor(next() * n);
  return {
    below,
    between: (from, to) => from + below(to - from + 1),
    chance: (of) => next() < of,
    pick: (list) => list[below(list.length)]!,
  };
}

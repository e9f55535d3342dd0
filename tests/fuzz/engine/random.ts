/** A stream of numbers that a seed determines (sfc32, by Chris Doty-Humphrey; public domain algorithm). */
export interface Random {
  /** 0 … n - 1. */
  below(n: number): number;
  /** True once in n times. */
  once(n: number): boolean;
  pick<T>(items: readonly T[]): T;
}

export function randomFrom(seed: string): Random {
  let [a, b, c, d] = [hash(seed, 1), hash(seed, 2), hash(seed, 3), 1];
  function next(): number {
    const t = (((a + b) | 0) + d) | 0;
    d = (d + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + t) | 0;
    return t >>> 0;
  }
  for (let i = 0; i < 16; i++) next();
  // The high bits are the better ones; the bias of the product is of no matter here.
  const below = (n: number) => Math.floor((next() / 0x1_0000_0000) * n);
  return {
    below,
    once: (n) => below(n) === 0,
    pick: (items) => items[below(items.length)]!,
  };
}

/** FNV-1a over the seed's text, started differently for each of the generator's words. */
function hash(text: string, start: number): number {
  let value = 0x811c9dc5 ^ start;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  return value | 0;
}

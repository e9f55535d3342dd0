import type { Target } from './target.ts';

/** A target with faults that are known, which shows that the harness finds them; no part of a run. */
export function plantedTarget(): Target {
  let held: Buffer | null = null;
  return {
    name: 'planted',
    covers: [],
    seeds: [Buffer.from('....')],
    limit: 16,
    next: (base, _other, random) => {
      const out = Buffer.from(base);
      out[random.below(out.length)] = random.pick([0x2e, 0x61, 0x62, 0x63]);
      return out;
    },
    run: (input) => {
      const text = Buffer.from(input).toString('latin1');
      if (text.startsWith('ab')) throw new TypeError('planted');
      if (text === 'bb.b') held = Buffer.alloc(320 * 1024 * 1024, 1);
      while (text === 'cabc') held = null;
      return `${text} ${held?.length ?? 0}`;
    },
  };
}

import { createHash, type Hash } from 'node:crypto';
import { PdfTooComplex } from '../../pdf/reader/objects.ts';
import type { ByteSource } from '../../pdf/reader/source.ts';
import { hashPart } from '../writing/hash.ts';

/** Hashes of a file's ByteRanges, of which each goes on from where the one before it left off. */
export interface RangeHasher {
  /** `range`: start 0, length, start, length; checked by `coverageOf`. Throws PDF_TOO_COMPLEX {limit: hashing}. */
  digest(range: readonly number[], algorithm: string): Promise<Uint8Array>;
  /** Lower-case hexadecimal SHA-256 of the whole file. */
  whole(): Promise<string>;
}

/** Signatures that were appended need each octet once, and what follows a hole once more. */
const PASSES = 4;
const SPARE = 64 << 20;

/**
 * Signatures of one file nearly share what they cover: asked in the order of what they cover, a file is read once
 * for all of them, however many there are. Ranges that were made to cost a pass each run into a limit.
 */
export function rangeHasher(source: ByteSource): RangeHasher {
  const states = new Map<string, { readonly hash: Hash; at: number }>();
  const left = new Map<string, number>();

  function spend(algorithm: string, octets: number): void {
    const rest = (left.get(algorithm) ?? PASSES * source.size + SPARE) - octets;
    if (rest < 0) throw new PdfTooComplex('hashing');
    left.set(algorithm, rest);
  }

  /** The hash over the first `end` octets; the kept state moves on to there where it is not beyond. */
  async function prefix(algorithm: string, end: number): Promise<Hash> {
    let state = states.get(algorithm);
    if (!state || state.at > end) state = { hash: createHash(algorithm), at: 0 };
    if (!states.has(algorithm)) states.set(algorithm, state);
    spend(algorithm, end - state.at);
    await hashPart(source, state.at, end - state.at, [state.hash]);
    state.at = end;
    return state.hash.copy();
  }

  return {
    async digest([, first, second, last], algorithm) {
      const hash = await prefix(algorithm, first!);
      spend(algorithm, last!);
      await hashPart(source, second!, last!, [hash]);
      return hash.digest();
    },
    whole: async () => (await prefix('sha256', source.size)).digest('hex'),
  };
}

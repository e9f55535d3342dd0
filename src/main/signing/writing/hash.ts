import { createHash, type Hash } from 'node:crypto';
import type { ByteSource } from '../../pdf/reader/source.ts';
import type { Hash as HashName } from '../cms/build.ts';

const CHUNK = 1 << 20;

/** Feeds part of a file to hashes; the next piece is read while the last one is hashed. */
export async function hashPart(
  source: ByteSource,
  from: number,
  length: number,
  hashes: readonly Hash[],
): Promise<void> {
  const memory = [0, 1].map(() => Buffer.allocUnsafe(Math.min(CHUNK, length)));
  let next = source.read(from, Math.min(CHUNK, length), memory[0]);
  for (let done = 0, turn = 1; done < length; turn = 1 - turn) {
    const piece = await next;
    if (piece.length === 0) throw Object.assign(new Error('the file ends too early'), { code: 'EIO' });
    done += piece.length;
    next = source.read(from + done, Math.min(CHUNK, length - done), memory[turn]);
    for (const hash of hashes) hash.update(piece);
  }
  await next;
}

/** The hash over a ByteRange of a file. */
export async function hashRanges(
  source: ByteSource,
  ranges: readonly number[],
  name: HashName,
): Promise<Uint8Array> {
  const hash = createHash(name);
  for (let i = 0; i + 1 < ranges.length; i += 2) await hashPart(source, ranges[i]!, ranges[i + 1]!, [hash]);
  return hash.digest();
}

/** Hashes over the first octets of a file, each going on from where the one before it left off. */
export interface PrefixHasher {
  /** A copy of the state over the first `end` octets. */
  (name: HashName, end: number): Promise<Hash>;
  /** Takes a state on over a part of the file. */
  over(state: Hash, from: number, length: number): Promise<Hash>;
}

/** SHA-256 over the first `at` octets. */
export interface KnownPrefix {
  readonly hash: Hash;
  readonly at: number;
}

/** Asked in rising order, a file is read once however many states are asked for; what is known is not read again. */
export function prefixHasher(source: ByteSource, known?: KnownPrefix): PrefixHasher {
  const states = new Map<HashName, { readonly hash: Hash; readonly at: number }>();
  if (known) states.set('sha256', { hash: known.hash.copy(), at: known.at });
  const prefix = async (name: HashName, end: number) => {
    const known = states.get(name);
    const { hash, at } = known && known.at <= end ? known : { hash: createHash(name), at: 0 };
    await hashPart(source, at, end - at, [hash]);
    states.set(name, { hash, at: end });
    return hash.copy();
  };
  const over = async (state: Hash, from: number, length: number) => {
    await hashPart(source, from, length, [state]);
    return state;
  };
  return Object.assign(prefix, { over });
}

import type { Random } from './random.ts';

/** Mutations that know nothing of a format: bits, octets, numbers, parts moved, doubled, taken from another input. */
export function mutateBytes(
  input: Uint8Array,
  other: Uint8Array,
  words: readonly Uint8Array[],
  random: Random,
  limit: number,
): Uint8Array {
  let out: Buffer = Buffer.from(input);
  for (let rounds = 1 + random.below(4); rounds > 0; rounds--) {
    if (out.length === 0) out = Buffer.of(random.below(256));
    out = step(out, other, words, random);
  }
  return out.length > limit ? out.subarray(0, limit) : out;
}

const OCTETS = [0x00, 0x01, 0x7f, 0x80, 0x81, 0x82, 0x84, 0x88, 0xff, 0x30, 0x20, 0x0a] as const;
const NUMBERS = [
  '0',
  '-1',
  '1',
  '99999',
  '65535',
  '65536',
  '2147483648',
  '4294967296',
  '9007199254740993',
  '-0',
  '0.5',
] as const;

function step(out: Buffer, other: Uint8Array, words: readonly Uint8Array[], random: Random): Buffer {
  const at = random.below(out.length);
  const length = 1 + random.below(random.once(4) ? out.length - at : Math.min(16, out.length - at));
  switch (random.below(10)) {
    case 0:
      out[at] = out[at]! ^ (1 << random.below(8));
      return out;
    case 1:
      out[at] = random.below(256);
      return out;
    case 2:
      out[at] = random.pick(OCTETS);
      return out;
    case 3:
      return spliced(out, at, length, Buffer.alloc(0));
    case 4:
      return spliced(out, random.below(out.length), 0, out.subarray(at, at + length));
    case 5:
      return spliced(out, at, random.once(2) ? 0 : length, partOf(other, random));
    case 6:
    case 7:
      return words.length === 0 ? out : spliced(out, at, random.once(2) ? 0 : length, random.pick(words));
    case 8:
      return otherNumber(out, at, random);
    default:
      return spliced(out, at, 0, Buffer.alloc(1 + random.below(64), out[at]));
  }
}

export function spliced(bytes: Buffer, at: number, removed: number, inserted: Uint8Array): Buffer {
  return Buffer.concat([bytes.subarray(0, at), inserted, bytes.subarray(at + removed)]);
}

function partOf(bytes: Uint8Array, random: Random): Uint8Array {
  if (bytes.length === 0) return bytes;
  const at = random.below(bytes.length);
  return bytes.subarray(at, at + 1 + random.below(Math.min(256, bytes.length - at)));
}

/** Replaces the decimal number nearest behind a place. */
function otherNumber(bytes: Buffer, from: number, random: Random): Buffer {
  const digit = (i: number) => bytes[i]! >= 0x30 && bytes[i]! <= 0x39;
  let start = from;
  while (start < bytes.length && !digit(start)) start++;
  let end = start;
  while (end < bytes.length && digit(end)) end++;
  if (start === end) return bytes;
  const value = Number(bytes.toString('latin1', start, end));
  const text = random.once(2) ? random.pick(NUMBERS) : String(Math.max(0, value + random.below(9) - 4));
  return spliced(bytes, start, end - start, Buffer.from(text, 'latin1'));
}

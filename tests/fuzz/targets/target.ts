import { CounterError } from '../../../src/contract/errors.ts';
import { Asn1Error } from '../../../src/main/signing/cms/asn1.ts';
import { mutateBytes } from '../engine/bytes.ts';
import type { Random } from '../engine/random.ts';
import { mutateDer } from '../grammar/der.ts';

/** A piece of code that reads what strangers send. */
export interface Target {
  readonly name: string;
  /** Part of the code whose coverage counts: paths below src/main. */
  readonly covers: readonly string[];
  readonly seeds: readonly Uint8Array[];
  /** Largest input that is made. */
  readonly limit: number;
  /** A new input, from one of the corpus and another to take parts of. */
  next(base: Uint8Array, other: Uint8Array, random: Random): Uint8Array;
  /** Reads it. Returns a short word for the outcome; throws where something leaves the code that must not. */
  run(input: Uint8Array): Promise<string> | string;
}

/** The name of a failure that may leave a parser; any other is a finding and is thrown on. */
export function expected(error: unknown, codes: readonly string[]): string {
  if (error instanceof CounterError && codes.includes(error.code)) {
    return `${error.code} ${String(error.details.reason ?? error.details.limit ?? '')}`;
  }
  throw error;
}

/** As `expected`, for what reads ASN.1 and nothing else. */
export function expectedAsn1(error: unknown): string {
  if (error instanceof Asn1Error) return `Asn1Error ${error.message}`;
  throw error;
}

/** Trees for the most part, octets for the rest. */
export function nextDer(base: Uint8Array, other: Uint8Array, random: Random, limit: number): Uint8Array {
  const bent = random.below(4) > 0 ? mutateDer(base, other, random, limit) : null;
  return bent ?? mutateBytes(base, other, [], random, limit);
}

export const NUMBERS_OF_PDF = ['PDF_UNREADABLE', 'PDF_TOO_COMPLEX', 'PDF_ENCRYPTED', 'PDF_NO_PAGES'] as const;

import { createHash } from 'node:crypto';
import { CounterError } from '../../../contract/errors.ts';
import { type Hash, signatureValueOf, withSignatureTimeStamp } from '../cms/build.ts';
import type { TimeStamper } from '../evidence/port.ts';
import { readToken } from './token.ts';

/** Every authority knows it, and the law takes it (TT 15/2025/TT-BKHCN, Annex I). */
export const STAMP_HASH: Hash = 'sha256';

/** The CMS with a time stamp over its signature (B-T). Throws TIMESTAMP_INVALID, and what the stamper throws. */
export async function stampedCms(
  cms: Uint8Array,
  timeStamper: TimeStamper,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const digest = createHash(STAMP_HASH).update(signatureValueOf(cms)).digest();
  return withSignatureTimeStamp(cms, await stampOver(digest, timeStamper, signal));
}

/** A token over the digest, looked at once more before it is built upon. Throws TIMESTAMP_INVALID. */
export async function stampOver(
  digest: Uint8Array,
  timeStamper: TimeStamper,
  signal: AbortSignal,
): Promise<Uint8Array> {
  assertGoesOn(signal);
  const token = await timeStamper.stamp(digest, STAMP_HASH, signal);
  const facts = readToken(token);
  if (!facts?.sound || !facts.stamps(digest, STAMP_HASH)) {
    throw new CounterError('TIMESTAMP_INVALID', { reason: 'imprint' });
  }
  assertGoesOn(signal);
  return token;
}

/** Throws CANCELLED once the signal has been given. */
export function assertGoesOn(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new CounterError('CANCELLED');
}

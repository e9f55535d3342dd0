import type { Hash } from 'node:crypto';
import { CounterError } from '../../../contract/errors.ts';
import type { ByteSource } from '../../pdf/reader/source.ts';
import { type Hash as HashName, verifyCms } from '../cms/build.ts';
import { findSignatures } from '../verifying/find.ts';

/**
 * Reads what was appended back from the disk and judges it as a verifier would. The base was hashed from the same
 * file, so `state`, the hash over it, is taken up again instead of reading it twice.
 * Throws SIGNATURE_SELF_CHECK_FAILED with `reason`.
 */
export async function selfCheck(
  source: ByteSource,
  baseSize: number,
  range: readonly [number, number, number, number],
  state: Hash,
  hashName: HashName,
): Promise<void> {
  const newest = (await findSignatures(source)).find((s) => s.byteRange?.every((n, i) => n === range[i]));
  if (!newest?.contents) throw failed('not-found');
  if (range[2] + range[3] !== source.size) throw failed('byte-range');
  const before = await source.read(baseSize, range[1] - baseSize);
  const behind = await source.read(range[2], range[3]);
  const digest = state.update(before).update(behind).digest();
  const verdict = await verifyCms(
    newest.contents,
    async (asked) => {
      if (asked !== hashName) throw failed('hash');
      return digest;
    },
    { trust: [], at: new Date() },
  ).catch((cause: unknown) => {
    if (cause instanceof CounterError && cause.code === 'SIGNATURE_UNREADABLE') throw failed('cms');
    throw cause;
  });
  if (!verdict.digestOk) throw failed('digest');
  if (!verdict.signatureOk) throw failed('signature');
  if (!verdict.signedAttributesOk) throw failed('attributes');
}

function failed(reason: string): CounterError {
  return new CounterError('SIGNATURE_SELF_CHECK_FAILED', { reason });
}

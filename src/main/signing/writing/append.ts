import type { Hash } from 'node:crypto';
import { CounterError } from '../../../contract/errors.ts';
import type { PdfDocument } from '../../pdf/reader/document.ts';
import type { PdfRef } from '../../pdf/reader/objects.ts';
import { byteRangeText, type SignatureBody } from './dictionary.ts';
import type { Update } from './update.ts';

/** 32 k hexadecimal digits, the least that the government's practice asks for. */
export const LEAST_HOLE = 16_384;
const MOST_HOLE = 1 << 20;
const ATTEMPTS = 3;

export type ByteRange = readonly [number, number, number, number];

/** An update that holds a signature dictionary whose /Contents is still empty. */
export interface Unsealed {
  readonly update: Update;
  readonly signature: PdfRef;
  readonly body: SignatureBody;
}

export interface Sealed<T> {
  readonly made: T;
  /** All that is appended, with the /Contents in their place. */
  readonly tail: Buffer;
  readonly range: ByteRange;
}

/**
 * Makes an update, hashes what its signature covers and puts in what `seal` makes of the digest; where that outgrows
 * its hole, all of it once more with a larger one. `base` is the hash over the document as it is.
 * Throws SIGNATURE_TOO_LARGE, and whatever `make` and `seal` throw.
 */
export async function sealed<T extends Unsealed>(
  document: PdfDocument,
  base: Hash,
  holeBytes: number,
  make: (hole: number) => Promise<T>,
  seal: (digest: Uint8Array) => Promise<Uint8Array>,
): Promise<Sealed<T>> {
  const from = document.source.size;
  let hole = holeBytes;
  for (let attempt = 0; attempt < ATTEMPTS && hole <= MOST_HOLE; attempt++) {
    const made = await make(hole);
    const { tail, range } = await rendered(document, made);
    const hash = base.copy().update(tail.subarray(0, range[1] - from));
    const contents = await seal(hash.update(tail.subarray(range[2] - from)).digest());
    if (contents.length <= hole) {
      tail.write(Buffer.from(contents).toString('hex'), range[1] - from + 1, 'latin1');
      return { made, tail, range };
    }
    hole = contents.length + 1024;
  }
  throw new CounterError('SIGNATURE_TOO_LARGE', { bytes: hole });
}

async function rendered(
  { source }: PdfDocument,
  { update, signature, body }: Unsealed,
): Promise<{ tail: Buffer; range: ByteRange }> {
  update.setRaw(signature, body.body);
  const { bytes, at } = update.render(source.size, await lacksNewline(source));
  const bodyAt = at.get(signature.num)!;
  const end = source.size + bytes.length;
  const range = [0, bodyAt + body.holeFrom, bodyAt + body.holeTo, end - bodyAt - body.holeTo] as const;
  bytes.write(byteRangeText(range), bodyAt - source.size + body.rangeAt, 'latin1');
  return { tail: bytes, range };
}

/** Whether something has to stand between the file's last octet and the first object behind it. */
export async function lacksNewline(source: PdfDocument['source']): Promise<boolean> {
  return (await source.read(source.size - 1, 1))[0] !== 10;
}

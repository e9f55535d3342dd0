import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { CounterError } from '../../../contract/errors.ts';
import { verifyPdf } from '../verifying/verify.ts';
import type { SignResult } from '../writing/sign-pdf.ts';

/**
 * What a foreign program gives back is taken only where it is the document that was sent, octet for octet, with one more
 * signature behind it that covers all of it and holds. Throws SIGN_SERVICE_CHANGED_DOCUMENT with `reason`.
 */
export async function checkReturned(
  sent: string,
  returned: string,
  now: Date,
): Promise<Omit<SignResult, 'signedAt'>> {
  if (!(await beginsWith(returned, sent))) throw changed('not-the-document');
  const before = await verifyPdf(sent, { trust: [], at: now });
  const report = await verifyPdf(returned, { trust: [], at: now }).catch((cause: unknown) => {
    if (!(cause instanceof CounterError)) throw cause;
    throw new CounterError('SIGN_SERVICE_CHANGED_DOCUMENT', { reason: 'unreadable' }, { cause });
  });
  if (report.signatures.length !== before.signatures.length + 1) throw changed('signatures');
  if (report.signatures.some((s) => s.indication === 'TOTAL-FAILED')) throw changed('signature-fails');
  const newest = report.signatures.at(-1)!;
  if (newest.type !== 'signature' || !newest.coverage?.wholeFile) throw changed('coverage');
  return {
    sha256: report.sha256,
    bytes: report.bytes,
    fieldName: newest.fieldName,
    signer: newest.signer?.name ?? '',
    level: newest.timeStamps.length > 0 ? 'B-T' : 'B-B',
  };
}

async function beginsWith(whole: string, start: string): Promise<boolean> {
  const { size } = await stat(start);
  if ((await stat(whole)).size <= size) return false;
  const head = createReadStream(whole, { start: 0, end: size - 1 })[Symbol.asyncIterator]();
  let have: Buffer = Buffer.alloc(0);
  for await (const piece of createReadStream(start) as AsyncIterable<Buffer>) {
    while (have.length < piece.length) {
      const next = await head.next();
      if (next.done) return false;
      have = Buffer.concat([have, next.value as Buffer]);
    }
    if (!have.subarray(0, piece.length).equals(piece)) return false;
    have = have.subarray(piece.length);
  }
  return true;
}

function changed(reason: string): CounterError {
  return new CounterError('SIGN_SERVICE_CHANGED_DOCUMENT', { reason });
}

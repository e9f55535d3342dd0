import { CounterError } from '../../../contract/errors.ts';
import { sequence, unsignedInteger } from '../cms/asn1.ts';

/** PKCS#11 gives r‖s of equal length (v2.40 §2.3.1); CMS wants SEQUENCE { r, s } (RFC 3279 §2.2.3). */
export function ecdsaToDer(raw: Uint8Array): Uint8Array {
  if (raw.length === 0 || raw.length % 2 !== 0) {
    throw new CounterError('TOKEN_FUNCTION_FAILED', {
      ckr: 'none',
      reason: 'signature-length',
      octets: raw.length,
    });
  }
  const half = raw.length / 2;
  return sequence(unsignedInteger(raw.subarray(0, half)), unsignedInteger(raw.subarray(half)));
}

import { CounterError } from '../contract/errors.ts';
import type { RawPage } from '../main/scanning/port.ts';

/** The format by the file's first bytes, whatever its name says. */
export function formatOf(bytes: Uint8Array): RawPage['format'] {
  const head = Buffer.from(bytes.subarray(0, 4)).toString('latin1');
  if (head.startsWith('\xff\xd8')) return 'jpeg';
  if (head === '\x89PNG') return 'png';
  if (head === 'II*\0' || head === 'MM\0*') return 'tiff';
  if (/^P[1-6]/.test(head)) return 'pnm';
  throw new CounterError('IMAGE_UNSUPPORTED', {});
}

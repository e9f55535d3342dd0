import type { Client } from '../../../../contract/client.ts';
import { CounterError } from '../../../../contract/errors.ts';
import { base64Of } from '../../../app/base64.ts';

/** One piece of a file, in bytes: the contract's most. */
export const PIECE = 1024 * 1024;
const LONGEST_NAME = 300;

/**
 * Hands a file to the engine piece by piece, and tells after each how many bytes went. Resolves to the upload's
 * number. Throws IMAGE_UNREADABLE for an empty file, CANCELLED when `signal` says so, and what the engine throws;
 * what was begun is abandoned then.
 */
export async function upload(
  engine: Client,
  file: File,
  signal: AbortSignal,
  onSent: (bytes: number) => void = () => undefined,
): Promise<string> {
  if (file.size === 0) throw new CounterError('IMAGE_UNREADABLE');
  const name = file.name.slice(-LONGEST_NAME) || 'file';
  const { uploadId } = await engine.call('uploads.begin', { name, bytes: file.size });
  try {
    for (let index = 0; index * PIECE < file.size; index += 1) {
      if (signal.aborted) throw new CounterError('CANCELLED');
      const piece = await file.slice(index * PIECE, (index + 1) * PIECE).arrayBuffer();
      const base64 = base64Of(new Uint8Array(piece));
      await engine.call('uploads.chunk', { uploadId, index, base64 });
      onSent(Math.min(file.size, (index + 1) * PIECE));
    }
  } catch (error) {
    await engine
      .call('uploads.abandon', { uploadId })
      .catch((again: unknown) => console.warn('abandon', again));
    throw error;
  }
  return uploadId;
}

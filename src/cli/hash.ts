import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { CounterError } from '../contract/errors.ts';

/** Lower-case hexadecimal SHA-256 of a file, read as a stream. */
export async function sha256OfFile(file: string): Promise<string> {
  const hash = createHash('sha256');
  try {
    await pipeline(createReadStream(file), hash);
  } catch (cause) {
    throw new CounterError('FILE_MISSING', { file: path.basename(file) }, { cause });
  }
  return hash.digest('hex');
}

import type { Readable } from 'node:stream';

/** A PIN or password is one line; whoever sends more than this sends something else. */
const MAX_BYTES = 4096;

/** The first line of a stream, without its end of line. The buffer is wiped; nothing echoes and nothing is logged. */
export async function readFirstLine(input: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of input) {
    const bytes = Buffer.from(chunk as Uint8Array);
    chunks.push(bytes);
    size += bytes.length;
    if (bytes.includes(0x0a) || size > MAX_BYTES) break;
  }
  const all = Buffer.concat(chunks);
  const end = all.indexOf(0x0a);
  const line = all
    .subarray(0, end < 0 ? all.length : end)
    .toString('utf8')
    .replace(/\r$/, '');
  for (const bytes of [...chunks, all]) bytes.fill(0);
  return line;
}

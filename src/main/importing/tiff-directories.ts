import { CounterError } from '../../contract/errors.ts';

/** One picture of a TIFF 6.0 file, as its directory states it. */
export interface TiffDirectory {
  /** Position in the file's chain, which is the decoder's page number. */
  readonly position: number;
  readonly width: number;
  readonly height: number;
  readonly compression: number;
  /** A smaller copy of another page (NewSubfileType bit 0, or SubfileType 2): a thumbnail, not a page. */
  readonly reduced: boolean;
}

const TAG = { newSubfile: 254, subfile: 255, width: 256, height: 257, compression: 259 };
const MAX_ENTRIES = 4096;
const SHORT = 3;
const LONG = 4;

function unreadable(reason: string): CounterError {
  return new CounterError('IMAGE_UNREADABLE', { format: 'tiff', reason });
}

/**
 * Walks the chain of directories without looking at pixels.
 *
 * @throws CounterError IMAGE_UNREADABLE where a directory is cut or the chain turns back on itself, IMAGE_TOO_LARGE
 *   above `most` directories
 */
export function tiffDirectories(bytes: Uint8Array, most: number): TiffDirectory[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 8) throw unreadable('truncated');
  const little = bytes[0] === 0x49;
  const found: TiffDirectory[] = [];
  const seen = new Set<number>();
  for (let at = view.getUint32(4, little); at !== 0; ) {
    if (seen.has(at)) throw unreadable('directory-loop');
    if (found.length >= most) throw new CounterError('IMAGE_TOO_LARGE', { format: 'tiff', maxPages: most });
    seen.add(at);
    if (at + 2 > bytes.length) throw unreadable('truncated');
    const count = view.getUint16(at, little);
    const end = at + 2 + count * 12;
    if (count === 0 || count > MAX_ENTRIES || end + 4 > bytes.length) throw unreadable('truncated');
    found.push({ position: found.length, ...readDirectory(view, at + 2, count, little) });
    at = view.getUint32(end, little);
  }
  if (found.length === 0) throw unreadable('no-picture');
  return found;
}

function readDirectory(
  view: DataView,
  from: number,
  count: number,
  little: boolean,
): Omit<TiffDirectory, 'position'> {
  const values = new Map<number, number>();
  for (let i = 0; i < count; i++) {
    const entry = from + i * 12;
    const type = view.getUint16(entry + 2, little);
    if (type === SHORT) values.set(view.getUint16(entry, little), view.getUint16(entry + 8, little));
    if (type === LONG) values.set(view.getUint16(entry, little), view.getUint32(entry + 8, little));
  }
  const reduced = ((values.get(TAG.newSubfile) ?? 0) & 1) === 1 || values.get(TAG.subfile) === 2;
  return {
    width: values.get(TAG.width) ?? 0,
    height: values.get(TAG.height) ?? 0,
    compression: values.get(TAG.compression) ?? 1,
    reduced,
  };
}

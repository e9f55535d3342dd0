import type { ImageExtent } from './jpeg.ts';

const MAX_ENTRIES = 4096;
const TAG = {
  width: 256,
  height: 257,
  stripOffsets: 273,
  stripCounts: 279,
  tileOffsets: 324,
  tileCounts: 325,
};
/** Bytes of one value by TIFF 6.0 field type (§2); index = type. */
const TYPE_BYTES = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8];

export function isTiff(bytes: Uint8Array): boolean {
  const head = String.fromCharCode(...bytes.subarray(0, 4));
  return head === 'II*\0' || head === 'MM\0*';
}

/** Reads the first directory of a TIFF 6.0 file; undefined where a strip or a tile lies beyond the file's end. */
export function tiffExtent(bytes: Uint8Array): ImageExtent | undefined {
  if (!isTiff(bytes) || bytes.length < 8) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const little = bytes[0] === 0x49;
  const directory = readDirectory(view, view.getUint32(4, little), little);
  if (!directory) return undefined;
  const width = directory.get(TAG.width)?.[0] ?? 0;
  const height = directory.get(TAG.height)?.[0] ?? 0;
  const offsets = directory.get(TAG.stripOffsets) ?? directory.get(TAG.tileOffsets) ?? [];
  const counts = directory.get(TAG.stripCounts) ?? directory.get(TAG.tileCounts) ?? [];
  if (width < 1 || height < 1 || offsets.length === 0 || counts.length !== offsets.length) return undefined;
  const end = offsets.reduce((max, offset, i) => Math.max(max, offset + counts[i]!), 0);
  return end <= bytes.length ? { width, height, end: bytes.length } : undefined;
}

function readDirectory(view: DataView, at: number, little: boolean): Map<number, number[]> | undefined {
  if (at + 2 > view.byteLength) return undefined;
  const count = view.getUint16(at, little);
  if (count > MAX_ENTRIES || at + 2 + count * 12 > view.byteLength) return undefined;
  const found = new Map<number, number[]>();
  for (let i = 0; i < count; i++) {
    const entry = at + 2 + i * 12;
    const tag = view.getUint16(entry, little);
    if (!Object.values(TAG).includes(tag)) continue;
    const values = readValues(view, entry, little);
    if (!values) return undefined;
    found.set(tag, values);
  }
  return found;
}

function readValues(view: DataView, entry: number, little: boolean): number[] | undefined {
  const type = view.getUint16(entry + 2, little);
  const count = view.getUint32(entry + 4, little);
  const size = TYPE_BYTES[type] ?? 0;
  // SHORT and LONG are the types that TIFF 6.0 allows for these tags.
  if (type !== 3 && type !== 4) return undefined;
  const inline = size * count <= 4;
  const at = inline ? entry + 8 : view.getUint32(entry + 8, little);
  if (at + size * count > view.byteLength) return undefined;
  return Array.from({ length: count }, (_, i) =>
    type === 3 ? view.getUint16(at + i * 2, little) : view.getUint32(at + i * 4, little),
  );
}

/** What EXIF (CIPA DC-008) says of how a picture came about; all of it is a claim. */
export interface ExifFacts {
  readonly make: string;
  readonly model: string;
  readonly software: string;
  /** Exposure time, aperture, sensitivity, focal length or flash: only a camera has them. */
  readonly exposed: boolean;
}

const NONE: ExifFacts = { make: '', model: '', software: '', exposed: false };
const TAG = { make: 0x10f, model: 0x110, software: 0x131, exifDirectory: 0x8769 };
const EXPOSURE_TAGS: readonly number[] = [0x829a, 0x829d, 0x8827, 0x9209, 0x920a, 0xa405];
const MAX_ENTRIES = 512;
const MAX_TEXT = 200;

/** Reads the block as an APP1 segment or a HEIF item holds it, with or without "Exif\0\0". Damaged = nothing said. */
export function readExif(block: Uint8Array | undefined): ExifFacts {
  if (!block || block.length < 8) return NONE;
  let bytes = Buffer.from(block.buffer, block.byteOffset, block.byteLength);
  if (bytes.toString('latin1', 0, 6) === 'Exif\0\0') bytes = bytes.subarray(6);
  const order = bytes.toString('latin1', 0, 4);
  if (bytes.length < 8 || (order !== 'II*\0' && order !== 'MM\0*')) return NONE;
  const little = order === 'II*\0';
  const u16 = (at: number) => (little ? bytes.readUInt16LE(at) : bytes.readUInt16BE(at));
  const u32 = (at: number) => (little ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at));

  function entriesAt(directory: number): Map<number, number> {
    const entries = new Map<number, number>();
    if (directory < 8 || directory + 2 > bytes.length) return entries;
    const count = Math.min(u16(directory), MAX_ENTRIES);
    for (let i = 0; i < count; i++) {
      const at = directory + 2 + i * 12;
      if (at + 12 > bytes.length) break;
      entries.set(u16(at), at);
    }
    return entries;
  }

  function text(at: number | undefined): string {
    if (at === undefined || u16(at + 2) !== 2) return '';
    const length = u32(at + 4);
    const from = length <= 4 ? at + 8 : u32(at + 8);
    if (from + length > bytes.length) return '';
    const raw = bytes.toString('latin1', from, from + Math.min(length, MAX_TEXT));
    return raw.split('\0', 1)[0]!.trim();
  }

  const main = entriesAt(u32(4));
  const pointer = main.get(TAG.exifDirectory);
  const exif = pointer === undefined ? new Map<number, number>() : entriesAt(u32(pointer + 8));
  return {
    make: text(main.get(TAG.make)),
    model: text(main.get(TAG.model)),
    software: text(main.get(TAG.software)),
    exposed: EXPOSURE_TAGS.some((tag) => exif.has(tag)),
  };
}

/** Bytes of one value by TIFF field type (TIFF 6.0 §2). */
const TYPE_BYTES = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8];
const STRIP_OFFSETS = 273;
const TILE_OFFSETS = 324;
const SHORT = 3;
const LONG = 4;
const RATIONAL = 5;

/** One file of several little-endian files of one page each, by chaining their directories. */
export function joinTiffs(files: readonly Buffer[]): Buffer {
  const parts = files.map((file) => Buffer.concat([file, Buffer.alloc(file.length % 2)]));
  const bases = parts.map((_, i) => parts.slice(0, i).reduce((sum, part) => sum + part.length, 0));
  const whole = Buffer.concat(parts);
  for (const [i, part] of parts.entries()) {
    const base = bases[i]!;
    const directory = base + part.readUInt32LE(4);
    const count = whole.readUInt16LE(directory);
    for (let n = 0; n < count; n++) relocate(whole, directory + 2 + n * 12, base);
    const next = parts[i + 1];
    if (next) whole.writeUInt32LE(bases[i + 1]! + next.readUInt32LE(4), directory + 2 + count * 12);
  }
  return whole;
}

function relocate(whole: Buffer, entry: number, base: number): void {
  const tag = whole.readUInt16LE(entry);
  const type = whole.readUInt16LE(entry + 2);
  const count = whole.readUInt32LE(entry + 4);
  const inline = TYPE_BYTES[type]! * count <= 4;
  if (!inline) whole.writeUInt32LE(whole.readUInt32LE(entry + 8) + base, entry + 8);
  if (tag !== STRIP_OFFSETS && tag !== TILE_OFFSETS) return;
  const at = inline ? entry + 8 : whole.readUInt32LE(entry + 8);
  if (type === SHORT && base + whole.readUInt16LE(at) > 65_535) throw new Error('offsets are too narrow');
  for (let i = 0; i < count; i++) {
    if (type === LONG) whole.writeUInt32LE(whole.readUInt32LE(at + i * 4) + base, at + i * 4);
    else whole.writeUInt16LE(whole.readUInt16LE(at + i * 2) + base, at + i * 2);
  }
}

export interface GreyPage {
  readonly width: number;
  readonly height: number;
  /** One byte a pixel. */
  readonly data: Uint8Array;
  readonly dpi: number;
  /** NewSubfileType: 1 = a smaller copy. */
  readonly subfile?: number;
  /** A tag that no standard names. */
  readonly privateTag?: number;
}

/** Uncompressed grey pages in big-endian order, as fax servers and old scanners write them. */
export function bigEndianTiff(pages: readonly GreyPage[]): Buffer {
  const parts: Buffer[] = [Buffer.from('MM\0*\0\0\0\x08', 'latin1')];
  let at = 8;
  for (const [i, page] of pages.entries()) {
    const entries: [number, number, number, number][] = [
      [254, LONG, 1, page.subfile ?? 0],
      [256, LONG, 1, page.width],
      [257, LONG, 1, page.height],
      [258, SHORT, 1, 8],
      [259, SHORT, 1, 1],
      [262, SHORT, 1, 1],
      [273, LONG, 1, 0],
      [277, SHORT, 1, 1],
      [278, LONG, 1, page.height],
      [279, LONG, 1, page.data.length],
      [282, RATIONAL, 1, 0],
      [283, RATIONAL, 1, 0],
      [296, SHORT, 1, 2],
    ];
    if (page.privateTag !== undefined) entries.push([page.privateTag, LONG, 1, 7]);
    const size = 2 + entries.length * 12 + 4;
    const rational = at + size;
    const data = rational + 8;
    const padding = page.data.length % 2;
    const directory = Buffer.alloc(size + 8);
    directory.writeUInt16BE(entries.length, 0);
    for (const [n, [tag, type, count, value]] of entries.entries()) {
      const e = 2 + n * 12;
      directory.writeUInt16BE(tag, e);
      directory.writeUInt16BE(type, e + 2);
      directory.writeUInt32BE(count, e + 4);
      if (tag === 273) directory.writeUInt32BE(data, e + 8);
      else if (type === RATIONAL) directory.writeUInt32BE(rational, e + 8);
      else if (type === SHORT) directory.writeUInt16BE(value, e + 8);
      else directory.writeUInt32BE(value, e + 8);
    }
    const next = data + page.data.length + padding;
    directory.writeUInt32BE(i + 1 < pages.length ? next : 0, size - 4);
    directory.writeUInt32BE(page.dpi, size);
    directory.writeUInt32BE(1, size + 4);
    parts.push(directory, Buffer.from(page.data), Buffer.alloc(padding));
    at = next;
  }
  return Buffer.concat(parts);
}

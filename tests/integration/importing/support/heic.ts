interface Box {
  readonly type: string;
  readonly at: number;
  readonly end: number;
}

const IROT_BYTES = 9;

function boxes(bytes: Buffer, from: number, to: number): Box[] {
  const found: Box[] = [];
  for (let at = from; at + 8 <= to; ) {
    const size = bytes.readUInt32BE(at);
    found.push({ type: bytes.toString('latin1', at + 4, at + 8), at, end: at + size });
    at += size;
  }
  return found;
}

function find(bytes: Buffer, type: string, from: number, to: number): Box {
  const box = boxes(bytes, from, to).find((b) => b.type === type);
  if (!box) throw new Error(`no ${type}`);
  return box;
}

/**
 * A HEIC file whose first picture is to be turned by quarters against the clock (ISO/IEC 23008-12 §6.5.10), as
 * phones write it; Debian's heif-enc turns none. Adds an irot property, its association, and moves what lies behind.
 */
export function turnHeic(file: Buffer, quarters: number): Buffer {
  const meta = find(file, 'meta', 0, file.length);
  const iprp = find(file, 'iprp', meta.at + 12, meta.end);
  const ipco = find(file, 'ipco', iprp.at + 8, iprp.end);
  const ipma = find(file, 'ipma', iprp.at + 8, iprp.end);
  const properties = boxes(file, ipco.at + 8, ipco.end).length;
  if (file.readUInt32BE(ipma.at + 8) !== 0 || ipma.at < ipco.end) throw new Error('another kind of ipma');
  const entry = ipma.at + 16;
  const count = file[entry + 2]!;
  const associationsEnd = entry + 3 + count;
  const irot = Buffer.from([0, 0, 0, IROT_BYTES, 0x69, 0x72, 0x6f, 0x74, quarters & 3]);
  const added = IROT_BYTES + 1;
  const out = Buffer.concat([
    file.subarray(0, ipco.end),
    irot,
    file.subarray(ipco.end, associationsEnd),
    Buffer.from([0x80 | (properties + 1)]),
    file.subarray(associationsEnd),
  ]);
  const grow = (at: number, by: number) => out.writeUInt32BE(out.readUInt32BE(at) + by, at);
  grow(meta.at, added);
  grow(iprp.at, added);
  grow(ipco.at, IROT_BYTES);
  grow(ipma.at + IROT_BYTES, 1);
  out[entry + IROT_BYTES + 2] = count + 1;
  moveExtents(out, find(out, 'iloc', meta.at + 12, meta.end + added), added);
  return out;
}

/** Offsets of the ItemLocationBox (ISO/IEC 14496-12 §8.11.3), which count from the file's beginning. */
function moveExtents(out: Buffer, iloc: Box, by: number): void {
  const version = out[iloc.at + 8]!;
  const sizes = out.readUInt16BE(iloc.at + 12);
  const [offsetSize, lengthSize, baseSize, indexSize] = [12, 8, 4, 0].map((s) => (sizes >> s) & 15) as [
    number,
    number,
    number,
    number,
  ];
  if (offsetSize !== 4 || version > 1) throw new Error('another kind of iloc');
  let at = iloc.at + 16;
  for (let items = out.readUInt16BE(iloc.at + 14); items > 0; items--) {
    at += 2 + (version === 1 ? 2 : 0) + 2 + baseSize;
    const extents = out.readUInt16BE(at);
    at += 2;
    for (let n = 0; n < extents; n++) {
      at += version === 1 ? indexSize : 0;
      out.writeUInt32BE(out.readUInt32BE(at) + by, at);
      at += 4 + lengthSize;
    }
  }
}

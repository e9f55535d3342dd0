import { deflateSync } from 'node:zlib';

/**
 * A font that says what is written and draws nothing, for the invisible text over a picture of it. Chosen over a
 * subset of the shipped serif: what is never drawn needs no outlines (300 octets instead of some 40,000 a file), one
 * code serves every letter of the plane, so the writer keeps no list of letters while pages stream through, and the
 * width of a letter is free, as each word is stretched over its own picture anyway. Codes are UTF-16 units; all of
 * them lead to one empty glyph that is not .notdef (ISO 19005-2 §6.2.11.8), whose width in the font program is the
 * one in the dictionary (§6.2.11.5).
 */
export const GLYPHLESS = {
  /** Thousandths of the size. Poppler, MuPDF and PDFium mark text from ascent to descent. */
  ascent: 800,
  descent: -200,
  width: 500,
} as const;

/** Objects that `glyphlessObjects` takes, the first being what a page's /Font names. */
export const GLYPHLESS_OBJECTS = 6;

export interface FontObject {
  /** Without the surrounding << >> where there is a stream. */
  readonly dictionary: string;
  readonly stream?: Uint8Array;
}

/** The font's objects, to be numbered from `first` on. */
export function glyphlessObjects(first: number): FontObject[] {
  const [descendant, descriptor, file, gids, unicode] = [1, 2, 3, 4, 5].map((n) => `${first + n} 0 R`);
  const program = trueType();
  const { ascent, descent, width } = GLYPHLESS;
  return [
    {
      dictionary: `/Type /Font /Subtype /Type0 /BaseFont /Glyphless /Encoding /Identity-H /DescendantFonts [${descendant}] /ToUnicode ${unicode}`,
    },
    {
      dictionary: `/Type /Font /Subtype /CIDFontType2 /BaseFont /Glyphless /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> /FontDescriptor ${descriptor} /CIDToGIDMap ${gids} /DW ${width}`,
    },
    {
      dictionary: `/Type /FontDescriptor /FontName /Glyphless /Flags 5 /FontBBox [0 ${descent} ${width} ${ascent}] /ItalicAngle 0 /Ascent ${ascent} /Descent ${descent} /CapHeight ${ascent} /StemV 80 /FontFile2 ${file}`,
    },
    { dictionary: `/Length1 ${program.length}`, stream: program },
    { dictionary: '/Filter /FlateDecode', stream: deflateSync(everyCodeToGlyphOne()) },
    { dictionary: '/Filter /FlateDecode', stream: deflateSync(Buffer.from(toUnicode(), 'latin1')) },
  ];
}

function everyCodeToGlyphOne(): Buffer {
  const map = Buffer.alloc(2 * 0x10000);
  for (let at = 1; at < map.length; at += 2) map[at] = 1;
  return map;
}

/** Each code means itself. A range may not run over its last octet, a block may not hold more than a hundred. */
function toUnicode(): string {
  const isSurrogate = (high: number) => high >= 0xd8 && high <= 0xdf;
  const ranges = Array.from({ length: 0x100 }, (_, high) => high)
    .filter((high) => !isSurrogate(high))
    .map((high) => high.toString(16).padStart(2, '0').toUpperCase())
    // U+0000, U+FEFF and U+FFFE may not stand for text, and no word holds them.
    .map(
      (h) =>
        `<${h}${h === '00' ? '01' : '00'}> <${h}${h === 'FE' ? 'FE' : h === 'FF' ? 'FD' : 'FF'}> <${h}${h === '00' ? '01' : '00'}>`,
    );
  const blocks: string[] = [];
  for (let at = 0; at < ranges.length; at += 100) {
    const part = ranges.slice(at, at + 100);
    blocks.push(`${part.length} beginbfrange\n${part.join('\n')}\nendbfrange`);
  }
  return `/CIDInit /ProcSet findresource begin
12 dict begin
begincmap
/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def
/CMapName /Adobe-Identity-UCS def
/CMapType 2 def
1 begincodespacerange
<0000> <FFFF>
endcodespacerange
${blocks.join('\n')}
endcmap
CMapName currentdict /CMap defineresource pop
end
end`;
}

/** The tables that a PDF asks of a TrueType program (ISO 32000-1 §9.9), with two glyphs that have no outline. */
function trueType(): Uint8Array {
  const { ascent, descent, width } = GLYPHLESS;
  const head = table(54, [
    [0, 0x00010000, 4], // version
    [4, 0x00010000, 4], // revision
    [12, 0x5f0f3cf5, 4], // magic
    [16, 0x000b, 2], // baseline at 0, left bearing at 0, whole-number scaling
    [18, 1000, 2], // units an em
    [38, descent, 2],
    [40, width, 2],
    [42, ascent, 2],
    [46, 8, 2], // smallest readable size
    [48, 2, 2], // left to right
  ]);
  const hhea = table(36, [
    [0, 0x00010000, 4],
    [4, ascent, 2],
    [6, descent, 2],
    [10, width, 2],
    [16, width, 2],
    [18, 1, 2],
    [34, 2, 2], // metrics in hmtx
  ]);
  const maxp = table(32, [
    [0, 0x00010000, 4],
    [4, 2, 2],
    [14, 2, 2], // zones
  ]);
  const hmtx = table(8, [
    [0, width, 2],
    [4, width, 2],
  ]);
  const tables: readonly (readonly [string, Buffer])[] = [
    ['glyf', Buffer.alloc(4)],
    ['head', head],
    ['hhea', hhea],
    ['hmtx', hmtx],
    ['loca', Buffer.alloc(6)],
    ['maxp', maxp],
  ];
  const start = 12 + 16 * tables.length;
  const directory = table(start, [
    [0, 0x00010000, 4],
    [4, tables.length, 2],
    [6, 64, 2],
    [8, 2, 2],
    [10, 16 * tables.length - 64, 2],
  ]);
  const bodies: Buffer[] = [];
  let offset = start;
  for (const [i, [tag, body]] of tables.entries()) {
    const padded = Buffer.concat([body, Buffer.alloc(-body.length & 3)]);
    const entry = 12 + 16 * i;
    directory.write(tag, entry, 'latin1');
    directory.writeUInt32BE(checksum(padded), entry + 4);
    directory.writeUInt32BE(offset, entry + 8);
    directory.writeUInt32BE(body.length, entry + 12);
    bodies.push(padded);
    offset += padded.length;
  }
  const font = Buffer.concat([directory, ...bodies]);
  const headAt = font.readUInt32BE(12 + 16 + 8);
  font.writeUInt32BE((0xb1b0afba - checksum(font)) >>> 0, headAt + 8);
  return font;
}

/** Big-endian values at their places; the rest is 0. */
function table(size: number, values: readonly (readonly [at: number, value: number, size: 2 | 4])[]): Buffer {
  const buffer = Buffer.alloc(size);
  for (const [at, value, octets] of values) {
    if (octets === 4) buffer.writeUInt32BE(value, at);
    else buffer.writeUInt16BE(value & 0xffff, at);
  }
  return buffer;
}

function checksum(padded: Buffer): number {
  let sum = 0;
  for (let at = 0; at < padded.length; at += 4) sum = (sum + padded.readUInt32BE(at)) >>> 0;
  return sum;
}

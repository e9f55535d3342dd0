import { deflateSync } from 'node:zlib';
import { PdfDict, PdfName, type PdfObject, type PdfRef, PdfString } from '../../pdf/reader/objects.ts';
import type { Update } from '../writing/update.ts';
import type { AppearanceFont, FontSubset } from './font.ts';
import type { AppearanceImage } from './image.ts';
import { type AppearanceBlock, LEADING, PADDING } from './layout.ts';
import type { Placement } from './place.ts';

const name = (value: string) => new PdfName(value);
/** Serif and symbolic (ISO 32000-1 table 123): the subset has an encoding of its own. */
const FONT_FLAGS = 2 + 4;
const STEM_V = 80;

/** Where new objects go: an update of a file, or a new file. */
export type ObjectSink = Pick<Update, 'allocate' | 'set' | 'setStream'>;

/** Adds the form XObject that draws the block, with its font; the result goes under /AP /N. */
export function addAppearance(
  update: ObjectSink,
  block: AppearanceBlock,
  placement: Placement,
  font: AppearanceFont,
): PdfRef {
  const subset = font.subset(block.lines.join(''));
  const form = update.allocate();
  const dict = new PdfDict([
    ['Type', name('XObject')],
    ['Subtype', name('Form')],
    ['BBox', [0, 0, block.width, block.height]],
    ['Matrix', placement.matrix],
    ['Resources', new PdfDict([['Font', new PdfDict([['F1', addFont(update, subset, font)]])]])],
  ]);
  // A few lines: packing them would cost more than it saves.
  update.setStream(form, dict, Buffer.from(drawing(block, subset, font), 'latin1'));
  return form;
}

/**
 * sRGB as a colour space of its own (IEC 61966-2-1): device colours would be against PDF/A in a file whose output
 * intent is not RGB (ISO 19005-2 §6.2.4.3).
 */
const COLOUR_SPACE: PdfObject = [
  name('CalRGB'),
  new PdfDict([
    ['WhitePoint', [0.9505, 1, 1.089]],
    ['Gamma', [2.2, 2.2, 2.2]],
    ['Matrix', [0.4124, 0.2126, 0.0193, 0.3576, 0.7152, 0.1192, 0.1805, 0.0722, 0.9505]],
  ]),
];

interface PackedImage {
  readonly colour: Uint8Array;
  readonly alpha: Uint8Array;
}

/** A batch shows one seal on every document: it is packed once. */
const packed = new WeakMap<AppearanceImage, PackedImage>();

function packedOf(image: AppearanceImage): PackedImage {
  const known = packed.get(image);
  if (known) return known;
  const made = { colour: deflateSync(image.colour), alpha: deflateSync(image.alpha) };
  packed.set(image, made);
  return made;
}

/** Adds the form XObject that draws a picture over the whole of its box of `width` × `height` points. */
export function addPicture(
  update: ObjectSink,
  image: AppearanceImage,
  size: { readonly width: number; readonly height: number },
  placement: Placement,
): PdfRef {
  const [form, picture, mask] = [update.allocate(), update.allocate(), update.allocate()] as const;
  const entries = (space: PdfObject) =>
    new PdfDict([
      ['Type', name('XObject')],
      ['Subtype', name('Image')],
      ['Width', image.width],
      ['Height', image.height],
      ['ColorSpace', space],
      ['BitsPerComponent', 8],
      ['Filter', name('FlateDecode')],
    ]);
  const { alpha, colour } = packedOf(image);
  update.setStream(mask, entries(name('DeviceGray')), alpha);
  update.setStream(picture, entries(COLOUR_SPACE).with({ SMask: mask }), colour);
  const dict = new PdfDict([
    ['Type', name('XObject')],
    ['Subtype', name('Form')],
    ['BBox', [0, 0, size.width, size.height]],
    ['Matrix', placement.matrix],
    ['Resources', new PdfDict([['XObject', new PdfDict([['Im0', picture]])]])],
  ]);
  const draw = `q\n${size.width.toFixed(3)} 0 0 ${size.height.toFixed(3)} 0 0 cm\n/Im0 Do\nQ\n`;
  update.setStream(form, dict, Buffer.from(draw, 'latin1'));
  return form;
}

/** Black text on nothing: what is under it shows through, no transparency is used. */
function drawing(block: AppearanceBlock, subset: FontSubset, font: AppearanceFont): string {
  const leading = block.fontSize * LEADING;
  // The line's ink, from ascent to descent, stands in the middle of its share of the height.
  const ink = ((font.ascent - font.descent) * block.fontSize) / 1000;
  const first = block.height - PADDING - (leading - ink) / 2 - (font.ascent * block.fontSize) / 1000;
  const lines = block.lines.map(
    (line, i) => `1 0 0 1 ${PADDING} ${(first - i * leading).toFixed(3)} Tm\n${shown(line, subset)}`,
  );
  return `q\n0 g\nBT\n/F1 ${block.fontSize} Tf\n${lines.join('\n')}\nET\nQ\n`;
}

/** The operator that shows a line in the subset's own codes. */
export function shown(line: string, subset: FontSubset): string {
  return `<${[...line].map((c) => hex(subset.cidOf(c.codePointAt(0)!))).join('')}> Tj`;
}

/** A CIDFontType2 with Identity-H, as PDF/A-2 wants an embedded subset (ISO 19005-2 §6.2.11). */
export function addFont(update: ObjectSink, subset: FontSubset, font: AppearanceFont): PdfRef {
  const [type0, cidFont, descriptor, file, toUnicode] = [0, 1, 2, 3, 4].map(() => update.allocate()) as [
    PdfRef,
    PdfRef,
    PdfRef,
    PdfRef,
    PdfRef,
  ];
  const entry = (type: string, subtype: string) =>
    [
      ['Type', name(type)],
      ['Subtype', name(subtype)],
      ['BaseFont', name(subset.name)],
    ] as const;
  update.set(
    type0,
    new PdfDict([
      ...entry('Font', 'Type0'),
      ['Encoding', name('Identity-H')],
      ['DescendantFonts', [cidFont]],
      ['ToUnicode', toUnicode],
    ]),
  );
  update.set(
    cidFont,
    new PdfDict([
      ...entry('Font', 'CIDFontType2'),
      ['CIDSystemInfo', systemInfo()],
      ['CIDToGIDMap', name('Identity')],
      ['FontDescriptor', descriptor],
      ['W', [0, Array.from(subset.widths, (w) => w ?? 0)]],
    ]),
  );
  update.set(descriptor, descriptorOf(subset, font, file));
  const program = new PdfDict([
    ['Filter', name('FlateDecode')],
    ['Length1', subset.programBytes],
  ]);
  update.setStream(file, program, subset.program);
  update.setStream(toUnicode, new PdfDict(), Buffer.from(unicodeMap(subset), 'latin1'));
  return type0;
}

function systemInfo(): PdfDict {
  return new PdfDict([
    ['Registry', new PdfString(Buffer.from('Adobe'))],
    ['Ordering', new PdfString(Buffer.from('Identity'))],
    ['Supplement', 0],
  ]);
}

function descriptorOf(subset: FontSubset, font: AppearanceFont, file: PdfRef): PdfDict {
  return new PdfDict([
    ['Type', name('FontDescriptor')],
    ['FontName', name(subset.name)],
    ['Flags', FONT_FLAGS],
    ['FontBBox', font.box],
    ['ItalicAngle', font.italicAngle],
    ['Ascent', font.ascent],
    ['Descent', font.descent],
    ['CapHeight', font.capHeight],
    ['StemV', STEM_V],
    ['FontFile2', file],
  ]);
}

/** ToUnicode CMap (ISO 32000-1 §9.10.3), at most 100 lines a block. */
function unicodeMap(subset: FontSubset): string {
  const pairs = subset.codePoints
    .map((codePoint, cid) => ({ codePoint, cid }))
    .filter(({ cid, codePoint }) => cid > 0 && codePoint > 0)
    .map(({ codePoint, cid }) => `<${hex(cid)}> <${utf16(codePoint)}>`);
  const blocks: string[] = [];
  for (let i = 0; i < pairs.length; i += 100) {
    const block = pairs.slice(i, i + 100);
    blocks.push(`${block.length} beginbfchar\n${block.join('\n')}\nendbfchar`);
  }
  return [
    '/CIDInit /ProcSet findresource begin',
    '12 dict begin',
    'begincmap',
    '/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def',
    '/CMapName /Adobe-Identity-UCS def',
    '/CMapType 2 def',
    '1 begincodespacerange\n<0000> <ffff>\nendcodespacerange',
    ...blocks,
    'endcmap',
    'CMapName currentdict /CMap defineresource pop',
    'end\nend',
  ].join('\n');
}

function hex(value: number): string {
  return value.toString(16).padStart(4, '0');
}

function utf16(codePoint: number): string {
  const text = String.fromCodePoint(codePoint);
  return [...Array(text.length).keys()].map((i) => hex(text.charCodeAt(i))).join('');
}

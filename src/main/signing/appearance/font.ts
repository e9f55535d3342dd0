import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { deflateSync } from 'node:zlib';
import { create, type Font, type Glyph } from '@cantoo/fontkit';
import { CounterError } from '../../../contract/errors.ts';

/** The glyphs of some characters as a TrueType program whose glyph numbers are the CIDs. */
export interface FontSubset {
  /** Tagged as ISO 32000-1 §9.6.4 wants: `ABCDEF+LiberationSerif`. */
  readonly name: string;
  /** FontFile2 data, deflated. */
  readonly program: Uint8Array;
  readonly programBytes: number;
  /** Thousandths of an em by CID. */
  readonly widths: readonly number[];
  /** Code point by CID, for the ToUnicode map; CID 0 is .notdef. */
  readonly codePoints: readonly number[];
  cidOf(codePoint: number): number;
}

export interface AppearanceFont {
  readonly ascent: number;
  readonly descent: number;
  readonly capHeight: number;
  readonly italicAngle: number;
  /** llx, lly, urx, ury in thousandths of an em, as are the heights above. */
  readonly box: readonly [number, number, number, number];
  /** Width in ems. */
  widthOf(text: string): number;
  /** A subset that holds at least the characters of `text`. Characters that the font lacks show as `?`. */
  subset(text: string): FontSubset;
}

/** Every appearance holds a time: with these in each subset, the documents of one batch share one program. */
const ALWAYS = '0123456789-:T+?';
const KEPT_SUBSETS = 16;
const KEPT_ADVANCES = 4096;
const REPLACEMENT = 0x3f;

/** The font that the product ships: Times-metric, as NĐ 30/2020 asks, and free to embed. */
const SHIPPED = path.join('resources', 'fonts', 'LiberationSerif-Regular.ttf');

/** Path of the shipped font, from the source tree and from the bundle alike. Throws CONFIG_INVALID where it is gone. */
export function shippedFontPath(from: string = import.meta.dirname): string {
  for (let folder = from; ; folder = path.dirname(folder)) {
    const file = path.join(folder, SHIPPED);
    if (existsSync(file)) return file;
    if (folder === path.dirname(folder)) throw new CounterError('CONFIG_INVALID', { setting: 'font' });
  }
}

/** Reads a TrueType font file. Throws CONFIG_INVALID where it is no such font. */
export async function loadAppearanceFont(file: string): Promise<AppearanceFont> {
  return appearanceFont(await readFile(file));
}

let shipped: Promise<AppearanceFont> | null = null;

/** The shipped font. Read once: it is a constant of the installation, not a state. */
export function shippedFont(): Promise<AppearanceFont> {
  shipped ??= loadAppearanceFont(shippedFontPath());
  return shipped;
}

export function appearanceFont(bytes: Uint8Array): AppearanceFont {
  const font = parse(bytes);
  const scale = 1000 / font.unitsPerEm;
  const subsets = new Map<string, FontSubset>();

  const glyph = (codePoint: number): { glyph: Glyph; codePoint: number } => {
    const known = font.hasGlyphForCodePoint(codePoint) ? codePoint : REPLACEMENT;
    return { glyph: font.glyphForCodePoint(known)!, codePoint: known };
  };
  const advances = new Map<number, number>();
  const advanceOf = (codePoint: number): number => {
    const known = advances.get(codePoint);
    if (known !== undefined) return known;
    const advance = glyph(codePoint).glyph.advanceWidth;
    if (advances.size < KEPT_ADVANCES) advances.set(codePoint, advance);
    return advance;
  };
  const thousandths = (value: number) => Math.round(value * scale);

  return {
    ascent: thousandths(font.ascent),
    descent: thousandths(font.descent),
    capHeight: thousandths(font.capHeight),
    italicAngle: font.italicAngle,
    box: [font.bbox.minX, font.bbox.minY, font.bbox.maxX, font.bbox.maxY].map(thousandths) as [
      number,
      number,
      number,
      number,
    ],
    widthOf(text) {
      let width = 0;
      for (const c of text) width += advanceOf(c.codePointAt(0)!);
      return width / font.unitsPerEm;
    },
    subset(text) {
      const characters = [...new Set(`${ALWAYS}${text}`)].sort().join('');
      const kept = subsets.get(characters);
      if (kept) return kept;
      const made = makeSubset(font, characters, glyph);
      if (subsets.size >= KEPT_SUBSETS) subsets.delete(subsets.keys().next().value!);
      subsets.set(characters, made);
      return made;
    },
  };
}

function parse(bytes: Uint8Array): Font {
  try {
    const font = create(bytes);
    if ('glyphForCodePoint' in font) return font;
  } catch (cause) {
    throw new CounterError('CONFIG_INVALID', { setting: 'font' }, { cause });
  }
  throw new CounterError('CONFIG_INVALID', { setting: 'font' });
}

function makeSubset(
  font: Font,
  characters: string,
  glyph: (codePoint: number) => { glyph: Glyph; codePoint: number },
): FontSubset {
  const subset = font.createSubset();
  const cids = new Map<number, number>();
  const widths: number[] = [widthIn(font, font.getGlyph(0)!)];
  const codePoints: number[] = [0];
  for (const character of characters) {
    const wanted = character.codePointAt(0)!;
    const { glyph: found, codePoint } = glyph(wanted);
    const cid = subset.includeGlyph(found);
    cids.set(wanted, cid);
    widths[cid] = widthIn(font, found);
    codePoints[cid] = codePoint;
  }
  const program = subset.encode();
  return {
    name: `${tagOf(characters)}+${(font.postscriptName ?? 'Font').replace(/[^A-Za-z0-9-]/g, '')}`,
    program: deflateSync(program),
    programBytes: program.length,
    widths,
    codePoints,
    cidOf: (codePoint) => cids.get(codePoint) ?? cids.get(REPLACEMENT)!,
  };
}

function widthIn(font: Font, glyph: Glyph): number {
  return Math.round((glyph.advanceWidth * 1000) / font.unitsPerEm);
}

/** Six capitals that differ from one subset to the next. */
function tagOf(characters: string): string {
  const hash = createHash('sha256').update(characters).digest();
  return [...hash.subarray(0, 6)].map((byte) => String.fromCharCode(65 + (byte % 26))).join('');
}

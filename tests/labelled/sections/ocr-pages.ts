import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { create, type Font } from '@cantoo/fontkit';
import sharp from 'sharp';

export type Family = 'serif' | 'sans' | 'mono';
export type Style = 'Regular' | 'Bold' | 'Italic' | 'BoldItalic';

/** A word that was printed, in pixels of the picture before it was skewed. */
export interface PrintedWord {
  readonly text: string;
  readonly x: number;
  readonly width: number;
  readonly baseline: number;
}

export interface PrintedPage {
  /** JPEG, grey. */
  readonly image: Uint8Array;
  readonly dpi: number;
  readonly width: number;
  readonly height: number;
  readonly words: readonly PrintedWord[];
}

export interface Scan {
  readonly dpi: number;
  /** Degrees, clockwise. */
  readonly skew?: number;
  /** Standard deviation of the sensor's noise, of 255. */
  readonly noise?: number;
  readonly seed?: number;
}

/** A sheet of A4 that takes print; places in millimetres, sizes in points. */
export interface Sheet {
  width(text: string, style: Style, size: number): number;
  print(text: string, style: Style, size: number, x: number, baseline: number): void;
  centred(text: string, style: Style, size: number, middle: number, baseline: number): void;
  /** Justified to the left in lines; gives the next free baseline. */
  paragraph(text: string, style: Style, size: number, baseline: number, indent?: number): number;
  rule(x1: number, x2: number, y: number): void;
  scan(how: Scan): Promise<PrintedPage>;
}

const A4 = { width: 210, height: 297 };
const LEFT = 30;
const RIGHT = 192;
const MM_PER_POINT = 25.4 / 72;
const FOLDERS = [
  path.join(import.meta.dirname, '../../../resources/fonts'),
  '/usr/share/fonts/truetype/liberation2',
  '/usr/share/fonts/truetype/liberation',
];
const FILES: Readonly<Record<Family, string>> = {
  serif: 'LiberationSerif',
  sans: 'LiberationSans',
  mono: 'LiberationMono',
};

function fontFile(family: Family, style: Style): string | undefined {
  return FOLDERS.map((f) => path.join(f, `${FILES[family]}-${style}.ttf`)).find((f) => existsSync(f));
}

/** Families that this machine can print Vietnamese with; serif ships with the product. */
export function presentFamilies(): Family[] {
  return (['serif', 'sans', 'mono'] as const).filter((f) => fontFile(f, 'Regular') !== undefined);
}

const fonts = new Map<string, Font>();
function fontOf(family: Family, style: Style): Font {
  const key = `${family}-${style}`;
  let font = fonts.get(key);
  if (!font) {
    const file = fontFile(family, style);
    if (!file) throw new Error(`no font for ${key}`);
    font = create(readFileSync(file)) as Font;
    fonts.set(key, font);
  }
  return font;
}

export function random(seed: number): () => number {
  let state = (seed * 2_654_435_761 + 12_345) >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

export function createSheet(family: Family): Sheet {
  const marks: string[] = [];
  const words: { text: string; x: number; width: number; baseline: number }[] = [];

  function layout(text: string, style: Style, size: number) {
    const font = fontOf(family, style);
    const run = font.layout(text);
    const scale = (size * MM_PER_POINT) / font.unitsPerEm;
    const advances = run.glyphs.map((_, i) => (run.positions?.[i]?.xAdvance ?? 0) * scale);
    return { run, scale, advances, width: advances.reduce((sum, a) => sum + a, 0) };
  }

  const width = (text: string, style: Style, size: number) => layout(text, style, size).width;

  function print(text: string, style: Style, size: number, x: number, baseline: number): void {
    let at = x;
    const space = width(' ', style, size);
    for (const word of text.split(' ')) {
      if (word === '') {
        at += space;
        continue;
      }
      const laid = layout(word, style, size);
      words.push({ text: word, x: at, width: laid.width, baseline });
      for (const [i, glyph] of laid.run.glyphs.entries()) {
        const s = laid.scale.toFixed(7);
        marks.push(
          `<path transform="matrix(${s} 0 0 -${s} ${at.toFixed(3)} ${baseline.toFixed(3)})" d="${glyph.path.toSVG()}"/>`,
        );
        at += laid.advances[i] ?? 0;
      }
      at += space;
    }
  }

  return {
    width,
    print,
    centred: (text, style, size, middle, baseline) =>
      print(text, style, size, middle - width(text, style, size) / 2, baseline),
    paragraph(text, style, size, baseline, indent = 10) {
      const step = size * MM_PER_POINT * 1.35;
      let y = baseline;
      let line = '';
      let x = LEFT + indent;
      for (const word of text.split(' ')) {
        const longer = line === '' ? word : `${line} ${word}`;
        if (line !== '' && x + width(longer, style, size) > RIGHT) {
          print(line, style, size, x, y);
          y += step;
          x = LEFT;
          line = word;
        } else line = longer;
      }
      print(line, style, size, x, y);
      return y + step + 2;
    },
    rule: (x1, x2, y) =>
      void marks.push(`<rect x="${x1}" y="${y}" width="${x2 - x1}" height="0.25" fill="black"/>`),
    async scan({ dpi, skew = 0, noise = 5, seed = 1 }) {
      const scale = dpi / 25.4;
      const pixels = { width: Math.round(A4.width * scale), height: Math.round(A4.height * scale) };
      const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${pixels.width}" height="${pixels.height}" viewBox="0 0 210 297"><rect width="210" height="297" fill="#f6f4ee"/><g fill="#191819" transform="rotate(${skew} 105 148.5)">${marks.join('')}</g></svg>`;
      const { data } = await sharp(Buffer.from(svg), { unlimited: true })
        .blur(dpi / 500)
        .toColourspace('b-w')
        .raw()
        .toBuffer({ resolveWithObject: true });
      addNoise(data, noise, seed);
      const image = await sharp(data, { raw: { ...pixels, channels: 1 } })
        .withDensity(dpi)
        .jpeg({ quality: 80 })
        .toBuffer();
      const printed = words.map((w) => ({
        text: w.text.normalize('NFC'),
        x: w.x * scale,
        width: w.width * scale,
        baseline: w.baseline * scale,
      }));
      return { image, dpi, ...pixels, words: printed };
    },
  };
}

function addNoise(data: Buffer, sigma: number, seed: number): void {
  const next = random(seed);
  const table = Int8Array.from({ length: 8191 }, () => {
    const sum = next() + next() + next() + next() + next() + next() - 3;
    return Math.round(sum * Math.SQRT2 * sigma);
  });
  let at = 0;
  for (let i = 0; i < data.length; i++) {
    // A second step now and then keeps the table's period from showing as a pattern.
    at = (at + 1 + ((i & 1023) === 0 ? 977 : 0)) % table.length;
    data[i] = Math.max(0, Math.min(255, data[i]! + table[at]!));
  }
}

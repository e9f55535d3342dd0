import type { PDFFont } from 'pdf-lib';
import { CounterError } from '../../contract/errors.ts';

/** Text in one style; a paragraph is a list of them. */
export interface Span {
  readonly text: string;
  readonly font: PDFFont;
}

export interface Word {
  readonly text: string;
  readonly font: PDFFont;
  readonly width: number;
  /** Points of blank before it when it is not first in its line. */
  readonly space: number;
}

export interface TextLine {
  readonly words: readonly Word[];
  /** Width with single blanks. */
  readonly width: number;
}

/** Marks that steer text and are not seen; turned about, they could make a printed name read as another. */
const INVISIBLE = /[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]|[\ufe00-\ufe0f]/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const CONTROL = /[\u0000-\u001f\u007f-\u009f]+/g;
const REPLACEMENT = '\u25a1';

export function tidy(text: string): string {
  return text.normalize('NFC').replace(CONTROL, ' ').replace(INVISIBLE, '').replace(/\s+/g, ' ').trim();
}

/** Text for the paper's long parts: what the font lacks is printed as an empty box, never dropped. */
export function printable(text: string, known: ReadonlySet<number>): string {
  return [...tidy(text)].map((c) => (known.has(c.codePointAt(0)!) ? c : REPLACEMENT)).join('');
}

/** Text that must be right to the letter. Throws SLIP_TEXT_UNPRINTABLE {field, character} where the font lacks one. */
export function exact(text: string, field: string, known: ReadonlySet<number>): string {
  const tidied = tidy(text);
  for (const c of tidied) {
    const point = c.codePointAt(0)!;
    if (known.has(point)) continue;
    const character = `U+${point.toString(16).toUpperCase().padStart(4, '0')}`;
    throw new CounterError('SLIP_TEXT_UNPRINTABLE', { field, character });
  }
  return tidied;
}

/** Shaping a word costs far more than looking its width up, and names and blanks come again and again. */
const widths = new WeakMap<PDFFont, Map<string, number>>();

export function widthOf(text: string, font: PDFFont, size: number): number {
  const known = widths.get(font) ?? new Map<string, number>();
  widths.set(font, known);
  const unit = known.get(text) ?? font.widthOfTextAtSize(text, 1);
  known.set(text, unit);
  return unit * size;
}

/**
 * Breaks a paragraph into lines of at most `width` points; a word longer than a line is cut between characters. The
 * first line begins `indent` points further right (negative: further left) than the others.
 */
export function wrap(spans: readonly Span[], size: number, width: number, indent = 0): TextLine[] {
  const lines: TextLine[] = [];
  let words: Word[] = [];
  let used = indent;
  for (const word of wordsOf(spans, size)) {
    for (const part of pieces(word, size, Math.min(width, width - indent))) {
      const space = words.length > 0 ? part.space : 0;
      if (words.length > 0 && used + space + part.width > width) {
        lines.push(lineOf(words));
        words = [];
        used = 0;
      }
      used += (words.length > 0 ? part.space : 0) + part.width;
      words.push(part);
    }
  }
  if (words.length > 0) lines.push(lineOf(words));
  return lines;
}

function wordsOf(spans: readonly Span[], size: number): Word[] {
  return spans.flatMap(({ text, font }) =>
    text
      .split(' ')
      .filter((w) => w !== '')
      .map((w) => ({
        text: w,
        font,
        width: widthOf(w, font, size),
        space: widthOf(' ', font, size),
      })),
  );
}

function pieces(word: Word, size: number, width: number): Word[] {
  if (word.width <= width) return [word];
  const parts: Word[] = [];
  let rest = [...word.text];
  while (rest.length > 0) {
    let count = 1;
    while (count < rest.length && measure(word.font, rest.slice(0, count + 1), size) <= width) count += 1;
    if (count < rest.length) count = afterMark(rest, count);
    const text = rest.slice(0, count).join('');
    const space = parts.length === 0 ? word.space : 0;
    parts.push({ ...word, text, space, width: widthOf(text, word.font, size) });
    rest = rest.slice(count);
  }
  return parts;
}

/** Codes and addresses are cut behind one of their marks where that costs less than half of the line. */
function afterMark(characters: readonly string[], count: number): number {
  for (let at = count; at > count / 2; at--) {
    if ('-/.@_,;'.includes(characters[at - 1]!)) return at;
  }
  return count;
}

function measure(font: PDFFont, characters: readonly string[], size: number): number {
  return widthOf(characters.join(''), font, size);
}

function lineOf(words: readonly Word[]): TextLine {
  return { words, width: words.reduce((sum, w, i) => sum + w.width + (i > 0 ? w.space : 0), 0) };
}

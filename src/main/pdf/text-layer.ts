import type { PageText, Word } from '../reading/port.ts';
import { GLYPHLESS } from './glyphless-font.ts';

/** More words than a page of print has; the rest is left out. */
const MAX_WORDS = 20_000;
/** Longest word in UTF-16 units. */
const MAX_WORD = 500;
/** Per cent; what a reader may still compute with. */
const STRETCH = { min: 0.1, max: 10_000 } as const;

/**
 * Content operators that lay the text of a page invisibly (render mode 3) over its picture: each word stretched to
 * cover its box, standing on its baseline, a line in one size. Words that have no place on the page or hold no
 * letter are left out. '' where nothing is left.
 *
 * `width`, `height`: the page in points.
 */
export function textOperators(text: PageText, font: string, width: number, height: number): string {
  const sx = width / text.width;
  const sy = height / text.height;
  if (!Number.isFinite(sx) || !Number.isFinite(sy) || sx <= 0 || sy <= 0) return '';
  const parts: string[] = [];
  for (const line of linesOf(text)) {
    const size = sizeOf(line.map((w) => w.word)) * sy;
    parts.push(`${font} ${decimal(size)} Tf`);
    for (const [i, { word, letters }] of line.entries()) {
      const natural = (letters.length * GLYPHLESS.width * size) / 1000;
      const stretch = Math.min(STRETCH.max, Math.max(STRETCH.min, (100 * word.width * sx) / natural));
      const x = decimal(word.x * sx);
      const y = decimal(height - word.baseline * sy);
      // The gap is what says where a word ends to most readers; the blank says it to the others.
      const shown = i + 1 < line.length ? `${letters} ` : letters;
      parts.push(`${decimal(stretch)} Tz 1 0 0 1 ${x} ${y} Tm <${hex(shown)}> Tj`);
    }
  }
  return parts.length === 0 ? '' : `BT 3 Tr ${parts.join('\n')} ET`;
}

interface Shown {
  readonly word: Word;
  readonly letters: string;
}

function linesOf(text: PageText): Shown[][] {
  const lines = new Map<number, Shown[]>();
  for (const word of text.words.slice(0, MAX_WORDS)) {
    if (!isOnPage(word, text)) continue;
    const letters = lettersOf(word.text);
    if (letters === '') continue;
    const line = lines.get(word.line);
    if (line) line.push({ word, letters });
    else lines.set(word.line, [{ word, letters }]);
  }
  return [...lines.values()];
}

function isOnPage({ x, y, width, height, baseline }: Word, page: PageText): boolean {
  return (
    [x, y, width, height, baseline].every(Number.isFinite) &&
    width > 0 &&
    height > 0 &&
    x >= 0 &&
    x + width <= page.width &&
    baseline > 0 &&
    baseline <= page.height
  );
}

/** NFC, on the first plane, without controls: what the font's codes can say. */
function lettersOf(text: string): string {
  return text
    .normalize('NFC')
    .replace(/[\u{10000}-\u{10ffff}]|\p{Cs}/gu, '\ufffd')
    .replace(/[\p{Cc}\p{Cf}\p{Z}\ufffe\uffff]+/gu, '')
    .slice(0, MAX_WORD);
}

/** Size in pixels by which the font's ascent reaches the highest word's top. */
function sizeOf(words: readonly Word[]): number {
  const tallest = Math.max(...words.map((w) => w.baseline - w.y));
  const least = Math.min(...words.map((w) => w.height));
  return Math.max(1, least, (1000 * tallest) / GLYPHLESS.ascent);
}

function hex(text: string): string {
  return Buffer.from(text, 'utf16le').swap16().toString('hex').toUpperCase();
}

function decimal(value: number): string {
  return String(Math.round(value * 1000) / 1000);
}

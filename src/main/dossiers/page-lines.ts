/** A word as it was read; pixels of the page's picture. What `reading` gives has this shape. */
export interface ReadWord {
  readonly text: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly baseline: number;
  /** 0…1. */
  readonly confidence: number;
}

export interface ReadPage {
  readonly words: readonly ReadWord[];
  readonly width: number;
  readonly height: number;
}

/** Words that stand on one line without a wide gap between them. */
export interface Piece {
  readonly words: readonly ReadWord[];
  /** Words joined by a blank. */
  readonly text: string;
  /** `text` in capitals without marks; of the same length, so that a place in one is the place in the other. */
  readonly folded: string;
  readonly left: number;
  readonly right: number;
  readonly baseline: number;
  /** Height of the tallest word. */
  readonly height: number;
  /** Line on the page from 0, of whatever column. */
  readonly line: number;
}

/** More than any page of print holds; the rest is not looked at. */
const MAX_WORDS = 5_000;
/** Parts of the usual letter's height. */
const SAME_LINE = 0.25;
const WIDE_GAP = 1.7;

/** Capitals without marks, letter by letter: Đ and the Icelandic letter that OCR takes for it become D. */
export function fold(text: string): string {
  return Array.from({ length: text.length }, (_, i) => foldLetter(text.charAt(i))).join('');
}

function foldLetter(letter: string): string {
  if (/[đĐðÐ]/.test(letter)) return 'D';
  const [base] = letter.normalize('NFD');
  const upper = (base ?? letter).toUpperCase();
  return upper.length === 1 ? upper : letter;
}

export function pieceOf(words: readonly ReadWord[], line: number): Piece {
  const text = words.map((w) => w.text).join(' ');
  return {
    words,
    text,
    folded: fold(text),
    left: Math.min(...words.map((w) => w.x)),
    right: Math.max(...words.map((w) => w.x + w.width)),
    baseline: words.reduce((sum, w) => sum + w.baseline, 0) / words.length,
    height: Math.max(...words.map((w) => w.height)),
    line,
  };
}

/** The words of `piece` that letters `from` to `to` of its text belong to. */
export function wordsBetween(piece: Piece, from: number, to: number): ReadWord[] {
  let at = 0;
  return piece.words.filter((word) => {
    const start = at;
    const end = start + word.text.length;
    at = end + 1;
    return start < to && end > from;
  });
}

/** The height that half of the words reach. */
export function usualHeight(words: readonly ReadWord[]): number {
  const heights = words.map((w) => w.height).sort((a, b) => a - b);
  return heights[Math.floor(heights.length / 2)] ?? 0;
}

/** The page's lines from top to bottom, each from left to right and cut where a gap is wide. */
export function linesOf(page: ReadPage): Piece[][] {
  const words = page.words
    .slice(0, MAX_WORDS)
    .filter((w) => w.text !== '' && [w.x, w.y, w.width, w.height, w.baseline].every(Number.isFinite))
    .map((w) => ({ ...w, text: w.text.normalize('NFC') }))
    .sort((a, b) => a.baseline - b.baseline);
  const unit = usualHeight(words);
  const rows: ReadWord[][] = [];
  for (const word of words) {
    const row = rows.at(-1);
    const last = row?.at(-1);
    if (row && last && word.baseline - last.baseline <= SAME_LINE * unit) row.push(word);
    else rows.push([word]);
  }
  return rows.map((row, line) => {
    const pieces: ReadWord[][] = [];
    for (const word of row.sort((a, b) => a.x - b.x)) {
      const piece = pieces.at(-1);
      const last = piece?.at(-1);
      if (piece && last && word.x - last.x - last.width <= WIDE_GAP * unit) piece.push(word);
      else pieces.push([word]);
    }
    return pieces.map((piece) => pieceOf(piece, line));
  });
}

/** Letters that must be changed, put in or left out to come from one text to the other; `most` + 1 where it is more. */
export function distance(a: string, b: string, most: number): number {
  if (Math.abs(a.length - b.length) > most) return most + 1;
  let before = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const changed = before[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min(changed, before[j]! + 1, row[j - 1]! + 1));
    }
    if (Math.min(...row) > most) return most + 1;
    before = row;
  }
  return Math.min(before[b.length]!, most + 1);
}

/** At least four of five letters are capitals, and there are three of them. */
export function isCapitals(text: string): boolean {
  const letters = text.match(/\p{L}/gu) ?? [];
  const capitals = text.match(/\p{Lu}/gu) ?? [];
  return capitals.length >= 3 && capitals.length >= 0.8 * letters.length;
}

import { linesOf, type Piece, pieceOf, type ReadPage, type ReadWord, usualHeight } from './page-lines.ts';

export interface Suggestion {
  readonly value: string;
  /** 0…1: how sure the words were read, less for each thing that was put right. */
  readonly confidence: number;
  /** Where the value stands on the page, in pixels of its picture. */
  readonly boxes: readonly Pick<ReadWord, 'x' | 'y' | 'width' | 'height'>[];
}

export interface Sheet {
  readonly page: ReadPage;
  readonly lines: readonly (readonly Piece[])[];
  readonly pieces: readonly Piece[];
  /** Lines over the whole width. */
  readonly whole: readonly Piece[];
  readonly unit: number;
}

export type Kind = 'civil' | 'land' | 'application' | 'other';

export interface Heading {
  readonly value: string;
  readonly words: readonly ReadWord[];
  readonly factor: number;
  /** Capitals without marks. */
  readonly folded: string;
  readonly top: number;
}

/** Below this nothing is said. */
const LEAST = 0.6;
/** A word below this was guessed, and so is what it stands in. */
const LEAST_WORD = 0.35;
/** For a letter put right in a value, or a kind of document known by all letters but one or two. */
export const PUT_RIGHT = 0.9;
/** Share of the page from its top that holds what an administrative paper says of itself. */
export const HEAD = 0.45;
/** Distance to the next line of the same thing, in heights of the usual word. */
export const NEXT_LINE = 2.6;
/** Longest value; contract: documentFacts. */
const MAX_LENGTH = 255;

/** A digit, or a letter that OCR takes one for; in capitals without marks. */
export const DIGIT = '[0-9OIL|]';
/** How the line of the number begins, in capitals without marks. */
export const NUMBER_LABEL = /^S[O0]\s?[:;.]/;

export function sheetOf(page: ReadPage): Sheet {
  const lines = linesOf(page);
  return {
    page,
    lines,
    pieces: lines.flat(),
    whole: lines.map((pieces, i) =>
      pieceOf(
        pieces.flatMap((p) => p.words),
        i,
      ),
    ),
    unit: usualHeight(lines.flatMap((pieces) => pieces.flatMap((p) => p.words))),
  };
}

export function joined(words: readonly ReadWord[]): string {
  return words.map((w) => w.text).join(' ');
}

/**
 * `decisive`: the words that the value hangs on; the worst of them says how sure it is. Without them it is the mean
 * over all, and nothing where one of them was hardly read at all.
 */
export function suggestion(
  value: string,
  words: readonly ReadWord[],
  factor: number,
  decisive: readonly ReadWord[] = [],
): Suggestion | null {
  if (words.length === 0 || value === '' || value.length > MAX_LENGTH) return null;
  if (decisive.length === 0 && words.some((w) => w.confidence < LEAST_WORD)) return null;
  const mean = words.reduce((sum, w) => sum + w.confidence, 0) / words.length;
  const read = decisive.length > 0 ? Math.min(...decisive.map((w) => w.confidence)) : mean;
  const confidence = Math.round(read * factor * 1000) / 1000;
  if (!(confidence >= LEAST)) return null;
  return { value, confidence, boxes: words.map(({ x, y, width, height }) => ({ x, y, width, height })) };
}

/** The words that hold a figure: what stands between them in a day or a number is known before it is read. */
export function figures(words: readonly ReadWord[]): readonly ReadWord[] {
  const found = words.filter((w) => /\d/.test(w.text));
  return found.length > 0 ? found : words;
}

/** The one value that all candidates agree on; the surest of them. */
export function agreed(candidates: readonly (Suggestion | null)[]): Suggestion | null {
  const found = candidates.filter((c) => c !== null).sort((a, b) => b.confidence - a.confidence);
  return found.every((c) => c.value === found[0]?.value) ? (found[0] ?? null) : null;
}

export function isInHead(piece: Piece, { page }: Sheet, share: number): boolean {
  return piece.baseline <= share * page.height;
}

export function digitsOf(text: string): { readonly digits: string; readonly factor: number } {
  const digits = text.replace(/O/g, '0').replace(/[IL|]/g, '1');
  return { digits, factor: digits === text ? 1 : PUT_RIGHT };
}

import type { PageText } from '../../../src/main/reading/port.ts';
import type { PrintedPage } from './ocr-pages.ts';

interface Placed {
  readonly text: string;
  readonly x: number;
  readonly baseline: number;
}

/** The page's text line by line from top to bottom: the same for what was printed and what was read of it. */
export function inLines(words: readonly Placed[], dpi: number): string {
  const sorted = [...words].sort((a, b) => a.baseline - b.baseline);
  const lines: Placed[][] = [];
  for (const word of sorted) {
    const line = lines.at(-1);
    // 1.3 mm: half the distance of lines in the smallest print.
    if (line && word.baseline - line[0]!.baseline < dpi * 0.05) line.push(word);
    else lines.push([word]);
  }
  return lines
    .map((line) =>
      line
        .sort((a, b) => a.x - b.x)
        .map((w) => w.text)
        .join(' '),
    )
    .join('\n')
    .normalize('NFC');
}

/** Letters to be changed, put in or left out (Levenshtein), blanks and line ends among them. */
export function editDistance(a: string, b: string): number {
  const [from, to] = [[...a], [...b]];
  let before = Uint32Array.from({ length: to.length + 1 }, (_, i) => i);
  for (let i = 0; i < from.length; i++) {
    const row = new Uint32Array(to.length + 1);
    row[0] = i + 1;
    for (let j = 0; j < to.length; j++) {
      const changed = before[j]! + (from[i] === to[j] ? 0 : 1);
      row[j + 1] = Math.min(changed, before[j + 1]! + 1, row[j]! + 1);
    }
    before = row;
  }
  return before[to.length]!;
}

export interface Errors {
  readonly wrong: number;
  readonly letters: number;
}

export function errorsOf(page: PrintedPage, read: Pick<PageText, 'words'>): Errors {
  const truth = inLines(page.words, page.dpi);
  return { wrong: editDistance(truth, inLines(read.words, page.dpi)), letters: [...truth].length };
}

/** Wrong letters of a hundred. */
export function percent(errors: readonly Errors[]): number {
  const sum = (of: keyof Errors) => errors.reduce((total, e) => total + e[of], 0);
  return Math.round((10_000 * sum('wrong')) / sum('letters')) / 100;
}

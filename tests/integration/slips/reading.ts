import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { readBarcodes } from 'zxing-wasm/reader';

/** A word of a page with its box, points from the top left corner. */
export interface PlacedWord {
  readonly text: string;
  readonly x1: number;
  readonly y1: number;
  readonly x2: number;
  readonly y2: number;
}

export function run(program: string, ...args: string[]): string {
  return execFileSync(program, args, { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
}

/** The text as pdftotext gives it, with line breaks as blanks. */
export function textOf(file: string, ...options: string[]): string {
  return run('pdftotext', ...options, '-enc', 'UTF-8', file, '-').replace(/\s+/g, ' ');
}

/** Text of one page, from 1. */
export function pageText(file: string, page: number, ...options: string[]): string {
  return textOf(file, '-f', String(page), '-l', String(page), ...options);
}

/** Size of every page in millimetres. */
export function pageSizes(file: string): { readonly width: number; readonly height: number }[] {
  const mm = (points: string) => (Number(points) / 72) * 25.4;
  return [...run('pdfinfo', '-f', '1', '-l', '-1', file).matchAll(/size:\s+([\d.]+) x ([\d.]+) pts/g)].map(
    ([, width, height]) => ({ width: mm(width!), height: mm(height!) }),
  );
}

export function wordsOf(file: string, page: number): PlacedWord[] {
  const boxes = run('pdftotext', '-bbox', '-f', String(page), '-l', String(page), file, '-');
  const word = /<word xMin="([\d.-]+)" yMin="([\d.-]+)" xMax="([\d.-]+)" yMax="([\d.-]+)">([^<]*)<\/word>/g;
  return [...boxes.matchAll(word)].map(([, x1, y1, x2, y2, text]) => ({
    text: text!,
    x1: Number(x1),
    y1: Number(y1),
    x2: Number(x2),
    y2: Number(y2),
  }));
}

/** Pairs of words whose boxes lie over each other by more than half a point both ways. */
export function overlaps(words: readonly PlacedWord[]): string[] {
  const over = (a1: number, a2: number, b1: number, b2: number) => Math.min(a2, b2) - Math.max(a1, b1) > 0.5;
  return words.flatMap((a, i) =>
    words
      .slice(i + 1)
      .filter((b) => over(a.x1, a.x2, b.x1, b.x2) && over(a.y1, a.y2, b.y1, b.y2))
      .map((b) => `${a.text} / ${b.text}`),
  );
}

/** What a reader finds on a page drawn at `dpi`. */
export async function codesOn(file: string, page: number, dpi: number) {
  const stem = file.replace(/\.pdf$/, `-${page}-${dpi}`);
  const at = String(page);
  run('pdftoppm', '-r', String(dpi), '-f', at, '-l', at, '-singlefile', '-png', file, stem);
  return readBarcodes(readFileSync(`${stem}.png`), { tryHarder: true });
}

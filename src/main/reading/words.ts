import type { PageText, Word } from './port.ts';

interface Box {
  readonly x0: number;
  readonly y0: number;
  readonly x1: number;
  readonly y1: number;
}

/** The part of Tesseract's JSON that is used. */
export interface RecognisedPage {
  readonly blocks: readonly {
    readonly paragraphs: readonly {
      readonly lines: readonly {
        readonly baseline: Box;
        readonly words: readonly { readonly text: string; readonly confidence: number; readonly bbox: Box }[];
      }[];
    }[];
  }[];
}

/** Words in Tesseract's reading order: block by block, line by line. Words without a visible letter are left out. */
export function wordsOf(page: RecognisedPage): Word[] {
  const words: Word[] = [];
  let line = 0;
  const lines = page.blocks.flatMap((b) => b.paragraphs.flatMap((p) => p.lines));
  for (const { baseline, words: read } of lines) {
    const before = words.length;
    for (const { text, confidence, bbox } of read) {
      const clean = text
        .normalize('NFC')
        .replace(/[\p{Cc}\p{Cf}\p{Z}]+/gu, ' ')
        .trim();
      if (clean === '') continue;
      words.push({
        text: clean,
        x: bbox.x0,
        y: bbox.y0,
        width: bbox.x1 - bbox.x0,
        height: bbox.y1 - bbox.y0,
        baseline: baselineAt(baseline, (bbox.x0 + bbox.x1) / 2, bbox),
        confidence: Math.min(1, Math.max(0, confidence / 100)),
        line,
      });
    }
    if (words.length > before) line++;
  }
  return words;
}

function baselineAt(line: Box, x: number, word: Box): number {
  const run = line.x1 - line.x0;
  const y = run === 0 ? line.y0 : line.y0 + ((line.y1 - line.y0) * (x - line.x0)) / run;
  // A line that was found across two of them has a baseline off its words; then the word's foot is the better one.
  return y > word.y0 && y <= word.y1 + (word.y1 - word.y0) ? y : word.y1;
}

/** `scale`: pixels that were read for one of the picture. */
export function pageText(words: readonly Word[], scale: number, width: number, height: number): PageText {
  const at = (v: number) => Math.round((v / scale) * 10) / 10;
  const placed = words.map((w) => ({
    ...w,
    x: at(w.x),
    y: at(w.y),
    width: at(w.width),
    height: at(w.height),
    baseline: at(w.baseline),
  }));
  const lines: string[][] = [];
  for (const { line, text } of placed) {
    lines[line] ??= [];
    lines[line].push(text);
  }
  const sum = placed.reduce((total, w) => total + w.confidence, 0);
  return {
    words: placed,
    text: lines.map((l) => l.join(' ')).join('\n'),
    width,
    height,
    confidence: placed.length === 0 ? 0 : sum / placed.length,
  };
}

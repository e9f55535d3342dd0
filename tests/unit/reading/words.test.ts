import { describe, expect, it } from 'vitest';
import { pageText, type RecognisedPage, wordsOf } from '../../../src/main/reading/words.ts';

type Line = RecognisedPage['blocks'][number]['paragraphs'][number]['lines'][number];

const box = (x0: number, y0: number, x1: number, y1: number) => ({ x0, y0, x1, y1 });
const line = (baseline: Line['baseline'], ...words: Line['words']): Line => ({ baseline, words });
const page = (...lines: Line[]): RecognisedPage => ({ blocks: [{ paragraphs: [{ lines }] }] });

describe('words of a page', () => {
  it('are NFC, in lines, with the baseline under their middle', () => {
    const words = wordsOf(
      page(
        line(
          box(0, 100, 200, 104),
          { text: 'Huế'.normalize('NFD'), confidence: 91.5, bbox: box(0, 70, 100, 101) },
          { text: 'đẹp', confidence: 250, bbox: box(100, 72, 200, 112) },
        ),
        line(box(0, 150, 0, 150), { text: 'a', confidence: -3, bbox: box(4, 130, 10, 150) }),
      ),
    );
    expect(words).toEqual([
      { text: 'Huế', x: 0, y: 70, width: 100, height: 31, baseline: 101, confidence: 0.915, line: 0 },
      { text: 'đẹp', x: 100, y: 72, width: 100, height: 40, baseline: 103, confidence: 1, line: 0 },
      { text: 'a', x: 4, y: 130, width: 6, height: 20, baseline: 150, confidence: 0, line: 1 },
    ]);
  });

  it('leave out what shows no letter, and count no line of such', () => {
    const words = wordsOf(
      page(
        line(box(0, 9, 9, 9), { text: ' \u00a0\u200b', confidence: 95, bbox: box(0, 0, 9, 9) }),
        line(box(0, 20, 9, 20), { text: 'x\u0000y\n', confidence: 95, bbox: box(0, 10, 9, 20) }),
      ),
    );
    expect(words.map((w) => [w.text, w.line])).toEqual([['x y', 0]]);
  });

  it('stand on their own foot where the line was found elsewhere', () => {
    const [word] = wordsOf(
      page(line(box(0, 900, 10, 900), { text: 'Số', confidence: 90, bbox: box(0, 10, 40, 30) })),
    );
    expect(word!.baseline).toBe(30);
  });

  it('come back in the pixels of the picture that was given', () => {
    const words = wordsOf(
      page(
        line(
          box(0, 30, 90, 30),
          { text: 'một', confidence: 80, bbox: box(30, 15, 60, 30) },
          { text: 'cửa', confidence: 90, bbox: box(66, 15, 90, 33) },
        ),
        line(box(0, 60, 90, 60), { text: 'hai', confidence: 100, bbox: box(0, 45, 30, 60) }),
      ),
    );
    const text = pageText(words, 3, 100, 200);
    expect(text).toMatchObject({ width: 100, height: 200, text: 'một cửa\nhai' });
    expect(text.confidence).toBeCloseTo(0.9);
    expect(text.words[0]).toMatchObject({ x: 10, y: 5, width: 10, height: 5, baseline: 10, line: 0 });
  });

  it('are none on an empty page, and its confidence is 0', () => {
    expect(pageText(wordsOf({ blocks: [] }), 1, 10, 10)).toEqual({
      words: [],
      text: '',
      width: 10,
      height: 10,
      confidence: 0,
    });
  });
});

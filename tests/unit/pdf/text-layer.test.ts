import { inflateSync } from 'node:zlib';
import { create } from '@cantoo/fontkit';
import { describe, expect, it } from 'vitest';
import { GLYPHLESS, GLYPHLESS_OBJECTS, glyphlessObjects } from '../../../src/main/pdf/glyphless-font.ts';
import { textOperators } from '../../../src/main/pdf/text-layer.ts';
import type { PageText, Word } from '../../../src/main/reading/port.ts';

const word = (text: string, more: Partial<Word> = {}): Word => ({
  text,
  x: 100,
  y: 200,
  width: 50,
  height: 40,
  baseline: 232,
  confidence: 0.9,
  line: 0,
  ...more,
});
const page = (words: readonly Word[], more: Partial<PageText> = {}): PageText => ({
  words,
  text: '',
  width: 1000,
  height: 2000,
  confidence: 0.9,
  ...more,
});
const draw = (words: readonly Word[], more: Partial<PageText> = {}) =>
  textOperators(page(words, more), '/F0', 500, 1000);

describe('the text layer', () => {
  it('is invisible, and stretches each word over its box on its baseline', () => {
    // Half a point a pixel. The taller word is 33 pixels over its baseline: 16.5 pt, which is 0.8 of the size. Its
    // letters are half the size wide; four of them go over 25 pt, one over 5 pt.
    const drawn = draw([word('Số:1'), word('x', { x: 160, width: 10, baseline: 233 })]);
    expect(drawn.split('\n')).toEqual([
      'BT 3 Tr /F0 20.625 Tf',
      '60.606 Tz 1 0 0 1 50 884 Tm <00531ED1003A00310020> Tj',
      '48.485 Tz 1 0 0 1 80 883.5 Tm <0078> Tj ET',
    ]);
  });

  it('gives each line its own size', () => {
    const both = draw([word('a', { line: 3 }), word('b', { line: 7, y: 400, height: 80, baseline: 464 })]);
    expect([...both.matchAll(/\/F0 ([\d.]+) Tf/g)].map((m) => Number(m[1]))).toEqual([20, 40]);
  });

  it('leaves out words without a letter or a place, and is nothing where none is left', () => {
    const wrong: Word[] = [
      word(' \u0007\u200b'),
      word('a', { width: 0 }),
      word('a', { height: -1 }),
      word('a', { x: Number.NaN }),
      word('a', { baseline: Number.POSITIVE_INFINITY }),
      word('a', { x: 990 }),
      word('a', { x: -1 }),
      word('a', { baseline: 2001 }),
    ];
    expect(draw(wrong)).toBe('');
    expect(draw([...wrong, word('b')]).match(/Tj/g)).toHaveLength(1);
    expect(draw([])).toBe('');
    expect(draw([word('a')], { width: 0 })).toBe('');
    expect(draw([word('a')], { height: Number.NaN })).toBe('');
  });

  it('writes NFC, and a mark for what the font has no code for', () => {
    expect(draw([word('ế'.normalize('NFD'))])).toContain('<1EBF>');
    expect(draw([word('a𠀀b\ud800c')])).toContain('<0061FFFD0062FFFD0063>');
  });

  it('bounds words and letters', () => {
    const many = Array.from({ length: 30_000 }, () => word('a'));
    expect(draw(many).match(/Tj/g)).toHaveLength(20_000);
    expect(draw([word('a'.repeat(9000))]).length).toBeLessThan(2200);
  });

  it('says only numbers that a reader can parse', () => {
    const odd = [
      word('a', { width: 1e-9 }),
      word('b'.repeat(400), { width: 0.001 }),
      word('c', { height: 1e9, y: -1e9 }),
    ];
    expect(draw(odd)).not.toMatch(/NaN|Infinity|e[-+]\d/);
  });
});

describe('the font that draws nothing', () => {
  const objects = glyphlessObjects(40);

  it('is embedded whole, with the width that its dictionary says', () => {
    expect(objects).toHaveLength(GLYPHLESS_OBJECTS);
    expect(objects[0]!.dictionary).toContain('/DescendantFonts [41 0 R] /ToUnicode 45 0 R');
    expect(objects[1]!.dictionary).toContain(`/DW ${GLYPHLESS.width}`);
    const font = create(Buffer.from(objects[3]!.stream!));
    if (!('getGlyph' in font)) throw new Error('a collection');
    expect([font.numGlyphs, font.unitsPerEm]).toEqual([2, 1000]);
    expect(font.getGlyph(1)?.advanceWidth).toBe(GLYPHLESS.width);
    expect(font.getGlyph(1)?.path.toSVG()).toBe('');
    expect([font.ascent, font.descent]).toEqual([GLYPHLESS.ascent, GLYPHLESS.descent]);
  });

  it('leads every code to a glyph that is not .notdef', () => {
    const map = inflateSync(objects[4]!.stream!);
    expect(map).toHaveLength(0x20000);
    for (let code = 0; code < 0x10000; code += 257) expect(map.readUInt16BE(2 * code)).toBe(1);
  });

  it('says what each code means in ranges and blocks of the lawful size', () => {
    const map = inflateSync(objects[5]!.stream!).toString('latin1');
    const blocks = [...map.matchAll(/(\d+) beginbfrange\n([\s\S]*?)\nendbfrange/g)];
    for (const [, count, body] of blocks) {
      const ranges = body!.split('\n');
      expect(ranges).toHaveLength(Number(count));
      expect(ranges.length).toBeLessThanOrEqual(100);
      for (const range of ranges) expect(range).toMatch(/^<(..)..> <\1..> <\1..>$/);
    }
    expect(map).toContain('<1E00> <1EFF> <1E00>');
    expect(map).not.toMatch(/<D8|<0000> <00|FFFE> <|FEFF> </);
  });
});

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type ScannedPage, writeScannedPdf } from '../../../src/main/pdf/scanned-pdf.ts';
import type { PageText, Word } from '../../../src/main/reading/port.ts';
import { describeWithPeers } from '../../support/peers.ts';
import { bilevelPng } from '../../unit/pdf/support/bilevel-png.ts';

const ICC = readFileSync(path.join(import.meta.dirname, '../../../resources/icc/sRGB.icc'));
const WIDTH = 1240;
const HEIGHT = 1754;
const DPI = 150;

/** Every letter of Vietnamese with every tone, as syllables of six. */
function syllables(): string[] {
  const vowels = [...'aăâeêioôơuưy'].flatMap((v) =>
    ['', '\u0300', '\u0309', '\u0303', '\u0301', '\u0323'].map((t) => (v + t).normalize('NFC')),
  );
  const letters = [...vowels, 'đ', ...'bcdghklmnpqrstvx'].flatMap((l) => [l, l.toUpperCase()]);
  const words: string[] = [];
  for (let at = 0; at < letters.length; at += 6) words.push(letters.slice(at, at + 6).join(''));
  return [...words, 'Số:', '12/QĐ-UBND', '(05/02/2026)', '“trích”', '–', '50%', '&<b>'];
}

function layOut(texts: readonly string[]): Word[] {
  return texts.map((text, i) => {
    const [column, line] = [i % 5, Math.floor(i / 5)];
    const baseline = 150 + 60 * line + column * 0.7;
    return {
      text,
      x: 100 + 215 * column,
      // Narrow and wide ones: a box has the width of its picture and not of the font.
      width: 60 + ((i * 37) % 130),
      y: baseline - 24 - (i % 3) * 3,
      height: 30 + (i % 3) * 3,
      baseline,
      confidence: 0.95,
      line,
    };
  });
}

const wordsIn = (text: string) => text.trim().split(/\s+/).sort();

function run(program: string, ...args: string[]): string {
  const result = spawnSync(program, args, { encoding: 'utf8', maxBuffer: 64 << 20 });
  expect(result.status).toBe(0);
  return result.stdout;
}

describeWithPeers(['qpdf', 'pdfsig', 'mutool'], 'a scanned PDF with text before its judges', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'text-layer-'));
  const file = path.join(folder, 'text.pdf');
  const bare = path.join(folder, 'bare.pdf');
  const words = layOut(syllables());
  const text: PageText = { words, text: '', width: WIDTH, height: HEIGHT, confidence: 0.95 };
  let colour: Buffer;
  let bilevel: Uint8Array;

  async function write(target: string, list: readonly ScannedPage[]): Promise<void> {
    async function* pages() {
      yield* list;
    }
    await writeScannedPdf({
      path: target,
      pages: pages(),
      title: 'Giấy khai sinh',
      createdAt: new Date(0),
      producer: 'Một Cửa Counter',
      icc: ICC,
    });
  }

  beforeAll(async () => {
    const noise = { type: 'gaussian' as const, mean: 220, sigma: 20 };
    const a4 = { create: { width: WIDTH, height: HEIGHT, channels: 3 as const, background: 'white', noise } };
    colour = await sharp(a4).jpeg({ quality: 60 }).toBuffer();
    const grey = await sharp(colour).toColourspace('b-w').raw().toBuffer();
    bilevel = bilevelPng(grey, WIDTH, HEIGHT, 220);
    // The first page without, then with: the font comes in between.
    await write(file, [
      { image: colour, dpi: DPI },
      { image: colour, dpi: DPI, text },
      { image: bilevel, dpi: DPI, text },
      { image: colour, dpi: DPI, text: { ...text, words: [] } },
    ]);
    await write(
      bare,
      [colour, colour, bilevel, colour].map((image) => ({ image, dpi: DPI })),
    );
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('qpdf finds no error', () => {
    expect(run('qpdf', '--check', file)).toContain('No syntax or stream encoding errors found');
  });

  it('has one font for the document, embedded, with its way back to Unicode', () => {
    const fonts = run('pdffonts', file).trim().split('\n').slice(2);
    expect(fonts).toHaveLength(1);
    expect(fonts[0]).toMatch(/^Glyphless\s+CID TrueType\s+Identity-H\s+yes no\s+yes/);
    expect(run('pdffonts', bare).trim().split('\n')).toHaveLength(2);
  });

  it.each([2, 3])('poppler gives the Vietnamese of page %i back in NFC, letter by letter', (page) => {
    const out = run('pdftotext', '-f', String(page), '-l', String(page), '-enc', 'UTF-8', file, '-');
    // In what order it reads a table is its own affair.
    expect(wordsIn(out)).toEqual(words.map((w) => w.text).sort());
    expect(out).toBe(out.normalize('NFC'));
  });

  it('MuPDF gives the same words, and the pages without text have none', () => {
    const out = run('mutool', 'draw', '-q', '-F', 'text', '-o', '-', file, '2');
    expect(wordsIn(out)).toEqual(words.map((w) => w.text).sort());
    for (const page of ['1', '4'])
      expect(run('pdftotext', '-f', page, '-l', page, file, '-').trim()).toBe('');
  });

  it('marks each word over its own picture', () => {
    const out = run('pdftotext', '-bbox', '-f', '2', '-l', '2', file, '-');
    const boxes = [
      ...out.matchAll(/<word xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">(.*)<.word>/g),
    ];
    expect(boxes).toHaveLength(words.length);
    for (const box of boxes) {
      const text = box[5]!.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
      const word = words.find((w) => w.text === text)!;
      const [x0, y0, x1, y1] = box.slice(1, 5).map((v) => (Number(v) * DPI) / 72) as [
        number,
        number,
        number,
        number,
      ];
      // 0.2 mm across; down, the line's size is that of its tallest word.
      expect(Math.abs(x0 - word.x)).toBeLessThan(1.2);
      expect(Math.abs(x1 - word.x - word.width)).toBeLessThan(1.2);
      expect(Math.abs(y0 - word.y)).toBeLessThan(8);
      expect(y1).toBeGreaterThan(word.baseline);
      expect(y1 - word.y - word.height).toBeLessThan(8);
    }
  });

  it('shows exactly what it shows without the text', () => {
    for (const [name, source] of [['text', file] as const, ['bare', bare] as const])
      run('pdftoppm', '-r', '50', source, path.join(folder, name));
    for (const page of [1, 2, 3, 4]) {
      const [one, other] = ['text', 'bare'].map((n) => readFileSync(path.join(folder, `${n}-${page}.ppm`)));
      expect(one!.equals(other!)).toBe(true);
    }
  });

  it('keeps a page of one bit a pixel as it is', async () => {
    const list = run('pdfimages', '-list', '-f', '3', '-l', '3', file)
      .trim()
      .split('\n')
      .at(-1)!
      .trim()
      .split(/\s+/);
    expect(list.slice(3, 9)).toEqual([String(WIDTH), String(HEIGHT), 'gray', '1', '1', 'image']);
    run('pdfimages', '-png', '-f', '3', '-l', '3', file, path.join(folder, 'bw'));
    const back = await sharp(path.join(folder, 'bw-000.png')).toColourspace('b-w').raw().toBuffer();
    const sent = await sharp(Buffer.from(bilevel)).toColourspace('b-w').raw().toBuffer();
    expect(back.equals(sent)).toBe(true);
  });
});

import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createReader, packagedReadingFiles } from '../../../src/main/reading/index.ts';
import type { PageReader } from '../../../src/main/reading/port.ts';
import { createSheet, type PrintedPage } from '../../labelled/sections/ocr-pages.ts';

const never = new AbortController().signal;
const LINES = [
  'Ủy ban nhân dân xã Đức Long đã tiếp nhận hồ sơ của ông Nguyễn Hữu Ước.',
  'Thửa đất số 127, tờ bản đồ số 15, diện tích 342,5 mét vuông.',
  'Kết quả được trả lời bằng văn bản trước ngày 30 tháng 4 năm 2026.',
];

let page: PrintedPage;
let reader: PageReader;

beforeAll(async () => {
  const sheet = createSheet('serif');
  for (const [i, text] of LINES.entries()) sheet.print(text, 'Regular', 13, 30, 40 + 9 * i);
  // What a page holds below decides which way up it is.
  let y = 80;
  for (let i = 0; i < 3; i++) y = sheet.paragraph(LINES.join(' '), 'Regular', 13, y);
  page = await sheet.scan({ dpi: 300, noise: 5 });
  reader = createReader({ background: false });
});
afterAll(() => reader.close());

describe('reading a page', { timeout: 300_000 }, () => {
  it('gives its Vietnamese text in NFC, line by line', async () => {
    const read = await reader.read(page.image, 300, never);
    expect(read.text.split('\n').slice(0, 3)).toEqual(LINES);
    expect(read.text).toBe(read.text.normalize('NFC'));
    expect(read).toMatchObject({ width: page.width, height: page.height });
    expect(read.confidence).toBeGreaterThan(0.85);
    expect(read.confidence).toBeLessThanOrEqual(1);
  });

  it('places each word where it was printed', async () => {
    const read = await reader.read(page.image, 300, never);
    const first = read.words.filter((w) => w.line < 3);
    expect(first).toHaveLength(LINES.join(' ').split(' ').length);
    for (const [i, word] of first.entries()) {
      const printed = page.words[i]!;
      expect(word.text).toBe(printed.text);
      // 0.5 mm at 300 dpi.
      expect(Math.abs(word.x - printed.x)).toBeLessThan(6);
      expect(Math.abs(word.x + word.width - printed.x - printed.width)).toBeLessThan(6);
      expect(Math.abs(word.baseline - printed.baseline)).toBeLessThan(6);
      expect(word.y).toBeLessThan(printed.baseline);
    }
  });

  it('reads a bilevel PNG and a larger or smaller picture alike, in their own pixels', async () => {
    const bilevel = await sharp(page.image).threshold(150).png({ palette: false }).toBuffer();
    const large = await sharp(page.image)
      .resize({ width: page.width * 2 })
      .jpeg()
      .toBuffer();
    const small = await sharp(page.image)
      .resize({ width: Math.round(page.width / 2) })
      .png()
      .toBuffer();
    for (const [image, dpi] of [[bilevel, 300] as const, [large, 600] as const, [small, 150] as const]) {
      const read = await reader.read(image, dpi, never);
      expect(read.text.split('\n')[0]).toBe(LINES[0]);
      const word = read.words[0]!;
      expect(Math.abs((word.x / dpi - page.words[0]!.x / 300) * 25.4)).toBeLessThan(0.5);
      expect(read.width).toBe(Math.round((page.width * dpi) / 300));
    }
  });

  it('finds no word on an empty page', async () => {
    const image = await sharp({ create: { width: 800, height: 1100, channels: 3, background: 'white' } })
      .jpeg()
      .toBuffer();
    expect(await reader.read(image, 100, never)).toEqual({
      words: [],
      text: '',
      width: 800,
      height: 1100,
      confidence: 0,
    });
    expect(await reader.orientation(image, never)).toEqual({ turn: 0, confidence: 0 });
  });

  it.each([0, 90, 180, 270] as const)('says how a page that lies turned by %i stands upright', async (by) => {
    const turned = await sharp(page.image).rotate(by).jpeg().toBuffer();
    const { turn, confidence } = await reader.orientation(turned, never);
    expect(turn).toBe((360 - by) % 360);
    expect(confidence).toBeGreaterThan(0.6);
    expect(confidence).toBeLessThanOrEqual(1);
  });

  it('can be cancelled in the middle, and reads the next page', async () => {
    const stop = new AbortController();
    const first = reader.read(page.image, 300, stop.signal);
    const second = reader.read(page.image, 300, never);
    setTimeout(() => stop.abort(), 300);
    await expect(first).rejects.toMatchObject({ code: 'CANCELLED' });
    expect((await second).text.split('\n')[0]).toBe(LINES[0]);
  });
});

describe('a reader with bad input', { timeout: 300_000 }, () => {
  it('refuses what is no picture of the two kinds, cut, or too large, each by its reason', async () => {
    const tiff = await sharp(page.image).tiff().toBuffer();
    const bomb = await sharp({ create: { width: 12_000, height: 12_000, channels: 3, background: 'white' } })
      .png()
      .toBuffer();
    for (const [image, reason] of [
      [new Uint8Array(), 'picture'],
      [Buffer.from('not a picture'), 'picture'],
      [tiff, 'picture'],
      [page.image.subarray(0, 20_000), 'picture'],
      [bomb, 'too-large'],
    ] as const) {
      await expect(reader.read(image, 300, never)).rejects.toMatchObject({
        code: 'READING_FAILED',
        details: { reason },
      });
      await expect(reader.orientation(image, never)).rejects.toMatchObject({ code: 'READING_FAILED' });
    }
    const small = createReader({ limits: { maxBytes: 1000 } });
    await expect(small.read(page.image, 300, never)).rejects.toMatchObject({
      code: 'READING_FAILED',
      details: { reason: 'too-large' },
    });
    await small.close();
  });

  it.each([0, -1, Number.NaN])('refuses %d dots an inch', async (dpi) => {
    await expect(reader.read(page.image, dpi, never)).rejects.toMatchObject({ code: 'READING_FAILED' });
  });

  it('fails without its data, fetches nothing and writes nothing', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'reading-'));
    const lost = createReader({ files: { langPath: folder } });
    await expect(lost.read(page.image, 300, never)).rejects.toMatchObject({
      code: 'READING_FAILED',
      details: { reason: 'start' },
    });
    expect(readdirSync(folder)).toEqual([]);
    await lost.close();
    rmSync(folder, { recursive: true });
    expect(existsSync('vie.traineddata')).toBe(false);
    expect(existsSync('osd.traineddata')).toBe(false);
  });

  it('finds its data in the npm packages', () => {
    const { langPath, osdPath, corePath } = packagedReadingFiles();
    expect(readdirSync(langPath)).toContain('vie.traineddata.gz');
    expect(readdirSync(osdPath)).toContain('osd.traineddata.gz');
    expect(readdirSync(corePath)).toContain('tesseract-core-relaxedsimd-lstm.wasm');
  });
});

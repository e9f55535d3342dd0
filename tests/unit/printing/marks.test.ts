import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { degrees, PDFDocument } from 'pdf-lib';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Pixels } from '../../../src/main/importing/protocol.ts';
import { drawMark } from '../../../src/main/printing/marks/draw.ts';
import { freePlace, type MarkPlace } from '../../../src/main/printing/marks/places.ts';
import { type MarkFacts, markQr, markWords, sayMark } from '../../../src/main/printing/marks/words.ts';
import { POINTS_PER_MM } from '../../../src/main/printing/sheet-size.ts';
import { createBarcodeEncoder, type EncodeBarcode } from '../../../src/main/slips/barcode.ts';
import { pixelsOf } from './drawn.ts';

const RESOURCES = path.join(import.meta.dirname, '../../../resources');
const WORDS = markWords.parse(
  JSON.parse(readFileSync(path.join(RESOURCES, 'printing/conversion-mark.json'), 'utf8')),
);
const font = new Uint8Array(readFileSync(path.join(RESOURCES, 'fonts/LiberationSerif-Regular.ttf')));
const MM = POINTS_PER_MM;

const FACTS: MarkFacts = {
  kind: 'converted',
  name: 'Giấy chứng nhận',
  code: 'H14.22.05-261123-0001',
  system: 'Một Cửa Counter',
  owner: 'UBND xã Bảo Lâm',
  lookup: 'https://motcua.example.gov.vn/tra-cuu',
  actor: 'Nông Thị Mẫu',
  at: '09:21 23/11/2026',
  firstCopy: 3,
  copies: 2,
  sha256: 'ab'.repeat(32),
};

let encode: EncodeBarcode;
beforeAll(async () => {
  const wasm = createRequire(import.meta.url).resolve('zxing-wasm/writer/zxing_writer.wasm');
  encode = await createBarcodeEncoder(readFileSync(wasm));
});

describe('the words of a conversion mark (Luật GDĐT Điều 12 khoản 2)', () => {
  it('name document, code, system, owner, place of lookup, who, when and which copies', () => {
    const text = sayMark(WORDS, FACTS);
    for (const part of [
      ...['BẢN IN TỪ BẢN ĐIỆN TỬ', FACTS.name, FACTS.code!, FACTS.system, FACTS.owner, FACTS.lookup],
      ...[FACTS.actor, FACTS.at, 'bản số 3 đến 4'],
    ])
      expect(text).toContain(part);
    expect(text).not.toMatch(/[{}]/);
    expect(sayMark(WORDS, { ...FACTS, copies: 1 })).toContain('bản số 3.');
  });

  it('send to the owner where no address is configured, and take no braces of a name for places', () => {
    const text = sayMark(WORDS, { ...FACTS, lookup: '', code: null, name: 'a {actor} b' });
    expect(text).toContain('Tra cứu tại UBND xã Bảo Lâm');
    expect(text).toContain('chưa có');
    expect(text).toContain('a {actor} b');
  });

  it('keep the fields of the QR apart whatever they hold', () => {
    expect(markQr({ ...FACTS, code: 'a|b\nc' }).split('|')).toEqual([
      ...['MCCP1', 'a/b/c', 'ab'.repeat(8), '3', FACTS.lookup],
    ]);
  });
});

function drawn(blank: (x: number, y: number) => boolean) {
  const [width, height] = [595, 842];
  const data = new Uint8Array(width * height);
  const mm = 25.4 / 72;
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) data[y * width + x] = blank(x * mm, (height - y) * mm) ? 255 : 0;
  return { data, width, height, widthMm: width * mm, heightMm: height * mm };
}

describe('the place of a mark', () => {
  it.each([
    ['bottom', (_x: number, y: number) => y < 22],
    ['right', (x: number) => x > 188],
    ['left', (x: number) => x < 22],
    ['top', (_x: number, y: number) => y > 275],
  ] as const)('is the %s margin where that alone is free', (edge, blank) => {
    expect(freePlace(drawn(blank))?.edge).toBe(edge);
  });

  it('is nowhere on a page that is written on to its edges, nor in a margin that is too narrow', () => {
    expect(freePlace(drawn(() => false))).toBeNull();
    expect(freePlace(drawn((_x, y) => y < 15))).toBeNull();
  });

  it('steers clear of a single dot', () => {
    const dots = [20, 60, 100, 140, 180];
    const page = drawn((x, y) => y < 22 && !dots.some((d) => Math.abs(x - d) < 0.5 && y > 8 && y < 10));
    expect(freePlace(page)).toBeNull();
    const one = drawn((x, y) => y < 22 && !(Math.abs(x - 20) < 0.5 && y > 8 && y < 10));
    const place = freePlace(one)!;
    expect(place.x).toBeGreaterThan(20);
  });
});

describe('a drawn mark', () => {
  const markOf = async (facts: MarkFacts) => ({
    text: sayMark(WORDS, facts),
    qr: await encode('qr', markQr(facts)),
    font,
    sheetTitle: 'DẤU CHUYỂN ĐỔI',
  });
  async function pages(turns: readonly number[]): Promise<PDFDocument> {
    const pdf = await PDFDocument.create();
    for (const turn of turns) {
      const [width, height] = turn % 180 === 0 ? [210, 297] : [297, 210];
      pdf.addPage([width * MM, height * MM]).setRotation(degrees(turn));
    }
    return PDFDocument.load(await pdf.save());
  }
  const strips: MarkPlace[] = [
    { edge: 'bottom', x: 10, y: 5, length: 150, depth: 14 },
    { edge: 'top', x: 10, y: 278, length: 150, depth: 14 },
    { edge: 'left', x: 5, y: 40, length: 150, depth: 14 },
    { edge: 'right', x: 191, y: 40, length: 110, depth: 14 },
  ];

  /** Millimetres of the dark pixels of a page as it is seen. */
  function inkOf(seen: Pixels): { x: number; y: number }[] {
    const mm = 25.4 / 100;
    const ink: { x: number; y: number }[] = [];
    for (let y = 0; y < seen.height; y++)
      for (let x = 0; x < seen.width; x++)
        if (seen.data[(y * seen.width + x) * seen.channels]! <= 200)
          ink.push({ x: x * mm, y: (seen.height - y) * mm });
    return ink;
  }

  it('stays within its strip at every edge of a page that is turned in any way', async () => {
    const all = strips.flatMap((strip) => [0, 90, 180, 270].map((turn) => ({ strip, turn })));
    const pdf = await pages(all.map(({ turn }) => turn));
    await drawMark(
      pdf,
      await markOf(FACTS),
      all.map(({ strip }) => strip),
    );
    expect(pdf.getPageCount()).toBe(all.length);
    const seen = await pixelsOf(await pdf.save());
    for (const [i, { strip }] of all.entries()) {
      const lying = strip.edge === 'bottom' || strip.edge === 'top';
      const [w, h] = lying ? [strip.length, strip.depth] : [strip.depth, strip.length];
      const ink = inkOf(seen[i]!);
      const outside = ink.filter(
        ({ x, y }) =>
          x < strip.x - 0.6 || x > strip.x + w + 0.6 || y < strip.y - 0.6 || y > strip.y + h + 0.6,
      );
      expect({ ...all[i], outside }).toEqual({ ...all[i], outside: [] });
      expect(ink.length).toBeGreaterThan(500);
    }
  });

  it('gets a sheet of its own where a page has no place, or where its words are too many for a margin', async () => {
    const none = await pages([0]);
    await drawMark(none, await markOf(FACTS), [null]);
    expect(none.getPageCount()).toBe(2);
    const long = await pages([0]);
    await drawMark(long, await markOf({ ...FACTS, name: 'Nguyễn '.repeat(300) }), [strips[0]!]);
    expect(long.getPageCount()).toBe(2);
    expect(long.getPage(1).getSize()).toEqual(long.getPage(0).getSize());
  });

  it('draws a box for a letter that the font lacks, and steering marks not at all', async () => {
    const pdf = await pages([0]);
    await drawMark(pdf, await markOf({ ...FACTS, name: '龍 \u202e gpj.exe' }), [strips[0]!]);
    expect(pdf.getPageCount()).toBe(1);
  });
});

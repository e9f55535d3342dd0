import { readFileSync } from 'node:fs';
import { inflateSync } from 'node:zlib';
import { create, type Font } from '@cantoo/fontkit';
import { describe, expect, it } from 'vitest';
import { vietnamTime } from '../../../../src/main/calendar/local-time.ts';
import { readPdf } from '../../../../src/main/pdf/reader/document.ts';
import { firstPage } from '../../../../src/main/pdf/reader/pages.ts';
import { memorySource } from '../../../../src/main/pdf/reader/source.ts';
import {
  appearanceFont,
  loadAppearanceFont,
  shippedFontPath,
} from '../../../../src/main/signing/appearance/font.ts';
import { layOut, PADDING } from '../../../../src/main/signing/appearance/layout.ts';
import { place, type Rectangle } from '../../../../src/main/signing/appearance/place.ts';
import { type MadePage, makePdf, ONE_PAGE, rawPdf } from '../sign-support.ts';

const font = await loadAppearanceFont(shippedFontPath());
const at = new Date('2026-08-14T02:21:05.900Z');
const NAME = 'Nguyễn Thị Thu Hường';

describe('text of a visible signature', () => {
  it('shows who signed and when, in ISO 8601 at +07:00', () => {
    expect(vietnamTime(at)).toBe('2026-08-14T09:21:05+07:00');
    expect(vietnamTime(new Date('2026-12-31T20:00:00Z'))).toBe('2027-01-01T03:00:00+07:00');
    const block = layOut('digitised-component', font, NAME, at);
    expect(block.lines).toEqual([`Người ký: ${NAME}`, 'Thời gian ký: 2026-08-14T09:21:05+07:00']);
    expect(block).toMatchObject({ corner: 'top-left', fontSize: 10, height: 30 });
    expect(block.width).toBeGreaterThanOrEqual(170);
    expect(block.width).toBeLessThan(190);
  });

  it('shows the form of the copy and the agency on a sao y, top right', () => {
    const block = layOut('agency-copy', font, 'UBND xã Mẫu', at);
    expect(block.lines).toEqual(['Sao y', 'UBND xã Mẫu', 'Thời gian ký: 2026-08-14T09:21:05+07:00']);
    expect(block.corner).toBe('top-right');
  });

  it.each([
    'Công Tằng Tôn Nữ Thị Thanh Huyền Trang Phương Linh Đan Quỳnh Anh',
    'X'.repeat(120),
    `${'Rất dài '.repeat(100)}`,
  ])('wraps a long name inside a box that grows', (name) => {
    const block = layOut('digitised-component', font, name, at);
    const inner = block.width - 2 * PADDING;
    for (const line of block.lines) expect(font.widthOf(line) * block.fontSize).toBeLessThanOrEqual(inner);
    expect(block.lines.length).toBeLessThanOrEqual(7);
    expect(block.height).toBeGreaterThanOrEqual(block.lines.length * block.fontSize * 1.2);
    expect(block.lines.at(-1)).toBe('Thời gian ký: 2026-08-14T09:21:05+07:00');
  });

  it('names each form of copy as the decree does, and an annex by its main document', () => {
    const first = (word?: string) =>
      layOut('agency-copy', font, 'UBND xã Mẫu', at, word ? { word } : {}).lines[0];
    expect([first(), first('sao-y'), first('sao-luc'), first('trich-sao')]).toEqual([
      'Sao y',
      'Sao y',
      'Sao lục',
      'Trích sao',
    ]);
    const annex = layOut('annex', font, '15/QĐ-UBND', at);
    expect(annex.lines).toEqual(['Số: 15/QĐ-UBND', 'Thời gian ký: 2026-08-14T09:21:05+07:00']);
    expect(annex).toMatchObject({ corner: 'top-right', fontSize: 10 });
  });

  it.each([
    ['agency-copy', 'Ủy ban nhân dân xã Bảo Lâm, huyện Bảo Lạc, tỉnh Cao Bằng'],
    ['digitised-component', 'Công Tằng Tôn Nữ Thị Thanh Huyền Trang Phương Linh Đan Quỳnh Anh Thùy Dương'],
  ] as const)('grows wider before it leaves the top margin of 20 mm (%s)', (kind, name) => {
    const block = layOut(kind, font, name, at);
    expect(block.margin + block.height).toBeLessThanOrEqual((20 * 72) / 25.4);
    expect(block.lines.join(' ')).toContain(name.split(' ').at(-1));
    // On a page too narrow for two blocks side by side it keeps to its half.
    const narrow = layOut(kind, font, name, at, { pageWidth: 420 });
    expect(narrow.width).toBeLessThanOrEqual((420 - 3 * narrow.margin) / 2);
    expect(narrow.height).toBeGreaterThan(block.height);
  });

  it('takes what stands in a name for no place to fill', () => {
    const block = layOut('agency-copy', font, '{time} {word} {name} $& $1', at);
    expect(block.lines[1]).toBe('{time} {word} {name} $& $1');
  });

  it('breaks between letters, never between a letter and its mark', () => {
    // m̀ has no composed form.
    const block = layOut('digitised-component', font, 'm\u0300'.repeat(200), at);
    for (const line of block.lines.slice(0, -1)) {
      expect(line).not.toMatch(/^\u0300/);
      expect(line.replace(/^Người ký: ?/, '')).toMatch(/^(m\u0300)*…?$/);
    }
  });

  it('strips control and direction-changing characters and composes the rest', () => {
    const block = layOut('digitised-component', font, 'A\u202eB\n\tC e\u0302\u0301 $&', at);
    expect(block.lines[0]).toBe('Người ký: A B C ế $&');
  });
});

describe('font subset', () => {
  it('holds each character of the text under its own CID with its width', () => {
    const subset = font.subset(NAME);
    for (const character of NAME) {
      const cid = subset.cidOf(character.codePointAt(0)!);
      expect(subset.codePoints[cid]).toBe(character.codePointAt(0));
      expect(subset.widths[cid]).toBeCloseTo(font.widthOf(character) * 1000, -1);
    }
    expect(subset.name).toMatch(/^[A-Z]{6}\+LiberationSerif$/);
    const program = inflateSync(subset.program);
    expect(program.length).toBe(subset.programBytes);
    expect(program.length).toBeLessThan(40_000);
    // Letters with marks bring their parts along as further glyphs.
    const glyphs = (create(program) as Font).numGlyphs;
    expect(glyphs).toBeGreaterThanOrEqual(subset.widths.length);
  });

  it('is shared by texts that need no further characters, so that a batch makes it once', () => {
    expect(font.subset(`${NAME}2026-08-14`)).toBe(font.subset(`${NAME}2025-11-23`));
    expect(font.subset(NAME).name).not.toBe(font.subset('Trần').name);
  });

  it('shows ? for what the font lacks', () => {
    const subset = font.subset('漢');
    expect(subset.codePoints[subset.cidOf('漢'.codePointAt(0)!)]).toBe('?'.codePointAt(0));
  });

  it('refuses what is no font', () => {
    expect(() => appearanceFont(readFileSync(import.meta.filename))).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID' }) as Error,
    );
  });
});

describe('place on the page', () => {
  const block = layOut('digitised-component', font, NAME, at);
  const copy = layOut('agency-copy', font, 'UBND xã Mẫu', at);

  async function placed(page: MadePage, which = block) {
    const document = await readPdf(memorySource(await makePdf('table', [page])));
    return place(document, await firstPage(document), which);
  }
  const size = ([x0, y0, x1, y1]: Rectangle) => [x1 - x0, y1 - y0];

  it('is the top left corner for the clerk and the top right for the agency', async () => {
    const left = await placed({});
    expect(left.rect[0]).toBeCloseTo(14);
    expect(left.rect[3]).toBeCloseTo(842 - 14);
    expect(size(left.rect)[0]).toBeCloseTo(block.width);
    const right = await placed({}, copy);
    expect(right.rect[2]).toBeCloseTo(595 - 14);
    expect(right.rect[3]).toBeCloseTo(842 - 14);
  });

  it.each([
    [90, [14, 14], [0, 1, -1, 0, 0, 0]],
    [180, [595 - 14, 14], [-1, 0, 0, -1, 0, 0]],
    [270, [595 - 14, 842 - 14], [0, -1, 1, 0, 0, 0]],
  ] as const)('stands upright in the seen corner of a page turned by %i', async (rotate, corner, matrix) => {
    const { rect, matrix: found } = await placed({ rotate });
    expect(found).toEqual(matrix);
    const across = rotate === 180 ? 0 : 1;
    expect(size(rect)[across]).toBeCloseTo(block.width);
    const nearest = [rect[0] < 100 ? rect[0] : rect[2], rect[1] < 100 ? rect[1] : rect[3]];
    expect(nearest[0]).toBeCloseTo(corner[0]);
    expect(nearest[1]).toBeCloseTo(corner[1]);
  });

  it('keeps to the crop box and to odd origins', async () => {
    const { rect } = await placed({ crop: [100, 200, 300, 400] });
    expect(rect[0]).toBeCloseTo(114);
    expect(rect[3]).toBeCloseTo(586);
  });

  it('is as large on paper whatever unit the page counts in', async () => {
    const pdf = rawPdf([
      ONE_PAGE[0],
      ONE_PAGE[1],
      ONE_PAGE[2].replace('/MediaBox [0 0 595 842]', '/MediaBox [0 0 1190 1684] /UserUnit 0.5'),
      ...ONE_PAGE.slice(3),
    ]);
    const document = await readPdf(memorySource(Buffer.from(pdf, 'latin1')));
    const { rect } = await place(document, await firstPage(document), block);
    expect(rect[0]).toBeCloseTo(28);
    expect(rect[3]).toBeCloseTo(1684 - 28);
    expect(size(rect)[0]).toBeCloseTo(block.width * 2);
  });

  it('shrinks only where the page is too small for it', async () => {
    const { rect } = await placed({ size: [100, 60] });
    expect(rect[0]).toBeGreaterThanOrEqual(0);
    expect(rect[2]).toBeLessThanOrEqual(100);
    expect(size(rect)[0]! / size(rect)[1]!).toBeCloseTo(block.width / block.height);
  });
});

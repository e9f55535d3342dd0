import { crc32 } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { Barcode } from '../../../src/contract/model.ts';
import { readSeparator, type Separator, separatorText } from '../../../src/main/dossiers/separation.ts';

const corners: Barcode['corners'] = [
  { x: 0, y: 0 },
  { x: 1, y: 0 },
  { x: 1, y: 1 },
  { x: 0, y: 1 },
];
const code = (text: string, format: Barcode['format'] = 'qr'): Barcode => ({ format, text, corners });

const DOSSIER = '7f3f3c0e-27a5-4a0e-9a53-0d5a7a1b2c3d';
const ALL: readonly Separator[] = [
  { kind: 'next-component' },
  { kind: 'component', componentId: 'to-khai' },
  { kind: 'component', componentId: 'tờ:khai|01:' },
  { kind: 'dossier', dossierId: DOSSIER },
];

describe('the text of a separator', () => {
  it.each(ALL)('comes back as it went: %o', (separator) => {
    expect(readSeparator([code(separatorText(separator))])).toEqual(separator);
    expect(readSeparator([code(separatorText(separator), 'code128')])).toEqual(separator);
  });

  it('carries the CRC-32 of what stands before it', () => {
    const body = `MCC1:D:${DOSSIER}`;
    const check = crc32(body).toString(36).toUpperCase().padStart(7, '0');
    expect(separatorText({ kind: 'dossier', dossierId: DOSSIER })).toBe(`${body}:${check}`);
  });

  it('is the same however the id was composed', () => {
    const written = separatorText({ kind: 'component', componentId: 'tờ khai'.normalize('NFD') });
    expect(written).toBe(separatorText({ kind: 'component', componentId: 'tờ khai'.normalize('NFC') }));
  });

  it('is refused for an id that could not come back', () => {
    expect(() => separatorText({ kind: 'component', componentId: '' })).toThrow(RangeError);
    expect(() => separatorText({ kind: 'component', componentId: 'x'.repeat(700) })).toThrow(RangeError);
  });
});

describe('what a page says', () => {
  it('is nothing without a code', () => {
    expect(readSeparator([])).toBeNull();
  });

  it.each([
    ['a bill', 'https://example.vn/hoa-don?id=1'],
    ['a card', '004190000123|085012345|Nông Thị Mẫu|05021990|Nữ|Tổ 3, Phường Thục Phán, Cao Bằng|12052022'],
    ['a slip of ours', 'MCC1|H14.22.05-260203-0975|1.004884|004190000123|Giấy|Hệ thống|202602031000|'],
    ['no check', 'MCC1:N'],
    ['an empty check', 'MCC1:N:'],
    ['no letter', 'MCC1:'],
    ['nothing', ''],
    ['another version', separatorText({ kind: 'next-component' }).replace('MCC1', 'MCC2')],
    ['a check in small letters', separatorText({ kind: 'dossier', dossierId: DOSSIER }).toLowerCase()],
    ['too long a text', `MCC1:P:${'x'.repeat(4000)}:0000000`],
  ])('is nothing for %s', (_, text) => {
    expect(readSeparator([code(text)])).toBeNull();
  });

  it('is nothing after any one character was changed', () => {
    const text = separatorText({ kind: 'component', componentId: 'to-khai' });
    for (let i = 0; i < text.length; i += 1) {
      const changed = `${text.slice(0, i)}${text[i] === 'x' ? 'y' : 'x'}${text.slice(i + 1)}`;
      expect(readSeparator([code(changed)])).toBeNull();
    }
  });

  it.each([
    ['an id in a sheet that has none', 'MCC1:N:more'],
    ['an unknown letter', 'MCC1:Z:more'],
    ['an empty id', 'MCC1:P:'],
  ])('is nothing for %s, even with a right check', (_, body) => {
    const check = crc32(body).toString(36).toUpperCase().padStart(7, '0');
    expect(readSeparator([code(`${body}:${check}`)])).toBeNull();
  });

  it('is "next component" for Patch T and for its text', () => {
    expect(readSeparator([code('T', 'patch')])).toEqual({ kind: 'next-component' });
    expect(readSeparator([code('PATCHT', 'code39')])).toEqual({ kind: 'next-component' });
    expect(readSeparator([code('T', 'code39')])).toBeNull();
    expect(readSeparator([code('2', 'patch')])).toBeNull();
  });

  it('is one thing said twice, whatever else is on the sheet', () => {
    const text = separatorText({ kind: 'component', componentId: 'to-khai' });
    expect(readSeparator([code('hello'), code(text), code(text, 'code128')])).toEqual(ALL[1]);
  });

  it('is nothing where two codes disagree', () => {
    const texts = ALL.map((s) => code(separatorText(s)));
    for (const a of texts) {
      for (const b of texts) expect(readSeparator([a, b]) === null).toBe(a !== b);
    }
    expect(readSeparator([code('T', 'patch'), texts[1]!])).toBeNull();
  });
});

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { readCatalogue } from '../../../src/main/procedures/catalogue-file.ts';
import { foldText } from '../../../src/main/procedures/fold-text.ts';
import { findProcedure, prepareCatalogue, searchProcedures } from '../../../src/main/procedures/search.ts';

const sample = readFileSync(
  path.join(import.meta.dirname, '../../../resources/catalogue/sample.json'),
  'utf8',
);
const catalogue = prepareCatalogue(readCatalogue(sample).procedures);
const find = (text: string, limit = 5) => searchProcedures(catalogue, text, limit).map((p) => p.code);

describe('folding', () => {
  it.each([
    ['Đăng ký KHAI SINH', 'dang ky khai sinh'],
    ['Thanh Hoá', 'thanh hoa'],
    ['Thanh Hóa', 'thanh hoa'],
    ['Nguyễn Thị Ước'.normalize('NFD'), 'nguyen thi uoc'],
    ["  H'Hen — K’Brơi ", 'h hen k broi'],
    ['', ''],
  ])('%s is %s', (text, folded) => {
    expect(foldText(text)).toBe(folded);
  });
});

describe('searching the catalogue', () => {
  it.each([
    ['khai sinh', '1.001193'],
    ['KHAI SINH', '1.001193'],
    ['khai sinh lai', '1.004884'],
    ['dang ky lai khai', '1.004884'],
    ['giấy phép xd', '1.013227'],
    ['qz wv', undefined],
    ['gia han', '1.013227'],
    ['dkkh', '1.000894'],
    ['dktt', '1.004222'],
    ['1.0011', '1.001193'],
    ['001193', '1.001193'],
    ['1193', '1.001193'],
    ['ho kinh doanh', '1.001612'],
    ['hon nhan', '1.004873'],
    ['uy tin', '1.012222'],
    ['xyz', undefined],
  ])('%s finds %s first', (text, code) => {
    expect(find(text)[0]).toBe(code);
  });

  it('finds by the field too, behind what is found by name', () => {
    const found = find('ho tich', 20);
    expect(found).toContain('1.000894');
    expect(found[0]).toBe('2.000635');
  });

  it('gives the whole catalogue by name for an empty text, up to the limit', () => {
    expect(find('', 100)).toHaveLength(12);
    expect(find('  ', 3)).toHaveLength(3);
  });

  it('takes any text without harm', () => {
    for (const text of ['(', '\\', '.*', '%', "'; --", '😀', '\u0000', '.'.repeat(200)]) {
      expect(Array.isArray(find(text))).toBe(true);
    }
  });

  it('finds by code with and without a province’s suffix', () => {
    expect(findProcedure(catalogue, '1.001193')?.code).toBe('1.001193');
    expect(findProcedure(catalogue, '1.001193.000.00.00.H14')?.code).toBe('1.001193');
    expect(findProcedure(catalogue, '1.00119')).toBeUndefined();
  });
});

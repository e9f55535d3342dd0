import { describe, expect, it } from 'vitest';
import { toCsv } from '../../../src/main/reports/csv.ts';
import { type PrintedReport, shown } from '../../../src/main/reports/printed.ts';

const report = (types: PrintedReport['columns'][number]['type'][]): PrintedReport => ({
  ...{ title: 'Báo cáo', unit: '', period: '', made: '', madeAt: '', notes: [] },
  columns: types.map((type, i) => ({ title: `Cột ${i}`, type })),
});

describe('a number on paper', () => {
  it.each([
    [0, 'count', '0'],
    [999, 'count', '999'],
    [1000, 'money', '1.000'],
    [-1234567, 'money', '-1.234.567'],
    [12.5, 'percent', '12,50'],
    [1234.56, 'average', '1.234,6'],
    [null, 'count', '–'],
    [null, 'instant', ''],
    ['2026-01-01T16:59:00.000Z', 'instant', '23:59 01/01/2026'],
    ['=1', 'text', '=1'],
  ] as const)('%s as %s is %j', (cell, type, text) => {
    expect(shown(cell, type)).toBe(text);
  });
});

describe('CSV', () => {
  const line = (cell: string | number | null, type: PrintedReport['columns'][number]['type'] = 'text') =>
    toCsv(report([type]), [{ cells: [cell], total: false }]).split('\r\n')[1];

  it('has its mark, its head and an end on every line', () => {
    expect(toCsv(report(['text', 'count']), [])).toBe('\ufeffCột 0,Cột 1\r\n');
  });

  it.each([
    ['a,b', '"a,b"'],
    ['a"b', '"a""b"'],
    ['a\nb', '"a\nb"'],
    ['=1+1', "'=1+1"],
    ['+84', "'+84"],
    ['-1', "'-1"],
    ['@x', "'@x"],
    ['\t=1', "'\t=1"],
    [' =1', "' =1"],
    ['=HYPERLINK("x")', '"\'=HYPERLINK(""x"")"'],
    ['Ữ ẵ – Đ', 'Ữ ẵ – Đ'],
  ])('writes %j as %j', (text, field) => {
    expect(line(text)).toBe(field);
  });

  it('writes numbers bare, also below zero, and nothing for what is not known', () => {
    expect(line(-1234.5, 'money')).toBe('-1234.5');
    expect(line(null, 'count')).toBe('');
    expect(line('2026-01-01T17:00:00.000Z', 'instant')).toBe('00:00 02/01/2026');
  });
});

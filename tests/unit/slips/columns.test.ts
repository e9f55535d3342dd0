import { describe, expect, it } from 'vitest';
import { columnsOf } from '../../../src/main/slips/columns.ts';
import { receiptNumber } from '../../../src/main/slips/day-end.ts';
import { writeDay } from '../../../src/main/slips/days.ts';
import { parseSlipForm, type SlipForm } from '../../../src/main/slips/form.ts';
import { punctuality } from '../../../src/main/slips/process-control.ts';

const ALIGNS = { order: 'centre', name: 'left', money: 'right' } as const;

function form(labels: Readonly<Record<string, string>>): SlipForm {
  return parseSlipForm({
    kind: 'hand-over',
    form: 'Phiếu',
    regulation: 'của đơn vị',
    version: '1',
    effectiveFrom: '2025-01-01',
    effectiveTo: null,
    provenance: 'test',
    paper: { widthMm: 210, heightMm: 297, marginsMm: { top: 20, right: 15, bottom: 20, left: 30 } },
    labels,
  });
}

const TITLES = { 'column.order': 'STT', 'column.name': 'Tên', 'column.money': 'Số tiền' };

describe('columns of a form', () => {
  it('come in the order of the form, with titles, widths and a common title', () => {
    const columns = columnsOf(
      form({ columns: 'name:40 order:9.5 money:20', ...TITLES, grouped: 'order money', group: 'Cộng' }),
      ALIGNS,
    );
    expect(columns).toEqual([
      { key: 'name', column: { title: 'Tên', width: 40, align: 'left' } },
      { key: 'order', column: { title: 'STT', width: 9.5, align: 'centre', group: 'Cộng' } },
      { key: 'money', column: { title: 'Số tiền', width: 20, align: 'right', group: 'Cộng' } },
    ]);
  });

  it.each([
    ['no columns', TITLES],
    ['an unknown key', { ...TITLES, columns: 'order:9 colour:20' }],
    ['a key of every object', { ...TITLES, columns: 'toString:9' }],
    ['no width', { ...TITLES, columns: 'order' }],
    ['a width of nothing', { ...TITLES, columns: 'order:0' }],
    ['a width that is none', { ...TITLES, columns: 'order:wide' }],
    ['two blanks', { ...TITLES, columns: 'order:9  name:20' }],
    ['no title', { columns: 'order:9' }],
    ['a group without title', { ...TITLES, columns: 'order:9', grouped: 'order' }],
  ])('are refused with %s', (_, labels) => {
    expect(() => columnsOf(form(labels), ALIGNS)).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID' }),
    );
  });
});

describe('the result of a dossier at its return to the counter', () => {
  it.each([
    ['2026-02-10T02:05:59.000Z', 'onTime'],
    ['2026-02-10T02:06:00.000Z', 'late'],
    ['2026-02-09T17:00:00.000Z', 'onTime'],
    ['2026-02-09T16:59:00.000Z', 'early'],
    ['2026-03-01T00:00:00.000Z', 'late'],
  ])('finished at %s it is %s, due at 09:05 on the 10th', (finishedAt, expected) => {
    expect(punctuality(finishedAt, '2026-02-10T02:05:00.000Z')).toBe(expected);
  });
});

describe('days and numbers in tables', () => {
  it('write a day in full and refuse what is none', () => {
    expect(writeDay('2024-02-29')).toBe('29/02/2024');
    for (const day of ['', 'mai', '2026-13-01']) expect(() => writeDay(day)).toThrow(RangeError);
  });

  it('write a receipt’s number with seven digits, and longer ones whole', () => {
    expect([1, 9_999_999, 12_345_678].map(receiptNumber)).toEqual(['0000001', '9999999', '12345678']);
  });
});

import { describe, expect, it } from 'vitest';
import raw from '../../../resources/fee-scales.json' with { type: 'json' };
import wording from '../../../resources/texts/certified-copy.json' with { type: 'json' };
import { feeProposals } from '../../../src/contract/fees.ts';
import { proposeFees, readFeeScales } from '../../../src/main/fees/propose.ts';
import { codeOf } from './support.ts';

const SCALES = readFeeScales(raw);
const spec = (name: string, amount: number | null) => ({
  code: '',
  name,
  kind: 'fee' as const,
  amount,
  note: '',
});

describe('the lines that the catalogue would ask', () => {
  it('are its fees, without what is free; one fixed elsewhere has no amount yet', () => {
    const fees = [spec('Bản sao', 8000), spec('Miễn phí', 0), spec('Do HĐND quy định', null)];
    const { lines, needsQuantity } = proposeFees({ code: '2.000635', fees }, SCALES, {});
    expect(lines.map((l) => [l.spec.name, l.amount, l.quantity, l.due, l.scale])).toEqual([
      ['Bản sao', 8000, 1, 'reception', null],
      ['Do HĐND quy định', null, 1, 'reception', null],
    ]);
    expect(needsQuantity).toBe(false);
  });

  it.each([
    [1, 2000],
    [2, 4000],
    [3, 5000],
    [198, 200_000],
    [199, 200_000],
    [5000, 200_000],
  ])('of a certified copy of %d pages are %d đồng a copy', (pages, amount) => {
    const proposed = proposeFees({ code: '2.000815.000.00.00.H14', fees: [] }, SCALES, { pages, copies: 3 });
    expect(feeProposals.parse(proposed)).toEqual(proposed);
    expect(proposed.lines.map((l) => [l.amount, l.quantity])).toEqual([[amount, 3]]);
    expect(proposed.lines[0]?.scale?.id).toBe('certified-copy');
  });

  it('of a certified copy wait for the number of pages', () => {
    const fees = [spec('Phí chứng thực', null)];
    const { lines, needsQuantity } = proposeFees({ code: '2.000815', fees }, SCALES, {});
    expect(lines.map((l) => [l.spec.name, l.amount])).toEqual([['Phí chứng thực', null]]);
    expect(needsQuantity).toBe(true);
  });

  it('go by the same scale as the book of certified copies', () => {
    const { firstPages, first, further, most } = wording.fee;
    expect(SCALES.find((s) => s.id === 'certified-copy')).toMatchObject({ firstPages, first, further, most });
  });

  it('are none where the catalogue asks for nothing', () => {
    expect(proposeFees({ code: '1.001193', fees: [] }, SCALES, { pages: 3 })).toEqual({
      lines: [],
      needsQuantity: false,
    });
  });

  it('come from a file that says what it cannot read', () => {
    expect(codeOf(() => readFeeScales({ scales: [{ id: 'x' }] }))).toBe('CONFIG_INVALID');
    expect(codeOf(() => readFeeScales(null))).toBe('CONFIG_INVALID');
  });
});

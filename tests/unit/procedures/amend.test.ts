import { describe, expect, it } from 'vitest';
import { type Amendment, amendment } from '../../../src/contract/catalogue.ts';
import { CounterError } from '../../../src/contract/errors.ts';
import { type Procedure, procedure as shape } from '../../../src/contract/procedures.ts';
import { amended, assertAmendable, isTakenOn } from '../../../src/main/procedures/amend.ts';
import { fromNational } from '../../../src/main/procedures/national.ts';
import { nationalRecord } from '../../support/national.ts';
import { PLAIN_SPEC } from '../../support/plain.ts';

const CODE = '1.000001';
const national = fromNational(nationalRecord(CODE)).procedure;
const component = {
  id: 'dp-01',
  code: '',
  name: 'Phiếu của xã',
  originals: 1,
  copies: 0,
  handling: 'submit' as const,
  required: true,
  group: '',
  ...PLAIN_SPEC,
};
const local: Procedure = { ...national, code: 'DP-01', name: 'Thủ tục của tỉnh' };
const fee = { code: '', name: 'Phí', kind: 'fee' as const, amount: 8000, note: '' };
const amendedBy = (...amendments: Amendment[]) => amended(national, amendments);

function refusal(now: Parameters<typeof assertAmendable>[0], code: string, given: Amendment): string {
  try {
    assertAmendable(now, code, given);
  } catch (error) {
    if (error instanceof CounterError) return `${error.code} ${error.details.reason ?? ''}`.trim();
    throw error;
  }
  return '';
}

describe('the unit’s own additions', () => {
  it('stand over the record and leave it as it is', () => {
    const before = structuredClone(national);
    const { procedure } = amendedBy(
      { do: 'change', set: { duration: { value: 1, unit: 'working-day' } } },
      { do: 'component', component },
      { do: 'fee', fee },
    );
    expect(procedure?.duration).toEqual({ value: 1, unit: 'working-day' });
    expect(procedure?.components.map((c) => c.id)).toEqual(['tp-01', 'dp-01']);
    expect(procedure?.fees).toEqual([fee]);
    expect(procedure?.name).toBe(national.name);
    expect(shape.parse(procedure)).toEqual(procedure);
    expect(national).toEqual(before);
  });

  it('count again over the next import’s record', () => {
    const next = fromNational(nationalRecord(CODE, { TENTTHC: 'Tên mới' })).procedure;
    const { procedure } = amended(next, [
      { do: 'component', component },
      { do: 'fee', fee },
    ]);
    expect([procedure?.name, procedure?.components.length, procedure?.fees.length]).toEqual([
      'Tên mới',
      2,
      1,
    ]);
  });

  it('replace what they named before, and can be taken back one by one or all at once', () => {
    const twice = amendedBy(
      { do: 'component', component },
      { do: 'component', component: { ...component, name: 'Phiếu khác' } },
      { do: 'fee', fee },
      { do: 'fee', fee: { ...fee, amount: 9000 } },
    ).procedure;
    expect([twice?.components.at(-1)?.name, twice?.fees.map((f) => f.amount)]).toEqual([
      'Phiếu khác',
      [9000],
    ]);
    const gone = amendedBy(
      { do: 'component', component },
      { do: 'remove-component', id: 'dp-01' },
      { do: 'fee', fee },
      { do: 'remove-fee', name: 'Phí' },
    );
    expect(gone.procedure).toEqual(national);
    expect(amendedBy({ do: 'hide' }, { do: 'fee', fee }, { do: 'reset' })).toEqual({
      procedure: national,
      hidden: false,
      taken: null,
    });
  });

  it('say by its name whether a paper is owed by all', () => {
    const { procedure } = amendedBy({ do: 'require', component: 'Đơn đề nghị', required: false });
    expect(procedure?.components.map((c) => c.required)).toEqual([false]);
  });

  it('hide and show', () => {
    expect(amendedBy({ do: 'hide' }).hidden).toBe(true);
    expect(amendedBy({ do: 'hide' }, { do: 'show' }).hidden).toBe(false);
  });

  it('may be a procedure of their own, until the catalogue has it', () => {
    const add: Amendment = { do: 'add', procedure: local };
    expect(amended(null, [add, { do: 'fee', fee }]).procedure?.fees).toEqual([fee]);
    expect(amended(national, [add]).procedure).toEqual(national);
    expect(amended(null, [{ do: 'fee', fee }]).procedure).toBeNull();
  });

  it.each<[string, Amendment, string]>([
    ['a procedure that there is', { do: 'add', procedure: national }, 'PROCEDURE_AMENDMENT_INVALID exists'],
    [
      'days in the wrong order',
      { do: 'limit', taken: { from: '2026-02-01', until: '2026-01-01' } },
      'PROCEDURE_AMENDMENT_INVALID limit',
    ],
    [
      'a note with copies',
      { do: 'component', component: { ...component, handling: 'note', required: false } },
      'PROCEDURE_AMENDMENT_INVALID quantity',
    ],
    [
      'a paper without copies',
      { do: 'component', component: { ...component, originals: 0 } },
      'PROCEDURE_AMENDMENT_INVALID quantity',
    ],
    [
      'a required paper that is shown',
      { do: 'component', component: { ...component, handling: 'show' } },
      'PROCEDURE_AMENDMENT_INVALID required',
    ],
    ['no such component', { do: 'remove-component', id: 'dp-99' }, 'PROCEDURE_AMENDMENT_INVALID component'],
    [
      'no such paper',
      { do: 'require', component: 'Không có', required: true },
      'PROCEDURE_AMENDMENT_INVALID component',
    ],
    ['no such fee', { do: 'remove-fee', name: 'Không có' }, 'PROCEDURE_AMENDMENT_INVALID fee'],
    ['what is in order', { do: 'fee', fee }, ''],
  ])('with %s are judged', (_what, given, expected) => {
    expect(refusal(amendedBy(), CODE, given)).toBe(expected);
  });

  it('need something to amend, and an own procedure its own code', () => {
    expect(refusal(amended(null, []), 'DP-01', { do: 'hide' })).toBe('PROCEDURE_UNKNOWN');
    expect(refusal(amended(null, []), 'DP-02', { do: 'add', procedure: local })).toBe(
      'PROCEDURE_AMENDMENT_INVALID code',
    );
  });

  it.each([
    { do: 'component', component: { ...component, id: 'tp-01' } },
    { do: 'change', set: {} },
    { do: 'fee', fee: { ...fee, amount: -1 } },
    { do: 'fee', fee: { ...fee, name: ' ' } },
    { do: 'limit', taken: { from: '2026-02-30', until: null } },
    { do: 'delete' },
  ])('%#: of a wrong shape never reach the store', (given) => {
    expect(amendment.safeParse(given).success).toBe(false);
  });
});

describe('days on which a unit takes a procedure', () => {
  it.each([
    [null, '2026-01-01', true],
    [{ from: '2026-01-01', until: '2026-01-31' }, '2026-01-01', true],
    [{ from: '2026-01-01', until: '2026-01-31' }, '2026-01-31', true],
    [{ from: '2026-01-01', until: '2026-01-31' }, '2026-02-01', false],
    [{ from: '2026-01-01', until: null }, '2025-12-31', false],
    [{ from: null, until: '2026-01-31' }, '2000-01-01', true],
    [{ from: null, until: null }, '2000-01-01', true],
  ])('%j on %s: %s', (taken, day, expected) => {
    expect(isTakenOn(taken, day)).toBe(expected);
  });
});

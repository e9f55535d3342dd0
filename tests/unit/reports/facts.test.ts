import { describe, expect, it } from 'vitest';
import type { ComponentView } from '../../../src/contract/model.ts';
import { fold } from '../../../src/main/dossiers/dossier.ts';
import { factsOf, receiptsOf } from '../../../src/main/reports/facts.ts';
import { PLAIN_PAPER } from '../../support/plain.ts';
import { procedure, signature, spec, stamp, uuid } from '../dossiers/samples.ts';

const draft = fold([{ type: 'opened', ...stamp(), dossierId: uuid(1), procedure }]);

type Lookup = NonNullable<ComponentView['lookup']>;
const lookup = (over: Partial<Lookup> = {}): Lookup => ({
  ...{ base: 'CSDL quốc gia về dân cư', reference: 'r-1', at: stamp().at, answer: 'match', fallback: '' },
  ...over,
});
const paper = (
  id: string,
  over: Partial<ComponentView> = {},
  handling: 'submit' | 'show' | 'note' = 'submit',
) => ({
  ...{
    spec: spec(id, { handling, required: true }),
    pages: [],
    signature: null,
    attachments: [],
    facts: null,
  },
  ...PLAIN_PAPER,
  ...over,
});
const attached = (signatures: number, signed: boolean): ComponentView['attachments'] => [
  {
    ...{
      id: uuid(50),
      name: 'a.pdf',
      bytes: 10,
      pages: 1,
      sha256: '0'.repeat(64),
      signatures,
      verdict: null,
    },
    ...{ signature: signed ? signature(1) : null, addedAt: stamp().at, removed: false },
  },
];
const papers = (...components: ComponentView[]) => factsOf({ ...draft, components });

describe('the papers of a dossier', () => {
  it('are owed where they are to be handed in and required, there, or replaced by data', () => {
    const optional = spec('o', { handling: 'submit', required: false });
    const facts = papers(
      paper('a'),
      paper('b', {}, 'show'),
      paper('c', {}, 'note'),
      paper('d', { spec: optional }),
      paper('e', { spec: optional, attachments: attached(1, false) }),
      paper('f', { spec: optional, lookup: lookup() }),
    );
    expect(facts).toMatchObject({ papersOwed: 3, papersDigitised: 1, papersReused: 1, papersCovered: 2 });
  });

  it.each([
    ['a signed original', attached(1, false), 1],
    ['a copy under the clerk’s signature', attached(0, true), 1],
    ['a copy without one', attached(0, false), 0],
    ['one that was removed', attached(1, false).map((a) => ({ ...a, removed: true })), 0],
  ])('%s counts %#', (_what, attachments, digitised) => {
    expect(papers(paper('a', { attachments })).papersDigitised).toBe(digitised);
  });

  it('count once where they are there and were looked up as well', () => {
    const both = paper('a', { attachments: attached(1, false), lookup: lookup() });
    expect(papers(both, paper('b'))).toMatchObject({ papersOwed: 2, papersCovered: 1, papersReused: 1 });
  });

  it.each([
    [{ answer: 'match' }, 1, 1],
    [{ answer: 'no-match' }, 0, 1],
    [{ answer: 'no-data' }, 0, 0],
    [{ answer: 'insufficient' }, 0, 0],
    [{ fallback: 'dữ liệu sai ngày sinh' }, 0, 1],
    [{ base: 'CSDL hộ tịch điện tử' }, 1, 0],
    [{ base: 'DAN CU' }, 1, 1],
  ] as const)('looked up with %j: reused %i, population used %i', (over, papersReused, populationUsed) => {
    expect(papers(paper('a', { lookup: lookup(over) }))).toMatchObject({ papersReused, populationUsed });
  });

  it('come from the store where an earlier result stands in for them', () => {
    const replaced = paper('a', { spec: spec('a', { replacedBy: 'KQ.G15.1' }), lookup: lookup() });
    expect(papers(replaced, paper('b', { lookup: lookup() }))).toMatchObject({
      papersReused: 2,
      papersFromStore: 1,
    });
  });
});

describe('the money of a dossier', () => {
  const line = {
    code: '',
    name: 'Lệ phí',
    kind: 'charge' as const,
    amount: 50_000,
    quantity: 3,
    due: 'reception' as const,
  };
  const exemption = { off: 20_000, reason: 'hộ nghèo', ground: '' };
  const payment = (n: number, way: 'cash' | 'transfer', cancelled: boolean) => ({
    ...{ id: uuid(70 + n), at: '2026-06-30T17:00:00.000Z', by: 'an', amount: 1000 * n, way, reference: '' },
    receipt: { form: '', sign: 'AA/26', number: n, documentId: null },
    lines: [{ ...line, exemption }],
    cancelled: cancelled ? { at: '2026-07-01T16:59:59.000Z', by: 'an', reason: 'nhầm' } : null,
  });
  const dossier = {
    ...draft,
    fees: [
      { ...line, exemption },
      { ...line, exemption: null },
    ],
    payments: [payment(1, 'cash', false), payment(2, 'transfer', false), payment(4, 'cash', true)],
  } as typeof draft;

  it('is what is owed after exemption, and what was paid and not cancelled', () => {
    expect(factsOf(dossier)).toMatchObject({
      ...{ feesDue: 280_000, feesExempt: 20_000, paidCash: 1000, paidTransfer: 2000 },
    });
  });

  it('has every receipt, on the counter’s own days', () => {
    const day = (minute: number) => new Date(minute * 60_000).toISOString().slice(0, 10);
    const receipts = receiptsOf(dossier);
    expect(receipts.map((r) => [r.amount, day(r.paidAt), r.exempt])).toEqual([
      [1000, '2026-07-01', 20_000],
      [2000, '2026-07-01', 20_000],
      [4000, '2026-07-01', 20_000],
    ]);
    expect(day(receipts[2]!.cancelledAt!)).toBe('2026-07-01');
  });
});

it('is on no books while it is a draft', () => {
  expect(factsOf(draft)).toMatchObject({
    enteredAt: null,
    receivedAt: null,
    settledAt: null,
    outcome: 'none',
  });
});

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { DataLookup } from '../../../src/contract/life-cycle.ts';
import type { ComponentView } from '../../../src/contract/model.ts';
import type { ComponentSpec } from '../../../src/contract/procedures.ts';
import { parseSlipForm } from '../../../src/main/slips/form.ts';
import { handedIn, writeAmounts, writeData } from '../../../src/main/slips/handed-in.ts';
import { PLAIN_PAGE } from '../../support/pages.ts';
import { PLAIN_PAPER, PLAIN_SPEC } from '../../support/plain.ts';

const FILE = path.join(import.meta.dirname, '../../../resources/slips/tt03-2025-mau01.json');
const form = parseSlipForm(JSON.parse(readFileSync(FILE, 'utf8')));

const SPEC: ComponentSpec = {
  id: 'a',
  code: '',
  name: 'Tờ khai',
  originals: 1,
  copies: 0,
  handling: 'submit',
  required: true,
  group: '',
  ...PLAIN_SPEC,
};

const PAGE: ComponentView['pages'][number] = {
  id: '00000000-0000-4000-8000-000000000001',
  width: 100,
  height: 100,
  dpi: 300,
  ...PLAIN_PAGE,
  addedAt: '2026-02-03T02:00:00.000Z',
  removed: false,
};

function component(spec: Partial<ComponentSpec>, over: Partial<ComponentView> = {}): ComponentView {
  return {
    spec: { ...SPEC, ...spec },
    pages: [PAGE],
    signature: null,
    attachments: [],
    facts: null,
    ...PLAIN_PAPER,
    ...over,
  };
}

function amounts(...given: Parameters<typeof component>): string | undefined {
  const [line] = handedIn([component(...given)]);
  return line && writeAmounts(form, line);
}

const LOOKUP: DataLookup = {
  base: 'CSDL quốc gia về dân cư',
  reference: 'R-1',
  at: '2026-02-03T02:00:00.000Z',
  answer: 'match',
  fallback: '',
};

describe('amounts of papers', () => {
  it('name originals and copies where there are any', () => {
    expect(amounts({ originals: 1, copies: 0 })).toBe('01 bản chính');
    expect(amounts({ originals: 0, copies: 12 })).toBe('12 bản sao');
    expect(amounts({ originals: 1, copies: 2 })).toBe('01 bản chính, 02 bản sao');
    expect(amounts({ originals: 0, copies: 0 })).toBe('');
  });

  it('are those counted at the counter, where they were counted', () => {
    const counts = { originals: 0, certified: 1, photocopies: 3 };
    expect(amounts({ originals: 1, copies: 2 }, { counts })).toBe('01 bản chứng thực, 03 bản photo');
    const none = { originals: 0, certified: 0, photocopies: 0 };
    expect(amounts({ originals: 1, copies: 2 }, { counts: none })).toBe('');
  });
});

describe('what was handed in', () => {
  it('is what has pages, files or a count of papers, and is to be handed in', () => {
    const removed = { pages: [{ ...PAGE, removed: true }] };
    const counts = { originals: 1, certified: 0, photocopies: 0 };
    const nothing = { ...counts, originals: 0 };
    expect(handedIn([component({}, removed)])).toEqual([]);
    expect(handedIn([component({}, { ...removed, counts: nothing })])).toEqual([]);
    expect(handedIn([component({}, { ...removed, counts })])).toHaveLength(1);
    expect(handedIn([component({ handling: 'show' }), component({ handling: 'note' })])).toEqual([]);
  });

  it('may be data in place of a paper, where the base gave a matching answer and no paper was asked for', () => {
    const [line] = handedIn([component({}, { pages: [], lookup: LOOKUP })]);
    expect(writeData(form, line!.data!)).toBe('thay bằng dữ liệu: CSDL quốc gia về dân cư, mã tra cứu R-1');
    expect(writeData(form, { base: 'B', reference: '' })).toBe('thay bằng dữ liệu: B');
    expect(writeAmounts(form, line!)).toBe('');
    for (const lookup of [
      { ...LOOKUP, answer: 'no-match' as const },
      { ...LOOKUP, answer: 'no-data' as const },
      { ...LOOKUP, answer: 'insufficient' as const },
      { ...LOOKUP, fallback: 'sự cố kết nối' },
    ]) {
      expect(handedIn([component({}, { pages: [], lookup })])).toEqual([]);
    }
  });

  it('is the paper where both a paper and data are there', () => {
    const [line] = handedIn([component({}, { lookup: LOOKUP })]);
    expect(line).toMatchObject({ data: null, amounts: { originals: 1 } });
  });
});

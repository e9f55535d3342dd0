import { describe, expect, it } from 'vitest';
import { FRESH_COURSE } from '../../../src/contract/life-cycle.ts';
import type { ComponentView, DossierView, PageView } from '../../../src/contract/model.ts';
import type { ComponentSpec } from '../../../src/contract/procedures.ts';
import { rowOf, upsertRow, withPage } from '../../../src/renderer/app/dossier-cache.ts';
import {
  currentStep,
  nextToScan,
  sendState,
  stepStates,
  unsignedComponents,
} from '../../../src/renderer/desks/clerk/progress.ts';
import { PLAIN_PAGE } from '../../support/pages.ts';
import { PLAIN_APPLICANT, PLAIN_PAPER, PLAIN_PROCEDURE, PLAIN_SPEC } from '../../support/plain.ts';

const page = (id: string, removed = false): PageView => ({
  id,
  width: 10,
  height: 10,
  dpi: 300,
  ...PLAIN_PAGE,
  addedAt: '2026-11-23T01:00:00.000Z',
  removed,
});

function component(id: string, pages: PageView[], spec: Partial<ComponentSpec> = {}): ComponentView {
  return {
    spec: {
      id,
      code: '',
      name: id,
      originals: 1,
      copies: 0,
      handling: 'submit',
      required: true,
      group: '',
      ...PLAIN_SPEC,
      ...spec,
    },
    pages,
    signature: null,
    attachments: [],
    facts: null,
    ...PLAIN_PAPER,
  };
}

const signed = (c: ComponentView): ComponentView => ({
  ...c,
  signature: { documentId: 'x', sha256: 'y', bytes: 1, pages: 1, signer: 's', signedAt: 'z', level: 'B-B' },
});

function dossier(components: ComponentView[], change: Partial<DossierView> = {}): DossierView {
  return {
    id: 'd',
    state: 'draft',
    procedure: {
      code: '1',
      name: 'P',
      field: { code: '', name: '' },
      version: '1',
      duration: null,
      ...PLAIN_PROCEDURE,
      components: [],
      results: [],
    },
    applicant: {
      name: 'A',
      identityNumber: '',
      kind: 'citizen',
      birthDate: null,
      gender: null,
      address: '',
      phone: '',
      email: '',
      ...PLAIN_APPLICANT,
    },
    components,
    code: null,
    openedAt: '2026-11-23T01:00:00.000Z',
    openedBy: '',
    receivedAt: null,
    due: null,
    slipDocumentId: null,
    receipt: null,
    sendFault: null,
    ...FRESH_COURSE,
    ...change,
  };
}

const RECEIVED_AT = '2026-11-23T01:00:00.000Z';
const WAITING = { state: 'received', delivery: 'waiting', receivedAt: RECEIVED_AT } as const;
const SENT = { ...WAITING, delivery: 'sent' } as const;

describe('what is to be done next', () => {
  it('goes from the citizen over papers and signature to the receipt', () => {
    expect(currentStep(dossier([component('a', [])], { applicant: null }))).toBe('citizen');
    expect(currentStep(dossier([component('a', [])]))).toBe('papers');
    expect(currentStep(dossier([component('a', [page('1')])]))).toBe('sign');
    expect(currentStep(dossier([signed(component('a', [page('1')]))]))).toBe('receive');
    expect(currentStep(dossier([], WAITING))).toBe('send');
    expect(currentStep(dossier([], SENT))).toBeNull();
    expect(currentStep(dossier([], { state: 'discarded' }))).toBeNull();
  });

  it('asks for no paper that is a note, only shown, or optional', () => {
    const components = [
      component('note', [], { handling: 'note' }),
      component('show', [], { handling: 'show' }),
      component('optional', [], { required: false }),
    ];
    expect(currentStep(dossier(components))).toBe('receive');
  });

  it('counts a removed page as none', () => {
    expect(currentStep(dossier([component('a', [page('1', true)])]))).toBe('papers');
    expect(unsignedComponents(dossier([component('a', [page('1', true)])]))).toEqual([]);
  });

  it('marks one step as the current one', () => {
    const states = stepStates(dossier([component('a', [])])).map((s) => s.state);
    expect(states).toEqual(['done', 'current', 'later', 'later', 'later']);
  });

  it('scans on into the next missing component, round to the first, and stays where none is missing', () => {
    const open = dossier([component('a', []), component('b', [page('1')]), component('c', [])]);
    expect(nextToScan(open, null)).toBe('a');
    expect(nextToScan(open, 'a')).toBe('c');
    expect(nextToScan(open, 'c')).toBe('a');
    const full = dossier([component('n', [], { handling: 'note' }), component('b', [page('1')])]);
    expect(nextToScan(full, null)).toBe('b');
    expect(nextToScan(full, 'b')).toBe('b');
    expect(nextToScan(dossier([]), null)).toBeNull();
  });
});

describe('the way to the province', () => {
  const status = { waiting: 0, sending: 0, sent: 0, needsPerson: 0, online: true, lastFault: null };
  const received = dossier([], WAITING);
  it.each([
    ['waits without a network', received, { ...status, online: false }, 'waiting-offline'],
    ['waits for its turn', received, status, 'waiting'],
    ['is on its way', received, { ...status, sending: 1 }, 'sending'],
    [
      'needs a person',
      { ...received, sendFault: 'PROVINCE_CONFLICT' },
      { ...status, needsPerson: 1 },
      'needs-person',
    ],
    ['is there', dossier([], SENT), { ...status, online: false }, 'sent'],
    ['waits while the outbox is unknown', received, undefined, 'waiting'],
  ] as const)('%s', (_, d, s, state) => expect(sendState(d, s)).toBe(state));
});

describe('answers kept on the screen', () => {
  it('get an arrived page once, and leave other components as they are', () => {
    const before = dossier([component('a', []), component('b', [])]);
    const after = withPage(withPage(before, 'a', page('1')), 'a', page('1'));
    expect(after.components[0]?.pages).toHaveLength(1);
    expect(after.components[1]).toBe(before.components[1]);
  });

  it('show a changed dossier in its row and leave the other rows as they are', () => {
    const first = rowOf(dossier([component('a', [page('1'), page('2', true)])]));
    const second = { ...first, id: 'e' };
    expect(first.pages).toBe(1);
    const rows = [first, second];
    expect(upsertRow(rows, { ...first }, true)).toBe(rows);
    const changed = upsertRow(rows, { ...first, delivery: 'sent' }, true);
    expect(changed[0]?.delivery).toBe('sent');
    expect(changed[1]).toBe(second);
  });

  it('put a new dossier first, but not into a filtered list', () => {
    const row = rowOf(dossier([]));
    expect(upsertRow([{ ...row, id: 'e' }], row, true).map((r) => r.id)).toEqual(['d', 'e']);
    expect(upsertRow([{ ...row, id: 'e' }], row, false).map((r) => r.id)).toEqual(['e']);
  });
});

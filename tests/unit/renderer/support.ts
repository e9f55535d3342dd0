import { FRESH_COURSE } from '../../../src/contract/life-cycle.ts';
import type { ComponentView, DossierView, PageView } from '../../../src/contract/model.ts';
import { PLAIN_PAGE } from '../../support/pages.ts';
import { PLAIN_PAPER, PLAIN_PROCEDURE, PLAIN_SPEC } from '../../support/plain.ts';

export function page(id: string, change: Partial<PageView> = {}): PageView {
  return {
    id,
    width: 10,
    height: 10,
    dpi: 300,
    ...PLAIN_PAGE,
    addedAt: '2026-11-23T01:00:00.000Z',
    removed: false,
    ...change,
  };
}

export function doubtfulPage(id: string, ...flags: PageView['findings']['flags']): PageView {
  return page(id, { findings: { ...PLAIN_PAGE.findings, flags } });
}

export function component(
  id: string,
  pages: readonly (PageView | string)[],
  change: Partial<ComponentView> = {},
  handling: ComponentView['spec']['handling'] = 'submit',
): ComponentView {
  return {
    spec: {
      id,
      code: '',
      name: id,
      originals: 1,
      copies: 0,
      handling,
      required: true,
      group: '',
      ...PLAIN_SPEC,
    },
    pages: pages.map((p) => (typeof p === 'string' ? page(p) : p)),
    signature: null,
    attachments: [],
    facts: null,
    ...PLAIN_PAPER,
    ...change,
  };
}

export function dossier(...components: ComponentView[]): DossierView {
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
    applicant: null,
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
  };
}

import type { ComponentView, DossierView, PageView } from '../../../src/contract/model.ts';
import { PLAIN_PAGE } from '../../support/pages.ts';

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
    spec: { id, code: '', name: id, originals: 1, copies: 0, handling, required: true, group: '' },
    pages: pages.map((p) => (typeof p === 'string' ? page(p) : p)),
    signature: null,
    attachments: [],
    facts: null,
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
  };
}

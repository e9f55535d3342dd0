import { CounterError } from '../../../src/contract/errors.ts';
import type { Procedure } from '../../../src/contract/procedures.ts';
import * as commands from '../../../src/main/dossiers/commands.ts';
import { apply, type Dossier, fold } from '../../../src/main/dossiers/dossier.ts';
import type { DossierEvent } from '../../../src/main/dossiers/events.ts';
import { applicant, page, procedure, signature, stamp, uuid } from './samples.ts';

export type Step = (dossier: Dossier) => readonly DossierEvent[];

export const ONCE = { most: 1, source: 'Điều 17' };
export const CONTACT = { name: 'Nông Thị Mẫu', phone: '02063852000' };
export const REQUEST = {
  items: ['Bản chính giấy phép'],
  reason: 'Bản nộp không rõ',
  contact: CONTACT,
  documentId: null,
};
export const RESULT = {
  id: uuid(700),
  code: 'KQ.G17.000315',
  name: 'Giấy phép xây dựng',
  number: '15/GPXD',
  issuedOn: '2026-10-12',
  validity: '',
  scope: '',
  documentId: null,
};
export const HAND_OUT = {
  to: 'Nông Thị Mẫu',
  identityNumber: '004190000123',
  way: 'counter',
  proof: 'signature',
  keptOriginals: '',
} as const;
/** Eight days after the sample's due date. */
export const LATER = { at: '2026-10-23T01:10:00.000Z', reasons: [] };

export function failure(action: () => unknown): { code: string; details: Readonly<Record<string, unknown>> } {
  try {
    action();
  } catch (error) {
    if (error instanceof CounterError) return { code: error.code, details: error.details };
    throw error;
  }
  throw new Error('nothing was thrown');
}

export function drive(dossier: Dossier, ...steps: Step[]): Dossier {
  return steps.reduce((d, decide) => decide(d).reduce(apply, d), dossier);
}

export const add = (componentId: string, n: number): Step => {
  return (d) => commands.addPage(d, { componentId, page: page(n) }, stamp(n));
};

export const sign = (componentId: string, ...pages: number[]): Step => {
  return (d) =>
    commands.signComponent(
      d,
      { componentId, signature: signature(pages.length), pageIds: pages.map(uuid) },
      stamp(50),
    );
};

export const named: Step = (d) => commands.setApplicant(d, applicant, stamp(2));

export const receive: Step = (d) =>
  commands.receive(
    d,
    {
      code: { value: 'H14.20-261008-0001', kind: 'official' },
      receivedAt: '2026-10-08T01:10:00.000Z',
      due: { at: '2026-10-15T01:10:00.000Z', reasons: [] },
      slipDocumentId: uuid(800),
      slipNumber: 1,
    },
    stamp(55),
  );

export function draft(over: Partial<Procedure> = {}): Dossier {
  return fold(commands.open({ dossierId: uuid(1), procedure: { ...procedure, ...over } }, stamp()));
}

export function complete(over: Partial<Procedure> = {}): Dossier {
  return drive(
    draft(over),
    named,
    add('don', 10),
    add('giay-phep', 11),
    sign('don', 10),
    sign('giay-phep', 11),
  );
}

export function received(over: Partial<Procedure> = {}): Dossier {
  return drive(complete(over), receive);
}

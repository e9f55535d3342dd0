import { randomUUID } from 'node:crypto';
import { CounterError } from '../../../src/contract/errors.ts';
import { FRESH_COURSE } from '../../../src/contract/life-cycle.ts';
import type { DossierView, OutboxStatus } from '../../../src/contract/model.ts';
import type { Procedure } from '../../../src/contract/procedures.ts';
import { PLAIN_PAGE } from '../../support/pages.ts';
import { PLAIN_PAPER } from '../../support/plain.ts';
import { readCard } from './fake-card.ts';
import { type FakeCitizens, fakeCitizens } from './fake-citizens.ts';
import { type FakeCourse, fakeCourse } from './fake-course.ts';
import { type FakeDevices, fakeDevices } from './fake-devices.ts';
import { type FakeFees, fakeFees } from './fake-fees.ts';
import { type FakeImports, fakeImports } from './fake-imports.ts';
import { type FakePages, fakePages } from './fake-pages.ts';
import { drawOriginal, drawSlip, treat } from './fake-papers.ts';
import { type FakePrints, fakePrints } from './fake-prints.ts';
import { catalogueHandlers, EARLIER_APPLICANTS, PROCEDURES } from './fake-procedures.ts';
import { type FakeReports, fakeReports } from './fake-reports.ts';
import { type FakeSigning, fakeSigning } from './fake-signing.ts';
import { statisticsHandlers } from './fake-statistics.ts';
import { createWorld, type Emit, type Handlers } from './fake-world.ts';

type Controls = Omit<
  FakeDevices &
    FakeImports &
    FakePages &
    FakeSigning &
    FakeReports &
    FakePrints &
    FakeCourse &
    FakeFees &
    FakeCitizens,
  'handlers'
>;

function noBook(): never {
  throw new CounterError('CONFIG_INVALID', { setting: 'certification' });
}

export interface Behaviour extends Controls {
  readonly handlers: Handlers;
  setOnline(online: boolean): void;
  /** The province refuses what it is sent, so that a person has to look. */
  setRefusing(refusing: boolean): void;
  readerLine(line: string): void;
  /** Puts many pages into a component at once. */
  fill(dossierId: string, componentId: string, pages: number): Promise<void>;
  /** A draft of somebody else's, with pages in both its papers; gives its id. */
  addDraft(name: string): Promise<string>;
  dossiers(): readonly DossierView[];
}

/** Letters without marks, as the product's search compares them. */
function fold(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').replace(/đ/gi, 'd').toLowerCase();
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** An engine in memory: enough of the field to take in a dossier, with faults on demand. */
export function createBehaviour(emit: Emit): Behaviour {
  const world = createWorld(emit);
  const { dossiers, find, keep, tell, draft, withComponent } = world;
  const documents = new Map<string, Uint8Array>();
  const { handlers: deviceHandlers, ...devices } = fakeDevices(world);
  const { handlers: importHandlers, ...imports } = fakeImports(world);
  const { handlers: pageHandlers, ...pages } = fakePages(world);
  const { handlers: signingHandlers, ...signing } = fakeSigning(world);
  const { handlers: reportHandlers, ...reports } = fakeReports(imports.takeUpload);
  const { handlers: printHandlers, ...prints } = fakePrints(emit, reports.judge, (documentId) =>
    documents.has(documentId) ? 'slip' : 'component',
  );
  const { handlers: courseHandlers, ...course } = fakeCourse(
    world,
    documents,
    () => void deliver(),
    imports.takeUpload,
  );
  const { handlers: feeHandlers, ...fees } = fakeFees(world, documents);
  const { handlers: citizenHandlers, ...citizens } = fakeCitizens();
  let online = true;
  let refusing = false;
  let serial = 0;

  function outbox(): OutboxStatus {
    const all = [...dossiers.values()];
    const stuck = all.filter((d) => d.delivery === 'waiting' && d.sendFault !== null).length;
    const waiting = all.filter((d) => d.delivery === 'waiting').length - stuck;
    return {
      waiting: online ? 0 : waiting,
      sending: online ? waiting : 0,
      sent: all.filter((d) => d.delivery === 'sent').length,
      needsPerson: stuck,
      online,
      lastFault: online ? null : { code: 'PROVINCE_UNREACHABLE', at: new Date().toISOString() },
    };
  }
  function due(): DossierView['due'] {
    const day = '2026-11-26';
    return {
      at: `${day}T02:30:00.000Z`,
      reasons: [
        { key: 'due.workingDays', values: { count: 3, day: '23/11/2026' } },
        { key: 'due.dueAt', values: { at: '09:30 26/11/2026' } },
      ],
    };
  }
  async function deliver(): Promise<void> {
    for (const dossier of [...dossiers.values()].filter((d) => d.delivery === 'waiting')) {
      emit('outbox.changed', outbox());
      if (!online || dossier.sendFault !== null) return;
      await pause(400);
      if (refusing) {
        tell({ ...find(dossier.id), sendFault: 'PROVINCE_FORBIDDEN' });
        emit('outbox.changed', outbox());
        return;
      }
      tell({
        ...find(dossier.id),
        delivery: 'sent',
        receipt: {
          reference: `CB-2026-${dossier.id.slice(0, 8)}`,
          at: new Date().toISOString(),
          recordSha256: 'ab'.repeat(32),
        },
      });
      emit('outbox.changed', outbox());
    }
  }

  function open(procedure: Procedure, id: string): DossierView {
    return tell({
      id,
      state: 'draft',
      procedure,
      applicant: null,
      components: procedure.components.map((spec) => ({
        spec,
        pages: [],
        signature: null,
        attachments: [],
        facts: null,
        ...PLAIN_PAPER,
      })),
      code: null,
      openedAt: new Date().toISOString(),
      openedBy: 'Nông Thị Hiền',
      receivedAt: null,
      due: null,
      slipDocumentId: null,
      receipt: null,
      sendFault: null,
      ...FRESH_COURSE,
    });
  }
  async function fill(dossierId: string, componentId: string, count: number): Promise<void> {
    const original = await drawOriginal(1);
    const picture = await treat(original, PLAIN_PAGE.treatment);
    const added = Array.from({ length: count }, () => ({
      id: randomUUID(),
      width: picture.width,
      height: picture.height,
      dpi: 300,
      ...PLAIN_PAGE,
      addedAt: new Date().toISOString(),
      removed: false,
    }));
    for (const page of added) world.pictures.set(page.id, { original, picture });
    tell(withComponent(find(dossierId), componentId, (c) => ({ ...c, pages: [...c.pages, ...added] })));
  }

  const handlers: Handlers = {
    ...deviceHandlers,
    ...importHandlers,
    ...pageHandlers,
    ...signingHandlers,
    ...reportHandlers,
    ...catalogueHandlers,
    ...citizenHandlers,
    ...feeHandlers,
    ...statisticsHandlers,
    ...printHandlers,
    ...courseHandlers,
    // No screen asks for these yet.
    'registers.dayEnd': noBook,
    'registers.handOver': noBook,
    'certification.make': noBook,
    'certification.list': noBook,
    'certification.document': noBook,
    'session.info': () => ({
      role: course.role(),
      user: 'Nông Thị Hiền',
      unit: { code: '01273', name: 'Trung tâm Phục vụ hành chính công phường Thục Phán' },
      counter: 'Quầy 3',
      version: '0.1.0',
      training: false,
      signatureLevel: 'B-B',
    }),
    'citizens.readCard': ({ line }) => readCard(line),
    'dossiers.list': ({ text, limit }) =>
      [...dossiers.values()]
        .filter((d) => fold(`${d.applicant?.name} ${d.code?.value} ${d.procedure.name}`).includes(fold(text)))
        .sort((a, b) => b.openedAt.localeCompare(a.openedAt))
        .slice(0, limit)
        .map((d) => ({
          id: d.id,
          state: d.state,
          delivery: d.delivery,
          procedureCode: d.procedure.code,
          procedureName: d.procedure.name,
          applicantName: d.applicant?.name ?? '',
          code: d.code?.value ?? '',
          openedAt: d.openedAt,
          receivedAt: d.receivedAt,
          dueAt: d.due?.at ?? null,
          pages: d.components.reduce((n, c) => n + c.pages.filter((p) => !p.removed).length, 0),
        })),
    'dossiers.get': ({ dossierId }) => find(dossierId),
    'dossiers.open': ({ procedureCode, dossierId }) => {
      const procedure = PROCEDURES.find((p) => p.code === procedureCode);
      if (!procedure) throw new CounterError('PROCEDURE_UNKNOWN', { code: procedureCode });
      return open(procedure, dossierId ?? randomUUID());
    },
    'dossiers.setApplicant': ({ dossierId, applicant }) => tell({ ...draft(dossierId), applicant }),
    'dossiers.previewDue': ({ dossierId }) => ({ due: due(), duration: find(dossierId).procedure.duration }),
    'dossiers.receive': async ({ dossierId }) => {
      const dossier = draft(dossierId);
      if (!dossier.applicant) throw new CounterError('APPLICANT_INCOMPLETE');
      serial += 1;
      const code = `H14.61-261123-${String(serial).padStart(4, '0')}`;
      const slipDocumentId = randomUUID();
      documents.set(slipDocumentId, await drawSlip(code));
      const after = tell({
        ...dossier,
        state: 'received',
        delivery: 'waiting',
        code: { value: code, kind: 'official' },
        receivedAt: new Date().toISOString(),
        due: due(),
        slipDocumentId,
      });
      void deliver();
      return after;
    },
    'dossiers.discard': ({ dossierId }) => tell({ ...draft(dossierId), state: 'discarded' }),
    'documents.read': ({ documentId }) => {
      const bytes = documents.get(documentId);
      if (!bytes) throw new CounterError('VAULT_OBJECT_MISSING');
      return { mime: 'application/pdf', base64: Buffer.from(bytes).toString('base64'), name: 'slip.pdf' };
    },
    'outbox.status': () => outbox(),
    'outbox.push': async () => {
      if (!online) throw new CounterError('PROVINCE_UNREACHABLE', { reason: 'ENOTFOUND' });
      await deliver();
      return outbox();
    },
    'outbox.retry': ({ dossierId }) => {
      tell({ ...find(dossierId), sendFault: null });
      void deliver();
      return outbox();
    },
    'diagnostics.run': () => [],
  };

  for (const [index, applicant] of EARLIER_APPLICANTS.entries()) {
    const procedure = PROCEDURES[index % PROCEDURES.length]!;
    const openedAt = new Date(Date.parse('2026-11-23T00:40:00.000Z') - index * 11 * 60_000).toISOString();
    keep({
      id: randomUUID(),
      state: 'received',
      procedure,
      applicant,
      components: procedure.components.map((spec) => ({
        spec,
        pages: [],
        signature: null,
        attachments: [],
        facts: null,
        ...PLAIN_PAPER,
      })),
      code: { value: `H14.61-261122-${String(40 - index).padStart(4, '0')}`, kind: 'official' },
      openedAt,
      openedBy: 'Nông Thị Hiền',
      receivedAt: openedAt,
      due: due(),
      slipDocumentId: null,
      receipt: { reference: `CB-${index}`, at: openedAt, recordSha256: 'ab'.repeat(32) },
      sendFault: null,
      ...FRESH_COURSE,
      delivery: 'sent',
    });
  }

  return {
    handlers,
    ...devices,
    ...imports,
    ...pages,
    ...signing,
    ...reports,
    ...prints,
    ...course,
    ...fees,
    ...citizens,
    setOnline(value) {
      online = value;
      emit('outbox.changed', outbox());
      if (online) void deliver();
    },
    setRefusing(value) {
      refusing = value;
    },
    readerLine(line) {
      emit('reader.line', { line });
    },
    fill,
    async addDraft(name) {
      const { id } = open(PROCEDURES[0]!, randomUUID());
      tell({ ...find(id), applicant: { ...EARLIER_APPLICANTS[0]!, name } });
      for (const { spec } of find(id).components.slice(0, 2)) await fill(id, spec.id, 1);
      return id;
    },
    dossiers: () => [...dossiers.values()],
  };
}

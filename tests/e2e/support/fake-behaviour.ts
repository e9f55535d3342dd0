import { randomUUID } from 'node:crypto';
import { CounterError } from '../../../src/contract/errors.ts';
import type { EventName, EventPayload } from '../../../src/contract/events.ts';
import type {
  ComponentView,
  DossierView,
  OutboxStatus,
  PageView,
  SigningKeyInfo,
} from '../../../src/contract/model.ts';
import type { OperationName, Output, ParsedInput } from '../../../src/contract/operations.ts';
import { PLAIN_PAGE } from '../../support/pages.ts';
import { readCard } from './fake-card.ts';
import { drawPage, drawSlip, type Picture } from './fake-papers.ts';
import { EARLIER_APPLICANTS, PROCEDURES } from './fake-procedures.ts';

export type Emit = <N extends EventName>(name: N, payload: EventPayload<N>) => void;

export type Handlers = {
  [N in OperationName]: (input: ParsedInput<N>) => Output<N> | Promise<Output<N>>;
};

export interface Behaviour {
  readonly handlers: Handlers;
  /** How many sheets lie in the feeder for the next scan. */
  loadFeeder(sheets: number): void;
  /** The next scan jams after that many whole pages. */
  jamAfter(pages: number): void;
  /** Scans wait before each page until the returned function is called. */
  holdPages(): () => void;
  setOnline(online: boolean): void;
  /** The province refuses what it is sent, so that a person has to look. */
  setRefusing(refusing: boolean): void;
  setPinState(state: SigningKeyInfo['pinState']): void;
  dossiers(): readonly DossierView[];
}

export const PIN = '246810';

/** Letters without marks, as the product's search compares them. */
function fold(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').replace(/đ/gi, 'd').toLowerCase();
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** An engine in memory: enough of the field to take in a dossier, with faults on demand. */
export function createBehaviour(emit: Emit): Behaviour {
  const dossiers = new Map<string, DossierView>();
  const pictures = new Map<string, Picture>();
  const documents = new Map<string, Uint8Array>();
  const scans = new Map<string, AbortController>();
  let sheets = 2;
  let jam: number | null = null;
  let gate: Promise<void> | null = null;
  let online = true;
  let refusing = false;
  let pinState: SigningKeyInfo['pinState'] = 'ok';
  let serial = 0;
  let pageSerial = 0;

  function find(dossierId: string): DossierView {
    const dossier = dossiers.get(dossierId);
    if (!dossier) throw new CounterError('DOSSIER_UNKNOWN');
    return dossier;
  }
  function keep(dossier: DossierView): DossierView {
    dossiers.set(dossier.id, dossier);
    return dossier;
  }
  function tell(dossier: DossierView): DossierView {
    keep(dossier);
    emit('dossier.changed', { dossier });
    return dossier;
  }
  function draft(dossierId: string): DossierView {
    const dossier = find(dossierId);
    if (dossier.state !== 'draft') throw new CounterError('DOSSIER_STATE', { state: dossier.state });
    return dossier;
  }
  function withComponent(
    dossier: DossierView,
    componentId: string,
    change: (component: ComponentView) => ComponentView,
  ): DossierView {
    const components = dossier.components.map((c) => (c.spec.id === componentId ? change(c) : c));
    return { ...dossier, components };
  }
  function setRemoved(dossierId: string, pageId: string, removed: boolean): DossierView {
    const dossier = draft(dossierId);
    const components = dossier.components.map((c) =>
      c.pages.some((p) => p.id === pageId)
        ? { ...c, signature: null, pages: c.pages.map((p) => (p.id === pageId ? { ...p, removed } : p)) }
        : c,
    );
    return tell({ ...dossier, components });
  }
  function outbox(): OutboxStatus {
    const all = [...dossiers.values()];
    const stuck = all.filter((d) => d.state === 'received' && d.sendFault !== null).length;
    const waiting = all.filter((d) => d.state === 'received').length - stuck;
    return {
      waiting: online ? 0 : waiting,
      sending: online ? waiting : 0,
      sent: all.filter((d) => d.state === 'sent').length,
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
    for (const dossier of [...dossiers.values()].filter((d) => d.state === 'received')) {
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
        state: 'sent',
        receipt: {
          reference: `CB-2026-${dossier.id.slice(0, 8)}`,
          at: new Date().toISOString(),
          recordSha256: 'ab'.repeat(32),
        },
      });
      emit('outbox.changed', outbox());
    }
  }

  async function scan(scanId: string, input: ParsedInput<'scans.start'>, signal: AbortSignal): Promise<void> {
    const wanted = sheets * (input.settings.source === 'adf-duplex' ? 2 : 1);
    const jamAt = jam;
    jam = null;
    let pages = 0;
    const fail = (error: CounterError) => {
      scans.delete(scanId);
      emit('scan.failed', { scanId, pages, error: { code: error.code, details: { ...error.details } } });
    };
    for (let i = 0; i < wanted; i += 1) {
      await pause(60);
      await gate;
      if (signal.aborted) return fail(new CounterError('CANCELLED'));
      if (jamAt !== null && pages === jamAt) {
        return fail(new CounterError('SCANNER_JAMMED', { page: pages + 1 }));
      }
      pageSerial += 1;
      const picture = await drawPage(pageSerial);
      const page: PageView = {
        id: randomUUID(),
        width: picture.width,
        height: picture.height,
        dpi: input.settings.dpi,
        ...PLAIN_PAGE,
        treatment: { ...PLAIN_PAGE.treatment, straightenedBy: 0.6 },
        addedAt: new Date().toISOString(),
        removed: false,
      };
      pictures.set(page.id, picture);
      keep(
        withComponent(find(input.dossierId), input.componentId, (c) => ({
          ...c,
          signature: null,
          attachments: [],
          facts: null,
          pages: [...c.pages, page],
        })),
      );
      pages += 1;
      emit('scan.page', { scanId, dossierId: input.dossierId, componentId: input.componentId, page });
    }
    scans.delete(scanId);
    emit('scan.finished', { scanId, pages });
  }

  const handlers: Handlers = {
    'session.info': () => ({
      role: 'clerk',
      user: 'Nông Thị Hiền',
      unit: { code: '01273', name: 'Trung tâm Phục vụ hành chính công phường Thục Phán' },
      counter: 'Quầy 3',
      version: '0.1.0',
      training: false,
    }),
    'procedures.search': ({ text, limit }) =>
      PROCEDURES.filter((p) => fold(`${p.code} ${p.name} ${p.field.name}`).includes(fold(text)))
        .slice(0, limit)
        .map(({ code, name, field, duration, components }) => ({
          code,
          name,
          field,
          duration,
          componentCount: components.length,
        })),
    'procedures.get': ({ code }) => {
      const found = PROCEDURES.find((p) => p.code === code);
      if (!found) throw new CounterError('PROCEDURE_UNKNOWN', { code });
      return found;
    },
    'citizens.readCard': ({ line }) => readCard(line),
    'dossiers.list': ({ text, limit }) =>
      [...dossiers.values()]
        .filter((d) => fold(`${d.applicant?.name} ${d.code?.value} ${d.procedure.name}`).includes(fold(text)))
        .sort((a, b) => b.openedAt.localeCompare(a.openedAt))
        .slice(0, limit)
        .map((d) => ({
          id: d.id,
          state: d.state,
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
      return tell({
        id: dossierId ?? randomUUID(),
        state: 'draft',
        procedure,
        applicant: null,
        components: procedure.components.map((spec) => ({
          spec,
          pages: [],
          signature: null,
          attachments: [],
          facts: null,
        })),
        code: null,
        openedAt: new Date().toISOString(),
        openedBy: 'Nông Thị Hiền',
        receivedAt: null,
        due: null,
        slipDocumentId: null,
        receipt: null,
        sendFault: null,
      });
    },
    'dossiers.setApplicant': ({ dossierId, applicant }) => tell({ ...draft(dossierId), applicant }),
    'dossiers.previewDue': ({ dossierId }) => ({ due: due(), duration: find(dossierId).procedure.duration }),
    'dossiers.sign': async ({ dossierId, pin }) => {
      if (pin !== PIN) {
        pinState = pinState === 'ok' ? 'low' : 'final-try';
        throw new CounterError('TOKEN_PIN_WRONG', { pinState });
      }
      pinState = 'ok';
      let dossier = draft(dossierId);
      const todo = dossier.components.filter((c) => c.pages.some((p) => !p.removed) && !c.signature);
      for (const [index, component] of todo.entries()) {
        await pause(40);
        emit('sign.progress', { dossierId, done: index + 1, total: todo.length });
        dossier = withComponent(dossier, component.spec.id, (c) => ({
          ...c,
          signature: {
            documentId: randomUUID(),
            sha256: 'cd'.repeat(32),
            bytes: 240_000,
            pages: c.pages.filter((p) => !p.removed).length,
            signer: 'Nông Thị Hiền',
            signedAt: new Date().toISOString(),
          },
        }));
      }
      return tell(dossier);
    },
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
        code: { value: code, kind: 'official' },
        receivedAt: new Date().toISOString(),
        due: due(),
        slipDocumentId,
      });
      void deliver();
      return after;
    },
    'dossiers.discard': ({ dossierId }) => tell({ ...draft(dossierId), state: 'discarded' }),
    'pages.image': ({ pageId, variant }) => {
      const picture = pictures.get(pageId);
      if (!picture) throw new CounterError('PAGE_UNKNOWN');
      return { mime: 'image/jpeg', base64: Buffer.from(picture[variant]).toString('base64') };
    },
    'pages.remove': ({ dossierId, pageId }) => setRemoved(dossierId, pageId, true),
    'pages.restore': ({ dossierId, pageId }) => setRemoved(dossierId, pageId, false),
    'pages.move': ({ dossierId, pageId, componentId, index }) => {
      const dossier = draft(dossierId);
      const page = dossier.components.flatMap((c) => c.pages).find((p) => p.id === pageId);
      if (!page) throw new CounterError('PAGE_UNKNOWN');
      const components = dossier.components.map((c) => {
        const rest = c.pages.filter((p) => p.id !== pageId);
        if (c.spec.id !== componentId) return { ...c, pages: rest };
        const active = rest.filter((p) => !p.removed);
        const before = active[index];
        const at = before ? rest.indexOf(before) : rest.length;
        return { ...c, signature: null, pages: [...rest.slice(0, at), page, ...rest.slice(at)] };
      });
      return tell({ ...dossier, components });
    },
    'documents.read': ({ documentId }) => {
      const bytes = documents.get(documentId);
      if (!bytes) throw new CounterError('VAULT_OBJECT_MISSING');
      return { mime: 'application/pdf', base64: Buffer.from(bytes).toString('base64'), name: 'slip.pdf' };
    },
    'scanners.list': () => [
      {
        uri: 'escl:http://127.0.0.1:8080/eSCL',
        name: 'Canon DR-S150 (Quầy 3)',
        origin: 'escl',
        sources: ['adf', 'adf-duplex', 'platen'],
        dpis: [100, 200, 300, 600],
        modes: ['color', 'gray', 'bw'],
      },
    ],
    'scans.start': (input) => {
      draft(input.dossierId);
      if (scans.size > 0) throw new CounterError('SCANNER_BUSY', { by: 'this-counter' });
      if (sheets === 0) throw new CounterError('SCANNER_EMPTY');
      const scanId = randomUUID();
      const controller = new AbortController();
      scans.set(scanId, controller);
      void scan(scanId, input, controller.signal);
      return { scanId };
    },
    'scans.cancel': ({ scanId }) => {
      scans.get(scanId)?.abort();
      return {};
    },
    'keys.list': () => [
      { uri: 'pkcs11:vgca?token=HIEN', label: 'Nông Thị Hiền · VGCA', kind: 'pkcs11', pinState },
      { uri: 'pkcs12:counter.p12', label: 'Con dấu Trung tâm PVHCC', kind: 'pkcs12', pinState: 'unknown' },
    ],
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
      state: 'sent',
      procedure,
      applicant,
      components: procedure.components.map((spec) => ({
        spec,
        pages: [],
        signature: null,
        attachments: [],
        facts: null,
      })),
      code: { value: `H14.61-261122-${String(40 - index).padStart(4, '0')}`, kind: 'official' },
      openedAt,
      openedBy: 'Nông Thị Hiền',
      receivedAt: openedAt,
      due: due(),
      slipDocumentId: null,
      receipt: { reference: `CB-${index}`, at: openedAt, recordSha256: 'ab'.repeat(32) },
      sendFault: null,
    });
  }

  return {
    handlers,
    loadFeeder(count) {
      sheets = count;
    },
    jamAfter(pages) {
      jam = pages;
    },
    holdPages() {
      let open = () => {};
      gate = new Promise((resolve) => {
        open = resolve;
      });
      return () => {
        gate = null;
        open();
      };
    },
    setOnline(value) {
      online = value;
      emit('outbox.changed', outbox());
      if (online) void deliver();
    },
    setRefusing(value) {
      refusing = value;
    },
    setPinState(state) {
      pinState = state;
    },
    dossiers: () => [...dossiers.values()],
  };
}

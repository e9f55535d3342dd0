import { randomUUID } from 'node:crypto';
import { CounterError } from '../../contract/errors.ts';
import type { DossierRow, OutboxStatus, ScannerDevice, SigningKeyInfo } from '../../contract/model.ts';
import type { Calendar } from '../calendar/calendar.ts';
import type { Diagnostics } from '../diagnostics/run.ts';
import { readCitizenCard } from '../dossiers/citizen-card.ts';
import * as commands from '../dossiers/commands.ts';
import { type Dossier, toView } from '../dossiers/dossier.ts';
import { foldText } from '../procedures/fold-text.ts';
import { findProcedure, type PreparedCatalogue, searchProcedures } from '../procedures/search.ts';
import type { Outbox } from '../province/outbox.ts';
import type { DossierSummary } from '../store/dossiers.ts';
import type { Store } from '../store/index.ts';
import type { Clock } from './clock.ts';
import type { CounterConfig } from './config.ts';
import type { Handlers } from './dispatcher.ts';
import type { Journal } from './journal.ts';
import { computeDue } from './receive-dossier.ts';
import type { ScanJobs } from './scan-jobs.ts';
import type { SignRequest } from './sign-dossier.ts';

export interface HandlerParts {
  readonly config: CounterConfig;
  readonly version: string;
  readonly clock: Clock;
  readonly store: Store;
  readonly journal: Journal;
  readonly catalogue: PreparedCatalogue;
  readonly calendar: Calendar;
  readonly scanJobs: ScanJobs;
  readonly listScanners: (search: boolean) => Promise<ScannerDevice[]>;
  readonly listKeys: () => Promise<SigningKeyInfo[]>;
  readonly sign: (request: SignRequest) => Promise<Dossier>;
  readonly receive: (dossierId: string, actor: string) => Promise<Dossier>;
  /** Null where no province is configured: dossiers then wait in the outbox. */
  readonly outbox: Outbox | null;
  readonly outboxStatus: () => OutboxStatus;
  /** Tells screens and outbox that something new is to be sent. */
  readonly onQueued: () => void;
  readonly diagnostics: Diagnostics;
  /** Aborts when the engine closes. */
  readonly closing: AbortSignal;
}

/** One line an operation: what a screen asks, and the use case that answers. */
export function createHandlers(parts: HandlerParts): Handlers {
  const { config, store, journal, catalogue, clock, outbox, outboxStatus, scanJobs } = parts;

  async function readBase64(hash: string): Promise<string> {
    return Buffer.from(await store.vault.read(hash)).toString('base64');
  }

  return {
    'session.info': (_input, caller) => ({
      role: caller.role,
      user: caller.user,
      unit: { code: config.unit.code, name: config.unit.name },
      counter: config.counter,
      version: parts.version,
      training: config.training,
    }),
    'procedures.search': ({ text, limit }) =>
      searchProcedures(catalogue, text, limit).map(({ code, name, field, duration, components }) => ({
        code,
        name,
        field,
        duration,
        componentCount: components.filter((c) => c.handling === 'submit').length,
      })),
    'procedures.get': ({ code }) => mustFind(catalogue, code),
    'citizens.readCard': ({ line }) => readCitizenCard(line, clock.now()),
    'dossiers.list': ({ text, limit }) => store.dossiers.search(foldText(text), limit).map(toRow),
    'dossiers.get': ({ dossierId }) => toView(journal.load(dossierId)),
    'dossiers.open': ({ procedureCode, dossierId = randomUUID() }, caller) => {
      const procedure = mustFind(catalogue, procedureCode);
      const opened = journal.open(
        dossierId,
        (stamp) => commands.open({ dossierId, procedure }, stamp),
        caller.user,
      );
      if (opened.procedure.code !== procedureCode)
        throw new CounterError('DOSSIER_STATE', { state: opened.state, reason: 'other-procedure' });
      return toView(opened);
    },
    'dossiers.setApplicant': ({ dossierId, applicant }, caller) =>
      toView(
        journal.change(dossierId, caller.user, (d, stamp) => commands.setApplicant(d, applicant, stamp)),
      ),
    'dossiers.previewDue': ({ dossierId }) => {
      const dossier = journal.load(dossierId);
      const due = dossier.due ?? computeDue(dossier, clock.now(), parts.calendar);
      return { due, duration: dossier.procedure.duration };
    },
    'dossiers.sign': async ({ dossierId, key, pin }, caller) =>
      toView(await parts.sign({ dossierId, key, pin, actor: caller.user })),
    'dossiers.receive': async ({ dossierId }, caller) => toView(await parts.receive(dossierId, caller.user)),
    'dossiers.discard': ({ dossierId, reason }, caller) => {
      scanJobs.assertIdle(dossierId);
      return toView(journal.change(dossierId, caller.user, (d, stamp) => commands.discard(d, reason, stamp)));
    },
    'pages.image': async ({ pageId, variant }) => {
      const page = store.pages.get(pageId);
      if (!page) throw new CounterError('PAGE_UNKNOWN', { pageId });
      const hash = variant === 'thumbnail' ? page.thumbnailHash : page.imageHash;
      return { mime: 'image/jpeg', base64: await readBase64(hash) };
    },
    'pages.remove': ({ dossierId, pageId }, caller) =>
      toView(journal.change(dossierId, caller.user, (d, stamp) => commands.removePage(d, pageId, stamp))),
    'pages.restore': ({ dossierId, pageId }, caller) =>
      toView(journal.change(dossierId, caller.user, (d, stamp) => commands.restorePage(d, pageId, stamp))),
    'pages.move': ({ dossierId, pageId, componentId, index }, caller) =>
      toView(
        journal.change(dossierId, caller.user, (d, stamp) =>
          commands.movePage(d, { pageId, componentId, index }, stamp),
        ),
      ),
    'documents.read': async ({ documentId }) => {
      const document = store.documents.get(documentId);
      if (!document) throw new CounterError('VAULT_OBJECT_MISSING', { documentId });
      return { mime: 'application/pdf', base64: await readBase64(document.vaultHash), name: document.name };
    },
    'scanners.list': ({ search }) => parts.listScanners(search),
    'scans.start': ({ dossierId, componentId, device, settings }, caller) => ({
      scanId: scanJobs.start({ dossierId, componentId, device, settings, actor: caller.user }),
    }),
    'scans.cancel': ({ scanId }) => {
      scanJobs.cancel(scanId);
      return {};
    },
    'keys.list': () => parts.listKeys(),
    'outbox.status': outboxStatus,
    'outbox.push': async () => {
      await outbox?.drain({ untilEmpty: false, signal: parts.closing });
      return outboxStatus();
    },
    'outbox.retry': ({ dossierId }) => {
      const stuck = store.outbox.ofDossier(dossierId).filter((row) => row.state === 'needs-person');
      store.transaction(() => {
        for (const row of stuck) store.outbox.release(row.id);
      });
      parts.onQueued();
      return outboxStatus();
    },
    'diagnostics.run': () => parts.diagnostics(),
  };
}

function mustFind(catalogue: PreparedCatalogue, code: string) {
  const procedure = findProcedure(catalogue, code);
  if (!procedure) throw new CounterError('PROCEDURE_UNKNOWN', { code });
  return procedure;
}

function toRow({ version: _version, ...summary }: DossierSummary): DossierRow {
  return summary as DossierRow;
}

import { randomUUID } from 'node:crypto';
import { CounterError } from '../../contract/errors.ts';
import type {
  DossierRow,
  OutboxStatus,
  PrinterInfo,
  ScannerDevice,
  SigningKeyInfo,
  UsbPresence,
} from '../../contract/model.ts';
import type { Calendar } from '../calendar/calendar.ts';
import { readCitizenCard } from '../citizens/citizen-card.ts';
import type { Diagnostics } from '../diagnostics/run.ts';
import * as commands from '../dossiers/commands.ts';
import { type Dossier, toView } from '../dossiers/dossier.ts';
import type { Uploads } from '../importing/uploads.ts';
import { foldText } from '../procedures/fold-text.ts';
import type { Outbox } from '../province/outbox.ts';
import { formatOf, type Scanner } from '../scanning/index.ts';
import type { DossierSummary } from '../store/dossiers.ts';
import type { Store } from '../store/index.ts';
import type { Cards } from './cards.ts';
import { createCatalogueHandlers } from './catalogue/handlers.ts';
import type { Certification } from './certification.ts';
import { createCitizensHandlers } from './citizens/handlers.ts';
import type { Clock } from './clock.ts';
import type { CounterConfig } from './config.ts';
import type { Copies } from './copies.ts';
import type { Handlers } from './dispatcher.ts';
import { createFeesHandlers } from './fees/handlers.ts';
import type { FieldParts } from './field-parts.ts';
import type { Imports } from './imports.ts';
import type { Journal } from './journal.ts';
import { createLifeCycleHandlers } from './life-cycle/handlers.ts';
import type { PageJobs } from './page-jobs.ts';
import { createPrintingHandlers } from './printing/handlers.ts';
import type { Profiles } from './profiles.ts';
import type { ReadingQueue } from './reading-queue.ts';
import { computeDue } from './receive-dossier.ts';
import { createReportsHandlers } from './reports/handlers.ts';
import type { Scans } from './scans.ts';
import type { SigningBatches } from './signing-batches.ts';
import { createSlipsHandlers } from './slips/handlers.ts';
import type { TreatRequest } from './treat-page.ts';
import type { Verification } from './verification.ts';

export interface HandlerParts {
  readonly field: FieldParts;
  readonly config: CounterConfig;
  readonly version: string;
  readonly clock: Clock;
  readonly store: Store;
  readonly journal: Journal;
  readonly calendar: Calendar;
  readonly jobs: PageJobs;
  readonly scans: Scans;
  readonly profiles: Profiles;
  readonly imports: Imports;
  readonly uploads: Uploads;
  readonly treat: (request: TreatRequest) => Promise<Dossier>;
  /** Null where pages are not read. */
  readonly reading: ReadingQueue | null;
  readonly cards: Cards;
  readonly copies: Copies;
  readonly openScanner: (uri: string) => Scanner;
  readonly listPrinters: () => Promise<PrinterInfo[]>;
  readonly usb: () => Promise<UsbPresence>;
  readonly separatorSheets: (dossier: Dossier) => Promise<Uint8Array>;
  readonly listScanners: (search: boolean) => Promise<ScannerDevice[]>;
  readonly listKeys: () => Promise<SigningKeyInfo[]>;
  readonly signing: SigningBatches;
  readonly previewSignature: (dossierId: string, componentId: string, key: string) => Promise<Uint8Array>;
  readonly verification: Verification;
  readonly certification: Certification;
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
  const { config, store, journal, clock, outbox, outboxStatus, jobs } = parts;

  return {
    ...createCatalogueHandlers(parts.field),
    ...createCitizensHandlers(parts.field),
    ...createLifeCycleHandlers({
      ...parts.field,
      findProcedure: (code) => parts.field.catalogue.toOpen(code),
      assertIdle: jobs.assertIdle,
    }),
    ...createFeesHandlers(parts.field),
    ...createSlipsHandlers(parts.field),
    ...createPrintingHandlers(parts.field),
    ...createReportsHandlers(parts.field),
    'session.info': (_input, caller) => ({
      role: caller.role,
      user: caller.user,
      unit: { code: config.unit.code, name: config.unit.name },
      counter: config.counter,
      version: parts.version,
      training: config.training,
      signatureLevel: config.signing.level,
    }),
    'citizens.readCard': ({ line }) => readCitizenCard(line, clock.now()),
    'dossiers.list': ({ text, limit }) => store.dossiers.search(foldText(text), limit).map(toRow),
    'dossiers.get': ({ dossierId }) => toView(journal.load(dossierId)),
    'dossiers.open': ({ procedureCode, dossierId = randomUUID() }, caller) => {
      const procedure = parts.field.catalogue.toOpen(procedureCode);
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
    'signing.pending': ({ dossierIds }) => parts.signing.pending(dossierIds),
    'signing.start': (request, caller) => parts.signing.start({ ...request, actor: caller.user }),
    'signing.resume': ({ batchId, pin }) => parts.signing.resume(batchId, pin),
    'signing.cancel': ({ batchId }) => parts.signing.cancel(batchId),
    'signing.get': ({ batchId }) => parts.signing.get(batchId),
    'signing.preview': async ({ dossierId, componentId, key }) =>
      pdfFile(await parts.previewSignature(dossierId, componentId, key), 'preview.pdf'),
    'documents.verify': ({ documentId }) => parts.verification.document(documentId),
    'files.verify': ({ uploadId }) => parts.verification.upload(uploadId),
    'dossiers.receive': async ({ dossierId }, caller) => toView(await parts.receive(dossierId, caller.user)),
    'dossiers.discard': ({ dossierId, reason }, caller) => {
      jobs.assertIdle(dossierId);
      return toView(journal.change(dossierId, caller.user, (d, stamp) => commands.discard(d, reason, stamp)));
    },
    'pages.image': async ({ pageId, variant }) => {
      const page = store.pages.get(pageId);
      if (!page) throw new CounterError('PAGE_UNKNOWN', { pageId });
      if (variant === 'thumbnail') return picture(await store.vault.read(page.thumbnailHash));
      const kept = () => store.vault.read(page.imageHash);
      if (variant === 'full' || page.originalHash === null) return picture(await kept());
      const original = await store.vault.read(page.originalHash);
      return picture(isShown(original) ? original : await kept());
    },
    'pages.remove': ({ dossierId, pageId }, caller) =>
      toView(journal.change(dossierId, caller.user, (d, stamp) => commands.removePage(d, pageId, stamp))),
    'pages.restore': ({ dossierId, pageId }, caller) =>
      toView(journal.change(dossierId, caller.user, (d, stamp) => commands.restorePage(d, pageId, stamp))),
    'pages.move': ({ dossierId, ...input }, caller) =>
      toView(journal.change(dossierId, caller.user, (d, stamp) => commands.movePages(d, input, stamp))),
    'pages.treat': async ({ dossierId, pageId, wish }, caller) =>
      toView(await parts.treat({ dossierId, pageId, wish, actor: caller.user })),
    'pages.confirm': ({ dossierId, ...input }, caller) =>
      toView(journal.change(dossierId, caller.user, (d, stamp) => commands.confirmPages(d, input, stamp))),
    'attachments.remove': ({ dossierId, attachmentId }, caller) =>
      toView(
        journal.change(dossierId, caller.user, (d, stamp) =>
          commands.removeAttachment(d, attachmentId, stamp),
        ),
      ),
    'attachments.restore': ({ dossierId, attachmentId }, caller) =>
      toView(
        journal.change(dossierId, caller.user, (d, stamp) =>
          commands.restoreAttachment(d, attachmentId, stamp),
        ),
      ),
    'components.describe': ({ dossierId, ...input }, caller) =>
      toView(
        journal.change(dossierId, caller.user, (d, stamp) => commands.describeComponent(d, input, stamp)),
      ),
    'components.suggestion': ({ dossierId, componentId }) =>
      parts.reading?.suggestion(journal.load(dossierId), componentId) ?? NO_SUGGESTION,
    'documents.read': async ({ documentId }) => {
      const document = store.documents.get(documentId);
      if (!document) throw new CounterError('VAULT_OBJECT_MISSING', { documentId });
      return pdfFile(await store.vault.read(document.vaultHash), document.name);
    },
    'certification.make': (request) => parts.certification.make(request),
    'certification.list': ({ year }) => parts.certification.list(year),
    'certification.document': async ({ id }) =>
      pdfFile(await parts.certification.document(id), 'certified-copy.pdf'),
    'scanners.list': ({ search }) => parts.listScanners(search),
    'scans.start': (request, caller) => ({ scanId: parts.scans.start({ ...request, actor: caller.user }) }),
    'scans.cancel': ({ scanId }) => {
      jobs.cancel(scanId);
      return {};
    },
    'profiles.get': ({ dossierId, componentId, device }) =>
      parts.profiles.get({
        device,
        procedureCode: journal.load(dossierId).procedure.code,
        componentId,
      }),
    'uploads.begin': async ({ name, bytes }) => ({ uploadId: await parts.uploads.begin(name, bytes) }),
    'uploads.chunk': async ({ uploadId, index, base64 }) => {
      await parts.uploads.chunk(uploadId, index, Buffer.from(base64, 'base64'));
      return {};
    },
    'uploads.abandon': async ({ uploadId }) => {
      await parts.uploads.abandon(uploadId);
      return {};
    },
    'imports.start': async ({ uploadId, ...request }, caller) => ({
      scanId: await parts.imports.startUpload(uploadId, { ...request, actor: caller.user }),
    }),
    'inbox.list': () => parts.imports.inboxFiles(),
    'inbox.take': async ({ name, ...request }, caller) => ({
      scanId: await parts.imports.startInbox(name, { ...request, actor: caller.user }),
    }),
    'separators.sheets': async ({ dossierId }) => {
      return pdfFile(await parts.separatorSheets(journal.load(dossierId)), 'separators.pdf');
    },
    'cards.scan': ({ device }) => parts.cards.scan(parts.openScanner(device), parts.closing),
    'cards.read': ({ uploadId }) => parts.cards.readUpload(uploadId, parts.closing),
    'printers.list': () => parts.listPrinters(),
    'copies.start': (request) => ({ copyId: parts.copies.start(request) }),
    'copies.cancel': ({ copyId }) => {
      parts.copies.cancel(copyId);
      return {};
    },
    'usb.list': () => parts.usb(),
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

const NO_SUGGESTION = {
  state: 'none',
  facts: { number: null, date: null, issuer: null, title: null },
} as const;

function pdfFile(pdf: Uint8Array, name: string) {
  return { mime: 'application/pdf' as const, base64: Buffer.from(pdf).toString('base64'), name };
}

function isPng(bytes: Uint8Array): boolean {
  return formatOf(bytes) === 'png';
}

/** What a browser draws; a TIFF or PNM of a scanner it does not. */
function isShown(bytes: Uint8Array): boolean {
  return formatOf(bytes) === 'jpeg' || isPng(bytes);
}

function picture(bytes: Uint8Array) {
  const mime: 'image/png' | 'image/jpeg' = isPng(bytes) ? 'image/png' : 'image/jpeg';
  return { mime, base64: Buffer.from(bytes).toString('base64') };
}

function toRow({ version, visitId, groupId, ...summary }: DossierSummary): DossierRow {
  return summary as DossierRow;
}

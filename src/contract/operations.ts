import { z } from 'zod';
import { address, code, componentRef, dossierRef, id, nothing, pdfFile } from './basics.ts';
import {
  applicant,
  certificationEntry,
  citizenCard,
  diagnosticCheck,
  documentFacts,
  dossierRow,
  dossierView,
  factsSuggestion,
  importAs,
  inboxFile,
  outboxStatus,
  pagePlace,
  pendingDossier,
  printerInfo,
  scannerDevice,
  scanProfile,
  scanSettings,
  signatureLevel,
  signingBatch,
  signingKey,
  treatmentWish,
  usbPresence,
} from './model.ts';
import { CLERKS, command, EVERYONE, query } from './operation.ts';
import { CITIZENS_OPERATIONS } from './operations/citizens.ts';
import { FEES_OPERATIONS } from './operations/fees.ts';
import { LIFE_CYCLE_OPERATIONS } from './operations/life-cycle.ts';
import { PRINTING_OPERATIONS } from './operations/printing.ts';
import { PROCEDURES_OPERATIONS } from './operations/procedures.ts';
import { REPORTS_OPERATIONS } from './operations/reports.ts';
import { SLIPS_OPERATIONS } from './operations/slips.ts';
import { duration } from './procedures.ts';
import { role } from './roles.ts';
import { verificationReport } from './verification.ts';

const batchRef = z.object({ batchId: id });
/** Who signs a certified copy, with a key of the act's own. */
const certifier = z.object({
  name: z.string().trim().min(1).max(120),
  key: address,
  pin: z.string().max(256),
});
/** A scan, or an import, under way: pages come as events that carry this id. */
const job = z.object({ scanId: id });

/** All that a screen may ask of the engine. Adding a line here is the only way to give a screen a new power. */
export const OPERATIONS = {
  ...PROCEDURES_OPERATIONS,
  ...CITIZENS_OPERATIONS,
  ...LIFE_CYCLE_OPERATIONS,
  ...FEES_OPERATIONS,
  ...SLIPS_OPERATIONS,
  ...PRINTING_OPERATIONS,
  ...REPORTS_OPERATIONS,
  'session.info': query(
    EVERYONE,
    nothing,
    z.object({
      role,
      user: z.string(),
      unit: z.object({ code: z.string(), name: z.string() }),
      counter: z.string(),
      version: z.string(),
      training: z.boolean(),
      /** What every signature reaches before it is sent. */
      signatureLevel,
    }),
  ),
  'citizens.readCard': query(CLERKS, z.object({ line: z.string().max(2000) }), citizenCard),
  'dossiers.list': query(
    CLERKS,
    z.object({ text: z.string().max(200).default(''), limit: z.number().int().min(1).max(200).default(50) }),
    z.array(dossierRow),
  ),
  'dossiers.get': query(CLERKS, dossierRef, dossierView),
  'dossiers.open': command(CLERKS, z.object({ procedureCode: code, dossierId: id.optional() }), dossierView),
  'dossiers.setApplicant': command(CLERKS, dossierRef.extend({ applicant }), dossierView),
  /** Duration is what the clerk is shown while she waits: the due date if the dossier were received now. */
  'dossiers.previewDue': query(
    CLERKS,
    dossierRef,
    z.object({ due: dossierView.shape.due, duration: duration.nullable() }),
  ),
  /** Drafts with documents that wait for a signature, for one look before the PIN; empty list of ids = all drafts. */
  'signing.pending': query(
    CLERKS,
    z.object({ dossierIds: z.array(id).max(200).default([]) }),
    z.array(pendingDossier),
  ),
  /** One PIN for all; a service that asks for its own PIN takes an empty one. Goes on by `signing.changed`. */
  'signing.start': command(
    CLERKS,
    z.object({ dossierIds: z.array(id).min(1).max(200), key: address, pin: z.string().max(256) }),
    signingBatch,
  ),
  /** After the token was put back: a new login, then the rest of the batch. */
  'signing.resume': command(CLERKS, batchRef.extend({ pin: z.string().max(256) }), signingBatch),
  /** Ends after the document under way; what is signed stays signed. */
  'signing.cancel': command(CLERKS, batchRef, signingBatch),
  'signing.get': query(CLERKS, batchRef, signingBatch),
  /** The first page as it will look under the signature, drawn by what signs it. */
  'signing.preview': query(CLERKS, componentRef.extend({ key: address }), pdfFile),
  /** Judges the signatures of a document of a dossier, or of any PDF that was uploaded. */
  'documents.verify': query(CLERKS, z.object({ documentId: id }), verificationReport),
  'files.verify': query(CLERKS, z.object({ uploadId: id }), verificationReport),
  'dossiers.receive': command(CLERKS, dossierRef, dossierView),
  'dossiers.discard': command(
    CLERKS,
    dossierRef.extend({ reason: z.string().trim().min(1).max(500) }),
    dossierView,
  ),
  'pages.image': query(
    CLERKS,
    /** original = as the device or the file gave it, where a browser can show that; else the kept picture. */
    z.object({ pageId: id, variant: z.enum(['thumbnail', 'full', 'original']) }),
    z.object({ mime: z.enum(['image/jpeg', 'image/png']), base64: z.base64() }),
  ),
  'pages.remove': command(CLERKS, z.object({ dossierId: id, pageId: id }), dossierView),
  'pages.restore': command(CLERKS, z.object({ dossierId: id, pageId: id }), dossierView),
  'pages.move': command(
    CLERKS,
    /** Pages go in the order given to `index` among the target's other live pages; beyond the end = last. */
    z.object({
      dossierId: id,
      pageIds: z.array(id).min(1).max(2000),
      componentId: code,
      index: z.number().int().nonnegative(),
    }),
    dossierView,
  ),
  /** Makes the picture anew from its original: what is named is done so, the rest stays as it is; 'auto' = the program chooses all, 'original' = nothing is done. */
  'pages.treat': command(
    CLERKS,
    dossierRef.extend({ pageId: id, wish: z.union([treatmentWish, z.enum(['auto', 'original'])]) }),
    dossierView,
  ),
  /** A person has looked at doubtful pages and lets them stand. */
  'pages.confirm': command(
    CLERKS,
    dossierRef.extend({ pageIds: z.array(id).min(1).max(2000), confirmed: z.boolean().default(true) }),
    dossierView,
  ),
  'attachments.remove': command(CLERKS, dossierRef.extend({ attachmentId: id }), dossierView),
  'attachments.restore': command(CLERKS, dossierRef.extend({ attachmentId: id }), dossierView),
  'components.describe': command(
    CLERKS,
    componentRef.extend({ facts: documentFacts.nullable() }),
    dossierView,
  ),
  /** reading = pages are still in the queue; the suggestion may be asked for at any time. */
  'components.suggestion': query(
    CLERKS,
    componentRef,
    z.object({ state: z.enum(['none', 'reading', 'ready']), facts: factsSuggestion }),
  ),
  'documents.read': query(CLERKS, z.object({ documentId: id }), pdfFile),
  /**
   * A certified electronic copy (NĐ 45/2020/NĐ-CP Điều 10) of the pages of a paper, under the officer's signature and then
   * the authority's: another act than digitising, with its own book. The same id again is the same act.
   */
  'certification.make': command(
    CLERKS,
    componentRef.extend({
      id,
      requester: z.string().trim().min(1).max(255),
      document: z.string().trim().min(1).max(500),
      copies: z.number().int().min(1).max(1000).default(1),
      /** The officer saw the original and compared the copy with it. */
      originalCompared: z.literal(true),
      officer: certifier.extend({ title: z.array(z.string().trim().min(1).max(80)).max(4).default([]) }),
      authority: certifier,
    }),
    certificationEntry,
  ),
  'certification.list': query(
    CLERKS,
    z.object({ year: z.number().int().min(2000).max(9999) }),
    z.array(certificationEntry),
  ),
  'certification.document': query(CLERKS, z.object({ id }), pdfFile),
  'scanners.list': query(EVERYONE, z.object({ search: z.boolean().default(false) }), z.array(scannerDevice)),
  'scans.start': command(
    CLERKS,
    componentRef.extend({
      device: address,
      settings: scanSettings,
      autoColour: z.boolean().default(false),
      /** A separator sheet sends the pages behind it to its component. */
      separate: z.boolean().default(true),
      place: pagePlace.default({ at: 'end' }),
      /** Manual duplex: these are the backs of what that scan gave, the last sheet first. */
      backsOf: id.optional(),
    }),
    job,
  ),
  'scans.cancel': command(CLERKS, z.object({ scanId: id }), nothing),
  'profiles.get': query(EVERYONE, componentRef.extend({ device: address }), scanProfile),
  /** A file comes in pieces of at most 1 MiB: a screen names no path. */
  'uploads.begin': command(
    EVERYONE,
    z.object({ name: z.string().min(1).max(300), bytes: z.number().int().positive() }),
    z.object({ uploadId: id }),
  ),
  'uploads.chunk': command(
    EVERYONE,
    z.object({ uploadId: id, index: z.number().int().nonnegative(), base64: z.base64().max(1_400_000) }),
    nothing,
  ),
  'uploads.abandon': command(EVERYONE, z.object({ uploadId: id }), nothing),
  'imports.start': command(CLERKS, componentRef.extend({ uploadId: id, as: importAs.default('auto') }), job),
  'inbox.list': query(CLERKS, nothing, z.array(inboxFile)),
  'inbox.take': command(
    CLERKS,
    componentRef.extend({ name: z.string().max(300), as: importAs.default('auto') }),
    job,
  ),
  /** Cover sheet, a sheet for each component, and 'next component', as one PDF to print. */
  'separators.sheets': query(CLERKS, dossierRef, pdfFile),
  /** The citizen card on the scanner's glass, or in a picture that was uploaded; the picture is not kept. */
  'cards.scan': command(CLERKS, z.object({ device: address }), citizenCard),
  'cards.read': command(CLERKS, z.object({ uploadId: id }), citizenCard),
  'printers.list': query(EVERYONE, nothing, z.array(printerInfo)),
  /** Scan and print, as a photocopier does; nothing is kept. */
  'copies.start': command(
    CLERKS,
    z.object({
      device: address,
      settings: scanSettings,
      printer: address,
      copies: z.number().int().min(1).max(99),
    }),
    z.object({ copyId: id }),
  ),
  'copies.cancel': command(CLERKS, z.object({ copyId: id }), nothing),
  'usb.list': query(EVERYONE, nothing, usbPresence),
  'keys.list': query(CLERKS, nothing, z.array(signingKey)),
  'outbox.status': query(EVERYONE, nothing, outboxStatus),
  'outbox.push': command(EVERYONE, nothing, outboxStatus),
  /** A person has settled what stood in the way: a dossier that waits for one is tried again. */
  'outbox.retry': command(EVERYONE, dossierRef, outboxStatus),
  'diagnostics.run': query(EVERYONE, nothing, z.array(diagnosticCheck)),
} as const;

export type OperationName = keyof typeof OPERATIONS;
export type Input<N extends OperationName> = z.input<(typeof OPERATIONS)[N]['input']>;
export type ParsedInput<N extends OperationName> = z.output<(typeof OPERATIONS)[N]['input']>;
export type Output<N extends OperationName> = z.output<(typeof OPERATIONS)[N]['output']>;

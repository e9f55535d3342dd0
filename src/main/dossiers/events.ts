import { z } from 'zod';
import { id, instant } from '../../contract/basics.ts';
import {
  applicant,
  attachmentView,
  documentFacts,
  dossierCode,
  dueDate,
  indication,
  pageView,
  receipt,
  signatureView,
} from '../../contract/model.ts';
import { procedure } from '../../contract/procedures.ts';
import { courseEvents } from './course-events.ts';
import { stamp } from './stamp.ts';

/** A page as it enters the journal: what is known of it, never its bytes. `removed` and `addedAt` follow from events. */
export const pageFacts = pageView.omit({ removed: true, addedAt: true });
export type PageFacts = z.infer<typeof pageFacts>;

/** A new picture of a page, made from the same original. */
export const pagePicture = pageFacts.pick({
  width: true,
  height: true,
  dpi: true,
  treatment: true,
  findings: true,
});
export type PagePicture = z.infer<typeof pagePicture>;

/** A PDF as it enters the journal. */
export const attachmentFacts = attachmentView.omit({ signature: true, addedAt: true, removed: true });
export type AttachmentFacts = z.infer<typeof attachmentFacts>;

/**
 * What can happen to a dossier. The journal keeps these and nothing else; a released type is never changed,
 * a new need is a new type. Dossiers are the fold of their events (design, principle 10).
 */
export const dossierEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('opened'), ...stamp, dossierId: id, procedure }),
  z.object({ type: z.literal('applicant-set'), ...stamp, applicant }),
  z.object({ type: z.literal('page-added'), ...stamp, componentId: z.string(), page: pageFacts }),
  z.object({ type: z.literal('page-removed'), ...stamp, pageId: id }),
  z.object({ type: z.literal('page-restored'), ...stamp, pageId: id }),
  z.object({
    type: z.literal('page-moved'),
    ...stamp,
    pageId: id,
    componentId: z.string(),
    /** Place among the pages of the target component that are not removed, counted without the moved page. */
    index: z.number().int().nonnegative(),
  }),
  z.object({ type: z.literal('page-treated'), ...stamp, pageId: id, picture: pagePicture }),
  /** A person has looked at a doubtful page and lets it stand, or takes that back. */
  z.object({ type: z.literal('page-confirmed'), ...stamp, pageId: id, confirmed: z.boolean() }),
  z.object({
    type: z.literal('attachment-added'),
    ...stamp,
    componentId: z.string(),
    attachment: attachmentFacts,
  }),
  z.object({ type: z.literal('attachment-removed'), ...stamp, attachmentId: id }),
  z.object({ type: z.literal('attachment-restored'), ...stamp, attachmentId: id }),
  z.object({
    type: z.literal('attachment-signed'),
    ...stamp,
    attachmentId: id,
    signature: signatureView,
  }),
  z.object({
    type: z.literal('component-described'),
    ...stamp,
    componentId: z.string(),
    facts: documentFacts.nullable(),
  }),
  z.object({
    type: z.literal('component-signed'),
    ...stamp,
    componentId: z.string(),
    signature: signatureView,
    /** The pages under the signature, in order. */
    pageIds: z.array(id).min(1),
  }),
  z.object({
    type: z.literal('received'),
    ...stamp,
    code: dossierCode,
    receivedAt: instant,
    due: dueDate.nullable(),
    slipDocumentId: id,
    /** Of the year's reception slips, which is the place in the tracking book too. */
    slipNumber: z.number().int().positive().nullable().default(null),
  }),
  /** A document that was signed got its time stamp or its validation data; its pages and signer are the same. */
  z.object({ type: z.literal('signature-raised'), ...stamp, signature: signatureView }),
  /** A person printed a kept document whose signatures could not be told to hold. */
  z.object({
    type: z.literal('document-accepted'),
    ...stamp,
    documentId: id,
    indication,
    reason: z.string().trim().min(1).max(500),
  }),
  /** The official code takes the place of a temporary one. */
  z.object({ type: z.literal('code-assigned'), ...stamp, code: dossierCode }),
  z.object({ type: z.literal('send-failed'), ...stamp, fault: z.string().min(1) }),
  z.object({ type: z.literal('sent'), ...stamp, receipt }),
  /** The province has read the dossier as it was at `version`. */
  z.object({ type: z.literal('update-sent'), ...stamp, receipt, version: z.number().int().positive() }),
  ...courseEvents,
  z.object({ type: z.literal('discarded'), ...stamp, reason: z.string().trim().min(1).max(500) }),
]);
export type DossierEvent = z.infer<typeof dossierEvent>;
export type DossierEventType = DossierEvent['type'];

/** The part of an event that every command is given. */
export interface Stamp {
  readonly at: string;
  readonly actor: string;
}

import { CounterError } from '../../contract/errors.ts';
import type {
  Applicant,
  ComponentView,
  DocumentFacts,
  DossierCode,
  DueDate,
  Indication,
  Receipt,
  SignatureView,
} from '../../contract/model.ts';
import type { Procedure } from '../../contract/procedures.ts';
import { assertNotConfidential } from './confidential.ts';
import {
  apply,
  componentOf,
  type Dossier,
  livePages,
  signatureOf,
  whereIs,
  whereIsAttachment,
} from './dossier.ts';
import type { AttachmentFacts, DossierEvent, PageFacts, PagePicture, Stamp } from './events.ts';
import { assertPapers, named } from './papers.ts';
import { EDITABLE } from './transitions.ts';

/*
 * One function a command: the dossier as it is and what is asked, in; the events that follow, out. A command that
 * asks for what already holds gives no event, so that a repeated message does no harm. What may not be done throws
 * a CounterError and gives no event at all.
 */

export function open(input: { dossierId: string; procedure: Procedure }, stamp: Stamp): DossierEvent[] {
  return [{ type: 'opened', ...stamp, ...input }];
}

/** Names are kept as the card or the clerk wrote them, in NFC only (facts §10.3: never re-cased). */
export function setApplicant(dossier: Dossier, applicant: Applicant, stamp: Stamp): DossierEvent[] {
  mustBe(dossier, 'draft');
  const kept = {
    ...applicant,
    name: applicant.name.normalize('NFC'),
    address: applicant.address.normalize('NFC'),
  };
  if (JSON.stringify(dossier.applicant) === JSON.stringify(kept)) return [];
  return [{ type: 'applicant-set', ...stamp, applicant: kept }];
}

/** `label` is what the clerk or the device calls the paper (a stamp chosen, a file name), where there is one. */
export function addPage(
  dossier: Dossier,
  input: { componentId: string; page: PageFacts; label?: string },
  stamp: Stamp,
): DossierEvent[] {
  mustBeOpen(dossier);
  mustTakePages(dossier, input.componentId);
  if (input.label !== undefined) assertNotConfidential(input.label);
  const known = whereIs(dossier, input.page.id);
  if (known?.component.spec.id === input.componentId && !known.page.removed) return [];
  if (known) throw new CounterError('DOSSIER_STATE', { state: dossier.state, reason: 'page-known' });
  return [{ type: 'page-added', ...stamp, componentId: input.componentId, page: input.page }];
}

/** Where a page that comes goes. `replace`: into the place of a page, which is set aside. */
export type Place =
  | { readonly at: 'end' }
  | { readonly at: 'before' | 'after' | 'replace'; readonly pageId: string };

/**
 * Adds a page at its place. `componentId` counts where the place is the end, or where the page that it is named by
 * was taken away in the meantime. `aside` adds it and sets it aside at once (a separator sheet).
 */
export function addPageAt(
  dossier: Dossier,
  input: { componentId: string; page: PageFacts; place: Place; aside: boolean },
  stamp: Stamp,
): DossierEvent[] {
  const { place, page } = input;
  const anchor = place.at === 'end' ? null : whereIs(dossier, place.pageId);
  const beside = anchor && !anchor.page.removed ? anchor : null;
  const componentId = beside?.component.spec.id ?? input.componentId;
  const events = addPage(dossier, { componentId, page }, stamp);
  if (events.length === 0) return events;
  const now = () => events.reduce(apply, dossier);
  if (beside) {
    const at = livePages(beside.component).indexOf(beside.page);
    const index = place.at === 'after' ? at + 1 : at;
    events.push(...movePages(now(), { pageIds: [page.id], componentId, index }, stamp));
    if (place.at === 'replace') events.push(...removePage(now(), beside.page.id, stamp));
  }
  if (input.aside) events.push(...removePage(now(), page.id, stamp));
  return events;
}

/** Throws DOSSIER_STATE or COMPONENT_UNKNOWN where this component cannot be given a page now. */
export function assertTakesPages(dossier: Dossier, componentId: string): void {
  mustBeOpen(dossier);
  mustTakePages(dossier, componentId);
}

/** Takes a page out of its component; it stays in the dossier and can be brought back. */
export function removePage(dossier: Dossier, pageId: string, stamp: Stamp): DossierEvent[] {
  mustBeOpen(dossier);
  return mustFind(dossier, pageId).page.removed ? [] : [{ type: 'page-removed', ...stamp, pageId }];
}

export function restorePage(dossier: Dossier, pageId: string, stamp: Stamp): DossierEvent[] {
  mustBeOpen(dossier);
  return mustFind(dossier, pageId).page.removed ? [{ type: 'page-restored', ...stamp, pageId }] : [];
}

/**
 * Moves pages, in the order given, to `index` among the other live pages of a component (0 = first; beyond the end =
 * last). One page moved is a correction, many are a component split or merged.
 */
export function movePages(
  dossier: Dossier,
  input: { pageIds: readonly string[]; componentId: string; index: number },
  stamp: Stamp,
): DossierEvent[] {
  mustBeOpen(dossier);
  const target = mustTakePages(dossier, input.componentId);
  const moved = [...new Set(input.pageIds)];
  for (const pageId of moved) {
    if (mustFind(dossier, pageId).page.removed)
      throw new CounterError('PAGE_UNKNOWN', { pageId, reason: 'removed' });
  }
  const before = livePages(target).map((p) => p.id);
  const others = before.filter((id) => !moved.includes(id));
  const after = others.toSpliced(input.index, 0, ...moved);
  if (after.join() === before.join()) return [];
  const events: DossierEvent[] = [];
  let now = dossier;
  for (const [i, pageId] of moved.entries()) {
    const live = livePages(componentOf(now, input.componentId)!).map((p) => p.id);
    const rest = live.filter((id) => id !== pageId);
    const next = others[input.index];
    const behind = moved[i - 1];
    // Behind the page that was moved before it, which ends before whatever the first one was put in front of.
    const index =
      behind !== undefined ? rest.indexOf(behind) + 1 : next !== undefined ? rest.indexOf(next) : rest.length;
    const event = { type: 'page-moved', ...stamp, pageId, componentId: input.componentId, index } as const;
    events.push(event);
    now = apply(now, event);
  }
  return events;
}

/** Another picture of the page was made from its original. */
export function treatPage(
  dossier: Dossier,
  input: { pageId: string; picture: PagePicture },
  stamp: Stamp,
): DossierEvent[] {
  mustBeOpen(dossier);
  mustFind(dossier, input.pageId);
  return [{ type: 'page-treated', ...stamp, ...input }];
}

export function confirmPages(
  dossier: Dossier,
  input: { pageIds: readonly string[]; confirmed: boolean },
  stamp: Stamp,
): DossierEvent[] {
  mustBeOpen(dossier);
  const { confirmed } = input;
  return [...new Set(input.pageIds)]
    .filter((pageId) => mustFind(dossier, pageId).page.confirmed !== confirmed)
    .map((pageId) => ({ type: 'page-confirmed', ...stamp, pageId, confirmed }));
}

/** A PDF is kept whole beside the pages. Its name is checked as a paper's label is. */
export function addAttachment(
  dossier: Dossier,
  input: { componentId: string; attachment: AttachmentFacts },
  stamp: Stamp,
): DossierEvent[] {
  mustBeOpen(dossier);
  mustTakePages(dossier, input.componentId);
  assertNotConfidential(input.attachment.name);
  if (whereIsAttachment(dossier, input.attachment.id)) return [];
  return [{ type: 'attachment-added', ...stamp, ...input }];
}

export function removeAttachment(dossier: Dossier, attachmentId: string, stamp: Stamp): DossierEvent[] {
  mustBeOpen(dossier);
  const { attachment } = mustFindAttachment(dossier, attachmentId);
  return attachment.removed ? [] : [{ type: 'attachment-removed', ...stamp, attachmentId }];
}

export function restoreAttachment(dossier: Dossier, attachmentId: string, stamp: Stamp): DossierEvent[] {
  mustBeOpen(dossier);
  const { attachment } = mustFindAttachment(dossier, attachmentId);
  return attachment.removed ? [{ type: 'attachment-restored', ...stamp, attachmentId }] : [];
}

/** Over a file that came without signatures; one that has its own is an electronic original and stays as it is. */
export function signAttachment(
  dossier: Dossier,
  input: { attachmentId: string; signature: SignatureView },
  stamp: Stamp,
): DossierEvent[] {
  mustBeOpen(dossier);
  const { attachment } = mustFindAttachment(dossier, input.attachmentId);
  if (attachment.signatures > 0) throw wrongState(dossier, 'electronic-original');
  return [{ type: 'attachment-signed', ...stamp, ...input }];
}

/** A time stamp or validation data came to a signature; what is not under that signature any more is let be. */
export function raiseSignature(dossier: Dossier, signature: SignatureView, stamp: Stamp): DossierEvent[] {
  mustBeReceived(dossier);
  if (dossier.delivery !== 'waiting') throw wrongState(dossier, 'sent');
  if (!signatureOf(dossier, signature.documentId))
    throw new CounterError('DOSSIER_STATE', { state: dossier.state, reason: 'signature-gone' });
  return [{ type: 'signature-raised', ...stamp, signature }];
}

/** A person takes a document for good whose signatures are INDETERMINATE, and says why. */
export function acceptDocument(
  _dossier: Dossier,
  input: { documentId: string; indication: Indication; reason: string },
  stamp: Stamp,
): DossierEvent[] {
  return [{ type: 'document-accepted', ...stamp, ...input }];
}

/** Number, date, issuer and title of a digitised paper, as a person entered or accepted them. */
export function describeComponent(
  dossier: Dossier,
  input: { componentId: string; facts: DocumentFacts | null },
  stamp: Stamp,
): DossierEvent[] {
  mustBeOpen(dossier);
  const { facts } = mustTakePages(dossier, input.componentId);
  const clean = input.facts && {
    number: input.facts.number.normalize('NFC'),
    date: input.facts.date,
    issuer: input.facts.issuer.normalize('NFC'),
    title: input.facts.title.normalize('NFC'),
  };
  if (JSON.stringify(facts) === JSON.stringify(clean)) return [];
  return [{ type: 'component-described', ...stamp, componentId: input.componentId, facts: clean }];
}

/**
 * Records a signature. `pageIds` are the pages that the signed document holds: pages that changed while the token
 * was at work make the signature worthless (DOSSIER_STATE, reason 'pages-changed').
 */
export function signComponent(
  dossier: Dossier,
  input: { componentId: string; signature: SignatureView; pageIds: readonly string[] },
  stamp: Stamp,
): DossierEvent[] {
  mustBeOpen(dossier);
  const component = mustTakePages(dossier, input.componentId);
  const live = livePages(component).map((p) => p.id);
  if (live.length === 0) throw missing([component]);
  if (live.join() !== input.pageIds.join() || input.signature.pages !== live.length) {
    throw new CounterError('DOSSIER_STATE', { state: dossier.state, reason: 'pages-changed' });
  }
  return [
    {
      type: 'component-signed',
      ...stamp,
      componentId: input.componentId,
      signature: input.signature,
      pageIds: [...input.pageIds],
    },
  ];
}

/**
 * Throws what stands in the way of receiving: REFUSAL_PENDING, PROCEDURE_ONLINE_ONLY, APPLICANT_INCOMPLETE {missing}, and
 * what `assertPapers` throws.
 */
export function assertReceivable(dossier: Dossier): void {
  mustBe(dossier, 'draft');
  if (dossier.refusalProposed) throw new CounterError('REFUSAL_PENDING');
  // Chỉ thị 24/CT-TTg: some procedures are taken online alone, where the clerk helps the person to file.
  if (dossier.procedure.onlineOnly && dossier.intake.channel !== 'online')
    throw new CounterError('PROCEDURE_ONLINE_ONLY', { procedure: dossier.procedure.code });
  assertApplicant(dossier.applicant);
  assertPapers(dossier);
}

export function receive(
  dossier: Dossier,
  input: {
    code: DossierCode;
    receivedAt: string;
    due: DueDate | null;
    slipDocumentId: string;
    slipNumber: number | null;
  },
  stamp: Stamp,
): DossierEvent[] {
  assertReceivable(dossier);
  return [{ type: 'received', ...stamp, ...input }];
}

/** The province's number takes the place of the temporary one; an official code is never replaced. */
export function assignCode(dossier: Dossier, value: string, stamp: Stamp): DossierEvent[] {
  if (!dossier.code) throw wrongState(dossier, 'no-code');
  if (dossier.code.kind === 'official') {
    if (dossier.code.value === value) return [];
    throw wrongState(dossier, 'code-official');
  }
  return [{ type: 'code-assigned', ...stamp, code: { value, kind: 'official' } }];
}

export function markSendFailed(dossier: Dossier, fault: string, stamp: Stamp): DossierEvent[] {
  mustBeReceived(dossier);
  return dossier.sendFault === fault ? [] : [{ type: 'send-failed', ...stamp, fault }];
}

/**
 * The province's receipt was read back, for the dossier as it was at `version`. What is known already gives nothing;
 * another receipt for the same is a conflict.
 */
export function markSent(dossier: Dossier, receipt: Receipt, version: number, stamp: Stamp): DossierEvent[] {
  mustBeReceived(dossier);
  if (version > dossier.receivedVersion) {
    return version <= dossier.told ? [] : [{ type: 'update-sent', ...stamp, receipt, version }];
  }
  if (!dossier.receipt) return [{ type: 'sent', ...stamp, receipt }];
  const same = dossier.receipt.reference === receipt.reference;
  if (dossier.told > dossier.receivedVersion) return [];
  if (same && dossier.receipt.recordSha256 === receipt.recordSha256) return [];
  throw new CounterError('PROVINCE_CONFLICT', { reference: receipt.reference });
}

/** Only a draft can be given up: once a slip was handed out, the dossier is the province's to close. */
export function discard(dossier: Dossier, reason: string, stamp: Stamp): DossierEvent[] {
  mustBe(dossier, 'draft');
  const why = reason.trim();
  if (why === '') throw new CounterError('BAD_REQUEST', { field: 'reason' });
  return [{ type: 'discarded', ...stamp, reason: why }];
}

function assertApplicant(applicant: Applicant | null): void {
  if (!applicant) throw new CounterError('APPLICANT_INCOMPLETE', { missing: 'applicant' });
  // Mẫu 01 of TT 03/2025/TT-VPCP asks for the name and the identity number of whoever it is.
  const lacking = (['name', 'identityNumber'] as const).filter((f) => applicant[f].trim() === '');
  if (lacking.length > 0) throw new CounterError('APPLICANT_INCOMPLETE', { missing: lacking.join(', ') });
}

/** Taken over by the counter: a slip was given, whatever became of the dossier since. */
function mustBeReceived(dossier: Dossier): void {
  if (dossier.receivedVersion === 0)
    throw new CounterError('DOSSIER_STATE', { state: dossier.state, needed: 'received' });
}

/** Pages and papers can be changed while the dossier, or a supplement to it, is taken in. */
function mustBeOpen(dossier: Dossier): void {
  if (!EDITABLE.includes(dossier.state))
    throw new CounterError('DOSSIER_STATE', { state: dossier.state, needed: 'draft' });
}

function mustBe(dossier: Dossier, state: Dossier['state']): void {
  if (dossier.state !== state)
    throw new CounterError('DOSSIER_STATE', { state: dossier.state, needed: state });
}

function wrongState(dossier: Dossier, reason: string): CounterError {
  return new CounterError('DOSSIER_STATE', { state: dossier.state, reason });
}

function mustTakePages(dossier: Dossier, componentId: string): ComponentView {
  const component = componentOf(dossier, componentId);
  if (!component) throw new CounterError('COMPONENT_UNKNOWN', { componentId });
  const { handling } = component.spec;
  if (handling !== 'submit') throw new CounterError('COMPONENT_UNKNOWN', { componentId, handling });
  return component;
}

function mustFind(dossier: Dossier, pageId: string) {
  const found = whereIs(dossier, pageId);
  if (!found) throw new CounterError('PAGE_UNKNOWN', { pageId });
  return found;
}

function mustFindAttachment(dossier: Dossier, attachmentId: string) {
  const found = whereIsAttachment(dossier, attachmentId);
  if (!found) throw new CounterError('PAGE_UNKNOWN', { attachmentId });
  return found;
}

function missing(components: readonly ComponentView[]): CounterError {
  return new CounterError('COMPONENT_MISSING', named(components));
}

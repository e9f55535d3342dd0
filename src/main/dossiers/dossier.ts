import { CounterError } from '../../contract/errors.ts';
import { FRESH_COURSE } from '../../contract/life-cycle.ts';
import type {
  AttachmentView,
  ComponentView,
  DossierView,
  PageView,
  SignatureView,
} from '../../contract/model.ts';
import { courseStep, isCourseEvent, isTold } from './course.ts';
import type { DossierEvent } from './events.ts';
import { impossible } from './impossible.ts';
import { EDITABLE } from './transitions.ts';

/** A dossier at one point of its journal. Values are never changed in place. */
export interface Dossier extends DossierView {
  /** Events folded so far: the next event has this position, which tells two writers apart. */
  readonly version: number;
  /** Versions: the last one that the province has to be told of, and the last that it is known to have. */
  readonly toTell: number;
  readonly told: number;
  readonly receivedVersion: number;
  /** Of the last event. */
  readonly changedAt: string;
  readonly discardReason: string | null;
  /** When it came into its state; a state that is entered from itself goes on. */
  readonly stateSince: string;
  /** How it ended without a result; kept when it is closed. */
  readonly endedAs: 'refused' | 'withdrawn' | 'stopped' | null;
  /** The appointment that was given at reception, whatever became of it. */
  readonly firstDueAt: string | null;
}

type EventOf<T extends DossierEvent['type']> = Extract<DossierEvent, { type: T }>;

/**
 * The dossier after one more event. Throws STORE_CORRUPT where the event cannot follow what went before: the
 * commands never make such a one, so the journal has been damaged or written by something else.
 */
export function apply(dossier: Dossier | null, event: DossierEvent): Dossier {
  if (event.type === 'opened') {
    if (dossier) throw impossible(event);
    return openedFrom(event);
  }
  if (!dossier) throw impossible(event);
  const version = dossier.version + 1;
  const stepped = step(dossier, event);
  const cameFrom = stepped.state === dossier.state ? dossier.cameFrom : dossier.state;
  const after = { ...stepped, cameFrom, version, changedAt: event.at };
  const toTell = isTold(dossier, event) ? version : dossier.toTell;
  const told = event.type === 'sent' ? dossier.receivedVersion : after.told;
  const delivery = toTell === 0 ? 'none' : told < toTell ? 'waiting' : 'sent';
  const stateSince = after.state === dossier.state ? dossier.stateSince : event.at;
  return { ...after, ...landmarks(dossier, event), stateSince, toTell, told, delivery };
}

/** What later events cover up and reports still ask for. */
function landmarks(dossier: Dossier, event: DossierEvent): Pick<Dossier, 'endedAs' | 'firstDueAt'> {
  const { endedAs, firstDueAt } = dossier;
  switch (event.type) {
    case 'received':
      return { endedAs, firstDueAt: event.due?.at ?? null };
    case 'refused':
    case 'withdrawn':
    case 'stopped':
      return { endedAs: event.type, firstDueAt };
    default:
      return { endedAs, firstDueAt };
  }
}

/** The dossier that a whole journal makes; an empty journal is no dossier (STORE_CORRUPT). */
export function fold(events: Iterable<DossierEvent>): Dossier {
  let dossier: Dossier | null = null;
  for (const event of events) dossier = apply(dossier, event);
  if (!dossier) throw new CounterError('STORE_CORRUPT', { reason: 'empty-journal' });
  return dossier;
}

/** What a screen may see; exactly the contract's shape. */
export function toView(dossier: Dossier): DossierView {
  const { version, toTell, told, receivedVersion, changedAt, discardReason, ...rest } = dossier;
  const { stateSince, endedAs, firstDueAt, ...view } = rest;
  return view;
}

export function livePages(component: ComponentView): readonly PageView[] {
  return component.pages.filter((page) => !page.removed);
}

export function liveAttachments(component: ComponentView): readonly AttachmentView[] {
  return component.attachments.filter((attachment) => !attachment.removed);
}

/** A paper that is there: as pages, or as a file that was kept whole. */
export function isPresent(component: ComponentView): boolean {
  return livePages(component).length > 0 || liveAttachments(component).length > 0;
}

/** What was copied from paper, or came unsigned, stands under the clerk's signature; an electronic original has its own. */
export function needsSignature(component: ComponentView): boolean {
  if (livePages(component).length > 0 && !component.signature) return true;
  return liveAttachments(component).some((a) => a.signatures === 0 && !a.signature);
}

export function componentOf(dossier: Dossier, componentId: string): ComponentView | undefined {
  return dossier.components.find((c) => c.spec.id === componentId);
}

export function whereIs(
  dossier: Dossier,
  pageId: string,
): { component: ComponentView; page: PageView } | null {
  for (const component of dossier.components) {
    const page = component.pages.find((p) => p.id === pageId);
    if (page) return { component, page };
  }
  return null;
}

export function whereIsAttachment(
  dossier: Dossier,
  attachmentId: string,
): { component: ComponentView; attachment: AttachmentView } | null {
  for (const component of dossier.components) {
    const attachment = component.attachments.find((a) => a.id === attachmentId);
    if (attachment) return { component, attachment };
  }
  return null;
}

/** The clerk's signature over a document, over pages or over a file that was kept. */
export function signatureOf(dossier: Dossier, documentId: string): SignatureView | undefined {
  return (
    dossier.components
      .flatMap((c) => [c.signature, ...c.attachments.map((a) => a.signature)])
      .find((s) => s?.documentId === documentId) ?? undefined
  );
}

/** Puts a page at `index` among the pages that are not removed; beyond the end means last. */
export function insertAt(pages: readonly PageView[], page: PageView, index: number): PageView[] {
  const live = pages.filter((p) => !p.removed);
  const next = live[index];
  const at = next ? pages.indexOf(next) : pages.length;
  return [...pages.slice(0, at), page, ...pages.slice(at)];
}

function openedFrom(event: EventOf<'opened'>): Dossier {
  return {
    id: event.dossierId,
    state: 'draft',
    procedure: event.procedure,
    applicant: null,
    components: event.procedure.components.map((spec) => ({
      spec,
      pages: [],
      signature: null,
      attachments: [],
      facts: null,
      counts: null,
      seen: null,
      lookup: null,
    })),
    code: null,
    openedAt: event.at,
    openedBy: event.actor,
    receivedAt: null,
    due: null,
    slipDocumentId: null,
    receipt: null,
    sendFault: null,
    ...FRESH_COURSE,
    version: 1,
    toTell: 0,
    told: 0,
    receivedVersion: 0,
    changedAt: event.at,
    discardReason: null,
    stateSince: event.at,
    endedAs: null,
    firstDueAt: null,
  };
}

function step(dossier: Dossier, event: Exclude<DossierEvent, { type: 'opened' }>): Dossier {
  if (isCourseEvent(event)) return courseStep(dossier, event);
  switch (event.type) {
    case 'applicant-set':
      return { ...during('draft', dossier, event), applicant: event.applicant };
    case 'page-added':
      return addPage(editing(dossier, event), event);
    case 'page-removed':
    case 'page-restored':
      return setRemoved(editing(dossier, event), event);
    case 'page-moved':
      return movePage(editing(dossier, event), event);
    case 'page-treated':
      return treatPage(editing(dossier, event), event);
    case 'page-confirmed':
      return confirmPage(editing(dossier, event), event);
    case 'attachment-added':
      return addAttachment(editing(dossier, event), event);
    case 'attachment-removed':
    case 'attachment-restored':
      return changeAttachment(editing(dossier, event), event, {
        removed: event.type === 'attachment-removed',
      });
    case 'attachment-signed':
      return changeAttachment(editing(dossier, event), event, { signature: event.signature });
    case 'component-described':
      return changeComponent(editing(dossier, event), event.componentId, event, (c) => ({
        ...c,
        facts: event.facts,
      }));
    case 'component-signed':
      return sign(editing(dossier, event), event);
    case 'signature-raised':
      return raise(onItsWay(dossier, event), event);
    case 'document-accepted':
      return dossier;
    case 'received':
      return receive(during('draft', dossier, event), event);
    case 'discarded':
      return {
        ...during('draft', dossier, event),
        state: 'discarded',
        discardReason: event.reason,
        refusalProposed: null,
      };
    case 'code-assigned':
      if (dossier.code?.kind !== 'temporary') throw impossible(event);
      return { ...dossier, code: event.code };
    case 'send-failed':
      return { ...told(dossier, event), sendFault: event.fault };
    case 'sent':
      return { ...undelivered(dossier, event), receipt: event.receipt, sendFault: null };
    case 'update-sent':
      if (event.version > dossier.version) throw impossible(event);
      return {
        ...told(dossier, event),
        told: Math.max(dossier.told, event.version),
        receipt: event.receipt,
        sendFault: null,
      };
  }
}

function addPage(dossier: Dossier, event: EventOf<'page-added'>): Dossier {
  if (whereIs(dossier, event.page.id)) throw impossible(event);
  const page: PageView = { ...event.page, addedAt: event.at, removed: false };
  return changeComponent(dossier, event.componentId, event, (c) => unsigned(c, [...c.pages, page]));
}

function setRemoved(dossier: Dossier, event: EventOf<'page-removed' | 'page-restored'>): Dossier {
  const removed = event.type === 'page-removed';
  const found = whereIs(dossier, event.pageId);
  if (!found || found.page.removed === removed) throw impossible(event);
  return changeComponent(dossier, found.component.spec.id, event, (c) =>
    unsigned(
      c,
      c.pages.map((p) => (p.id === event.pageId ? { ...p, removed } : p)),
    ),
  );
}

function movePage(dossier: Dossier, event: EventOf<'page-moved'>): Dossier {
  const found = whereIs(dossier, event.pageId);
  if (!found || found.page.removed) throw impossible(event);
  const without = changeComponent(dossier, found.component.spec.id, event, (c) =>
    unsigned(
      c,
      c.pages.filter((p) => p.id !== event.pageId),
    ),
  );
  return changeComponent(without, event.componentId, event, (c) =>
    unsigned(c, insertAt(c.pages, found.page, event.index)),
  );
}

/** Another picture is another document; the page keeps its place and its number of pictures rises. */
function treatPage(dossier: Dossier, event: EventOf<'page-treated'>): Dossier {
  const found = whereIs(dossier, event.pageId);
  if (!found) throw impossible(event);
  const { component, page } = found;
  const treated = { ...page, ...event.picture, revision: page.revision + 1, confirmed: false };
  const change = (c: ComponentView) => c.pages.map((p) => (p.id === page.id ? treated : p));
  return changeComponent(dossier, component.spec.id, event, (c) =>
    page.removed ? { ...c, pages: change(c) } : unsigned(c, change(c)),
  );
}

function confirmPage(dossier: Dossier, event: EventOf<'page-confirmed'>): Dossier {
  const found = whereIs(dossier, event.pageId);
  if (!found) throw impossible(event);
  const { confirmed } = event;
  return changeComponent(dossier, found.component.spec.id, event, (c) => ({
    ...c,
    pages: c.pages.map((p) => (p.id === event.pageId ? { ...p, confirmed } : p)),
  }));
}

function addAttachment(dossier: Dossier, event: EventOf<'attachment-added'>): Dossier {
  if (whereIsAttachment(dossier, event.attachment.id)) throw impossible(event);
  const added: AttachmentView = { ...event.attachment, signature: null, addedAt: event.at, removed: false };
  return changeComponent(dossier, event.componentId, event, (c) => ({
    ...c,
    attachments: [...c.attachments, added],
  }));
}

function changeAttachment(
  dossier: Dossier,
  event: EventOf<'attachment-removed' | 'attachment-restored' | 'attachment-signed'>,
  change: Partial<AttachmentView>,
): Dossier {
  const found = whereIsAttachment(dossier, event.attachmentId);
  if (!found || found.attachment.removed === change.removed) throw impossible(event);
  return changeComponent(dossier, found.component.spec.id, event, (c) => ({
    ...c,
    attachments: c.attachments.map((a) => (a.id === event.attachmentId ? { ...a, ...change } : a)),
  }));
}

function sign(dossier: Dossier, event: EventOf<'component-signed'>): Dossier {
  return changeComponent(dossier, event.componentId, event, (c) => {
    const ids = livePages(c).map((p) => p.id);
    if (ids.join() !== event.pageIds.join()) throw impossible(event);
    return { ...c, signature: event.signature };
  });
}

/** The same document under the same signature, with more to prove it by. */
function raise(dossier: Dossier, event: EventOf<'signature-raised'>): Dossier {
  const { signature } = event;
  const { documentId } = signature;
  if (!signatureOf(dossier, documentId)) throw impossible(event);
  const raised = <T extends { readonly signature: SignatureView | null }>(holder: T): T =>
    holder.signature?.documentId === documentId ? { ...holder, signature } : holder;
  return {
    ...dossier,
    components: dossier.components.map((c) => ({ ...raised(c), attachments: c.attachments.map(raised) })),
  };
}

function receive(dossier: Dossier, event: EventOf<'received'>): Dossier {
  return {
    ...dossier,
    state: 'received',
    code: event.code,
    receivedAt: event.receivedAt,
    due: event.due,
    slipDocumentId: event.slipDocumentId,
    receivedVersion: dossier.version + 1,
    papers: [
      ...dossier.papers,
      {
        documentId: event.slipDocumentId,
        kind: 'reception',
        number: event.slipNumber,
        at: event.at,
        by: event.actor,
        electronic: null,
      },
    ],
  };
}

/** Other pages are another document: a signature over the former ones no longer speaks for the component. */
function unsigned(component: ComponentView, pages: PageView[]): ComponentView {
  return { ...component, pages, signature: null };
}

function changeComponent(
  dossier: Dossier,
  componentId: string,
  event: DossierEvent,
  change: (component: ComponentView) => ComponentView,
): Dossier {
  if (componentOf(dossier, componentId)?.spec.handling !== 'submit') throw impossible(event);
  return {
    ...dossier,
    components: dossier.components.map((c) => (c.spec.id === componentId ? change(c) : c)),
  };
}

function editing(dossier: Dossier, event: DossierEvent): Dossier {
  if (!EDITABLE.includes(dossier.state)) throw impossible(event);
  return dossier;
}

/** Received, and not known to be at the province. */
function undelivered(dossier: Dossier, event: DossierEvent): Dossier {
  if (dossier.receivedVersion === 0 || dossier.receipt) throw impossible(event);
  return dossier;
}

/** Received, with something that the province has still to be told: papers of a supplement come after its receipt. */
function onItsWay(dossier: Dossier, event: DossierEvent): Dossier {
  if (dossier.receivedVersion === 0 || dossier.delivery !== 'waiting') throw impossible(event);
  return dossier;
}

/** The province has got it, or is to get it. */
function told(dossier: Dossier, event: DossierEvent): Dossier {
  if (dossier.receivedVersion === 0) throw impossible(event);
  return dossier;
}

function during(state: Dossier['state'], dossier: Dossier, event: DossierEvent): Dossier {
  if (dossier.state !== state) throw impossible(event);
  return dossier;
}

import type { DossierState, Ending } from '../../contract/life-cycle.ts';
import type { ComponentView } from '../../contract/model.ts';
import type { Dossier } from './dossier.ts';
import type { DossierEvent } from './events.ts';
import { impossible } from './impossible.ts';
import { EDITABLE, TRANSITIONS, type Transition, type TransitionName } from './transitions.ts';

type EventOf<T extends DossierEvent['type']> = Extract<DossierEvent, { type: T }>;
export type CourseEvent = EventOf<(typeof COURSE)[number]>;

const COURSE = [
  'submitter-set',
  'intake-set',
  'joined',
  'component-counted',
  'original-seen',
  'original-returned',
  'component-looked-up',
  'paper-issued',
  'paper-signed',
  'supplement-asked',
  'supplement-taken',
  'confidential-found',
  'refusal-proposed',
  'refusal-declined',
  'refused',
  'withdrawn',
  'stopped',
  'closed',
  'forwarded',
  'payment-asked',
  'payment-cleared',
  'extended',
  'result-ready',
  'handed-out',
  'fees-set',
  'fee-paid',
  'receipt-cancelled',
] as const;

export function isCourseEvent(event: DossierEvent): event is CourseEvent {
  return (COURSE as readonly string[]).includes(event.type);
}

/** Events that the province is told: the state of TrangThaiHoSo, its times or its money changed. */
const TOLD: ReadonlySet<string> = new Set([
  'received',
  'supplement-asked',
  'supplement-taken',
  'refused',
  'withdrawn',
  'stopped',
  'closed',
  'forwarded',
  'payment-asked',
  'payment-cleared',
  'extended',
  'result-ready',
  'handed-out',
  'fee-paid',
  'receipt-cancelled',
]);

/** Whether the province has to be told of it: only of dossiers that it got. */
export function isTold(before: Dossier, event: DossierEvent): boolean {
  return TOLD.has(event.type) && (before.receivedAt !== null || event.type === 'received');
}

/** A step in the course of a dossier. Throws STORE_CORRUPT where it cannot follow. */
export function courseStep(dossier: Dossier, event: CourseEvent): Dossier {
  switch (event.type) {
    case 'submitter-set':
      return { ...editable(dossier, event), submitter: event.submitter };
    case 'intake-set':
      return { ...editable(dossier, event), intake: event.intake };
    case 'joined':
      return { ...dossier, visitId: event.visitId, group: event.group };
    case 'component-counted':
      return onPaper(editable(dossier, event), event, () => ({ counts: event.counts }));
    case 'component-looked-up':
      return onPaper(editable(dossier, event), event, () => ({ lookup: event.lookup }));
    case 'original-seen':
      return onPaper(dossier, event, (c) => {
        if (c.seen && c.seen.returnedAt === null) throw impossible(event);
        return { seen: { at: event.at, by: event.actor, returnedAt: null } };
      });
    case 'original-returned':
      return onPaper(dossier, event, (c) => {
        if (!c.seen || c.seen.returnedAt !== null) throw impossible(event);
        return { seen: { ...c.seen, returnedAt: event.at } };
      });
    case 'paper-signed': {
      const { paperId, documentId, signer, signedAt } = event;
      if (!dossier.papers.some((p) => p.documentId === paperId)) throw impossible(event);
      const electronic = { documentId, signer, signedAt };
      return {
        ...dossier,
        papers: dossier.papers.map((p) => (p.documentId === paperId ? { ...p, electronic } : p)),
      };
    }
    case 'paper-issued': {
      const { documentId, kind, number, at, actor } = event;
      const paper = { documentId, kind, number, at, by: actor, electronic: null };
      return { ...dossier, papers: [...dossier.papers, paper] };
    }
    case 'supplement-asked': {
      const { items, reason, contact, documentId } = event;
      const asked = { askedAt: event.at, askedBy: event.actor, items, reason, contact, documentId };
      return {
        ...moved(dossier, event),
        supplements: [...dossier.supplements, { ...asked, answeredAt: null }],
      };
    }
    case 'supplement-taken':
      return {
        ...moved(dossier, event),
        due: event.due,
        supplements: dossier.supplements.map((s) => (s.answeredAt ? s : { ...s, answeredAt: event.at })),
      };
    case 'refusal-proposed':
      return {
        ...moved(dossier, event),
        refusalProposed: { at: event.at, by: event.actor, reason: event.reason },
      };
    case 'refusal-declined':
      if (!dossier.refusalProposed) throw impossible(event);
      return { ...moved(dossier, event), refusalProposed: null };
    case 'refused':
    case 'withdrawn':
    case 'stopped':
      return {
        ...moved(dossier, event),
        ended: endingOf(event),
        finishedAt: event.at,
        // A refusal that was only proposed has nothing left to refuse.
        refusalProposed: null,
      };
    case 'closed':
      return {
        ...moved(dossier, event),
        finishedAt: dossier.finishedAt ?? event.at,
        refusalProposed: null,
      };
    case 'confidential-found':
      return { ...moved(dossier, event), discardReason: event.rule, refusalProposed: null };
    case 'payment-asked':
      return moved(dossier, event);
    case 'payment-cleared':
      return { ...moved(dossier, event), due: event.due };
    case 'forwarded': {
      const { at, actor, agency, person } = event;
      return {
        ...moved(dossier, event),
        forwarded: [...dossier.forwarded, { at, by: actor, agency, person }],
      };
    }
    case 'extended': {
      const { at, actor, reason, due, documentId } = event;
      if (dossier.extension || !dossier.due) throw impossible(event);
      const extension = { at, by: actor, reason, from: dossier.due.at, to: due.at, documentId };
      return { ...moved(dossier, event), due, extension };
    }
    case 'result-ready':
      return {
        ...moved(dossier, event),
        results: event.results,
        finishedAt: dossier.finishedAt ?? event.at,
      };
    case 'handed-out': {
      const { at, actor, to, identityNumber, way, proof, keptOriginals } = event;
      const kept = keptOriginals === undefined ? {} : { keptOriginals };
      return {
        ...moved(dossier, event),
        handedOut: { at, by: actor, to, identityNumber, way, proof, ...kept },
      };
    }
    case 'fees-set':
      return { ...dossier, fees: event.fees };
    case 'fee-paid':
      if (dossier.payments.some((p) => p.id === event.payment.id)) throw impossible(event);
      return { ...dossier, payments: [...dossier.payments, event.payment] };
    case 'receipt-cancelled':
      return cancelReceipt(dossier, event);
  }
}

/** The state that a transition leads to from where the dossier is; undefined where it is forbidden. */
export function stateAfter(dossier: Dossier, name: TransitionName): DossierState | undefined {
  const { from, to, unreceived }: Transition = TRANSITIONS[name];
  if (!from.includes(dossier.state)) return undefined;
  if (to === 'same') return dossier.state;
  if (unreceived !== undefined && dossier.receivedAt === null) return unreceived;
  return to === 'resumed' ? (dossier.cameFrom ?? undefined) : to;
}

function moved(dossier: Dossier, event: Extract<CourseEvent, { type: TransitionName }>): Dossier {
  const state = stateAfter(dossier, event.type);
  if (state === undefined) throw impossible(event);
  return { ...dossier, state };
}

function editable(dossier: Dossier, event: DossierEvent): Dossier {
  if (!EDITABLE.includes(dossier.state)) throw impossible(event);
  return dossier;
}

function onPaper(
  dossier: Dossier,
  event: Extract<CourseEvent, { componentId: string }>,
  change: (component: ComponentView) => Partial<ComponentView>,
): Dossier {
  const component = dossier.components.find((c) => c.spec.id === event.componentId);
  if (!component || component.spec.handling === 'note') throw impossible(event);
  const changed = { ...component, ...change(component) };
  return { ...dossier, components: dossier.components.map((c) => (c === component ? changed : c)) };
}

function endingOf(event: EventOf<'refused' | 'withdrawn' | 'stopped'>): Ending {
  const { at, actor, reason, askedBy, documentId } = event;
  return { at, by: actor, reason, askedBy, documentId };
}

function cancelReceipt(dossier: Dossier, event: EventOf<'receipt-cancelled'>): Dossier {
  const found = dossier.payments.find((p) => p.id === event.paymentId);
  if (!found || found.cancelled) throw impossible(event);
  const cancelled = { at: event.at, by: event.actor, reason: event.reason };
  return { ...dossier, payments: dossier.payments.map((p) => (p === found ? { ...p, cancelled } : p)) };
}

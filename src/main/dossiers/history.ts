import type { HistoryLine } from '../../contract/life-cycle.ts';
import { isCourseEvent } from './course.ts';
import { apply, type Dossier } from './dossier.ts';
import type { DossierEvent } from './events.ts';

/** Beside the events of the course; pages and signatures are no steps of it. */
const ALSO: ReadonlySet<DossierEvent['type']> = new Set([
  'opened',
  'received',
  'discarded',
  'code-assigned',
  'document-accepted',
  'sent',
  'update-sent',
  'send-failed',
]);

/**
 * The course of a dossier from its whole journal, the oldest first: who did what when, why, and where it led. Lines read
 * `history.<event>` of resources/texts.
 */
export function historyOf(events: readonly DossierEvent[]): readonly HistoryLine[] {
  const lines: HistoryLine[] = [];
  let before: Dossier | null = null;
  for (const event of events) {
    const after: Dossier = apply(before, event);
    if (isCourseEvent(event) || ALSO.has(event.type)) {
      lines.push({
        version: after.version,
        at: event.at,
        actor: event.actor,
        from: before?.state ?? null,
        to: after.state,
        why: 'reason' in event ? event.reason : event.type === 'confidential-found' ? event.rule : '',
        key: `history.${event.type}`,
        values: valuesOf(event, after),
      });
    }
    before = after;
  }
  return lines;
}

/** What fills the line; instants stay ISO 8601, for the screen to show at +07:00. */
function valuesOf(event: DossierEvent, after: Dossier): HistoryLine['values'] {
  const paperName = (componentId: string | null) =>
    after.components.find((c) => c.spec.id === componentId)?.spec.name ?? '';
  switch (event.type) {
    case 'opened':
      return { procedure: event.procedure.name };
    case 'received':
      return { code: event.code.value, ...dueOf(event.due) };
    case 'code-assigned':
      return { code: event.code.value };
    case 'sent':
    case 'update-sent':
      return { reference: event.receipt.reference };
    case 'send-failed':
      return { fault: event.fault };
    case 'submitter-set':
      return { name: event.submitter?.name ?? '', other: event.submitter ? 'yes' : 'no' };
    case 'intake-set':
      return { situation: event.intake.situation, sets: event.intake.sets };
    case 'joined':
      return {
        group: event.group?.name ?? '',
        to: event.group ? 'group' : event.visitId === null ? 'none' : 'visit',
      };
    case 'component-counted': {
      const { originals, certified, photocopies } = event.counts ?? {
        originals: 0,
        certified: 0,
        photocopies: 0,
      };
      return { paper: paperName(event.componentId), originals, certified, photocopies };
    }
    case 'original-seen':
    case 'original-returned':
      return { paper: paperName(event.componentId) };
    case 'confidential-found':
      return { mark: event.mark };
    case 'component-looked-up':
      return {
        paper: paperName(event.componentId),
        base: event.lookup?.base ?? '',
        answer: event.lookup?.answer ?? 'none',
      };
    case 'paper-issued':
      return { kind: event.kind, number: event.number ?? '', numbered: event.number === null ? 'no' : 'yes' };
    case 'paper-signed':
      return { signer: event.signer };
    case 'supplement-asked':
      return { items: event.items.join('; '), count: event.items.length };
    case 'supplement-taken':
    case 'payment-cleared':
    case 'extended':
      return dueOf(event.due);
    case 'refused':
    case 'withdrawn':
    case 'stopped':
      return { askedBy: event.askedBy };
    case 'forwarded':
      return { agency: event.agency, person: event.person };
    case 'result-ready':
      return { count: event.results.length, names: event.results.map((r) => r.name).join('; ') };
    case 'handed-out':
      return { to: event.to, keptOriginals: event.keptOriginals ?? '' };
    case 'fees-set':
      return { count: event.fees.length };
    case 'fee-paid':
      return { amount: event.payment.amount };
    default:
      return {};
  }
}

/** `dated` = whether there is a due date to show. */
function dueOf(due: { readonly at: string } | null): { due: string; dated: string } {
  return { due: due?.at ?? '', dated: due ? 'yes' : 'no' };
}

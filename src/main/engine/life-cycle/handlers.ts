import { CounterError } from '../../../contract/errors.ts';
import type { LifeCycleAction } from '../../../contract/life-cycle.ts';
import { type DossierRow, dossierRow } from '../../../contract/model.ts';
import type { LIFE_CYCLE_OPERATIONS } from '../../../contract/operations/life-cycle.ts';
import type { Procedure } from '../../../contract/procedures.ts';
import { localDay } from '../../calendar/local-time.ts';
import { actionsFor } from '../../dossiers/actions.ts';
import * as course from '../../dossiers/course-commands.ts';
import { assertRole } from '../../dossiers/course-guards.ts';
import { type Dossier, toView } from '../../dossiers/dossier.ts';
import { dossierEvent } from '../../dossiers/events.ts';
import { historyOf } from '../../dossiers/history.ts';
import * as intake from '../../dossiers/intake-commands.ts';
import { parseLifeCycleRules, supplementLimit } from '../../dossiers/life-cycle-rules.ts';
import type { Caller } from '../dispatcher.ts';
import type { FieldParts, HandlersOf } from '../field-parts.ts';
import { once } from '../once.ts';
import { dueOnceComplete, dueOnceExtended, dueOncePaid } from './due.ts';
import { eraseContent } from './erase.ts';
import { keepResult } from './results.ts';
import { createSteps } from './steps.ts';
import { createVisits } from './visits.ts';

/** Beside what every room gets. */
export interface LifeCycleParts extends FieldParts {
  /** Throws PROCEDURE_UNKNOWN {code}. */
  readonly findProcedure: (code: string) => Procedure;
  /** Throws DOSSIER_STATE {reason: 'scanning'} while pages are on their way into the dossier. */
  readonly assertIdle: (dossierId: string) => void;
}

export function createLifeCycleHandlers(parts: LifeCycleParts): HandlersOf<typeof LIFE_CYCLE_OPERATIONS> {
  const { journal, store, clock, calendar, resources } = parts;
  const steps = createSteps(parts);
  const openVisit = createVisits(parts);

  const rules = once(async () => parseLifeCycleRules(await resources.json('life-cycle-rules.json')));
  async function supplementsOf(dossier: Dossier) {
    return supplementLimit(await rules(), dossier.procedure.code, localDay(clock.now()));
  }

  /** A step of the table: by who may make it, and of whom nothing is still on its way. */
  function allowed(action: LifeCycleAction, caller: Caller): string {
    assertRole(action, caller.role);
    return caller.user;
  }

  /** In the order in which they were opened. */
  const rowsOf = (ids: readonly string[]): DossierRow[] =>
    ids.flatMap((id) => {
      const record = store.dossiers.get(id);
      return record ? [dossierRow.parse(record)] : [];
    });

  return {
    'dossiers.setSubmitter': ({ dossierId, submitter }, caller) =>
      steps.take(dossierId, allowed('set-submitter', caller), (d, s) => intake.setSubmitter(d, submitter, s)),
    'dossiers.setIntake': ({ dossierId, intake: facts }, caller) =>
      steps.take(dossierId, allowed('set-intake', caller), (d, s) => intake.setIntake(d, facts, s)),
    'dossiers.join': ({ dossierId, ...to }, caller) =>
      steps.take(dossierId, allowed('join', caller), (d, s) => intake.join(d, to, s)),
    'components.count': ({ dossierId, ...input }, caller) =>
      steps.take(dossierId, allowed('count', caller), (d, s) => intake.count(d, input, s)),
    'components.seeOriginal': ({ dossierId, componentId }, caller) =>
      steps.take(dossierId, allowed('see-original', caller), (d, s) => intake.seeOriginal(d, componentId, s)),
    'components.returnOriginal': ({ dossierId, componentId }, caller) =>
      steps.take(dossierId, allowed('return-original', caller), (d, s) =>
        intake.returnOriginal(d, componentId, s),
      ),
    'components.lookUp': ({ dossierId, componentId, lookup }, caller) =>
      steps.take(dossierId, allowed('look-up', caller), (d, s) =>
        intake.lookUp(d, { componentId, lookup: lookup && { ...lookup, at: s.at } }, s),
      ),
    'dossiers.stopConfidential': async ({ dossierId, ...found }, caller) => {
      const actor = allowed('stop-confidential', caller);
      parts.assertIdle(dossierId);
      const ended = steps.take(dossierId, actor, (d, s) => intake.stopConfidential(d, found, s));
      await eraseContent(store, dossierId, clock.now().toISOString());
      return ended;
    },
    'dossiers.askSupplement': async ({ dossierId, ...request }, caller) => {
      const actor = allowed('ask-supplement', caller);
      const limit = await supplementsOf(journal.load(dossierId));
      return steps.takeWithPaper(
        dossierId,
        actor,
        (d, s, documentId) => course.askSupplement(d, { ...request, documentId }, limit, s),
        (after) => ({
          kind: 'supplement-request',
          dossier: toView(after),
          supplement: after.supplements.at(-1)!,
        }),
      );
    },
    'dossiers.takeSupplement': ({ dossierId }, caller) => {
      const actor = allowed('take-supplement', caller);
      parts.assertIdle(dossierId);
      return steps.take(dossierId, actor, (d, s) =>
        course.takeSupplement(d, (takenAt) => dueOnceComplete(d, takenAt, calendar), s),
      );
    },
    'dossiers.proposeRefusal': ({ dossierId, reason }, caller) =>
      steps.take(dossierId, allowed('propose-refusal', caller), (d, s) =>
        course.proposeRefusal(d, reason, s),
      ),
    'dossiers.declineRefusal': ({ dossierId, reason }, caller) =>
      steps.take(dossierId, allowed('decline-refusal', caller), (d, s) =>
        course.declineRefusal(d, reason, s),
      ),
    'dossiers.refuse': async ({ dossierId, reason }, caller) => {
      const actor = allowed('refuse', caller);
      parts.assertIdle(dossierId);
      return steps.takeWithPaper(
        dossierId,
        actor,
        (d, s, documentId) => course.refuse(d, { reason, documentId }, s),
        (after) => ({ kind: 'refusal', dossier: toView(after), ending: after.ended! }),
      );
    },
    'dossiers.withdraw': ({ dossierId, reason, askedBy }, caller) => {
      const actor = allowed('withdraw', caller);
      parts.assertIdle(dossierId);
      return steps.take(dossierId, actor, (d, s) =>
        course.withdraw(d, { reason, askedBy, documentId: null }, s),
      );
    },
    'dossiers.stop': async ({ dossierId, reason, askedBy }, caller) => {
      const actor = allowed('stop', caller);
      parts.assertIdle(dossierId);
      return steps.takeWithPaper(
        dossierId,
        actor,
        (d, s, documentId) => course.stop(d, { reason, askedBy, documentId }, s),
        (after) => ({ kind: 'stop', dossier: toView(after), ending: after.ended! }),
      );
    },
    'dossiers.close': ({ dossierId, reason }, caller) => {
      const actor = allowed('close', caller);
      parts.assertIdle(dossierId);
      return steps.take(dossierId, actor, (d, s) => course.close(d, reason, s));
    },
    'dossiers.forward': ({ dossierId, ...to }, caller) =>
      steps.take(dossierId, allowed('forward', caller), (d, s) => course.forward(d, to, s)),
    'dossiers.askPayment': ({ dossierId, reason }, caller) =>
      steps.take(dossierId, allowed('ask-payment', caller), (d, s) => course.askPayment(d, reason, s)),
    'dossiers.clearPayment': ({ dossierId }, caller) =>
      steps.take(dossierId, allowed('clear-payment', caller), (d, s) =>
        course.clearPayment(d, () => dueOncePaid(d), s),
      ),
    'dossiers.extend': async ({ dossierId, due, reason }, caller) =>
      steps.takeWithPaper(
        dossierId,
        allowed('extend', caller),
        (d, s, documentId) =>
          course.extend(d, { due: dueOnceExtended(d, due, s.at, calendar), reason, documentId }, s),
        (after) => ({ kind: 'extension', dossier: toView(after), extension: after.extension! }),
      ),
    'dossiers.resultReady': async ({ dossierId, results, electronic }, caller) => {
      const actor = allowed('result-ready', caller);
      if (electronic && !results.some((r) => r.id === electronic.resultId))
        throw new CounterError('BAD_REQUEST', { field: 'electronic' });
      const kept = electronic && (await keepResult(parts.uploads, store, electronic.uploadId));
      return steps.take(
        dossierId,
        actor,
        (d, s) =>
          course.resultReady(
            d,
            results.map((result) => ({ ...result, documentId: documentOf(d, result.id) })),
            s,
          ),
        kept ?? {},
      );
      function documentOf(dossier: Dossier, resultId: string): string | null {
        if (kept && electronic?.resultId === resultId) return kept.document.id;
        return dossier.results.find((r) => r.id === resultId)?.documentId ?? null;
      }
    },
    'dossiers.handOut': async ({ dossierId, ...request }, caller) =>
      steps.takeWithPaper(
        dossierId,
        allowed('hand-out', caller),
        (d, s) => course.handOut(d, request, s),
        (after) => ({ kind: 'return-receipt', dossier: toView(after) }),
      ),
    'dossiers.actions': async ({ dossierId }, caller) => {
      const dossier = journal.load(dossierId);
      return [...actionsFor(dossier, caller.role, { supplements: await supplementsOf(dossier) })];
    },
    'dossiers.history': ({ dossierId }) => {
      journal.load(dossierId);
      const stored = store.events.of(dossierId);
      return [...historyOf(stored.map((e) => dossierEvent.parse((e.payload as { event: unknown }).event)))];
    },
    'dossiers.visit': ({ visitId }) => rowsOf(store.dossiers.ofVisit(visitId)),
    'dossiers.group': ({ groupId }) => rowsOf(store.dossiers.ofGroup(groupId)),
    'dossiers.openVisit': (request, caller) => openVisit(request, caller.user),
  };
}

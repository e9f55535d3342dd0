import { randomUUID } from 'node:crypto';
import { CounterError } from '../../../src/contract/errors.ts';
import type { HistoryLine, IssuedPaper, LifeCycleAction } from '../../../src/contract/life-cycle.ts';
import type { DossierView } from '../../../src/contract/model.ts';
import type { LIFE_CYCLE_OPERATIONS } from '../../../src/contract/operations/life-cycle.ts';
import type { Role } from '../../../src/contract/roles.ts';
import { actionsFor } from '../../../src/main/dossiers/actions.ts';
import { assertMay, assertRole } from '../../../src/main/dossiers/course-guards.ts';
import type { Dossier } from '../../../src/main/dossiers/dossier.ts';
import { drawSlip } from './fake-papers.ts';
import type { Handlers, World } from './fake-world.ts';

type CourseOperations = keyof typeof LIFE_CYCLE_OPERATIONS | 'slips.issue' | 'slips.sign';

export interface FakeCourse {
  readonly handlers: Pick<Handlers, CourseOperations>;
  /** Who sits at the screen from now on. */
  setRole(role: Role): void;
  role(): Role;
}

const LIMIT = { supplements: { most: 1, source: 'NĐ 118/2025/NĐ-CP' } };
const CLERK = 'Nông Thị Hiền';

/**
 * The course of a dossier in memory. What may be done is judged by the product's own guards; each step draws the paper
 * that goes with it and writes a line of history.
 */
export function fakeCourse(
  world: World,
  documents: Map<string, Uint8Array>,
  onQueued: () => void,
  takeUpload: (uploadId: string) => unknown,
): FakeCourse {
  const lines = new Map<string, HistoryLine[]>();
  let role: Role = 'clerk';
  let serial = 0;

  /** The guards look at what a screen sees; what only the journal knows is put beside it. */
  function judged(view: DossierView): Dossier {
    return {
      ...view,
      ...{ version: 1, toTell: 0, told: 0, receivedVersion: view.receivedAt === null ? 0 : 1 },
      ...{ changedAt: view.openedAt, discardReason: null, stateSince: view.openedAt },
      ...{ endedAs: null, firstDueAt: view.due?.at ?? null },
    };
  }
  function may(dossierId: string, action: LifeCycleAction): DossierView {
    assertRole(action, role);
    const view = world.find(dossierId);
    assertMay(judged(view), action, LIMIT);
    return view;
  }
  async function issue(kind: IssuedPaper['kind']): Promise<IssuedPaper> {
    serial += 1;
    const documentId = randomUUID();
    documents.set(documentId, await drawSlip(`${kind} ${serial}`));
    return { documentId, kind, number: serial, at: new Date().toISOString(), by: CLERK, electronic: null };
  }
  function write(before: DossierView, after: DossierView, key: string, rest: Partial<HistoryLine>): void {
    const all = lines.get(before.id) ?? [];
    all.push({
      ...{ version: all.length + 1, at: new Date().toISOString(), actor: CLERK },
      ...{ from: before.state, to: after.state, why: '', key: `history.${key}`, values: {} },
      ...rest,
    });
    lines.set(before.id, all);
  }
  /** Where papers are open, the province hears of a dossier only once it was received. */
  const waiting = (view: DossierView) => (view.receivedAt === null ? view.delivery : ('waiting' as const));

  async function step(
    dossierId: string,
    action: LifeCycleAction,
    change: (view: DossierView) => Partial<DossierView>,
    told: Pick<HistoryLine, 'key'> & Partial<HistoryLine>,
    paper?: IssuedPaper['kind'],
  ): Promise<DossierView> {
    const view = may(dossierId, action);
    const papers = paper ? [...view.papers, await issue(paper)] : view.papers;
    const after = { ...view, cameFrom: view.state, delivery: waiting(view), papers, ...change(view) };
    const { key, ...rest } = told;
    write(view, after, key, rest);
    world.tell(after);
    onQueued();
    return after;
  }
  const now = () => new Date().toISOString();
  const ended = (reason: string, askedBy = '') => ({
    finishedAt: now(),
    ended: { at: now(), by: CLERK, reason, askedBy, documentId: null },
    refusalProposed: null,
  });
  function notHere(): never {
    throw new CounterError('DOSSIER_STATE', { reason: 'not-in-this-test' });
  }

  return {
    setRole(next) {
      role = next;
    },
    role: () => role,
    handlers: {
      'dossiers.actions': ({ dossierId }) => [...actionsFor(judged(world.find(dossierId)), role, LIMIT)],
      'dossiers.history': ({ dossierId }) => {
        const view = world.find(dossierId);
        const opened: HistoryLine = {
          ...{ version: 1, at: view.openedAt, actor: view.openedBy, from: null, to: 'draft', why: '' },
          ...{ key: 'history.opened', values: { procedure: view.procedure.name } },
        };
        return [opened, ...(lines.get(dossierId) ?? []).map((l, i) => ({ ...l, version: i + 2 }))];
      },
      'dossiers.setSubmitter': ({ dossierId, submitter }) =>
        world.tell({ ...may(dossierId, 'set-submitter'), submitter }),
      'dossiers.setIntake': ({ dossierId, intake }) =>
        world.tell({ ...may(dossierId, 'set-intake'), intake }),
      'dossiers.askSupplement': ({ dossierId, items, reason, contact }) =>
        step(
          dossierId,
          'ask-supplement',
          (view) => ({
            state: 'supplement-asked',
            supplements: [
              ...view.supplements,
              {
                ...{ askedAt: now(), askedBy: CLERK, items, reason, contact },
                ...{ documentId: null, answeredAt: null },
              },
            ],
          }),
          {
            key: 'supplement-asked',
            why: reason,
            values: { items: items.join('; '), count: items.length },
          },
          'supplement-request',
        ),
      'dossiers.takeSupplement': ({ dossierId }) =>
        step(
          dossierId,
          'take-supplement',
          (view) => ({
            state: view.receivedAt === null ? 'draft' : 'supplemented',
            supplements: view.supplements.map((s) => ({ ...s, answeredAt: now() })),
          }),
          { key: 'supplement-taken', values: { due: '2026-11-30T02:30:00.000Z', dated: 'yes' } },
          'reception',
        ),
      'dossiers.proposeRefusal': ({ dossierId, reason }) =>
        step(dossierId, 'propose-refusal', () => ({ refusalProposed: { at: now(), by: CLERK, reason } }), {
          key: 'refusal-proposed',
          why: reason,
        }),
      'dossiers.declineRefusal': ({ dossierId, reason }) =>
        step(dossierId, 'decline-refusal', () => ({ refusalProposed: null }), {
          key: 'refusal-declined',
          why: reason,
        }),
      'dossiers.refuse': ({ dossierId, reason }) =>
        step(
          dossierId,
          'refuse',
          (view) => ({ state: 'refused', ...ended(reason || (view.refusalProposed?.reason ?? '')) }),
          { key: 'refused', why: reason },
          'refusal',
        ),
      'dossiers.withdraw': ({ dossierId, reason, askedBy }) =>
        step(dossierId, 'withdraw', () => ({ state: 'withdrawn', ...ended(reason, askedBy) }), {
          key: 'withdrawn',
          why: reason,
        }),
      'dossiers.stop': ({ dossierId, reason, askedBy }) =>
        step(
          dossierId,
          'stop',
          () => ({ state: 'stopped', ...ended(reason, askedBy) }),
          { key: 'stopped', why: reason },
          'stop',
        ),
      'dossiers.close': ({ dossierId, reason }) =>
        step(dossierId, 'close', () => ({ state: 'closed' }), { key: 'closed', why: reason }),
      'dossiers.forward': ({ dossierId, agency, person }) =>
        step(
          dossierId,
          'forward',
          (view) => ({
            state: 'processing',
            forwarded: [...view.forwarded, { at: now(), by: CLERK, agency, person }],
          }),
          { key: 'forwarded', values: { agency, person } },
        ),
      'dossiers.askPayment': ({ dossierId, reason }) =>
        step(dossierId, 'ask-payment', () => ({ state: 'waiting-payment' }), {
          key: 'payment-asked',
          why: reason,
        }),
      'dossiers.clearPayment': ({ dossierId }) =>
        step(dossierId, 'clear-payment', (view) => ({ state: view.cameFrom ?? 'processing' }), {
          key: 'payment-cleared',
        }),
      'dossiers.extend': ({ dossierId, reason, due }) =>
        step(
          dossierId,
          'extend',
          (view) => ({
            due: { at: due, reasons: view.due?.reasons ?? [] },
            extension: { at: now(), by: CLERK, reason, from: view.due?.at ?? due, to: due, documentId: null },
          }),
          { key: 'extended', why: reason, values: { due, dated: 'yes' } },
          'extension',
        ),
      'dossiers.resultReady': async ({ dossierId, results, electronic }) => {
        may(dossierId, 'result-ready');
        const documentId = randomUUID();
        if (electronic) {
          takeUpload(electronic.uploadId);
          documents.set(documentId, await drawSlip('result'));
        }
        const added = results.map((r) => ({
          ...r,
          documentId: r.id === electronic?.resultId ? documentId : null,
        }));
        return step(
          dossierId,
          'result-ready',
          (view) => ({
            state: 'result-ready',
            finishedAt: view.finishedAt ?? now(),
            results: [...view.results, ...added],
          }),
          {
            key: 'result-ready',
            values: { count: results.length, names: results.map((r) => r.name).join('; ') },
          },
        );
      },
      'dossiers.handOut': ({ dossierId, to, identityNumber, way, proof, keptOriginals }) =>
        step(
          dossierId,
          'hand-out',
          () => ({
            state: 'returned',
            handedOut: { at: now(), by: CLERK, to, identityNumber, way, proof, keptOriginals },
          }),
          { key: 'handed-out', values: { to, keptOriginals } },
          'return-receipt',
        ),
      'components.returnOriginal': ({ dossierId, componentId }) =>
        world.tell(
          world.withComponent(may(dossierId, 'return-original'), componentId, (c) => ({
            ...c,
            seen: c.seen && { ...c.seen, returnedAt: now() },
          })),
        ),
      'slips.issue': async ({ dossierId, kind }) => {
        const paper = await issue(kind);
        const view = world.find(dossierId);
        world.tell({ ...view, papers: [...view.papers, paper] });
        return paper;
      },
      // No screen asks for these yet.
      'dossiers.join': notHere,
      'components.count': notHere,
      'components.seeOriginal': notHere,
      'components.lookUp': notHere,
      'dossiers.stopConfidential': notHere,
      'dossiers.visit': notHere,
      'dossiers.group': notHere,
      'dossiers.openVisit': notHere,
      'slips.sign': notHere,
    },
  };
}

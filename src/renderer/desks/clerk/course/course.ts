import type { IssuedPaper, LifeCycleAction, PossibleAction } from '../../../../contract/life-cycle.ts';
import type { ComponentView, DossierView } from '../../../../contract/model.ts';
import type { Texts } from '../../../app/texts.tsx';

/** Steps that a counter takes with a dossier once it is more than a heap of papers, in the order of the list. */
export const STEP_ACTIONS = [
  'take-supplement',
  'hand-out',
  'result-ready',
  'clear-payment',
  'forward',
  'ask-supplement',
  'ask-payment',
  'extend',
  'propose-refusal',
  'refuse',
  'decline-refusal',
  'withdraw',
  'stop',
  'close',
] as const satisfies readonly LifeCycleAction[];
export type StepAction = (typeof STEP_ACTIONS)[number];

export type LikelyStep = Extract<
  StepAction,
  'take-supplement' | 'hand-out' | 'result-ready' | 'clear-payment' | 'forward' | 'refuse' | 'close'
>;

/** What a counter most likely does next in a state; the first that is allowed is offered with a key of its own. */
const LIKELY: Partial<Record<DossierView['state'], readonly LikelyStep[]>> = {
  received: ['forward', 'result-ready'],
  supplemented: ['forward', 'result-ready'],
  'supplement-asked': ['take-supplement'],
  processing: ['result-ready'],
  'waiting-payment': ['clear-payment'],
  'result-ready': ['hand-out'],
  returned: ['close'],
  refused: ['close'],
  withdrawn: ['close'],
  stopped: ['close'],
};

/** Null where nothing is likely, or nothing likely is allowed to this person now. */
export function likelyStep(dossier: DossierView, possible: readonly PossibleAction[]): LikelyStep | null {
  const may = (action: LikelyStep) => possible.some((p) => p.action === action && p.allowed);
  // The head's decision stands before everything else.
  const first: readonly LikelyStep[] = dossier.refusalProposed ? ['refuse'] : [];
  return [...first, ...(LIKELY[dossier.state] ?? [])].find(may) ?? null;
}

export interface OfferedStep {
  readonly action: StepAction;
  readonly why: PossibleAction['why'];
  readonly allowed: boolean;
}

/** All steps of a counter: those that can be taken now stand first. */
export function offeredSteps(possible: readonly PossibleAction[]): readonly OfferedStep[] {
  const all = STEP_ACTIONS.flatMap((action) => {
    const found = possible.find((p) => p.action === action);
    return found ? [{ action, allowed: found.allowed, why: found.why }] : [];
  });
  return [...all.filter((s) => s.allowed), ...all.filter((s) => !s.allowed)];
}

/** Originals that were taken for comparison and are still here (NĐ 61/2018/NĐ-CP Điều 20 khoản 2). */
export function originalsHere(dossier: DossierView): readonly ComponentView[] {
  return dossier.components.filter((c) => c.seen !== null && c.seen.returnedAt === null);
}

/** The paper that came with a step; null where it brought none. */
export function paperOfStep(before: DossierView, after: DossierView): IssuedPaper | null {
  const known = new Set(before.papers.map((p) => p.documentId));
  return after.papers.findLast((p) => !known.has(p.documentId)) ?? null;
}

/** What a paper is called: its kind, and its number where the kind has one. */
export function paperName(t: Texts, { kind, number }: IssuedPaper): string {
  return t('course.paper.name', { kind: t(`course.paper.${kind}`), ...(number === null ? {} : { number }) });
}

/** `HH:mm` and `yyyy-MM-dd` on the clock of the counter (+07:00) as an instant; null where it is none. */
export function instantAt(day: string | null, time: string): string | null {
  const match = /^([01]?\d|2[0-3])[:hH.]([0-5]\d)$/.exec(time.trim());
  if (day === null || !match) return null;
  const at = new Date(`${day}T${match[1]!.padStart(2, '0')}:${match[2]}:00+07:00`);
  return Number.isNaN(at.getTime()) ? null : at.toISOString();
}

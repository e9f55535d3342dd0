import { CounterError } from '../../contract/errors.ts';
import type { LifeCycleAction } from '../../contract/life-cycle.ts';
import type { Role } from '../../contract/roles.ts';
import { owed } from '../fees/lines.ts';
import { assertReceivable } from './commands.ts';
import { stateAfter } from './course.ts';
import type { Dossier } from './dossier.ts';
import type { Limit } from './life-cycle-rules.ts';
import { assertPapers, named, originalsHere } from './papers.ts';
import { EDITABLE, ENDED, TRANSITIONS, type TransitionName } from './transitions.ts';

/** What a guard has to know beside the dossier. */
export interface GuardContext {
  /** How often a supplement may be asked for. */
  readonly supplements: Limit;
}

/** Throws a CounterError that says why the action cannot be done to the dossier as it is now. */
type Guard = (dossier: Dossier, context: GuardContext) => void;

interface Action {
  /** The transition that it makes, which says from which states and by whom; null = it changes no state. */
  readonly transition: TransitionName | null;
  readonly guard: Guard;
}

const editing: Guard = (dossier) => {
  if (!EDITABLE.includes(dossier.state)) throw wrongState(dossier);
};
const notEnded: Guard = (dossier) => {
  if (ENDED.includes(dossier.state)) throw wrongState(dossier);
};
const nothing: Guard = () => {};

/** All that can be done, in the order in which a screen offers it. */
export const ACTIONS: Readonly<Record<LifeCycleAction, Action>> = {
  'set-submitter': { transition: null, guard: editing },
  'set-intake': { transition: null, guard: editing },
  join: { transition: null, guard: notEnded },
  count: { transition: null, guard: editing },
  'look-up': { transition: null, guard: editing },
  'see-original': { transition: null, guard: notEnded },
  // Whatever became of the dossier: an original goes back (NĐ 61/2018/NĐ-CP Điều 20 khoản 2).
  'return-original': {
    transition: null,
    guard: (dossier) => {
      if (originalsHere(dossier).length === 0) throw wrongState(dossier, 'no-original');
    },
  },
  receive: { transition: 'received', guard: assertReceivable },
  discard: { transition: 'discarded', guard: nothing },
  'stop-confidential': { transition: 'confidential-found', guard: nothing },
  'ask-supplement': {
    transition: 'supplement-asked',
    guard: (dossier, { supplements }) => {
      decided(dossier);
      assertOnceMore(dossier, supplements);
      known(dossier);
    },
  },
  'take-supplement': {
    transition: 'supplement-taken',
    guard: (dossier) => {
      decided(dossier);
      // What was never received goes on being taken in, and its papers are looked at when it is received.
      if (dossier.receivedAt !== null) assertPapers(dossier);
    },
  },
  'propose-refusal': { transition: 'refusal-proposed', guard: decided },
  'decline-refusal': {
    transition: 'refusal-declined',
    guard: (dossier) => {
      if (!dossier.refusalProposed) throw wrongState(dossier, 'no-refusal-proposed');
    },
  },
  refuse: { transition: 'refused', guard: known },
  withdraw: { transition: 'withdrawn', guard: nothing },
  stop: {
    transition: 'stopped',
    guard: (dossier) => {
      // NĐ 118/2025/NĐ-CP Điều 21 is about a matter that is being handled.
      if (dossier.receivedAt === null) throw wrongState(dossier, 'not-received');
    },
  },
  close: { transition: 'closed', guard: givenBack },
  forward: { transition: 'forwarded', guard: decided },
  'ask-payment': { transition: 'payment-asked', guard: decided },
  'clear-payment': {
    transition: 'payment-cleared',
    guard: (dossier) => {
      decided(dossier);
      paid(dossier);
    },
  },
  extend: {
    transition: 'extended',
    guard: (dossier) => {
      if (dossier.extension) throw new CounterError('EXTENSION_GIVEN');
      if (!dossier.due) throw wrongState(dossier, 'no-due-date');
    },
  },
  'result-ready': { transition: 'result-ready', guard: decided },
  'hand-out': { transition: 'handed-out', guard: paid },
};

/**
 * Throws why the action cannot be done now: DOSSIER_STATE {state, action} where the table of transitions forbids it,
 * RESULT_EXISTS for a stop that comes too late (TT 03/2025/TT-VPCP Điều 7), else what its own guard throws.
 */
export function assertMay(dossier: Dossier, action: LifeCycleAction, context: GuardContext): void {
  const { transition, guard } = ACTIONS[action];
  if (action === 'stop' && dossier.results.length > 0) throw new CounterError('RESULT_EXISTS');
  if (transition && stateAfter(dossier, transition) === undefined)
    throw new CounterError('DOSSIER_STATE', { state: dossier.state, action });
  guard(dossier, context);
}

/** Throws FORBIDDEN_ROLE {action, role} where the person may not do it, whatever the state of the dossier. */
export function assertRole(action: LifeCycleAction, role: Role): void {
  if (!rolesOf(action).includes(role)) throw new CounterError('FORBIDDEN_ROLE', { action, role });
}

export function rolesOf(action: LifeCycleAction): readonly Role[] {
  const { transition } = ACTIONS[action];
  return transition ? TRANSITIONS[transition].roles : ['clerk', 'supervisor'];
}

/** Throws SUPPLEMENT_ASKED {times, rule} where a supplement was asked for as often as it may be. */
export function assertOnceMore(dossier: Dossier, limit: Limit): void {
  const times = dossier.supplements.length;
  if (times >= limit.most) throw new CounterError('SUPPLEMENT_ASKED', { times, rule: limit.source });
}

/** Throws ORIGINALS_KEPT {names, count} while originals that were taken for comparison are here. */
export function givenBack(dossier: Dossier): void {
  const here = originalsHere(dossier);
  if (here.length > 0) throw new CounterError('ORIGINALS_KEPT', named(here));
}

export function wrongState(dossier: Dossier, reason?: string): CounterError {
  return new CounterError('DOSSIER_STATE', { state: dossier.state, ...(reason && { reason }) });
}

/** Throws REFUSAL_PENDING: nothing goes on before the head has decided. */
function decided(dossier: Dossier): void {
  if (dossier.refusalProposed) throw new CounterError('REFUSAL_PENDING');
}

/** Throws APPLICANT_INCOMPLETE {missing}: Mẫu 02 and Mẫu 03 are addressed to somebody, also before reception. */
function known(dossier: Dossier): void {
  if (!dossier.applicant) throw new CounterError('APPLICANT_INCOMPLETE', { missing: 'applicant' });
}

/** Throws FEES_UNPAID {amount}. */
function paid(dossier: Dossier): void {
  const amount = owed(dossier);
  if (amount > 0) throw new CounterError('FEES_UNPAID', { amount });
}

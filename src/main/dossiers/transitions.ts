import type { DossierState } from '../../contract/life-cycle.ts';
import type { Role } from '../../contract/roles.ts';

export interface Transition {
  readonly from: readonly DossierState[];
  /** 'same' = the state stays; 'resumed' = the state that the dossier waited from. */
  readonly to: DossierState | 'same' | 'resumed';
  /** Where it leads instead while the dossier was never received. */
  readonly unreceived?: DossierState;
  /** Who may do it; the engine itself does what no person asks for. */
  readonly roles: readonly Role[];
}

const CLERKS: readonly Role[] = ['clerk', 'supervisor'];
/** Decisions that the head of the counter answers for. */
const HEAD: readonly Role[] = ['supervisor'];
const UNDER_WAY = ['received', 'supplemented', 'processing'] as const;
const BEFORE_RESULT = [...UNDER_WAY, 'supplement-asked', 'waiting-payment'] as const;

/**
 * The life of a dossier as data: which event may follow which state, where it leads, and who may cause it. What is not
 * here is forbidden. Sources: docs/dossiers.md.
 */
export const TRANSITIONS = {
  received: { from: ['draft'], to: 'received', roles: CLERKS },
  discarded: { from: ['draft'], to: 'discarded', roles: CLERKS },
  'confidential-found': { from: ['draft'], to: 'discarded', roles: CLERKS },
  // An incomplete dossier is not received but gets this paper (NĐ 118/2025 Điều 17 khoản 2a, as amended).
  'supplement-asked': { from: ['draft', ...UNDER_WAY], to: 'supplement-asked', roles: CLERKS },
  'supplement-taken': {
    from: ['supplement-asked'],
    to: 'supplemented',
    unreceived: 'draft',
    roles: CLERKS,
  },
  forwarded: { from: [...UNDER_WAY], to: 'processing', roles: CLERKS },
  'payment-asked': { from: [...UNDER_WAY], to: 'waiting-payment', roles: CLERKS },
  'payment-cleared': { from: ['waiting-payment'], to: 'resumed', roles: CLERKS },
  extended: { from: [...UNDER_WAY, 'waiting-payment'], to: 'same', roles: HEAD },
  'result-ready': { from: [...UNDER_WAY, 'result-ready'], to: 'result-ready', roles: CLERKS },
  'handed-out': { from: ['result-ready'], to: 'returned', roles: CLERKS },
  'refusal-proposed': { from: ['draft', ...BEFORE_RESULT], to: 'same', roles: CLERKS },
  'refusal-declined': { from: ['draft', ...BEFORE_RESULT], to: 'same', roles: HEAD },
  refused: { from: ['draft', ...BEFORE_RESULT], to: 'refused', roles: HEAD },
  withdrawn: { from: [...BEFORE_RESULT], to: 'withdrawn', roles: CLERKS },
  stopped: { from: [...BEFORE_RESULT], to: 'stopped', roles: HEAD },
  closed: {
    from: ['returned', 'refused', 'withdrawn', 'stopped', 'supplement-asked'],
    to: 'closed',
    roles: HEAD,
  },
} as const satisfies Readonly<Record<string, Transition>>;
export type TransitionName = keyof typeof TRANSITIONS;

/** Pages and papers can be changed while a dossier is taken in, and while a supplement is. */
export const EDITABLE: readonly DossierState[] = ['draft', 'supplement-asked'];
/** Nothing more is done about the matter itself; originals may still have to be given back. */
export const ENDED: readonly DossierState[] = [
  'returned',
  'refused',
  'withdrawn',
  'stopped',
  'closed',
  'discarded',
];

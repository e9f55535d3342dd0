import { CounterError } from '../../contract/errors.ts';
import type { Submitter } from '../../contract/life-cycle.ts';
import type { Applicant, DossierCode, DossierView } from '../../contract/model.ts';
import type { Slip } from './slip.ts';

/** Who is named on a paper: the applicant, or whoever hands in. */
export type Person = Pick<Applicant | Submitter, 'name' | 'identityNumber' | 'address' | 'phone' | 'email'>;

/** What a paper about one dossier states, whichever its kind. */
export interface PaperFacts {
  readonly dossier: DossierView;
  readonly applicant: Applicant;
  readonly code: DossierCode | null;
  readonly receivedAt: string | null;
  /** What is still to be handed in or put right. */
  readonly items: readonly string[];
  readonly reason: string;
  /** Whom to ask. */
  readonly contact: { readonly name: string; readonly phone: string };
  /** Who asked for the end of the matter, where that was not the counter. */
  readonly askedBy: string;
  readonly endedAt: string | null;
  /** Old and new appointment. */
  readonly moved: { readonly from: string; readonly to: string } | null;
  /** Appointment that the QR carries; TT 01/2023/TT-VPCP Điều 26 asks for it on the reception slip. */
  readonly qrDueAt: string | null;
}

const NOBODY = { name: '', phone: '' };

/** Throws DOSSIER_STATE {state, reason: not-received} where applicant, code or time of receipt is missing. */
export function receptionFacts({ dossier }: Extract<Slip, { kind: 'reception' }>): PaperFacts {
  const facts = received(dossier);
  return { ...facts, qrDueAt: dossier.due?.at ?? null };
}

/** A dossier may be sent back before it is received: code and time of receipt may be missing, the applicant may not. */
export function supplementFacts({
  dossier,
  supplement,
}: Extract<Slip, { kind: 'supplement-request' }>): PaperFacts {
  const { items, reason, contact } = supplement;
  return { ...asked(dossier), items, reason, contact };
}

export function refusalFacts({ dossier, ending }: Extract<Slip, { kind: 'refusal' }>): PaperFacts {
  return { ...asked(dossier), reason: ending.reason, askedBy: ending.askedBy, endedAt: ending.at };
}

export function extensionFacts({ dossier, extension }: Extract<Slip, { kind: 'extension' }>): PaperFacts {
  const { reason, from, to } = extension;
  return { ...received(dossier), reason, moved: { from, to }, qrDueAt: to };
}

export function stopFacts({ dossier, ending }: Extract<Slip, { kind: 'stop' }>): PaperFacts {
  return { ...received(dossier), reason: ending.reason, askedBy: ending.askedBy, endedAt: ending.at };
}

/** The one who stands at the counter: the authorised person where there is one, else the applicant. */
export function bearerOf({ dossier, applicant }: PaperFacts): Person {
  const { submitter } = dossier;
  return submitter && submitter.authorisation !== '' ? submitter : applicant;
}

function asked(dossier: DossierView): PaperFacts {
  const { applicant, code, receivedAt, state } = dossier;
  if (!applicant) throw new CounterError('DOSSIER_STATE', { state, reason: 'no-applicant' });
  return {
    dossier,
    applicant,
    code,
    receivedAt,
    items: [],
    reason: '',
    contact: NOBODY,
    askedBy: '',
    endedAt: null,
    moved: null,
    qrDueAt: null,
  };
}

function received(dossier: DossierView): PaperFacts {
  const { applicant, code, receivedAt, state } = dossier;
  if (!applicant || !code || !receivedAt) {
    throw new CounterError('DOSSIER_STATE', { state, reason: 'not-received' });
  }
  return asked(dossier);
}

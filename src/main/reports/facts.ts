import type { Channel, Delivery, DossierState } from '../../contract/life-cycle.ts';
import type { Applicant, ComponentView } from '../../contract/model.ts';
import { minuteOf } from '../calendar/local-time.ts';
import { type Dossier, isPresent, needsSignature } from '../dossiers/dossier.ts';
import { foldText } from '../procedures/fold-text.ts';

/** How the matter came to its end; none = it has not. unanswered = closed because no supplement came. */
export type Outcome = 'none' | 'result' | 'refused' | 'withdrawn' | 'stopped' | 'unanswered';
/** none = the procedure gives no result paper; pending = none is there yet. */
export type ResultForm = 'none' | 'pending' | 'paper' | 'electronic';

/**
 * What reports ask of one dossier, in one narrow row. Moments are local minutes (calendar/local-time.ts): what is
 * compared is what the papers say, and a day's border is that of +07:00. Flags are 0 or 1, money whole đồng.
 */
export interface DossierFacts {
  readonly id: string;
  readonly code: string;
  readonly state: DossierState;
  readonly delivery: Delivery;
  readonly procedureCode: string;
  readonly procedureName: string;
  readonly fieldCode: string;
  readonly fieldName: string;
  /** Where it was sent to last, else the agency of the procedure; empty = the unit itself. */
  readonly agency: string;
  readonly channel: Channel;
  /** Who received it; before that, who opened it. */
  readonly clerk: string;
  readonly visitId: string | null;
  /** Reception, or the refusal that took its place; null = not on the books (drafts and what came of them). */
  readonly enteredAt: number | null;
  readonly receivedAt: number | null;
  /** The appointment given at reception, and the one in force. */
  readonly firstDueAt: number | null;
  readonly dueAt: number | null;
  /** NgayKetThucXuLy. */
  readonly finishedAt: number | null;
  readonly handedOutAt: number | null;
  readonly endedAt: number | null;
  /** When the matter left the counter's work: finished, or closed without an answer. */
  readonly settledAt: number | null;
  readonly stateSince: number;
  readonly outcome: Outcome;
  readonly supplements: number;
  /** Of the last request. */
  readonly supplementAskedAt: number | null;
  readonly supplementAnsweredAt: number | null;
  readonly extended: 0 | 1;
  /** Số thứ tự in the year's book, as the reception slip says it; null where the slip bore none. */
  readonly registerNumber: number | null;
  /** Số bộ hồ sơ. */
  readonly sets: number;
  /** Agencies that it was sent to. */
  readonly agencies: number;
  /** Papers to hand in: those that are owed, and those that are there. */
  readonly papersOwed: number;
  /** Of these, the ones with a signed electronic copy or an electronic original. */
  readonly papersDigitised: number;
  /** Of these, the ones that data stood in for, and of them those of an earlier result (Kho quản lý dữ liệu điện tử). */
  readonly papersReused: number;
  readonly papersFromStore: number;
  /** Of these, the ones that are digitised or that data stood in for. */
  readonly papersCovered: number;
  /** The population base was asked and answered with data. */
  readonly populationUsed: 0 | 1;
  readonly result: ResultForm;
  readonly ethnicity: number | null;
  readonly applicantKind: Applicant['kind'] | null;
  readonly applicantName: string;
  readonly address: string;
  readonly phone: string;
  /** Registered way of getting the result, and who got it. */
  readonly resultWay: string;
  readonly handedOutWay: string;
  readonly handedOutTo: string;
  readonly handedOutProof: string;
  readonly feesDue: number;
  readonly feesExempt: number;
  readonly paidCash: number;
  readonly paidTransfer: number;
}

/** One receipt of money, for the day's totals. */
export interface ReceiptFacts {
  readonly paymentId: string;
  readonly dossierId: string;
  readonly paidAt: number;
  readonly cancelledAt: number | null;
  readonly amount: number;
  readonly way: 'cash' | 'transfer';
  readonly by: string;
  /** Taken off its lines. */
  readonly exempt: number;
}

const minute = (instant: string | null | undefined): number | null => (instant ? minuteOf(instant) : null);

/** The row of a dossier as it is now. */
export function factsOf(dossier: Dossier): DossierFacts {
  const { procedure, applicant, intake, handedOut, supplements, forwarded } = dossier;
  const outcome = outcomeOf(dossier);
  const received = minute(dossier.receivedAt);
  const last = supplements.at(-1);
  const finished = minute(dossier.finishedAt);
  const paid = (way: 'cash' | 'transfer') =>
    sum(dossier.payments.filter((p) => p.way === way && !p.cancelled).map((p) => p.amount));
  return {
    id: dossier.id,
    code: dossier.code?.value ?? '',
    state: dossier.state,
    delivery: dossier.delivery,
    procedureCode: procedure.code,
    procedureName: procedure.name,
    fieldCode: procedure.field.code,
    fieldName: procedure.field.name,
    agency: forwarded.at(-1)?.agency ?? procedure.agency,
    channel: intake.channel,
    clerk: dossier.papers.find((p) => p.kind === 'reception')?.by ?? dossier.openedBy,
    visitId: dossier.visitId,
    enteredAt: received ?? minute(dossier.ended?.at),
    receivedAt: received,
    firstDueAt: minute(dossier.firstDueAt),
    dueAt: minute(dossier.due?.at),
    finishedAt: finished,
    handedOutAt: minute(handedOut?.at),
    endedAt: minute(dossier.ended?.at) ?? (outcome === 'unanswered' ? minuteOf(dossier.stateSince) : null),
    settledAt: finished ?? (outcome === 'unanswered' ? minuteOf(dossier.stateSince) : null),
    stateSince: minuteOf(dossier.stateSince),
    outcome,
    supplements: supplements.length,
    supplementAskedAt: minute(last?.askedAt),
    supplementAnsweredAt: minute(last?.answeredAt),
    extended: dossier.extension ? 1 : 0,
    registerNumber: dossier.papers.find((p) => p.kind === 'reception')?.number ?? null,
    sets: intake.sets,
    agencies: new Set(forwarded.map((f) => f.agency)).size,
    ...papersOf(dossier),
    result: resultOf(dossier),
    ethnicity: applicant?.ethnicity ?? null,
    applicantKind: applicant?.kind ?? null,
    applicantName: applicant?.name ?? '',
    address: applicant?.address ?? '',
    phone: applicant?.phone ?? '',
    resultWay: intake.result.way,
    handedOutWay: handedOut?.way ?? '',
    handedOutTo: handedOut?.to ?? '',
    handedOutProof: handedOut?.proof ?? '',
    feesDue: sum(dossier.fees.map((f) => f.amount * f.quantity - (f.exemption?.off ?? 0))),
    feesExempt: sum(dossier.fees.map((f) => f.exemption?.off ?? 0)),
    paidCash: paid('cash'),
    paidTransfer: paid('transfer'),
  };
}

export function receiptsOf(dossier: Dossier): readonly ReceiptFacts[] {
  return dossier.payments.map((p) => ({
    paymentId: p.id,
    dossierId: dossier.id,
    paidAt: minuteOf(p.at),
    cancelledAt: minute(p.cancelled?.at),
    amount: p.amount,
    way: p.way,
    by: p.by,
    exempt: sum(p.lines.map((line) => line.exemption?.off ?? 0)),
  }));
}

function outcomeOf(dossier: Dossier): Outcome {
  if (dossier.endedAs) return dossier.endedAs;
  if (dossier.results.length > 0) return 'result';
  return dossier.state === 'closed' ? 'unanswered' : 'none';
}

function papersOf(dossier: Dossier) {
  const owed = dossier.components.filter(
    (c) => c.spec.handling === 'submit' && (c.spec.required || isPresent(c) || standsIn(c)),
  );
  const reused = owed.filter(standsIn);
  return {
    papersOwed: owed.length,
    papersDigitised: owed.filter(isDigitised).length,
    papersCovered: owed.filter((c) => isDigitised(c) || standsIn(c)).length,
    papersReused: reused.length,
    papersFromStore: reused.filter((c) => c.spec.replacedBy !== '').length,
    populationUsed: (dossier.components.some(askedPopulation) ? 1 : 0) as 0 | 1,
  };
}

/** A copy under a signature, or an electronic original. */
function isDigitised(component: ComponentView): boolean {
  return isPresent(component) && !needsSignature(component);
}

/** Data were found and take the place of the paper. */
function standsIn(component: ComponentView): boolean {
  return component.lookup?.answer === 'match' && component.lookup.fallback === '';
}

/** TT 136/2026/TT-BCA: 'no data' and 'not enough to tell' use nothing; a comparison that fails has used data. */
function askedPopulation({ lookup }: ComponentView): boolean {
  if (!lookup || (lookup.answer !== 'match' && lookup.answer !== 'no-match')) return false;
  return foldText(lookup.base).includes('dan cu');
}

function resultOf(dossier: Dossier): ResultForm {
  if (dossier.results.some((r) => r.documentId !== null)) return 'electronic';
  if (dossier.results.length > 0) return 'paper';
  return dossier.procedure.results.length === 0 ? 'none' : 'pending';
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, n) => total + n, 0);
}

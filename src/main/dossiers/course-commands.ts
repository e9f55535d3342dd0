import { CounterError } from '../../contract/errors.ts';
import type { HandOut, ResultPaper, Supplement } from '../../contract/life-cycle.ts';
import type { DueDate } from '../../contract/model.ts';
import { assertMay, assertOnceMore, type GuardContext, givenBack } from './course-guards.ts';
import type { Dossier } from './dossier.ts';
import type { DossierEvent, Stamp } from './events.ts';
import { nfc } from './intake-commands.ts';
import type { Limit } from './life-cycle-rules.ts';

/*
 * The steps of a dossier's course. As in commands.ts: the same message again gives no event, what may not be done throws a
 * CounterError. `documentId` is the paper that goes with a step, issued in the same transaction; null = none was issued.
 */

/** Steps that depend on no rule that changes. */
const NO_LIMIT: GuardContext = { supplements: { most: 0, source: '' } };

export interface SupplementRequest extends Pick<Supplement, 'items' | 'reason' | 'contact'> {
  readonly documentId: string | null;
}

/**
 * Asks for what is missing, completely and (as `limit` says) once: NĐ 118/2025/NĐ-CP Điều 17 khoản 2a. Throws
 * SUPPLEMENT_ASKED {times, rule}; BAD_REQUEST {field} without an item or a reason, which Mẫu 02 has to state.
 */
export function askSupplement(
  dossier: Dossier,
  request: SupplementRequest,
  limit: Limit,
  stamp: Stamp,
): DossierEvent[] {
  const items = request.items.map(nfc).filter((item) => item !== '');
  const reason = must('reason', request.reason);
  const contact = { name: nfc(request.contact.name), phone: request.contact.phone.trim() };
  if (items.length === 0) throw new CounterError('BAD_REQUEST', { field: 'items' });
  const open = dossier.state === 'supplement-asked' ? dossier.supplements.at(-1) : undefined;
  if (open && same([open.items, open.reason, open.contact], [items, reason, contact])) return [];
  if (open) assertOnceMore(dossier, limit);
  assertMay(dossier, 'ask-supplement', { supplements: limit });
  const { documentId } = request;
  return [{ type: 'supplement-asked', ...stamp, items, reason, contact, documentId }];
}

/**
 * All that was asked for is there: papers complete and signed, as for reception. `dueOf` gives the new due date (`null` = the
 * procedure has none). A dossier that was never received goes back to being taken in. Throws what `assertPapers` throws.
 */
export function takeSupplement(
  dossier: Dossier,
  dueOf: (takenAt: string) => DueDate | null,
  stamp: Stamp,
): DossierEvent[] {
  const answered = (dossier.supplements.at(-1)?.answeredAt ?? null) !== null;
  const back = dossier.receivedAt === null ? 'draft' : 'supplemented';
  if (answered && dossier.state === back) return [];
  assertMay(dossier, 'take-supplement', NO_LIMIT);
  const due = dossier.receivedAt === null ? null : dueOf(stamp.at);
  return [{ type: 'supplement-taken', ...stamp, due }];
}

/** Asks the head of the counter to refuse it. */
export function proposeRefusal(dossier: Dossier, reason: string, stamp: Stamp): DossierEvent[] {
  const why = must('reason', reason);
  if (dossier.refusalProposed?.reason === why) return [];
  assertMay(dossier, 'propose-refusal', NO_LIMIT);
  return [{ type: 'refusal-proposed', ...stamp, reason: why }];
}

export function declineRefusal(dossier: Dossier, reason: string, stamp: Stamp): DossierEvent[] {
  const why = must('reason', reason);
  assertMay(dossier, 'decline-refusal', NO_LIMIT);
  return [{ type: 'refusal-declined', ...stamp, reason: why }];
}

export interface EndingRequest {
  readonly reason: string;
  /** Who asked for it; empty = the counter did. */
  readonly askedBy: string;
  readonly documentId: string | null;
}

/** The head's decision; `reason` empty = as it was proposed. Mẫu 03 has to state a concrete reason. */
export function refuse(
  dossier: Dossier,
  request: Omit<EndingRequest, 'askedBy'>,
  stamp: Stamp,
): DossierEvent[] {
  const proposed = dossier.refusalProposed;
  const reason = nfc(request.reason) || (proposed?.reason ?? '');
  if (isEndedAs(dossier, 'refused', reason)) return [];
  assertMay(dossier, 'refuse', NO_LIMIT);
  const { documentId } = request;
  const askedBy = proposed?.by ?? '';
  return [{ type: 'refused', ...stamp, reason: must('reason', reason), askedBy, documentId }];
}

/** The person takes the dossier back. */
export function withdraw(dossier: Dossier, request: EndingRequest, stamp: Stamp): DossierEvent[] {
  return end(dossier, 'withdrawn', 'withdraw', request, stamp);
}

/**
 * The person asked to stop (NĐ 118/2025/NĐ-CP Điều 21), or the head has to. Throws RESULT_EXISTS where a decision or a
 * notice of the result is there already (TT 03/2025/TT-VPCP Điều 7).
 */
export function stop(dossier: Dossier, request: EndingRequest, stamp: Stamp): DossierEvent[] {
  return end(dossier, 'stopped', 'stop', request, stamp);
}

/** Nothing more will happen: also for a dossier whose supplement never came. Throws ORIGINALS_KEPT {names, count}. */
export function close(dossier: Dossier, reason: string, stamp: Stamp): DossierEvent[] {
  const why = must('reason', reason);
  if (dossier.state === 'closed') return [];
  assertMay(dossier, 'close', NO_LIMIT);
  return [{ type: 'closed', ...stamp, reason: why }];
}

/** To who handles it; `person` may be empty. The same way twice is one way. */
export function forward(
  dossier: Dossier,
  to: { agency: string; person: string },
  stamp: Stamp,
): DossierEvent[] {
  const agency = must('agency', to.agency);
  const person = nfc(to.person);
  const last = dossier.forwarded.at(-1);
  if (dossier.state === 'processing' && last?.agency === agency && last.person === person) return [];
  assertMay(dossier, 'forward', NO_LIMIT);
  return [{ type: 'forwarded', ...stamp, agency, person }];
}

/** Handling waits for money (thực hiện nghĩa vụ tài chính). */
export function askPayment(dossier: Dossier, reason: string, stamp: Stamp): DossierEvent[] {
  const why = must('reason', reason);
  if (dossier.state === 'waiting-payment') return [];
  assertMay(dossier, 'ask-payment', NO_LIMIT);
  return [{ type: 'payment-asked', ...stamp, reason: why }];
}

/** Goes on from where it waited. `dueOf` says when the result is due now. Throws FEES_UNPAID {amount}. */
export function clearPayment(
  dossier: Dossier,
  dueOf: (clearedAt: string) => DueDate | null,
  stamp: Stamp,
): DossierEvent[] {
  assertMay(dossier, 'clear-payment', NO_LIMIT);
  return [{ type: 'payment-cleared', ...stamp, due: dueOf(stamp.at) }];
}

/**
 * A second appointment, once in a dossier's life (NĐ 61/2018/NĐ-CP Điều 19 khoản 9; Mẫu 04). Throws EXTENSION_GIVEN, and
 * BAD_REQUEST {field: 'due'} where the new appointment is not later than the old one and the present.
 */
export function extend(
  dossier: Dossier,
  request: { due: DueDate; reason: string; documentId: string | null },
  stamp: Stamp,
): DossierEvent[] {
  const reason = must('reason', request.reason);
  const { due, documentId } = request;
  const { extension } = dossier;
  if (extension && extension.to === due.at && extension.reason === reason) return [];
  assertMay(dossier, 'extend', NO_LIMIT);
  const at = Date.parse(due.at);
  if (at <= Date.parse(dossier.due!.at) || at <= Date.parse(stamp.at))
    throw new CounterError('BAD_REQUEST', { field: 'due' });
  return [{ type: 'extended', ...stamp, reason, due, documentId }];
}

/** Results that came, added to those that are there; one of the same id takes its place. */
export function resultReady(dossier: Dossier, results: readonly ResultPaper[], stamp: Stamp): DossierEvent[] {
  if (results.length === 0) throw new CounterError('BAD_REQUEST', { field: 'results' });
  const merged = new Map(dossier.results.map((r) => [r.id, r]));
  for (const r of results) {
    const { id, code, number, issuedOn, validity, scope, documentId } = r;
    const name = must('name', r.name);
    merged.set(id, { id, code, name, number: nfc(number), issuedOn, validity, scope, documentId });
  }
  const all = [...merged.values()];
  if (dossier.state === 'result-ready' && same(dossier.results, all)) return [];
  assertMay(dossier, 'result-ready', NO_LIMIT);
  return [{ type: 'result-ready', ...stamp, results: all }];
}

export interface HandOutRequest extends Pick<HandOut, 'to' | 'identityNumber' | 'way' | 'proof'> {
  /** Why originals that are still here stay; empty = none is. */
  readonly keptOriginals: string;
}

/**
 * The result goes to the person (Điều 22). Throws FEES_UNPAID {amount}, and ORIGINALS_KEPT {names, count} while originals
 * are here and nobody says why.
 */
export function handOut(dossier: Dossier, request: HandOutRequest, stamp: Stamp): DossierEvent[] {
  const to = must('to', request.to);
  const identityNumber = request.identityNumber.trim();
  const { way, proof } = request;
  const done = dossier.handedOut;
  if (done && same([done.to, done.identityNumber, done.way], [to, identityNumber, way])) return [];
  assertMay(dossier, 'hand-out', NO_LIMIT);
  const keptOriginals = nfc(request.keptOriginals);
  if (keptOriginals === '') givenBack(dossier);
  const kept = keptOriginals === '' ? {} : { keptOriginals };
  return [{ type: 'handed-out', ...stamp, to, identityNumber, way, proof, ...kept }];
}

function end(
  dossier: Dossier,
  type: 'withdrawn' | 'stopped',
  action: 'withdraw' | 'stop',
  request: EndingRequest,
  stamp: Stamp,
): DossierEvent[] {
  const reason = must('reason', request.reason);
  if (isEndedAs(dossier, type, reason)) return [];
  assertMay(dossier, action, NO_LIMIT);
  const { documentId } = request;
  return [{ type, ...stamp, reason, askedBy: nfc(request.askedBy), documentId }];
}

function isEndedAs(dossier: Dossier, state: Dossier['state'], reason: string): boolean {
  return dossier.state === state && dossier.ended?.reason === reason;
}

/** Throws BAD_REQUEST {field} for a text that says nothing. */
function must(field: string, text: string): string {
  const kept = nfc(text);
  if (kept === '') throw new CounterError('BAD_REQUEST', { field });
  return kept;
}

/** Values that were built field by field in one order. */
function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

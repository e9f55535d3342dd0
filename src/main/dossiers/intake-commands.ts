import { CounterError } from '../../contract/errors.ts';
import type {
  DataLookup,
  IntakeFacts,
  PaperCounts,
  SecrecyMark,
  Submitter,
} from '../../contract/life-cycle.ts';
import type { ComponentView, DossierView } from '../../contract/model.ts';
import { SECRECY_RULE } from './confidential.ts';
import { assertMay, wrongState } from './course-guards.ts';
import { componentOf, type Dossier } from './dossier.ts';
import type { DossierEvent, Stamp } from './events.ts';

/*
 * What the counter notes while a dossier, or a supplement to it, is taken in. As in commands.ts: what already holds gives
 * no event, what may not be done throws.
 */

/** These actions depend on no rule that changes. */
const NO_LIMIT = { supplements: { most: 0, source: '' } };

/** Who hands it in where that is not the applicant; null = the applicant. */
export function setSubmitter(dossier: Dossier, submitter: Submitter | null, stamp: Stamp): DossierEvent[] {
  assertMay(dossier, 'set-submitter', NO_LIMIT);
  const kept = submitter && {
    name: nfc(submitter.name),
    identityNumber: submitter.identityNumber.trim(),
    address: nfc(submitter.address),
    phone: submitter.phone.trim(),
    email: submitter.email,
    authorisation: nfc(submitter.authorisation),
  };
  if (kept?.name === '') throw new CounterError('BAD_REQUEST', { field: 'name' });
  return same(dossier.submitter, kept) ? [] : [{ type: 'submitter-set', ...stamp, submitter: kept }];
}

/** Throws BAD_REQUEST {field: 'situation'} for a case that the procedure does not have. */
export function setIntake(dossier: Dossier, intake: IntakeFacts, stamp: Stamp): DossierEvent[] {
  assertMay(dossier, 'set-intake', NO_LIMIT);
  const kept: IntakeFacts = {
    channel: intake.channel,
    summary: nfc(intake.summary),
    sets: intake.sets,
    situation: intake.situation.trim(),
    result: { way: intake.result.way, place: nfc(intake.result.place) },
  };
  if (kept.situation !== '' && !situationsOf(dossier).includes(kept.situation))
    throw new CounterError('BAD_REQUEST', { field: 'situation' });
  return same(dossier.intake, kept) ? [] : [{ type: 'intake-set', ...stamp, intake: kept }];
}

/** The cases (trường hợp) that the procedure tells apart, in the catalogue's order. */
export function situationsOf(dossier: Dossier): readonly string[] {
  const all = dossier.components.map((c) => c.spec.situation.trim()).filter((s) => s !== '');
  return [...new Set(all)];
}

/** Makes it one of a visit, one of a group, or takes it out of them (null). */
export function join(
  dossier: Dossier,
  to: Pick<DossierView, 'visitId' | 'group'>,
  stamp: Stamp,
): DossierEvent[] {
  assertMay(dossier, 'join', NO_LIMIT);
  const { visitId } = to;
  const group = to.group && { id: to.group.id, name: nfc(to.group.name) };
  if (dossier.visitId === visitId && same(dossier.group, group)) return [];
  return [{ type: 'joined', ...stamp, visitId, group }];
}

/** How many of a paper were handed in; null = not counted. */
export function count(
  dossier: Dossier,
  input: { componentId: string; counts: PaperCounts | null },
  stamp: Stamp,
): DossierEvent[] {
  assertMay(dossier, 'count', NO_LIMIT);
  const { componentId, counts } = input;
  const component = mustFindPaper(dossier, componentId);
  const kept = counts && {
    originals: counts.originals,
    certified: counts.certified,
    photocopies: counts.photocopies,
  };
  if (same(component.counts, kept)) return [];
  return [{ type: 'component-counted', ...stamp, componentId, counts: kept }];
}

/** The original was taken for comparison; from now on it has to be given back. */
export function seeOriginal(dossier: Dossier, componentId: string, stamp: Stamp): DossierEvent[] {
  assertMay(dossier, 'see-original', NO_LIMIT);
  const { seen } = mustFindPaper(dossier, componentId);
  if (seen && seen.returnedAt === null) return [];
  return [{ type: 'original-seen', ...stamp, componentId }];
}

/** In any state: the duty ends only by giving it back (NĐ 61/2018/NĐ-CP Điều 20 khoản 2). */
export function returnOriginal(dossier: Dossier, componentId: string, stamp: Stamp): DossierEvent[] {
  const { seen } = mustFindPaper(dossier, componentId);
  if (!seen) throw wrongState(dossier, 'no-original');
  return seen.returnedAt === null ? [{ type: 'original-returned', ...stamp, componentId }] : [];
}

/**
 * A base was asked in place of the paper (NĐ 118/2025/NĐ-CP Điều 4 khoản 2a, as amended). `at` = when it answered. null =
 * forget the answer.
 */
export function lookUp(
  dossier: Dossier,
  input: { componentId: string; lookup: DataLookup | null },
  stamp: Stamp,
): DossierEvent[] {
  assertMay(dossier, 'look-up', NO_LIMIT);
  const { componentId, lookup } = input;
  const component = mustFindPaper(dossier, componentId);
  const kept = lookup && {
    base: nfc(lookup.base),
    reference: lookup.reference.trim(),
    at: lookup.at,
    answer: lookup.answer,
    fallback: nfc(lookup.fallback),
  };
  if (kept?.base === '') throw new CounterError('BAD_REQUEST', { field: 'base' });
  if (same(component.lookup, kept)) return [];
  return [{ type: 'component-looked-up', ...stamp, componentId, lookup: kept }];
}

/**
 * A paper of the draft turned out to be secret: the intake stops (NĐ 30/2020/NĐ-CP Điều 22 khoản 4). The draft ends, and
 * nothing of it is ever received, signed or sent. What stays: docs/dossiers.md.
 */
export function stopConfidential(
  dossier: Dossier,
  input: { mark: SecrecyMark; componentId: string | null },
  stamp: Stamp,
): DossierEvent[] {
  const { mark, componentId } = input;
  if (dossier.state === 'discarded' && dossier.discardReason === SECRECY_RULE) return [];
  assertMay(dossier, 'stop-confidential', NO_LIMIT);
  if (componentId !== null && !componentOf(dossier, componentId))
    throw new CounterError('COMPONENT_UNKNOWN', { componentId });
  return [{ type: 'confidential-found', ...stamp, mark, rule: SECRECY_RULE, componentId }];
}

/** Explanatory rows of the catalogue are no papers. */
function mustFindPaper(dossier: Dossier, componentId: string): ComponentView {
  const component = componentOf(dossier, componentId);
  if (!component || component.spec.handling === 'note')
    throw new CounterError('COMPONENT_UNKNOWN', { componentId });
  return component;
}

export function nfc(text: string): string {
  return text.normalize('NFC').trim();
}

/** Values that were built field by field in one order. */
function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

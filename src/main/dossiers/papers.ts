import { CounterError } from '../../contract/errors.ts';
import type { DataLookup } from '../../contract/life-cycle.ts';
import type { ComponentView } from '../../contract/model.ts';
import { confidentialMark } from './confidential.ts';
import { type Dossier, isPresent, liveAttachments, livePages, needsSignature } from './dossier.ts';

/** required = where it is handed in, it is copied into an electronic document; never = the law keeps it out. */
export type Digitising = 'required' | 'optional' | 'never';

/**
 * What TT 01/2023/TT-VPCP Điều 4 and TT 03/2025/TT-VPCP Điều 5 khoản 2 say of one paper. Never digitised: papers that are
 * only shown, secret papers, what is shared as data with legal value, and what was handed in as a photocopy or a
 * certified copy. Such a copy may be digitised after all where the original was seen beside it (Điều 4: an electronic
 * copy that was compared with the original). A paper of which the catalogue asks for copies only, and that nobody has
 * counted, may be either.
 */
export function digitisingOf(component: ComponentView): Digitising {
  const { spec, counts, seen } = component;
  if (spec.handling !== 'submit') return 'never';
  if (confidentialMark(spec.name) !== null) return 'never';
  if (standsIn(component.lookup)) return 'never';
  if (counts && counts.originals > 0) return 'required';
  if (counts && counts.certified + counts.photocopies > 0) return seen ? 'optional' : 'never';
  return spec.originals > 0 ? 'required' : 'optional';
}

/** NĐ 118/2025/NĐ-CP Điều 4 khoản 2a, as amended: data that a base gave are used, and the paper is not asked for. */
export function standsIn(lookup: DataLookup | null): boolean {
  return lookup?.answer === 'match' && lookup.fallback === '';
}

/** Whether the dossier lacks something without this paper: in its case (trường hợp), and no data stand in for it. */
export function isOwed({ spec, lookup }: ComponentView, situation: string): boolean {
  const applies = spec.situation === '' || situation === '' || spec.situation === situation;
  return spec.handling === 'submit' && spec.required && applies && !standsIn(lookup);
}

/** Originals that were taken for comparison and are still at the counter. */
export function originalsHere(dossier: Dossier): readonly ComponentView[] {
  return dossier.components.filter((c) => c.seen !== null && c.seen.returnedAt === null);
}

/**
 * Throws what the papers lack: COMPONENT_MISSING {names, count} for a paper that is owed, or was counted as an original,
 * and is not there; COMPONENT_NOT_DIGITISED {names, count} for scans of what may not be digitised; COMPONENT_UNSIGNED
 * {names, count} for copies without the clerk's signature (TT 01/2023/TT-VPCP Điều 8).
 */
export function assertPapers(dossier: Dossier): void {
  const submitted = dossier.components.filter((c) => c.spec.handling === 'submit');
  const { situation } = dossier.intake;
  const absent = submitted.filter((c) => (isOwed(c, situation) || isCountedOriginal(c)) && !isThere(c));
  if (absent.length > 0) throw new CounterError('COMPONENT_MISSING', named(absent));
  const excluded = submitted.filter((c) => digitisingOf(c) === 'never' && isCopied(c));
  if (excluded.length > 0) throw new CounterError('COMPONENT_NOT_DIGITISED', named(excluded));
  const open = submitted.filter(needsSignature);
  if (open.length > 0) throw new CounterError('COMPONENT_UNSIGNED', named(open));
}

export function named(components: readonly ComponentView[]): { names: string; count: number } {
  return { names: components.map((c) => c.spec.name).join('; '), count: components.length };
}

/** In the dossier as a document, or handed in as paper that need not become one. */
function isThere(component: ComponentView): boolean {
  if (isPresent(component)) return true;
  const { counts } = component;
  const handedIn = counts !== null && counts.originals + counts.certified + counts.photocopies > 0;
  return handedIn && digitisingOf(component) !== 'required';
}

function isCountedOriginal({ counts, lookup }: ComponentView): boolean {
  return counts !== null && counts.originals > 0 && !standsIn(lookup);
}

/** Copied from paper here; a file that came with signatures of its own is an electronic original. */
function isCopied(component: ComponentView): boolean {
  return livePages(component).length > 0 || liveAttachments(component).some((a) => a.signatures === 0);
}

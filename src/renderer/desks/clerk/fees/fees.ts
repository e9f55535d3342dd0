import type { FeeLine, FeeProposal } from '../../../../contract/fees.ts';
import type { DossierView } from '../../../../contract/model.ts';

/** A line while it is typed into; money and counts as text. */
export interface FeeDraft {
  readonly code: string;
  readonly name: string;
  readonly kind: FeeLine['kind'];
  readonly due: FeeLine['due'];
  readonly amount: string;
  readonly quantity: string;
  /** Đồng off; empty = no exemption. */
  readonly off: string;
  readonly reason: string;
  readonly ground: string;
}

const LARGEST = 1_000_000_000_000;

/** Whole đồng, with dots or blanks between the groups; null where it is none. */
export function parseDong(typed: string): number | null {
  const digits = typed.replace(/[\s.,\u0111]/g, '');
  if (!/^\d{1,13}$/.test(digits)) return null;
  const value = Number(digits);
  return value <= LARGEST ? value : null;
}

/** A count from 1 to `most`; 0 where nothing or no such count was typed. */
export function countOf(typed: string, most: number): number {
  const value = /^\d{1,5}$/.test(typed.trim()) ? Number(typed.trim()) : 0;
  return value <= most ? value : 0;
}

export function netOf(line: FeeLine): number {
  return Math.max(0, line.amount * line.quantity - (line.exemption?.off ?? 0));
}

export function sumOf(lines: readonly FeeLine[]): number {
  return lines.reduce((sum, line) => sum + netOf(line), 0);
}

/** Lines with the same key are the same line, whatever order their fields came in. */
function keyOf({ code, name, kind, amount, quantity, due, exemption }: FeeLine): string {
  return JSON.stringify([code, name, kind, amount, quantity, due, exemption && Object.values(exemption)]);
}

/** Lines that stand on a receipt which holds, and the others, one for one. */
export function paidAndOpen(dossier: DossierView): { paid: FeeLine[]; open: FeeLine[] } {
  const taken = dossier.payments.filter((p) => !p.cancelled).flatMap((p) => p.lines.map(keyOf));
  const paid: FeeLine[] = [];
  const open: FeeLine[] = [];
  for (const line of dossier.fees) {
    const at = taken.indexOf(keyOf(line));
    if (at >= 0) taken.splice(at, 1);
    (at >= 0 ? paid : open).push(line);
  }
  return { paid, open };
}

export function draftOf(line: FeeLine): FeeDraft {
  const { code, name, kind, due, amount, quantity, exemption } = line;
  return {
    ...{ code, name, kind, due, amount: String(amount), quantity: String(quantity) },
    ...{ off: exemption ? String(exemption.off) : '', reason: exemption?.reason ?? '' },
    ground: exemption?.ground ?? '',
  };
}

export function draftOfProposal({ spec, amount, quantity, due }: FeeProposal): FeeDraft {
  return {
    ...{ code: spec.code, name: spec.name, kind: spec.kind, due, quantity: String(quantity) },
    ...{ amount: amount === null ? '' : String(amount), off: '', reason: '', ground: '' },
  };
}

/** Proposals of which no line is there yet. */
export function notYetIn(
  proposals: readonly FeeProposal[],
  lines: readonly { readonly code: string; readonly name: string }[],
): readonly FeeProposal[] {
  return proposals.filter(
    ({ spec }) => !lines.some((line) => line.code === spec.code && line.name === spec.name),
  );
}

export type FeeProblem = 'name' | 'amount' | 'quantity' | 'off' | 'reason';

/** The line as the engine takes it, or the first thing that is wrong with it. */
export function lineOf(draft: FeeDraft): FeeLine | FeeProblem {
  const name = draft.name.normalize('NFC').trim();
  if (name === '') return 'name';
  const amount = parseDong(draft.amount);
  if (amount === null) return 'amount';
  if (!/^\d{1,5}$/.test(draft.quantity.trim())) return 'quantity';
  const quantity = Number(draft.quantity.trim());
  if (quantity < 1 || quantity > 10_000) return 'quantity';
  const line = { code: draft.code, name, kind: draft.kind, amount, quantity, due: draft.due };
  if (draft.off.trim() === '') return { ...line, exemption: null };
  const off = parseDong(draft.off);
  if (off === null || off > amount * quantity) return 'off';
  const reason = draft.reason.normalize('NFC').trim();
  if (reason === '') return 'reason';
  return { ...line, exemption: { off, reason, ground: draft.ground.normalize('NFC').trim() } };
}

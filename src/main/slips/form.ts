import { z } from 'zod';
import { day } from '../../contract/basics.ts';
import { CounterError } from '../../contract/errors.ts';
import { slipKind } from '../../contract/life-cycle.ts';
import { durationUnit } from '../../contract/procedures.ts';

const mm = z.number().positive().max(1000);
const label = z.string().min(1).max(2000);

/** Kinds of paper that have a form: those about a dossier, and the registers and sheets of the unit. */
export const formKind = z.enum([...slipKind.options, 'tracking-book', 'hand-over', 'day-end']);
export type FormKind = z.infer<typeof formKind>;

/** The part of a page that is written on is at least this wide and high, or nothing could be drawn on it. */
const LEAST_MM = 30;
const OFF_PAPER = { path: ['marginsMm'], message: 'leaves no room' };

export const paper = z
  .object({
    widthMm: mm,
    heightMm: mm,
    marginsMm: z.object({ top: mm, right: mm, bottom: mm, left: mm }),
  })
  .refine(({ widthMm, marginsMm: m }) => m.left + m.right + LEAST_MM <= widthMm, OFF_PAPER)
  .refine(({ heightMm, marginsMm: m }) => m.top + m.bottom + LEAST_MM <= heightMm, OFF_PAPER);
export type Paper = z.infer<typeof paper>;

/** Who signs: the one who hands in, who receives, who guides, and the head of the agency. */
export const signer = z.enum(['submitter', 'receiver', 'guide', 'head']);
export type Signer = z.infer<typeof signer>;

/**
 * A form as data: its words, its paper and from when to when it is the law. Forms are renumbered and reissued, so the
 * key is kind + regulation + dates, never a number (facts §2.1).
 */
export const slipForm = z.object({
  kind: formKind,
  /** Name of the paper, as title and QR say it. */
  form: label,
  regulation: label,
  version: label,
  effectiveFrom: day,
  effectiveTo: day.nullable(),
  /** Of two in force on one day the higher wins: how a unit keeps a form that it still must use. */
  precedence: z.number().int().min(0).max(9).default(0),
  provenance: label,
  paper,
  /** Each renderer demands the keys that it draws with, by `labelsOf`. */
  labels: z.record(z.string(), label),
  durations: z.record(durationUnit, label).optional(),
  /** What stands on a paper about a dossier, in order: names of fields (src/main/slips/fields.ts) or `text:LABEL`. */
  fields: z.array(z.string().min(1).max(100)).max(60).default([]),
  signatures: z.array(signer).max(3).default([]),
  /** Words of each copy (liên) that is printed; none = one paper without a mark. */
  copies: z.array(label).max(4).default([]),
});
export type SlipForm = z.infer<typeof slipForm>;

/** Throws CONFIG_INVALID {file, problem}. */
export function parseSlipForm(raw: unknown): SlipForm {
  const parsed = slipForm.safeParse(raw);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const problem = `${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`;
  throw new CounterError('CONFIG_INVALID', { file: 'slip-form', problem }, { cause: parsed.error });
}

/**
 * The form of a kind in force on a day (`yyyy-MM-dd`, +07:00): of several the one of highest precedence, then the
 * newest, then the first given. Throws CONFIG_INVALID where there is none.
 */
export function formInForce(forms: readonly SlipForm[], kind: FormKind, onDay: string): SlipForm {
  const found = findForm(forms, kind, onDay);
  if (!found)
    throw new CounterError('CONFIG_INVALID', { file: 'slip-form', problem: `no ${kind} on ${onDay}` });
  return found;
}

/**
 * The form for a dossier's paper: that of the day of receipt, since a dossier keeps the set that it was received under
 * (facts §11.1); where that set has no such paper, the one of the day of issue. Throws CONFIG_INVALID.
 */
export function formForDossier(
  forms: readonly SlipForm[],
  kind: FormKind,
  receivedOn: string | null,
  issuedOn: string,
): SlipForm {
  const kept = receivedOn === null ? undefined : findForm(forms, kind, receivedOn);
  return kept ?? formInForce(forms, kind, issuedOn);
}

/** Labels by their keys. Throws CONFIG_INVALID {file, problem} that names the first missing one. */
export function labelsOf<K extends string>(form: SlipForm, keys: readonly K[]): Readonly<Record<K, string>> {
  const found = {} as Record<K, string>;
  for (const key of keys) {
    const text = Object.hasOwn(form.labels, key) ? form.labels[key] : undefined;
    if (text === undefined) {
      const problem = `${form.kind} (${form.regulation}): labels.${key}: missing`;
      throw new CounterError('CONFIG_INVALID', { file: 'slip-form', problem });
    }
    found[key] = text;
  }
  return found;
}

function findForm(forms: readonly SlipForm[], kind: FormKind, onDay: string): SlipForm | undefined {
  return forms
    .filter((f) => f.kind === kind)
    .filter((f) => f.effectiveFrom <= onDay && (f.effectiveTo === null || onDay <= f.effectiveTo))
    .sort((a, b) => b.precedence - a.precedence || compare(b.effectiveFrom, a.effectiveFrom))[0];
}

function compare(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

import { z } from 'zod';
import { day } from '../../contract/basics.ts';
import { CounterError } from '../../contract/errors.ts';
import { type FormKind, formKind, paper, parseSlipForm, type SlipForm, slipForm } from './form.ts';

/**
 * What a unit changes in a form that is shipped: its letterhead, its abbreviation, other labels, another paper, the
 * days between which it uses the form. Labels are replaced one by one, everything else as a whole.
 */
const formChange = z.strictObject({
  changes: formKind,
  /** Beginning of the regulation whose form is changed; empty = all forms of the kind. */
  regulation: z.string().max(200).default(''),
  /** Why, and on whose order. */
  provenance: z.string().min(1).max(2000),
  version: z.string().min(1).max(100).optional(),
  effectiveFrom: day.optional(),
  effectiveTo: day.nullable().optional(),
  precedence: slipForm.shape.precedence.unwrap().optional(),
  paper: paper.optional(),
  labels: z.record(z.string(), z.string().min(1).max(2000)).default({}),
  durations: slipForm.shape.durations,
  fields: slipForm.shape.fields.unwrap().optional(),
  signatures: slipForm.shape.signatures.unwrap().optional(),
  copies: slipForm.shape.copies.unwrap().optional(),
});
export type FormChange = z.infer<typeof formChange>;

export type UnitForm =
  | { readonly as: 'form'; readonly form: SlipForm }
  | { readonly as: 'change'; readonly change: FormChange };

/** A unit's own file: a change where it has the key `changes`, else a whole form. Throws CONFIG_INVALID. */
export function parseUnitForm(raw: unknown): UnitForm {
  if (typeof raw !== 'object' || raw === null || !('changes' in raw)) {
    return { as: 'form', form: parseSlipForm(raw) };
  }
  const parsed = formChange.safeParse(raw);
  if (parsed.success) return { as: 'change', change: parsed.data };
  const issue = parsed.error.issues[0];
  throw invalid(`${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`, parsed.error);
}

/** A shipped form with a unit's changes. Throws CONFIG_INVALID where what comes of it is no form. */
export function mergeForm(shipped: SlipForm, change: FormChange): SlipForm {
  const { changes: _, regulation: __, labels, provenance, ...rest } = change;
  const given = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined));
  return parseSlipForm({
    ...shipped,
    ...given,
    labels: { ...shipped.labels, ...labels },
    provenance: `${shipped.provenance} ${provenance}`.slice(0, 2000),
  });
}

/**
 * The forms of a counter: those shipped and the unit's. A whole form takes the place of the shipped one of the same
 * kind, regulation and first day, or stands before the others; changes are made in the order given.
 *
 * Throws CONFIG_INVALID where a change finds no form.
 */
export function withUnitForms(shipped: readonly SlipForm[], unit: readonly UnitForm[]): SlipForm[] {
  let forms = [...shipped];
  for (const item of unit) {
    if (item.as === 'form') {
      forms = [item.form, ...forms.filter((f) => !same(f, item.form))];
      continue;
    }
    const { change } = item;
    const isMeant = (f: SlipForm) => f.kind === change.changes && f.regulation.startsWith(change.regulation);
    if (!forms.some(isMeant)) throw noForm(change.changes, change.regulation);
    forms = forms.map((f) => (isMeant(f) ? mergeForm(f, change) : f));
  }
  return forms;
}

function same(a: SlipForm, b: SlipForm): boolean {
  return a.kind === b.kind && a.regulation === b.regulation && a.effectiveFrom === b.effectiveFrom;
}

function noForm(kind: FormKind, regulation: string): CounterError {
  return invalid(`changes: no form ${kind} ${regulation}`.trim());
}

function invalid(problem: string, cause?: unknown): CounterError {
  return new CounterError('CONFIG_INVALID', { file: 'slip-form', problem }, { cause });
}

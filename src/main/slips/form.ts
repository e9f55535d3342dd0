import { z } from 'zod';
import { day } from '../../contract/basics.ts';
import { CounterError } from '../../contract/errors.ts';
import { durationUnit } from '../../contract/procedures.ts';

const mm = z.number().positive().max(1000);
const label = z.string().min(1);

/**
 * A form as data: its words, its paper and from when to when it is the law. Forms are renumbered and reissued, so the
 * key is kind + regulation + dates, never a number (facts §2.1).
 */
export const slipForm = z.object({
  kind: z.literal('reception-slip-form'),
  form: label,
  regulation: label,
  version: label,
  effectiveFrom: day,
  effectiveTo: day.nullable(),
  provenance: label,
  paper: z.object({
    widthMm: mm,
    heightMm: mm,
    marginsMm: z.object({ top: mm, right: mm, bottom: mm, left: mm }),
  }),
  labels: z.object({
    nation: label,
    motto: label,
    number: label,
    blankNumber: label,
    placeDate: label,
    title: label,
    code: label,
    temporaryCode: label,
    temporaryNote: label,
    counter: label,
    applicant: label,
    identityNumber: label,
    address: label,
    phone: label,
    email: label,
    subject: label,
    components: label,
    noComponents: label,
    originals: label,
    copies: label,
    sets: label,
    setsValue: label,
    duration: label,
    received: label,
    due: label,
    resultPlace: label,
    register: label,
    blank: label,
    submitter: label,
    receiver: label,
    signHere: label,
    instant: label,
    unknownDue: label,
  }),
  durations: z.record(durationUnit, label),
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

/** The form in force on a day (`yyyy-MM-dd`, +07:00). Throws CONFIG_INVALID where there is none. */
export function formInForce(forms: readonly SlipForm[], onDay: string): SlipForm {
  const found = forms
    .filter((f) => f.effectiveFrom <= onDay && (f.effectiveTo === null || onDay <= f.effectiveTo))
    .sort((a, b) => (a.effectiveFrom < b.effectiveFrom ? 1 : -1))[0];
  if (!found) throw new CounterError('CONFIG_INVALID', { file: 'slip-form', problem: `none for ${onDay}` });
  return found;
}

import { z } from 'zod';
import { CounterError } from '../../contract/errors.ts';

const mm = z.number().positive().max(1000);
const label = z.string().min(1);

/** Words and paper of the separator sheets, as data. */
export const separatorForm = z.object({
  kind: z.literal('separator-sheet-form'),
  version: label,
  provenance: label,
  paper: z.object({
    widthMm: mm,
    heightMm: mm,
    marginsMm: z.object({ top: mm, right: mm, bottom: mm, left: mm }),
  }),
  labels: z.object({
    document: label,
    dossierTitle: label,
    componentTitle: label,
    nextTitle: label,
    nextName: label,
    order: label,
    code: label,
    temporaryCode: label,
    noCode: label,
    procedure: label,
    applicant: label,
    components: label,
    dossierHint: label,
    componentHint: label,
    nextHint: label,
    reuse: label,
  }),
});
export type SeparatorForm = z.infer<typeof separatorForm>;

/** Throws CONFIG_INVALID {file, problem}. */
export function parseSeparatorForm(raw: unknown): SeparatorForm {
  const parsed = separatorForm.safeParse(raw);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const problem = `${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`;
  throw new CounterError('CONFIG_INVALID', { file: 'separator-form', problem }, { cause: parsed.error });
}

import type { ComponentSpec, Procedure } from './procedures.ts';

/**
 * Papers that only some applicants owe begin or speak like this; nobody must be stopped for lack of them. The national
 * catalogue says it in words alone.
 */
const CONDITIONAL =
  /^(?:trường hợp|đối với|nếu|khi |văn bản ủy quyền|văn bản uỷ quyền|giấy ủy quyền|[(*]?[ivx]+\))|nếu có|trong trường hợp|đối với trường hợp|điện tử tương tác|hình thức trực tuyến/iu;

export function isConditional(name: string): boolean {
  return CONDITIONAL.test(name);
}

type Papers = Pick<Procedure, 'components'>;

/** The cases (trường hợp) among which the clerk chooses, in the order of the catalogue; none or one = nothing to choose. */
export function situationsOf(procedure: Papers): string[] {
  return [...new Set(procedure.components.map((c) => c.situation).filter((s) => s !== ''))];
}

/** Whether a component concerns applicants of this case; those without a case concern all. '' = not chosen yet. */
export function concerns(component: ComponentSpec, situation: string): boolean {
  return component.situation === '' || component.situation === situation;
}

/**
 * What an applicant in this case must hand in: papers owed by all, and the unconditional papers of the case. '' = no
 * case is chosen: only what everybody owes. Papers to be shown and notes are never among them.
 */
export function requiredComponents(procedure: Papers, situation: string): ComponentSpec[] {
  return procedure.components.filter((c) => {
    if (c.handling !== 'submit' || c.originals + c.copies === 0) return false;
    if (c.situation === '') return c.required;
    return c.situation === situation && (c.required || !isConditional(c.name));
  });
}

export interface ComponentGroup {
  /** Empty = owed by all. */
  readonly situation: string;
  readonly submit: readonly ComponentSpec[];
  readonly show: readonly ComponentSpec[];
  readonly notes: readonly ComponentSpec[];
}

/** Components by case, each case with what is handed in, what is shown, and what is only explanation. */
export function componentGroups(procedure: Papers): ComponentGroup[] {
  return ['', ...situationsOf(procedure)]
    .map((situation) => {
      const own = procedure.components.filter((c) => c.situation === situation);
      const by = (handling: ComponentSpec['handling']) => own.filter((c) => c.handling === handling);
      return { situation, submit: by('submit'), show: by('show'), notes: by('note') };
    })
    .filter((g) => g.submit.length + g.show.length + g.notes.length > 0);
}

export type NotDigitised = 'shown' | 'note' | 'copy-only';

/**
 * Why a component is not digitised (TT 01/2023/TT-VPCP Điều 4; TT 03/2025/TT-VPCP Điều 5 khoản 2): papers only shown, and
 * what is handed in as photocopy or certified copy. Null = it is. Secret papers and papers that exist as data are known
 * only when the paper is there, not from the catalogue.
 */
export function notDigitised(
  component: Pick<ComponentSpec, 'handling' | 'originals' | 'copies'>,
): NotDigitised | null {
  if (component.handling === 'note') return 'note';
  if (component.handling === 'show') return 'shown';
  return component.originals === 0 && component.copies > 0 ? 'copy-only' : null;
}

import type { Procedure, ProcedureHit } from '../../contract/procedures.ts';

/** What lists and the search need of a procedure: a few hundred bytes instead of all its papers. */
export type ProcedureCard = ProcedureHit & Pick<Procedure, 'levels'>;

export function cardOf(procedure: Procedure): ProcedureCard {
  const { code, name, field, duration, levels, components } = procedure;
  const componentCount = components.filter((c) => c.handling === 'submit').length;
  return { code, name, field, duration, levels, componentCount };
}

export function hitOf({ levels: _levels, ...hit }: ProcedureCard): ProcedureHit {
  return hit;
}

import type { Amendment, TakenBetween } from '../../contract/catalogue.ts';
import { CounterError } from '../../contract/errors.ts';
import type { Procedure } from '../../contract/procedures.ts';

/** A procedure as this unit has it: the national record with the unit's own additions over it. */
export interface Amended {
  /** Null where neither the catalogue nor the unit has it. */
  readonly procedure: Procedure | null;
  readonly hidden: boolean;
  readonly taken: TakenBetween | null;
}

/** The additions in the order in which they were made, over the record as it is now. */
export function amended(national: Procedure | null, amendments: readonly Amendment[]): Amended {
  const start: Amended = { procedure: national, hidden: false, taken: null };
  return amendments.reduce<Amended>((now, amendment) => apply(now, amendment, national), start);
}

function apply(now: Amended, amendment: Amendment, national: Procedure | null): Amended {
  switch (amendment.do) {
    case 'reset':
      return { procedure: national, hidden: false, taken: null };
    case 'hide':
      return { ...now, hidden: true };
    case 'show':
      return { ...now, hidden: false };
    case 'limit':
      return { ...now, taken: amendment.taken };
    case 'add':
      // Once the catalogue has the procedure itself, its record is the one that counts.
      return { ...now, procedure: national ?? amendment.procedure };
    default:
      return now.procedure ? { ...now, procedure: change(now.procedure, amendment) } : now;
  }
}

type Change = Extract<
  Amendment,
  { do: 'change' | 'component' | 'remove-component' | 'require' | 'fee' | 'remove-fee' }
>;

function change(procedure: Procedure, amendment: Change): Procedure {
  switch (amendment.do) {
    case 'change':
      return { ...procedure, ...(amendment.set as Partial<Procedure>) };
    case 'component':
      return {
        ...procedure,
        components: replaced(
          procedure.components,
          (c) => c.id === amendment.component.id,
          amendment.component,
        ),
      };
    case 'remove-component':
      return { ...procedure, components: procedure.components.filter((c) => c.id !== amendment.id) };
    case 'require':
      return {
        ...procedure,
        components: procedure.components.map((c) =>
          c.name === amendment.component && c.handling === 'submit'
            ? { ...c, required: amendment.required }
            : c,
        ),
      };
    case 'fee':
      return {
        ...procedure,
        fees: replaced(procedure.fees, (f) => f.name === amendment.fee.name, amendment.fee),
      };
    case 'remove-fee':
      return { ...procedure, fees: procedure.fees.filter((f) => f.name !== amendment.name) };
  }
}

/** In its place where there is one, else at the end. */
function replaced<T>(list: readonly T[], is: (item: T) => boolean, by: T): T[] {
  return list.some(is) ? list.map((item) => (is(item) ? by : item)) : [...list, by];
}

/**
 * Throws PROCEDURE_UNKNOWN where there is nothing to amend, and PROCEDURE_AMENDMENT_INVALID {reason} where the addition
 * would have no effect or contradict itself.
 */
export function assertAmendable(now: Amended, code: string, amendment: Amendment): void {
  const refuse = (reason: string): never => {
    throw new CounterError('PROCEDURE_AMENDMENT_INVALID', { reason, code });
  };
  if (amendment.do === 'add') {
    if (now.procedure !== null) refuse('exists');
    if (amendment.procedure.code !== code) refuse('code');
    return;
  }
  const { procedure } = now;
  if (procedure === null) throw new CounterError('PROCEDURE_UNKNOWN', { code });
  if (amendment.do === 'limit') {
    const { from, until } = amendment.taken;
    if (from !== null && until !== null && from > until) refuse('limit');
  }
  if (amendment.do === 'component') {
    const { handling, originals, copies, required } = amendment.component;
    // The same rule as in the national record: without a quantity it is a note, and a note is owed by nobody.
    if ((handling === 'note') !== (originals + copies === 0)) refuse('quantity');
    if (required && handling !== 'submit') refuse('required');
  }
  if (amendment.do === 'remove-component' && !procedure.components.some((c) => c.id === amendment.id))
    refuse('component');
  if (amendment.do === 'require') {
    const paper = procedure.components.find((c) => c.name === amendment.component);
    if (paper === undefined) refuse('component');
    if (paper?.handling !== 'submit') refuse('required');
  }
  if (amendment.do === 'remove-fee' && !procedure.fees.some((f) => f.name === amendment.name)) refuse('fee');
}

/** Whether the unit takes the procedure on this day (`yyyy-MM-dd` at the counter). */
export function isTakenOn(taken: TakenBetween | null, day: string): boolean {
  if (taken === null) return true;
  return (taken.from === null || taken.from <= day) && (taken.until === null || day <= taken.until);
}

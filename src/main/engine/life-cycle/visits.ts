import { randomUUID } from 'node:crypto';
import { CounterError } from '../../../contract/errors.ts';
import type { DossierView } from '../../../contract/model.ts';
import type { Procedure } from '../../../contract/procedures.ts';
import { open, setApplicant } from '../../dossiers/commands.ts';
import { apply, type Dossier, fold, toView } from '../../dossiers/dossier.ts';
import type { DossierEvent, Stamp } from '../../dossiers/events.ts';
import { join, setSubmitter } from '../../dossiers/intake-commands.ts';
import type { FieldParts } from '../field-parts.ts';

export interface VisitRequest {
  readonly procedureCodes: readonly string[];
  readonly applicantFrom?: string | undefined;
  /** Of the drafts, one for each procedure; absent = new ones. */
  readonly dossierIds?: readonly string[] | undefined;
  readonly visitId?: string | undefined;
}

export interface OpenedVisit {
  readonly visitId: string;
  readonly dossiers: DossierView[];
}

type VisitParts = Pick<FieldParts, 'journal' | 'store'> & {
  /** Throws PROCEDURE_UNKNOWN {code}. */
  readonly findProcedure: (code: string) => Procedure;
};

/**
 * Opens drafts for several procedures of one person in one transaction: all of them or none. What was opened before under
 * the same id is answered as it is. Throws BAD_REQUEST {field: 'dossierIds'} where they are not one for each procedure, and
 * DOSSIER_STATE {reason: 'other-procedure'}.
 */
export function createVisits(parts: VisitParts): (request: VisitRequest, actor: string) => OpenedVisit {
  const { journal, store, findProcedure } = parts;

  function draft(
    dossierId: string,
    procedure: Procedure,
    from: Dossier | null,
    visitId: string,
    actor: string,
  ): Dossier {
    const group = from?.group ?? null;
    const opened = journal.open(
      dossierId,
      (stamp: Stamp) => {
        const events: DossierEvent[] = open({ dossierId, procedure }, stamp);
        let now = fold(events);
        const add = (decide: (d: Dossier) => DossierEvent[]) => {
          const more = decide(now);
          events.push(...more);
          now = more.reduce(apply, now);
        };
        const applicant = from?.applicant;
        if (applicant) add((d) => setApplicant(d, applicant, stamp));
        add((d) => setSubmitter(d, from?.submitter ?? null, stamp));
        add((d) => join(d, { visitId, group }, stamp));
        return events;
      },
      actor,
    );
    if (opened.procedure.code !== procedure.code)
      throw new CounterError('DOSSIER_STATE', { state: opened.state, reason: 'other-procedure' });
    return opened;
  }

  return ({ procedureCodes, applicantFrom, dossierIds, visitId: asked }, actor) => {
    const ids = dossierIds ?? procedureCodes.map(() => randomUUID());
    if (new Set(ids).size !== procedureCodes.length)
      throw new CounterError('BAD_REQUEST', { field: 'dossierIds' });
    const procedures = procedureCodes.map(findProcedure);
    const from = applicantFrom === undefined ? null : journal.load(applicantFrom);
    const joins = from?.state === 'draft' ? from : null;
    const before = journal.find(ids[0]!)?.visitId ?? null;
    const visitId = asked ?? before ?? joins?.visitId ?? randomUUID();
    const opened = store.transaction(() => {
      if (joins) journal.change(joins.id, actor, (d, stamp) => join(d, { visitId, group: d.group }, stamp));
      return procedures.map((procedure, i) => draft(ids[i]!, procedure, from, visitId, actor));
    });
    return { visitId, dossiers: opened.map(toView) };
  };
}

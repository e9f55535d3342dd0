import { CounterError } from '../../../contract/errors.ts';
import type { DossierView } from '../../../contract/model.ts';
import { apply, type Dossier, toView } from '../../dossiers/dossier.ts';
import type { DossierEvent, Stamp } from '../../dossiers/events.ts';
import type { Slip } from '../../slips/slip.ts';
import type { FieldParts } from '../field-parts.ts';
import type { Attachments } from '../journal.ts';
import { drawnAnew } from '../slips/drawn-anew.ts';

export type StepParts = Pick<FieldParts, 'journal' | 'clock' | 'slips' | 'tellProvince' | 'onQueued'>;

type Decide = (dossier: Dossier, stamp: Stamp) => readonly DossierEvent[];

export interface Steps {
  /** One step, and what the province is told of it, in one transaction. */
  take(dossierId: string, actor: string, decide: Decide, attachments?: Attachments): DossierView;
  /**
   * A step with its paper: drawn for the dossier as the step will leave it, then kept, numbered and told in the transaction
   * of the step. What changes meanwhile, or takes the number, has it drawn anew. Throws what `decide` and the drawing throw,
   * and then nothing has happened.
   */
  takeWithPaper(
    dossierId: string,
    actor: string,
    decide: (dossier: Dossier, stamp: Stamp, documentId: string | null) => readonly DossierEvent[],
    slipOf: (after: Dossier) => Slip,
  ): Promise<DossierView>;
}

export function createSteps(parts: StepParts): Steps {
  const { journal, clock, slips } = parts;

  function told(dossier: Dossier): DossierView {
    if (dossier.delivery === 'waiting') parts.onQueued();
    return toView(dossier);
  }

  async function attempt(
    dossierId: string,
    actor: string,
    decide: Parameters<Steps['takeWithPaper']>[2],
    slipOf: (after: Dossier) => Slip,
  ): Promise<Dossier> {
    const before = journal.load(dossierId);
    const stamp: Stamp = { at: clock.now().toISOString(), actor };
    const foreseen = decide(before, stamp, null);
    if (foreseen.length === 0) return before;
    const after = foreseen.reduce(apply, before);
    const slip = slipOf(after);
    const paper = await slips.prepare(slip, { clerkName: actor, issuedAt: stamp.at });
    const { documentId, number } = paper;
    return journal.change(
      dossierId,
      actor,
      (now) => {
        if (now.version !== before.version) throw new CounterError('STORE_CONFLICT', { step: 'slip' });
        // The paper first: the province is told of the last event of a transaction.
        return [
          { type: 'paper-issued', ...stamp, documentId, kind: slip.kind, number },
          ...decide(now, stamp, documentId),
        ];
      },
      paper.attachments,
      (dossier) => {
        paper.take();
        parts.tellProvince(dossier);
      },
    );
  }

  const take: Steps['take'] = (dossierId, actor, decide, attachments = {}) =>
    told(journal.change(dossierId, actor, decide, attachments, parts.tellProvince));

  return {
    take,
    takeWithPaper: async (dossierId, actor, decide, slipOf) =>
      told(await drawnAnew(() => attempt(dossierId, actor, decide, slipOf))),
  };
}

import type { DossierView } from '../../../contract/model.ts';
import type { SLIPS_OPERATIONS } from '../../../contract/operations/slips.ts';
import { type Dossier, toView } from '../../dossiers/dossier.ts';
import { type RegisterRequest, renderRegister } from '../../slips/registers.ts';
import type { Slip } from '../../slips/slip.ts';
import type { FieldParts, HandlersOf } from '../field-parts.ts';
import { drawnAnew } from './drawn-anew.ts';
import { createElectronicPapers } from './electronic.ts';
import { dayEndOf, handOverOf } from './registers.ts';

export function createSlipsHandlers(parts: FieldParts): HandlersOf<typeof SLIPS_OPERATIONS> {
  const { journal, slips, store } = parts;

  /** All dossiers that the person handed in in one go, in the order in which they were opened. */
  function ofVisit(dossier: Dossier): DossierView[] {
    if (dossier.visitId === null) return [toView(dossier)];
    return store.dossiers.ofVisit(dossier.visitId).map((id) => toView(journal.load(id)));
  }

  function slipOf(
    dossier: Dossier,
    kind: 'process-control' | 'return-receipt' | 'ticket' | 'visit-receipt',
  ): Slip {
    if (kind === 'visit-receipt') return { kind, dossiers: ofVisit(dossier) };
    return { kind, dossier: toView(dossier) };
  }

  const register = async (request: RegisterRequest, clerkName: string) => ({
    mime: 'application/pdf' as const,
    base64: Buffer.from(await renderRegister(request, slips.context({ clerkName }))).toString('base64'),
    name: `${request.kind}.pdf`,
  });

  const electronic = createElectronicPapers(parts);

  return {
    'slips.sign': async (request, { user }) => toView(await electronic.sign(request, user)),
    'registers.handOver': (input, { user }) => register(handOverOf(parts, input, user), user),
    'registers.dayEnd': ({ day }, { user }) => register(dayEndOf(parts, day, user), user),
    'slips.issue': ({ dossierId, kind }, caller) =>
      drawnAnew(async () => {
        const slip = await slips.prepare(slipOf(journal.load(dossierId), kind), { clerkName: caller.user });
        const { documentId, number } = slip;
        const issued = journal.change(
          dossierId,
          caller.user,
          (_now, stamp) => [{ type: 'paper-issued', ...stamp, documentId, kind, number }],
          slip.attachments,
          slip.take,
        );
        return issued.papers.at(-1)!;
      }),
  };
}

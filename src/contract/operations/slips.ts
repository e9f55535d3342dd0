import { dossierRef } from '../basics.ts';
import { issuedPaper, slipKind } from '../life-cycle.ts';
import { CLERKS, command } from '../operation.ts';

/** What a screen may ask of the counter's papers; those that go with a step in a dossier's course come with that step. */
export const SLIPS_OPERATIONS = {
  /** Draws, numbers and keeps a paper about the dossier as it is; it is then printed like any document. */
  'slips.issue': command(
    CLERKS,
    dossierRef.extend({
      kind: slipKind.extract(['process-control', 'return-receipt', 'ticket', 'visit-receipt']),
    }),
    issuedPaper,
  ),
} as const;

import { z } from 'zod';
import { address, day, dossierRef, id, pdfFile } from '../basics.ts';
import { issuedPaper, slipKind } from '../life-cycle.ts';
import { dossierView } from '../model.ts';
import { CLERKS, command, query } from '../operation.ts';

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
  /**
   * Signs the electronic edition of a paper, where its form asks for a digital signature in the place of the hand's:
   * reception, supplement request, refusal, second appointment, stop.
   */
  'slips.sign': command(
    CLERKS,
    dossierRef.extend({ documentId: id, key: address, pin: z.string().max(256) }),
    dossierView,
  ),
  /**
   * Phiếu bàn giao of dossiers, or of their results, in the order given. A paper to sign; it changes no dossier.
   */
  'registers.handOver': query(
    CLERKS,
    z.object({
      subject: z.enum(['dossiers', 'results']),
      dossierIds: z.array(id).min(1).max(500),
      to: z.object({ agency: z.string().trim().min(1).max(255), person: z.string().trim().max(120) }),
    }),
    pdfFile,
  ),
  /** What this counter received, returned and took on a day. */
  'registers.dayEnd': query(CLERKS, z.object({ day }), pdfFile),
} as const;

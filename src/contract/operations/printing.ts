import { z } from 'zod';
import { address, day, id } from '../basics.ts';
import { CLERKS, command, query } from '../operation.ts';
import { printerCapabilities, printJobView, printSides, sheetChoice } from '../printing.ts';

const jobRef = z.object({ printId: id });

/** What a screen may ask of printing. */
export const PRINTING_OPERATIONS = {
  /**
   * Puts a kept document into the printer's queue; how it fares comes as 'print.changed'. What came signed is judged
   * first: `accept` is a person's reason for printing in spite of INDETERMINATE, and goes into the journal; TOTAL-FAILED
   * is never printed. A slip or a result that this counter has printed before is printed again for a `reason` only.
   */
  'prints.start': command(
    CLERKS,
    z.object({
      documentId: id,
      /** Empty = the default printer for this kind of paper. */
      printer: address.default(''),
      copies: z.number().int().min(1).max(99).default(1),
      sides: printSides.default('one-sided'),
      /** A tray as 'printers.capabilities' names it; empty = the printer's own choice. */
      tray: z.string().max(255).default(''),
      paper: sheetChoice.default('auto'),
      reason: z.string().trim().max(500).default(''),
      accept: z.string().trim().max(500).default(''),
    }),
    printJobView,
  ),
  /** Jobs that have not ended, and with a day (at +07:00) also those that were started on it; oldest first. */
  'prints.list': query(CLERKS, z.object({ day: day.nullable().default(null) }), z.array(printJobView)),
  'prints.get': query(CLERKS, jobRef, printJobView),
  /** Every print of a document: who, when, how many copies, why; oldest first. */
  'prints.history': query(CLERKS, z.object({ documentId: id }), z.array(printJobView)),
  'prints.cancel': command(CLERKS, jobRef, printJobView),
  /** What a person saw in the printer's tray of a job that nobody is sure of. */
  'prints.settle': command(
    CLERKS,
    jobRef.extend({ answer: z.enum(['printed', 'again', 'drop']) }),
    printJobView,
  ),
  'printers.capabilities': query(CLERKS, z.object({ printer: address }), printerCapabilities),
} as const;

import type { DueDate } from '../../../contract/model.ts';
import type { Calendar } from '../../calendar/calendar.ts';
import { dueAfterSupplement, extendedDue, limitFor } from '../../calendar/due-after.ts';
import type { Dossier } from '../../dossiers/dossier.ts';

/*
 * The one place where a step of the course moves the due date. What the law in force says is in the calendar's rules.
 */

/** Once the supplement made the dossier complete, at `takenAt`. Null where the procedure has no time limit. */
export function dueOnceComplete(dossier: Dossier, takenAt: string, calendar: Calendar): DueDate | null {
  const limit = limitFor(dossier.procedure, dossier.intake.channel);
  const asked = dossier.supplements.at(-1);
  const { due, receivedAt } = dossier;
  if (!limit || !due || !asked || receivedAt === null) return due;
  return plain(dueAfterSupplement({ receivedAt, due, calendar, limit, askedAt: asked.askedAt, takenAt }));
}

/** A wait for money moves nothing: no text is known that stops the clock meanwhile, and the earlier date is the citizen's. */
export function dueOncePaid(dossier: Dossier): DueDate | null {
  return dossier.due;
}

/**
 * The later appointment `to`, given `at`. Throws DUE_EXTENSION_EARLIER, DUE_EXTENSION_SHUT; that there is only one is the dossier's own
 * rule (EXTENSION_GIVEN).
 */
export function dueOnceExtended(dossier: Dossier, to: string, at: string, calendar: Calendar): DueDate {
  const { due, receivedAt } = dossier;
  const given = dossier.extension !== null || !due || receivedAt === null;
  return given
    ? { at: to, reasons: [] }
    : plain(extendedDue({ receivedAt, due, calendar, to, at, extensions: 0 }));
}

/** Without what only the computation knows. */
function plain({ at, reasons }: DueDate): DueDate {
  return { at, reasons };
}

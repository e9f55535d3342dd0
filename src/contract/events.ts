import { z } from 'zod';
import { id } from './basics.ts';
import { errorShape } from './errors.ts';
import { attachmentView, dossierView, outboxStatus, pageView, signingBatch, usbPresence } from './model.ts';
import { printJobView } from './printing.ts';

/** What the engine tells the screens without being asked. */
export const EVENTS = {
  /**
   * A page is durable on disk; only then is it announced. `componentId` is where it went, which a separator sheet
   * may have changed. A job is a scan or an import.
   */
  'scan.page': z.object({ scanId: id, dossierId: id, componentId: z.string(), page: pageView }),
  /** A PDF was kept whole. */
  'scan.attachment': z.object({
    scanId: id,
    dossierId: id,
    componentId: z.string(),
    attachment: attachmentView,
  }),
  'scan.finished': z.object({
    scanId: id,
    /** Pages and kept files. */
    pages: z.number().int(),
    /**
     * backs-differ: manual duplex gave another number of backs than of fronts. no-component: a separator sheet named
     * a component that this procedure does not have, or asked for one behind the last; its pages stayed where they were.
     */
    note: z.enum(['backs-differ', 'no-component']).nullable(),
  }),
  /** The scan ended early; the pages announced before stay. */
  'scan.failed': z.object({ scanId: id, pages: z.number().int(), error: errorShape }),
  /** The background reading knows more about a component: ask for its suggestion. */
  'reading.changed': z.object({ dossierId: id, componentId: z.string() }),
  /** A reader on a serial port gave a line. */
  'reader.line': z.object({ line: z.string() }),
  /** A line came that is not whole text: the reader has to be set up, or the card read again. */
  'reader.damaged': z.object({ reason: z.enum(['encoding', 'too-long', 'unfinished']) }),
  'usb.changed': usbPresence,
  'inbox.changed': z.object({ files: z.number().int() }),
  'copy.progress': z.object({ copyId: id, stage: z.enum(['scanning', 'printing']), pages: z.number().int() }),
  'copy.finished': z.object({ copyId: id, pages: z.number().int(), copies: z.number().int() }),
  'copy.failed': z.object({ copyId: id, error: errorShape }),
  'signing.changed': signingBatch,
  'print.changed': printJobView,
  'dossier.changed': z.object({ dossier: dossierView }),
  'outbox.changed': outboxStatus,
} as const;

export type EventName = keyof typeof EVENTS;
export type EventPayload<N extends EventName> = z.output<(typeof EVENTS)[N]>;

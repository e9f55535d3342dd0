import { z } from 'zod';
import { errorShape } from './errors.ts';
import { dossierView, id, outboxStatus, pageView } from './model.ts';

/** What the engine tells the screens without being asked. */
export const EVENTS = {
  /** A page is durable on disk; only then is it announced. */
  'scan.page': z.object({ scanId: id, dossierId: id, componentId: z.string(), page: pageView }),
  'scan.finished': z.object({ scanId: id, pages: z.number().int() }),
  /** The scan ended early; the pages announced before stay. */
  'scan.failed': z.object({ scanId: id, pages: z.number().int(), error: errorShape }),
  'sign.progress': z.object({ dossierId: id, done: z.number().int(), total: z.number().int() }),
  'dossier.changed': z.object({ dossier: dossierView }),
  'outbox.changed': outboxStatus,
} as const;

export type EventName = keyof typeof EVENTS;
export type EventPayload<N extends EventName> = z.output<(typeof EVENTS)[N]>;

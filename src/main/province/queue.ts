import type { ErrorCode } from '../../contract/errors.ts';
import type { OutboxStatus, Receipt } from '../../contract/model.ts';
import type { StoredFile, UploadState } from './port.ts';

/** One file of a waiting dossier, and how far it has got. */
export interface OutboxFile {
  readonly documentId: string;
  /** What `saveUploadState` last kept. */
  readonly upload: UploadState | null;
  /** What `saveRemoteFile` kept: the province confirmed it, it is not sent again. */
  readonly stored: StoredFile | null;
}

/** One dossier, or what became of it, on its way to the province. */
export interface OutboxItem {
  readonly id: string;
  readonly dossierId: string;
  /** Made when the dossier was received; the same through every retry and restart. */
  readonly idempotencyKey: string;
  /** The dossier itself is there already; this is what became of it since. */
  readonly updating: boolean;
  /** How often `markSending` was called before. Above 0 the province may have the record already. */
  readonly attempts: number;
  readonly files: readonly OutboxFile[];
}

/**
 * Where the outbox keeps its items: SQLite in the product. Every change is durable when the call returns. Nothing is
 * ever removed. Items go waiting → sending → sent | waiting | needs-person.
 */
export interface OutboxQueue {
  /**
   * The oldest waiting item that is due at `now` and not in `except`, or null. What concerns one dossier goes in order: an
   * item waits for those of its dossier before it. The outbox sends one item at a time and
   * never asks while it does, so whatever stands in 'sending' here was left by a kill: it counts as waiting and due.
   */
  nextDue(now: Date, except: ReadonlySet<string>): OutboxItem | null;
  /** The earliest moment at which an item waiting for a time falls due, or null. */
  nextDueAt(): Date | null;
  markSending(itemId: string): void;
  saveUploadState(itemId: string, documentId: string, state: UploadState): void;
  saveRemoteFile(itemId: string, documentId: string, stored: StoredFile): void;
  markSent(itemId: string, receipt: Receipt): void;
  /** Back to waiting until `nextAttemptAt`. */
  markFault(itemId: string, code: ErrorCode, nextAttemptAt: Date): void;
  /** Not tried again until a person has decided. */
  markNeedsPerson(itemId: string, code: ErrorCode): void;
  /** Back to waiting, due at once, without a fault: the attempt was called off. */
  putBack(itemId: string): void;
  counts(): Omit<OutboxStatus, 'online'>;
}

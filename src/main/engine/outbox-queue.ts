import { markSendFailed, markSent } from '../dossiers/commands.ts';
import type { StoredFile } from '../province/port.ts';
import type { OutboxItem, OutboxQueue } from '../province/queue.ts';
import type { Store } from '../store/index.ts';
import type { OutboxRecord } from '../store/outbox.ts';
import type { Clock } from './clock.ts';
import type { Journal } from './journal.ts';

/** Who the journal names for what the outbox did by itself. */
const ACTOR = 'outbox';

/** What an outbox row keeps beside its files: facts of the record that the dossier itself does not hold. */
export interface OutboxPayload {
  readonly unit: { readonly code: string; readonly name: string };
  /**
   * Of the dossier that this row tells: the record is made from its events up to here, whatever came after. Rows of
   * before there were updates have none: they tell the reception.
   */
  readonly version?: number;
}

export function payloadOf(record: OutboxRecord): OutboxPayload {
  return record.payload as Readonly<Record<string, unknown>> & OutboxPayload;
}

/** The outbox's rows as the drain sees them; what concerns the dossier is written in the same transaction. */
export function createOutboxQueue(parts: {
  readonly store: Store;
  readonly journal: Journal;
  readonly clock: Clock;
}): OutboxQueue {
  const { store, journal, clock } = parts;
  const { outbox } = store;

  function fault(itemId: string, code: string, keep: (fault: { code: string; at: string }) => void): void {
    const dossierId = outbox.get(itemId)!.dossierId;
    store.transaction(() => {
      keep({ code, at: clock.now().toISOString() });
      journal.change(dossierId, ACTOR, (d, stamp) => markSendFailed(d, code, stamp));
    });
  }

  return {
    nextDue(now, except) {
      // The drain never asks while it sends: what stands in 'sending' now was left there by a kill or a full disk.
      outbox.recover();
      const ids = outbox.due(now.toISOString(), except.size + 1);
      const next = ids.find((id) => !except.has(id));
      return next === undefined ? null : toItem(outbox.get(next)!);
    },
    nextDueAt() {
      const at = outbox.nextDueAt();
      return at === null ? null : new Date(at);
    },
    markSending: (itemId) => outbox.begin(itemId),
    saveUploadState: (itemId, documentId, state) => outbox.setUpload(itemId, documentId, state.location),
    saveRemoteFile: (itemId, documentId, stored) => outbox.setRemoteId(itemId, documentId, stored.remoteId),
    markSent(itemId, receipt) {
      const record = outbox.get(itemId)!;
      const { version } = payloadOf(record);
      store.transaction(() => {
        outbox.sent(itemId, receipt);
        journal.change(record.dossierId, ACTOR, (d, stamp) =>
          markSent(d, receipt, version ?? d.receivedVersion, stamp),
        );
      });
    },
    markFault: (itemId, code, at) => fault(itemId, code, (f) => outbox.retryAt(itemId, at.toISOString(), f)),
    markNeedsPerson: (itemId, code) => fault(itemId, code, (f) => outbox.needsPerson(itemId, f)),
    putBack: (itemId) => outbox.putBack(itemId),
    counts: () => outbox.counts(),
  };
}

function toItem(record: OutboxRecord): OutboxItem {
  return {
    id: record.id,
    dossierId: record.dossierId,
    idempotencyKey: record.idempotencyKey,
    updating: record.idempotencyKey !== record.dossierId,
    attempts: record.attempts,
    files: record.files.map((file) => ({
      documentId: file.documentId,
      upload: file.uploadLocation === null ? null : { location: file.uploadLocation },
      stored:
        file.remoteId === null
          ? null
          : ({ remoteId: file.remoteId, sha256: file.sha256 } satisfies StoredFile),
    })),
  };
}

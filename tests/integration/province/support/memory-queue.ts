import type { ErrorCode } from '../../../../src/contract/errors.ts';
import type { Receipt } from '../../../../src/contract/model.ts';
import type { StoredFile, UploadState } from '../../../../src/main/province/port.ts';
import type { OutboxItem, OutboxQueue } from '../../../../src/main/province/queue.ts';

interface Row {
  readonly id: string;
  state: 'waiting' | 'sending' | 'sent' | 'needs-person';
  attempts: number;
  nextAttemptAt: Date | null;
  fault: ErrorCode | null;
  receipt: Receipt | null;
  readonly files: { documentId: string; upload: UploadState | null; stored: StoredFile | null }[];
}

export interface MemoryQueue extends OutboxQueue {
  add(id: string, documentIds: readonly string[]): void;
  row(id: string): Readonly<Row>;
}

/** As SQLite compares them: ISO 8601 texts, character by character. */
function isBefore(a: Date, b: Date): boolean {
  return a.toISOString() <= b.toISOString();
}

/** An outbox queue that forgets at the end of the process; steps from a wrong state throw, as in the real one. */
export function createMemoryQueue(): MemoryQueue {
  const rows = new Map<string, Row>();
  let lastFault: { code: string; at: string } | null = null;
  const at = (id: string, ...states: Row['state'][]) => {
    const row = rows.get(id)!;
    if (states.length > 0 && !states.includes(row.state)) throw new Error(`${id} is ${row.state}`);
    return row;
  };
  const fileOf = (id: string, documentId: string) => at(id).files.find((f) => f.documentId === documentId)!;
  const toItem = (row: Row): OutboxItem => ({
    id: row.id,
    dossierId: row.id,
    idempotencyKey: `key-of-${row.id}`,
    updating: false,
    attempts: row.attempts,
    files: row.files.map((f) => ({ ...f })),
  });
  return {
    add(id, documentIds) {
      const files = documentIds.map((documentId) => ({ documentId, upload: null, stored: null }));
      rows.set(id, {
        id,
        state: 'waiting',
        attempts: 0,
        nextAttemptAt: null,
        fault: null,
        receipt: null,
        files,
      });
    },
    row: (id) => at(id),
    nextDue(now, except) {
      for (const row of rows.values()) {
        if (row.state === 'sending') Object.assign(row, { state: 'waiting', nextAttemptAt: null });
        const due =
          row.state === 'waiting' && (row.nextAttemptAt === null || isBefore(row.nextAttemptAt, now));
        if (due && !except.has(row.id)) return toItem(row);
      }
      return null;
    },
    nextDueAt() {
      const times = [...rows.values()].flatMap((r) =>
        r.state === 'waiting' && r.nextAttemptAt ? [r.nextAttemptAt] : [],
      );
      return times.sort((a, b) => a.getTime() - b.getTime())[0] ?? null;
    },
    markSending(id) {
      const row = at(id, 'waiting');
      row.state = 'sending';
      row.attempts += 1;
    },
    saveUploadState: (id, documentId, state) => Object.assign(fileOf(id, documentId), { upload: state }),
    saveRemoteFile: (id, documentId, stored) => Object.assign(fileOf(id, documentId), { stored }),
    markSent: (id, receipt) => Object.assign(at(id, 'sending'), { state: 'sent', receipt, fault: null }),
    markFault(id, code, nextAttemptAt) {
      lastFault = { code, at: nextAttemptAt.toISOString() };
      Object.assign(at(id, 'sending'), { state: 'waiting', fault: code, nextAttemptAt });
    },
    markNeedsPerson: (id, code) => Object.assign(at(id, 'sending'), { state: 'needs-person', fault: code }),
    putBack: (id) => Object.assign(at(id, 'sending'), { state: 'waiting', nextAttemptAt: null }),
    counts() {
      const count = (state: Row['state']) => [...rows.values()].filter((r) => r.state === state).length;
      return {
        waiting: count('waiting'),
        sending: count('sending'),
        sent: count('sent'),
        needsPerson: count('needs-person'),
        lastFault,
      };
    },
  };
}

import { z } from 'zod';
import { errorShape } from '../../contract/errors.ts';
import { printJobView } from '../../contract/printing.ts';
import type { Database } from './database.ts';

/** A print job as it is kept: what screens see, and what it takes to go on with it after a restart. */
export const printJobRecord = printJobView.extend({
  dossierId: z.string().nullable(),
  vaultHash: z.string(),
  /** 1, and one more each time that a person has it printed anew: part of the job's key at the printer. */
  attempt: z.number().int(),
  /** True from before the first octet is sent in this attempt. */
  mayHaveLeft: z.boolean(),
});
export type PrintJobRecord = z.infer<typeof printJobRecord>;

export interface PrintJobs {
  add(job: PrintJobRecord): void;
  /** Writes what can change; a job that has ended cannot, and the database refuses it. */
  save(job: PrintJobRecord): void;
  get(id: string): PrintJobRecord | undefined;
  /** The job of that printer that is to be worked on: one that is under way before those that wait, oldest first. */
  next(printer: string): PrintJobRecord | undefined;
  /** Those that have not ended, oldest first. */
  open(): readonly PrintJobRecord[];
  /** Those that began in [from, to), instants in UTC, oldest first. */
  between(from: string, to: string): readonly PrintJobRecord[];
  of(documentId: string): readonly PrintJobRecord[];
}

interface Row extends Omit<PrintJobRecord, 'error' | 'mayHaveLeft'> {
  readonly error: string | null;
  readonly mayHaveLeft: number;
}

const COLUMNS = `id, document_id AS documentId, dossier_id AS dossierId, vault_hash AS vaultHash, kind, name, printer,
  copies, sides, tray, paper, state, attempt, may_have_left AS mayHaveLeft, blocked_by AS blockedBy, error,
  sides_done AS sidesDone, first_copy AS firstCopy, actor, reason, settled, settled_by AS settledBy,
  created_at AS createdAt, changed_at AS changedAt`;
const OPEN = `state IN ('queued', 'sending', 'printing', 'blocked', 'unsure')`;

export function printJobsOf(db: Database): PrintJobs {
  const select = (rest: string, params: readonly string[] = []) =>
    db.all<Row>(`SELECT ${COLUMNS} FROM print_jobs ${rest}`, params).map(fromRow);
  return {
    add: (job) =>
      void db.run(
        `INSERT INTO print_jobs (id, document_id, dossier_id, vault_hash, kind, name, printer, copies, sides, tray,
           paper, state, attempt, may_have_left, blocked_by, error, sides_done, first_copy, actor, reason, settled,
           settled_by, created_at, changed_at)
         VALUES (:id, :documentId, :dossierId, :vaultHash, :kind, :name, :printer, :copies, :sides, :tray,
           :paper, :state, :attempt, :mayHaveLeft, :blockedBy, :error, :sidesDone, :firstCopy, :actor, :reason,
           :settled, :settledBy, :createdAt, :changedAt)`,
        toRow(job),
      ),
    save: (job) => {
      const { id, state, attempt, mayHaveLeft, blockedBy, error, sidesDone, settled, settledBy, changedAt } =
        toRow(job);
      db.run(
        `UPDATE print_jobs SET state = :state, attempt = :attempt, may_have_left = :mayHaveLeft,
           blocked_by = :blockedBy, error = :error, sides_done = :sidesDone, settled = :settled,
           settled_by = :settledBy, changed_at = :changedAt WHERE id = :id`,
        { id, state, attempt, mayHaveLeft, blockedBy, error, sidesDone, settled, settledBy, changedAt },
      );
    },
    get: (id) => select('WHERE id = ?', [id])[0],
    next: (printer) =>
      select(
        `WHERE ${OPEN} AND state <> 'unsure' AND printer = ?
         ORDER BY state = 'queued', created_at, rowid LIMIT 1`,
        [printer],
      )[0],
    open: () => select(`WHERE ${OPEN} ORDER BY created_at, rowid`),
    between: (from, to) =>
      select('WHERE created_at >= ? AND created_at < ? ORDER BY created_at, rowid', [from, to]),
    of: (documentId) => select('WHERE document_id = ? ORDER BY created_at, rowid', [documentId]),
  };
}

function toRow(job: PrintJobRecord) {
  return {
    ...job,
    mayHaveLeft: job.mayHaveLeft ? 1 : 0,
    error: job.error === null ? null : JSON.stringify(job.error),
  };
}

function fromRow(row: Row): PrintJobRecord {
  return {
    ...row,
    mayHaveLeft: row.mayHaveLeft === 1,
    error: row.error === null ? null : errorShape.parse(JSON.parse(row.error)),
  };
}

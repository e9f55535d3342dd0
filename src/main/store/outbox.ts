import { createHash } from 'node:crypto';
import { CounterError } from '../../contract/errors.ts';
import type { Receipt } from '../../contract/model.ts';
import type { Database } from './database.ts';

export type OutboxState = 'waiting' | 'sending' | 'sent' | 'needs-person';

export interface OutboxFile {
  readonly documentId: string;
  /** Key of the upload; the same after a restart. */
  readonly key: string;
  readonly name: string;
  readonly sha256: string;
  readonly bytes: number;
  readonly vaultHash: string;
  /** Where an unfinished upload goes on; null before it began. */
  readonly uploadLocation: string | null;
  /** The province's id of the file; null until it confirmed the hash. */
  readonly remoteId: string | null;
}

export type NewOutboxFile = Omit<OutboxFile, 'uploadLocation' | 'remoteId'>;

export interface NewOutboxRecord {
  readonly id: string;
  readonly dossierId: string;
  readonly idempotencyKey: string;
  /** Plain JSON: the record as it will be sent. */
  readonly payload: Readonly<Record<string, unknown>>;
  readonly files: readonly NewOutboxFile[];
  readonly createdAt: string;
}

export interface OutboxRecord {
  readonly id: string;
  readonly dossierId: string;
  readonly idempotencyKey: string;
  readonly state: OutboxState;
  readonly payload: Readonly<Record<string, unknown>>;
  /** SHA-256 of the payload's JSON text as it is kept. */
  readonly payloadSha256: string;
  /** Attempts that were begun. Above 0 the record may be at the province already: ask before sending. */
  readonly attempts: number;
  /** Not before this instant; null = at once. */
  readonly nextAttemptAt: string | null;
  readonly lastFault: { readonly code: string; readonly at: string } | null;
  readonly receipt: Receipt | null;
  readonly createdAt: string;
  readonly files: readonly OutboxFile[];
}

export interface Fault {
  readonly code: string;
  readonly at: string;
}

/** Dossiers, not records: one with three things to tell waits once. */
export interface OutboxCounts {
  readonly waiting: number;
  readonly sending: number;
  readonly sent: number;
  readonly needsPerson: number;
  readonly lastFault: Fault | null;
}

/**
 * What is to reach the province. A record goes waiting → sending → sent, or back to waiting after a fault, or to
 * needs-person where trying again cannot help. A step from any other state throws STORE_CONFLICT.
 */
export interface Outbox {
  /** Belongs in the transaction of the business write. The same key and payload again changes nothing; another payload is PROVINCE_CONFLICT. */
  add(record: NewOutboxRecord): void;
  get(id: string): OutboxRecord | undefined;
  ofDossier(dossierId: string): readonly OutboxRecord[];
  /** Ids of records to send at `now`, oldest first; of one dossier only the first that is not sent. */
  due(now: string, limit: number): readonly string[];
  /** The next instant at which a waiting record falls due; null where none waits for a time. */
  nextDueAt(): string | null;
  /** Puts the official code or the like into a record that was never begun; throws STORE_CONFLICT after that. */
  amend(id: string, payload: Readonly<Record<string, unknown>>): void;
  begin(id: string): void;
  retryAt(id: string, nextAttemptAt: string, fault: Fault): void;
  needsPerson(id: string, fault: Fault): void;
  /** The attempt was called off: waits again, due at once, without a fault. */
  putBack(id: string): void;
  /** A person decided to try again. */
  release(id: string): void;
  sent(id: string, receipt: Receipt): void;
  /** Keeps where an upload goes on; null forgets it. */
  setUpload(id: string, documentId: string, location: string | null): void;
  setRemoteId(id: string, documentId: string, remoteId: string): void;
  /** The document got a time stamp or the like; STORE_CONFLICT once any of it was uploaded. */
  replaceFile(
    id: string,
    documentId: string,
    file: { readonly sha256: string; readonly bytes: number; readonly vaultHash: string },
  ): void;
  /** What was being sent when the program ended waits again. Answers how many; call once at start. */
  recover(): number;
  counts(): OutboxCounts;
}

interface OutboxRow {
  id: string;
  dossier_id: string;
  idempotency_key: string;
  state: OutboxState;
  payload: string;
  payload_sha256: string;
  attempts: number;
  next_attempt_at: string | null;
  last_fault_code: string | null;
  last_fault_at: string | null;
  receipt: string | null;
  created_at: string;
}

const FILE_COLUMNS = `document_id AS documentId, key, name, sha256, bytes, vault_hash AS vaultHash,
  upload_location AS uploadLocation, remote_id AS remoteId`;

function toFault(code: string | null, at: string | null): Fault | null {
  return code !== null && at !== null ? { code, at } : null;
}

function toRecord(row: OutboxRow, files: readonly OutboxFile[]): OutboxRecord {
  return {
    id: row.id,
    dossierId: row.dossier_id,
    idempotencyKey: row.idempotency_key,
    state: row.state,
    payload: JSON.parse(row.payload) as OutboxRecord['payload'],
    payloadSha256: row.payload_sha256,
    attempts: row.attempts,
    nextAttemptAt: row.next_attempt_at,
    lastFault: toFault(row.last_fault_code, row.last_fault_at),
    receipt: row.receipt === null ? null : (JSON.parse(row.receipt) as Receipt),
    createdAt: row.created_at,
    files,
  };
}

/** What became of a dossier is told in the order in which it happened. */
const FIRST_OF_DOSSIER = `NOT EXISTS (SELECT 1 FROM outbox AS e
  WHERE e.dossier_id = o.dossier_id AND e.rowid < o.rowid AND e.state <> 'sent')`;

const sha256Of = (text: string) => createHash('sha256').update(text).digest('hex');

function changed(count: number, step: string): void {
  if (count !== 1) throw new CounterError('STORE_CONFLICT', { step });
}

function addRecord(db: Database, record: NewOutboxRecord): void {
  const payload = JSON.stringify(record.payload);
  const digest = sha256Of(payload);
  const known = db.get<{ payload_sha256: string }>(
    'SELECT payload_sha256 FROM outbox WHERE idempotency_key = ?',
    [record.idempotencyKey],
  );
  if (known?.payload_sha256 === digest) return;
  if (known) throw new CounterError('PROVINCE_CONFLICT', { where: 'outbox' });
  db.run(
    `INSERT INTO outbox (id, dossier_id, idempotency_key, state, payload, payload_sha256, created_at)
     VALUES (?, ?, ?, 'waiting', ?, ?, ?)`,
    [record.id, record.dossierId, record.idempotencyKey, payload, digest, record.createdAt],
  );
  record.files.forEach((file, position) => {
    db.run(
      `INSERT INTO outbox_files (outbox_id, position, document_id, key, name, sha256, bytes, vault_hash)
       VALUES (:outboxId, :position, :documentId, :key, :name, :sha256, :bytes, :vaultHash)`,
      { ...file, outboxId: record.id, position },
    );
  });
}

function countsOf(db: Database): OutboxCounts {
  const rows = db.all<{ state: OutboxState; n: number }>(
    'SELECT state, count(DISTINCT dossier_id) AS n FROM outbox GROUP BY state',
  );
  const count = (state: OutboxState) => rows.find((row) => row.state === state)?.n ?? 0;
  const fault = db.get<{ code: string; at: string }>(
    `SELECT last_fault_code AS code, last_fault_at AS at FROM outbox
     WHERE last_fault_at IS NOT NULL ORDER BY last_fault_at DESC LIMIT 1`,
  );
  return {
    waiting: count('waiting'),
    sending: count('sending'),
    sent: count('sent'),
    needsPerson: count('needs-person'),
    lastFault: fault ?? null,
  };
}

export function outboxOf(db: Database): Outbox {
  const filesOf = (id: string) =>
    db.all<OutboxFile>(`SELECT ${FILE_COLUMNS} FROM outbox_files WHERE outbox_id = ? ORDER BY position`, [
      id,
    ]);
  const step = (name: string, sql: string, params: Parameters<Database['run']>[1]) =>
    changed(db.run(sql, params), name);
  return {
    add: (record) => db.transaction(() => addRecord(db, record)),
    get(id) {
      const row = db.get<OutboxRow>('SELECT * FROM outbox WHERE id = ?', [id]);
      return row && toRecord(row, filesOf(id));
    },
    ofDossier: (dossierId) =>
      db
        .all<OutboxRow>('SELECT * FROM outbox WHERE dossier_id = ? ORDER BY created_at, rowid', [dossierId])
        .map((row) => toRecord(row, filesOf(row.id))),
    due: (now, limit) =>
      db
        .all<{ id: string }>(
          `SELECT id FROM outbox AS o WHERE state = 'waiting' AND (next_attempt_at IS NULL OR next_attempt_at <= ?)
             AND ${FIRST_OF_DOSSIER} ORDER BY created_at, rowid LIMIT ?`,
          [now, limit],
        )
        .map((row) => row.id),
    nextDueAt: () =>
      db.get<{ at: string | null }>(
        `SELECT min(next_attempt_at) AS at FROM outbox AS o WHERE state = 'waiting' AND ${FIRST_OF_DOSSIER}`,
      )?.at ?? null,
    amend: (id, payload) => {
      const text = JSON.stringify(payload);
      step(
        'amend',
        "UPDATE outbox SET payload = ?, payload_sha256 = ? WHERE id = ? AND state = 'waiting' AND attempts = 0",
        [text, sha256Of(text), id],
      );
    },
    begin: (id) =>
      step(
        'begin',
        "UPDATE outbox SET state = 'sending', attempts = attempts + 1 WHERE id = ? AND state = 'waiting'",
        [id],
      ),
    retryAt: (id, nextAttemptAt, fault) =>
      step(
        'retry',
        `UPDATE outbox SET state = 'waiting', next_attempt_at = ?, last_fault_code = ?, last_fault_at = ?
         WHERE id = ? AND state = 'sending'`,
        [nextAttemptAt, fault.code, fault.at, id],
      ),
    needsPerson: (id, fault) =>
      step(
        'needs-person',
        `UPDATE outbox SET state = 'needs-person', next_attempt_at = NULL, last_fault_code = ?, last_fault_at = ?
         WHERE id = ? AND state = 'sending'`,
        [fault.code, fault.at, id],
      ),
    putBack: (id) =>
      step(
        'put-back',
        "UPDATE outbox SET state = 'waiting', next_attempt_at = NULL WHERE id = ? AND state = 'sending'",
        [id],
      ),
    release: (id) =>
      step(
        'release',
        "UPDATE outbox SET state = 'waiting', next_attempt_at = NULL WHERE id = ? AND state = 'needs-person'",
        [id],
      ),
    sent: (id, receipt) =>
      step(
        'sent',
        `UPDATE outbox SET state = 'sent', receipt = ?, next_attempt_at = NULL, last_fault_code = NULL,
           last_fault_at = NULL
         WHERE id = ? AND state = 'sending'`,
        [JSON.stringify(receipt), id],
      ),
    setUpload: (id, documentId, location) =>
      step('upload', 'UPDATE outbox_files SET upload_location = ? WHERE outbox_id = ? AND document_id = ?', [
        location,
        id,
        documentId,
      ]),
    setRemoteId: (id, documentId, remoteId) =>
      step('remote-id', 'UPDATE outbox_files SET remote_id = ? WHERE outbox_id = ? AND document_id = ?', [
        remoteId,
        id,
        documentId,
      ]),
    replaceFile: (id, documentId, { sha256, bytes, vaultHash }) =>
      step(
        'replace-file',
        `UPDATE outbox_files SET sha256 = ?, bytes = ?, vault_hash = ?
         WHERE outbox_id = ? AND document_id = ? AND upload_location IS NULL AND remote_id IS NULL`,
        [sha256, bytes, vaultHash, id, documentId],
      ),
    recover: () =>
      db.run("UPDATE outbox SET state = 'waiting', next_attempt_at = NULL WHERE state = 'sending'"),
    counts: () => countsOf(db),
  };
}

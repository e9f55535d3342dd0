import { CounterError } from '../../contract/errors.ts';
import type { Database } from './database.ts';

/** Something that happened to a dossier. `payload` is plain JSON; its shape belongs to the field, not to the store. */
export interface NewEvent {
  readonly type: string;
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly actor: string;
  readonly payload: unknown;
}

export interface StoredEvent extends NewEvent {
  /** Order over all dossiers of this store; gaps are possible. */
  readonly seq: number;
  readonly dossierId: string;
  /** 1, 2, 3 … within the dossier. */
  readonly version: number;
}

export interface Events {
  /**
   * Appends to a dossier that stands at `expectedVersion` (0 = new) and answers its new version.
   * Throws STORE_CONFLICT where it stands elsewhere: then nothing is written.
   */
  append(dossierId: string, expectedVersion: number, events: readonly NewEvent[]): number;
  /** Events of one dossier, oldest first; none for an unknown dossier. */
  of(dossierId: string): readonly StoredEvent[];
  /** Version of a dossier; 0 for an unknown one. */
  version(dossierId: string): number;
  /** Up to `limit` events after `seq`, over all dossiers. */
  after(seq: number, limit: number): readonly StoredEvent[];
  /** Up to `limit` dossiers in the order of their first event, after the one at `seq`. */
  dossiersAfter(seq: number, limit: number): readonly { readonly seq: number; readonly dossierId: string }[];
}

interface EventRow {
  seq: number;
  dossier_id: string;
  version: number;
  type: string;
  at: string;
  actor: string;
  payload: string;
}

function toEvent(row: EventRow): StoredEvent {
  return {
    seq: row.seq,
    dossierId: row.dossier_id,
    version: row.version,
    type: row.type,
    at: row.at,
    actor: row.actor,
    payload: JSON.parse(row.payload) as unknown,
  };
}

export function eventsOf(db: Database): Events {
  function version(dossierId: string): number {
    const sql = 'SELECT max(version) AS version FROM dossier_events WHERE dossier_id = ?';
    return db.get<{ version: number | null }>(sql, [dossierId])?.version ?? 0;
  }
  function insert(dossierId: string, at: number, event: NewEvent): void {
    db.run(
      'INSERT INTO dossier_events (dossier_id, version, type, at, actor, payload) VALUES (?, ?, ?, ?, ?, ?)',
      [dossierId, at, event.type, event.at, event.actor, JSON.stringify(event.payload)],
    );
  }
  return {
    append: (dossierId, expectedVersion, events) =>
      db.transaction(() => {
        const found = version(dossierId);
        if (found !== expectedVersion) {
          throw new CounterError('STORE_CONFLICT', { expected: expectedVersion, found });
        }
        events.forEach((event, i) => {
          insert(dossierId, expectedVersion + i + 1, event);
        });
        return expectedVersion + events.length;
      }),
    of: (dossierId) =>
      db
        .all<EventRow>('SELECT * FROM dossier_events WHERE dossier_id = ? ORDER BY version', [dossierId])
        .map(toEvent),
    version,
    after: (seq, limit) =>
      db
        .all<EventRow>('SELECT * FROM dossier_events WHERE seq > ? ORDER BY seq LIMIT ?', [seq, limit])
        .map(toEvent),
    dossiersAfter: (seq, limit) =>
      db.all(
        `SELECT seq, dossier_id AS dossierId FROM dossier_events
         WHERE version = 1 AND seq > ? ORDER BY seq LIMIT ?`,
        [seq, limit],
      ),
  };
}

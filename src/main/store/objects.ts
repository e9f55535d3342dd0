import type { Database } from './database.ts';

/** What the database knows of the vault: an object without a row was never acknowledged to anyone. */
export interface VaultObjects {
  /** Records a stored object, in the transaction of what refers to it; twice is no fault. */
  add(object: { readonly hash: string; readonly bytes: number }, at: string): void;
  has(hash: string): boolean;
  /**
   * Marks as erased those of `hashes` that nothing refers to but this dossier and such as were erased before it, and
   * answers all of them that are erased then. They count as unknown from now on, until the same content is stored again. Vault.erase removes the objects.
   */
  erase(hashes: readonly string[], dossierId: string, at: string): readonly string[];
  /** The newest `limit` hashes. */
  newest(limit: number): readonly string[];
  /** Up to `limit` hashes in their order, after `hash` ('' = from the start). */
  after(hash: string, limit: number): readonly string[];
}

interface HashRow {
  readonly hash: string;
}

/** Of the wanted hashes, those that another dossier, the outbox, a print or the certification book refers to. */
const USED_ELSEWHERE = ['image_hash', 'thumbnail_hash', 'original_hash']
  .map(
    (column) => `SELECT ${column} FROM pages WHERE dossier_id NOT IN (SELECT dossier_id FROM erased_dossiers)
      AND ${column} IN (SELECT value FROM json_each(:wanted))`,
  )
  .concat(
    'SELECT vault_hash FROM documents WHERE dossier_id NOT IN (SELECT dossier_id FROM erased_dossiers)',
    ['outbox_files', 'print_jobs', 'certification_book'].map((table) => `SELECT vault_hash FROM ${table}`),
  )
  .join(' UNION ');

export function vaultObjectsOf(db: Database): VaultObjects {
  const hashes = (sql: string, params: readonly (string | number)[]) =>
    db.all<HashRow>(sql, params).map((row) => row.hash);
  return {
    add: (object, at) =>
      void db.run(
        `INSERT INTO vault_objects (hash, bytes, created_at) VALUES (?, ?, ?)
         ON CONFLICT (hash) DO UPDATE SET erased_at = NULL WHERE erased_at IS NOT NULL`,
        [object.hash, object.bytes, at],
      ),
    erase(hashes, dossierId, at) {
      const wanted = JSON.stringify(hashes);
      db.run('INSERT INTO erased_dossiers (dossier_id, at) VALUES (?, ?) ON CONFLICT DO NOTHING', [
        dossierId,
        at,
      ]);
      db.run(
        `UPDATE vault_objects SET erased_at = :at WHERE erased_at IS NULL
           AND hash IN (SELECT value FROM json_each(:wanted)) AND hash NOT IN (${USED_ELSEWHERE})`,
        { at, wanted },
      );
      return db
        .all<HashRow>(
          `SELECT hash FROM vault_objects WHERE erased_at IS NOT NULL
             AND hash IN (SELECT value FROM json_each(?)) ORDER BY number`,
          [wanted],
        )
        .map((row) => row.hash);
    },
    has: (hash) =>
      db.get('SELECT 1 FROM vault_objects WHERE hash = ? AND erased_at IS NULL', [hash]) !== undefined,
    newest: (limit) =>
      hashes('SELECT hash FROM vault_objects WHERE erased_at IS NULL ORDER BY number DESC LIMIT ?', [limit]),
    after: (hash, limit) =>
      hashes('SELECT hash FROM vault_objects WHERE hash > ? AND erased_at IS NULL ORDER BY hash LIMIT ?', [
        hash,
        limit,
      ]),
  };
}

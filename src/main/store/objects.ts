import type { Database } from './database.ts';

/** What the database knows of the vault: an object without a row was never acknowledged to anyone. */
export interface VaultObjects {
  /** Records a stored object, in the transaction of what refers to it; twice is no fault. */
  add(object: { readonly hash: string; readonly bytes: number }, at: string): void;
  has(hash: string): boolean;
  /** The newest `limit` hashes. */
  newest(limit: number): readonly string[];
  /** Up to `limit` hashes in their order, after `hash` ('' = from the start). */
  after(hash: string, limit: number): readonly string[];
}

interface HashRow {
  readonly hash: string;
}

export function vaultObjectsOf(db: Database): VaultObjects {
  const hashes = (sql: string, params: readonly (string | number)[]) =>
    db.all<HashRow>(sql, params).map((row) => row.hash);
  return {
    add: (object, at) =>
      void db.run(
        'INSERT INTO vault_objects (hash, bytes, created_at) VALUES (?, ?, ?) ON CONFLICT (hash) DO NOTHING',
        [object.hash, object.bytes, at],
      ),
    has: (hash) => db.get('SELECT 1 FROM vault_objects WHERE hash = ?', [hash]) !== undefined,
    newest: (limit) => hashes('SELECT hash FROM vault_objects ORDER BY number DESC LIMIT ?', [limit]),
    after: (hash, limit) =>
      hashes('SELECT hash FROM vault_objects WHERE hash > ? ORDER BY hash LIMIT ?', [hash, limit]),
  };
}

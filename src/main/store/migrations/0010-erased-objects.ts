import type { Migration } from './index.ts';

/**
 * Objects that had to go although rows speak of them: a secret paper is not kept (NĐ 30/2020/NĐ-CP Điều 22 khoản 4). The row
 * stays, because replaying the journal brings back the pages that name it.
 */
export const erasedObjects: Migration = {
  version: 10,
  name: 'erased-objects',
  up(db) {
    db.exec(`ALTER TABLE vault_objects ADD COLUMN erased_at TEXT;
      CREATE TABLE erased_dossiers (dossier_id TEXT PRIMARY KEY, at TEXT NOT NULL) STRICT;`);
  },
};

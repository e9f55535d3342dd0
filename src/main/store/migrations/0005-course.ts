import type { Migration } from './index.ts';

/**
 * The course of a dossier after its reception: more kinds of document, whether the province knows, and the numbers of
 * the counter's papers. Views were folded before the course was known, so the projections are made anew at the next start.
 */
export const course: Migration = {
  version: 5,
  name: 'course',
  up(db) {
    db.exec(`ALTER TABLE dossiers ADD COLUMN delivery TEXT NOT NULL DEFAULT 'none'
        CHECK (delivery IN ('none', 'waiting', 'sent'));
      ALTER TABLE dossiers ADD COLUMN visit_id TEXT;
      ALTER TABLE dossiers ADD COLUMN group_id TEXT;
      DROP INDEX dossiers_drafts;
      CREATE INDEX dossiers_taking_papers ON dossiers (number) WHERE state IN ('draft', 'supplement-asked');
      CREATE INDEX dossiers_visit ON dossiers (visit_id) WHERE visit_id IS NOT NULL;
      CREATE INDEX dossiers_group ON dossiers (group_id) WHERE group_id IS NOT NULL;
      CREATE TABLE documents_new (
        id           TEXT PRIMARY KEY,
        dossier_id   TEXT NOT NULL,
        kind         TEXT NOT NULL CHECK (kind IN ('component', 'slip', 'result')),
        component_id TEXT,
        vault_hash   TEXT NOT NULL REFERENCES vault_objects (hash),
        name         TEXT NOT NULL,
        sha256       TEXT NOT NULL,
        bytes        INTEGER NOT NULL,
        created_at   TEXT NOT NULL,
        CHECK ((kind = 'component') = (component_id IS NOT NULL))
      ) STRICT;
      INSERT INTO documents_new SELECT id, dossier_id, kind, component_id, vault_hash, name, sha256, bytes, created_at
        FROM documents ORDER BY rowid;
      DROP TABLE documents;
      ALTER TABLE documents_new RENAME TO documents;
      CREATE INDEX documents_dossier ON documents (dossier_id);
      CREATE TABLE slip_numbers (
        kind   TEXT    NOT NULL,
        year   INTEGER NOT NULL CHECK (year BETWEEN 2000 AND 9999),
        last   INTEGER NOT NULL CHECK (last >= 1),
        PRIMARY KEY (kind, year)
      ) STRICT;
      INSERT INTO settings (key, value) SELECT 'projections.stale', '1' WHERE EXISTS (SELECT 1 FROM dossier_events)
        ON CONFLICT (key) DO UPDATE SET value = excluded.value;`);
  },
};

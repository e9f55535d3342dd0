import type { Migration } from './index.ts';

/**
 * The catalogue of procedures as it was imported, version by version; the unit's own additions apart from it, so that
 * an import never touches them; how often each procedure was used, kept in step with the dossiers by the database.
 *
 * Versions are written before the row of their import, which makes them valid: what a crash left without one is
 * swept away by the next import.
 */
export const catalogue: Migration = {
  version: 9,
  name: 'catalogue',
  up(db) {
    db.exec(`
      CREATE TABLE catalogue_imports (
        id         INTEGER PRIMARY KEY,
        at         TEXT    NOT NULL,
        actor      TEXT    NOT NULL,
        file       TEXT    NOT NULL,
        report     TEXT    NOT NULL
      ) STRICT;
      CREATE TABLE catalogue_problems (
        number     INTEGER PRIMARY KEY,
        procedure  TEXT    NOT NULL,
        code       TEXT    NOT NULL,
        place      TEXT    NOT NULL,
        value      TEXT    NOT NULL
      ) STRICT;
      CREATE TABLE procedure_versions (
        code       TEXT    NOT NULL,
        number     INTEGER NOT NULL CHECK (number >= 1),
        import_id  INTEGER NOT NULL,
        hash       TEXT    NOT NULL,
        at         TEXT    NOT NULL,
        decision   TEXT    NOT NULL,
        name       TEXT    NOT NULL,
        body       TEXT    NOT NULL,
        PRIMARY KEY (code, number)
      ) STRICT;
      CREATE INDEX procedure_versions_import ON procedure_versions (import_id);
      CREATE TABLE procedures (
        code         TEXT    PRIMARY KEY,
        number       INTEGER NOT NULL,
        hash         TEXT    NOT NULL,
        card         TEXT    NOT NULL,
        withdrawn_at TEXT
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE procedure_amendments (
        number     INTEGER PRIMARY KEY,
        code       TEXT    NOT NULL,
        at         TEXT    NOT NULL,
        actor      TEXT    NOT NULL,
        reason     TEXT    NOT NULL,
        amendment  TEXT    NOT NULL
      ) STRICT;
      CREATE INDEX procedure_amendments_code ON procedure_amendments (code, number);
      CREATE TRIGGER procedure_amendments_kept BEFORE DELETE ON procedure_amendments
        BEGIN SELECT RAISE(ABORT, 'amendments are only added'); END;
      CREATE TRIGGER procedure_amendments_fixed BEFORE UPDATE ON procedure_amendments
        BEGIN SELECT RAISE(ABORT, 'amendments are only added'); END;
      CREATE TABLE procedure_usage (
        code       TEXT    PRIMARY KEY,
        opened     INTEGER NOT NULL,
        last_at    TEXT    NOT NULL
      ) STRICT, WITHOUT ROWID;
      INSERT INTO procedure_usage SELECT procedure_code, count(*), max(opened_at) FROM dossiers GROUP BY procedure_code;
      CREATE TRIGGER dossiers_used AFTER INSERT ON dossiers BEGIN
        INSERT INTO procedure_usage VALUES (new.procedure_code, 1, new.opened_at)
          ON CONFLICT (code) DO UPDATE SET opened = opened + 1, last_at = max(last_at, excluded.last_at);
      END;
      CREATE TRIGGER dossiers_unused AFTER DELETE ON dossiers BEGIN
        UPDATE procedure_usage SET opened = opened - 1 WHERE code = old.procedure_code;
      END;`);
  },
};

import type { Migration } from './index.ts';

/**
 * What was printed, is being printed and waits to be: the record of every copy that left the counter. It is no
 * projection of a dossier's events; replay leaves it alone, and no line is ever taken out.
 */
export const printJobs: Migration = {
  version: 7,
  name: 'print-jobs',
  up(db) {
    db.exec(`CREATE TABLE print_jobs (
      id          TEXT    PRIMARY KEY,
      document_id TEXT,
      dossier_id  TEXT,
      vault_hash  TEXT    NOT NULL REFERENCES vault_objects (hash),
      kind        TEXT    NOT NULL CHECK (kind IN ('slip', 'result', 'component', 'label', 'report')),
      name        TEXT    NOT NULL,
      printer     TEXT    NOT NULL,
      copies      INTEGER NOT NULL CHECK (copies BETWEEN 1 AND 99),
      sides       TEXT    NOT NULL,
      tray        TEXT    NOT NULL,
      paper       TEXT    NOT NULL,
      state       TEXT    NOT NULL CHECK (state IN
        ('queued', 'sending', 'printing', 'blocked', 'done', 'failed', 'cancelled', 'unsure')),
      attempt     INTEGER NOT NULL CHECK (attempt >= 1),
      may_have_left INTEGER NOT NULL CHECK (may_have_left IN (0, 1)),
      blocked_by  TEXT,
      error       TEXT,
      sides_done  INTEGER NOT NULL CHECK (sides_done >= 0),
      first_copy  INTEGER NOT NULL CHECK (first_copy >= 1),
      actor       TEXT    NOT NULL,
      reason      TEXT    NOT NULL,
      settled     TEXT CHECK (settled IN ('printed', 'again', 'drop')),
      settled_by  TEXT    NOT NULL,
      created_at  TEXT    NOT NULL,
      changed_at  TEXT    NOT NULL
    ) STRICT;
    CREATE INDEX print_jobs_document ON print_jobs (document_id, created_at) WHERE document_id IS NOT NULL;
    CREATE INDEX print_jobs_open ON print_jobs (printer, created_at)
      WHERE state IN ('queued', 'sending', 'printing', 'blocked', 'unsure');
    CREATE INDEX print_jobs_created ON print_jobs (created_at);
    CREATE TRIGGER print_jobs_no_delete BEFORE DELETE ON print_jobs
      BEGIN SELECT RAISE(ABORT, 'prints are not forgotten'); END;
    CREATE TRIGGER print_jobs_end BEFORE UPDATE ON print_jobs WHEN old.state IN ('done', 'failed', 'cancelled')
      BEGIN SELECT RAISE(ABORT, 'a print that has ended does not change'); END;`);
  },
};

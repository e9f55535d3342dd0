import type { Migration } from './index.ts';

/**
 * What reports count: one narrow row a dossier, one a receipt. Moments are minutes at +07:00 since 1970
 * (calendar/local-time.ts). Migration 5 has every store that holds dossiers fold them anew, which fills both.
 */
export const dossierFacts: Migration = {
  version: 6,
  name: 'dossier-facts',
  up(db) {
    db.exec(`CREATE TABLE dossier_facts (
        id                TEXT PRIMARY KEY,
        entered_at        INTEGER,
        settled_at        INTEGER,
        received_at       INTEGER,
        first_due_at      INTEGER,
        due_at            INTEGER,
        finished_at       INTEGER,
        handed_out_at     INTEGER,
        ended_at          INTEGER,
        state_since       INTEGER NOT NULL,
        supplement_asked_at INTEGER,
        supplement_answered_at INTEGER,
        supplements       INTEGER NOT NULL,
        extended          INTEGER NOT NULL CHECK (extended IN (0, 1)),
        agencies          INTEGER NOT NULL,
        register_number   INTEGER,
        sets              INTEGER NOT NULL,
        papers_owed       INTEGER NOT NULL,
        papers_digitised  INTEGER NOT NULL,
        papers_reused     INTEGER NOT NULL,
        papers_covered    INTEGER NOT NULL,
        papers_from_store INTEGER NOT NULL,
        population_used   INTEGER NOT NULL CHECK (population_used IN (0, 1)),
        ethnicity         INTEGER CHECK (ethnicity BETWEEN 1 AND 54),
        fees_due          INTEGER NOT NULL,
        fees_exempt       INTEGER NOT NULL,
        paid_cash         INTEGER NOT NULL,
        paid_transfer     INTEGER NOT NULL,
        state             TEXT NOT NULL,
        delivery          TEXT NOT NULL,
        channel           TEXT NOT NULL,
        outcome           TEXT NOT NULL,
        result            TEXT NOT NULL,
        applicant_kind    TEXT,
        code              TEXT NOT NULL,
        procedure_code    TEXT NOT NULL,
        field_code        TEXT NOT NULL,
        clerk             TEXT NOT NULL,
        procedure_name    TEXT NOT NULL,
        field_name        TEXT NOT NULL,
        agency            TEXT NOT NULL,
        visit_id          TEXT,
        applicant_name    TEXT NOT NULL,
        address           TEXT NOT NULL,
        phone             TEXT NOT NULL,
        result_way        TEXT NOT NULL,
        handed_out_way    TEXT NOT NULL,
        handed_out_to     TEXT NOT NULL,
        handed_out_proof  TEXT NOT NULL
      ) STRICT;
      CREATE INDEX dossier_facts_entered ON dossier_facts (entered_at, id, settled_at) WHERE entered_at IS NOT NULL;
      CREATE INDEX dossier_facts_handed_out ON dossier_facts (handed_out_at) WHERE handed_out_at IS NOT NULL;
      CREATE INDEX dossier_facts_due ON dossier_facts (due_at, id)
        WHERE settled_at IS NULL AND received_at IS NOT NULL AND due_at IS NOT NULL;
      CREATE TABLE dossier_receipts (
        payment_id   TEXT PRIMARY KEY,
        dossier_id   TEXT NOT NULL,
        paid_at      INTEGER NOT NULL,
        cancelled_at INTEGER,
        amount       INTEGER NOT NULL,
        way          TEXT NOT NULL CHECK (way IN ('cash', 'transfer')),
        taken_by     TEXT NOT NULL,
        exempt       INTEGER NOT NULL
      ) STRICT;
      CREATE INDEX dossier_receipts_paid ON dossier_receipts (paid_at, payment_id, cancelled_at);
      CREATE INDEX dossier_receipts_dossier ON dossier_receipts (dossier_id);`);
  },
};

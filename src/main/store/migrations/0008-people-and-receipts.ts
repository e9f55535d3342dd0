import type { Migration } from './index.ts';

/**
 * Receipts for fees, a book: lines are added and cancelled, numbers have no gap, and replay leaves it alone.
 * People are a projection of the dossiers that were received; places are what an admin imported.
 */
export const peopleAndReceipts: Migration = {
  version: 8,
  name: 'people-and-receipts',
  up(db) {
    db.exec(`CREATE TABLE receipts (
      payment_id       TEXT    PRIMARY KEY,
      dossier_id       TEXT    NOT NULL,
      form             TEXT    NOT NULL,
      sign             TEXT    NOT NULL,
      year             INTEGER NOT NULL CHECK (year BETWEEN 2000 AND 9999),
      number           INTEGER NOT NULL CHECK (number >= 1),
      at               TEXT    NOT NULL,
      day              TEXT    NOT NULL,
      taken_by         TEXT    NOT NULL,
      amount           INTEGER NOT NULL CHECK (amount > 0),
      way              TEXT    NOT NULL CHECK (way IN ('cash', 'transfer')),
      reference        TEXT    NOT NULL,
      cancelled_at     TEXT,
      cancelled_day    TEXT,
      cancelled_by     TEXT,
      cancelled_reason TEXT,
      UNIQUE (form, sign, year, number),
      CHECK ((cancelled_at IS NULL) = (cancelled_day IS NULL)),
      CHECK ((cancelled_at IS NULL) = (cancelled_by IS NULL)),
      CHECK ((cancelled_at IS NULL) = (cancelled_reason IS NULL))
    ) STRICT;
    CREATE INDEX receipts_dossier ON receipts (dossier_id);
    CREATE INDEX receipts_day ON receipts (day);
    CREATE INDEX receipts_cancelled_day ON receipts (cancelled_day) WHERE cancelled_day IS NOT NULL;
    CREATE TRIGGER receipts_no_gap BEFORE INSERT ON receipts
      WHEN new.number <> 1 + coalesce(
        (SELECT max(number) FROM receipts WHERE form = new.form AND sign = new.sign AND year = new.year), 0)
      BEGIN SELECT RAISE(ABORT, 'the book has no gaps'); END;
    CREATE TRIGGER receipts_only_cancelled BEFORE UPDATE ON receipts
      WHEN old.cancelled_at IS NOT NULL OR new.cancelled_at IS NULL
        OR new.payment_id <> old.payment_id OR new.dossier_id <> old.dossier_id OR new.form <> old.form
        OR new.sign <> old.sign OR new.year <> old.year OR new.number <> old.number OR new.at <> old.at
        OR new.day <> old.day OR new.taken_by <> old.taken_by OR new.amount <> old.amount OR new.way <> old.way
        OR new.reference <> old.reference
      BEGIN SELECT RAISE(ABORT, 'a receipt is only ever cancelled'); END;
    CREATE TRIGGER receipts_no_delete BEFORE DELETE ON receipts
      BEGIN SELECT RAISE(ABORT, 'the book is immutable'); END;
    CREATE TABLE people (
      number     INTEGER PRIMARY KEY,
      dossier_id TEXT    NOT NULL UNIQUE,
      person_key TEXT    NOT NULL,
      folded     TEXT    NOT NULL,
      applicant  TEXT    NOT NULL,
      seen_at    TEXT    NOT NULL
    ) STRICT;
    CREATE INDEX people_key ON people (person_key, seen_at);
    CREATE VIRTUAL TABLE people_words USING fts5 (
      folded, content='', contentless_delete=1, tokenize='unicode61 remove_diacritics 0', prefix='1 2 3'
    );
    CREATE TABLE communes (
      code          TEXT PRIMARY KEY,
      name          TEXT NOT NULL,
      province_code TEXT NOT NULL,
      province_name TEXT NOT NULL
    ) STRICT;
    INSERT INTO settings (key, value) SELECT 'projections.stale', '1' WHERE EXISTS (SELECT 1 FROM dossier_events)
      ON CONFLICT (key) DO UPDATE SET value = excluded.value;`);
  },
};

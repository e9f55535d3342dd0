import type { Migration } from './index.ts';

/**
 * The book of certified copies (NĐ 23/2015/NĐ-CP Điều 13): written once, line after line, never without a line's
 * document and never past a number. It is no projection: replay leaves it alone.
 */
export const certificationBook: Migration = {
  version: 3,
  name: 'certification-book',
  up(db) {
    db.exec(`CREATE TABLE certification_book (
      id            TEXT    PRIMARY KEY,
      year          INTEGER NOT NULL CHECK (year BETWEEN 2000 AND 9999),
      number        INTEGER NOT NULL CHECK (number >= 1),
      book_sign     TEXT    NOT NULL,
      volume        TEXT    NOT NULL,
      at            TEXT    NOT NULL,
      requester     TEXT    NOT NULL,
      document      TEXT    NOT NULL,
      pages         INTEGER NOT NULL CHECK (pages >= 1),
      copies        INTEGER NOT NULL CHECK (copies >= 1),
      officer       TEXT    NOT NULL,
      officer_title TEXT    NOT NULL,
      authority     TEXT    NOT NULL,
      fee           INTEGER NOT NULL CHECK (fee >= 0),
      vault_hash    TEXT    NOT NULL REFERENCES vault_objects (hash),
      sha256        TEXT    NOT NULL,
      bytes         INTEGER NOT NULL,
      UNIQUE (book_sign, year, number)
    ) STRICT;
    CREATE TRIGGER certification_book_no_gap BEFORE INSERT ON certification_book
      WHEN new.number <> 1 + coalesce(
        (SELECT max(number) FROM certification_book WHERE book_sign = new.book_sign AND year = new.year), 0)
      BEGIN SELECT RAISE(ABORT, 'the book has no gaps'); END;
    CREATE TRIGGER certification_book_no_update BEFORE UPDATE ON certification_book
      BEGIN SELECT RAISE(ABORT, 'the book is immutable'); END;
    CREATE TRIGGER certification_book_no_delete BEFORE DELETE ON certification_book
      BEGIN SELECT RAISE(ABORT, 'the book is immutable'); END;`);
  },
};

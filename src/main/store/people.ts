import type { Applicant } from '../../contract/model.ts';
import type { Database } from './database.ts';
import { prefixQuery } from './dossiers.ts';

/** One applicant of one received dossier. */
export interface PersonRecord {
  readonly dossierId: string;
  /** Equal for what may be the same person; see citizens/person.ts. */
  readonly personKey: string;
  /** Words to find by. */
  readonly folded: string;
  readonly applicant: Applicant;
  readonly seenAt: string;
}

/** A person as last seen. */
export interface KnownPerson extends PersonRecord {
  /** Dossiers that were received of this person. */
  readonly dossiers: number;
}

/** People seen at the counter: a projection of dossiers, kept as long as they are. */
export interface People {
  save(record: PersonRecord): void;
  /** Everyone under the key, newest first, and how many dossiers that are in all. */
  withKey(personKey: string): { readonly records: readonly PersonRecord[]; readonly dossiers: number };
  /** By beginnings of words, newest first, each person once. */
  search(foldedText: string, limit: number): readonly KnownPerson[];
}

interface Row extends Omit<PersonRecord, 'applicant'> {
  readonly applicant: string;
  readonly dossiers: number;
}

const COLUMNS = 'dossier_id AS dossierId, person_key AS personKey, folded, applicant, seen_at AS seenAt';
/** Rows that a search looks through for different persons: one that came a hundred times must not hide the others. */
const LOOKED_THROUGH = 2000;
/** Newest dossiers of one person whose data are compared. */
const OF_ONE = 200;

export function peopleOf(db: Database): People {
  function save(record: PersonRecord): void {
    const before = db.get<{ number: number; folded: string }>(
      'SELECT number, folded FROM people WHERE dossier_id = ?',
      [record.dossierId],
    );
    db.run(
      `INSERT INTO people (dossier_id, person_key, folded, applicant, seen_at)
       VALUES (:dossierId, :personKey, :folded, :applicant, :seenAt)
       ON CONFLICT (dossier_id) DO UPDATE SET person_key = excluded.person_key, folded = excluded.folded,
         applicant = excluded.applicant, seen_at = excluded.seen_at`,
      { ...record, applicant: JSON.stringify(record.applicant) },
    );
    if (before?.folded === record.folded) return;
    const number =
      before?.number ??
      db.get<{ number: number }>('SELECT number FROM people WHERE dossier_id = ?', [record.dossierId])!
        .number;
    db.run('INSERT OR REPLACE INTO people_words (rowid, folded) VALUES (?, ?)', [number, record.folded]);
  }

  return {
    save: (record) => db.transaction(() => save(record)),
    withKey: (personKey) => ({
      records: db
        .all<Row>(
          `SELECT ${COLUMNS} FROM people WHERE person_key = ? ORDER BY seen_at DESC, number DESC LIMIT ${OF_ONE}`,
          [personKey],
        )
        .map(toRecord),
      dossiers:
        db.get<{ n: number }>('SELECT count(*) AS n FROM people WHERE person_key = ?', [personKey])?.n ?? 0,
    }),
    search(foldedText, limit) {
      const query = prefixQuery(foldedText);
      if (query === '') return [];
      return db
        .all<Row>(
          `SELECT ${COLUMNS}, (SELECT count(*) FROM people p WHERE p.person_key = found) AS dossiers FROM (
             SELECT person_key AS found, max(seen_at) AS newest FROM people WHERE number IN (
               SELECT rowid FROM people_words WHERE people_words MATCH ? ORDER BY rowid DESC LIMIT ${LOOKED_THROUGH})
             GROUP BY person_key ORDER BY newest DESC LIMIT ?)
           JOIN people ON person_key = found AND seen_at = newest
           GROUP BY person_key ORDER BY newest DESC`,
          [query, limit],
        )
        .map((row) => ({ ...toRecord(row), dossiers: row.dossiers }));
    },
  };
}

function toRecord({ applicant, dossierId, personKey, folded, seenAt }: Row): PersonRecord {
  return { dossierId, personKey, folded, seenAt, applicant: JSON.parse(applicant) as Applicant };
}

import { CounterError } from '../../contract/errors.ts';
import type { CertificationEntry } from '../../contract/model.ts';
import type { Database } from './database.ts';

/** A line of the book and the document that it stands for. */
export interface CertificationRecord extends CertificationEntry {
  readonly vaultHash: string;
  /** SHA-256 of the document, lower-case hexadecimal. */
  readonly sha256: string;
  readonly bytes: number;
}

/** The book of certified copies: lines are only added, each with the number after the last one of its year. */
export interface CertificationBook {
  /** The number that the next line of the year gets; nobody's until `append`. */
  next(bookSign: string, year: number): number;
  /**
   * Belongs in the transaction that records the document in the vault. Throws STORE_CONFLICT {reason: 'number'} where
   * another line has taken the number since it was asked for.
   */
  append(record: CertificationRecord): void;
  get(id: string): CertificationRecord | undefined;
  /** The year's lines in the order of their numbers. */
  list(bookSign: string, year: number): readonly CertificationRecord[];
}

const COLUMNS = `id, year, number, book_sign AS bookSign, volume, at, requester, document, pages, copies, officer,
  officer_title AS officerTitle, authority, fee, vault_hash AS vaultHash, sha256, bytes`;

export function certificationBookOf(db: Database): CertificationBook {
  const next = (bookSign: string, year: number): number =>
    1 +
    (db.get<{ last: number | null }>(
      'SELECT max(number) AS last FROM certification_book WHERE book_sign = ? AND year = ?',
      [bookSign, year],
    )?.last ?? 0);
  return {
    next,
    append: (record) =>
      db.transaction(() => {
        if (next(record.bookSign, record.year) !== record.number) {
          throw new CounterError('STORE_CONFLICT', { reason: 'number', number: record.number });
        }
        db.run(
          `INSERT INTO certification_book (id, year, number, book_sign, volume, at, requester, document, pages,
             copies, officer, officer_title, authority, fee, vault_hash, sha256, bytes)
           VALUES (:id, :year, :number, :bookSign, :volume, :at, :requester, :document, :pages,
             :copies, :officer, :officerTitle, :authority, :fee, :vaultHash, :sha256, :bytes)`,
          { ...record },
        );
      }),
    get: (id) => db.get<CertificationRecord>(`SELECT ${COLUMNS} FROM certification_book WHERE id = ?`, [id]),
    list: (bookSign, year) =>
      db.all<CertificationRecord>(
        `SELECT ${COLUMNS} FROM certification_book WHERE book_sign = ? AND year = ? ORDER BY number`,
        [bookSign, year],
      ),
  };
}

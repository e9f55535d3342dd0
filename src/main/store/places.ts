import type { Database } from './database.ts';

/** A commune in force, with its province. */
export interface CommuneRecord {
  /** Five digits. */
  readonly code: string;
  /** With its kind: `Phường Thục Phán`. */
  readonly name: string;
  /** Two digits. */
  readonly provinceCode: string;
  readonly provinceName: string;
}

/** The gazetteer that an admin imported; empty until then. */
export interface Places {
  /** In place of what was there, in one transaction. */
  replace(communes: readonly CommuneRecord[]): void;
  all(): readonly CommuneRecord[];
  count(): number;
}

export function placesOf(db: Database): Places {
  return {
    replace: (communes) =>
      db.transaction(() => {
        db.run('DELETE FROM communes');
        for (const commune of communes) {
          db.run(
            `INSERT INTO communes (code, name, province_code, province_name)
             VALUES (:code, :name, :provinceCode, :provinceName)`,
            { ...commune },
          );
        }
      }),
    all: () =>
      db.all<CommuneRecord>(
        `SELECT code, name, province_code AS provinceCode, province_name AS provinceName FROM communes ORDER BY code`,
      ),
    count: () => db.get<{ n: number }>('SELECT count(*) AS n FROM communes')?.n ?? 0,
  };
}

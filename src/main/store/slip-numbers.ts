import type { Database } from './database.ts';

/** Running numbers of the counter's own papers, from 1 in each year without a gap; belongs in the transaction of the paper. */
export interface SlipNumbers {
  /** The number that `take` would give. */
  next(kind: string, year: number): number;
  take(kind: string, year: number): number;
}

export function slipNumbersOf(db: Database): SlipNumbers {
  const next = (kind: string, year: number) =>
    1 +
    (db.get<{ last: number }>('SELECT last FROM slip_numbers WHERE kind = ? AND year = ?', [kind, year])
      ?.last ?? 0);
  return {
    next,
    take(kind, year) {
      const number = next(kind, year);
      db.run(
        `INSERT INTO slip_numbers (kind, year, last) VALUES (?, ?, ?)
         ON CONFLICT (kind, year) DO UPDATE SET last = excluded.last`,
        [kind, year, number],
      );
      return number;
    },
  };
}

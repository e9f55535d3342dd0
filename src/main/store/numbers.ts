import type { Database } from './database.ts';

/** Official dossier numbers that the province set aside for this counter. */
export interface Numbers {
  /** Keeps a block in the order the province gave it; what is known already is left as it is. Answers how many were new. */
  add(unit: string, day: string, values: readonly string[]): number;
  /** The next free number of the day, now the dossier's; its own again where it has one; undefined where none is left. */
  take(unit: string, day: string, dossierId: string): string | undefined;
  /** The number that `take` would give to a dossier that has none. */
  next(unit: string, day: string): string | undefined;
  free(unit: string, day: string): number;
}

function nextNumber(db: Database, unit: string, day: string) {
  return db.get<{ number: number; value: string }>(
    `SELECT number, value FROM number_blocks WHERE unit = ? AND day = ? AND state = 'free'
     ORDER BY number LIMIT 1`,
    [unit, day],
  );
}

function takeNumber(db: Database, unit: string, day: string, dossierId: string): string | undefined {
  const own = db.get<{ value: string }>('SELECT value FROM number_blocks WHERE dossier_id = ?', [dossierId]);
  if (own) return own.value;
  const next = nextNumber(db, unit, day);
  if (!next) return undefined;
  db.run("UPDATE number_blocks SET state = 'used', dossier_id = ? WHERE number = ?", [
    dossierId,
    next.number,
  ]);
  return next.value;
}

export function numbersOf(db: Database): Numbers {
  return {
    add: (unit, day, values) =>
      db.transaction(() =>
        values.reduce(
          (sum, value) =>
            sum +
            db.run(
              `INSERT INTO number_blocks (unit, day, value, state) VALUES (?, ?, ?, 'free')
               ON CONFLICT (unit, value) DO NOTHING`,
              [unit, day, value],
            ),
          0,
        ),
      ),
    take: (unit, day, dossierId) => db.transaction(() => takeNumber(db, unit, day, dossierId)),
    next: (unit, day) => nextNumber(db, unit, day)?.value,
    free: (unit, day) =>
      db.get<{ n: number }>(
        "SELECT count(*) AS n FROM number_blocks WHERE unit = ? AND day = ? AND state = 'free'",
        [unit, day],
      )?.n ?? 0,
  };
}

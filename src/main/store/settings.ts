import type { Database } from './database.ts';

/** Small values that must survive a restart, as text. */
export interface Settings {
  get(key: string): string | undefined;
  set(key: string, value: string): void;
}

export function settingsOf(db: Database): Settings {
  return {
    get: (key) => db.get<{ value: string }>('SELECT value FROM settings WHERE key = ?', [key])?.value,
    set: (key, value) =>
      void db.run(
        'INSERT INTO settings (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
        [key, value],
      ),
  };
}

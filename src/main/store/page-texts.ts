import type { Database } from './database.ts';

export interface PageTextRow {
  readonly pageId: string;
  /** The picture that was read: `PageView.revision`. */
  readonly revision: number;
  /** JSON of what was read; null = it could not be read. */
  readonly text: string | null;
}

/** Texts of pages, kept for the text layer and the suggestions. */
export interface PageTexts {
  save(row: PageTextRow): void;
  get(pageId: string): PageTextRow | undefined;
  /** Forgets what was read of a dossier's pages. */
  forget(dossierId: string): void;
  /** Revision that was read, by page, of a dossier's pages. */
  revisionsOf(dossierId: string): ReadonlyMap<string, number>;
}

export function pageTextsOf(db: Database): PageTexts {
  return {
    save: (row) =>
      void db.run(
        `INSERT INTO page_texts (page_id, revision, text) VALUES (:pageId, :revision, :text)
         ON CONFLICT (page_id) DO UPDATE SET revision = excluded.revision, text = excluded.text`,
        { ...row },
      ),
    get: (pageId) =>
      db.get<PageTextRow>('SELECT page_id AS pageId, revision, text FROM page_texts WHERE page_id = ?', [
        pageId,
      ]),
    forget: (dossierId) =>
      void db.run('DELETE FROM page_texts WHERE page_id IN (SELECT id FROM pages WHERE dossier_id = ?)', [
        dossierId,
      ]),
    revisionsOf: (dossierId) =>
      new Map(
        db
          .all<{ id: string; revision: number }>(
            `SELECT p.id AS id, t.revision AS revision FROM pages p JOIN page_texts t ON t.page_id = p.id
             WHERE p.dossier_id = ?`,
            [dossierId],
          )
          .map((row) => [row.id, row.revision]),
      ),
  };
}

import type { Database } from './database.ts';

/** Where the images of a page lie in the vault; its place in the dossier is part of the dossier's view. */
export interface PageRecord {
  readonly id: string;
  readonly dossierId: string;
  readonly imageHash: string;
  readonly thumbnailHash: string;
  /** The device's own bytes, where they are kept beside the processed image. */
  readonly originalHash: string | null;
  readonly addedAt: string;
}

export interface Pages {
  /** Needs the vault rows of its hashes. A page that is known keeps the time at which it came. */
  save(page: PageRecord): void;
  get(id: string): PageRecord | undefined;
  of(dossierId: string): readonly PageRecord[];
}

const COLUMNS = `id, dossier_id AS dossierId, image_hash AS imageHash, thumbnail_hash AS thumbnailHash,
  original_hash AS originalHash, added_at AS addedAt`;

export function pagesOf(db: Database): Pages {
  return {
    save: (page) =>
      void db.run(
        `INSERT INTO pages (id, dossier_id, image_hash, thumbnail_hash, original_hash, added_at)
         VALUES (:id, :dossierId, :imageHash, :thumbnailHash, :originalHash, :addedAt)
         ON CONFLICT (id) DO UPDATE SET dossier_id = excluded.dossier_id, image_hash = excluded.image_hash,
           thumbnail_hash = excluded.thumbnail_hash, original_hash = excluded.original_hash`,
        { ...page },
      ),
    get: (id) => db.get<PageRecord>(`SELECT ${COLUMNS} FROM pages WHERE id = ?`, [id]),
    of: (dossierId) =>
      db.all(`SELECT ${COLUMNS} FROM pages WHERE dossier_id = ? ORDER BY added_at, rowid`, [dossierId]),
  };
}

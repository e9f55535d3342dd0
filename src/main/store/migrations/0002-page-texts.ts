import type { Migration } from './index.ts';

/**
 * What was read on a page's picture. No projection: it can be read again at any time, and replay leaves it alone.
 * `text` null = the picture could not be read.
 */
export const pageTexts: Migration = {
  version: 2,
  name: 'page-texts',
  up(db) {
    db.exec(`CREATE TABLE page_texts (
      page_id  TEXT PRIMARY KEY,
      revision INTEGER NOT NULL CHECK (revision >= 0),
      text     TEXT CHECK (json_valid(text))
    ) STRICT`);
  },
};

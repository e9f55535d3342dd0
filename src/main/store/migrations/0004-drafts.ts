import type { Migration } from './index.ts';

/** The review before a signature lists the drafts, which are few among all that was ever received. */
export const drafts: Migration = {
  version: 4,
  name: 'drafts',
  up(db) {
    db.exec("CREATE INDEX dossiers_drafts ON dossiers (number) WHERE state = 'draft'");
  },
};

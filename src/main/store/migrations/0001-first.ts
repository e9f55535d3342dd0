import type { Migration } from './index.ts';

/** Events are the truth; dossiers, pages and documents are projections that replay rebuilds. */
const EVENTS = `
CREATE TABLE dossier_events (
  seq        INTEGER PRIMARY KEY AUTOINCREMENT,
  dossier_id TEXT    NOT NULL,
  version    INTEGER NOT NULL CHECK (version >= 1),
  type       TEXT    NOT NULL,
  at         TEXT    NOT NULL,
  actor      TEXT    NOT NULL,
  payload    TEXT    NOT NULL CHECK (json_valid(payload)),
  UNIQUE (dossier_id, version)
) STRICT;
CREATE TRIGGER dossier_events_no_update BEFORE UPDATE ON dossier_events
  BEGIN SELECT RAISE(ABORT, 'events are immutable'); END;
CREATE TRIGGER dossier_events_no_delete BEFORE DELETE ON dossier_events
  BEGIN SELECT RAISE(ABORT, 'events are immutable'); END;
`;

const PROJECTIONS = `
CREATE TABLE dossiers (
  number         INTEGER PRIMARY KEY,
  id             TEXT NOT NULL UNIQUE,
  version        INTEGER NOT NULL,
  state          TEXT NOT NULL,
  procedure_code TEXT NOT NULL,
  procedure_name TEXT NOT NULL,
  applicant_name TEXT NOT NULL,
  code           TEXT NOT NULL,
  opened_at      TEXT NOT NULL,
  received_at    TEXT,
  due_at         TEXT,
  pages          INTEGER NOT NULL,
  folded         TEXT NOT NULL,
  view           TEXT NOT NULL CHECK (json_valid(view))
) STRICT;
CREATE INDEX dossiers_due ON dossiers (state, due_at);
CREATE INDEX dossiers_code ON dossiers (code) WHERE code <> '';
CREATE VIRTUAL TABLE dossier_words USING fts5 (
  folded, content='', contentless_delete=1, tokenize='unicode61 remove_diacritics 0', prefix='1 2 3'
);
CREATE TABLE pages (
  id             TEXT PRIMARY KEY,
  dossier_id     TEXT NOT NULL,
  image_hash     TEXT NOT NULL REFERENCES vault_objects (hash),
  thumbnail_hash TEXT NOT NULL REFERENCES vault_objects (hash),
  original_hash  TEXT REFERENCES vault_objects (hash),
  added_at       TEXT NOT NULL
) STRICT;
CREATE INDEX pages_dossier ON pages (dossier_id);
CREATE TABLE documents (
  id           TEXT PRIMARY KEY,
  dossier_id   TEXT NOT NULL,
  kind         TEXT NOT NULL CHECK (kind IN ('component', 'slip')),
  component_id TEXT,
  vault_hash   TEXT NOT NULL REFERENCES vault_objects (hash),
  name         TEXT NOT NULL,
  sha256       TEXT NOT NULL,
  bytes        INTEGER NOT NULL,
  created_at   TEXT NOT NULL,
  CHECK ((kind = 'component') = (component_id IS NOT NULL))
) STRICT;
CREATE INDEX documents_dossier ON documents (dossier_id);
`;

const VAULT = `
CREATE TABLE vault_objects (
  number     INTEGER PRIMARY KEY,
  hash       TEXT NOT NULL UNIQUE,
  bytes      INTEGER NOT NULL,
  created_at TEXT NOT NULL
) STRICT;
`;

/** What was sent stays as it was sent, and nothing that is not sent yet can be dropped. */
const OUTBOX = `
CREATE TABLE outbox (
  id              TEXT PRIMARY KEY,
  dossier_id      TEXT NOT NULL,
  idempotency_key TEXT NOT NULL UNIQUE,
  state           TEXT NOT NULL CHECK (state IN ('waiting', 'sending', 'sent', 'needs-person')),
  payload         TEXT NOT NULL CHECK (json_valid(payload)),
  payload_sha256  TEXT NOT NULL,
  attempts        INTEGER NOT NULL DEFAULT 0,
  next_attempt_at TEXT,
  last_fault_code TEXT,
  last_fault_at   TEXT,
  receipt         TEXT CHECK (json_valid(receipt)),
  created_at      TEXT NOT NULL,
  CHECK ((state = 'sent') = (receipt IS NOT NULL))
) STRICT;
CREATE INDEX outbox_state ON outbox (state, next_attempt_at);
CREATE INDEX outbox_dossier ON outbox (dossier_id);
CREATE INDEX outbox_fault ON outbox (last_fault_at) WHERE last_fault_at IS NOT NULL;
CREATE TRIGGER outbox_sent_stays BEFORE UPDATE ON outbox WHEN old.state = 'sent'
  BEGIN SELECT RAISE(ABORT, 'a sent record is immutable'); END;
CREATE TRIGGER outbox_payload_stays BEFORE UPDATE OF payload, payload_sha256, idempotency_key ON outbox
  WHEN old.attempts > 0 OR new.idempotency_key <> old.idempotency_key
  BEGIN SELECT RAISE(ABORT, 'a record that may have left is immutable'); END;
CREATE TRIGGER outbox_unsent_stays BEFORE DELETE ON outbox WHEN old.state <> 'sent'
  BEGIN SELECT RAISE(ABORT, 'an unsent record cannot be dropped'); END;
CREATE TABLE outbox_files (
  outbox_id       TEXT NOT NULL REFERENCES outbox (id) ON DELETE CASCADE,
  position        INTEGER NOT NULL,
  document_id     TEXT NOT NULL,
  key             TEXT NOT NULL,
  name            TEXT NOT NULL,
  sha256          TEXT NOT NULL,
  bytes           INTEGER NOT NULL,
  vault_hash      TEXT NOT NULL REFERENCES vault_objects (hash),
  upload_location TEXT,
  remote_id       TEXT,
  PRIMARY KEY (outbox_id, document_id),
  UNIQUE (outbox_id, key)
) STRICT;
`;

const OTHERS = `
CREATE TABLE number_blocks (
  number     INTEGER PRIMARY KEY,
  unit       TEXT NOT NULL,
  day        TEXT NOT NULL,
  value      TEXT NOT NULL,
  state      TEXT NOT NULL CHECK (state IN ('free', 'used')),
  dossier_id TEXT UNIQUE,
  UNIQUE (unit, value),
  CHECK ((state = 'used') = (dossier_id IS NOT NULL))
) STRICT;
CREATE INDEX number_blocks_free ON number_blocks (unit, day, number) WHERE state = 'free';
CREATE TABLE settings (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
`;

export const first: Migration = {
  version: 1,
  name: 'first',
  up(db) {
    for (const part of [EVENTS, VAULT, PROJECTIONS, OUTBOX, OTHERS]) db.exec(part);
  },
};

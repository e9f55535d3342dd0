import type { DossierFacts, ReceiptFacts } from '../reports/facts.ts';
import type { Database } from './database.ts';
import { type DocumentRecord, documentsOf } from './documents.ts';
import { dossierFactsOf } from './dossier-facts.ts';
import { type DossierRecord, dossiersOf } from './dossiers.ts';
import { eventsOf, type StoredEvent } from './events.ts';
import { type PageRecord, pagesOf } from './pages.ts';
import { type PersonRecord, peopleOf } from './people.ts';

/** All rows that the events of one dossier give. */
export interface Projection {
  readonly dossier: DossierRecord;
  readonly pages: readonly PageRecord[];
  readonly documents: readonly DocumentRecord[];
  /** The applicant, once the dossier was received. */
  readonly person: PersonRecord | null;
  /** What reports count of it. */
  readonly facts: DossierFacts;
  readonly receipts: readonly ReceiptFacts[];
}

/** The fold: a pure function of a dossier's events, oldest first. */
export type Project = (dossierId: string, events: readonly StoredEvent[]) => Projection;

const BATCH = 200;

/** Writes the rows of one dossier; rows that are no longer given stay (a page is never unknown again). */
export function saveProjection(db: Database, projection: Projection): void {
  db.transaction(() => {
    dossiersOf(db).save(projection.dossier);
    for (const page of projection.pages) pagesOf(db).save(page);
    for (const document of projection.documents) documentsOf(db).save(document);
    if (projection.person) peopleOf(db).save(projection.person);
    dossierFactsOf(db).save(projection.facts, projection.receipts);
  });
}

function clear(db: Database): void {
  const tables = [
    'pages',
    'documents',
    'people_words',
    'people',
    'dossier_words',
    'dossiers',
    'dossier_receipts',
    'dossier_facts',
  ];
  for (const table of tables) db.run(`DELETE FROM ${table}`);
}

/** Throws all projections away and replays every event, in one transaction. Answers the number of dossiers. */
export function rebuild(db: Database, project: Project): number {
  return db.transaction(() => {
    clear(db);
    const events = eventsOf(db);
    let count = 0;
    let seq = 0;
    for (;;) {
      const batch = events.dossiersAfter(seq, BATCH);
      for (const { dossierId } of batch) saveProjection(db, project(dossierId, events.of(dossierId)));
      count += batch.length;
      seq = batch.at(-1)?.seq ?? seq;
      if (batch.length < BATCH) return count;
    }
  });
}
